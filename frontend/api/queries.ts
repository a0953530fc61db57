// What the screens read, one query each. Lists that grow page by cursor; what may change by
// itself is asked for again every few seconds while somebody looks.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { client, fetchSession, read, readPage } from './client';
import { keys } from './keys';
import type * as T from './types';

const LIVE_MS = 4000;
const BUSY_MS = 1000;
const PAGE = 200;
const PREVIEW_OBJECTS = 20;

const next = { initialPageParam: undefined as string | undefined, getNextPageParam: (last: T.Page<unknown>) => last.next ?? undefined };

export const sessionQuery = queryOptions({ queryKey: keys.session, queryFn: fetchSession, staleTime: 60_000 });
export const meQuery = queryOptions({ queryKey: keys.me, queryFn: () => read(client.GET('/v1/me')), staleTime: 60_000 });

export const tenantQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.tenant(tenant),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}', { params: { path: { tenant } } })),
    refetchInterval: (query) => (query.state.data?.state === 'active' ? false : BUSY_MS),
  });

export const checklistQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.checklist(tenant),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/checklist', { params: { path: { tenant } } })),
    refetchInterval: LIVE_MS,
  });

export const schedulerQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.scheduler(tenant),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/scheduler', { params: { path: { tenant } } })),
    refetchInterval: LIVE_MS,
  });

export const directoriesQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.directories(tenant),
    queryFn: () => readPage<T.Directory>(client.GET('/v1/tenants/{tenant}/directories', { params: { path: { tenant } } })),
    refetchInterval: LIVE_MS,
  });

export const directoryQuery = (tenant: string, directory: string) =>
  queryOptions({
    queryKey: keys.directory(tenant, directory),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/directories/{directory}', { params: { path: { tenant, directory } } })),
    refetchInterval: LIVE_MS,
  });

export const cloudsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.clouds(tenant),
    queryFn: () => readPage<T.Schemas['CloudOption']>(client.GET('/v1/tenants/{tenant}/clouds', { params: { path: { tenant } } })),
    staleTime: 300_000,
  });

export const schemaQuery = (tenant: string, directory: string) =>
  queryOptions({
    queryKey: keys.schema(tenant, directory),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/directories/{directory}/schema', { params: { path: { tenant, directory } } })),
    staleTime: 300_000,
  });

export const agentsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.agents(tenant),
    queryFn: () => readPage<T.Agent>(client.GET('/v1/tenants/{tenant}/agents', { params: { path: { tenant } } })),
    refetchInterval: LIVE_MS,
  });

export const profilesQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.profiles(tenant),
    queryFn: () => readPage<T.ProfileSummary>(client.GET('/v1/tenants/{tenant}/profiles', { params: { path: { tenant } } })),
    refetchInterval: LIVE_MS,
  });

export const profileQuery = (tenant: string, profile: string) =>
  queryOptions({
    queryKey: keys.profile(tenant, profile),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/profiles/{profile}', { params: { path: { tenant, profile } } })),
  });

export const versionsQuery = (tenant: string, profile: string) =>
  queryOptions({
    queryKey: keys.versions(tenant, profile),
    queryFn: () => readPage<T.ProfileVersion>(client.GET('/v1/tenants/{tenant}/profiles/{profile}/versions', { params: { path: { tenant, profile } } })),
  });

/** What the checker says of a draft. */
export const checkQuery = (tenant: string, profile: string, document: T.Profile) =>
  queryOptions({
    queryKey: keys.check(tenant, profile, document),
    // A draft that was typed over is no longer asked about.
    queryFn: ({ signal }) =>
      read(client.POST('/v1/tenants/{tenant}/profiles/{profile}/check', { params: { path: { tenant, profile } }, body: { document }, signal })),
    staleTime: Infinity,
    gcTime: 30_000,
    placeholderData: (before) => before,
  });

/** What one expression of a draft gives on real objects. */
export const previewQuery = (tenant: string, profile: string, document: T.Profile, at: string) =>
  queryOptions({
    queryKey: keys.preview(tenant, profile, at, document),
    queryFn: ({ signal }) =>
      read(
        client.POST('/v1/tenants/{tenant}/profiles/{profile}/preview', {
          params: { path: { tenant, profile } },
          body: { document, at, limit: PREVIEW_OBJECTS },
          signal,
        }),
      ),
    staleTime: 60_000,
    gcTime: 30_000,
    // The results before the last key stay, shown as such, until those after it are there.
    placeholderData: (before, query) => (query?.queryKey.includes(at) ? before : undefined),
  });

export const resourcesQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.resources(tenant),
    queryFn: () => readPage<T.RuleResourceSummary>(client.GET('/v1/tenants/{tenant}/rule-resources', { params: { path: { tenant } } })),
    refetchInterval: LIVE_MS,
  });

export const resourceQuery = (tenant: string, rule_resource: string) =>
  queryOptions({
    queryKey: keys.resource(tenant, rule_resource),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/rule-resources/{rule_resource}', { params: { path: { tenant, rule_resource } } })),
  });

