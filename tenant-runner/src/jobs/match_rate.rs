//! How many of a profile's objects found a match: in the plan that was approved last, and since (D-76).
//!
//! Invariant: what is new since a plan counts from the moment it was approved.

use serde::{Deserialize, Serialize};
use syncline_engine::guard::MatchRate;
use syncline_model::ProfileId;
use syncline_store::StoreError;
use syncline_store::tenant::{Setting, TenantRead, TenantTx};

/// What is kept of a profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Matches {
    /// Objects that the last approved plan, or what led to it, matched with one of the target.
    approved_matched: u64,
    /// Objects that it was to create.
    approved_created: u64,
    /// Objects that were matched since.
    since: u64,
}

impl Matches {
    /// What the approved plan looked like.
    pub fn approved(self) -> MatchRate {
        MatchRate {
            in_scope: self.approved_matched + self.approved_created,
            unmatched: self.approved_created,
        }
    }

    /// How many objects were matched since.
    pub fn since(self) -> u64 {
        self.since
    }

    /// After the approval of a plan that creates so many objects. One that brings nobody into scope says nothing of matches.
    fn after(self, created: u64) -> Self {
        if self.since + created == 0 {
            return self;
        }
        Self {
            approved_matched: self.since,
            approved_created: created,
            since: 0,
        }
    }
}

fn setting(profile: ProfileId) -> String {
    format!("matches of {profile}")
}

fn read_from(setting: Option<&Setting>) -> Matches {
    setting
        .and_then(|s| serde_json::from_slice(&s.value).ok())
        .unwrap_or_default()
}

/// What is kept of a profile.
pub async fn load(read: &mut TenantRead, profile: ProfileId) -> Result<Matches, StoreError> {
    let setting = read.setting(&setting(profile)).await?;
    Ok(read_from(setting.as_ref()))
}

/// Counts objects that a sync matched.
pub async fn matched(tx: &mut TenantTx, profile: ProfileId, n: u64) -> Result<(), StoreError> {
    match n {
        0 => Ok(()),
        n => {
            change(tx, profile, |before| Matches {
                since: before.since + n,
                ..before
            })
            .await
        }
    }
}

/// Notes that a plan which creates so many objects was approved.
pub async fn approved(
    tx: &mut TenantTx,
    profile: ProfileId,
    created: u64,
) -> Result<(), StoreError> {
    change(tx, profile, |before| before.after(created)).await
}

async fn change(
    tx: &mut TenantTx,
    profile: ProfileId,
    to: impl FnOnce(Matches) -> Matches,
) -> Result<(), StoreError> {
    let name = setting(profile);
    let before = tx.setting(&name).await?;
    let after = to(read_from(before.as_ref()));
    let value = serde_json::to_vec(&after).unwrap_or_default();
    tx.setting_put(&name, before.map_or(0, |s| s.version), &value)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_matched_before_an_approval_belongs_to_its_plan() {
        let before = Matches {
            since: 60,
            ..Matches::default()
        };

        let after = before.after(40);

        let rate = MatchRate {
            in_scope: 100,
            unmatched: 40,
        };
        assert_eq!((after.approved(), after.since()), (rate, 0));
        assert_eq!(after.after(0), after, "a plan of updates says nothing");
    }
}
