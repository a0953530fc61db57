//! What a person gives for a template's parameters, checked.
//!
//! Invariants: every parameter has a value afterwards, of its own kind; whatever is wrong is said at once, by name;
//! what the template does not ask for is refused.

use std::collections::BTreeMap;

use syncline_model::Dn;

use super::document::{ItemKind, Parameter, ParameterKind, ParameterValue};
use super::splice::Values;

/// Items of a list at most.
const ITEMS_MAX: usize = 100;
/// Characters of a text at most, unless the parameter says otherwise.
const TEXT_MAX: usize = 256;
/// Characters of a distinguished name at most.
const DN_MAX: usize = 1024;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The parameter.
    pub name: String,
    /// Stable word: `required`, `unknown`, `kind`, `length`, `value`.
    pub code: &'static str,
    /// What it takes.
    pub message: String,
}

/// The values of all parameters, or everything that is wrong with them.
pub fn check(
    parameters: &[Parameter],
    given: &BTreeMap<String, ParameterValue>,
) -> Result<Values, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut values = Values::new();
    for name in given.keys() {
        if !parameters.iter().any(|p| p.name == *name) {
            wrong.push(Wrong {
                name: name.clone(),
                code: "unknown",
                message: "The template has no such parameter.".into(),
            });
        }
    }
    for parameter in parameters {
        match value(parameter, given.get(&parameter.name)) {
            Ok(value) => {
                values.insert(parameter.name.clone(), value);
            }
            Err((code, message)) => wrong.push(Wrong {
                name: parameter.name.clone(),
                code,
                message,
            }),
        }
    }
    if wrong.is_empty() {
        Ok(values)
    } else {
        Err(wrong)
    }
}

type Refusal = (&'static str, String);

fn value(parameter: &Parameter, given: Option<&ParameterValue>) -> Result<ParameterValue, Refusal> {
    let value = match given.or(parameter.default.as_ref()) {
        Some(value) => tidy(value),
        None => empty(parameter.kind),
    };
    let is_empty = matches!(&value, ParameterValue::Text(text) if text.is_empty())
        || matches!(&value, ParameterValue::List(items) if items.is_empty());
    match (&value, parameter.kind) {
        (ParameterValue::Flag(_), ParameterKind::Boolean) => {}
        (ParameterValue::Text(_) | ParameterValue::List(_), _) if is_empty => {
            if parameter.required {
                return Err(("required", "It has to be given.".into()));
            }
            return Ok(empty(parameter.kind));
        }
        (ParameterValue::Text(text), kind) => text_of(parameter, kind, text)?,
        (ParameterValue::List(items), ParameterKind::List) => {
            if items.len() > ITEMS_MAX {
                return Err(("length", format!("At most {ITEMS_MAX} items.")));
            }
            for item in items {
                match parameter.items {
                    Some(ItemKind::Domain) => domain(item)?,
                    Some(ItemKind::Text) | None => line(item, 1, TEXT_MAX)?,
                }
            }
        }
        _ => return Err(("kind", takes(parameter.kind).into())),
    }
    Ok(value)
}

fn text_of(parameter: &Parameter, kind: ParameterKind, text: &str) -> Result<(), Refusal> {
    match kind {
        ParameterKind::Text => line(
            text,
            parameter.min_length.unwrap_or(1),
            parameter.max_length.unwrap_or(TEXT_MAX),
        ),
        ParameterKind::Domain => domain(text),
        ParameterKind::Dn => {
            line(text, 1, DN_MAX)?;
            let parsed = text.parse::<Dn>();
            parsed
                .map(|_| ())
                .map_err(|error| ("value", error.to_string()))
        }
        ParameterKind::Choice => {
            if parameter.choices.iter().any(|choice| choice.value == text) {
                return Ok(());
            }
            let known: Vec<&str> = parameter.choices.iter().map(|c| c.value.as_str()).collect();
            Err(("value", format!("It is one of {}.", known.join(", "))))
        }
        ParameterKind::List | ParameterKind::Boolean => Err(("kind", takes(kind).into())),
    }
}

/// Spaces around a value are a slip of the hand.
fn tidy(value: &ParameterValue) -> ParameterValue {
    match value {
        ParameterValue::Flag(flag) => ParameterValue::Flag(*flag),
        ParameterValue::Text(text) => ParameterValue::Text(text.trim().to_owned()),
        ParameterValue::List(items) => {
            let items = items.iter().map(|item| item.trim().to_owned());
            ParameterValue::List(items.filter(|item| !item.is_empty()).collect())
        }
    }
}

/// What a parameter is when nothing is given.
fn empty(kind: ParameterKind) -> ParameterValue {
    match kind {
        ParameterKind::Boolean => ParameterValue::Flag(false),
        ParameterKind::List => ParameterValue::List(Vec::new()),
        _ => ParameterValue::Text(String::new()),
    }
}

const fn takes(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Text | ParameterKind::Choice => "It takes a text.",
        ParameterKind::Domain => "It takes a domain, such as `fabrikam.test`.",
        ParameterKind::Dn => "It takes a distinguished name.",
        ParameterKind::List => "It takes a list of texts.",
        ParameterKind::Boolean => "It takes true or false.",
    }
}

fn line(text: &str, least: usize, most: usize) -> Result<(), Refusal> {
    if text
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
    {
        return Err(("value", "It stands on one line.".into()));
    }
    let length = text.chars().count();
    if length < least || length > most {
        let message = if least == most {
            format!("It has {most} characters.")
        } else {
            format!("It has {least} to {most} characters.")
        };
        return Err(("length", message));
    }
    Ok(())
}

/// A DNS name of at least two labels, as RFC 1123 has them; other alphabets in their `xn--` form.
fn domain(text: &str) -> Result<(), Refusal> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let sound = text.len() <= 253 && text.contains('.') && text.split('.').all(label);
    sound.then_some(()).ok_or_else(|| {
        let message = format!("`{text}` is no domain such as `fabrikam.test`.");
        ("value", message)
    })
}
