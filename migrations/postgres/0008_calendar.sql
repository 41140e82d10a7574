-- Calendar feeds: each has a token of its own, of which the hash is kept. It opens the feed and nothing else.

create table calendar_feed (
    token_hash bytea not null primary key,
    id         uuid not null unique,
    account_id uuid not null references account (id),
    created_at bigint not null,
    ended_at   bigint
);
create index calendar_feed_by_account on calendar_feed (account_id);
