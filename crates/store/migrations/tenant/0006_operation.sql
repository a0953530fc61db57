-- Runs, cycles, triggers, what-ifs, approvals, messages and errors.
-- Old code sees: new tables only.

create table run (
    id         bigint  primary key,
    kind       text    not null,
    directory  bigint,
    profile    bigint,
    cycle      bigint,
    progress   text    not null,
    status     text,             -- null while it runs
    queued_ms  bigint  not null,
    started_ms bigint,
    ended_ms   bigint,
    batches    integer not null default 0, -- committed so far, one after the other
    doc        bytea   not null  -- sealed: counts, cause, trace
);
create index run_directory on run (directory, id);
create index run_profile on run (profile, id);
create index run_open on run (id) where status is null;

-- Which objects a full import saw, in chunks of ids (D-16).
create table run_seen (
    run   bigint  not null,
    chunk integer not null,
    ids   bytea   not null, -- int8, big-endian, ascending
    primary key (run, chunk)
);

create table cycle (
    id         bigint primary key,
    profile    bigint,
    asked_ms   bigint not null,
    ended_ms   bigint,
    doc        bytea  not null -- sealed: target vector, runs, outcome
);
create index cycle_open on cycle (id) where ended_ms is null;

-- What is to happen at an instant: timers, retries, demands. One row per kind and subject, the earliest instant.
create table due (
    kind    text   not null,
    subject bigint not null,
    at_ms   bigint not null,
    asked   bigint not null default 0, -- how often it was asked for; a taker removes the row only at the number it saw
    primary key (kind, subject)
);
create index due_at on due (at_ms);

create table whatif (
    id          bigint primary key,
    version     bigint not null,
    profile     bigint not null,
    state       text   not null,
    config_hash bytea  not null,
    plan_hash   bytea,
    asked_ms    bigint not null,
    ended_ms    bigint,
    doc         bytea  not null -- sealed: counts, guards, versions of the data it read
);
create index whatif_profile on whatif (profile, id);

-- The rows of a what-if: operations (with a hash) and events (without).
create table whatif_op (
    whatif      bigint  not null,
    seq         integer not null,
    kind        text    not null,
    directory   bigint,           -- of operations
    object_type integer,
    object      bigint  not null,
    op_hash     bytea,
    body        bytea   not null, -- sealed
    primary key (whatif, seq)
);
create index whatif_op_object on whatif_op (object);

create table approval (
    id          bigint primary key,
    version     bigint not null,
    kind        text   not null,
    state       text   not null,
    profile     bigint not null,
    directory   bigint,
    whatif      bigint,
    config_hash bytea  not null,
    plan_hash   bytea  not null,
    asked_ms    bigint not null,
    decided_ms  bigint,
    expires_ms  bigint,
    doc         bytea  not null -- sealed: who, note, counts, then
);
create index approval_profile on approval (profile, state);

create table approval_op (
    approval bigint not null,
    op_hash  bytea  not null,
    sent_ms  bigint,
    primary key (approval, op_hash)
);
create index approval_op_hash on approval_op (op_hash);

create table message (
    id        bigint primary key,
    at_ms     bigint not null,
    severity  text   not null,
    code      text   not null,
    run       bigint,
    directory bigint,
    profile   bigint,
    object    bigint,
    body      bytea  not null -- sealed
);
create index message_run on message (run, id);
create index message_object on message (object) where object is not null;

-- Standing errors of objects (D-71): the same error again is one entry with a count.
create table error (
    object   bigint  not null, -- connector-space or metaverse object
    stage    text    not null,
    part     bigint  not null, -- 0 where no part is concerned
    kind     text    not null,
    attr     integer not null, -- -1 where no attribute is concerned
    is_mv    boolean not null,
    first_ms bigint  not null,
    last_ms  bigint  not null,
    count    integer not null,
    retry_ms bigint,           -- null: not before something changes
    body     bytea   not null, -- sealed
    primary key (object, stage, part, kind, attr)
);
create index error_retry on error (retry_ms) where retry_ms is not null;
