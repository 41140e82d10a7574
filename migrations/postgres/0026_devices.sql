-- Figures of devices as people have added or corrected them. Rows are added alone: of
-- each model (by the form of its name) the last one counts, before the file of the
-- program; one without a body says that the file's row counts again, or that a model
-- that had been added is none any more.

create table device_model (
    id          uuid not null primary key,
    name_key    text collate "C" not null,
    body        text collate "C",
    recorded_at bigint not null,
    recorded_by uuid references account (id)
);
create index device_model_by_name on device_model (name_key, recorded_at);
