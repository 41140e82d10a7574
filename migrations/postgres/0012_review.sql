-- How fresh plans are: confirmations with what was found then, and drills.

create table plan_confirmation (
    id           uuid not null primary key,
    case_id      uuid not null references child_case (id),
    version      bigint not null,
    confirmed_on text collate "C" not null,
    baseline     text collate "C",
    recorded_at  bigint not null,
    recorded_by  uuid not null references account (id)
);
create index plan_confirmation_by_case on plan_confirmation (case_id, confirmed_on);

create table plan_drill (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    held_on     text collate "C" not null,
    recorded_at bigint not null,
    recorded_by uuid not null references account (id)
);
create index plan_drill_by_case on plan_drill (case_id, held_on);
