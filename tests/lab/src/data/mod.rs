//! What the forests contain: three data sets, each a pure function of nothing.
//!
//! # `empty`
//! OUs (Staff, Externals, Service, Groups, Contacts, Existing, Synced) and `svc-syncline`, in both forests.
//!
//! # `small` (200 source users) and `demo` (2,050 source users)
//! `contoso.test`, the source; about 30 attributes a user, all names unique in the forest:
//! - **People in scope** carry `employeeType: FTE` and lie in eight department OUs below OU=Staff
//!   (each holds more than 200 of them in `demo`). Person *i* reports to person *(i-1)/8*.
//! - **People out of scope**: contractors (every 45th; `employeeType: Contractor`, OU=Externals) and
//!   function accounts (every 103rd; no `employeeType`, OU=Service). Some of them manage people in scope.
//! - **Dirt**: telephone, mobile, department, mail or employeeID missing here and there; pairs of people
//!   sharing a mail address; mail in capitals; a department with a trailing blank; names outside ASCII; CNs
//!   with a comma; values with line breaks; disabled accounts; photos and GUIDs as binary values;
//!   multi-valued telephone numbers.
//! - **Groups** (OU=Groups): `All Staff` with everybody in scope, one per department and site, projects,
//!   three chains of nesting, one empty group, one distribution list with the contacts in it, one group with
//!   members out of scope. Global, universal, security and distribution kinds.
//! - **Contacts** (OU=Contacts): people of partner companies, one without mail.
//!
//! `fabrikam.test`, the target: OU=Synced is empty; OU=Existing holds people of whom three in five
//! are people of contoso under the same account name with older values. Five in six of those carry the
//! same `employeeID` and a mail address of their own; the rest have no `employeeID` and the mail
//! address of contoso. The others are strangers.
//!
//! Invariants: the same bytes on every machine and in every run.

mod contacts;
mod groups;
mod names;
mod people;
mod story;
mod target;

use crate::{Domain, ldif::Entry};
pub use people::Person;
pub use story::{Facts, Story};

/// What the forests of a lab contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DataSet {
    /// OUs and the service account only.
    #[default]
    Empty,
    /// 200 users, 23 groups and 10 contacts in the source; 20 users, 12 of them the same people, in the target.
    Small,
    /// 2,050 users, 61 groups and 60 contacts in the source; 100 users, 60 of them the same people, in the target.
    Demo,
}

/// How many of everything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    people: usize,
    projects: usize,
    contacts: usize,
    existing: usize,
}

impl DataSet {
    /// `empty`, `small` or `demo`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Small => "small",
            Self::Demo => "demo",
        }
    }

    pub(crate) fn shape(self) -> Shape {
        match self {
            Self::Empty => Shape {
                people: 0,
                projects: 0,
                contacts: 0,
                existing: 0,
            },
            Self::Small => Shape {
                people: 200,
                projects: 4,
                contacts: 10,
                existing: 20,
            },
            Self::Demo => Shape {
                people: 2_050,
                projects: 36,
                contacts: 60,
                existing: 100,
            },
        }
    }

    /// The people, groups and OUs that a demonstration or a test talks about.
    #[must_use]
    pub fn story(self) -> Story {
        Story::of(self)
    }
}

/// What `ldapadd` loads into an empty forest; nothing for [`DataSet::Empty`].
pub(crate) fn ldif(domain: Domain, data: DataSet) -> Option<String> {
    let shape = data.shape();
    if data == DataSet::Empty {
        return None;
    }
    let entries = match domain {
        Domain::Contoso => source(shape),
        Domain::Fabrikam => target::existing(shape),
    };
    let mut text = String::new();
    entries.iter().for_each(|entry| entry.write(&mut text));
    Some(text)
}

fn source(shape: Shape) -> Vec<Entry> {
    let people = people::source(shape);
    let contacts = contacts::all(shape);
    let mut entries = people::department_units();
    entries.extend(
        people
            .iter()
            .enumerate()
            .map(|(index, person)| person.entry(index, &people)),
    );
    entries.extend(contacts.iter().cloned());
    entries.extend(groups::all(shape, &people, &contacts));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn names(data: DataSet, domain: Domain) -> Vec<Entry> {
        crate::ldif::parse(&ldif(domain, data).unwrap())
    }

    #[test]
    fn every_name_that_must_be_unique_is_unique_over_both_forests_and_the_new_hires() {
        let story = DataSet::Demo.story();
        let mut source = names(DataSet::Demo, Domain::Contoso);
        source.extend(crate::ldif::parse(&story.hires(300)));
        let accounts: Vec<_> = source
            .iter()
            .filter_map(|entry| entry.text("sAMAccountName"))
            .collect();
        let common: Vec<_> = source
            .iter()
            .filter_map(|entry| entry.text("cn"))
            .map(|name| name.to_lowercase())
            .collect();

        assert_eq!(
            accounts.iter().collect::<HashSet<_>>().len(),
            accounts.len()
        );
        assert_eq!(common.iter().collect::<HashSet<_>>().len(), common.len());
        let odd = accounts
            .iter()
            .find(|name| !name.is_ascii() || (name.len() > 20 && !name.starts_with("grp-")));
        assert_eq!(odd, None);
    }

    #[test]
    fn the_demo_is_as_large_as_it_says() {
        let facts = DataSet::Demo.story().facts;

        assert_eq!(facts.users, 2_050);
        assert!(facts.in_scope - facts.matched >= 1_900, "{facts:?}");
        assert!(facts.largest_group > 1_500, "{facts:?}");
        assert!(facts.groups >= 50 && facts.contacts >= 50, "{facts:?}");
        assert_eq!((facts.existing, facts.matched), (100, 60));
        assert!(facts.rename_unit_users > 200, "{facts:?}");
    }

    #[test]
    fn a_user_has_about_25_attributes() {
        let users: Vec<_> = names(DataSet::Demo, Domain::Contoso)
            .into_iter()
            .filter(|entry| entry.values("objectClass").any(|class| class == b"user"))
            .collect();
        let attributes: usize = users
            .iter()
            .map(|user| {
                user.attributes
                    .iter()
                    .map(|(name, _)| name)
                    .collect::<HashSet<_>>()
                    .len()
            })
            .sum();

        assert!(
            (25..=35).contains(&(attributes / users.len())),
            "{}",
            attributes / users.len()
        );
    }

    #[test]
    fn three_in_five_existing_people_are_found_by_employee_id_or_by_mail() {
        let source = names(DataSet::Demo, Domain::Contoso);
        let keys = |name: &str| -> HashSet<String> {
            source
                .iter()
                .filter_map(|entry| entry.text(name))
                .map(|value| value.to_lowercase())
                .collect()
        };
        let (ids, mails) = (keys("employeeID"), keys("mail"));
        let target = names(DataSet::Demo, Domain::Fabrikam);
        let by_id = target.iter().filter(|user| {
            user.text("employeeID")
                .is_some_and(|id| ids.contains(&id.to_lowercase()))
        });
        let by_mail = target
            .iter()
            .filter(|user| user.text("mail").is_some_and(|mail| mails.contains(&mail)));

        assert_eq!(
            (target.len(), by_id.count(), by_mail.count()),
            (100, 50, 10)
        );
    }

    #[test]
    fn the_same_bytes_come_out_every_time() {
        assert_eq!(
            ldif(Domain::Contoso, DataSet::Small),
            ldif(Domain::Contoso, DataSet::Small)
        );
        assert_eq!(
            ldif(Domain::Fabrikam, DataSet::Small),
            ldif(Domain::Fabrikam, DataSet::Small)
        );
    }
}
