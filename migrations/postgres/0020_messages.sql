-- Messages that staff write to families, and what was said on the telephone or at a
-- visit.

create table hand_message (
    id           uuid not null primary key,
    office       text collate "C" not null,
    audience     text collate "C" not null,
    municipality text collate "C",
    urgent       boolean not null,
    subject      text collate "C",
    body         text collate "C",
    reason       text collate "C",
    state        text collate "C" not null,
    written_at   bigint not null,
    written_by   uuid not null references account (id),
    decided_at   bigint,
    decided_by   uuid references account (id),
    note         text collate "C"
);
create index hand_message_by_office on hand_message (office, written_at);

-- Whom a message is for, as its writer saw it, and what became of it there.
create table hand_message_to (
    message_id uuid not null references hand_message (id),
    case_id    uuid not null references child_case (id),
    fate       text collate "C" not null,
    primary key (message_id, case_id)
);
create index hand_message_to_by_case on hand_message_to (case_id);

create table hand_message_mail (
    outbox_id  uuid not null primary key references outbox (id),
    message_id uuid not null references hand_message (id),
    case_id    uuid not null references child_case (id)
);
create index hand_message_mail_by_message on hand_message_mail (message_id);

create table family_call (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    office      text collate "C" not null,
    way         text collate "C" not null,
    held_on     text collate "C" not null,
    whom        text collate "C",
    reached     boolean not null,
    said        text collate "C",
    next_on     text collate "C",
    recorded_at bigint not null,
    recorded_by uuid not null references account (id)
);
create index family_call_by_case on family_call (case_id, held_on);
