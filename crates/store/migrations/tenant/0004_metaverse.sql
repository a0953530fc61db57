-- The metaverse: objects with the lineage of each value, and their references.
-- Old code sees: new tables only.

create table mv (
    id      bigint   primary key,
    mv_type integer  not null,
    state   smallint not null, -- 1 live, 2 tombstone
    body    bytea    not null  -- sealed: origin, values with lineage, held and remembered
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);

create table mv_ref (
    mv    bigint  not null,
    attr  integer not null,
    to_mv bigint  not null,
    part  bigint  not null,
    flow  integer not null,
    cs    bigint  not null, -- the contributing object
    primary key (mv, attr, to_mv)
);
create index mv_ref_to on mv_ref (to_mv);
