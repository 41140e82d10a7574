-- Reminders: where a family is reached by mail, what is due when, which reminder
-- went to whom, and the mail that waits.

create table mail_contact (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    address     text collate "C",
    who         text collate "C",
    irregular   boolean not null,
    with_link   boolean not null,
    state       text collate "C" not null,
    state_since bigint not null,
    recorded_at bigint not null,
    recorded_by uuid references account (id),
    ended_at    bigint
);
create index mail_contact_by_case on mail_contact (case_id) where ended_at is null;

-- One due day of a duty. A term that is over stays: what was sent hangs on it.
create table duty_term (
    id         uuid not null primary key,
    case_id    uuid not null references child_case (id),
    duty       text collate "C" not null,
    about      text collate "C" not null,
    cycle      text collate "C" not null,
    due_on     text collate "C" not null,
    begun_on   text collate "C" not null,
    known_on   text collate "C" not null,
    moved_from text collate "C",
    next_on    text collate "C",
    ended_on   text collate "C",
    ended_why  text collate "C",
    sequence   bigint not null default 0
);
-- A day that was left and comes back is a term of its own, which is told anew.
create unique index duty_term_once on duty_term (case_id, duty, about, due_on) where ended_on is null;
create index duty_term_by_case on duty_term (case_id, duty, about, due_on);
create index duty_term_to_look_at on duty_term (next_on) where ended_on is null and next_on is not null;
create index duty_term_open on duty_term (case_id) where ended_on is null;

create table duty_suspension (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    duty        text collate "C" not null,
    from_day    text collate "C" not null,
    until_day   text collate "C" not null,
    reason      text collate "C",
    recorded_at bigint not null,
    recorded_by uuid not null references account (id),
    ended_at    bigint,
    ended_by    uuid references account (id)
);
create index duty_suspension_by_case on duty_suspension (case_id, until_day);

-- One mail. The message is sealed while it waits and goes when it has left.
create table outbox (
    id          uuid not null primary key,
    dedup_key   text collate "C" not null unique,
    kind        text collate "C" not null,
    case_id     uuid references child_case (id),
    contact_id  uuid references mail_contact (id),
    account_id  uuid references account (id),
    subject     text collate "C",
    message     bytea,
    state       text collate "C" not null,
    planned_on  text collate "C" not null,
    created_at  bigint not null,
    due_at      bigint not null,
    lease_token uuid,
    lease_until bigint not null,
    attempts    bigint not null,
    doubts      bigint not null,
    answer      text collate "C",
    sent_at     bigint,
    closed_at   bigint,
    came_back_at bigint
);
create index outbox_that_waits on outbox (due_at, id) where state in ('ready', 'handing_over');
create index outbox_by_case on outbox (case_id, created_at);
create index outbox_by_contact on outbox (contact_id, planned_on);

-- One reminder: of one term, at one stage, to one recipient, once.
create table duty_notice (
    id         uuid not null primary key,
    term_id    uuid not null references duty_term (id),
    stage      text collate "C" not null,
    audience   text collate "C" not null,
    recipient  text collate "C" not null,
    stage_on   text collate "C" not null,
    planned_on text collate "C" not null,
    late       boolean not null,
    state      text collate "C" not null,
    outbox_id  uuid references outbox (id),
    unique (term_id, stage, recipient)
);
create index duty_notice_voided on duty_notice (id) where state = 'voided';
create index duty_notice_by_outbox on duty_notice (outbox_id);
create index duty_notice_without_mail on duty_notice (recipient) where state = 'planned' and outbox_id is null;

-- That reminders were planned; one row, and since when there is this database.
create table tick (
    id         bigint not null primary key check (id = 1),
    made_at    bigint not null,
    last_on    text collate "C",
    last_at    bigint,
    ladder     text collate "C"
);

-- Something that staff must do, since the program cannot.
create table staff_task (
    id        uuid not null primary key,
    case_id   uuid references child_case (id),
    kind      text collate "C" not null,
    about     text collate "C" not null,
    opened_on text collate "C" not null,
    opened_at bigint not null,
    closed_at bigint,
    closed_by uuid references account (id),
    detail    text collate "C",
    note      text collate "C",
    closed_why text collate "C"
);
create unique index staff_task_open on staff_task (kind, about) where closed_at is null;
create index staff_task_by_case on staff_task (case_id);
