//! Formatting: every expression that this repository knows, as an editor asks for it.
//!
//! Invariants: formatting a formatted text changes nothing; the meaning of what can be checked stays the same; a sound
//! text stays as it is only where something that is written in it means nothing and would be lost.

#[allow(
    clippy::disallowed_methods,
    reason = "the guides are files; the library itself reads none"
)]
#[path = "../../cli/tests/common/guides.rs"]
mod guides;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use syncline_model::rules::{AttrType, Dialect, RuleType};
use syncline_rules::object::declare;
use syncline_rules::part::{CheckedPart, check_expression};
use syncline_rules::printer::fmt;
use syncline_rules::request::ExprSource;
use syncline_rules::service::{Formatted, format};
use syncline_rules::{Env, stdlib, values};

struct Example {
    expr: String,
    dialect: Dialect,
    env: Env,
}

impl Example {
    fn new(
        expr: &str,
        dialect: Dialect,
        attributes: impl IntoIterator<Item = (String, AttrType)>,
    ) -> Self {
        let mut env = Env::default();
        for (name, attr) in attributes {
            declare(&mut env, &name, attr);
        }
        let expr = expr.to_owned();
        Self { expr, dialect, env }
    }

    /// With the types that the values of an object have.
    fn of_object(expr: &str, dialect: Dialect, object: &BTreeMap<String, Json>) -> Self {
        let typed = object.iter().map(|(name, value)| {
            let attr = values::infer(value).unwrap();
            (name.clone(), attr)
        });
        Self::new(expr, dialect, typed)
    }

    fn formatted(&self, expr: &str) -> Option<String> {
        match format(&source(expr, self.dialect))? {
            Formatted::Text(text) => Some(text),
            Formatted::Rule(rule) => panic!("a text became a tree: {rule}"),
        }
    }

    fn checked(&self, expr: &str) -> CheckedPart {
        check_expression(&self.env, &source(expr, self.dialect))
    }
}

fn source(expr: &str, dialect: Dialect) -> ExprSource {
    let expr = expr.to_owned();
    ExprSource::Expr { expr, dialect }
}

/// The examples of the library.
fn of_the_library() -> Vec<Example> {
    let examples = stdlib::entries().flat_map(|entry| {
        entry.examples.iter().map(|example| {
            let object = serde_json::from_str(example.input).unwrap();
            Example::of_object(example.expr, entry.dialect(), &object)
        })
    });
    examples.collect()
}

/// What the guides say is not refused.
fn of_the_guides() -> Vec<Example> {
    let mut all = Vec::new();
    for block in guides::guides() {
        let dialect = match block.dialect.as_str() {
            "entra" => Dialect::Entra,
            _ => Dialect::Csharp,
        };
        for (object, _) in block.said {
            let object = serde_json::from_value(object).unwrap();
            all.push(Example::of_object(&block.expr, dialect, &object));
        }
    }
    all
}

/// What mono was asked.
fn of_the_oracle() -> Vec<Example> {
    let mut all = Vec::new();
    let mut table = Json::Null;
    for line in include_str!("../../cli/tests/golden/csharp.jsonl").lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        let Some(expr) = line["expr"].as_str() else {
            table = line;
            continue;
        };
        let expr = match table["prelude"].as_str().unwrap() {
            "" => expr.to_owned(),
            prelude => format!("{{ {prelude} return {expr}; }}"),
        };
        let columns = table["columns"].as_array().unwrap().iter().map(|column| {
            let name = column[0].as_str().unwrap().to_owned();
            (name, values::schema_type(&column[1]).unwrap())
        });
        all.push(Example::new(&expr, Dialect::Csharp, columns));
    }
    all
}

