//! A second evaluator, written from the grammar, against the first one: random filters over random objects.
//!
//! Invariant: nothing here uses the simulator's filter tree; a filter is text to the one under test, and a tree
//! of its own to the other.

use crate::{dice::Dice, query};
use serde_json::{Map, Value, json};

/// A filter, as the grammar has it.
#[derive(Debug)]
enum Asked {
    Is(&'static str, &'static str, Value),
    Text(&'static str, &'static str, String),
    In(&'static str, Vec<Value>),
    Any(&'static str, &'static str, String),
    AnyAtAll(&'static str),
    And(Box<Asked>, Box<Asked>),
    Or(Box<Asked>, Box<Asked>),
    Not(Box<Asked>),
}

const TEXTS: [&str; 4] = [
    "displayName",
    "surname",
    "jobTitle",
    "onPremisesExtensionAttributes/extensionAttribute1",
];
const FLAGS: [&str; 2] = ["accountEnabled", "onPremisesSyncEnabled"];
const LISTS: [&str; 2] = ["otherMails", "proxyAddresses"];
const WORDS: [&str; 10] = [
    "Ada",
    "ada",
    "Ada Byron",
    "byron",
    "O'Neil",
    "it''s",
    "",
    "a,b (c)",
    "eq",
    "Größe",
];

fn one_of<T: Copy>(dice: &mut Dice, list: &[T]) -> T {
    list[dice.below(list.len())]
}

/// A word, or a piece of one, so that parts match too.
fn word(dice: &mut Dice) -> String {
    let word = one_of(dice, &WORDS);
    let length = word.chars().count();
    match dice.below(4) {
        0 => word.chars().take(dice.below(length + 1)).collect(),
        1 => word.chars().skip(dice.below(length + 1)).collect(),
        _ => word.to_owned(),
    }
}

fn text_or_nothing(dice: &mut Dice) -> Value {
    match dice.below(5) {
        0 => Value::Null,
        _ => word(dice).into(),
    }
}

fn filter(dice: &mut Dice, depth: usize) -> Asked {
    let inner = |dice: &mut Dice| Box::new(filter(dice, depth - 1));
    match if depth == 0 {
        3 + dice.below(6)
    } else {
        dice.below(9)
    } {
        0 => Asked::And(inner(dice), inner(dice)),
        1 => Asked::Or(inner(dice), inner(dice)),
        2 => Asked::Not(inner(dice)),
        3 => Asked::Is(
            one_of(dice, &TEXTS),
            one_of(dice, &["eq", "ne"]),
            text_or_nothing(dice),
        ),
        4 => {
            let value = [json!(true), json!(false), Value::Null][dice.below(3)].clone();
            Asked::Is(one_of(dice, &FLAGS), one_of(dice, &["eq", "ne"]), value)
        }
        5 | 6 => {
            let function = one_of(dice, &["startswith", "endswith", "startsWith", "endsWith"]);
            Asked::Text(function, one_of(dice, &TEXTS), word(dice))
        }
        7 => {
            let count = 1 + dice.below(3);
            let values = (0..count).map(|_| text_or_nothing(dice)).collect();
            Asked::In(one_of(dice, &TEXTS), values)
        }
        _ if dice.below(5) == 0 => Asked::AnyAtAll(one_of(dice, &LISTS)),
        _ => {
            let how = one_of(dice, &["eq", "startswith", "endswith"]);
            Asked::Any(one_of(dice, &LISTS), how, word(dice))
        }
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        other => other.to_string(),
    }
}

/// The filter as a client writes it.
fn written(asked: &Asked) -> String {
    let quoted = |text: &str| literal(&Value::from(text));
    match asked {
        Asked::Is(path, operator, value) => format!("{path} {operator} {}", literal(value)),
        Asked::Text(function, path, text) => format!("{function}({path},{})", quoted(text)),
        Asked::In(path, values) => {
            let values: Vec<String> = values.iter().map(literal).collect();
            format!("{path} in ({})", values.join(", "))
        }
        Asked::Any(path, "eq", text) => format!("{path}/any(x:x eq {})", quoted(text)),
        Asked::Any(path, how, text) => format!("{path}/any(x:{how}(x,{}))", quoted(text)),
        Asked::AnyAtAll(path) => format!("{path}/any()"),
        Asked::And(left, right) => format!("({} and {})", written(left), written(right)),
        Asked::Or(left, right) => format!("({} or {})", written(left), written(right)),
        Asked::Not(inner) => format!("not ({})", written(inner)),
    }
}

fn find<'a>(object: &'a Value, path: &str) -> &'a Value {
    path.split('/').fold(object, |value, name| &value[name])
}

