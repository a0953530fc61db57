//! What somebody who writes a rule waits for: findings, completion, hover and signature help.

use std::collections::BTreeMap;
use std::hint::black_box;

use anyhow::{Context as _, ensure};
use syncline_model::rules::{AttrType, Dialect, RuleType};
use syncline_rules::request::ExprSource;
use syncline_rules::service::{self, At, Knowledge};

use crate::clock::timed;
use crate::report::{Figure, Required};

/// The longest source of an expression.
const LONGEST: usize = 32_768;
/// A usual expression.
const USUAL: &str =
    r#"string.IsNullOrWhiteSpace(mail) ? givenName + "." + sn : mail.Trim().ToLower()"#;
/// What the longest sources repeat.
const LINE: &str = "if (mail?.Trim().ToLower() == \"a\" && attribute3 != null) { return mail.Split('@')[0].Substring(1) + attribute7 + $\"{mail} x\"; }\n";
const ROUNDS: usize = 30;
/// The checker of deep sources needs the stack that the product gives it.
const STACK: usize = 64 << 20;

/// Findings of the longest source, with and without mistakes, and of a usual one; completion, hover, signature help.
pub fn figures() -> anyhow::Result<Vec<Figure>> {
    let measured = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(measured)?;
    measured
        .join()
        .ok()
        .context("the thread of the editor's figures ended")?
}

fn measured() -> anyhow::Result<Vec<Figure>> {
    let knowledge = Knowledge::new(schema(), BTreeMap::new());
    let lines = |end: &str| {
        let count = (LONGEST - end.len()) / LINE.len();
        LINE.repeat(count) + end
    };
    let (whole, wrong) = (
        lines("return mail;"),
        lines("return (mail.Trim(.Foo(mail.Sub"),
    );
    let wrong = wrong.replacen("attribute7", "atribute7", 20);
    let completed = lines("return mail.Sub");
    let at = At {
        text: &completed,
        dialect: Dialect::Csharp,
        at: completed.len() as u32,
    };

    let found = |text: &str| service::diagnostics(&knowledge, &ExprSource::Text(text.to_owned()));
    let errors = |text: &str| found(text).iter().filter(|one| one.is_error()).count();
    ensure!(
        errors(USUAL) == 0 && errors(&whole) == 0,
        "{:?}",
        found(&whole).first()
    );
    ensure!(errors(&wrong) > 20, "the mistakes were found");
    let items = service::complete(&knowledge, at).items;
    ensure!(
        items.iter().any(|item| item.label == "Substring"),
        "Substring is offered"
    );
    let ms = |work: &dyn Fn()| {
        let rounds = (0..ROUNDS).map(|_| timed(work).1);
        rounds.min().unwrap_or_default() as f64 / 1e6
    };
    Ok(vec![
        Figure::held(
            "findings of 32 KiB of source",
            "ms",
            ms(&|| drop(black_box(found(&whole)))),
            Required::Scaled(10.0),
        ),
        Figure::held(
            "findings of 32 KiB of source with mistakes",
            "ms",
            ms(&|| drop(black_box(found(&wrong)))),
            Required::Scaled(10.0),
        ),
        Figure::held(
            "findings of a usual expression",
            "ms",
            ms(&|| drop(black_box(found(USUAL)))),
            Required::Scaled(1.0),
        ),
        Figure::told(
            "completion in 32 KiB of source",
            "ms",
            ms(&|| drop(black_box(service::complete(&knowledge, at)))),
        ),
        Figure::told(
            "hover in 32 KiB of source",
            "ms",
            ms(&|| drop(black_box(service::hover(&knowledge, at)))),
        ),
        Figure::told(
            "signature help in 32 KiB of source",
            "ms",
            ms(&|| drop(black_box(service::signature(&knowledge, at)))),
        ),
    ])
}

/// A large schema, with the names that the sources read.
fn schema() -> BTreeMap<String, AttrType> {
    let names = (0..500).map(|number| format!("attribute{number}"));
    let named = ["mail", "givenName", "sn"].map(str::to_owned);
    let text = |name| (name, AttrType::optional(RuleType::String));
    names.chain(named).map(text).collect()
}
