-- The yearly question to a place that receives (decision 75): whether what is on record of
-- it still holds, and what it answered.

create table place_inquiry (
    id          uuid not null primary key,
    site_id     uuid not null references site (id),
    asked_at    bigint not null,
    reminded_at bigint,
    answered_at bigint,
    -- same, changed, no.
    answer      text collate "C",
    -- What has changed, and who said so.
    words       text collate "C",
    who         text collate "C",
    -- It needs nobody any more.
    closed_at   bigint
);
create unique index place_inquiry_open on place_inquiry (site_id) where closed_at is null;

-- The links of its mails: each mail has its own.
create table place_link (
    hash       bytea not null primary key,
    inquiry_id uuid not null references place_inquiry (id),
    until_at   bigint not null
);
create index place_link_by_inquiry on place_link (inquiry_id);
