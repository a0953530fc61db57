-- Objects that were disabled because nothing wants them any more, and since when (D-46); metaverse objects that are kept for
-- their return, and since when (D-44).
-- Old code sees: columns it does not write; it ends no retirement, and what it links anew keeps one until it is evaluated.
-- A metaverse object in state 3 stops it: it is read as damaged.

alter table cs_link add column retired bigint; -- seconds since 1970
create index cs_link_retired on cs_link (part, retired) where retired is not null;

alter table mv add column since bigint; -- of state 3, scheduled: seconds since 1970
create index mv_since on mv (mv_type, since) where since is not null;