/// An exported configuration of Entra Connect.
fn of_the_vendor() -> Vec<Example> {
    let expressions = include_str!("entra-connect/expressions.json");
    let expressions: Vec<Json> = serde_json::from_str(expressions).unwrap();
    let example = |of: &Json| {
        let reads = of["reads"].as_object().unwrap().iter();
        let typed = reads.map(|(name, ty)| (name.clone(), values::schema_type(ty).unwrap()));
        let mut example = Example::new(of["expr"].as_str().unwrap(), Dialect::Entra, typed);
        for name in of["parameters"].as_array().unwrap() {
            let text = AttrType::required(RuleType::String);
            let name = name.as_str().unwrap().to_owned();
            example.env.parameters.insert(name, text);
        }
        example
    };
    expressions.iter().map(example).collect()
}

/// How many sound texts were formatted, and which of them stay as they are.
fn held(examples: &[Example]) -> (usize, Vec<&str>) {
    let (mut formatted, mut left) = (0, Vec::new());
    for example in examples {
        let before = example.checked(&example.expr);
        let Some(text) = example.formatted(&example.expr) else {
            left.extend(before.ok().then_some(example.expr.as_str()));
            continue;
        };
        assert_eq!(example.formatted(&text), Some(text.clone()));
        let after = example.checked(&text);
        assert_eq!(before.ok(), after.ok(), "{}\n{text}", example.expr);
        if before.ok() {
            formatted += 1;
            let (before, after) = (before.meaning(), after.meaning());
            assert_eq!(before, after, "{}\n{text}", example.expr);
        }
    }
    (formatted, left)
}

#[test]
fn formatting_keeps_the_meaning_of_every_example_of_the_library() {
    let examples = of_the_library();

    let (formatted, left) = held(&examples);

    assert!(formatted > 600, "{formatted}");
    let groups =
        r#"Regex.Match("1-2", @"(\d)-(\d)").Groups.Cast<Group>().Skip(1).Select(g => g.Value)"#;
    assert_eq!(left, [groups]);
}

#[test]
fn formatting_keeps_the_meaning_of_every_example_of_the_guides() {
    let examples = of_the_guides();

    let (formatted, left) = held(&examples);

    assert!(formatted > 100, "{formatted}");
    assert_eq!(left, Vec::<&str>::new());
}

#[test]
fn formatting_keeps_the_meaning_of_everything_that_mono_was_asked() {
    let examples = of_the_oracle();

    let (formatted, left) = held(&examples);

    assert!(formatted > 1500, "{formatted}");
    let names_a_type = |text: &&str| {
        ["<string>()", "<int>()", "<Match>()"]
            .iter()
            .any(|ty| text.contains(ty))
    };
    assert!(left.iter().all(names_a_type), "{left:?}");
}

#[test]
fn formatting_keeps_the_meaning_of_the_vendors_rules() {
    let examples = of_the_vendor();

    let (formatted, left) = held(&examples);

    assert_eq!(formatted, 86);
    assert_eq!(left, Vec::<&str>::new());
}

#[test]
fn a_tree_of_formatted_texts_is_the_formatted_tree() {
    for example in of_the_vendor().iter().chain(&of_the_library()) {
        let Some(text) = example.formatted(&example.expr) else {
            continue;
        };
        let tree = |expr: &str| json!({ "if": "1  ==1", "then": { "expr": expr, "dialect": example.dialect } });
        let rule = tree(&example.expr);

        let formatted = format(&ExprSource::Rule {
            rule,
            dialect: Dialect::Csharp,
        });

        let mut expected = tree(&text);
        expected["if"] = json!("1 == 1");
        assert_eq!(formatted, Some(Formatted::Rule(expected)));
    }
}

#[test]
fn a_text_as_deep_and_as_long_as_there_may_be_is_formatted() {
    let deep = |inner: &str| format!("{}{inner}{}", "- (".repeat(30), ")".repeat(30));
    let chain = format!("sn{}", ".Trim( )".repeat(55));
    let long = format!("[{}\"\"]", "\"a\",".repeat(6_000));

    for expr in [deep("n"), chain, long] {
        let example = Example::new(&expr, Dialect::Csharp, []);

        let text = example.formatted(&expr).unwrap();

        assert_eq!(example.formatted(&text), Some(text));
    }
}

