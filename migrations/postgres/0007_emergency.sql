-- Emergency access (災害対策基本法 第49条の15第3項): what was opened for which event, and what was decided since.

create table emergency_access (
    id           uuid not null primary key,
    municipality text collate "C" not null,
    kind         text collate "C" not null,
    name         text collate "C" not null,
    area         text collate "C" not null,
    widens_to    text collate "C" not null,
    reason       text collate "C" not null,
    opened_by    uuid not null references account (id),
    opened_at    bigint not null,
    ends_at      bigint not null,
    let_end_at   bigint,
    closed_at    bigint,
    closed_by    uuid references account (id)
);
create index emergency_access_by_end on emergency_access (ends_at);

-- Every extension and every "let it end": a decision of its own, with who, when and why.
create table emergency_decision (
    id           uuid not null primary key,
    emergency_id uuid not null references emergency_access (id),
    decision     text collate "C" not null,
    reason       text collate "C" not null,
    decided_by   uuid not null references account (id),
    decided_at   bigint not null,
    ends_at      bigint not null
);
create index emergency_decision_by_emergency on emergency_decision (emergency_id, id);
