-- Exports: what is wanted, what is pending, what was handed over, what was acknowledged, what was sent and why.
-- Old code sees: new tables only.

-- What the outbound parts want of a target object.
create table intent (
    cs   bigint primary key,
    body bytea  not null -- sealed
);

-- Operations that the next export may send: one an object and pass.
create table pending (
    cs          bigint   not null,
    pass        smallint not null,
    directory   bigint   not null,
    profile     bigint   not null,
    part        bigint   not null,
    object_type integer  not null,
    verb        smallint not null,
    depth       integer  not null,
    op_hash     bytea    not null,
    blocked     smallint,
    body        bytea    not null, -- sealed
    primary key (cs, pass)
);
create index pending_directory on pending (directory, profile);
create index pending_hash on pending (op_hash);

-- Operations handed to a connector whose outcome is not known (D-53). A row is durable before its operation is sent.
create table escrow (
    cs         bigint not null,
    export_seq bigint not null,
    directory  bigint not null,
    op_hash    bytea  not null,
    run        bigint not null,
    body       bytea  not null, -- sealed
    primary key (cs, export_seq)
);
create index escrow_directory on escrow (directory);

-- Operations acknowledged and not yet confirmed by an import (D-55).
create table memory (
    cs         bigint not null,
    export_seq bigint not null,
    directory  bigint not null,
    op_hash    bytea  not null,
    body       bytea  not null, -- sealed
    primary key (cs, export_seq)
);
create index memory_directory on memory (directory, export_seq);

-- Every operation that was sent, and the one thing that allowed it.
create table release (
    directory   bigint   not null,
    export_seq  bigint   not null,
    at_ms       bigint   not null,
    run         bigint   not null,
    cs          bigint   not null,
    profile     bigint   not null,
    part        bigint   not null,
    object_type integer  not null,
    verb        smallint not null,
    op_hash     bytea    not null,
    released_by text     not null, -- plan, guard, live
    approval    bigint   not null,
    outcome     text,              -- null while unknown
    body        bytea    not null, -- sealed: the operation as it was sent
    primary key (directory, export_seq)
);
create index release_run on release (run, export_seq);
create index release_at on release (at_ms);
create index release_approval on release (approval);

-- What guards count about sent operations (D-52, D-76). Operations that a person saw in an approved list (of a plan or of a
-- guard) have no rows.
create table guard_fact (
    directory   bigint   not null,
    export_seq  bigint   not null,
    kind        smallint not null,
    attr        integer  not null, -- -1 where no attribute is concerned
    at_ms       bigint   not null,
    object_type integer  not null,
    profile     bigint   not null,
    primary key (directory, export_seq, kind, attr)
);
create index guard_fact_at on guard_fact (at_ms);
