-- Directories, agents and profiles.
-- Old code sees: new tables only.

create table directory (
    id              bigint   primary key,
    version         bigint   not null,
    kind            text     not null,
    doc             bytea    not null, -- sealed: name, settings, pin
    schema_doc      bytea,             -- sealed: what the connector described
    watermark       bytea,             -- sealed: opaque to everyone but the connector
    baseline_run    bigint,            -- the first complete full import since the connector space was empty (D-41)
    data_version    bigint   not null default 0, -- last committed import
    export_seq      bigint   not null default 0  -- rises with every acknowledged operation
);

create table agent (
    id             bigint primary key,
    directory      bigint not null,
    version        bigint not null,
    state          text   not null,
    key_hash       uuid   not null, -- keyed hash of the one-time enrolment secret
    key_expires_ms bigint not null,
    key_used_ms    bigint,
    public_key     bytea,           -- SubjectPublicKeyInfo
    serial         text,            -- of the certificate that holds
    not_after_ms   bigint,
    seen_ms        bigint,
    doc            bytea  not null  -- sealed: computer, domain, build
);
create index agent_directory on agent (directory);

create table profile (
    id            bigint  primary key,
    version       integer not null,  -- the version that holds
    config_hash   bytea   not null,  -- of that version (D-65)
    review        text    not null,
    approval      bigint,            -- the approval that the review state stands on
    live_hash     bytea,             -- the last configuration that was live, with its approval
    live_approval bigint,
    exported_hash bytea,             -- the last configuration anything was sent under (D-67)
    synced_hash   bytea,             -- the configuration of the last finished sync (T-13)
    deleted_ms    bigint
);

create table profile_version (
    profile     bigint  not null,
    version     integer not null,
    config_hash bytea   not null,
    author      text    not null,
    at_ms       bigint  not null,
    doc         bytea   not null, -- sealed: the profile document
    primary key (profile, version)
);

-- Parts keep their id over versions; ended_version is the first version without the part.
create table part (
    id             bigint   primary key,
    profile        bigint   not null,
    inbound        boolean  not null,
    directory      bigint   not null,
    object_type    text     not null,
    metaverse_type text     not null,
    ended_version  integer
);
create index part_profile on part (profile);

-- Compiled rules, for this tenant only. The seal authenticates them: only the tenant's key makes one that opens.
create table rule_artifact (
    key      bytea  primary key, -- tenant, meaning, runtime, engine build, CPU features
    meaning  bytea  not null,
    manifest bytea  not null,    -- sealed
    module   bytea  not null,    -- sealed
    made_ms  bigint not null
);
create index rule_artifact_meaning on rule_artifact (meaning);
