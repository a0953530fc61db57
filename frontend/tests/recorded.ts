// Recorded answers of the API; contract of each is checked in recorded.test.ts.
import type * as T from '../api/types';

const at = '2026-03-01T09:30:00Z';
const hash = (digit: string) => digit.repeat(64);

export const directory: T.Directory = {
  id: 'dir_1',
  name: 'Contoso',
  kind: 'active-directory',
  version: 3,
  baseline: true,
  schema_known: true,
  settings: { containers: [], types: [], attributes: [], page_size: 1000, shrink_guard_percent: 10, shrink_guard_objects: 20, shrink_guard_empty: true, contest_limit: 3, cloud: null, after_export: null, file: null, poll_seconds: 120 },
  agents: { confirmed: 1, connected: 1, credential: 'present', entra_connect: false },
  counts: [{ type: 'user', objects: 2050, linked: 2000 }],
  identity: { dns_name: 'contoso.test', naming_context: 'DC=contoso,DC=test' },
  profiles: ['prf_1'],
  last_import: { kind: 'full-import', run: 'run_1', started_at: at, status: 'success' },
};

export const agent: T.Agent = {
  id: 'agt_1',
  directory: 'dir_1',
  state: 'awaiting-confirmation',
  connected: false,
  created_at: at,
  computer: 'HOST1',
  fingerprint: hash('a'),
};

export const profile: T.ProfileSummary = {
  id: 'prf_1',
  name: 'Contoso to Fabrikam',
  version: 2,
  state: 'needs-review',
  config_hash: hash('b'),
  saved_at: at,
  errors: 3,
  pending: 2100,
  what_if: 'wif_1',
};

export const document: T.Profile = {
  name: 'Contoso to Fabrikam',
  triggers: { on_change: true, every: 'PT15M' },
  approval: { then: 'live' },
  inbound: [
    {
      directory: 'dir_1',
      type: 'user',
      metaverse_type: 'person',
      link: 'provision',
      scope: { expr: 'employeeType == "FTE"' },
      flows: [
        { to: 'cn', from: 'cn' },
        { to: 'mail', expr: 'mail?.ToLower()' },
        { to: 'department', rule: { if: 'department == null', then: { expr: 'ignore' }, else: { expr: 'department.Trim()' } } },
      ],
    },
  ],
  outbound: [
    {
      directory: 'dir_2',
      type: 'user',
      metaverse_type: 'person',
      action: 'create-or-update',
      match: [[{ metaverse: 'employeeID', target: 'employeeID' }]],
      dn: { expr: '"CN=" + Dn.Escape(cn) + ",OU=Synced,DC=fabrikam,DC=test"' },
      flows: [{ to: 'mail', from: 'mail' }],
      deprovision: 'delete',
    },
  ],
};

export const whatIf: T.WhatIf = {
  id: 'wif_1',
  profile: 'prf_1',
  version: 2,
  state: 'ready',
  config_hash: hash('b'),
  plan_hash: hash('c'),
  created_at: at,
  ready_at: at,
  counts: [
    { directory: 'dir_2', type: 'user', kind: 'add', count: 1990 },
    { directory: 'dir_2', type: 'group', kind: 'add', count: 50 },
    { directory: 'dir_2', type: 'user', kind: 'delete', count: 3 },
  ],
  guards: [{ kind: 'create-guard', directory: 'dir_2', type: 'user', count: 1990, limit: 200, tripped: true, text: 'Creations of a day.' }],
  forecasts: [{ directory: 'dir_2', writes: 2090, seconds: 104.5 }],
  permissions: [
    {
      directory: 'dir_2',
      permissions: [
        { name: 'User.Read.All', reasons: ['reads users'], grant: 'granted' },
        { name: 'User.DeleteRestore.All', reasons: ['deletes users'], grant: 'missing' },
      ],
    },
  ],
  findings: [
    { kind: 'matched', directory: 'dir_2', count: 60, examples: [] },
    {
      kind: 'provision-conflict',
      directory: 'dir_2',
      count: 2,
      examples: [{ name: 'Bo Diaz', object: 'obj_7', text: 'The directory has an object of this name that nothing matches.' }],
    },
  ],
};

