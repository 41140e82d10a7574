-- Sites: what lists say (append-only versions) and what municipalities enter (append-only entries).

create table site (
    id           uuid not null primary key,
    kind         text collate "C" not null,
    key          text collate "C" not null unique,
    publisher    text collate "C" not null,
    municipality text collate "C",
    name         text collate "C" not null,
    sort_key     bytea not null,
    published    text collate "C" not null,
    data_set_id  uuid not null references data_set (id),
    withdrawn_at bigint
);
create index site_by_municipality on site (municipality, kind);

create table site_version (
    site_id     uuid not null references site (id),
    data_set_id uuid not null references data_set (id),
    change      text collate "C" not null,
    published   text collate "C" not null,
    recorded_at bigint not null,
    primary key (site_id, data_set_id)
);

create table site_entry (
    site_id    uuid not null references site (id),
    revision   bigint not null,
    entry      text collate "C" not null,
    entered_by uuid not null references account (id),
    entered_at bigint not null,
    primary key (site_id, revision)
);
