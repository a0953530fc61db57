//! How the engine asks for computed answers: scope, match keys, names and flows over a batch of objects.
//!
//! Invariants: the engine never sees an expression, only answers; an error is an answer of its row and
//! touches no other; the same row gives the same answer in what-if, run and any batch.

use syncline_model::attrs::Attrs;
use syncline_model::object::Subject;
use syncline_model::{PartId, Values};

/// One object on its way into a rule program.
#[derive(Debug, Clone, Copy)]
pub struct RuleRow<'a> {
    /// Whose values they are: what a rule draws (`Guid.NewGuid()`) follows from it. None where only scope or match keys
    /// are asked for, which draw nothing.
    pub subject: Option<Subject>,
    /// The object that the part evaluates: source image or metaverse values.
    pub attrs: &'a Attrs,
    /// The linked target's confirmed image (`Target.x`), outbound only.
    pub target: Option<&'a Attrs>,
}

impl<'a> RuleRow<'a> {
    /// An object that flows.
    pub fn of(subject: Subject, attrs: &'a Attrs) -> Self {
        Self {
            subject: Some(subject),
            attrs,
            target: None,
        }
    }

    /// An object of which only scope or match keys are asked.
    pub fn asked(attrs: &'a Attrs) -> Self {
        Self {
            subject: None,
            attrs,
            target: None,
        }
    }
}

/// Why a rule has no answer for an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleError {
    /// Stable kind, such as `null_reference`.
    pub kind: String,
    /// What happened, in which sub-expression, and what to do.
    pub message: String,
}

/// Whether an object takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// In scope, or the part has no scope rule.
    In,
    /// Out of scope; nothing else was evaluated.
    Out,
    /// The scope rule failed; nothing else was evaluated. Never "out of scope" (D-25).
    Failed(RuleError),
}

/// What a flow says (D-30).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A value.
    Value(Values),
    /// No value: no opinion inbound, absent outbound.
    Null,
    /// No value, and no other flow may contribute one.
    AuthoritativeNull,
    /// As if the flow did not exist for this object.
    Ignore,
    /// The flow takes an attribute as it is; the engine copies it.
    Direct,
    /// The rule failed.
    Failed(RuleError),
}

/// A computed match key: its text, or `None` for none.
pub type KeyAnswer = Result<Option<String>, RuleError>;

/// Everything a part says about one object. Out of scope or failed, only `scope` counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowAnswer {
    /// In, out or failed.
    pub scope: Scope,
    /// The computed match keys over the part's own side, in the order of the profile (pairs that name an
    /// attribute are not among them).
    pub keys: Vec<KeyAnswer>,
    /// The distinguished name, when the part computes one.
    pub dn: Option<KeyAnswer>,
    /// One answer per flow, in the order of the profile.
    pub flows: Vec<Answer>,
}

/// A program that cannot be run at all: missing, refused by the sandbox, or broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rules of {part} cannot be run: {message}")]
pub struct RulesFailure {
    /// The part.
    pub part: PartId,
    /// Why.
    pub message: String,
}

/// The compiled rules of every active part.
pub trait Rules: Send + Sync {
    /// What a part says about these objects: one answer per row, in order.
    fn evaluate(&self, part: PartId, rows: &[RuleRow<'_>]) -> Result<Vec<RowAnswer>, RulesFailure>;

    /// What an outbound part says about objects that it disables: name and flows, whatever its scope says. One answer per
    /// row, in order.
    fn disable(&self, part: PartId, rows: &[RuleRow<'_>]) -> Result<Vec<RowAnswer>, RulesFailure>;

    /// The computed match keys over the other side of a part (metaverse objects for an inbound part, target
    /// objects for an outbound one), in the order of the profile: one list per row.
    fn other_keys(
        &self,
        part: PartId,
        rows: &[RuleRow<'_>],
    ) -> Result<Vec<Vec<KeyAnswer>>, RulesFailure>;
}
