-- Children, homes, plans, who may see them, and what is derived from them.

create table child_case (
    id          uuid not null primary key,
    number      text collate "C" not null unique,
    revision    bigint not null,
    has_plan    boolean,
    stuck_step  text collate "C",
    stuck_since text collate "C",
    child       text collate "C" not null,
    name        text collate "C",
    sort_key    bytea,
    search_key  text collate "C" not null,
    battery_hours double precision,
    pass_phrase text collate "C",
    created_at  bigint not null,
    changed_at  bigint not null,
    ended_on    text collate "C",
    ended_why   text collate "C",
    erased_at   bigint
);

create table home (
    id           uuid not null primary key,
    case_id      uuid not null references child_case (id),
    municipality text collate "C" not null,
    lat          double precision,
    lon          double precision,
    accuracy     text collate "C",
    floors       bigint,
    room_floor   bigint,
    from_day     text collate "C" not null,
    until_day    text collate "C",
    recorded_at  bigint not null,
    erased_at    bigint
);
create index home_by_case on home (case_id, until_day);

create table plan_version (
    id         uuid not null primary key,
    case_id    uuid not null references child_case (id),
    version    bigint not null,
    document   text collate "C" not null,
    sha256     text collate "C" not null,
    basis      text collate "C" not null,
    dated      text collate "C",
    created_at bigint not null,
    created_by text collate "C" not null,
    until_at   bigint,
    erased_at  bigint,
    home_left_on text collate "C",
    unique (case_id, version)
);

create table plan_destination (
    version_id uuid not null references plan_version (id),
    ordinal    bigint not null,
    kind       text collate "C" not null,
    site_ref   text collate "C",
    name       text collate "C",
    hazards    text collate "C",
    primary key (version_id, ordinal)
);
create index plan_destination_by_site on plan_destination (site_ref);

create table plan_supporter (
    version_id uuid not null references plan_version (id),
    ordinal    bigint not null,
    name       text collate "C",
    contact    text collate "C",
    agreed     boolean,
    primary key (version_id, ordinal)
);

create table plan_consent (
    version_id uuid not null references plan_version (id),
    ordinal    bigint not null,
    recipient  text collate "C" not null,
    given      boolean,
    dated      text collate "C",
    primary key (version_id, ordinal)
);

create table case_access (
    case_id      uuid not null references child_case (id),
    subject_kind text collate "C" not null,
    subject_id   text collate "C" not null,
    ground       text collate "C" not null,
    from_day     text collate "C" not null,
    until_day    text collate "C",
    until_at     bigint,
    emergency    text collate "C" not null default '',
    primary key (case_id, subject_kind, subject_id, ground, from_day, emergency)
);
create index case_access_by_subject on case_access (subject_kind, subject_id, case_id);
create index case_access_by_emergency on case_access (emergency) where emergency <> '';

create table derived_check (
    case_id     uuid not null primary key references child_case (id),
    on_day      text collate "C" not null,
    changes_on  text collate "C",
    input_hash  text collate "C" not null,
    program     text collate "C" not null,
    part        text collate "C" not null,
    rank        bigint not null,
    body        text collate "C" not null,
    body_hidden text collate "C" not null,
    -- A mark of what REV-02 finds changed since the plan was confirmed.
    changed     text collate "C"
);

-- What a verdict was computed from: written anew, and alone, where the world has changed
-- elsewhere. A revision of 0 or less says that the case is to be judged anew.
create table derived_basis (
    case_id        uuid not null primary key references child_case (id),
    case_revision  bigint not null,
    world_revision bigint not null,
    -- Which part of the world (planner::inputs::Reach), and the hash of that part.
    reach          text collate "C" not null,
    world_hash     text collate "C" not null
);

create table proposed_move (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    home        text collate "C" not null,
    source      text collate "C" not null,
    proposed_at bigint not null,
    proposed_by uuid references account (id),
    outcome     text collate "C",
    closed_at   bigint,
    closed_by   uuid references account (id)
);
create index proposed_move_by_case on proposed_move (case_id, closed_at);

create table temporary_stay (
    id           uuid not null primary key,
    case_id      uuid not null references child_case (id),
    municipality text collate "C" not null,
    address      text collate "C",
    from_day     text collate "C" not null,
    until_day    text collate "C" not null,
    is_open      boolean not null,
    recorded_at  bigint not null,
    recorded_by  uuid not null references account (id)
);
create index temporary_stay_by_case on temporary_stay (case_id, until_day);

create table contact_log (
    id      uuid not null primary key,
    case_id uuid not null references child_case (id),
    outcome text collate "C" not null,
    called  text collate "C" not null,
    at      bigint not null,
    by_user uuid not null references account (id)
);
create index contact_log_by_case on contact_log (case_id, at);

create table protected_address (
    id       uuid not null primary key,
    case_id  uuid not null references child_case (id),
    set_at   bigint not null,
    set_by   uuid not null references account (id),
    ended_at bigint,
    ended_by uuid references account (id)
);
create index protected_address_by_case on protected_address (case_id, ended_at);

create table address_named (
    protection_id uuid not null references protected_address (id),
    account_id    uuid not null references account (id),
    named_at      bigint not null,
    ended_at      bigint,
    primary key (protection_id, account_id)
);
