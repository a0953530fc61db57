//! `$search`: words of a few properties, joined by AND or OR.

use crate::store::{Class, Object};

/// `"displayName:ada" OR "mail:ada"`: any of them, each of whose clauses holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search(Vec<Vec<(String, String)>>);

impl Search {
    /// Reads a search; the reason when it is none.
    pub(crate) fn parse(class: Class, text: &str) -> Result<Self, String> {
        let mut alternatives = Vec::new();
        for alternative in text.split(" OR ") {
            let clauses = alternative.split(" AND ");
            let clauses = clauses.map(|clause| Self::clause(class, clause.trim()));
            alternatives.push(clauses.collect::<Result<_, _>>()?);
        }
        Ok(Self(alternatives))
    }

    fn clause(class: Class, clause: &str) -> Result<(String, String), String> {
        let quoted = clause
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let pair = quoted.and_then(|inside| inside.split_once(':'));
        let (property, value) = pair.ok_or_else(|| {
            format!("Syntax error in $search: {clause} is not \"property:value\"")
        })?;
        let searchable = match class {
            Class::User => "displayName givenName mail surname userPrincipalName",
            Class::Group => "description displayName mail mailNickname",
            Class::Contact => "displayName givenName mail surname",
        };
        if searchable.split_whitespace().any(|name| name == property) {
            Ok((property.to_owned(), value.to_lowercase()))
        } else {
            Err(format!("The property '{property}' is not searchable"))
        }
    }

    pub(crate) fn matches(&self, object: &Object) -> bool {
        let holds = |(property, value): &(String, String)| {
            let text = object.text(property).unwrap_or_default().to_lowercase();
            let mut words = text.split(|character: char| !character.is_alphanumeric());
            text.starts_with(value.as_str()) || words.any(|word| word.starts_with(value.as_str()))
        };
        self.0.iter().any(|clauses| clauses.iter().all(holds))
    }
}
