//! What stops a printer.

use syncline_model::rules::Span;

use crate::diag::{Code, Diagnostic};

/// A place that cannot be written, and why.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub code: Code,
    pub span: Span,
    pub message: String,
}

impl Refusal {
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            span,
            message: message.into(),
        }
    }

    pub fn into_diagnostic(self) -> Diagnostic {
        Diagnostic::error(self.code, self.span, self.message)
    }
}
