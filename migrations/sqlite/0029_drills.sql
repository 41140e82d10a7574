-- Drills with who came, the way, what was tried and what failed; who holds which paper of a plan.

alter table plan_drill add column people text not null default '[]';
alter table plan_drill add column minutes integer;
alter table plan_drill add column travel_by text;
alter table plan_drill add column destination text;
alter table plan_drill add column tried text not null default '[]';
alter table plan_drill add column tried_other text;
alter table plan_drill add column undone_at integer;
alter table plan_drill add column undone_by blob references account (id);
alter table plan_drill add column undone_why text;

create table drill_task (
    id        blob not null primary key,
    drill_id  blob not null references plan_drill (id),
    case_id   blob not null references child_case (id),
    place     integer not null,
    what      text not null,
    part      text,
    person    text,
    until_day text not null,
    done_at   integer,
    done_by   blob references account (id),
    done_note text
) strict;
create index drill_task_by_case on drill_task (case_id, done_at);
create index drill_task_by_drill on drill_task (drill_id, place);

create table plan_paper (
    id           blob not null primary key,
    case_id      blob not null references child_case (id),
    paper        text not null,
    holder       text not null,
    given_on     text not null,
    version      integer not null,
    print_number text,
    recorded_at  integer not null,
    recorded_by  blob not null references account (id),
    ended_on     text,
    ended_how    text,
    ended_at     integer,
    ended_by     blob references account (id)
) strict;
create index plan_paper_by_case on plan_paper (case_id, ended_at);
