-- What a family asks to be corrected, and what was said to those who help.

create table correction_request (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    field       text not null,
    proposed    text not null,
    asked_at    integer not null,
    asked_by    blob not null references account (id),
    answered_at integer,
    answered_by blob references account (id),
    corrected   integer,
    answer      text
) strict;
create index correction_request_by_case on correction_request (case_id, id);

-- A supporter of a child over all versions of its plan: the person is the hash of
-- the case and the name, so that whoever asked to be taken out is known again
-- without being named here.
create table supporter_state (
    case_id      blob not null references child_case (id),
    person       text not null,
    told_on      text,
    told_how     text,
    told_by      blob references account (id),
    withdrawn_on text,
    withdrawn_by blob references account (id),
    primary key (case_id, person)
) strict;
