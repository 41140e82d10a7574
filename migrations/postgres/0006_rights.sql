-- What a family asks to be corrected, and what was said to those who help.

create table correction_request (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    field       text collate "C" not null,
    proposed    text collate "C" not null,
    asked_at    bigint not null,
    asked_by    uuid not null references account (id),
    answered_at bigint,
    answered_by uuid references account (id),
    corrected   boolean,
    answer      text collate "C"
);
create index correction_request_by_case on correction_request (case_id, id);

-- A supporter of a child over all versions of its plan: the person is the hash of
-- the case and the name, so that whoever asked to be taken out is known again
-- without being named here.
create table supporter_state (
    case_id      uuid not null references child_case (id),
    person       text collate "C" not null,
    told_on      text collate "C",
    told_how     text collate "C",
    told_by      uuid references account (id),
    withdrawn_on text collate "C",
    withdrawn_by uuid references account (id),
    primary key (case_id, person)
);