#[test]
fn a_text_that_would_become_too_long_stays_as_it_is() {
    let expr = format!("[{}\"\"]", "\"a\",".repeat(8_000));

    let example = Example::new(&expr, Dialect::Csharp, []);

    assert!(example.checked(&expr).ok());
    assert_eq!(example.formatted(&expr), None);
    let found = fmt::text(&expr, Dialect::Csharp).unwrap_err();
    assert!(
        found[0]
            .message
            .starts_with("formatted it would have 40004 bytes"),
        "{found:?}"
    );
}

/// The formatted text, which formatting changes no more.
fn stable(expr: &str) -> Option<String> {
    let example = Example::new(expr, Dialect::Csharp, []);
    let text = example.formatted(expr)?;
    assert_eq!(example.formatted(&text).as_ref(), Some(&text));
    Some(text)
}

#[test]
fn comments_stay_where_they_stood() {
    let cases = [
        ("// why\n  mail", "// why\nmail"),
        ("/* why */ a+b", "/* why */\na + b"),
        (
            "// one\n\n  /* two\n  lines */\na",
            "// one\n/* two\n  lines */\na",
        ),
        ("mail  ;   // why  ", "mail // why"),
        ("mail\n// why", "mail\n// why"),
        ("\u{feff}mail", "mail"),
        ("a /*/ b */", "a /*/ b */"),
        (
            "// first\nif(a){ // then\n  // inner\n    return 1; /* one */\n}\n// last\nreturn 2; // two\n// end",
            "// first\nif (a) { // then\n    // inner\n    return 1; /* one */\n}\n// last\nreturn 2; // two\n// end",
        ),
        (
            "var a=@\"x\ny\"; // text\nreturn a;",
            "var a = @\"x\ny\"; // text\nreturn a;",
        ),
    ];
    for (expr, expected) in cases {
        assert_eq!(stable(expr).as_deref(), Some(expected), "{expr}");
    }
}

#[test]
fn a_comment_that_has_no_place_leaves_the_text_as_it_is() {
    let texts = [
        "a + /* why */ b",
        "a // why\n + b",
        "a +\n // why\n b",
        "if (a) { return 1;\n// why\n}\nreturn 2;",
        "if (a) { return 1; } // why\nreturn 2;",
        "if (a) { return 1; }\n// why\nelse { return 2; }",
        "f( // one\n) // two",
        "f( // one\n); /* two */ // three",
    ];
    for expr in texts {
        assert_eq!(stable(expr), None, "{expr}");
        let found = fmt::text(expr, Dialect::Csharp).unwrap_err();
        let comment = "formatting would lose this comment; ";
        assert!(found[0].message.starts_with(comment), "{expr}\n{found:?}");
    }
}

#[test]
fn comments_anywhere_are_kept_or_leave_the_text_as_it_is() {
    let mut examples = of_the_oracle();
    examples.extend(of_the_guides());
    let mut kept = 0;
    for (nth, example) in examples.iter_mut().enumerate() {
        let comment = ["/*§*/", "// §\n", "\n// §\n", "\n/*§\n§*/\n"][nth % 4];
        let places: Vec<usize> = (example.expr.char_indices())
            .filter(|(_, c)| matches!(c, ' ' | '\n' | '(' | '}'))
            .map(|(at, c)| at + c.len_utf8())
            .chain([0, example.expr.len()])
            .collect();
        let place = places[nth % places.len()];
        example.expr.insert_str(place, comment);
        if let Some(text) = example.formatted(&example.expr) {
            let count = |text: &str| text.matches('§').count();
            assert_eq!(count(&text), count(&example.expr), "{}", example.expr);
            kept += 1;
        }
    }

    let (formatted, _) = held(&examples);

    assert!(
        kept > 300 && formatted > 300 && formatted < examples.len(),
        "{kept} {formatted}"
    );
}
