//! Diagnostics: what is wrong or risky in a rule, where, and what to do. One model for API, console and command line.
//!
//! Invariants: all diagnostics of a text come in one go, errors first, in source order; spans are UTF-16 offsets once a
//! diagnostic leaves this crate; the JSON form is stable.

pub mod codes;
mod render;
mod suggest;
mod units;

use serde::{Deserialize, Serialize};
use syncline_model::rules::Span;

pub use codes::{Code, Kind};
pub use render::{Place, place, render};
pub(crate) use suggest::closest;
pub(crate) use units::Units;

/// Why a warning is an error.
const STRICT: &str = "strict mode is on: what may fail is an error";

/// Whether the rule can be compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, but it fails or does nothing on some objects.
    Warning,
}

/// A change that would settle a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does, for a button.
    pub title: String,
    /// What it replaces.
    pub span: Span,
    /// With what.
    pub replacement: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// `SL` and four digits.
    pub code: String,
    /// The C# code for the same mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csharp: Option<String>,
    /// The family.
    pub kind: Kind,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where the source stands: `scope`, `flows[2].rule.then`, or empty for a single expression.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Where in that source.
    pub span: Span,
    /// What to write under the frame.
    pub label: String,
    /// Why, or what the rule of the language is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error with this code.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code: code.id.to_owned(),
            csharp: code.csharp.map(str::to_owned),
            kind: code.kind,
            severity: Severity::Error,
            message: message.into(),
            path: String::new(),
            span,
            label: String::new(),
            note: None,
            fix: None,
        }
    }

    /// A warning with this code.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// With a text under the frame.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With a reason.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// With a fix that replaces `span`.
    pub fn fix(
        mut self,
        title: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        self.fix = Some(Fix {
            title: title.into(),
            span,
            replacement: replacement.into(),
        });
        self
    }

    /// The same in strict mode: what warns that a sub-expression may fail is an error.
    pub(crate) fn in_strict_mode(self) -> Self {
        if self.is_error() || !codes::FALLIBLE.iter().any(|code| code.id == self.code) {
            return self;
        }
        let note = match &self.note {
            Some(note) => format!("{note}; {STRICT}"),
            None => STRICT.to_owned(),
        };
        Self {
            severity: Severity::Error,
            note: Some(note),
            ..self
        }
    }

    /// Is it an error?
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The same, with every span counted in UTF-16 code units instead of bytes of the source.
    pub(crate) fn in_utf16(mut self, units: &Units<'_>) -> Self {
        self.span = units.of(self.span);
        if let Some(fix) = &mut self.fix {
            fix.span = units.of(fix.span);
        }
        self
    }
}

/// Sorts for people: errors first, then by place.
pub(crate) fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (a.severity, &a.path, a.span, &a.code).cmp(&(b.severity, &b.path, b.span, &b.code))
    });
    diagnostics.dedup();
}