export const patterns: T.WhatIfPatterns = {
  known: true,
  patterns: [
    {
      id: '00000000000000d1',
      sentence: '3 users are deleted.',
      count: 3,
      new_since_approval: 3,
      approved: 0,
      kind: 'delete',
      directory: 'dir_1',
      type: 'user',
      attributes: [],
      several: false,
      loses_values: false,
      samples: [{ hash: hash('d'), object: 'obj_1', name: 'Cy Ruiz', text: 'CN=Cy Ruiz,OU=Synced,DC=fabrikam,DC=test' }],
    },
    {
      id: '00000000000000a1',
      sentence: '1,990 users change: mail goes from @contoso.test to @fabrikam.test; title is cleared.',
      count: 1990,
      new_since_approval: 0,
      approved: 1985,
      kind: 'update',
      directory: 'dir_1',
      type: 'user',
      attributes: [
        {
          name: 'mail',
          shape: { kind: 'domain', from: 'contoso.test', to: 'fabrikam.test' },
          count: 1990,
          added: 1990,
          removed: 1990,
          part: 'prt_1',
          rule: 'mail',
        },
        { name: 'title', shape: { kind: 'cleared' }, count: 1990, added: 0, removed: 1990, part: 'prt_1' },
      ],
      several: false,
      loses_values: true,
      samples: [],
    },
  ],
  since_approval: {
    approval: 'apr_1',
    what_if: 'wif_0',
    decided_at: at,
    approved: 1990,
    sent: 4,
    new: 3,
    gone: 1,
    gone_patterns: [{ id: '00000000000000c1', sentence: '40 users are created.', count: 1 }],
  },
};

export const operation = (n: number): T.PlannedOperation => ({
  hash: n.toString(16).padStart(64, '0'),
  kind: 'update',
  name: `Person ${n}`,
  type: 'user',
  object: 'obj_1',
  directory: 'dir_2',
  dn_before: `CN=Person ${n},OU=Synced,DC=fabrikam,DC=test`,
  attributes: [
    { name: 'title', before: ['Deckhand'], after: ['Head of Tides'], added: [], removed: [], changed_values: 1, rule: 'title' },
    { name: 'member', before: [], after: [], added: ['Ada'], removed: ['Bo'], changed_values: 2 },
  ],
});

export const object: T.Schemas['ObjectSummary'] = {
  id: 'obj_1',
  directory: 'dir_1',
  type: 'user',
  name: 'Ada Byron',
  dn: 'CN=Ada Byron,OU=Staff,DC=contoso,DC=test',
  anchor: '0b4a6a5e-7f5e-4f0e-9d4d-2d1a3c0f6b11',
};

export const objectReport: T.ObjectReport = {
  ...object,
  provenance: 'discovered',
  state: 'joined',
  pending_import: 'none',
  attributes: [],
  intended: [],
  unconfirmed: 0,
  messages: [],
};

export const run: T.Run = {
  id: 'run_1',
  kind: 'full-import',
  directory: 'dir_1',
  started_at: at,
  ended_at: '2026-03-01T09:30:03.21Z',
  status: 'completed-warnings',
  counts: { objects_read: 2151, added: 0 },
  timings_ms: { read: 2000 },
};

export const message: T.Message = {
  id: 'msg_1',
  code: 'cd-existing-object',
  severity: 'error',
  meaning: 'The object to be added exists already.',
  to_do: 'Let the match find it, or rename one of the two.',
  class: 'conflict',
  stage: 'export',
  text: 'Export was refused: the directory says the name is taken. (export.name_taken)',
  count: 3,
  first_at: at,
  last_at: at,
  next_try_at: '2026-03-02T09:30:00Z',
  open: true,
  object: 'obj_1',
  name: 'Ada Byron',
  directory: 'dir_1',
  profile: 'prf_1',
  at: '/outbound/0/flows/1',
  attribute: 'cn',
  others: ['obj_7'],
  run: 'run_1',
};

