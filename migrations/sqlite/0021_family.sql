-- What families tell on their page. What was taken back stays.
create table family_answer (
    id            blob not null primary key,
    case_id       blob not null references child_case (id),
    kind          text not null,
    on_day        text,
    ran           integer,
    words         text,
    application   blob references plan_application (id),
    task_id       blob references staff_task (id),
    said_at       integer not null,
    said_by       blob not null references account (id),
    taken_back_at integer
) strict;
create index family_answer_by_case on family_answer (case_id, said_at);
create index family_answer_by_task on family_answer (task_id) where task_id is not null;
