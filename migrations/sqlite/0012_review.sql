-- How fresh plans are: confirmations with what was found then, and drills.

create table plan_confirmation (
    id           blob not null primary key,
    case_id      blob not null references child_case (id),
    version      integer not null,
    confirmed_on text not null,
    baseline     text,
    recorded_at  integer not null,
    recorded_by  blob not null references account (id)
) strict;
create index plan_confirmation_by_case on plan_confirmation (case_id, confirmed_on);

create table plan_drill (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    held_on     text not null,
    recorded_at integer not null,
    recorded_by blob not null references account (id)
) strict;
create index plan_drill_by_case on plan_drill (case_id, held_on);
