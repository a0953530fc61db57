//! Whether an object satisfies a filter. Texts are compared without case, as the directory does.

use super::filter::{Comparison, Filter, Function, Literal};
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// Whether these properties satisfy a filter.
pub(crate) fn matches(filter: &Filter, properties: &Map<String, Value>) -> bool {
    Scope {
        properties,
        variable: None,
    }
    .matches(filter)
}

/// The object, and inside `any` the value that the variable stands for.
struct Scope<'a> {
    properties: &'a Map<String, Value>,
    variable: Option<(&'a str, &'a Value)>,
}

impl<'a> Scope<'a> {
    fn matches(&self, filter: &Filter) -> bool {
        match filter {
            Filter::Compare {
                path,
                comparison,
                literal,
            } => compare(self.value(path), *comparison, literal),
            Filter::Call {
                function,
                path,
                text,
            } => self
                .value(path)
                .and_then(Value::as_str)
                .is_some_and(|value| call(*function, value, text)),
            Filter::In { path, literals } => {
                let value = self.value(path);
                let is_equal = |literal| compare(value, Comparison::Equal, literal);
                literals.iter().any(is_equal)
            }
            Filter::Any { path, inner } => {
                let values = self.value(path).and_then(Value::as_array);
                let Some((variable, inner)) = inner else {
                    return values.is_some_and(|values| !values.is_empty());
                };
                values.into_iter().flatten().any(|value| {
                    let scope = Scope {
                        properties: self.properties,
                        variable: Some((variable, value)),
                    };
                    scope.matches(inner)
                })
            }
            Filter::And(left, right) => self.matches(left) && self.matches(right),
            Filter::Or(left, right) => self.matches(left) || self.matches(right),
            Filter::Not(inner) => !self.matches(inner),
        }
    }

    fn value(&self, path: &[String]) -> Option<&'a Value> {
        let (first, rest) = path.split_first()?;
        let start = match self.variable {
            Some((variable, value)) if variable == first => Some(value),
            _ => self.properties.get(first),
        };
        rest.iter()
            .try_fold(start?, |value, name| value.get(name))
            .filter(|value| !value.is_null())
    }
}

fn compare(value: Option<&Value>, comparison: Comparison, literal: &Literal) -> bool {
    let order = match (value, literal) {
        (None, Literal::Null) => Some(Ordering::Equal),
        (None, _) | (_, Literal::Null) => None,
        (Some(Value::Bool(value)), Literal::Boolean(literal)) => Some(value.cmp(literal)),
        (Some(Value::Number(value)), Literal::Number(literal)) => {
            value.as_i64().map(|value| value.cmp(literal))
        }
        (Some(Value::String(value)), Literal::Moment(literal)) => {
            let moments = crate::clock::parse(value).zip(crate::clock::parse(literal));
            moments.map(|(value, literal)| value.cmp(&literal))
        }
        (Some(Value::String(value)), Literal::Text(literal)) => {
            Some(value.to_lowercase().cmp(&literal.to_lowercase()))
        }
        _ => None,
    };
    match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
    }
}

fn call(function: Function, value: &str, text: &str) -> bool {
    let (value, text) = (value.to_lowercase(), text.to_lowercase());
    match function {
        Function::StartsWith => value.starts_with(&text),
        Function::EndsWith => value.ends_with(&text),
        Function::Contains => value.contains(&text),
    }
}
