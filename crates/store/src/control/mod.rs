//! The control database: who exists, who belongs where, what should run, what was done and used.
//!
//! Everything goes through a [`ControlTx`], which settles tenant, principal and the browser's secret before the
//! first query; row-level security holds each of them. Invariants: a transaction without a scope reads nothing;
//! audit rows are only appended; times come in as milliseconds since 1970.

mod audit;
mod connect;
mod idempotency;
mod ledger;
mod lifecycle;
mod members;
mod principals;
mod sessions;
mod tenants;
mod tx;
mod usage;

pub use audit::Chain;
pub use connect::{Address, Control, migrate};
pub use idempotency::FirstAnswer;
pub use ledger::CollectedUsage;
pub use lifecycle::{Desired, JournalRow, Observed, Running};
pub use members::{Authority, Member};
pub use principals::{Principal, PrincipalKind};
pub use sessions::{Session, SignIn};
pub use tenants::{NewTenant, Tenant};
pub use tx::{ControlTx, PLATFORM, Scope};
pub use usage::{UsageDay, UsageRow};
