-- The centre's desk: the days on which something of a loan is due, derived from
-- its clocks when it is written; days agreed for a check; what municipalities
-- have answered.

-- By which office days its duties were counted; null: they are to be counted.
alter table loan add column dues_for text;
create index loan_without_dues on loan (id) where dues_for is null and ended_on is null;

create table loan_duty (
    loan_id    blob not null references loan (id),
    case_id    blob not null references child_case (id),
    duty       text not null,
    due_on     text not null,
    late_after text not null,
    legal_end  text not null,
    primary key (loan_id, duty)
) strict;
create index loan_duty_by_day on loan_duty (due_on);
create index loan_duty_by_case on loan_duty (case_id);
create index loan_duty_to_exchange on loan_duty (due_on) where duty = 'exchange';

create table check_day (
    loan_id     blob not null primary key references loan (id),
    on_day      text not null,
    way         text not null,
    recorded_at integer not null,
    recorded_by blob references account (id)
) strict;

create table municipal_answer (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    said_on     text not null,
    way         text not null,
    answer      text not null,
    words       text,
    recorded_at integer not null,
    recorded_by blob references account (id)
) strict;
create index municipal_answer_by_case on municipal_answer (case_id, said_on);

create index loan_file_that_waits on loan_file (state_since)
    where closed_on is null and state not in ('lent', 'return_set');
create index case_without_plan on child_case (stuck_since)
    where has_plan is not true and ended_on is null;
