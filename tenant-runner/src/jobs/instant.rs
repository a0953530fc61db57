//! When a profile has something to do by time alone: the days of a disabled account, or the grace of a metaverse object,
//! are over (D-37, D-44, D-46).
//!
//! Invariants: asked for in the transaction that ends a sync, so that none is lost; the cycle that it starts imports nothing.

use syncline_engine::reader::Due;
use syncline_engine::sync;
use syncline_model::ProfileId;
use syncline_store::StoreError;
use syncline_store::tenant::TenantRead;

use super::config::Configuration;
use crate::http::context::now_ms;

/// The kind of a due row that starts a cycle because an instant has passed.
pub const DUE: &str = "instant";
/// What has passed and could not be done, because a rule failed, is tried again after this.
const LEAST_MS: i64 = 3_600_000;

/// The next instant of a profile, in milliseconds since 1970.
pub async fn next(
    read: &mut TenantRead,
    configuration: &Configuration,
    profile: ProfileId,
) -> Result<Option<i64>, StoreError> {
    let now = now_ms() / 1000;
    let mut next: Option<i64> = None;
    for due in sync::due(&configuration.set, profile, now) {
        let at = match due {
            Due::Retired {
                part,
                directory,
                until,
                adopted,
            } => {
                let first = read.retired_first((part, directory), adopted).await?;
                first.map(|since| since.saturating_add(now - until))
            }
            Due::Scheduled { mv_type, until } => {
                let first = read.scheduled_first(mv_type).await?;
                first.map(|since| since.saturating_add(now - until))
            }
        };
        next = next.into_iter().chain(at).min();
    }
    Ok(next.map(|at| {
        let at_ms = at.saturating_mul(1000);
        if at <= now {
            now_ms() + LEAST_MS
        } else {
            at_ms
        }
    }))
}