/** Of a directory as a whole. */
export const directoryMessage: T.Message = {
  id: 'msg_2',
  code: 'connect.unreachable',
  severity: 'warning',
  meaning: 'The directory cannot be reached.',
  to_do: 'Check its address, name resolution, the firewall, and whether it runs.',
  class: 'transient',
  text: 'dc1.contoso.test cannot be reached.',
  count: 672,
  first_at: at,
  last_at: '2026-03-08T09:30:00Z',
  ended_at: '2026-03-08T10:00:00Z',
  open: false,
  directory: 'dir_1',
  run: 'run_1',
};

export const messageCounts: T.MessageCounts = {
  codes: [
    { code: 'cd-existing-object', severity: 'error', class: 'conflict', meaning: 'The object to be added exists already.', count: 1 },
    { code: 'connect.unreachable', severity: 'warning', class: 'transient', meaning: 'The directory cannot be reached.', count: 1 },
  ],
  total: 2,
};

export const notifications: T.Notifications = {
  version: 2,
  minimum_severity: 'warning',
  digest_minutes: 15,
  time_zone: 'Europe/Berlin',
  quiet_hours: [{ days: [], from: '22:00', to: '07:00' }],
  mail: ['ada@contoso.test'],
  webhooks: [{ url: 'https://hooks.example/in' }],
  mail_offered: true,
  webhook_hosts: ['https://hooks.example'],
  waiting: 2,
  waiting_until: '2026-03-02T06:00:00Z',
  pending: [
    {
      id: 'ntf_1',
      to: 'https://hooks.example',
      made_at: at,
      attempts: 1,
      next_try_at: '2026-03-01T09:35:00Z',
      problem: 'It answered with the status 503.',
    },
  ],
};

export const previewed: T.Previewed = {
  diagnostics: [],
  population: 2000,
  rows: [
    { name: 'Ada Byron', object: 'obj_1', outcome: 'value', values: ['ada@contoso.test'] },
    { name: 'Bo Diaz', object: 'obj_2', outcome: 'error', values: [], error: 'mail is absent' },
  ],
};

export const checklist: T.Schemas['Checklist'] = {
  steps: [
    { id: 'directory', title: 'Connect two directories', done: true, evidence: '2 are connected' },
    { id: 'agent', title: 'Enrol an agent for each', done: false, evidence: '1 of 2 is confirmed' },
  ],
};

export const usage: T.Usage = {
  from: '2026-02-28',
  to: '2026-03-01',
  days: [{ day: '2026-03-01', meter: 'objects_imported', quantity: 2151, billable: 0 }],
  totals: [{ meter: 'objects_imported', quantity: 2151, billable: 0 }],
};

export const refusal: T.Schemas['ProblemBody'] = {
  type: 'urn:syncline:problem:profile.invalid',
  code: 'profile.invalid',
  status: 422,
  title: 'The profile has errors.',
  detail: '1 of its fields has an error.',
  next: 'Correct the fields and save again.',
  errors: [{ at: '/name', code: 'PF0001', message: 'A profile needs a name.' }],
};

export const templateSummary: T.TemplateSummary = {
  id: 'ad-to-ad',
  version: 1,
  title: 'Active Directory to Active Directory',
  purpose: 'coexistence',
  summary: 'People of one forest in another.',
  own: false,
  directories: [
    { name: 'source', title: 'Source forest', kind: 'active-directory', side: 'source' },
    { name: 'target', title: 'Target forest', kind: 'active-directory', side: 'target' },
  ],
  reads: ['Users: names.'],
  writes: ['Users.'],
  assumptions: ['The container exists.'],
  deletion: ['Who leaves is left as it is.'],
  guards: ['Deletions above 5 %.'],
};

