//! Numbers of groups: unnamed ones by their order, then the named ones; `(?<3>…)` has its number.
//!
//! Invariants: groups of one number or name share their place, and the last that matched is seen; a group whose number is not its
//! place, because lesser numbers are missing, is found under its number as a name.

use std::collections::BTreeSet;

use super::RegexError;

/// What a parenthesis captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Number(u32),
    Name(String),
}

/// The groups of a pattern, in the order of their parentheses.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    keys: Vec<Key>,
    unnamed: u32,
}

impl Numbering {
    pub fn unnamed(&mut self) -> Key {
        self.unnamed += 1;
        self.push(Key::Number(self.unnamed))
    }

    pub fn named(&mut self, name: &str) -> Result<Key, RegexError> {
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_number = name.starts_with(|c: char| c.is_ascii_digit());
        let number = name.parse().ok().filter(|_| !name.starts_with('0'));
        match number {
            _ if name.is_empty() || !is_name => {
                malformed("a group needs a name of letters and digits")
            }
            Some(number) => Ok(self.push(Key::Number(number))),
            None if is_number => malformed("the number of a group is a whole number above zero"),
            None => Ok(self.push(Key::Name(name.to_owned()))),
        }
    }

    fn push(&mut self, key: Key) -> Key {
        self.keys.push(key.clone());
        key
    }

    /// Numbers that a pattern names, or counts.
    fn counted(&self) -> BTreeSet<u32> {
        let numbers = self.keys.iter().filter_map(|key| match key {
            Key::Number(number) => Some(*number),
            Key::Name(_) => None,
        });
        numbers.collect()
    }

    /// Numbers of named groups: the least that are left, in the order of the names.
    fn names(&self) -> Vec<(&str, u32)> {
        let taken = self.counted();
        let mut free = (self.unnamed + 1..).filter(|number| !taken.contains(number));
        let mut names: Vec<(&str, u32)> = Vec::new();
        for key in &self.keys {
            if let Key::Name(name) = key
                && !names.iter().any(|(known, _)| known == name)
            {
                names.extend(free.next().map(|number| (name.as_str(), number)));
            }
        }
        names
    }

    /// Every number but that of the whole match.
    pub fn numbers(&self) -> BTreeSet<u32> {
        let mut numbers = self.counted();
        numbers.extend(self.names().into_iter().map(|(_, number)| number));
        numbers
    }

    /// Where each group of the parser is kept, and what the places are called; the whole match first.
    pub fn places(&self) -> (Vec<usize>, Vec<Option<String>>) {
        let names = self.names();
        let order: Vec<u32> = self.numbers().into_iter().collect();
        let number = |key: &Key| match key {
            Key::Number(number) => *number,
            Key::Name(name) => {
                let found = names.iter().find(|(known, _)| known == name);
                found.map_or(0, |(_, number)| *number)
            }
        };
        let place = |key| order.partition_point(|known| *known < number(key)) + 1;
        let places = [0].into_iter().chain(self.keys.iter().map(place)).collect();
        let called = order.iter().enumerate().map(|(index, number)| {
            let name = names.iter().find(|(_, known)| known == number);
            let name = name.map(|(name, _)| (*name).to_owned());
            name.or_else(|| (*number as usize != index + 1).then(|| number.to_string()))
        });
        (places, [None].into_iter().chain(called).collect())
    }
}

fn malformed<T>(why: &str) -> Result<T, RegexError> {
    Err(RegexError::Malformed(why.to_owned()))
}

/// The place of a group by its name or number.
pub(crate) fn place(groups: &[Option<String>], name: &str) -> Option<usize> {
    let named = groups
        .iter()
        .position(|group| group.as_deref() == Some(name));
    let numbered = || {
        let number = name.parse::<usize>().ok().filter(|_| is_number(name))?;
        let at = groups.get(number);
        at.filter(|name| !name.as_deref().is_some_and(is_number))
            .map(|_| number)
    };
    named.or_else(numbered)
}

/// Are there groups whose number is not their place?
pub(crate) fn are_sparse(groups: &[Option<String>]) -> bool {
    groups.iter().flatten().any(|name| is_number(name))
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit())
}
