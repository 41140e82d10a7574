-- What families tell on their page. What was taken back stays.
create table family_answer (
    id            uuid not null primary key,
    case_id       uuid not null references child_case (id),
    kind          text collate "C" not null,
    on_day        text collate "C",
    ran           boolean,
    words         text collate "C",
    application   uuid references plan_application (id),
    task_id       uuid references staff_task (id),
    said_at       bigint not null,
    said_by       uuid not null references account (id),
    taken_back_at bigint
);
create index family_answer_by_case on family_answer (case_id, said_at);
create index family_answer_by_task on family_answer (task_id) where task_id is not null;