/// Texts compare without case; nothing equals nothing, and nothing else.
fn equal(left: &Value, right: &Value) -> bool {
    match (left.as_str(), right.as_str()) {
        (Some(left), Some(right)) => left.to_lowercase() == right.to_lowercase(),
        _ => left == right,
    }
}

fn applies(function: &str, value: &Value, text: &str) -> bool {
    let (Some(value), text) = (value.as_str().map(str::to_lowercase), text.to_lowercase()) else {
        return false;
    };
    match function.to_lowercase().as_str() {
        "startswith" => value.strip_prefix(&text).is_some(),
        "endswith" => value.strip_suffix(&text).is_some(),
        _ => value == text,
    }
}

fn holds(asked: &Asked, object: &Value) -> bool {
    match asked {
        Asked::Is(path, "eq", value) => equal(find(object, path), value),
        Asked::Is(path, _, value) => !equal(find(object, path), value),
        Asked::Text(function, path, text) => applies(function, find(object, path), text),
        Asked::In(path, values) => values.iter().any(|value| equal(find(object, path), value)),
        Asked::Any(path, how, text) => {
            let values = find(object, path).as_array().into_iter().flatten();
            values.into_iter().any(|value| applies(how, value, text))
        }
        Asked::AnyAtAll(path) => find(object, path)
            .as_array()
            .is_some_and(|all| !all.is_empty()),
        Asked::And(left, right) => holds(left, object) && holds(right, object),
        Asked::Or(left, right) => holds(left, object) || holds(right, object),
        Asked::Not(inner) => !holds(inner, object),
    }
}

fn object(dice: &mut Dice) -> Value {
    let mut object = json!({});
    for path in TEXTS {
        // Some are null, some are not there at all.
        if dice.below(6) == 0 {
            continue;
        }
        let value = text_or_nothing(dice);
        match path.split_once('/') {
            Some((outer, inner)) => object[outer] = json!({ inner: value }),
            None => object[path] = value,
        }
    }
    for path in FLAGS {
        match dice.below(4) {
            0 => {}
            1 => object[path] = Value::Null,
            other => object[path] = json!(other == 2),
        }
    }
    for path in LISTS {
        let count = dice.below(4);
        if count < 3 {
            let values: Vec<String> = (0..count).map(|_| word(dice)).collect();
            object[path] = json!(values);
        }
    }
    object
}

#[test]
fn both_evaluators_say_the_same_of_random_filters_and_objects() {
    let mut dice = Dice::new(11, "filters");
    let objects: Vec<Value> = (0..20).map(|_| object(&mut dice)).collect();
    let (mut held, mut missed) = (0, 0);
    for _ in 0..3_000 {
        let asked = filter(&mut dice, 3);
        let text = written(&asked);

        let read = query::parse(&text).unwrap_or_else(|why| panic!("{text}: {why}"));
        let again = query::parse(&read.to_string()).unwrap();

        assert_eq!(read, again, "{text}");
        for object in &objects {
            let expected = holds(&asked, object);
            let properties: &Map<String, Value> = object.as_object().unwrap();
            assert_eq!(
                query::matches(&read, properties),
                expected,
                "{text} of {object}"
            );
            *(if expected { &mut held } else { &mut missed }) += 1;
        }
    }
    // A differential that always says the same would prove nothing.
    assert!(held > 15_000 && missed > 15_000, "{held} {missed}");
}
