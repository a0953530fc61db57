-- The control plane: organisations, tenants and their desired state, principals, memberships, sessions,
-- the audit chain, the usage ledger.
-- Old code sees: nothing; this is the first form.
--
-- Row-level security is forced on every table. `app.tenant` and `app.principal` are set in each transaction
-- (0 for none) and a missing one is an error, never "all rows"; `app.secret` is the hash of what the browser
-- presented. Roles: the owner (no login) runs the functions below, `syncline_api` serves, `syncline_collector`
-- only inserts into the ledger and into the copies of the runners' audit chains.
-- Times are milliseconds since 1970, given by the caller.

create function app_tenant() returns int8 language sql stable
    as $$ select current_setting('app.tenant')::int8 $$;
create function app_principal() returns int8 language sql stable
    as $$ select current_setting('app.principal')::int8 $$;
create function app_secret() returns bytea language sql stable
    as $$ select decode(current_setting('app.secret'), 'hex') $$;

-- A customer. Bound to the directory tenant that signed it up: one organisation each.
create table organisation (
    id int8 primary key,
    name text not null,
    directory_tenant text not null unique,
    created_by int8 not null,
    created_ms int8 not null
);

-- Desired state and what was last observed of it; the reconciler moves the second towards the first.
create table tenant (
    id int8 primary key,
    organisation int8 not null references organisation,
    name text not null,
    slug text not null,
    desired text not null check (desired in ('active', 'suspended', 'deleted')),
    observed text not null check (observed in ('requested', 'provisioning', 'starting', 'active', 'failing', 'stopped')),
    generation int8 not null check (generation > 0),
    reason text,
    attempts int4 not null default 0,
    retry_ms int8 not null default 0,
    lease_owner text,
    lease_until_ms int8 not null default 0,
    next_due_ms int8,
    created_by int8 not null,
    created_ms int8 not null,
    active_ms int8,
    unique (organisation, slug)
);

-- What the reconciler did, step by step, each row written after its effect.
create table step_journal (
    tenant int8 not null references tenant,
    seq int8 not null,
    generation int8 not null,
    step text not null,
    outcome text not null,
    at_ms int8 not null,
    primary key (tenant, seq)
);

-- Who can sign in: a person or workload, known by (directory tenant, object id) and nothing else.
create table principal (
    id int8 primary key,
    directory_tenant text not null,
    object_id text not null,
    kind text not null check (kind in ('user', 'application')),
    display_name text not null,
    created_ms int8 not null,
    seen_ms int8 not null,
    unique (directory_tenant, object_id)
);

create table membership (
    tenant int8 not null references tenant,
    principal int8 not null references principal,
    role text not null check (role in ('owner', 'admin', 'operator', 'approver', 'viewer', 'automation')),
    created_by int8 not null,
    created_ms int8 not null,
    primary key (tenant, principal)
);
create index membership_principal on membership (principal);

-- A sign-in under way. State, nonce and code verifier all derive from the browser's secret, which is not here.
create table sign_in (
    secret_hash bytea primary key,
    return_to text not null,
    created_ms int8 not null,
    expires_ms int8 not null,
    used_ms int8
);

create table session (
    secret_hash bytea primary key,
    principal int8 not null references principal,
    directory_tenant text not null,
    provider_session text,
    created_ms int8 not null,
    seen_ms int8 not null,
    expires_ms int8 not null,
    ended_ms int8
);
create index session_provider on session (provider_session) where ended_ms is null;

-- First answers of operations that create, kept 24 hours, written in the transaction of the effect.
create table idempotency (
    principal int8 not null references principal,
    key text not null,
    fingerprint bytea not null,
    status int4 not null,
    body bytea not null,
    created_ms int8 not null,
    primary key (principal, key)
);

-- The control plane's own acts: one chain a tenant, and chain -1 for acts outside any tenant.
-- `body` is the canonical text that is hashed; hash = SHA-256(prev_hash || body).
create table audit_head (
    tenant int8 primary key,
    seq int8 not null,
    hash bytea not null
);
create table audit (
    tenant int8 not null,
    seq int8 not null,
    at_ms int8 not null,
    body text not null,
    prev_hash bytea not null,
    hash bytea not null,
    primary key (tenant, seq)
);

-- Copies of the runners' chains.
create table runner_audit (
    tenant int8 not null,
    seq int8 not null,
    at_ms int8 not null,
    body text not null,
    prev_hash bytea not null,
    hash bytea not null,
    primary key (tenant, seq)
);

-- One row for each billable or counted act; (source, seq) makes a repeated copy harmless.
create table usage_ledger (
    tenant int8 not null,
    source text not null,
    seq int8 not null,
    at_ms int8 not null,
    meter text not null,
    quantity int8 not null check (quantity > 0),
    billable boolean not null,
    event bytea not null,
    primary key (tenant, source, seq),
    unique (tenant, meter, event)
);
create index usage_ledger_day on usage_ledger (tenant, at_ms);

do $$
declare t text;
begin
    foreach t in array array['organisation', 'tenant', 'step_journal', 'principal', 'membership', 'sign_in', 'session',
                             'idempotency', 'audit_head', 'audit', 'runner_audit', 'usage_ledger']
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to syncline_control_owner using (true) with check (true)', t);
    end loop;
end
$$;

create policy tenant_read on tenant for select to syncline_api using (
    id = (select app_tenant())
    or exists (select 1 from membership m where m.tenant = tenant.id and m.principal = (select app_principal())));
create policy tenant_make on tenant for insert to syncline_api with check (
    created_by = (select app_principal()) and id = (select app_tenant()));
