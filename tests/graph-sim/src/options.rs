//! What a test can set: how the simulator starts, and how a tenant of it behaves.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How a simulator starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// What every die starts from.
    pub seed: u64,
    /// The moment, in milliseconds since 1970, that the clock stands still at; the machine's time when absent.
    pub stopped_at: Option<i64>,
    /// How many read replicas each tenant has.
    pub replicas: usize,
    /// How many requests the log keeps.
    pub log_max: usize,
    /// The port of the Graph face; any free one when 0.
    pub port: u16,
    /// The Graph face and the one that issues tokens speak TLS, under an authority made at the start.
    pub tls: bool,
    /// The program to run; the one beside the running test when absent.
    #[serde(skip)]
    pub program: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            stopped_at: None,
            replicas: 3,
            log_max: 200_000,
            port: 0,
            tls: false,
            program: None,
        }
    }
}

impl Options {
    /// Everything as usual, with this seed and a clock that stands still in March 2026.
    #[must_use]
    pub fn stopped(seed: u64) -> Self {
        Self {
            seed,
            stopped_at: Some(1_774_944_000_000),
            ..Self::default()
        }
    }
}

/// Where a simulator listens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// The Graph face, without `/v1.0`.
    pub graph: String,
    /// The face that issues tokens.
    pub login: String,
    /// The face that tests steer by; never over TLS.
    pub control: String,
    /// The certificate to trust, PEM, when the other faces speak TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
}

/// A domain of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// Only verified domains may be used in names.
    #[serde(default = "yes")]
    pub verified: bool,
    /// Users of a federated domain need an `onPremisesImmutableId`.
    #[serde(default)]
    pub federated: bool,
}

fn yes() -> bool {
    true
}

impl Domain {
    /// A verified, managed domain.
    #[must_use]
    pub fn verified(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            verified: true,
            federated: false,
        }
    }
}

/// How a tenant's rules behave where the service differs from tenant to tenant, or from its documentation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Security groups go to the recycle bin as well.
    pub security_groups_are_recycled: bool,
    /// A conflict says which property it is about.
    pub conflicts_have_details: bool,
    /// A `mail` that is another object's proxy address is refused; else it is taken, and no proxy address added.
    pub mail_conflicts_are_refused: bool,
    /// Writes look their objects up in a replica: what is too new is not found.
    pub writes_look_in_replicas: bool,
    /// How long the recycle bin keeps an object.
    pub recycled_for_days: i64,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            security_groups_are_recycled: false,
            conflicts_have_details: true,
            mail_conflicts_are_refused: true,
            writes_look_in_replicas: false,
            recycled_for_days: 30,
        }
    }
}

/// How delta queries behave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeltaOptions {
    /// The most rows of a page.
    pub page_size: usize,
    /// The most members that a row of a group carries; the rest comes on further pages.
    pub members_per_row: usize,
    /// The share of pages that are empty and still have a next link.
    pub empty_pages: f64,
    /// The share of rows that come twice in their round.
    pub duplicates: f64,
    /// The share of objects of which a round tells an earlier version before the last one, when they had one in
    /// its stretch of the log. The two stay in this order, however the rows are mixed.
    pub intermediate: f64,
    /// Rows come in another order than that of the ids.
    pub shuffled: bool,
    /// The share of earlier changes that come again.
    pub replays: f64,
    /// A first walk tells what lies in the recycle bin, as removed.
    pub removed_in_first_walk: bool,
    /// How old a change is before a round tells it.
    pub processing_delay_ms: i64,
    /// How long a delta token lives.
    pub delta_token_days: i64,
    /// How long a skip token lives.
    pub skip_token_seconds: i64,
    /// How a token that is too old is answered.
    pub reset: ResetForm,
}

impl Default for DeltaOptions {
    fn default() -> Self {
        Self {
            page_size: 100,
            members_per_row: 100,
            empty_pages: 0.0,
            duplicates: 0.0,
            intermediate: 0.0,
            shuffled: false,
            replays: 0.0,
            removed_in_first_walk: false,
            processing_delay_ms: 0,
            delta_token_days: 7,
            skip_token_seconds: 600,
            reset: ResetForm::Gone,
        }
    }
}

/// The forms in which the service says that a delta token is of no use any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetForm {
    /// 410 with a `Location` that holds an empty token.
    Gone,
    /// 400 `syncStateNotFound`.
    SyncStateNotFound,
    /// 404 `SyncStateNotFound`.
    SyncStateNotFoundCapital,
    /// 400 `resyncRequired`.
    ResyncRequired,
}

impl ResetForm {
    /// Every form.
    pub const ALL: [Self; 4] = [
        Self::Gone,
        Self::SyncStateNotFound,
        Self::SyncStateNotFoundCapital,
        Self::ResyncRequired,
    ];
}

/// The size of a tenant, which decides about its quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Size {
    /// Fewer than 50 users.
    S,
    /// 50 to 500 users.
    M,
    /// More than 500 users.
    L,
}

/// How `Retry-After` is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// A number of seconds.
    #[default]
    Seconds,
    /// An HTTP date.
    Date,
    /// Not at all.
    Absent,
}

/// How a tenant is throttled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThrottleOptions {
    /// The size; by the number of users when absent.
    pub size: Option<Size>,
    /// The share of the quotas shared with other applications that those use up.
    pub other_applications: f64,
    /// How `Retry-After` is written.
    pub retry_after: RetryAfter,
    /// Nothing is ever throttled, but for what a fault throttles.
    pub unlimited: bool,
}
