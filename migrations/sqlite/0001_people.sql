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
    disabled_at  integer,
    password     text,
    totp         blob,
    totp_step    integer,
    ready_at     integer,
    opens_emergency integer not null default 0,
    erased_at    integer
) strict;

create table sign_in_link (
    token_hash blob not null primary key,
    account_id blob not null references account (id),
    created_at integer not null,
    expires_at integer not null,
    used_at    integer,
    code_key   text not null,
    code_mac   blob not null,
    password   text,
    totp       blob,
    kind       text not null
) strict;
create index sign_in_link_code on sign_in_link (code_mac);

create table recovery_code (
    account_id blob not null references account (id),
    number     integer not null,
    sealed     blob not null,
    used_at    integer,
    primary key (account_id, number)
) strict;

create table guess (
    id          blob not null primary key,
    kind        text not null,
    account_mac blob,
    from_mac    blob not null,
    at          integer not null
) strict;
create index guess_account on guess (account_mac, at);
create index guess_from on guess (from_mac, at);
create index guess_at on guess (at);

create table known_address (
    account_mac blob not null,
    from_mac    blob not null,
    last_at     integer not null,
    primary key (account_mac, from_mac)
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
