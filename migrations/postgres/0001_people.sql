-- Who may sign in, what runs once, and the revision of everything that findings depend on.

create table world (
    id       bigint not null primary key check (id = 1),
    revision bigint not null
);
insert into world (id, revision) values (1, 1);

create table account (
    id           uuid not null primary key,
    email        text collate "C" not null unique,
    name         text collate "C" not null,
    role         text collate "C" not null,
    municipality text collate "C",
    case_id      uuid,
    created_at   bigint not null,
    disabled_at  bigint,
    password     text collate "C",
    totp         bytea,
    totp_step    bigint,
    ready_at     bigint,
    opens_emergency boolean not null default false,
    erased_at    bigint
);

create table sign_in_link (
    token_hash bytea not null primary key,
    account_id uuid not null references account (id),
    created_at bigint not null,
    expires_at bigint not null,
    used_at    bigint,
    code_key   text collate "C" not null,
    code_mac   bytea not null,
    password   text collate "C",
    totp       bytea,
    kind       text collate "C" not null
);
create index sign_in_link_code on sign_in_link (code_mac);

create table recovery_code (
    account_id uuid not null references account (id),
    number     bigint not null,
    sealed     bytea not null,
    used_at    bigint,
    primary key (account_id, number)
);

create table guess (
    id          uuid not null primary key,
    kind        text collate "C" not null,
    account_mac bytea,
    from_mac    bytea not null,
    at          bigint not null
);
create index guess_account on guess (account_mac, at);
create index guess_from on guess (from_mac, at);
create index guess_at on guess (at);

create table known_address (
    account_mac bytea not null,
    from_mac    bytea not null,
    last_at     bigint not null,
    primary key (account_mac, from_mac)
);

create table session (
    token_hash   bytea not null primary key,
    account_id   uuid not null references account (id),
    id           uuid not null unique,
    device       text collate "C" not null,
    created_at   bigint not null,
    last_seen_at bigint not null,
    expires_at   bigint not null,
    ended_at     bigint
);

create table once (
    actor        text collate "C" not null,
    key          uuid not null,
    request_hash text collate "C" not null,
    outcome      text collate "C" not null,
    at           bigint not null,
    primary key (actor, key)
);

create table municipality_setting (
    code       text collate "C" not null primary key,
    ordinance  text collate "C" not null,
    revision   bigint not null,
    changed_at bigint not null,
    changed_by text collate "C" not null
);
