-- Sealed initial passwords of accounts that we created, until their recipient has them. Only he can open one.
-- Old code sees: a new table only.

create table initial_password (
    cs        bigint  primary key, -- the account
    directory bigint  not null,
    profile   bigint  not null,
    state     text    not null,    -- begun, waiting, expired, undelivered
    withheld  boolean not null,    -- the account stays disabled until this row goes
    made_ms   bigint  not null,
    ends_ms   bigint  not null,
    body      bytea   not null,    -- sealed: who gets it
    envelope  bytea                -- sealed: the age file; null once it is gone
);
