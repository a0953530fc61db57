// The API's types under short names, straight from the generated schema.
import type { components } from './__generated__/schema';

export type Schemas = components['schemas'];
/** One page of a list; the document has a single schema for all of them. */
export type Page<T> = { items: T[]; next?: string | null };

export type AffectedProfile = Schemas['AffectedProfile'];
export type Agent = Schemas['Agent'];
export type Approval = Schemas['Approval'];
export type AttributeChange = Schemas['AttributeChange'];
export type ChangePattern = Schemas['ChangePattern'];
export type Cycle = Schemas['Cycle'];
export type Diagnostic = Schemas['Diagnostic'];
export type Directory = Schemas['Directory'];
export type Dialect = Schemas['RuleDialect'];
export type EnrolmentKey = Schemas['EnrolmentKey'];
export type Finding = Schemas['Finding'];
export type Fix = Schemas['Fix'];
export type Flow = Schemas['Flow'];
export type InboundPart = Schemas['InboundPart'];
export type InitialPassword = Schemas['InitialPassword'];
export type Key = Schemas['Key'];
export type LanguageAnswer = Schemas['LanguageAnswer'];
export type LanguageAsk = Schemas['LanguageAsk'];
export type LanguageHover = Schemas['LanguageHover'];
export type LanguageItem = Schemas['LanguageItem'];
export type LanguageQuestion = Schemas['LanguageQuestion'];
export type LanguageSignature = Schemas['LanguageSignature'];
export type LookupRow = Schemas['LookupRow'];
export type LookupTable = Extract<Schemas['RuleResource'], { kind: 'table' }>;
export type Me = Schemas['Me'];
export type Member = Schemas['MemberView'];
export type Message = Schemas['Message'];
export type MessageCounts = Schemas['MessageCounts'];
export type MetaverseView = Schemas['MetaverseView'];
export type NamedExpression = Extract<Schemas['RuleResource'], { kind: 'expression' }>;
export type Notifications = Schemas['Notifications'];
export type ObjectReport = Schemas['ObjectReport'];
export type ObjectSummary = Schemas['ObjectSummary'];
export type OperationCount = Schemas['OperationCount'];
export type OutboundPart = Schemas['OutboundPart'];
export type PlannedOperation = Schemas['PlannedOperation'];
export type Previewed = Schemas['Previewed'];
export type Profile = Schemas['Profile'];
export type ProfileSummary = Schemas['ProfileSummary'];
export type ProfileView = Schemas['ProfileView'];
export type Right = Schemas['Right'];
export type Rule = Schemas['Rule'];
export type RuleResource = Schemas['RuleResource'];
export type RuleResourceSummary = Schemas['RuleResourceSummary'];
export type RuleResourceVersion = Schemas['RuleResourceVersion'];
export type RuleResourceView = Schemas['RuleResourceView'];
export type Run = Schemas['Run'];
export type Scheduler = Schemas['Scheduler'];
export type SentOperation = Schemas['SentOperation'];
export type SessionView = Schemas['SessionView'];
export type Template = Schemas['TemplateView'];
export type TemplatePreview = Schemas['TemplatePreview'];
export type TemplateSummary = Schemas['TemplateSummary'];
export type Tenant = Schemas['TenantView'];
export type Usage = Schemas['Usage'];
export type WhatIf = Schemas['WhatIf'];
export type WhatIfPatterns = Schemas['WhatIfPatterns'];

/** One act of an audit chain; the document names it only as an item of a page. */
export type AuditEntry = {
  seq: number;
  at: string;
  actor: string;
  action: string;
  target?: string | null;
  result: string;
  request?: string | null;
  act: string;
  prev_hash: string;
  hash: string;
};

/** An account whose initial password nobody has yet; the document names it only as an item of a page. */
export type PasswordHandover = {
  object: string;
  name: string;
  directory: string;
  profile: string;
  state: 'waiting' | 'expired' | 'undelivered';
  disabled_until_handed_over: boolean;
  recipient: Schemas['Recipient'];
  fingerprint: string;
  made_at: string;
  ends_at: string;
};

/** A case of a flow; the document says of its input only that it is an object. */
export type RuleCase = Omit<Schemas['RuleCase'], 'input'> & { input?: Record<string, unknown> };

/** One saved version; the document names it only as an item of a page. */
export type ProfileVersion = { version: number; config_hash: string; saved_by: string; saved_at: string; document: Profile };
