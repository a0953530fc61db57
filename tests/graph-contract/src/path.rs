//! URI templates and the paths that follow them.
//!
//! Invariants: a key never stands where a reserved word does (`delta`, `$ref`, a type cast); a qualified
//! name means what the bare one does only for bound operations and casts; letter case counts.

use crate::bound::Bound;
use percent_encoding::percent_decode_str;

/// One step of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A name that stands for itself.
    Word(String),
    /// A bound action, which may be written with its namespace.
    Action(String),
    /// A bound function without parameters, with or without `()` and namespace.
    Function(String),
    /// A type cast such as `graph.user`, without its namespace.
    Cast(String),
    /// Any key; entities of this type may have alternate ones.
    Key(String),
    /// One alternate key, which the template names.
    Alternate(String),
}

/// One step of a request's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Word(String),
    Call(String),
    Key,
    Alternate(String),
}

/// The steps of a template.
pub(crate) fn slots(template: &str, bound: &Bound) -> Vec<Slot> {
    parts(template)
        .into_iter()
        .map(|part| match part {
            Part::Call(name) => Slot::Function(name),
            Part::Key => Slot::Key(String::new()),
            Part::Alternate(property) => Slot::Alternate(property),
            Part::Word(word) => {
                if let Some(key) = word.strip_prefix('{') {
                    let of = key.split(['-', '}']).next().unwrap_or_default();
                    Slot::Key(of.to_owned())
                } else if let Some(cast) = word.strip_prefix("graph.") {
                    Slot::Cast(cast.to_owned())
                } else if bound.is_action(&word) {
                    Slot::Action(word)
                } else {
                    Slot::Word(word)
                }
            }
        })
        .collect()
}

/// The steps of a path. Keys in parentheses are steps of their own: `users('x')` is `users/x`.
pub(crate) fn parts(path: &str) -> Vec<Part> {
    segments(path)
        .into_iter()
        .flat_map(|segment| {
            let segment = percent_decode_str(segment).decode_utf8_lossy();
            split_call(&segment).unwrap_or_else(|| vec![Part::Word(segment.into_owned())])
        })
        .collect()
}

fn split_call(segment: &str) -> Option<Vec<Part>> {
    let (name, inside) = segment.strip_suffix(')')?.split_once('(')?;
    if inside.is_empty() {
        return Some(vec![Part::Call(name.to_owned())]);
    }
    let key = match inside.split_once('=') {
        Some((property, _)) if property.chars().all(char::is_alphanumeric) => {
            Part::Alternate(property.to_owned())
        }
        _ => Part::Key,
    };
    Some(vec![Part::Word(name.to_owned()), key])
}

/// The segments of a path; a slash inside quotes does not part them.
fn segments(path: &str) -> Vec<&str> {
    let mut quoted = false;
    path.trim_matches('/')
        .split(|letter| {
            quoted ^= letter == '\'';
            letter == '/' && !quoted
        })
        .collect()
}

impl Slot {
    /// Whether a part of a path may stand in this slot.
    pub(crate) fn takes(&self, part: &Part, bound: &Bound) -> bool {
        match (self, part) {
            (Slot::Word(word), Part::Word(given)) => word == given,
            (Slot::Action(name), Part::Word(given)) => name == unqualified(given),
            (Slot::Function(name), Part::Word(given) | Part::Call(given)) => {
                name == unqualified(given)
            }
            (Slot::Cast(name), Part::Word(given)) => {
                given != unqualified(given) && name == unqualified(given)
            }
            (Slot::Key(_), Part::Word(given)) => is_key(given),
            (Slot::Key(_), Part::Key) => true,
            (Slot::Key(of), Part::Alternate(property)) => bound.has_alternate_key(of, property),
            (Slot::Alternate(named), Part::Alternate(property)) => named == property,
            _ => false,
        }
    }

    pub(crate) fn is_key(&self) -> bool {
        matches!(self, Slot::Key(_))
    }
}

fn is_key(given: &str) -> bool {
    !given.is_empty() && !given.starts_with('$') && given == unqualified(given) && given != "delta"
}

fn unqualified(name: &str) -> &str {
    name.strip_prefix("microsoft.graph.")
        .or_else(|| name.strip_prefix("graph."))
        .unwrap_or(name)
}

/// A template with the names of its keys left out, so that `{id}` and `{user-id}` are the same.
pub(crate) fn skeleton(template: &str) -> String {
    let mut bare = String::with_capacity(template.len());
    let mut inside = false;
    for letter in template.chars() {
        match letter {
            '{' => {
                inside = true;
                bare.push('{');
            }
            '}' => {
                inside = false;
                bare.push('}');
            }
            _ if inside => {}
            _ => bare.push(letter),
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_inside_quotes_belongs_to_the_key() {
        let steps = parts("/groups(uniqueName='a/b')/members/$ref");

        assert_eq!(
            steps,
            [
                Part::Word("groups".into()),
                Part::Alternate("uniqueName".into()),
                Part::Word("members".into()),
                Part::Word("$ref".into())
            ]
        );
    }

    #[test]
    fn a_skeleton_forgets_what_keys_are_called() {
        assert_eq!(
            skeleton("/groups/{group-id}/members"),
            skeleton("/groups/{id}/members")
        );
    }
}
