-- A what-if reads as patterns: each operation has the number of its pattern, and the patterns are kept with the what-if.
-- One may show what would undo an export.
-- Old code sees: columns that it never writes. A what-if from before has no patterns, and says so.

alter table whatif
    add column patterns bytea,  -- sealed
    add column undo_of  bigint; -- the export that it would undo
alter table whatif_op
    add column pattern integer,                       -- of operations: the place of its pattern among them
    add column is_new  boolean not null default false; -- not in the plan that was approved last
create index whatif_op_pattern on whatif_op (whatif, pattern, seq) where pattern is not null;