export const template: T.Template = {
  ...templateSummary,
  parameters: [
    { name: 'container', kind: 'dn', label: 'Container for people', required: true, suggest: 'target-naming-context', example: 'OU=a,DC=b' },
    { name: 'groups', kind: 'boolean', label: 'Groups', default: true },
    { name: 'employee_types', kind: 'list', label: 'Employee types', example: ['FTE'] },
    { name: 'on_leave', kind: 'choice', label: 'Who leaves', default: 'disconnect', choices: [{ value: 'disconnect', label: 'Stay' }, { value: 'delete', label: 'Go' }] },
  ],
  permissions: [],
  document: {},
};

export const templatePreview: T.TemplatePreview = {
  document,
  diagnostics: [],
  left_out: [],
  not_imported: [],
  unread: [{ directory: 'dir_1', type: 'user', attribute: 'shoeSize' }],
  sources: [{ directory: 'dir_1', type: 'user', present: 2050, in_scope: 2000, failed: 1, joined: 0, ambiguous: 2, errors: 3 }],
  targets: [
    {
      directory: 'dir_1',
      type: 'user',
      present: 60,
      matched: 50,
      changed: 40,
      created: 1948,
      ambiguous: 2,
      unmatched: 0,
      missing_required: 5,
      name_taken: 1,
      left_alone: 10,
    },
  ],
  permissions: [],
};

