-- What imports contradicted of an object's intent, and how often. It goes with the intent.
-- Old code sees: a column that it leaves as it is.

alter table intent add column contests bytea; -- sealed; null where nothing is contested
