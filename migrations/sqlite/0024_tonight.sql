-- Tonight (今夜): which level is in force where, what is known of sites, and what was answered at each call.

-- Counts what is entered, so that a page that waits for news need not ask for more.
create table night_mark (
    id       integer not null primary key check (id = 1),
    revision integer not null
) strict;
insert into night_mark (id, revision) values (1, 1);

-- Telegrams of the weather agency that were read; `kind` and `area` say which replace each other.
create table night_telegram (
    id          blob not null primary key,
    kind        text not null,
    area        text not null,
    title       text not null,
    office      text not null,
    reported_at integer not null,
    sent_at     integer not null,
    sha256      text not null,
    read_at     integer not null,
    read_by     blob references account (id)
) strict;
create index night_telegram_by_series on night_telegram (kind, area, reported_at, sent_at);

-- A level, a warning without one, or a power cut. One without `telegram_id` was entered by staff.
create table night_level (
    id           blob not null primary key,
    municipality text not null,
    hazard       text,
    level        integer,
    name         text not null,
    part         text,
    since        integer not null,
    night_since  integer not null,
    telegram_id  blob references night_telegram (id),
    entered_at   integer not null,
    entered_by   blob references account (id),
    ended_at     integer,
    ended_by     blob references account (id)
) strict;
create index night_level_in_force on night_level (municipality) where ended_at is null;
create index night_level_by_telegram on night_level (telegram_id) where telegram_id is not null;

-- Whether a site is open and has power, as it was reported; the latest counts.
create table night_site (
    id      blob not null primary key,
    site_id blob not null references site (id),
    is_open integer,
    powered integer,
    at      integer not null,
    by_user blob not null references account (id)
) strict;
create index night_site_by_time on night_site (at);

-- What was answered at a call. What was struck out stays.
create table night_answer (
    id           blob not null primary key,
    case_id      blob not null references child_case (id),
    kind         text not null,
    whom         text,
    place        text,
    power        text,
    hours_left   real,
    needs        text not null,
    words        text,
    next_call_at integer,
    at           integer not null,
    by_user      blob not null references account (id),
    struck_at    integer,
    struck_by    blob references account (id)
) strict;
create index night_answer_by_time on night_answer (at);
create index night_answer_by_case on night_answer (case_id, at);

-- What the night needs of a child's plan and home, made with its verdict.
create table night_facts (
    case_id blob not null primary key references child_case (id),
    body    text not null
) strict;
