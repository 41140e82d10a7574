-- Who may sign in, what runs once, and the revision of everything that findings depend on.

create table world (
    id       integer not null primary key check (id = 1),
    revision integer not null
) strict;
insert into world (id, revision) values (1, 1);

create table account (
    id           blob not null primary key,
    email        text not null unique,
    name         text not null,
    role         text not null,
    municipality text,
    case_id      blob,
    created_at   integer not null,
    disabled_at  integer
) strict;

create table sign_in_link (
    token_hash blob not null primary key,
    account_id blob not null references account (id),
    created_at integer not null,
    expires_at integer not null,
    used_at    integer
) strict;

create table session (
    token_hash   blob not null primary key,
    account_id   blob not null references account (id),
    id           blob not null unique,
    device       text not null,
    created_at   integer not null,
    last_seen_at integer not null,
    expires_at   integer not null,
    ended_at     integer
) strict;

create table once (
    actor        text not null,
    key          blob not null,
    request_hash text not null,
    outcome      text not null,
    at           integer not null,
    primary key (actor, key)
) strict;

create table municipality_setting (
    code       text not null primary key,
    ordinance  text not null,
    revision   integer not null,
    changed_at integer not null,
    changed_by text not null
) strict;
