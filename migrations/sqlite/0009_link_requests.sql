-- Families that ask for a new link, until staff have given them one.

create table link_request (
    id           blob not null primary key,
    account_id   blob not null references account (id),
    case_id      blob not null references child_case (id),
    requested_at integer not null,
    answered_at  integer
) strict;
create index link_request_by_case on link_request (case_id) where answered_at is null;
