-- Where a hazard layer holds areas that could not be taken: there it never says
-- "outside". JSON of `Unread`; null: every area was taken.
alter table data_set add column unread text;
