-- The texts of the centre's letters: every version, never changed. One without
-- a text goes back to the text of the program.

create table letter_version (
    id         uuid not null primary key,
    kind       text collate "C" not null,
    version    bigint not null,
    subject    text collate "C",
    body       text collate "C",
    changed_at bigint not null,
    changed_by uuid not null references account (id),
    unique (kind, version),
    check ((subject is null) = (body is null))
);
