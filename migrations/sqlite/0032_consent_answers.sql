-- What a family answers about its plan at any time: consent to make it, and to give it to
-- somebody (第49条の14第1項, 第49条の15第2項).

create table consent_answer (
    id          blob not null primary key,
    case_id     blob not null references child_case (id),
    -- The question, the answer, by whom and how; null: it was erased.
    answer      text,
    answered_on text not null,
    recorded_at integer not null,
    recorded_by blob not null references account (id),
    -- It was written down by mistake.
    undone_at   integer
) strict;
create index consent_answer_by_case on consent_answer (case_id, recorded_at);
