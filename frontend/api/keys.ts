// Names of everything the console keeps from the server. All that belongs to a tenant starts
// with its id, so that one change can refresh all of it.

export type Filter = Record<string, string | number | boolean | undefined>;

export const keys = {
  session: ['session'] as const,
  me: ['me'] as const,
  tenant: (tenant: string) => [tenant, 'tenant'] as const,
  all: (tenant: string) => [tenant] as const,
  checklist: (tenant: string) => [tenant, 'checklist'] as const,
  scheduler: (tenant: string) => [tenant, 'scheduler'] as const,
  directories: (tenant: string) => [tenant, 'directories'] as const,
  directory: (tenant: string, id: string) => [tenant, 'directories', id] as const,
  schema: (tenant: string, id: string) => [tenant, 'schema', id] as const,
  agents: (tenant: string) => [tenant, 'agents'] as const,
  profiles: (tenant: string) => [tenant, 'profiles'] as const,
  profile: (tenant: string, id: string) => [tenant, 'profiles', id] as const,
  versions: (tenant: string, id: string) => [tenant, 'versions', id] as const,
  check: (tenant: string, id: string, document: unknown) => [tenant, 'check', id, document] as const,
  preview: (tenant: string, id: string, at: string, document: unknown) => [tenant, 'preview', id, at, document] as const,
  whatIfs: (tenant: string) => [tenant, 'what-ifs'] as const,
  whatIf: (tenant: string, id: string) => [tenant, 'what-ifs', id] as const,
  whatIfOperations: (tenant: string, id: string, filter: Filter) => [tenant, 'what-if-operations', id, filter] as const,
  approvals: (tenant: string, filter: Filter) => [tenant, 'approvals', filter] as const,
  approval: (tenant: string, id: string) => [tenant, 'approval', id] as const,
  approvalOperations: (tenant: string, id: string, filter: Filter) => [tenant, 'approval-operations', id, filter] as const,
  runs: (tenant: string, filter: Filter) => [tenant, 'runs', filter] as const,
  run: (tenant: string, id: string) => [tenant, 'run', id] as const,
  runMessages: (tenant: string, id: string) => [tenant, 'run-messages', id] as const,
  cycles: (tenant: string) => [tenant, 'cycles'] as const,
  messages: (tenant: string, filter: Filter) => [tenant, 'messages', filter] as const,
  objects: (tenant: string, filter: Filter) => [tenant, 'objects', filter] as const,
  object: (tenant: string, id: string) => [tenant, 'object', id] as const,
  metaverse: (tenant: string, id: string) => [tenant, 'metaverse', id] as const,
  usage: (tenant: string) => [tenant, 'usage'] as const,
  members: (tenant: string) => [tenant, 'members'] as const,
  audit: (tenant: string, chain: string) => [tenant, 'audit', chain] as const,
};
