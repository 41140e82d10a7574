-- What a child has: its devices and sources of power, each state of the record a row,
-- of which none is changed.
create table case_equipment (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    revision    integer not null,
    document    text,
    recorded_at integer not null,
    recorded_by blob references account (id),
    until_at    integer,
    unique (case_id, revision)
) strict;
create unique index case_equipment_now on case_equipment (case_id) where until_at is null;
