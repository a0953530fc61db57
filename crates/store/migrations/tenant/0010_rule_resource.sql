-- Lookup tables and named expressions, which a tenant's expressions use.
-- Old code sees: a new table only.

create table rule_resource (
    id      bigint  not null,
    version integer not null, -- the highest one holds
    author  text    not null,
    at_ms   bigint  not null,
    doc     bytea,            -- sealed: the resource with all its rows; null where this version deleted it
    primary key (id, version)
);
