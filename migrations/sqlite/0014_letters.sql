-- The texts of the centre's letters: every version, never changed. One without
-- a text goes back to the text of the program.

create table letter_version (
    id         blob not null primary key,
    kind       text not null,
    version    integer not null,
    subject    text,
    body       text,
    changed_at integer not null,
    changed_by blob not null references account (id),
    unique (kind, version),
    check ((subject is null) = (body is null))
) strict;
