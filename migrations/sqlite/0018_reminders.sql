-- Reminders: where a family is reached by mail, what is due when, which reminder
-- went to whom, and the mail that waits.

create table mail_contact (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    address     text,
    who         text,
    irregular   integer not null,
    with_link   integer not null,
    state       text not null,
    state_since integer not null,
    recorded_at integer not null,
    recorded_by blob references account (id),
    ended_at    integer
) strict;
create index mail_contact_by_case on mail_contact (case_id) where ended_at is null;

-- One due day of a duty. A term that is over stays: what was sent hangs on it.
create table duty_term (
    id         blob not null primary key,
    case_id    blob not null references child_case (id),
    duty       text not null,
    about      text not null,
    cycle      text not null,
    due_on     text not null,
    begun_on   text not null,
    known_on   text not null,
    moved_from text,
    next_on    text,
    ended_on   text,
    ended_why  text,
    sequence   integer not null default 0
) strict;
-- A day that was left and comes back is a term of its own, which is told anew.
create unique index duty_term_once on duty_term (case_id, duty, about, due_on) where ended_on is null;
create index duty_term_by_case on duty_term (case_id, duty, about, due_on);
create index duty_term_to_look_at on duty_term (next_on) where ended_on is null and next_on is not null;
create index duty_term_open on duty_term (case_id) where ended_on is null;

create table duty_suspension (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    duty        text not null,
    from_day    text not null,
    until_day   text not null,
    reason      text,
    recorded_at integer not null,
    recorded_by blob not null references account (id),
    ended_at    integer,
    ended_by    blob references account (id)
) strict;
create index duty_suspension_by_case on duty_suspension (case_id, until_day);

-- One mail. The message is sealed while it waits and goes when it has left.
create table outbox (
    id          blob not null primary key,
    dedup_key   text not null unique,
    kind        text not null,
    case_id     blob references child_case (id),
    contact_id  blob references mail_contact (id),
    account_id  blob references account (id),
    subject     text,
    message     blob,
    state       text not null,
    planned_on  text not null,
    created_at  integer not null,
    due_at      integer not null,
    lease_token blob,
    lease_until integer not null,
    attempts    integer not null,
    doubts      integer not null,
    answer      text,
    sent_at     integer,
    closed_at   integer,
    came_back_at integer
) strict;
create index outbox_that_waits on outbox (due_at, id) where state in ('ready', 'handing_over');
create index outbox_by_case on outbox (case_id, created_at);
create index outbox_by_contact on outbox (contact_id, planned_on);

-- One reminder: of one term, at one stage, to one recipient, once.
create table duty_notice (
    id         blob not null primary key,
    term_id    blob not null references duty_term (id),
    stage      text not null,
    audience   text not null,
    recipient  text not null,
    stage_on   text not null,
    planned_on text not null,
    late       integer not null,
    state      text not null,
    outbox_id  blob references outbox (id),
    unique (term_id, stage, recipient)
) strict;
create index duty_notice_voided on duty_notice (id) where state = 'voided';
create index duty_notice_by_outbox on duty_notice (outbox_id);
create index duty_notice_without_mail on duty_notice (recipient) where state = 'planned' and outbox_id is null;

-- That reminders were planned; one row, and since when there is this database.
create table tick (
    id         integer not null primary key check (id = 1),
    made_at    integer not null,
    last_on    text,
    last_at    integer,
    ladder     text
) strict;

-- Something that staff must do, since the program cannot.
create table staff_task (
    id        blob not null primary key,
    case_id   blob references child_case (id),
    kind      text not null,
    about     text not null,
    opened_on text not null,
    opened_at integer not null,
    closed_at integer,
    closed_by blob references account (id),
    detail    text,
    note      text,
    closed_why text
) strict;
create unique index staff_task_open on staff_task (kind, about) where closed_at is null;
create index staff_task_by_case on staff_task (case_id);