create policy tenant_change on tenant for update to syncline_api using (id = (select app_tenant()));

create policy organisation_read on organisation for select to syncline_api using (
    exists (select 1 from tenant t where t.organisation = organisation.id));
create policy organisation_make on organisation for insert to syncline_api with check (
    created_by = (select app_principal()));

create policy journal_read on step_journal for select to syncline_api using (tenant = (select app_tenant()));
create policy journal_make on step_journal for insert to syncline_api with check (tenant = (select app_tenant()));

create policy principal_read on principal for select to syncline_api using (
    id = (select app_principal())
    or exists (select 1 from membership m where m.principal = principal.id and m.tenant = (select app_tenant())));

create policy membership_read on membership for select to syncline_api using (
    tenant = (select app_tenant()) or principal = (select app_principal()));
create policy membership_make on membership for insert to syncline_api with check (tenant = (select app_tenant()));
create policy membership_drop on membership for delete to syncline_api using (tenant = (select app_tenant()));

create policy sign_in_own on sign_in to syncline_api using (secret_hash = (select app_secret()))
    with check (secret_hash = (select app_secret()));
create policy session_own on session to syncline_api using (secret_hash = (select app_secret()))
    with check (secret_hash = (select app_secret()));

create policy idempotency_own on idempotency to syncline_api using (principal = (select app_principal()))
    with check (principal = (select app_principal()));

create policy audit_head_own on audit_head to syncline_api using (tenant = (select app_tenant()))
    with check (tenant = (select app_tenant()));
create policy audit_read on audit for select to syncline_api using (tenant = (select app_tenant()));
create policy audit_make on audit for insert to syncline_api with check (tenant = (select app_tenant()));
create policy runner_audit_read on runner_audit for select to syncline_api using (tenant = (select app_tenant()));
create policy usage_read on usage_ledger for select to syncline_api using (tenant = (select app_tenant()));
create policy usage_make on usage_ledger for insert to syncline_api with check (tenant = (select app_tenant()));

create policy runner_audit_collect on runner_audit to syncline_collector using (true) with check (true);
create policy usage_collect on usage_ledger to syncline_collector using (true) with check (true);

grant usage on schema public to syncline_api, syncline_collector;
grant select, insert on organisation, step_journal, audit, usage_ledger to syncline_api;
grant select, insert, update on tenant, audit_head to syncline_api;
grant select on principal, runner_audit to syncline_api;
grant select, insert, delete on membership, idempotency to syncline_api;
grant select, insert, update on sign_in, session to syncline_api;
-- The collector reads no meter and no body: only how far it has copied.
grant insert, select (tenant, seq) on runner_audit to syncline_collector;
grant insert, select (tenant, source, seq) on usage_ledger to syncline_collector;

-- Finds or makes the principal behind a validated token. By (directory tenant, object id) and never by a name.
create function principal_ensure(p_id int8, p_directory_tenant text, p_object_id text, p_kind text, p_name text, p_now int8)
    returns int8 language sql security definer set search_path = public, pg_temp as $$
    insert into principal (id, directory_tenant, object_id, kind, display_name, created_ms, seen_ms)
    values (p_id, p_directory_tenant, p_object_id, p_kind, p_name, p_now, p_now)
    on conflict (directory_tenant, object_id) do update
        set display_name = case when excluded.display_name = '' then principal.display_name else excluded.display_name end,
            seen_ms = greatest(principal.seen_ms, excluded.seen_ms)
    returning id
$$;

-- Ends the sessions of one sign-in at the identity provider (front-channel logout names nothing else).
create function sessions_end_by_provider(p_provider_session text, p_now int8)
    returns int8 language sql security definer set search_path = public, pg_temp as $$
    with ended as (
        update session set ended_ms = p_now where provider_session = p_provider_session and ended_ms is null returning 1)
    select count(*) from ended
$$;

-- Takes a lease on tenants whose observed state is not the desired one. Ids only; the work itself runs per tenant.
create function tenants_lease(p_owner text, p_now int8, p_until int8, p_max int4)
    returns setof int8 language sql security definer set search_path = public, pg_temp as $$
    update tenant set lease_owner = p_owner, lease_until_ms = p_until
    where id in (select id from tenant
                 where ((desired = 'active' and observed <> 'active') or (desired <> 'active' and observed <> 'stopped'))
                   and retry_ms <= p_now and (lease_until_ms <= p_now or lease_owner = p_owner)
                 order by retry_ms, id limit p_max for update skip locked)
    returning id
$$;

-- The tenants that are meant to run, for the collector and the watcher of runners.
create function tenants_running() returns table (id int8, generation int8)
    language sql stable security definer set search_path = public, pg_temp as $$
    select t.id, t.generation from tenant t where t.desired = 'active' and t.observed = 'active' order by t.id
$$;

-- Removes what has passed its time.
create function control_sweep(p_now int8) returns int8 language sql security definer set search_path = public, pg_temp as $$
    with a as (delete from sign_in where expires_ms < p_now - 600000 returning 1),
         b as (delete from session where expires_ms < p_now - 86400000 returning 1),
         c as (delete from idempotency where created_ms < p_now - 86400000 returning 1)
    select (select count(*) from a) + (select count(*) from b) + (select count(*) from c)
$$;

revoke all on all functions in schema public from public;
grant execute on function app_tenant(), app_principal(), app_secret() to syncline_api, syncline_collector;
grant execute on function principal_ensure(int8, text, text, text, text, int8), sessions_end_by_provider(text, int8),
    tenants_lease(text, int8, int8, int4), tenants_running(), control_sweep(int8) to syncline_api;
