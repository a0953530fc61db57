-- The connector space: objects as their directories show them, links, references, work lists, keys.
-- Old code sees: new tables only.

-- What imports own. Readable are neither name nor content: keys are keyed hashes, rdn and body are sealed.
create table cs (
    id          bigint   primary key,
    directory   bigint   not null,
    kind        smallint not null, -- 1 object, 2 placeholder
    object_type integer,
    flags       smallint not null,
    parent      bigint,
    imported    uuid,              -- content hash of the newest image; null: gone, or never seen
    anchor_key  uuid,
    name_key    uuid,              -- place and RDN under the match fold (D-61)
    unique_key  uuid,              -- the same under the uniqueness fold (D-62)
    rdn         bytea,             -- sealed
    body        bytea              -- sealed: anchor and attributes
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);
create unique index cs_anchor on cs (directory, anchor_key);
create index cs_name on cs (name_key) where name_key is not null;
create index cs_unique on cs (unique_key) where unique_key is not null;
create index cs_parent on cs (parent) where parent is not null;

-- What synchronisation owns; narrow, and apart, so that a sync never rewrites a wide row and never collides with an
-- import. An object without a row has no link, was never consumed, was discovered and is a normal disconnector.
create table cs_link (
    cs         bigint   primary key,
    mv         bigint,
    part       bigint,
    kind       smallint,
    explicit   boolean  not null default false,
    disjoin    smallint not null,
    provenance smallint not null,
    synced     uuid
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);
create index cs_link_mv on cs_link (mv) where mv is not null;

-- References, members included: one row a value.
create table ref (
    directory bigint  not null,
    cs        bigint  not null,
    attr      integer not null,
    to_cs     bigint  not null,
    primary key (cs, attr, to_cs)
);
create index ref_to on ref (to_cs);

-- What each profile has to look at (D-37). asked counts the requests: a sync removes a row only at the count it saw.
create table work (
    profile bigint  not null,
    object  bigint  not null,
    is_mv   boolean not null,
    asked   integer not null default 1,
    primary key (profile, object)
);
-- Whether an object is on any list: asked of every object that a sync consumed.
create index work_object on work (object);

-- Match keys, remembered anchors, awaited names: keyed hashes under the number of their definition.
create table obj_key (
    object bigint  not null,
    key    bigint  not null,
    hash   uuid    not null,
    is_mv  boolean not null,
    primary key (object, key, hash)
);
create index obj_key_hash on obj_key (key, hash);
