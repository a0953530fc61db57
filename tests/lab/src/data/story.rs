//! The people a demonstration talks about: who is edited, who leaves, who is deleted, what is renamed.
//!
//! Chosen from people about whom nothing is dirty and to whom nobody reports.

use super::{
    DataSet, Person,
    people::{self, DEPARTMENTS},
    target,
};
use crate::Domain;

/// How much a data set holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Users of `contoso.test`, those of the data set only.
    pub users: usize,
    /// Those with `employeeType: FTE`.
    pub in_scope: usize,
    /// Groups below OU=Groups.
    pub groups: usize,
    /// Contacts below OU=Contacts.
    pub contacts: usize,
    /// Users of `fabrikam.test` below OU=Existing.
    pub existing: usize,
    /// Those of them who are people of contoso.
    pub matched: usize,
    /// Those of them who are found by mail only.
    pub matched_by_mail: usize,
    /// Members of `All Staff`.
    pub largest_group: usize,
    /// Users directly below the OU that the story renames.
    pub rename_unit_users: usize,
}

/// Who plays which part.
#[derive(Debug, Clone)]
pub struct Story {
    /// How much there is.
    pub facts: Facts,
    /// Everybody of contoso who has an account in fabrikam, those found by mail only last.
    pub matched: Vec<Person>,
    /// Not in the target yet; gets an edited attribute.
    pub edited: Person,
    /// Not in the target yet; is disabled in the source.
    pub leaver: Person,
    /// Not in the target yet; are deleted in the source, so what we created is deleted.
    pub deleted_created: [Person; 2],
    /// In the target already; is deleted in the source, so what we adopted is disconnected.
    pub deleted_adopted: Person,
    /// The OU that is renamed above its users (above more than 200 in `demo`).
    pub rename_unit: String,
    /// Its new relative name.
    pub rename_to: &'static str,
}

impl Story {
    pub(crate) fn of(data: DataSet) -> Self {
        let shape = match data {
            // Even the empty set has a story to read; its forests just do not hold these people.
            DataSet::Empty => DataSet::Small.shape(),
            _ => data.shape(),
        };
        let people = people::source(shape);
        let matched = target::matched(shape, &people);
        let entries = super::source(shape);
        let count = |unit: &str| {
            entries
                .iter()
                .filter(|entry| entry.dn.contains(unit))
                .count()
        };
        let in_scope = people.iter().filter(|person| person.in_scope).count();

        // Nobody reports to people with a number above an eighth of all.
        let first_without_reports = people.len() / 8 + 1;
        let mut unmatched = people
            .iter()
            .enumerate()
            .skip(first_without_reports)
            .filter(|(i, person)| {
                person.is_clean(*i)
                    && DEPARTMENTS[person.department] != "Sales"
                    && !matched.iter().any(|(number, _)| number == i)
            });
        let mut next = || {
            unmatched
                .next()
                .expect("both shapes hold enough clean people")
                .1
                .clone()
        };
        let adopted = matched
            .iter()
            .filter(|(i, person)| {
                *i > first_without_reports && DEPARTMENTS[person.department] != "Sales"
            })
            .map(|(_, person)| (*person).clone())
            .next();
        Self {
            facts: Facts {
                users: people.len(),
                in_scope,
                groups: count(",OU=Groups,"),
                contacts: count(",OU=Contacts,"),
                existing: shape.existing,
                matched: matched.len(),
                matched_by_mail: matched.len() - matched.len() * 5 / 6,
                largest_group: in_scope,
                rename_unit_users: count(",OU=Sales,OU=Staff,"),
            },
            edited: next(),
            leaver: next(),
            deleted_created: [next(), next()],
            deleted_adopted: adopted.expect("both shapes match people without reports"),
            matched: matched
                .into_iter()
                .map(|(_, person)| person.clone())
                .collect(),
            rename_unit: format!("OU=Sales,OU=Staff,{}", Domain::Contoso.base_dn()),
            rename_to: "OU=Sales and Partners",
        }
    }

    /// LDIF that adds this many new people in scope to the source, up to 400.
    #[must_use]
    pub fn hires(&self, count: usize) -> String {
        let mut text = String::new();
        people::hires(count)
            .iter()
            .for_each(|entry| entry.write(&mut text));
        text
    }
}
