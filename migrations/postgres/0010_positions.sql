-- Lists of towns and blocks, and where the position of a home comes from.

create table town_point (
    data_set_id uuid not null references data_set (id),
    ordinal     bigint not null,
    municipality text collate "C" not null,
    name        text collate "C" not null,
    town        text collate "C" not null,
    koaza       text collate "C" not null,
    block       text collate "C" not null,
    lat         double precision not null,
    lon         double precision not null,
    represents  boolean not null,
    primary key (data_set_id, ordinal)
);
create index town_point_by_town on town_point (municipality, town, koaza, block);

-- Every position that a home has had. One without `until_at` is that of the home
-- on record; `left_at` marks those of an address that was left.
create table home_position (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    home_id     uuid not null references home (id),
    lat         double precision,
    lon         double precision,
    accuracy    text collate "C",
    origin      text collate "C" not null,
    data_set_id uuid references data_set (id),
    place       text collate "C",
    confirmed   boolean not null,
    set_by      uuid references account (id),
    set_at      bigint not null,
    until_at    bigint,
    left_at     bigint,
    erased_at   bigint
);
create index home_position_by_case on home_position (case_id, set_at);
create unique index home_position_on_record on home_position (case_id) where until_at is null;

-- Who imported, and of which municipality and case each row is on which a report of
-- families remarks: who may read it depends on that.
alter table import_run add column imported_by text collate "C";
alter table import_run add column rows_of text collate "C";
create index import_run_by_time on import_run (finished_at);
