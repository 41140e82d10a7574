-- Hours that all batteries of a child last together, also where there is no plan.
alter table child_case add column battery_hours real;
