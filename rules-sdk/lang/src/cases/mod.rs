//! Cases stored with a rule or a flow: an object by name, and what must come out for it.
//!
//! Invariants: pure; a document is read whole or refused with the path of what is wrong and what to do; a rule is checked
//! once, for the types of all its cases; a case never reads the present, because it must hold tomorrow as well.

mod columns;
mod flows;
mod prepared;
mod read;
mod words;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use syncline_model::rules::{AttrType, Dialect, ErrorKind, RuleValue, Span};

use crate::interp::Answer;
use crate::values;

pub use columns::Object;
pub(crate) use flows::hold;
pub use flows::{CASES_MAX, FLOW_CASES_MAX, INPUT_BYTES_MAX, NODES_MAX, WORK_MAX};
pub use prepared::{Prepared, prepare};
pub use read::read;
pub use syncline_model::case::{Case, Left};
pub use words::said;

/// A document of rules with their cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// What rules are written in that do not say it themselves.
    #[serde(default, skip_serializing_if = "Dialect::is_default")]
    pub dialect: Dialect,
    /// Attributes of all rules and their types.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub schema: BTreeMap<String, Json>,
    /// What may fail is an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// The clock of cases that do not say it themselves, as ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// The rules.
    #[serde(default)]
    pub rules: Vec<RuleCases>,
}

/// A rule with its cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCases {
    /// What it is called.
    pub name: String,
    /// The expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// A rule tree in place of an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Json>,
    /// What it is written in; as the document says where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// Attributes of this rule and their types, before those of the document.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub schema: BTreeMap<String, Json>,
    /// What may fail is an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// The clock of its cases that do not say it themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// The cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// What a case expects.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// This value; null for none.
    Value(Json),
    /// To fail in this way.
    Error(ErrorKind),
    /// Neither.
    Flow(Left),
}

/// What a rule gave, in whichever evaluator.
#[derive(Debug, Clone, PartialEq)]
pub enum Got {
    /// A value.
    Value(RuleValue),
    /// No value.
    Null,
    /// Neither a value nor an error.
    Flow(Left),
    /// Failed.
    Failed {
        /// Why.
        kind: ErrorKind,
        /// In words, where they are known.
        message: String,
        /// Where in its text.
        span: Span,
    },
}

/// Why a document of cases cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Where in the document: `rules[1].cases[0].input.mail`; empty for the whole.
    pub path: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Malformed {
    fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for Malformed {}

impl Expected {
    /// What a case expects, if it expects one thing.
    pub fn of(case: &Case) -> Option<Self> {
        match (&case.value, case.error, case.flow) {
            (Some(value), None, None) => Some(Self::Value(value.clone())),
            (None, Some(kind), None) => Some(Self::Error(kind)),
            (None, None, Some(left)) => Some(Self::Flow(left)),
            _ => None,
        }
    }

    /// The one thing that a case expects, or what is wrong with the case at this path.
    pub(crate) fn at(case: &Case, path: &str) -> Result<Self, Malformed> {
        let message = "a case expects one of `value` (null for none), `error` (such as `null_reference`) and `flow` \
                       (`ignore` or `authoritativeNull`)";
        Self::of(case).ok_or_else(|| Malformed::new(path, message))
    }

    /// Whether this is what a rule of this type gave.
    pub fn holds(&self, got: &Got, attr: AttrType) -> bool {
        match (self, got) {
            (Self::Value(Json::Null), Got::Null) => true,
            (Self::Value(wanted), Got::Value(value)) => {
                // A date or a number may be written in more ways than one, a list only as a list.
                let same = || values::parse(wanted, attr).is_ok_and(|wanted| wanted == *value);
                values::to_json(value) == *wanted || (attr.multi == wanted.is_array() && same())
            }
            (Self::Error(wanted), Got::Failed { kind, .. }) => wanted == kind,
            (Self::Flow(wanted), Got::Flow(left)) => wanted == left,
            _ => false,
        }
    }

    /// As it is written in a case.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Value(value) => json!({ "value": value }),
            Self::Error(kind) => json!({ "error": kind }),
            Self::Flow(left) => json!({ "flow": left }),
        }
    }
}

impl Got {
    /// As `eval` prints it.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Value(value) => json!({ "value": values::to_json(value) }),
            Self::Null => json!({ "value": null }),
            Self::Flow(left) => json!({ "flow": left }),
            Self::Failed {
                kind,
                message,
                span,
            } => json!({ "error": kind, "message": message, "span": [span.from, span.to] }),
        }
    }

    /// Whether both evaluators gave the same; they do not say it in the same words.
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Failed { kind, span, .. },
                Self::Failed {
                    kind: other,
                    span: at,
                    ..
                },
            ) => kind == other && span == at,
            _ => self.to_json() == other.to_json(),
        }
    }
}

impl From<Answer> for Got {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Value(value) => Self::Value(value),
            Answer::Null => Self::Null,
            Answer::AuthoritativeNull => Self::Flow(Left::AuthoritativeNull),
            Answer::Ignore => Self::Flow(Left::Ignore),
            Answer::Error { kind, span, custom } => Self::Failed {
                kind,
                message: custom.unwrap_or_default(),
                span,
            },
        }
    }
}
