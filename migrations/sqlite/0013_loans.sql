-- The loan programme: units in stock, applications in two stages, loans, their
-- yearly checks, and what municipalities offer.

create table generator_unit (
    id          blob not null primary key,
    model       text not null,
    serial      text not null,
    serial_key  text not null unique,
    state       text not null,
    place       text,
    lat         real,
    lon         real,
    bought_on   text,
    note        text,
    revision    integer not null,
    recorded_at integer not null
) strict;
create index generator_unit_by_state on generator_unit (state);

-- One application, from the first enquiry to its end. granted_minutes: without the
-- ventilator, where it was granted in spite of them.
create table loan_file (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    state       text not null,
    state_since text not null,
    revision    integer not null,
    applicant   text not null,
    facts       text not null,
    applied_on  text,
    consulted_on text not null,
    opened_at   integer not null,
    opened_by   blob references account (id),
    closed_on   text,
    granted_minutes integer,
    erased_at   integer
) strict;
create unique index loan_file_open on loan_file (case_id) where closed_on is null;
create index loan_file_by_state on loan_file (state);
create index loan_file_by_case on loan_file (case_id);
create index loan_file_by_end on loan_file (closed_on) where closed_on is not null;

-- What was taken back (undone_at) stays, with what it came from and replaced.
create table loan_step (
    file_id     blob not null references loan_file (id),
    ordinal     integer not null,
    step        text not null,
    to_state    text not null,
    on_day      text not null,
    note        text,
    against     text,
    recorded_at integer not null,
    recorded_by blob references account (id),
    from_state  text not null,
    from_since  text not null,
    replaced    text,
    undone_at   integer,
    undone_by   blob references account (id),
    undone_why  text,
    primary key (file_id, ordinal)
) strict;

create table loan (
    id         blob not null primary key,
    case_id    blob not null references child_case (id),
    file_id    blob references loan_file (id),
    unit_id    blob references generator_unit (id),
    kind       text not null,
    started_on text not null,
    return_on  text,
    return_why text,
    ended_on   text,
    ended_why  text,
    hand_over  text
) strict;
create index loan_by_case on loan (case_id);
create index loan_that_runs on loan (started_on) where ended_on is null;
create unique index loan_of_unit on loan (unit_id) where ended_on is null and unit_id is not null;

-- What happened to a unit; never changed.
create table unit_event (
    id          blob not null primary key,
    unit_id     blob not null references generator_unit (id),
    kind        text not null,
    loan_id     blob references loan (id),
    on_day      text not null,
    kit         text,
    note        text,
    recorded_at integer not null,
    recorded_by blob references account (id)
) strict;
create index unit_event_by_unit on unit_event (unit_id, recorded_at);
create index unit_event_by_loan on unit_event (loan_id);

create table annual_check (
    id          blob not null primary key,
    loan_id     blob not null references loan (id),
    unit_id     blob references generator_unit (id),
    held_on     text not null,
    outcome     text not null,
    body        text not null,
    recorded_at integer not null,
    recorded_by blob references account (id),
    undone_at   integer,
    undone_by   blob references account (id),
    undone_why  text
) strict;
create index annual_check_by_loan on annual_check (loan_id, held_on);

-- Photos of a check, as this program wrote them anew: whole, and small for the
-- page. One that was taken out keeps its row, without its bytes.
create table check_photo (
    id            blob not null primary key,
    check_id      blob references annual_check (id),
    whole         blob,
    small         blob,
    added_at      integer not null,
    added_by      blob references account (id),
    removed_at    integer,
    removed_by    blob references account (id),
    removed_why   text
) strict;
create index check_photo_by_check on check_photo (check_id);

-- That the family has applied to its municipality for the plan; loan_id: within
-- the hand-over of that loan.
create table plan_application (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    applied_on  text not null,
    note        text,
    recorded_at integer not null,
    recorded_by blob references account (id),
    loan_id     blob references loan (id),
    undone_at   integer,
    undone_by   blob references account (id),
    undone_why  text
) strict;
create index plan_application_by_case on plan_application (case_id, applied_on);

create table municipal_scheme (
    id           blob not null primary key,
    municipality text not null,
    benefit      text not null,
    from_day     text,
    until_day    text,
    source       text not null,
    recorded_at  integer not null,
    recorded_by  blob references account (id),
    removed_at   integer
) strict;
create index municipal_scheme_by_place on municipal_scheme (municipality);

create table municipal_window (
    municipality text not null primary key,
    name         text not null,
    telephone    text,
    form         text,
    changed_at   integer not null,
    changed_by   blob references account (id)
) strict;
