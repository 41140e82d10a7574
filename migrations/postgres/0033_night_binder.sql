-- The night binder of a municipality (夜間綴り): the last one that was made, sealed under the
-- key file, and how far the next one is.

create table night_binder (
    municipality text collate "C" not null primary key,
    -- The last one; null: there is none.
    made_at      bigint,
    pages        bigint not null default 0,
    -- Whom it holds, each with whether the address could be read: [[id, true], …].
    holds        text collate "C" not null default '[]',
    -- Characters that the typeface lacks.
    unprintable  text collate "C" not null default '',
    pdf          bytea,
    -- Who makes the next one, until when, and how far it is.
    holder       uuid,
    held_until   bigint,
    done         bigint not null default 0,
    total        bigint not null default 0,
    -- When the last try failed, and why: [Japanese, English].
    failed_at    bigint,
    why          text collate "C"
);
