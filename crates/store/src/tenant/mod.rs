//! A tenant's schema: how it is reached and what lies in it.
//!
//! # Where the fields of the law lie
//!
//! | D-02 (connector space) | Column |
//! |---|---|
//! | `id`, `directory` | `cs.id`, `cs.directory` (one partition a directory so far) |
//! | `kind`, `type` | `cs.kind`, `cs.object_type` |
//! | `anchor` | in `cs.body` (sealed), looked up by `cs.anchor_key` |
//! | `dn` | `cs.parent`, `cs.rdn` (sealed); looked up by `cs.name_key`, collisions by `cs.unique_key` |
//! | `temp_dn` | none: a transient row has no `name_key`, and `cs.flags` says `transient` |
//! | `provenance` | `cs_link.provenance` |
//! | `link` | `cs_link.mv`, `.part`, `.kind`, `.explicit` |
//! | `disjoin_state` | `cs_link.disjoin` |
//! | `retired` | `cs_link.retired` |
//! | `synced` | `cs_link.synced` (content hash; the image itself is recomputed from `cs.body` when it is needed) |
//! | `imported` | `cs.imported` (content hash), `cs.body` (sealed), rows of `ref` |
//! | `intended` | `intent.body` (sealed); what imports contradicted of it (D-48): `intent.contests` (sealed) |
//! | `memory` | rows of `memory` |
//! | `escrow` | rows of `escrow` |
//! | `pending_import` | derived from `cs.imported` and `cs_link.synced`; who still has to look: rows of `work` |
//! | `pending_export` | derived by sync, kept as rows of `pending` |
//! | `errors` | rows of `error` |
//! | `epoch` | none: a change of configuration puts everything on the profile's `work` list, as one row with object 0 |
//! | `flags` | `cs.flags` |
//!
//! | D-08 (metaverse) | Column |
//! |---|---|
//! | `id`, `type` | `mv.id`, `mv.mv_type` |
//! | values with lineage | in `mv.body` (sealed); references: rows of `mv_ref` |
//! | held and retained contributions | in `mv.body`; losing ones are recomputed from their source's body |
//! | links | `cs_link.mv` |
//! | `retry_provisioning` | rows of `work`; names waited for: rows of `obj_key` |
//! | deletion state | `mv.state` |
//! | remembered sources (D-44) | in `mv.body`; looked up by rows of `obj_key` |
//!
//! # Who writes what
//!
//! Imports write `cs`, `ref`, `run_seen` and the contests of `intent`; synchronisation writes `cs_link`, `mv`, `mv_ref`, `obj_key`, `intent`,
//! `pending`; exports write `escrow`, `memory`, `release`, `guard_fact`. So an import waits for a sync where something is contested at most. All of
//! them write `work`, `error` and the outboxes.
//!
//! # Transactions
//!
//! | Phase | Transaction | Commit |
//! |---|---|---|
//! | import page | [`TenantTx::apply_stage`], cursor | deferred |
//! | import end | sweep, [`TenantTx::directory_imported`], run ends | durable |
//! | sync part | [`TenantTx::apply_plan`], cursor | deferred |
//! | sync end | run ends | durable |
//! | export claim | [`TenantTx::export_claim`] | durable, before anything is sent |
//! | export result | [`TenantTx::export_acknowledged`] and its siblings | deferred |
//! | what a person asked for | the change, its audit row, its answer | durable |
//!
//! Deferring is safe where it is allowed because the log is one: a crash loses a suffix of whole transactions, so that a
//! cursor and its data go back together, and the next durable commit carries everything before it.
//!
//! Invariants: every write transaction holds the owner generation; what a person could read is sealed; ids come from one
//! sequence; queries name themselves in their first line.

mod agents;
mod approvals;
mod artifacts;
mod causes;
mod codec;
mod contests;
mod cs;
mod cycles;
mod directories;
mod errors;
mod export;
mod idempotency;
mod ids;
mod keys;
mod log;
mod log_filter;
mod messages;
mod migrate;
mod mv;
mod names;
mod outbox;
mod passwords;
mod pending;
mod plan;
mod profiles;
mod refs;
mod releases;
mod row;
mod rule_resources;
mod run_history;
mod runs;
mod session;
mod settings;
mod stage;
mod stamp;
mod targets;
mod whatif_patterns;
mod whatifs;
mod work;

pub use agents::{Agent, AgentDoc, AgentState, Enrolment, KeyCheck};
pub use approvals::{Approval, ApprovalDoc, GuardCount, GuardSent};
pub use artifacts::Artifact;
pub use causes::{Cause, Standing as StandingCause};
pub use cs::CsCount;
pub use cycles::{Cycle, Due};
pub use directories::{Directory, DirectoryDoc, Standing};
pub use errors::StandingError;
pub use export::{Acknowledged, Claim};
pub use idempotency::{Repetition, RequestKey, claiming};
pub use ids::IdRange;
pub use log::{LogPlace, Logged};
pub use log_filter::LogFilter;
pub use messages::{Lane, Message, MessageBody};
pub use migrate::{MigrationReport, migrate, set_generation};
pub use mv::MvRow;
pub use outbox::{Outgoing, Usage, UsageRow};
pub use passwords::{Handover, HandoverState};
pub use pending::PendingRow;
pub use profiles::{ConfigHash, PartRow, ProfileRow, ProfileVersion, Review};
pub use releases::Release;
pub use rule_resources::RuleResourceRow;
pub use run_history::{RunMark, Told};
pub use runs::{Run, RunDoc, RunFilter};
pub use session::{Durability, TenantConfig, TenantDb, TenantRead, TenantTx};
pub use settings::Setting;
pub use stage::StageStep;
pub use stamp::ConfigurationStamp;
pub use targets::Targets;
pub use whatifs::{WhatIf, WhatIfFilter, WhatIfOp, WhatIfRow, WhatIfState};
pub use work::{Whom, WorkSeen};
