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

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value as Json, json};
use syncline_model::rules::{AttrType, Dialect, ErrorKind, RuleValue, Span};

use crate::interp::Answer;
use crate::values;

pub use columns::Object;
pub(crate) use flows::hold;
pub use flows::{CASES_MAX, FLOW_CASES_MAX, INPUT_BYTES_MAX, NODES_MAX, WORK_MAX};
pub use prepared::{Prepared, prepare};
pub use read::read;
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

/// An object and what the rule must give for it: one of `value`, `error` and `flow`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// The object; what it does not name is absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub input: BTreeMap<String, Json>,
    /// The clock, as ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// The value; null for no value.
    #[serde(
        default,
        deserialize_with = "there",
        skip_serializing_if = "Option::is_none"
    )]
    pub value: Option<Json>,
    /// Why it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorKind>,
    /// How it leaves the attribute alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<Left>,
}

/// Null is something that is there.
fn there<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(from).map(Some)
}

/// How a rule ends that gives neither a value nor an error; as `eval` prints it, or as the language writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// As if the flow did not exist.
    Ignore,
    /// No value, and no other rule may give one.
    #[serde(alias = "authoritativeNull")]
    AuthoritativeNull,
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

impl Case {
    /// What it expects, if it expects one thing.
    pub fn expected(&self) -> Option<Expected> {
        match (&self.value, self.error, self.flow) {
            (Some(value), None, None) => Some(Expected::Value(value.clone())),
            (None, Some(kind), None) => Some(Expected::Error(kind)),
            (None, None, Some(left)) => Some(Expected::Flow(left)),
            _ => None,
        }
    }

    /// The one thing that it expects, or what is wrong with the case at this path.
    pub(crate) fn expects(&self, path: &str) -> Result<Expected, Malformed> {
        let message = "a case expects one of `value` (null for none), `error` (such as `null_reference`) and `flow` \
                       (`ignore` or `authoritativeNull`)";
        self.expected().ok_or_else(|| Malformed::new(path, message))
    }
}

impl Expected {
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
