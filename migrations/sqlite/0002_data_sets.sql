-- What was published by whom: data sets, tries at importing them, zones and boundaries.

create table data_set (
    id            blob not null primary key,
    kind          text not null,
    series        text not null,
    name          text not null,
    publisher     text,
    source        text,
    licence       text,
    dated         text,
    imported_at   integer not null,
    imported_by   text not null,
    sha256        text not null,
    format        text not null,
    encoding      text not null,
    crs           text,
    covers        text,
    unread        text,
    replaces      blob references data_set (id),
    state         text not null,
    loading_until integer not null,
    records       integer not null
) strict;
create index data_set_by_series on data_set (kind, series, state);
-- Two maps in force of one series would contradict each other.
create unique index data_set_one_current on data_set (kind, series) where state = 'current';

create table import_run (
    id          blob not null primary key,
    what        text not null,
    file        text not null,
    started_at  integer not null,
    finished_at integer not null,
    dry_run     integer not null,
    data_set_id blob references data_set (id),
    report      text not null,
    erased_at   integer
) strict;

create table hazard_zone (
    data_set_id blob not null references data_set (id),
    ordinal     integer not null,
    class       text not null,
    name        text,
    geometry    text not null,
    hash        text not null,
    west        real not null,
    south       real not null,
    east        real not null,
    north       real not null,
    primary key (data_set_id, ordinal)
) strict;

create table boundary (
    data_set_id blob not null references data_set (id),
    code        text not null,
    name        text not null,
    geometry    text not null,
    west        real not null,
    south       real not null,
    east        real not null,
    north       real not null,
    primary key (data_set_id, code)
) strict;
