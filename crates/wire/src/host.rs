//! The host socket: what the API may ask of the one privileged process of a machine.
//!
//! JSON lines over a unix socket, one [`Request`] a line and one [`Reply`] a line, in order. A
//! caller that wants two things at once opens two connections.
//!
//! Invariants: five verbs and no more; every verb may be repeated; no secret and no tenant data
//! travels here in either direction; a line is at most [`LINE_BYTES_MAX`] bytes.

use serde::{Deserialize, Serialize};
use syncline_model::TenantId;

/// The longest line either side accepts.
pub const LINE_BYTES_MAX: usize = 256 * 1024;

/// What the API asks. The tag `verb` names the variant: `{"verb":"ensure","tenant":"ten_1","generation":3}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase", deny_unknown_fields)]
pub enum Request {
    /// Make the tenant's cell, role, schema, key and generation be there. Find-or-create in every
    /// step. A generation above the stored one stops the tenant's runner and fences it out; one
    /// below it is refused with `host.generation_stale`.
    Ensure {
        /// Whose.
        tenant: TenantId,
        /// The owner generation that is to hold from now on.
        generation: i64,
    },
    /// Start the tenant's runner, or find it running with this generation.
    Start {
        /// Whose.
        tenant: TenantId,
        /// Must equal the stored generation.
        generation: i64,
    },
    /// Stop the tenant's runner: SIGTERM, then SIGKILL after the grace period.
    Stop {
        /// Whose.
        tenant: TenantId,
    },
    /// What runs and what has ended.
    Status {
        /// One tenant, or every tenant this host knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant: Option<TenantId>,
        /// Wait (at most 30 s) until the host's change number differs from this one, then answer:
        /// how the API learns of a runner's exit without asking in a loop.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unless_change: Option<u64>,
    },
    /// Destroy the tenant on this host: runner, role, schema and key. What was sealed under the key
    /// can never be read again. The grace period before it is the API's business.
    Remove {
        /// Whose.
        tenant: TenantId,
    },
}

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Done, or found done.
    Ok(Answer),
    /// Not done.
    Error(Refusal),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase")]
pub enum Answer {
    /// The tenant is in place.
    Ensure {
        /// The database its schema lives in.
        cell: String,
        /// Its schema, which is also the name of its role.
        schema: String,
        /// The generation that holds now.
        generation: i64,
        /// What each step found or made, in order.
        steps: Vec<StepReport>,
    },
    /// The runner runs.
    Start(RunnerStatus),
    /// The runner does not run. `None` when this host never ran it.
    Stop {
        /// How it ended.
        last_exit: Option<Exit>,
    },
    /// What runs.
    Status(HostStatus),
    /// The tenant is gone from this host.
    Remove {
        /// What each step found or removed, in order.
        steps: Vec<StepReport>,
    },
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({code})")]
pub struct Refusal {
    /// A stable code such as `host.generation_stale`.
    pub code: String,
    /// What happened to which thing, why, and what to do.
    pub message: String,
    /// Whether the same request may succeed later without anyone changing anything.
    pub retry: bool,
}

/// One step of `ensure` or `remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// The step's name, stable: it goes into the API's step journal.
    pub step: String,
    /// Whether there was anything to do.
    pub outcome: StepOutcome,
}

/// Whether a step had anything to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// It was so already.
    Found,
    /// It is so now.
    Made,
}

/// The host and its runners.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HostStatus {
    /// Rises with every start and exit of a runner, and with every restart of the database.
    pub change: u64,
    /// What this machine gives to a runner.
    pub isolation: Isolation,
    /// Whether the database takes connections, and how often it had to be restarted.
    pub database: DatabaseStatus,
    /// The runners asked for, by tenant.
    pub runners: Vec<RunnerStatus>,
}

/// The embedded database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseStatus {
    /// Whether this host runs it (false with a `DATABASE_URL`).
    pub embedded: bool,
    /// Whether it takes connections.
    pub ready: bool,
    /// How often it ended by itself and was started again.
    pub restarts: u64,
}

/// One runner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunnerStatus {
    /// Whose.
    pub tenant: TenantId,
    /// The generation it was started with.
    pub generation: i64,
    /// Where it listens; the API's group may enter the directory.
    pub socket: String,
    /// Its process id while it runs.
    pub pid: Option<u32>,
    /// The layers it runs inside.
    pub isolation: Isolation,
    /// How the run before this one, or this one, ended.
    pub last_exit: Option<Exit>,
}

/// How a process ended. Restarting it is the caller's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// Its exit code, if it left by itself.
    pub code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// The generation it ran with.
    pub generation: i64,
    /// Whether the host had asked it to end.
    pub asked: bool,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// How far the machine separates a process from everything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Isolation {
    /// The level that the layers add up to.
    pub level: Level,
    /// Every layer the product knows, given or not.
    pub layers: Vec<Layer>,
}

/// An isolation level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A process of its own and whatever single layers the machine allows, but one uid for all.
    Process,
    /// Own uid, no new privileges, seccomp, resource limits, Landlock for files.
    Standard,
}

impl Level {
    /// The name used in configuration, logs and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Standard => "standard",
        }
    }
}

/// One layer of isolation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// `uid`, `no_new_privs`, `rlimits`, `seccomp`, `landlock`, …
    pub name: String,
    /// Whether it is in force.
    pub given: bool,
    /// What it is in force with, or why it is not.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_flat_line() {
        let request = Request::Ensure {
            tenant: TenantId(33),
            generation: 4,
        };

        let line = serde_json::to_string(&request).unwrap();

        assert_eq!(
            line,
            r#"{"verb":"ensure","tenant":"ten_11","generation":4}"#
        );
        assert_eq!(serde_json::from_str::<Request>(&line).unwrap(), request);
    }

    #[test]
    fn status_needs_no_argument() {
        let request: Request = serde_json::from_str(r#"{"verb":"status"}"#).unwrap();

        assert_eq!(
            request,
            Request::Status {
                tenant: None,
                unless_change: None
            }
        );
    }

    #[test]
    fn a_sixth_verb_and_an_unknown_field_are_refused() {
        for line in [
            r#"{"verb":"exec","tenant":"ten_1"}"#,
            r#"{"verb":"stop","tenant":"ten_1","force":true}"#,
            r#"{"verb":"stop","tenant":"../x"}"#,
        ] {
            assert!(serde_json::from_str::<Request>(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_reply_reads_back() {
        let reply = Reply::Error(Refusal {
            code: "host.generation_stale".into(),
            message: "Generation 1 of ten_1 was replaced by 2.".into(),
            retry: false,
        });

        let line = serde_json::to_string(&reply).unwrap();

        assert_eq!(serde_json::from_str::<Reply>(&line).unwrap(), reply);
        assert!(!line.contains('\n'));
    }
}
