-- Calendar feeds: each has a token of its own, of which the hash is kept. It opens the feed and nothing else.

create table calendar_feed (
    token_hash blob not null primary key,
    id         blob not null unique,
    account_id blob not null references account (id),
    created_at integer not null,
    ended_at   integer
) strict;
create index calendar_feed_by_account on calendar_feed (account_id);
