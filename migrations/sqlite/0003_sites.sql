-- Sites: what lists say (append-only versions) and what municipalities enter (append-only entries).

create table site (
    id           blob not null primary key,
    kind         text not null,
    key          text not null unique,
    publisher    text not null,
    municipality text,
    name         text not null,
    sort_key     blob not null,
    published    text not null,
    data_set_id  blob not null references data_set (id),
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

create table site_entry (
    site_id    blob not null references site (id),
    revision   integer not null,
    entry      text not null,
    entered_by blob not null references account (id),
    entered_at integer not null,
    primary key (site_id, revision)
) strict;
