-- Messages that staff write to families, and what was said on the telephone or at a
-- visit.

create table hand_message (
    id           blob not null primary key,
    office       text not null,
    audience     text not null,
    municipality text,
    urgent       integer not null,
    subject      text,
    body         text,
    reason       text,
    state        text not null,
    written_at   integer not null,
    written_by   blob not null references account (id),
    decided_at   integer,
    decided_by   blob references account (id),
    note         text
) strict;
create index hand_message_by_office on hand_message (office, written_at);

-- Whom a message is for, as its writer saw it, and what became of it there.
create table hand_message_to (
    message_id blob not null references hand_message (id),
    case_id    blob not null references child_case (id),
    fate       text not null,
    primary key (message_id, case_id)
) strict;
create index hand_message_to_by_case on hand_message_to (case_id);

create table hand_message_mail (
    outbox_id  blob not null primary key references outbox (id),
    message_id blob not null references hand_message (id),
    case_id    blob not null references child_case (id)
) strict;
create index hand_message_mail_by_message on hand_message_mail (message_id);

create table family_call (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    office      text not null,
    way         text not null,
    held_on     text not null,
    whom        text,
    reached     integer not null,
    said        text,
    next_on     text,
    recorded_at integer not null,
    recorded_by blob not null references account (id)
) strict;
create index family_call_by_case on family_call (case_id, held_on);
