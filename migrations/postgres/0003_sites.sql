-- Sites: what lists say (append-only versions), what municipalities enter (append-only entries), and
-- sites of their own that no list has (no data set; append-only versions too).

create table site (
    id           uuid not null primary key,
    kind         text collate "C" not null,
    key          text collate "C" not null unique,
    publisher    text collate "C" not null,
    municipality text collate "C",
    name         text collate "C" not null,
    sort_key     bytea not null,
    published    text collate "C" not null,
    data_set_id  uuid references data_set (id),
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

create table own_site_version (
    site_id    uuid not null references site (id),
    revision   bigint not null,
    published  text collate "C" not null,
    ended      boolean not null,
    entered_by uuid not null references account (id),
    entered_at bigint not null,
    primary key (site_id, revision)
);

-- A change of many sites at once: proposed, then done as one, then perhaps undone as one.
create table site_batch (
    id           uuid not null primary key,
    municipality text collate "C" not null,
    source       text collate "C" not null,
    changes      text collate "C" not null,
    notes        text collate "C" not null,
    proposed_by  uuid not null references account (id),
    proposed_at  bigint not null,
    done_by      uuid references account (id),
    done_at      bigint,
    undone_by    uuid references account (id),
    undone_at    bigint
);
create index site_batch_by_municipality on site_batch (municipality, done_at);

create table site_entry (
    site_id    uuid not null references site (id),
    revision   bigint not null,
    entry      text collate "C" not null,
    -- Null: the place itself, by the link of its yearly mail.
    entered_by uuid references account (id),
    entered_at bigint not null,
    batch_id   uuid references site_batch (id),
    primary key (site_id, revision)
);
