-- Emergency access (災害対策基本法 第49条の15第3項): what was opened for which event, and what was decided since.

create table emergency_access (
    id           blob not null primary key,
    municipality text not null,
    kind         text not null,
    name         text not null,
    area         text not null,
    widens_to    text not null,
    reason       text not null,
    opened_by    blob not null references account (id),
    opened_at    integer not null,
    ends_at      integer not null,
    let_end_at   integer,
    closed_at    integer,
    closed_by    blob references account (id)
) strict;
create index emergency_access_by_end on emergency_access (ends_at);

-- Every extension and every "let it end": a decision of its own, with who, when and why.
create table emergency_decision (
    id           blob not null primary key,
    emergency_id blob not null references emergency_access (id),
    decision     text not null,
    reason       text not null,
    decided_by   blob not null references account (id),
    decided_at   integer not null,
    ends_at      integer not null
) strict;
create index emergency_decision_by_emergency on emergency_decision (emergency_id, id);
