-- Tonight (今夜): which level is in force where, what is known of sites, and what was answered at each call.

-- Counts what is entered, so that a page that waits for news need not ask for more.
create table night_mark (
    id       bigint not null primary key check (id = 1),
    revision bigint not null
);
insert into night_mark (id, revision) values (1, 1);

-- Telegrams of the weather agency that were read; `kind` and `area` say which replace each other.
create table night_telegram (
    id          uuid not null primary key,
    kind        text collate "C" not null,
    area        text collate "C" not null,
    title       text collate "C" not null,
    office      text collate "C" not null,
    reported_at bigint not null,
    sent_at     bigint not null,
    sha256      text collate "C" not null,
    read_at     bigint not null,
    read_by     uuid references account (id)
);
create index night_telegram_by_series on night_telegram (kind, area, reported_at, sent_at);

-- A level, a warning without one, or a power cut. One without `telegram_id` was entered by staff.
create table night_level (
    id           uuid not null primary key,
    municipality text collate "C" not null,
    hazard       text collate "C",
    level        bigint,
    name         text collate "C" not null,
    part         text collate "C",
    since        bigint not null,
    night_since  bigint not null,
    telegram_id  uuid references night_telegram (id),
    entered_at   bigint not null,
    entered_by   uuid references account (id),
    ended_at     bigint,
    ended_by     uuid references account (id)
);
create index night_level_in_force on night_level (municipality) where ended_at is null;
create index night_level_by_telegram on night_level (telegram_id) where telegram_id is not null;

-- Whether a site is open and has power, as it was reported; the latest counts.
create table night_site (
    id      uuid not null primary key,
    site_id uuid not null references site (id),
    is_open boolean,
    powered boolean,
    at      bigint not null,
    by_user uuid not null references account (id)
);
create index night_site_by_time on night_site (at);

-- What was answered at a call. What was struck out stays.
create table night_answer (
    id           uuid not null primary key,
    case_id      uuid not null references child_case (id),
    kind         text collate "C" not null,
    whom         text collate "C",
    place        text collate "C",
    power        text collate "C",
    hours_left   double precision,
    needs        text collate "C" not null,
    words        text collate "C",
    next_call_at bigint,
    at           bigint not null,
    by_user      uuid not null references account (id),
    struck_at    bigint,
    struck_by    uuid references account (id)
);
create index night_answer_by_time on night_answer (at);
create index night_answer_by_case on night_answer (case_id, at);

-- What the night needs of a child's plan and home, made with its verdict.
create table night_facts (
    case_id uuid not null primary key references child_case (id),
    body    text collate "C" not null
);
