-- A reference of a merged attribute is there once for each part that gives it.
-- Old code sees: one row a reference, as long as no profile merges.

alter table mv_ref drop constraint mv_ref_pkey;
alter table mv_ref add primary key (mv, attr, to_mv, part);
