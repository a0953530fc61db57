//! From the header of a column to the name of an attribute.
//!
//! Invariants: a safe name can be written in a rule as it stands; the same header always gives the same name.

use crate::text::nfc;

/// Whether rules can name this attribute as it stands: a letter or `_`, then letters, digits and `_`.
pub fn is_attr_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// The name that a header gets: letters, digits and `_` stay, everything else ends a word, and the next word
/// begins with a capital. A name that would begin with a digit, or be empty, is put behind `column`.
///
/// `Employee ID` becomes `EmployeeID`, `cost-center` becomes `costCenter`, `2nd phone` becomes `column2ndPhone`.
pub fn safe_attr_name(header: &str) -> String {
    let mut name = String::with_capacity(header.len());
    let mut word_ended = false;
    for c in nfc(header).chars() {
        if !(c.is_alphanumeric() || c == '_') {
            word_ended = true;
        } else if word_ended && !name.is_empty() {
            name.extend(c.to_uppercase());
            word_ended = false;
        } else {
            name.push(c);
            word_ended = false;
        }
    }
    if is_attr_name(&name) {
        name
    } else {
        format!("column{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_become_names_that_rules_can_write() {
        for (header, name) in [
            ("WorkerID", "WorkerID"),
            ("Employee ID", "EmployeeID"),
            ("cost-center", "costCenter"),
            (" Straße / Nr. ", "StraßeNr"),
            ("2nd phone", "column2ndPhone"),
            ("e_mail", "e_mail"),
            ("%", "column"),
            ("", "column"),
            ("Cafe\u{301}", "Café"),
        ] {
            let safe = safe_attr_name(header);

            assert_eq!(safe, name, "{header}");
            assert!(is_attr_name(&safe), "{header}");
        }
    }
}
