//! The source frame: a diagnostic as text for a terminal.
//!
//! Invariants: one line of source, one line of carets, never more than the terminal is asked for; no colour codes.

use std::fmt::Write as _;

use super::{Diagnostic, Severity};

/// Line and column of a UTF-16 offset, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column, in UTF-16 code units.
    pub column: u32,
}

/// Where a UTF-16 offset is.
pub fn place(source: &str, offset: u32) -> Place {
    let mut place = Place { line: 1, column: 1 };
    let mut at = 0;
    for c in source.chars() {
        if at >= offset {
            break;
        }
        at += c.len_utf16() as u32;
        if c == '\n' {
            place = Place {
                line: place.line + 1,
                column: 1,
            };
        } else {
            place.column += c.len_utf16() as u32;
        }
    }
    place
}

/// The diagnostic with its frame. `name` is what stands before line and column.
pub fn render(name: &str, source: &str, diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let start = place(source, diagnostic.span.from);
    let csharp = diagnostic
        .csharp
        .as_ref()
        .map(|c| format!(", {c}"))
        .unwrap_or_default();
    let mut out = format!(
        "{severity}[{}{csharp}]: {}\n",
        diagnostic.code, diagnostic.message
    );
    let path = if diagnostic.path.is_empty() {
        String::new()
    } else {
        format!(" ({})", diagnostic.path)
    };
    // What is wrong with something that is no text has a path and no frame.
    let mut gutter = String::from(" ");
    if source.is_empty() && !diagnostic.path.is_empty() {
        let _ = writeln!(out, "  --> {name}{path}");
    } else {
        let _ = writeln!(out, "  --> {name}:{}:{}{path}", start.line, start.column);
        gutter = frame(&mut out, source, (start, diagnostic));
    }
    if let Some(note) = &diagnostic.note {
        let _ = writeln!(out, "{gutter} = note: {note}");
    }
    if let Some(fix) = &diagnostic.fix {
        let what = if fix.replacement.is_empty() {
            String::new()
        } else {
            format!(": `{}`", fix.replacement)
        };
        let _ = writeln!(out, "{gutter} = help: {}{what}", fix.title);
    }
    out
}

/// Writes the line with carets; gives what stands before lines that follow.
fn frame(out: &mut String, source: &str, (start, diagnostic): (Place, &Diagnostic)) -> String {
    let line = source.lines().nth(start.line as usize - 1).unwrap_or("");
    let number = start.line.to_string();
    let gutter = " ".repeat(number.len());
    let before: String = line
        .chars()
        .take(columns(line, start.column - 1))
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let length = (diagnostic.span.to - diagnostic.span.from) as usize;
    let rest = line
        .encode_utf16()
        .count()
        .saturating_sub(start.column as usize - 1);
    let carets = "^".repeat(length.min(rest).max(1));
    let _ = writeln!(
        out,
        "{gutter} |\n{number} | {line}\n{gutter} | {before}{carets} {}",
        diagnostic.label
    );
    while out.ends_with(' ') || out.ends_with(" \n") {
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    gutter
}

/// How many characters of the line stand before this UTF-16 column.
fn columns(line: &str, units: u32) -> usize {
    let mut seen = 0;
    line.chars()
        .take_while(|c| {
            let more = seen < units;
            seen += c.len_utf16() as u32;
            more
        })
        .count()
}

#[cfg(test)]
mod tests {
    use syncline_model::rules::Span;

    use super::*;
    use crate::diag::codes;

    #[test]
    fn what_is_no_text_has_a_path_and_no_frame() {
        let diagnostic = Diagnostic::error(codes::CASE_FAILS, Span::default(), "it fails");
        let diagnostic = Diagnostic {
            path: "flows[0].cases[1]".to_owned(),
            ..diagnostic.note("look")
        };

        assert_eq!(
            render("rules.json", "", &diagnostic),
            "error[SL0601]: it fails\n  --> rules.json (flows[0].cases[1])\n  = note: look\n"
        );
    }

    #[test]
    fn the_frame_points_at_the_span() {
        let source = "givenName +\n  mial";
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            Span { from: 14, to: 18 },
            "`mial` is unknown",
        )
        .label("not in the schema")
        .fix("did you mean", Span { from: 14, to: 18 }, "mail");

        let text = render("rule.cs", source, &diagnostic);

        assert_eq!(
            text,
            "error[SL0101, CS0103]: `mial` is unknown\n  --> rule.cs:2:3\n  |\n2 |   mial\n  |   ^^^^ not in the schema\n  = help: did you mean: `mail`\n"
        );
    }
}
