//! Entries that an import could not read, as messages of its run.
//!
//! Invariants: each is told once, with the connector's own code and words; above [`SHOWN`] they are counted by code, so
//! that a file of a million bad rows is a page of messages and not a million.

use std::collections::BTreeMap;

use syncline_model::import::{ImportEntry, ReadError};
use syncline_store::tenant::Severity;

use super::Underway;

/// So many are told one by one.
const SHOWN: usize = 100;

/// What one reading could not read.
#[derive(Debug, Default)]
pub struct ReadErrors {
    shown: Vec<(String, String)>,
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
    pub fn note_one(&mut self, ReadError { code, message, .. }: &ReadError) {
        if self.shown.len() < SHOWN {
            self.shown.push((code.clone(), message.clone()));
        } else {
            *self.more.entry(code.clone()).or_default() += 1;
        }
    }

    /// Tells them.
    pub fn say(self, underway: &mut Underway) {
        for (code, text) in self.messages() {
            underway.say(Severity::Warning, &code, text);
        }
    }

    fn messages(self) -> Vec<(String, String)> {
        let mut messages = self.shown;
        if !self.more.is_empty() {
            let all: u64 = self.more.values().sum();
            let of_code = |(code, n): (&String, &u64)| format!("{n} of {code}");
            let by_code: Vec<String> = self.more.iter().map(of_code).collect();
            let text = format!(
                "{all} more entries could not be read: {}. Correct those that are told first; the next import tells the next.",
                by_code.join(", ")
            );
            messages.push(("import.read_errors_more".into(), text));
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

        let messages = errors.messages();

        assert_eq!(messages.len(), SHOWN + 1);
        assert_eq!(messages[0].1, "The row on line 0 cannot be read.");
        let (code, text) = messages.last().unwrap();
        assert_eq!(code, "import.read_errors_more");
        let expected = "4 more entries could not be read: 1 of csv.key_empty, 3 of csv.row_width.";
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn an_import_that_could_read_everything_says_nothing() {
        assert_eq!(ReadErrors::default().messages(), []);
    }
}
