//! Entries that an import could not read, as messages of its run.
//!
//! Invariants: each is told once, with the connector's own code and words; above [`SHOWN`] they are counted by code, so
//! that a file of a million bad rows is a page of messages and not a million; the same entry that cannot be read again is
//! the same message.

use std::collections::BTreeMap;

use syncline_model::import::{ImportEntry, ReadError};
use syncline_model::message::{Severity, jobs as told};

use super::{Said, Underway};

/// So many are told one by one.
const SHOWN: usize = 100;

/// What one reading could not read.
#[derive(Debug, Default)]
pub struct ReadErrors {
    shown: Vec<ReadError>,
    /// How many more there are of each code.
    more: BTreeMap<String, u64>,
}

impl ReadErrors {
    /// Takes note of what a page could not read.
    pub fn note(&mut self, entries: &[ImportEntry]) {
        for entry in entries {
            if let ImportEntry::ReadError(error) = entry {
                self.note_one(error);
            }
        }
    }

    /// Takes note of one.
    pub fn note_one(&mut self, error: &ReadError) {
        if self.shown.len() < SHOWN {
            self.shown.push(error.clone());
        } else {
            *self.more.entry(error.code.clone()).or_default() += 1;
        }
    }

    /// Tells them.
    pub fn say(self, underway: &mut Underway) {
        let more = self.more();
        for error in self.shown {
            let topic = topic(&error);
            let said = Said::under(Severity::Warning, &error.code, error.message);
            underway.say(said.about(topic));
        }
        if let Some(text) = more {
            underway.say(Said::of(&told::READ_ERRORS_MORE, text));
        }
    }

    /// What is said of those that are not told one by one.
    fn more(&self) -> Option<String> {
        let all: u64 = self.more.values().sum();
        let of_code = |(code, n): (&String, &u64)| format!("{n} of {code}");
        let by_code: Vec<String> = self.more.iter().map(of_code).collect();
        (all > 0).then(|| {
            format!(
                "{all} more entries could not be read: {}. Correct those that are told first; the next import tells the next.",
                by_code.join(", ")
            )
        })
    }
}

/// Which entry it is: by its id, else by its name, else by what is said of it.
fn topic(error: &ReadError) -> String {
    let anchor = error.anchor.as_ref().map(ToString::to_string);
    let known = anchor.or_else(|| error.dn.clone());
    known.unwrap_or_else(|| error.message.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_model::Anchor;

    fn unreadable(code: &str, line: usize) -> ImportEntry {
        ImportEntry::ReadError(ReadError {
            anchor: None,
            dn: None,
            code: code.into(),
            message: format!("The row on line {line} cannot be read."),
        })
    }

    #[test]
    fn the_first_hundred_are_told_and_the_rest_is_counted_by_code() {
        let mut errors = ReadErrors::default();
        let rows: Vec<ImportEntry> = (0..103).map(|n| unreadable("csv.row_width", n)).collect();
        errors.note(&rows[..60]);
        errors.note(&rows[60..]);
        errors.note(&[unreadable("csv.key_empty", 200)]);

        let more = errors.more().unwrap();

        assert_eq!(errors.shown.len(), SHOWN);
        assert_eq!(errors.shown[0].message, "The row on line 0 cannot be read.");
        let expected = "4 more entries could not be read: 1 of csv.key_empty, 3 of csv.row_width.";
        assert!(more.starts_with(expected), "{more}");
    }

    #[test]
    fn an_entry_is_known_by_its_id_before_its_name_before_what_is_said_of_it() {
        let mut error = ReadError {
            anchor: Some(Anchor::Text("1001".into())),
            dn: Some("CN=Ann".into()),
            code: "import.value_unreadable".into(),
            message: "mail is no list".into(),
        };

        let by_id = topic(&error);
        error.anchor = None;
        let by_name = topic(&error);
        error.dn = None;

        assert_eq!(by_id, Anchor::Text("1001".into()).to_string());
        assert_eq!(by_name, "CN=Ann");
        assert_eq!(topic(&error), "mail is no list");
    }

    #[test]
    fn an_import_that_could_read_everything_says_nothing() {
        let errors = ReadErrors::default();

        assert_eq!((errors.shown.len(), errors.more()), (0, None));
    }
}
