//! What can be wrong with an object or a run, who must act, and when it is tried again (D-71).
//!
//! Invariants: every kind has one class, and the class alone decides the retry; texts say what happened
//! to which thing and what to do; a code is never reused for another meaning.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who must act on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// Nobody: tried again with backoff.
    Transient,
    /// The owner of the data; tried again when the operation changes, else once a day.
    Data,
    /// The author of the configuration; tried again when it changes.
    Config,
    /// The owner of the credentials; tried again when they change, else hourly.
    Permission,
    /// An approver.
    Guard,
    /// The directory says otherwise than we; see D-48 and D-54.
    Conflict,
    /// Us.
    Engine,
}

/// When what failed is tried again although nothing changed (D-71).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// After 30 seconds, then after twice as long each time, up to half an hour.
    Backoff,
    /// After an hour.
    Hourly,
    /// After a day; at once when what is to be sent changes.
    Daily,
    /// When the configuration changes.
    OnConfiguration,
    /// When somebody approves it.
    OnApproval,
    /// With the release that mends it.
    Never,
}

impl Retry {
    /// After how many milliseconds, seen for the `count`-th time; `None`: not by time alone.
    pub fn after_ms(self, count: i32) -> Option<i64> {
        match self {
            Self::Backoff => Some((30_000_i64 << (count - 1).clamp(0, 6)).min(1_800_000)),
            Self::Hourly => Some(3_600_000),
            Self::Daily => Some(24 * 3_600_000),
            Self::OnConfiguration | Self::OnApproval | Self::Never => None,
        }
    }

    /// In words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Backoff => {
                "By itself: after 30 seconds, then after twice as long each time, up to half an hour."
            }
            Self::Hourly => "When credentials or rights change, else every hour.",
            Self::Daily => "When what is to be sent changes, else once a day.",
            Self::OnConfiguration => "When the configuration changes.",
            Self::OnApproval => "When somebody approves it.",
            Self::Never => "With the release that mends it.",
        }
    }
}

impl ErrorClass {
    /// When an error of this class is tried again although nothing changed.
    pub const fn retry(self) -> Retry {
        match self {
            Self::Transient => Retry::Backoff,
            Self::Data | Self::Conflict => Retry::Daily,
            Self::Config => Retry::OnConfiguration,
            Self::Permission => Retry::Hourly,
            Self::Guard => Retry::OnApproval,
            Self::Engine => Retry::Never,
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $class:ident;)*) => {
        /// What is wrong with an object.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ErrorKind {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Who must act.
            pub const fn class(self) -> ErrorClass {
                match self { $(Self::$name => ErrorClass::$class,)* }
            }
        }
    };
}

kinds! {
    /// The connection could not be made or broke.
    Connection = "failed-connection", Transient;
    /// The directory asked for a pause.
    Throttled = "throttled", Transient;
    /// The directory was busy.
    Busy = "busy", Transient;
    /// No answer in time.
    Timeout = "timeout", Transient;
    /// No agent is connected.
    AgentOffline = "agent-offline", Transient;
    /// The outcome of a sent operation is not known yet.
    OutcomeUnknown = "outcome-unknown", Transient;
    /// The directory's schema does not allow it.
    SchemaViolation = "schema-violation", Data;
    /// A constraint of the directory does not allow it.
    ConstraintViolation = "constraint-violation", Data;
    /// A value has the wrong syntax.
    InvalidValue = "invalid-attribute-value", Data;
    /// The name is not a distinguished name, or not one the directory accepts.
    InvalidDn = "invalid-dn", Data;
    /// The container does not exist.
    ParentMissing = "parent-missing", Data;
    /// A unique value is taken.
    MustBeUnique = "attribute-must-be-unique", Data;
    /// Two entries of one import claim to be the same object and differ.
    DuplicateObject = "duplicate-object", Data;
    /// Several candidates match.
    AmbiguousMatch = "ambiguous-match", Data;
    /// The only match is taken by another object.
    AlreadyJoined = "already-joined", Data;
    /// The name is taken by an object that is not linked.
    ProvisionConflict = "provision-conflict", Data;
    /// A mandatory attribute has no value.
    MissingMandatory = "missing-mandatory", Data;
    /// Several values for one that takes one.
    MultiToSingle = "multi-to-single", Data;
    /// The value set of an attribute could not be read whole.
    ValueSetIncomplete = "value-set-incomplete", Data;
    /// An entry could not be read.
    Unreadable = "unreadable-entry", Data;
    /// A rule failed on this object.
    Rule = "rule-error", Config;
    /// Two linking rules are in scope at once.
    TwoLinkingRules = "two-linking-rules", Config;
    /// A value's type is not the attribute's.
    TypeMismatch = "type-mismatch", Config;
    /// A rule reads an attribute that was not read yet.
    WaitingForAttribute = "waiting-for-attribute", Config;
    /// Credentials refused.
    Authentication = "failed-authentication", Permission;
    /// A right is missing.
    Permission = "failed-permission", Permission;
    /// The agent's local policy does not allow it.
    PolicyRefused = "agent.policy_refused", Permission;
    /// A guard holds it.
    Guard = "guard", Guard;
    /// An import contradicted an acknowledged export.
    NotReimported = "exported-change-not-reimported", Conflict;
    /// The same value was contradicted three times.
    Contested = "contested", Conflict;
    /// An object to be added exists.
    ObjectExists = "cd-existing-object", Conflict;
    /// An object to be changed is gone.
    ObjectMissing = "cd-missing-object", Conflict;
    /// A defect of ours; the object is set aside.
    Internal = "internal", Engine;
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The stage of processing an error belongs to; one entry per object, stage, kind and rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Reading from the directory.
    Import,
    /// Scope, join, projection and inbound flow.
    Inbound,
    /// Outbound scope, match, provisioning and flow.
    Outbound,
    /// Sending.
    Export,
    /// Confirming import.
    Confirm,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_is_used_twice_and_each_reads_back() {
        let codes: BTreeSet<_> = ErrorKind::ALL.iter().map(|k| k.code()).collect();

        assert_eq!(codes.len(), ErrorKind::ALL.len());
        for kind in ErrorKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }

    #[test]
    fn transient_errors_back_off_to_half_an_hour_and_configuration_errors_wait_for_a_change() {
        let seconds: Vec<i64> = (1..9)
            .map(|n| ErrorKind::Busy.class().retry().after_ms(n).unwrap() / 1000)
            .collect();

        assert_eq!(seconds, [30, 60, 120, 240, 480, 960, 1800, 1800]);
        assert_eq!(ErrorKind::Rule.class().retry().after_ms(1), None);
        assert_eq!(
            ErrorKind::Permission.class().retry().after_ms(3),
            Some(3_600_000)
        );
    }
}
