-- Power cuts: where, since when and for how long they are expected. Nothing here is about a person.
create table outage (
    id         blob not null primary key,
    town       text,
    area       text not null,
    starts_at  integer not null,
    hours      integer not null,
    entered_at integer not null,
    entered_by blob not null references account (id),
    ended_at   integer,
    ended_by   blob references account (id)
) strict;
create index outage_by_time on outage (ended_at, starts_at);
