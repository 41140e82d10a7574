-- What a child has: its devices and sources of power, each state of the record a row,
-- of which none is changed.
create table case_equipment (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    revision    bigint not null,
    document    text collate "C",
    recorded_at bigint not null,
    recorded_by uuid references account (id),
    until_at    bigint,
    unique (case_id, revision)
);
create unique index case_equipment_now on case_equipment (case_id) where until_at is null;
