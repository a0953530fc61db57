//! The catalogue of messages against the sources: nothing is said that it does not explain, it explains nothing that is not
//! said, and every kind of error is brought about by a test.

mod produced;
mod said;

use std::collections::BTreeSet;

use syncline_model::error::ErrorKind;
use syncline_model::message;

#[test]
fn every_code_that_is_said_is_explained() {
    let explained: BTreeSet<String> = codes();
    let missing: Vec<(String, String)> = said::codes()
        .into_iter()
        .filter(|(code, _)| !explained.contains(code))
        .collect();

    assert_eq!(missing, [], "add them to crates/model/src/message");
}

#[test]
fn every_code_that_is_explained_is_said() {
    let text = said::text();
    let stale: Vec<String> = codes()
        .into_iter()
        .filter(|code| code.contains('.') && !text.contains(&format!("\"{code}\"")))
        .collect();

    assert_eq!(stale, [] as [String; 0], "nobody says this any more");
}

#[test]
fn every_kind_of_error_is_brought_about_by_a_test() {
    let with_test: BTreeSet<&str> = produced::TESTS.iter().map(|(code, ..)| *code).collect();
    for kind in ErrorKind::ALL {
        assert!(
            with_test.contains(kind.code()),
            "no test brings about {kind}"
        );
    }
    for (code, file, test) in produced::TESTS {
        assert!(message::find(code).is_some(), "{code} is no code");
        let text = said::read(file);
        let found =
            text.contains(&format!("fn {test}(")) || text.contains(&format!("\n    {test},"));
        assert!(
            found,
            "{file} has no test {test}, which is to bring about {code}"
        );
    }
}

/// Kinds that the law names otherwise than we (D-71).
#[test]
fn every_kind_of_the_law_is_told_under_a_code_that_exists() {
    let tested: BTreeSet<&str> = produced::TESTS.iter().map(|(code, ..)| *code).collect();
    for (named, told) in produced::TOLD_AS {
        assert!(
            message::find(told).is_some(),
            "{named} is told as {told}, which is no code"
        );
        assert!(
            tested.contains(told),
            "no test brings about {told}, as which {named} is told"
        );
    }
}

fn codes() -> BTreeSet<String> {
    let entries = message::chapters().into_iter().flat_map(|c| c.entries);
    entries.map(|entry| entry.code.to_owned()).collect()
}
