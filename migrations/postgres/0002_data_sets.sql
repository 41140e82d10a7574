-- What was published by whom: data sets, tries at importing them, zones and boundaries.

create table data_set (
    id            uuid not null primary key,
    kind          text collate "C" not null,
    series        text collate "C" not null,
    name          text collate "C" not null,
    publisher     text collate "C",
    source        text collate "C",
    licence       text collate "C",
    dated         text collate "C",
    imported_at   bigint not null,
    imported_by   text collate "C" not null,
    sha256        text collate "C" not null,
    format        text collate "C" not null,
    encoding      text collate "C" not null,
    crs           text collate "C",
    covers        text collate "C",
    unread        text collate "C",
    replaces      uuid references data_set (id),
    state         text collate "C" not null,
    loading_until bigint not null,
    records       bigint not null
);
create index data_set_by_series on data_set (kind, series, state);
-- Two maps in force of one series would contradict each other.
create unique index data_set_one_current on data_set (kind, series) where state = 'current';

create table import_run (
    id          uuid not null primary key,
    what        text collate "C" not null,
    file        text collate "C" not null,
    started_at  bigint not null,
    finished_at bigint not null,
    dry_run     boolean not null,
    data_set_id uuid references data_set (id),
    report      text collate "C" not null,
    erased_at   bigint
);

create table hazard_zone (
    data_set_id uuid not null references data_set (id),
    ordinal     bigint not null,
    class       text collate "C" not null,
    name        text collate "C",
    geometry    text collate "C" not null,
    hash        text collate "C" not null,
    west        double precision not null,
    south       double precision not null,
    east        double precision not null,
    north       double precision not null,
    primary key (data_set_id, ordinal)
);

create table boundary (
    data_set_id uuid not null references data_set (id),
    code        text collate "C" not null,
    name        text collate "C" not null,
    geometry    text collate "C" not null,
    west        double precision not null,
    south       double precision not null,
    east        double precision not null,
    north       double precision not null,
    primary key (data_set_id, code)
);
