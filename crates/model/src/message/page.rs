//! `docs/messages.md`, written from the catalogue.

use std::fmt::Write as _;

use super::{Chapter, Entry, chapters};
use crate::error::ErrorClass;

const HEAD: &str = "# Messages

Written by `cargo xtask messages` from the catalogue in \
`crates/model/src/message`; change that, not this file.

The message log holds one entry for the same thing said again: of the same object, or of the same directory or profile. \
It counts how often, and when first and last. An entry ends when its cause is gone, and stays visible for 30 days. Each \
has a code, which never changes its meaning; this page says what each of them means, and what to do.

## Who must act, and when it is tried again

| Class | Who must act | Tried again |
| --- | --- | --- |
";

const CLASSES: [(ErrorClass, &str, &str); 7] = [
    (ErrorClass::Transient, "transient", "Nobody."),
    (ErrorClass::Data, "data", "The owner of the data."),
    (
        ErrorClass::Config,
        "config",
        "The author of the configuration.",
    ),
    (
        ErrorClass::Permission,
        "permission",
        "The owner of the credentials.",
    ),
    (ErrorClass::Guard, "guard", "An approver."),
    (
        ErrorClass::Conflict,
        "conflict",
        "The owner of the data: the directory says otherwise than we.",
    ),
    (ErrorClass::Engine, "engine", "Us."),
];

/// The page.
pub fn page() -> String {
    let mut text = HEAD.to_owned();
    for (class, _, who) in CLASSES {
        let retry = class.retry().sentence();
        let _ = writeln!(text, "| {} | {who} | {retry} |", name(class));
    }
    for Chapter {
        title,
        about,
        entries,
    } in chapters()
    {
        let _ = write!(
            text,
            "\n## {title}\n\n{about}\n\n| Code | Severity | Class | What happened | What to do |\n| --- | --- | --- | --- | --- |\n"
        );
        for entry in entries {
            row(&mut text, &entry);
        }
    }
    text
}

fn row(text: &mut String, entry: &Entry) {
    let _ = writeln!(
        text,
        "| `{}` | {} | {} | {} | {} |",
        entry.code,
        entry.severity,
        name(entry.class),
        entry.what,
        entry.to_do
    );
}

fn name(class: ErrorClass) -> &'static str {
    let named = CLASSES.iter().find(|(known, ..)| *known == class);
    named.map_or("", |(_, name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_page_is_what_the_catalogue_says() {
        assert!(
            page() == include_str!("../../../../docs/messages.md"),
            "run `cargo xtask messages` and commit docs/messages.md"
        );
    }

    #[test]
    fn every_class_has_a_name() {
        for entry in chapters().into_iter().flat_map(|c| c.entries) {
            assert_ne!(name(entry.class), "", "{}", entry.code);
        }
    }
}
