-- Families that ask for a new link, until staff have given them one.

create table link_request (
    id           uuid not null primary key,
    account_id   uuid not null references account (id),
    case_id      uuid not null references child_case (id),
    requested_at bigint not null,
    answered_at  bigint
);
create index link_request_by_case on link_request (case_id) where answered_at is null;
