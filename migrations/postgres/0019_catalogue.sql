-- Figures of generators as people have added or corrected them, and whether somebody
-- has compared them with the maker's data sheet. Rows are added alone: of each model
-- (by the form of its name) the last one counts, before the file of the program.

create table generator_model (
    id          uuid not null primary key,
    name_key    text collate "C" not null,
    body        text collate "C" not null,
    recorded_at bigint not null,
    recorded_by uuid references account (id)
);
create index generator_model_by_name on generator_model (name_key, recorded_at);
