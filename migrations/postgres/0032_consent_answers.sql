-- What a family answers about its plan at any time: consent to make it, and to give it to
-- somebody (第49条の14第1項, 第49条の15第2項).

create table consent_answer (
    id          uuid not null primary key,
    case_id     uuid not null references child_case (id),
    -- The question, the answer, by whom and how; null: it was erased.
    answer      text collate "C",
    answered_on text collate "C" not null,
    recorded_at bigint not null,
    recorded_by uuid not null references account (id),
    -- It was written down by mistake.
    undone_at   bigint
);
create index consent_answer_by_case on consent_answer (case_id, recorded_at);