export const handover: T.PasswordHandover = {
  object: 'obj_1',
  name: 'Ada Byron',
  directory: 'dir_1',
  profile: 'prf_1',
  state: 'waiting',
  disabled_until_handed_over: true,
  recipient: { name: 'Service desk', key: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p' },
  fingerprint: hash('d'),
  made_at: at,
  ends_at: at,
};

export const me: T.Me = {
  id: 'usr_1',
  kind: 'user',
  display_name: 'Ada Byron',
  directory_tenant: '0b4a6a5e-7f5e-4f0e-9d4d-2d1a3c0f6b11',
  object_id: '0b4a6a5e-7f5e-4f0e-9d4d-2d1a3c0f6b12',
  memberships: [{ tenant: 'ten_1', name: 'Contoso', role: 'admin', rights: ['read', 'configure'] }],
};

const using = { id: 'prf_1', name: 'Contoso to Fabrikam', state: 'live' as const };

export const lookupTable: T.RuleResourceView = {
  id: 'res_1',
  kind: 'table',
  name: 'countries',
  version: 3,
  rows: 2,
  used_by: [using],
  saved_by: 'usr_1',
  saved_at: at,
  document: {
    kind: 'table',
    name: 'countries',
    ignore_case: true,
    rows: [
      { key: 'DE', value: 'Germany' },
      { key: 'FR', value: 'France' },
    ],
  },
};

export const namedExpression: T.RuleResourceView = {
  id: 'res_2',
  kind: 'expression',
  name: 'Initial',
  version: 1,
  signature: 'Initial(string name)',
  used_by: [],
  saved_by: 'usr_1',
  saved_at: at,
  document: {
    kind: 'expression',
    name: 'Initial',
    description: 'The first letter, as a capital.',
    parameters: [{ name: 'name', type: 'string', nullable: false, multi: false }],
    expr: 'name[..1].ToUpper()',
    dialect: 'csharp',
  },
};

export const resourceChecked: T.Schemas['RuleResourceChecked'] = {
  ok: true,
  diagnostics: [],
  profiles: [{ ...using, is_changed: true, errors: [] }],
};

const schedule = (profile: string): T.Schemas['ProfileSchedule'] => ({
  profile,
  version: 2,
  enabled: true,
  interval: 'profile',
  effective_interval: 'PT15M',
  calendar: { at: [], days: [], between: null },
  skip_next: false,
  next_policy: 'delta',
  exports: 'allowed',
  next_run_at: '2026-03-01T09:45:00Z',
  upcoming: [
    { at: '2026-03-01T09:45:00Z', skipped: false },
    { at: '2026-03-29T01:00:00Z', skipped: false, note: 'Clocks skip 02:30 on 2026-03-29; it starts at the next time that exists.' },
  ],
});

const job = (id: string, kind: T.Schemas['JobKind'], name: string, rest: Partial<T.Schemas['Job']> = {}): T.Schemas['Job'] => ({
  id,
  kind,
  name,
  after: [],
  state: 'idle',
  why_not: [{ code: 'not_due', blocks: false, args: { at: '2026-03-01T09:45:00Z' }, text: 'It is due at 2026-03-01 09:45 UTC.' }],
  runs: [{ run: 'run_1', kind: 'delta-import', started_at: at, ended_at: '2026-03-01T09:30:40Z', status: 'success' }],
  messages: 0,
  errors: 0,
  usual: { median_ms: 40_000, p90_ms: 55_000, runs: 12 },
  next: { starts_at: '2026-03-01T09:45:00Z', ends_at: '2026-03-01T09:45:40Z' },
  ...rest,
});

const needsReview: T.Schemas['Reason'] = {
  code: 'needs_review',
  blocks: true,
  args: { profile: 'prf_1', directory: 'dir_2', staged: '2100' },
  text: '2100 staged by “Contoso to Fabrikam”, which needs review: nothing is sent before a what-if of it is approved.',
};

/** Two profiles that take turns, and share the import of one directory; the export of one needs review. */
export const scheduler: T.Scheduler = {
  version: 1,
  paused: false,
  exports_held: false,
  time_zone: 'Europe/Berlin',
  cycles_enabled: true,
  maintenance_enabled: true,
  allowed_interval: 'PT1M',
  effective_interval: 'PT15M',
  next_cycle_at: '2026-03-01T09:45:00Z',
  next_cycle_policy: 'delta',
  now: '2026-03-01T09:32:00Z',
  profiles: [
    {
      profile: 'prf_1',
      name: 'Contoso to Fabrikam',
      group: 0,
      next_at: '2026-03-01T09:45:00Z',
      on_change: true,
      running: false,
      waiting_for: '2100 staged. The profile needs review: approve a what-if of it.',
      schedule: schedule('prf_1'),
      jobs: ['import.dir_1', 'sync.prf_1', 'export.dir_2'],
      predicted_ms: 120_000,
      why_not: [{ code: 'not_due', blocks: false, args: { at: '2026-03-01T09:45:00Z' }, text: 'It is due at 2026-03-01 09:45 UTC.' }],
    },
    {
      profile: 'prf_2',
      name: 'Contoso to HR',
      group: 0,
      on_change: false,
      running: false,
      schedule: { ...schedule('prf_2'), upcoming: [] },
      jobs: ['import.dir_1', 'sync.prf_2'],
      why_not: [{ code: 'no_trigger', blocks: true, args: { profile: 'prf_2' }, text: 'Nothing starts “Contoso to HR”. Set an interval, or run it by hand.' }],
    },
  ],
  jobs: [
    job('import.dir_1', 'import', 'Contoso', { directory: 'dir_1', messages: 14, errors: 3 }),
    job('sync.prf_1', 'sync', 'Contoso to Fabrikam', { profile: 'prf_1', after: ['import.dir_1'], runs: [], usual: null, next: null }),
    job('export.dir_2', 'export', 'Fabrikam', { directory: 'dir_2', after: ['sync.prf_1'], state: 'blocked', why_not: [needsReview] }),
    job('sync.prf_2', 'sync', 'Contoso to HR', { profile: 'prf_2', after: ['import.dir_1'], state: 'waiting' }),
  ],
};
