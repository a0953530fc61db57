-- One entry for the same thing said again (D-71): `error` holds those of objects, `message` those of directories and
-- profiles. What is over stays for a while, with the instant it ended.
-- Old code sees: columns that it does not write. An error that it puts back keeps the end it had, and a message that it
-- adds stands beside the entry that holds.

alter table error
    add column id        bigint not null default nextval('id_block') * 1024,
    add column directory bigint,
    add column profile   bigint,
    add column since_run bigint, -- the first run that saw it, of those since it holds
    add column run       bigint, -- the last one
    add column ended_ms  bigint; -- null while it holds
update error set directory = cs.directory from cs where cs.id = error.object and not error.is_mv;
update error set directory = coalesce(error.directory, part.directory), profile = part.profile
from part where part.id = error.part;
create unique index error_id on error (id);
create index error_log on error (last_ms, id);
create index error_ended on error (ended_ms) where ended_ms is not null;

-- at_ms is when it was last said.
alter table message
    add column lane      text    not null default '',    -- what kind of run says it; empty: no run
    add column topic     bigint  not null default 0,     -- keyed hash of what it is about within its directory or profile
    add column stops     boolean not null default false, -- it stopped its run
    add column first_ms  bigint,
    add column count     integer not null default 1,
    add column since_run bigint,
    add column ended_ms  bigint;
-- What of this still holds is said again by the next run.
update message set first_ms = at_ms, since_run = run, ended_ms = at_ms;
create unique index message_open on message
    (code, lane, coalesce(directory, 0), coalesce(profile, 0), coalesce(object, 0), topic) where ended_ms is null;
create index message_log on message (at_ms, id);
