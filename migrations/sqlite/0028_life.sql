-- The life of a plan: drafts, what was done with them, what is to be mended, what an
-- approved plan lacks, overrides, and to whom a version was given.

-- One draft of a child at most is open. It is written on under its revision.
create table plan_draft (
    id           blob not null primary key,
    case_id      blob not null references child_case (id),
    revision     integer not null,
    document     text,
    stage        text not null,
    stage_since  integer not null,
    -- It is a plan on paper that is entered.
    from_paper   integer not null,
    -- The version that it goes out from; null: there was none.
    from_version integer,
    -- The version that it has become.
    version      integer,
    began_at     integer not null,
    began_by     blob not null references account (id),
    saved_at     integer not null,
    saved_by     blob not null references account (id),
    closed_at    integer
) strict;
create unique index plan_draft_open on plan_draft (case_id) where closed_at is null;
create index plan_draft_by_case on plan_draft (case_id, began_at);
create index plan_draft_by_stage on plan_draft (stage, stage_since);

-- Who wrote in which step last: two may write at once as long as it is not the same one.
create table draft_save (
    draft_id blob not null references plan_draft (id),
    step     text not null,
    revision integer not null,
    saved_at integer not null,
    saved_by blob not null references account (id),
    primary key (draft_id, step)
) strict;

-- Who has which step open, for whoever opens it next.
create table draft_look (
    draft_id   blob not null references plan_draft (id),
    account_id blob not null references account (id),
    step       text not null,
    looked_at  integer not null,
    primary key (draft_id, account_id)
) strict;

-- What was done with a draft, in order. Of what was handed in, what it said.
create table plan_course (
    id       blob not null primary key,
    draft_id blob not null references plan_draft (id),
    ordinal  integer not null,
    act      text not null,
    stage    text not null,
    done_at  integer not null,
    done_by  blob not null references account (id),
    -- Who of the family agreed, how, and on which day; what was said of a return.
    words    text,
    said_how text,
    said_on  text,
    document text,
    unique (draft_id, ordinal)
) strict;

-- What is to be mended, as the municipality has named it.
create table plan_defect (
    id        blob not null primary key,
    course_id blob not null references plan_course (id),
    draft_id  blob not null references plan_draft (id),
    ordinal   integer not null,
    step      text not null,
    words     text,
    mended_at integer,
    mended_by blob references account (id)
) strict;
create index plan_defect_by_draft on plan_defect (draft_id, ordinal);

-- What a version lacks: who closes it, by when, what helps until then.
create table plan_gap (
    id        blob not null primary key,
    case_id   blob not null references child_case (id),
    version   integer not null,
    rule      text not null,
    site      text,
    owner     text not null,
    who       text,
    until_day text not null,
    interim   text,
    closed_at integer,
    closed_by blob references account (id)
) strict;
create index plan_gap_by_case on plan_gap (case_id, version);

-- That a named person says, with a reason and until a day, that a finding does not stop
-- the plan.
create table plan_override (
    id        blob not null primary key,
    case_id   blob not null references child_case (id),
    rule      text not null,
    hazard    text,
    site      text,
    reason    text,
    from_day  text not null,
    until_day text not null,
    made_at   integer not null,
    made_by   blob not null references account (id),
    ended_at  integer,
    ended_by  blob references account (id)
) strict;
create index plan_override_by_case on plan_override (case_id) where ended_at is null;

-- To whom a version was given, when, on which basis, and what of it (第49条の15).
create table plan_given (
    id        blob not null primary key,
    case_id   blob not null references child_case (id),
    version   integer not null,
    recipient text not null,
    name      text,
    basis     text not null,
    parts     text not null,
    given_on  text not null,
    done_at   integer not null,
    done_by   blob not null references account (id),
    undone_at integer
) strict;
create index plan_given_by_case on plan_given (case_id, given_on);

-- What a municipality asks for in a plan besides (第49条の14第3項第3号).
create table municipal_item (
    id           blob not null primary key,
    municipality text not null,
    ordinal      integer not null,
    item         text not null,
    added_at     integer not null,
    added_by     blob not null references account (id),
    ended_at     integer
) strict;
create index municipal_item_by_town on municipal_item (municipality, ordinal) where ended_at is null;
