-- What every tenant schema stands on: names, dictionaries, settings, outboxes, idempotency.
-- Old code: none; this is the first migration.

-- Ids of everything in the tenant. The runner takes them in blocks of 1,024; a number is never reused.
create sequence id_block as bigint minvalue 1;

-- Interned names. kind 1 = attribute, 2 = object type. Numbers count from 0 without gaps and are never reused.
create table interned (
    kind smallint not null,
    id   integer  not null,
    name text     not null,
    primary key (kind, id)
);
create unique index interned_attr on interned (lower(name collate "C")) where kind = 1;
create unique index interned_type on interned (name) where kind = 2;

-- Dictionaries are immutable; rows that use one are in the same backup as it.
create table codec (
    id         smallint primary key,
    dictionary bytea    not null, -- sealed
    made_ms    bigint   not null
);

-- Sealed single values: the tenant's certificate authority, hold switches, counters of the scheduler.
create table setting (
    name    text   primary key,
    version bigint not null,
    body    bytea  not null -- sealed
);

-- One row: the ends of both outboxes. Its lock makes numbers rise in the order of commits.
create table outbox_head (
    one        boolean primary key default true check (one),
    audit_seq  bigint  not null default 0,
    audit_hash bytea   not null default decode(repeat('00', 32), 'hex'),
    usage_seq  bigint  not null default 0,
    flushed    bigint  not null default 0
);
insert into outbox_head default values;

-- Acts, chained by hash; holds no directory data. Copied to the control database by (source, seq).
create table audit_outbox (
    seq       bigint primary key,
    act       text   not null, -- canonical JSON, exactly what is hashed
    prev_hash bytea  not null,
    hash      bytea  not null
);

-- Usage, in the transaction of its effect. event_id derives from the effect, so that a repetition is one row.
create table usage_outbox (
    seq      bigint primary key,
    at_ms    bigint not null,
    meter    text   not null,
    quantity bigint not null,
    event_id bytea  not null
);

-- Answers of operations that create, kept for a day under a keyed hash of (principal, operation, key).
create table idempotency (
    key_hash    uuid     primary key,
    fingerprint uuid     not null,
    status      smallint, -- null while the operation runs
    answer      bytea,    -- sealed
    expires_ms  bigint   not null
);
create index idempotency_expires on idempotency (expires_ms);
