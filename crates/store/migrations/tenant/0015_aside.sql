-- A full import that shows an anchor twice leaves its object as it was (D-18), and an approval lists what vanished (D-17).
-- Old code sees: two columns that it never writes.

alter table run_seen add column aside bytea; -- sealed: what the page changed, as it was; null where nothing
alter table approval_op add column cs bigint; -- the object of a list of vanished ones
