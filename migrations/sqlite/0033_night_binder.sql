-- The night binder of a municipality (夜間綴り): the last one that was made, sealed under the
-- key file, and how far the next one is.

create table night_binder (
    municipality text not null primary key,
    -- The last one; null: there is none.
    made_at      integer,
    pages        integer not null default 0,
    -- Whom it holds, each with whether the address could be read: [[id, true], …].
    holds        text not null default '[]',
    -- Characters that the typeface lacks.
    unprintable  text not null default '',
    pdf          blob,
    -- Who makes the next one, until when, and how far it is.
    holder       blob,
    held_until   integer,
    done         integer not null default 0,
    total        integer not null default 0,
    -- When the last try failed, and why: [Japanese, English].
    failed_at    integer,
    why          text
) strict;
