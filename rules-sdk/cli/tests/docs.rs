//! The documents about rules: the reference is written from the library, and every example of the guides holds.

#[path = "common/ask.rs"]
mod ask;
#[path = "common/guides.rs"]
mod guides;

use ask::answer;
use guides::{docs, guides};
use serde_json::{Value as Json, json};
use syncline_rules_cli::eval::Evaluator;

#[test]
fn the_reference_is_what_the_library_says() {
    let committed = std::fs::read_to_string(docs().join("rules-reference.md")).unwrap();

    assert!(
        committed == syncline_rules::reference::markdown(),
        "run `syncline-rules reference > docs/rules-reference.md` and commit it"
    );
}

#[test]
fn every_example_of_the_guides_holds() {
    let evaluator = Evaluator::new().unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for block in guides() {
        for (object, gives) in block.said {
            count += 1;
            let asked = json!({"dialect": block.dialect, "expr": block.expr, "input": object});
            let found = evaluator.line(&asked.to_string()).answer;
            let found = match found.get("code").and_then(Json::as_str) {
                Some(code) => json!(format!("refused {code}")),
                None => answer(&evaluator, (&block.dialect, &block.expr), &object),
            };
            if found != gives {
                wrong.push(format!(
                    "{}: {object} gives {found}, not {gives}",
                    block.place
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 50, "{count} examples");
}
