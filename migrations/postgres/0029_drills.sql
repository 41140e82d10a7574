-- Drills with who came, the way, what was tried and what failed; who holds which paper of a plan.

alter table plan_drill add column people text collate "C" not null default '[]';
alter table plan_drill add column minutes bigint;
alter table plan_drill add column travel_by text collate "C";
alter table plan_drill add column destination text collate "C";
alter table plan_drill add column tried text collate "C" not null default '[]';
alter table plan_drill add column tried_other text collate "C";
alter table plan_drill add column undone_at bigint;
alter table plan_drill add column undone_by uuid references account (id);
alter table plan_drill add column undone_why text collate "C";

create table drill_task (
    id        uuid not null primary key,
    drill_id  uuid not null references plan_drill (id),
    case_id   uuid not null references child_case (id),
    place     bigint not null,
    what      text collate "C" not null,
    part      text collate "C",
    person    text collate "C",
    until_day text collate "C" not null,
    done_at   bigint,
    done_by   uuid references account (id),
    done_note text collate "C"
);
create index drill_task_by_case on drill_task (case_id, done_at);
create index drill_task_by_drill on drill_task (drill_id, place);

create table plan_paper (
    id           uuid not null primary key,
    case_id      uuid not null references child_case (id),
    paper        text collate "C" not null,
    holder       text collate "C" not null,
    given_on     text collate "C" not null,
    version      bigint not null,
    print_number text collate "C",
    recorded_at  bigint not null,
    recorded_by  uuid not null references account (id),
    ended_on     text collate "C",
    ended_how    text collate "C",
    ended_at     bigint,
    ended_by     uuid references account (id)
);
create index plan_paper_by_case on plan_paper (case_id, ended_at);
