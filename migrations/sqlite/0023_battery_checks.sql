-- When the batteries of a child were checked, by whom. What was struck out stays.
create table battery_check (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    checked_on  text not null,
    checked_by  text not null,
    recorded_at integer not null,
    recorded_by blob not null references account (id),
    undone_at   integer
) strict;
create index battery_check_by_case on battery_check (case_id, checked_on) where undone_at is null;
