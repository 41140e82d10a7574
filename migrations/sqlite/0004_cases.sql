-- Children, homes, plans, who may see them, and what is derived from them.

create table child_case (
    id          blob not null primary key,
    number      text not null unique,
    revision    integer not null,
    has_plan    integer,
    stuck_step  text,
    stuck_since text,
    child       text not null,
    name        text,
    sort_key    blob,
    search_key  text not null,
    battery_hours real,
    pass_phrase text,
    created_at  integer not null,
    changed_at  integer not null,
    ended_on    text,
    ended_why   text,
    erased_at   integer
) strict;

create table home (
    id           blob not null primary key,
    case_id      blob not null references child_case (id),
    municipality text not null,
    lat          real,
    lon          real,
    accuracy     text,
    floors       integer,
    room_floor   integer,
    from_day     text not null,
    until_day    text,
    recorded_at  integer not null,
    erased_at    integer
) strict;
create index home_by_case on home (case_id, until_day);

create table plan_version (
    id         blob not null primary key,
    case_id    blob not null references child_case (id),
    version    integer not null,
    document   text not null,
    sha256     text not null,
    basis      text not null,
    dated      text,
    created_at integer not null,
    created_by text not null,
    until_at   integer,
    erased_at  integer,
    home_left_on text,
    unique (case_id, version)
) strict;

create table plan_destination (
    version_id blob not null references plan_version (id),
    ordinal    integer not null,
    kind       text not null,
    site_ref   text,
    name       text,
    hazards    text,
    primary key (version_id, ordinal)
) strict;
create index plan_destination_by_site on plan_destination (site_ref);

create table plan_supporter (
    version_id blob not null references plan_version (id),
    ordinal    integer not null,
    name       text,
    contact    text,
    agreed     integer,
    primary key (version_id, ordinal)
) strict;

create table plan_consent (
    version_id blob not null references plan_version (id),
    ordinal    integer not null,
    recipient  text not null,
    given      integer,
    dated      text,
    primary key (version_id, ordinal)
) strict;

create table case_access (
    case_id      blob not null references child_case (id),
    subject_kind text not null,
    subject_id   text not null,
    ground       text not null,
    from_day     text not null,
    until_day    text,
    until_at     integer,
    emergency    text not null default '',
    primary key (case_id, subject_kind, subject_id, ground, from_day, emergency)
) strict;
create index case_access_by_subject on case_access (subject_kind, subject_id, case_id);
create index case_access_by_emergency on case_access (emergency) where emergency <> '';

create table derived_check (
    case_id     blob not null primary key references child_case (id),
    on_day      text not null,
    changes_on  text,
    input_hash  text not null,
    program     text not null,
    part        text not null,
    rank        integer not null,
    body        text not null,
    body_hidden text not null,
    -- A mark of what REV-02 finds changed since the plan was confirmed.
    changed     text
) strict;

-- What a verdict was computed from: written anew, and alone, where the world has changed
-- elsewhere. A revision of 0 or less says that the case is to be judged anew.
create table derived_basis (
    case_id        blob not null primary key references child_case (id),
    case_revision  integer not null,
    world_revision integer not null,
    -- Which part of the world (planner::inputs::Reach), and the hash of that part.
    reach          text not null,
    world_hash     text not null
) strict;

create table proposed_move (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    home        text not null,
    source      text not null,
    proposed_at integer not null,
    proposed_by blob references account (id),
    outcome     text,
    closed_at   integer,
    closed_by   blob references account (id)
) strict;
create index proposed_move_by_case on proposed_move (case_id, closed_at);

create table temporary_stay (
    id           blob not null primary key,
    case_id      blob not null references child_case (id),
    municipality text not null,
    address      text,
    from_day     text not null,
    until_day    text not null,
    is_open      integer not null,
    recorded_at  integer not null,
    recorded_by  blob not null references account (id)
) strict;
create index temporary_stay_by_case on temporary_stay (case_id, until_day);

create table contact_log (
    id      blob not null primary key,
    case_id blob not null references child_case (id),
    outcome text not null,
    called  text not null,
    at      integer not null,
    by_user blob not null references account (id)
) strict;
create index contact_log_by_case on contact_log (case_id, at);

create table protected_address (
    id       blob not null primary key,
    case_id  blob not null references child_case (id),
    set_at   integer not null,
    set_by   blob not null references account (id),
    ended_at integer,
    ended_by blob references account (id)
) strict;
create index protected_address_by_case on protected_address (case_id, ended_at);

create table address_named (
    protection_id blob not null references protected_address (id),
    account_id    blob not null references account (id),
    named_at      integer not null,
    ended_at      integer,
    primary key (protection_id, account_id)
) strict;
