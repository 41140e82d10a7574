-- Who saw or changed what. Events are written with what they are about and never
-- changed; a sealer chains them. They hold ids and codes only.

create table audit_event (
    id           uuid not null primary key,
    at           bigint not null,
    actor_kind   text collate "C" not null,
    actor_id     uuid,
    from_address text collate "C",
    action       text collate "C" not null,
    case_set     text collate "C",
    about_kind   text collate "C",
    about_id     uuid,
    seal         bigint
);
create index audit_event_waiting on audit_event (id) where seal is null;
create index audit_event_by_set on audit_event (case_set, id);
create index audit_event_by_actor on audit_event (actor_id, id);
create index audit_event_by_about on audit_event (about_id, id) where about_id is not null;

-- The children of an event, named by the hash of their ids: the same list seen
-- again is one row more in audit_event and none here.
create table audit_set_member (
    set_hash text collate "C" not null,
    case_id  uuid not null,
    primary key (set_hash, case_id)
);
create index audit_set_by_case on audit_set_member (case_id, set_hash);

create table audit_seal (
    number    bigint not null primary key,
    previous  text collate "C" not null,
    hash      text collate "C" not null,
    sealed_at bigint not null,
    events    text collate "C" not null,
    mac_key   text collate "C" not null,
    mac       bytea not null
);

-- Work that one process does at a time.
create table lease (
    name      text collate "C" not null primary key,
    holder    uuid not null,
    until_at  bigint not null
);
