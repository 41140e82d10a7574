-- Whose the rows of a centre's ledger are: what was found out, what a person has
-- said, and what nobody has said yet.

create table ledger_child (
    id          uuid not null primary key,
    -- A hash of who the row says that the child is.
    who         text collate "C" not null unique,
    -- What the row says, and the cases that it may be, until somebody has answered.
    said        text collate "C",
    candidates  text collate "C",
    asked_at    bigint not null,
    -- Absent: nobody has said yet.
    answer      text collate "C",
    -- Absent beside an answer: a new child, who is put on record by the next import.
    case_id     uuid references child_case (id),
    answered_at bigint,
    answered_by uuid references account (id)
);
create index ledger_child_by_case on ledger_child (case_id);

-- How exactly the place of a unit is known, as of homes.
alter table generator_unit add column accuracy text collate "C";
