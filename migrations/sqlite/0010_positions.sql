-- Lists of towns and blocks, and where the position of a home comes from.

create table town_point (
    data_set_id blob not null references data_set (id),
    ordinal     integer not null,
    municipality text not null,
    name        text not null,
    town        text not null,
    koaza       text not null,
    block       text not null,
    lat         real not null,
    lon         real not null,
    represents  integer not null,
    primary key (data_set_id, ordinal)
) strict;
create index town_point_by_town on town_point (municipality, town, koaza, block);

-- Every position that a home has had. One without `until_at` is that of the home
-- on record; `left_at` marks those of an address that was left.
create table home_position (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    home_id     blob not null references home (id),
    lat         real,
    lon         real,
    accuracy    text,
    origin      text not null,
    data_set_id blob references data_set (id),
    place       text,
    confirmed   integer not null,
    set_by      blob references account (id),
    set_at      integer not null,
    until_at    integer,
    left_at     integer,
    erased_at   integer
) strict;
create index home_position_by_case on home_position (case_id, set_at);
create unique index home_position_on_record on home_position (case_id) where until_at is null;

-- Who imported, and of which municipality and case each row is on which a report of
-- families remarks: who may read it depends on that.
alter table import_run add column imported_by text;
alter table import_run add column rows_of text;
create index import_run_by_time on import_run (finished_at);