export const resourceVersionsQuery = (tenant: string, rule_resource: string) =>
  queryOptions({
    queryKey: keys.resourceVersions(tenant, rule_resource),
    queryFn: () =>
      readPage<T.RuleResourceVersion>(
        client.GET('/v1/tenants/{tenant}/rule-resources/{rule_resource}/versions', { params: { path: { tenant, rule_resource } } }),
      ),
  });

/** What the checker says of a draft of a table or named expression, and what it would do to profiles. */
export const resourceCheckQuery = (tenant: string, rule_resource: string, document: T.RuleResource) =>
  queryOptions({
    queryKey: keys.resourceCheck(tenant, rule_resource, document),
    queryFn: ({ signal }) =>
      read(
        client.POST('/v1/tenants/{tenant}/rule-resources/{rule_resource}/check', {
          params: { path: { tenant, rule_resource } },
          body: { document },
          signal,
        }),
      ),
    // A profile may be saved while somebody edits; a table can be large.
    staleTime: 10_000,
    gcTime: 0,
    placeholderData: (before) => before,
  });

export const templatesQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.templates(tenant),
    queryFn: () => readPage<T.TemplateSummary>(client.GET('/v1/tenants/{tenant}/templates', { params: { path: { tenant } } })),
  });

export const templateQuery = (tenant: string, template: string) =>
  queryOptions({
    queryKey: keys.template(tenant, template),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/templates/{template}', { params: { path: { tenant, template } } })),
  });

export const whatIfsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.whatIfs(tenant),
    queryFn: () => readPage<T.WhatIf>(client.GET('/v1/tenants/{tenant}/what-ifs', { params: { path: { tenant } } })),
    refetchInterval: LIVE_MS,
  });

export const whatIfQuery = (tenant: string, what_if: string) =>
  queryOptions({
    queryKey: keys.whatIf(tenant, what_if),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/what-ifs/{what_if}', { params: { path: { tenant, what_if } } })),
    refetchInterval: (query) => (query.state.data?.state === 'computing' ? BUSY_MS : LIVE_MS),
  });

/** Which operations of a plan to show. */
export type OperationFilter = { kind?: string; type?: string; attribute?: string; text?: string };

/** Which operations of a what-if to show. */
export type WhatIfOperationFilter = OperationFilter & { pattern?: string; new?: boolean };

export const whatIfOperationsQuery = (tenant: string, what_if: string, filter: WhatIfOperationFilter, ready: boolean) =>
  infiniteQueryOptions({
    queryKey: keys.whatIfOperations(tenant, what_if, filter),
    queryFn: ({ pageParam }) =>
      readPage<T.PlannedOperation>(
        client.GET('/v1/tenants/{tenant}/what-ifs/{what_if}/operations', {
          params: { path: { tenant, what_if }, query: { ...filter, cursor: pageParam, limit: PAGE } },
        }),
      ),
    ...next,
    enabled: ready,
    staleTime: Infinity,
  });

/** What the operations of a what-if have in common. */
export const whatIfPatternsQuery = (tenant: string, what_if: string, ready: boolean) =>
  queryOptions({
    queryKey: keys.whatIfPatterns(tenant, what_if),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/what-ifs/{what_if}/patterns', { params: { path: { tenant, what_if } } })),
    enabled: ready,
    staleTime: Infinity,
  });

export const approvalsQuery = (tenant: string, filter: { state?: T.Schemas['ApprovalState'] }) =>
  queryOptions({
    queryKey: keys.approvals(tenant, filter),
    queryFn: () => readPage<T.Approval>(client.GET('/v1/tenants/{tenant}/approvals', { params: { path: { tenant }, query: filter } })),
    refetchInterval: LIVE_MS,
  });

export const approvalQuery = (tenant: string, approval: string) =>
  queryOptions({
    queryKey: keys.approval(tenant, approval),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/approvals/{approval}', { params: { path: { tenant, approval } } })),
    refetchInterval: LIVE_MS,
  });

export const approvalOperationsQuery = (tenant: string, approval: string, filter: OperationFilter) =>
  infiniteQueryOptions({
    queryKey: keys.approvalOperations(tenant, approval, filter),
    queryFn: ({ pageParam }) =>
      readPage<T.PlannedOperation>(
        client.GET('/v1/tenants/{tenant}/approvals/{approval}/operations', {
          params: { path: { tenant, approval }, query: { ...filter, cursor: pageParam, limit: PAGE } },
        }),
      ),
    ...next,
    staleTime: Infinity,
  });

export const runsQuery = (tenant: string, filter: { directory?: string; profile?: string; cycle?: string }) =>
  infiniteQueryOptions({
    queryKey: keys.runs(tenant, filter),
    queryFn: ({ pageParam }) =>
      readPage<T.Run>(client.GET('/v1/tenants/{tenant}/runs', { params: { path: { tenant }, query: { ...filter, cursor: pageParam } } })),
    ...next,
    refetchInterval: LIVE_MS,
  });

