-- The life of a plan: drafts, what was done with them, what is to be mended, what an
-- approved plan lacks, overrides, and to whom a version was given.

-- One draft of a child at most is open. It is written on under its revision.
create table plan_draft (
    id           uuid not null primary key,
    case_id      uuid not null references child_case (id),
    revision     bigint not null,
    document     text collate "C",
    stage        text collate "C" not null,
    stage_since  bigint not null,
    -- It is a plan on paper that is entered.
    from_paper   boolean not null,
    -- The version that it goes out from; null: there was none.
    from_version bigint,
    -- The version that it has become.
    version      bigint,
    began_at     bigint not null,
    began_by     uuid not null references account (id),
    saved_at     bigint not null,
    saved_by     uuid not null references account (id),
    closed_at    bigint
);
create unique index plan_draft_open on plan_draft (case_id) where closed_at is null;
create index plan_draft_by_case on plan_draft (case_id, began_at);
create index plan_draft_by_stage on plan_draft (stage, stage_since);

-- Who wrote in which step last: two may write at once as long as it is not the same one.
create table draft_save (
    draft_id uuid not null references plan_draft (id),
    step     text collate "C" not null,
    revision bigint not null,
    saved_at bigint not null,
    saved_by uuid not null references account (id),
    primary key (draft_id, step)
);

-- Who has which step open, for whoever opens it next.
create table draft_look (
    draft_id   uuid not null references plan_draft (id),
    account_id uuid not null references account (id),
    step       text collate "C" not null,
    looked_at  bigint not null,
    primary key (draft_id, account_id)
);

-- What was done with a draft, in order. Of what was handed in, what it said.
create table plan_course (
    id       uuid not null primary key,
    draft_id uuid not null references plan_draft (id),
    ordinal  bigint not null,
    act      text collate "C" not null,
    stage    text collate "C" not null,
    done_at  bigint not null,
    done_by  uuid not null references account (id),
    -- Who of the family agreed, how, and on which day; what was said of a return.
    words    text collate "C",
    said_how text collate "C",
    said_on  text collate "C",
    document text collate "C",
    unique (draft_id, ordinal)
);

-- What is to be mended, as the municipality has named it.
create table plan_defect (
    id        uuid not null primary key,
    course_id uuid not null references plan_course (id),
    draft_id  uuid not null references plan_draft (id),
    ordinal   bigint not null,
    step      text collate "C" not null,
    words     text collate "C",
    mended_at bigint,
    mended_by uuid references account (id)
);
create index plan_defect_by_draft on plan_defect (draft_id, ordinal);

-- What a version lacks: who closes it, by when, what helps until then.
create table plan_gap (
    id        uuid not null primary key,
    case_id   uuid not null references child_case (id),
    version   bigint not null,
    rule      text collate "C" not null,
    site      text collate "C",
    owner     text collate "C" not null,
    who       text collate "C",
    until_day text collate "C" not null,
    interim   text collate "C",
    closed_at bigint,
    closed_by uuid references account (id)
);
create index plan_gap_by_case on plan_gap (case_id, version);

-- That a named person says, with a reason and until a day, that a finding does not stop
-- the plan.
create table plan_override (
    id        uuid not null primary key,
    case_id   uuid not null references child_case (id),
    rule      text collate "C" not null,
    hazard    text collate "C",
    site      text collate "C",
    reason    text collate "C",
    from_day  text collate "C" not null,
    until_day text collate "C" not null,
    made_at   bigint not null,
    made_by   uuid not null references account (id),
    ended_at  bigint,
    ended_by  uuid references account (id)
);
create index plan_override_by_case on plan_override (case_id) where ended_at is null;

-- To whom a version was given, when, on which basis, and what of it (第49条の15).
create table plan_given (
    id        uuid not null primary key,
    case_id   uuid not null references child_case (id),
    version   bigint not null,
    recipient text collate "C" not null,
    name      text collate "C",
    basis     text collate "C" not null,
    parts     text collate "C" not null,
    given_on  text collate "C" not null,
    done_at   bigint not null,
    done_by   uuid not null references account (id),
    undone_at bigint
);
create index plan_given_by_case on plan_given (case_id, given_on);

-- What a municipality asks for in a plan besides (第49条の14第3項第3号).
create table municipal_item (
    id           uuid not null primary key,
    municipality text collate "C" not null,
    ordinal      bigint not null,
    item         text collate "C" not null,
    added_at     bigint not null,
    added_by     uuid not null references account (id),
    ended_at     bigint
);
create index municipal_item_by_town on municipal_item (municipality, ordinal) where ended_at is null;
