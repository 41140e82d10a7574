-- How loans are decided, go on and end: whose decision a step was, extensions,
-- losses, and what a municipality tells the centre.

create table loan_decision (
    file_id    blob not null references loan_file (id),
    ordinal    integer not null,
    decided_by text not null,
    document   text,
    primary key (file_id, ordinal)
) strict;

create table loan_extension (
    id          blob not null primary key,
    loan_id     blob not null references loan (id),
    until_day   text not null,
    approver    text not null,
    reason      text,
    recorded_at integer not null,
    recorded_by blob references account (id),
    undone_at   integer
) strict;
create index loan_extension_by_loan on loan_extension (loan_id, recorded_at);

create table loan_loss (
    id          blob not null primary key,
    loan_id     blob not null references loan (id),
    fault       text not null,
    cost_yen    integer,
    recorded_at integer not null,
    recorded_by blob references account (id),
    undone_at   integer
) strict;
create index loan_loss_by_loan on loan_loss (loan_id);

-- That a municipality says that a loan of the centre is over: the centre looks
-- into it, and ends it or does not.
create table loan_word (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    why         text not null,
    on_day      text not null,
    recorded_at integer not null,
    recorded_by blob references account (id),
    seen_at     integer,
    seen_by     blob references account (id)
) strict;
create index loan_word_by_case on loan_word (case_id, recorded_at);
create index loan_word_unseen on loan_word (case_id) where seen_at is null;

-- What is lent for an emergency: the desk reads it, and few are.
create index loan_for_emergency on loan (return_on) where ended_on is null and kind = 'emergency';