export const runQuery = (tenant: string, run: string) =>
  queryOptions({
    queryKey: keys.run(tenant, run),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/runs/{run}', { params: { path: { tenant, run } } })),
    refetchInterval: (query) => (query.state.data?.status ? false : BUSY_MS),
  });

/** What an export has sent; asked for again while it runs. */
export const runOperationsQuery = (tenant: string, run: string, running: boolean) =>
  infiniteQueryOptions({
    queryKey: keys.runOperations(tenant, run),
    queryFn: ({ pageParam }) =>
      readPage<T.SentOperation>(
        client.GET('/v1/tenants/{tenant}/runs/{run}/operations', { params: { path: { tenant, run }, query: { cursor: pageParam } } }),
      ),
    ...next,
    refetchInterval: running ? LIVE_MS : false,
  });

export const runMessagesQuery = (tenant: string, run: string) =>
  infiniteQueryOptions({
    queryKey: keys.runMessages(tenant, run),
    queryFn: ({ pageParam }) =>
      readPage<T.Message>(
        client.GET('/v1/tenants/{tenant}/runs/{run}/messages', { params: { path: { tenant, run }, query: { cursor: pageParam } } }),
      ),
    ...next,
  });

export const cyclesQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.cycles(tenant),
    queryFn: () => readPage<T.Cycle>(client.GET('/v1/tenants/{tenant}/cycles', { params: { path: { tenant }, query: { limit: 20 } } })),
    refetchInterval: LIVE_MS,
  });

/** Which messages to show. */
export type MessageFilter = {
  severity?: T.Schemas['Severity'];
  class?: T.Schemas['ErrorClass'];
  code?: string;
  run?: string;
  directory?: string;
  profile?: string;
  object?: string;
  open?: boolean;
};

export const messagesQuery = (tenant: string, filter: MessageFilter) =>
  infiniteQueryOptions({
    queryKey: keys.messages(tenant, filter),
    queryFn: ({ pageParam }) =>
      readPage<T.Message>(
        client.GET('/v1/tenants/{tenant}/messages', { params: { path: { tenant }, query: { ...filter, cursor: pageParam } } }),
      ),
    ...next,
    refetchInterval: LIVE_MS,
  });

export const notificationsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.notifications(tenant),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/notifications', { params: { path: { tenant } } })),
    refetchInterval: LIVE_MS,
  });

export const messageCountsQuery = (tenant: string, filter: MessageFilter) =>
  queryOptions({
    queryKey: keys.messageCounts(tenant, filter),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/messages/counts', { params: { path: { tenant }, query: filter } })),
    refetchInterval: LIVE_MS,
  });

export const messageQuery = (tenant: string, message: string) =>
  queryOptions({
    queryKey: keys.message(tenant, message),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/messages/{message}', { params: { path: { tenant, message } } })),
  });

export const objectsQuery = (tenant: string, filter: { directory?: string; type?: string; query?: string }) =>
  infiniteQueryOptions({
    queryKey: keys.objects(tenant, filter),
    queryFn: ({ pageParam }) =>
      readPage<T.ObjectSummary>(
        client.GET('/v1/tenants/{tenant}/objects', { params: { path: { tenant }, query: { ...filter, cursor: pageParam } } }),
      ),
    ...next,
  });

/** Accounts whose initial password its recipient does not have yet. */
export const initialPasswordsQuery = (tenant: string) =>
  infiniteQueryOptions({
    queryKey: keys.initialPasswords(tenant),
    queryFn: ({ pageParam }) =>
      readPage<T.PasswordHandover>(
        client.GET('/v1/tenants/{tenant}/initial-passwords', { params: { path: { tenant }, query: { cursor: pageParam, limit: PAGE } } }),
      ),
    ...next,
    refetchInterval: LIVE_MS,
  });

export const objectQuery = (tenant: string, object: string) =>
  queryOptions({
    queryKey: keys.object(tenant, object),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/objects/{object}', { params: { path: { tenant, object } } })),
    refetchInterval: LIVE_MS,
  });

export const usageQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.usage(tenant),
    queryFn: () => read(client.GET('/v1/tenants/{tenant}/usage', { params: { path: { tenant } } })),
  });

export const membersQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.members(tenant),
    queryFn: () => readPage<T.Member>(client.GET('/v1/tenants/{tenant}/members', { params: { path: { tenant } } })),
  });

export const auditQuery = (tenant: string, chain: 'control' | 'runner') =>
  infiniteQueryOptions({
    queryKey: keys.audit(tenant, chain),
    queryFn: ({ pageParam }) =>
      readPage<T.AuditEntry>(
        client.GET('/v1/tenants/{tenant}/audit', { params: { path: { tenant }, query: { chain, cursor: pageParam } } }),
      ),
    ...next,
  });
