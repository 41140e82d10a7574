-- The loan programme: units in stock, applications in two stages, loans, their
-- yearly checks, and what municipalities offer.

create table generator_unit (
    id          uuid not null primary key,
    model       text collate "C" not null,
    serial      text collate "C" not null,
    serial_key  text collate "C" not null unique,
    state       text collate "C" not null,
    place       text collate "C",
    lat         double precision,
    lon         double precision,
    bought_on   text collate "C",
    note        text collate "C",
    revision    bigint not null,
    recorded_at bigint not null
);
create index generator_unit_by_state on generator_unit (state);

-- One application, from the first enquiry to its end. granted_minutes: without the
-- ventilator, where it was granted in spite of them.
create table loan_file (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    state       text collate "C" not null,
    state_since text collate "C" not null,
    revision    bigint not null,
    applicant   text collate "C" not null,
    facts       text collate "C" not null,
    applied_on  text collate "C",
    consulted_on text collate "C" not null,
    opened_at   bigint not null,
    opened_by   uuid references account (id),
    closed_on   text collate "C",
    granted_minutes bigint,
    erased_at   bigint
);
create unique index loan_file_open on loan_file (case_id) where closed_on is null;
create index loan_file_by_state on loan_file (state);
create index loan_file_by_case on loan_file (case_id);
create index loan_file_by_end on loan_file (closed_on) where closed_on is not null;

-- What was taken back (undone_at) stays, with what it came from and replaced.
create table loan_step (
    file_id     uuid not null references loan_file (id),
    ordinal     bigint not null,
    step        text collate "C" not null,
    to_state    text collate "C" not null,
    on_day      text collate "C" not null,
    note        text collate "C",
    against     text collate "C",
    recorded_at bigint not null,
    recorded_by uuid references account (id),
    from_state  text collate "C" not null,
    from_since  text collate "C" not null,
    replaced    text collate "C",
    undone_at   bigint,
    undone_by   uuid references account (id),
    undone_why  text collate "C",
    primary key (file_id, ordinal)
);

create table loan (
    id         uuid not null primary key,
    case_id    uuid not null references child_case (id),
    file_id    uuid references loan_file (id),
    unit_id    uuid references generator_unit (id),
    kind       text collate "C" not null,
    started_on text collate "C" not null,
    return_on  text collate "C",
    return_why text collate "C",
    ended_on   text collate "C",
    ended_why  text collate "C",
    hand_over  text collate "C"
);
create index loan_by_case on loan (case_id);
create index loan_that_runs on loan (started_on) where ended_on is null;
create unique index loan_of_unit on loan (unit_id) where ended_on is null and unit_id is not null;

-- What happened to a unit; never changed.
create table unit_event (
    id          uuid not null primary key,
    unit_id     uuid not null references generator_unit (id),
    kind        text collate "C" not null,
    loan_id     uuid references loan (id),
    on_day      text collate "C" not null,
    kit         text collate "C",
    note        text collate "C",
    recorded_at bigint not null,
    recorded_by uuid references account (id)
);
create index unit_event_by_unit on unit_event (unit_id, recorded_at);
create index unit_event_by_loan on unit_event (loan_id);

create table annual_check (
    id          uuid not null primary key,
    loan_id     uuid not null references loan (id),
    unit_id     uuid references generator_unit (id),
    held_on     text collate "C" not null,
    outcome     text collate "C" not null,
    body        text collate "C" not null,
    recorded_at bigint not null,
    recorded_by uuid references account (id),
    undone_at   bigint,
    undone_by   uuid references account (id),
    undone_why  text collate "C"
);
create index annual_check_by_loan on annual_check (loan_id, held_on);

-- Photos of a check, as this program wrote them anew: whole, and small for the
-- page. One that was taken out keeps its row, without its bytes.
create table check_photo (
    id            uuid not null primary key,
    check_id      uuid references annual_check (id),
    whole         bytea,
    small         bytea,
    added_at      bigint not null,
    added_by      uuid references account (id),
    removed_at    bigint,
    removed_by    uuid references account (id),
    removed_why   text collate "C"
);
create index check_photo_by_check on check_photo (check_id);

-- That the family has applied to its municipality for the plan; loan_id: within
-- the hand-over of that loan.
create table plan_application (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    applied_on  text collate "C" not null,
    note        text collate "C",
    recorded_at bigint not null,
    recorded_by uuid references account (id),
    loan_id     uuid references loan (id),
    undone_at   bigint,
    undone_by   uuid references account (id),
    undone_why  text collate "C"
);
create index plan_application_by_case on plan_application (case_id, applied_on);

create table municipal_scheme (
    id           uuid not null primary key,
    municipality text collate "C" not null,
    benefit      text collate "C" not null,
    from_day     text collate "C",
    until_day    text collate "C",
    source       text collate "C" not null,
    recorded_at  bigint not null,
    recorded_by  uuid references account (id),
    removed_at   bigint
);
create index municipal_scheme_by_place on municipal_scheme (municipality);

create table municipal_window (
    municipality text collate "C" not null primary key,
    name         text collate "C" not null,
    telephone    text collate "C",
    form         text collate "C",
    changed_at   bigint not null,
    changed_by   uuid references account (id)
);
