//! The sentence for an error cell: what happened, to which sub-expression, and what to do.
//!
//! Invariants: no attribute value enters a message, except the text a rule's own `throw` made.

use syncline_model::rules::{ErrorKind, ProgramManifest, Span};

use crate::batch::RowError;
use crate::limits::MESSAGE_CHARS_MAX;

/// The error of an output whose cell named `kind` and `site`.
pub(crate) fn row_error(
    manifest: &ProgramManifest,
    output: usize,
    kind: ErrorKind,
    site: Option<usize>,
    custom: Option<String>,
) -> RowError {
    let path = manifest
        .outputs
        .get(output)
        .map(|o| o.path.clone())
        .unwrap_or_default();
    let site = site.and_then(|index| manifest.sites.get(index));
    let (text, span) = site.map_or(("the expression", Span::default()), |s| {
        (s.text.as_str(), s.span)
    });
    let message = match custom {
        Some(text) if kind == ErrorKind::Custom => cut(text),
        _ => sentence(kind, text),
    };
    RowError {
        kind,
        message,
        span,
        path,
    }
}

/// The error of a row that the sandbox had to stop.
pub(crate) fn stopped(manifest: &ProgramManifest, output: usize, why: &str) -> RowError {
    let path = manifest
        .outputs
        .get(output)
        .map(|o| o.path.clone())
        .unwrap_or_default();
    let message = format!(
        "This object was stopped: {why}. Shorten its values or simplify the rules (`rules.budget`)"
    );
    RowError {
        kind: ErrorKind::Budget,
        message,
        span: Span::default(),
        path,
    }
}

/// A text that people can read in a list of errors.
fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MESSAGE_CHARS_MAX) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn sentence(kind: ErrorKind, text: &str) -> String {
    match kind {
        ErrorKind::OutOfRange => {
            format!(
                "`{text}` has a place, a count or a date that does not exist; test what it takes first (`rules.out_of_range`)"
            )
        }
        ErrorKind::NullReference => {
            format!(
                "`{text}` is absent on this object; use `?.` or test it for null first (`rules.null_reference`)"
            )
        }
        ErrorKind::InvalidOperation => format!(
            "`{text}` has no value to give, or several; give a default, use the `…OrDefault` form or test first (`rules.invalid_operation`)"
        ),
        ErrorKind::Argument => {
            format!("`{text}` got an argument that it cannot take (`rules.argument`)")
        }
        ErrorKind::Format => {
            format!(
                "`{text}` got a text in another form; use `TryParse` or test it first (`rules.format`)"
            )
        }
        ErrorKind::DivideByZero => {
            format!("`{text}` divides by zero; test the divisor first (`rules.divide_by_zero`)")
        }
        ErrorKind::Overflow => {
            format!(
                "the result of `{text}` does not fit its type; use `long` or test the range (`rules.overflow`)"
            )
        }
        ErrorKind::Custom => format!("the rule refused this object at `{text}` (`rules.custom`)"),
        ErrorKind::Budget => format!(
            "`{text}` needs more work than one object may use; shorten its values or simplify the rule (`rules.budget`)"
        ),
    }
}
