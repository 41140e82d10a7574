-- Whose the rows of a centre's ledger are: what was found out, what a person has
-- said, and what nobody has said yet.

create table ledger_child (
    id          blob not null primary key,
    -- A hash of who the row says that the child is.
    who         text not null unique,
    -- What the row says, and the cases that it may be, until somebody has answered.
    said        text,
    candidates  text,
    asked_at    integer not null,
    -- Absent: nobody has said yet.
    answer      text,
    -- Absent beside an answer: a new child, who is put on record by the next import.
    case_id     blob references child_case (id),
    answered_at integer,
    answered_by blob references account (id)
) strict;
create index ledger_child_by_case on ledger_child (case_id);

-- How exactly the place of a unit is known, as of homes.
alter table generator_unit add column accuracy text;
