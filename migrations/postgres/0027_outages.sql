-- Power cuts: where, since when and for how long they are expected. Nothing here is about a person.
create table outage (
    id         uuid not null primary key,
    town       text collate "C",
    area       text collate "C" not null,
    starts_at  bigint not null,
    hours      bigint not null,
    entered_at bigint not null,
    entered_by uuid not null references account (id),
    ended_at   bigint,
    ended_by   uuid references account (id)
);
create index outage_by_time on outage (ended_at, starts_at);
