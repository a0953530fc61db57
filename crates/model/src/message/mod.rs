//! The catalogue of messages: every code that the message log may show, with what it means and what to do.
//!
//! Invariants: every error kind and every run status has an entry; a code has one entry and is never used for another
//! meaning; an entry names no object and no value, those stand in the text of the message itself. `docs/messages.md` is
//! written from here ([`page`]).

mod agents;
mod directories;
mod exports;
mod imports;
pub mod jobs;
pub mod notifications;
mod objects;
mod page;
mod runs;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::objects::of_kind;
pub use self::page::page;
pub use self::runs::of_status;
use crate::error::{ErrorClass, ErrorKind};

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// For the record.
    Info,
    /// Look at it when there is time.
    Warning,
    /// Something did not happen that should have.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// What one code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The stable code.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Who must act; decides when it is tried again.
    pub class: ErrorClass,
    /// What happened, in a sentence.
    pub what: &'static str,
    /// What to do, in a sentence.
    pub to_do: &'static str,
}

const fn entry(
    code: &'static str,
    severity: Severity,
    class: ErrorClass,
    what: &'static str,
    to_do: &'static str,
) -> Entry {
    Entry {
        code,
        severity,
        class,
        what,
        to_do,
    }
}

/// An entry of a connector's own code, as a fault of this kind.
const fn fault(
    code: &'static str,
    kind: ErrorKind,
    what: &'static str,
    to_do: &'static str,
) -> Entry {
    let class = kind.class();
    entry(code, severity_of(class), class, what, to_do)
}

/// What passes by itself is a warning.
const fn severity_of(class: ErrorClass) -> Severity {
    match class {
        ErrorClass::Transient => Severity::Warning,
        _ => Severity::Error,
    }
}

/// The entries of one chapter of the documentation.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// Its title.
    pub title: &'static str,
    /// What its codes have in common.
    pub about: &'static str,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// All entries, by chapter.
pub fn chapters() -> Vec<Chapter> {
    let chapter = |title, about, entries| Chapter {
        title,
        about,
        entries,
    };
    vec![
        chapter(
            "Objects",
            "What is wrong with one object, whatever directory it lives in. The text of a refusal ends with the \
             connector's own code, which stands in one of the chapters below.",
            ErrorKind::ALL.iter().map(|kind| of_kind(*kind)).collect(),
        ),
        chapter(
            "Runs",
            "How a run ended. Only those that did not run to their end are in the log.",
            runs::all(),
        ),
        chapter(
            "Jobs",
            "What runs say of a directory or a profile as a whole.",
            jobs::ALL.to_vec(),
        ),
        chapter(
            "Connections",
            "Why a directory could not be reached or did not let us in.",
            directories::ALL.to_vec(),
        ),
        chapter(
            "Imports",
            "Why something could not be read.",
            imports::ALL.to_vec(),
        ),
        chapter(
            "Exports",
            "Why a directory refused an operation.",
            exports::ALL.to_vec(),
        ),
        chapter(
            "Agents and Entra Connect",
            "What an agent says of its host.",
            agents::ALL.to_vec(),
        ),
        chapter(
            "Notifications",
            "What could not be told to somebody. A receiver is told of it by the others.",
            notifications::ALL.to_vec(),
        ),
    ]
}

/// The entry of a code; `None` for one of another release.
pub fn find(code: &str) -> Option<Entry> {
    let mut all = chapters().into_iter().flat_map(|chapter| chapter.entries);
    all.find(|entry| entry.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> Vec<Entry> {
        chapters().into_iter().flat_map(|c| c.entries).collect()
    }

    #[test]
    fn a_code_has_one_entry() {
        let mut seen = BTreeSet::new();

        for entry in all() {
            assert!(seen.insert(entry.code), "{} is there twice", entry.code);
        }
    }

    #[test]
    fn every_entry_says_in_sentences_what_happened_and_what_to_do() {
        for entry in all() {
            for sentence in [entry.what, entry.to_do] {
                let starts = sentence.chars().next().is_some_and(char::is_uppercase);
                assert!(starts, "{}: \"{sentence}\"", entry.code);
                assert!(sentence.ends_with('.'), "{}: \"{sentence}\"", entry.code);
            }
        }
    }

    #[test]
    fn a_code_of_another_release_has_no_entry() {
        assert_eq!(find("export.from_the_future"), None);
        assert_eq!(find("rule-error").unwrap().class, ErrorClass::Config);
    }
}
