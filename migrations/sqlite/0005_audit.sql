-- Who saw or changed what. Events are written with what they are about and never
-- changed; a sealer chains them. They hold ids and codes only.

create table audit_event (
    id           blob not null primary key,
    at           integer not null,
    actor_kind   text not null,
    actor_id     blob,
    from_address text,
    action       text not null,
    case_set     text,
    about_kind   text,
    about_id     blob,
    seal         integer
) strict;
create index audit_event_waiting on audit_event (id) where seal is null;
create index audit_event_by_set on audit_event (case_set, id);
create index audit_event_by_actor on audit_event (actor_id, id);
create index audit_event_by_about on audit_event (about_id, id) where about_id is not null;

-- The children of an event, named by the hash of their ids: the same list seen
-- again is one row more in audit_event and none here.
create table audit_set_member (
    set_hash text not null,
    case_id  blob not null,
    primary key (set_hash, case_id)
) strict;
create index audit_set_by_case on audit_set_member (case_id, set_hash);

create table audit_seal (
    number    integer not null primary key,
    previous  text not null,
    hash      text not null,
    sealed_at integer not null,
    events    text not null,
    mac_key   text not null,
    mac       blob not null
) strict;

-- Work that one process does at a time.
create table lease (
    name      text not null primary key,
    holder    blob not null,
    until_at  integer not null
) strict;
