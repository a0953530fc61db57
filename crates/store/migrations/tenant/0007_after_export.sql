-- What follows an export.
-- Old code sees: a column that it neither reads nor writes.

-- Whether an export changed something in the directory and nothing has followed it yet.
alter table directory add column unfollowed boolean not null default false;
