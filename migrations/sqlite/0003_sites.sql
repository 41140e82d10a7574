-- Sites: what lists say (append-only versions), what municipalities enter (append-only entries), and
-- sites of their own that no list has (no data set; append-only versions too).

create table site (
    id           blob not null primary key,
    kind         text not null,
    key          text not null unique,
    publisher    text not null,
    municipality text,
    name         text not null,
    sort_key     blob not null,
    published    text not null,
    data_set_id  blob references data_set (id),
    withdrawn_at integer
) strict;
create index site_by_municipality on site (municipality, kind);

create table site_version (
    site_id     blob not null references site (id),
    data_set_id blob not null references data_set (id),
    change      text not null,
    published   text not null,
    recorded_at integer not null,
    primary key (site_id, data_set_id)
) strict;

create table own_site_version (
    site_id    blob not null references site (id),
    revision   integer not null,
    published  text not null,
    ended      integer not null,
    entered_by blob not null references account (id),
    entered_at integer not null,
    primary key (site_id, revision)
) strict;

-- A change of many sites at once: proposed, then done as one, then perhaps undone as one.
create table site_batch (
    id           blob not null primary key,
    municipality text not null,
    source       text not null,
    changes      text not null,
    notes        text not null,
    proposed_by  blob not null references account (id),
    proposed_at  integer not null,
    done_by      blob references account (id),
    done_at      integer,
    undone_by    blob references account (id),
    undone_at    integer
) strict;
create index site_batch_by_municipality on site_batch (municipality, done_at);

create table site_entry (
    site_id    blob not null references site (id),
    revision   integer not null,
    entry      text not null,
    -- Null: the place itself, by the link of its yearly mail.
    entered_by blob references account (id),
    entered_at integer not null,
    batch_id   blob references site_batch (id),
    primary key (site_id, revision)
) strict;
