//! Query options: the language of `$filter`, what of it each property supports, order and search.

mod evaluate;
mod filter;
mod lexer;
mod parser;
mod search;
mod support;

pub(crate) use evaluate::matches;
pub(crate) use filter::{Comparison, Filter, Literal};
pub(crate) use parser::parse;
pub(crate) use search::Search;
pub(crate) use support::{check, check_order};

use std::cmp::Ordering;

/// One property of `$orderby`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) property: String,
    pub(crate) descending: bool,
}

impl Order {
    /// Reads `displayName desc, createdDateTime`.
    pub(crate) fn parse(text: &str) -> Option<Vec<Self>> {
        text.split(',')
            .map(|part| {
                let mut words = part.split_whitespace();
                let property = words.next()?.to_owned();
                let descending = match words.next() {
                    None | Some("asc") => false,
                    Some("desc") => true,
                    Some(_) => return None,
                };
                words.next().is_none().then_some(Self {
                    property,
                    descending,
                })
            })
            .collect()
    }

    /// Compares two values of the property; nothing comes first.
    pub(crate) fn compare(&self, left: Option<&str>, right: Option<&str>) -> Ordering {
        let lower = |text: Option<&str>| text.map(str::to_lowercase);
        let order = lower(left).cmp(&lower(right));
        if self.descending {
            order.reverse()
        } else {
            order
        }
    }
}

#[cfg(test)]
mod tests;
