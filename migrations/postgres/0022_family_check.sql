-- What a family writes down for the yearly check: one open at a time, written over
-- until the centre has recorded its check or set it aside (its task is closed).
create table family_check (
    id            uuid not null primary key,
    case_id       uuid not null references child_case (id),
    loan_id       uuid not null references loan (id),
    unit_id       uuid references generator_unit (id),
    body          text collate "C",
    revision      bigint not null,
    task_id       uuid not null references staff_task (id),
    check_id      uuid references annual_check (id),
    said_at       bigint not null,
    said_by       uuid not null references account (id),
    taken_back_at bigint
);
create index family_check_by_case on family_check (case_id, said_at);
create index family_check_by_check on family_check (check_id) where check_id is not null;

-- A photo is of a report, of a check, or of both: recording the check gives it the
-- photos of the report.
alter table check_photo add column report_id uuid references family_check (id);
create index check_photo_by_report on check_photo (report_id) where report_id is not null;
