-- Objects that were disabled because nothing wants them any more, and since when (D-46).
-- Old code sees: a column it does not write; it ends no retirement, and what it links anew keeps one until it is evaluated.

alter table cs_link add column retired bigint; -- seconds since 1970
create index cs_link_retired on cs_link (part, retired) where retired is not null;
