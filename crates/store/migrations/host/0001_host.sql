-- The host's own database: which cells exist, where each tenant lives, and its sealed secrets.
-- Old code sees: nothing; this is the first form.

create table cell (
    id int4 primary key,
    database text not null unique,
    tenants_max int4 not null check (tenants_max > 0),
    -- Set when the database exists and PUBLIC has lost its rights in it.
    prepared_at timestamptz
);

-- A removed tenant stays as a tombstone: its names and uids are never given out again.
create table tenant (
    id int8 primary key,
    cell int4 not null references cell,
    schema text not null unique,
    slot int4 not null unique check (slot >= 0),
    generation int8 not null default 0,
    placed_at timestamptz not null default now(),
    removed_at timestamptz
);

create index tenant_cell on tenant (cell) where removed_at is null;

-- AES-256-GCM-SIV under the key file's key, bound to (owner, purpose, version). Owner 0 is the host.
create table sealed (
    owner int8 not null,
    purpose text not null,
    version int4 not null,
    nonce bytea not null,
    body bytea not null,
    created_at timestamptz not null default now(),
    primary key (owner, purpose, version)
);
