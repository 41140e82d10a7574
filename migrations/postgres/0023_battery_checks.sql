-- When the batteries of a child were checked, by whom. What was struck out stays.
create table battery_check (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    checked_on  text collate "C" not null,
    checked_by  text collate "C" not null,
    recorded_at bigint not null,
    recorded_by uuid not null references account (id),
    undone_at   bigint
);
create index battery_check_by_case on battery_check (case_id, checked_on) where undone_at is null;
