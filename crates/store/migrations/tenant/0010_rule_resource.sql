-- Lookup tables and named expressions, which a tenant's expressions use.
-- Old code sees: new tables only.

create table rule_resource (
    id         bigint  primary key,
    version    integer not null, -- the version that holds
    deleted_ms bigint
);

create table rule_resource_version (
    resource bigint  not null,
    version  integer not null,
    author   text    not null,
    at_ms    bigint  not null,
    doc      bytea   not null, -- sealed: the resource with all its rows
    primary key (resource, version)
);
