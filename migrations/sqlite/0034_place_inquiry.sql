-- The yearly question to a place that receives (decision 75): whether what is on record of
-- it still holds, and what it answered.

create table place_inquiry (
    id          blob not null primary key,
    site_id     blob not null references site (id),
    asked_at    integer not null,
    reminded_at integer,
    answered_at integer,
    -- same, changed, no.
    answer      text,
    -- What has changed, and who said so.
    words       text,
    who         text,
    -- It needs nobody any more.
    closed_at   integer
) strict;
create unique index place_inquiry_open on place_inquiry (site_id) where closed_at is null;

-- The links of its mails: each mail has its own.
create table place_link (
    hash       blob not null primary key,
    inquiry_id blob not null references place_inquiry (id),
    until_at   integer not null
) strict;
create index place_link_by_inquiry on place_link (inquiry_id);
