-- How loans are decided, go on and end: whose decision a step was, extensions,
-- losses, and what a municipality tells the centre.

create table loan_decision (
    file_id    uuid not null references loan_file (id),
    ordinal    bigint not null,
    decided_by text collate "C" not null,
    document   text collate "C",
    primary key (file_id, ordinal)
);

create table loan_extension (
    id          uuid not null primary key,
    loan_id     uuid not null references loan (id),
    until_day   text collate "C" not null,
    approver    text collate "C" not null,
    reason      text collate "C",
    recorded_at bigint not null,
    recorded_by uuid references account (id),
    undone_at   bigint
);
create index loan_extension_by_loan on loan_extension (loan_id, recorded_at);

create table loan_loss (
    id          uuid not null primary key,
    loan_id     uuid not null references loan (id),
    fault       text collate "C" not null,
    cost_yen    bigint,
    recorded_at bigint not null,
    recorded_by uuid references account (id),
    undone_at   bigint
);
create index loan_loss_by_loan on loan_loss (loan_id);

-- That a municipality says that a loan of the centre is over: the centre looks
-- into it, and ends it or does not.
create table loan_word (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    why         text collate "C" not null,
    on_day      text collate "C" not null,
    recorded_at bigint not null,
    recorded_by uuid references account (id),
    seen_at     bigint,
    seen_by     uuid references account (id)
);
create index loan_word_by_case on loan_word (case_id, recorded_at);
create index loan_word_unseen on loan_word (case_id) where seen_at is null;

-- What is lent for an emergency: the desk reads it, and few are.
create index loan_for_emergency on loan (return_on) where ended_on is null and kind = 'emergency';
