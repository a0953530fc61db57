//! What the source holds, and what a directory tenant has to hold because of it.
//!
//! Invariants: an edit changes the forest (as LDIF) and this in one step; nobody who left comes back; the expected
//! image is computed here and never read from the product.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::dice::Dice;
use crate::entra::DOMAIN;

/// Who or what a group contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// A person.
    Person(u32),
    /// A group of a higher number: no circles.
    Group(u32),
}

#[derive(Debug, Clone)]
struct Person {
    account: String,
    title: String,
    department: Option<String>,
    manager: Option<u32>,
}

#[derive(Debug, Clone)]
struct Group {
    description: Option<String>,
    members: BTreeSet<Member>,
}

/// People and groups of the source.
#[derive(Debug)]
pub struct Truth {
    base: String,
    people: BTreeMap<u32, Person>,
    groups: BTreeMap<u32, Group>,
    /// Whom the tenant once held and must hold no more.
    left: BTreeSet<u32>,
    next: u32,
}

/// What a tenant shows of its people and groups: by key, everything that the profile writes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// By employee id.
    pub users: BTreeMap<String, User>,
    /// By mail nickname: description and the keys of the members.
    pub groups: BTreeMap<String, (Option<String>, BTreeSet<String>)>,
}

/// A user of a tenant.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct User {
    /// User principal name.
    pub upn: String,
    /// Job title.
    pub title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// The manager's employee id.
    pub manager: Option<String>,
}

impl Truth {
    /// An empty source below this base DN.
    pub fn new(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            people: BTreeMap::new(),
            groups: BTreeMap::new(),
            left: BTreeSet::new(),
            next: 1,
        }
    }

    /// A first population, as LDIF.
    pub fn populate(&mut self, people: u32, groups: u32, dice: &mut Dice) -> String {
        let mut ldif = String::new();
        for _ in 0..people {
            self.hire(dice, &mut ldif);
        }
        for _ in 0..groups {
            self.found(dice, &mut ldif);
        }
        ldif
    }

    /// Some edits, as LDIF.
    pub fn edit(&mut self, edits: usize, dice: &mut Dice) -> String {
        let mut ldif = String::new();
        for _ in 0..edits {
            match dice.below(14) {
                0 | 1 => self.hire(dice, &mut ldif),
                2 => self.leave(dice, &mut ldif),
                3 => self.out_of_scope(dice, &mut ldif),
                4 | 5 => self.retitle(dice, &mut ldif),
                6 => self.transfer(dice, &mut ldif),
                7 | 8 => self.report(dice, &mut ldif),
                9 => self.rename(dice, &mut ldif),
                10 => self.found(dice, &mut ldif),
                11 => self.close(dice, &mut ldif),
                _ => self.regroup(dice, &mut ldif),
            }
        }
        ldif
    }

    /// Whether somebody left.
    pub fn has_left(&self, employee_id: &str) -> bool {
        self.left.iter().any(|number| id(*number) == employee_id)
    }

    /// What the tenant has to hold.
    pub fn image(&self) -> Image {
        let users = self.people.iter().map(|(number, person)| {
            let user = User {
                upn: format!("{}@{DOMAIN}", person.account),
                title: Some(person.title.clone()),
                department: person.department.clone(),
                manager: person.manager.map(id),
            };
            (id(*number), user)
        });
        let groups = self.groups.iter().map(|(number, group)| {
            let members = group.members.iter().map(|member| match member {
                Member::Person(number) => id(*number),
                Member::Group(number) => nickname(*number),
            });
            (
                nickname(*number),
                (group.description.clone(), members.collect()),
            )
        });
        Image {
            users: users.collect(),
            groups: groups.collect(),
        }
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn dn_of(&self, number: u32) -> String {
        format!("CN=Person {number},OU=Staff,{}", self.base)
    }

    fn dn_of_group(&self, number: u32) -> String {
        format!("CN=Group {number},OU=Groups,{}", self.base)
    }

    fn somebody(&self, dice: &mut Dice) -> Option<u32> {
        self.people
            .keys()
            .nth(dice.below(self.people.len()))
            .copied()
    }

    fn some_group(&self, dice: &mut Dice) -> Option<u32> {
        self.groups
            .keys()
            .nth(dice.below(self.groups.len()))
            .copied()
    }

    fn hire(&mut self, dice: &mut Dice, ldif: &mut String) {
        let manager = self.somebody(dice);
        let number = self.number();
        let person = Person {
            account: format!("p{number}"),
            title: format!("Title {}", dice.below(9)),
            department: (!dice.once_in(4)).then(|| format!("Department {}", dice.below(5))),
            manager,
        };
        let _ = writeln!(
            ldif,
            "dn: {}\nchangetype: add\nobjectClass: user\nsAMAccountName: {}\nuserAccountControl: 544\nemployeeID: {}\n\
             employeeType: FTE\ndisplayName: Person {number}\ngivenName: Person\nsn: {number}\ntitle: {}",
            self.dn_of(number),
            person.account,
            id(number),
            person.title
        );
        if let Some(department) = &person.department {
            let _ = writeln!(ldif, "department: {department}");
        }
        if let Some(manager) = manager {
            let _ = writeln!(ldif, "manager: {}", self.dn_of(manager));
        }
        ldif.push('\n');
        self.people.insert(number, person);
    }

    fn leave(&mut self, dice: &mut Dice, ldif: &mut String) {
        let Some(number) = self.somebody(dice) else {
            return;
        };
        let _ = writeln!(ldif, "dn: {}\nchangetype: delete\n", self.dn_of(number));
        self.forget(number);
    }

    fn out_of_scope(&mut self, dice: &mut Dice, ldif: &mut String) {
        let Some(number) = self.somebody(dice) else {
            return;
        };
        replace(
            ldif,
            &self.dn_of(number),
            "employeeType",
            Some("Contractor"),
        );
        self.forget(number);
    }

    /// Nobody reports to them, and no group holds them any more.
    fn forget(&mut self, number: u32) {
        self.people.remove(&number);
        self.left.insert(number);
        for person in self.people.values_mut() {
            person.manager = person.manager.filter(|manager| *manager != number);
        }
        for group in self.groups.values_mut() {
            group.members.remove(&Member::Person(number));
        }
    }

    fn retitle(&mut self, dice: &mut Dice, ldif: &mut String) {
        let title = format!("Title {}", dice.below(1_000));
        let Some(number) = self.somebody(dice) else {
            return;
        };
        replace(ldif, &self.dn_of(number), "title", Some(&title));
        if let Some(person) = self.people.get_mut(&number) {
            person.title = title;
        }
    }

    fn transfer(&mut self, dice: &mut Dice, ldif: &mut String) {
        let department = (!dice.once_in(3)).then(|| format!("Department {}", dice.below(50)));
        let Some(number) = self.somebody(dice) else {
            return;
        };
        replace(
            ldif,
            &self.dn_of(number),
            "department",
            department.as_deref(),
        );
        if let Some(person) = self.people.get_mut(&number) {
            person.department = department;
        }
    }

    fn report(&mut self, dice: &mut Dice, ldif: &mut String) {
        let to = self.somebody(dice).filter(|_| !dice.once_in(4));
        let Some(number) = self.somebody(dice).filter(|number| Some(*number) != to) else {
            return;
        };
        let dn = to.map(|to| self.dn_of(to));
        replace(ldif, &self.dn_of(number), "manager", dn.as_deref());
        if let Some(person) = self.people.get_mut(&number) {
            person.manager = to;
        }
    }

    fn rename(&mut self, dice: &mut Dice, ldif: &mut String) {
        let Some(number) = self.somebody(dice) else {
            return;
        };
        let account = format!("p{number}n{}", dice.below(1_000));
        replace(ldif, &self.dn_of(number), "sAMAccountName", Some(&account));
        if let Some(person) = self.people.get_mut(&number) {
            person.account = account;
        }
    }

    fn found(&mut self, dice: &mut Dice, ldif: &mut String) {
        let number = self.number();
        let description = dice.once_in(2).then(|| format!("For {}", dice.below(9)));
        let wanted = dice.below(8);
        let members: BTreeSet<Member> = (0..wanted)
            .filter_map(|_| self.somebody(dice).map(Member::Person))
            .collect();
        let _ = writeln!(
            ldif,
            "dn: {}\nchangetype: add\nobjectClass: group\nsAMAccountName: {}",
            self.dn_of_group(number),
            nickname(number)
        );
        if let Some(description) = &description {
            let _ = writeln!(ldif, "description: {description}");
        }
        for member in &members {
            let _ = writeln!(ldif, "member: {}", self.dn_of_member(*member));
        }
        ldif.push('\n');
        let group = Group {
            description,
            members,
        };
        self.groups.insert(number, group);
    }

    fn dn_of_member(&self, member: Member) -> String {
        match member {
            Member::Person(number) => self.dn_of(number),
            Member::Group(number) => self.dn_of_group(number),
        }
    }

    fn close(&mut self, dice: &mut Dice, ldif: &mut String) {
        let Some(number) = self.some_group(dice).filter(|_| self.groups.len() > 3) else {
            return;
        };
        let dn = self.dn_of_group(number);
        let _ = writeln!(ldif, "dn: {dn}\nchangetype: delete\n");
        self.groups.remove(&number);
        for group in self.groups.values_mut() {
            group.members.remove(&Member::Group(number));
        }
    }

    /// A member comes or goes.
    fn regroup(&mut self, dice: &mut Dice, ldif: &mut String) {
        let Some(number) = self.some_group(dice) else {
            return;
        };
        let other = self.some_group(dice).filter(|other| *other > number);
        let member = match other.filter(|_| dice.once_in(3)) {
            Some(other) => Member::Group(other),
            None => match self.somebody(dice) {
                Some(person) => Member::Person(person),
                None => return,
            },
        };
        let (dn, value) = (self.dn_of_group(number), self.dn_of_member(member));
        let Some(group) = self.groups.get_mut(&number) else {
            return;
        };
        let act = if group.members.insert(member) {
            "add"
        } else {
            group.members.remove(&member);
            "delete"
        };
        let _ = writeln!(
            ldif,
            "dn: {dn}\nchangetype: modify\n{act}: member\nmember: {value}\n"
        );
    }
}

impl Image {
    /// What a snapshot of the tenant's store shows; objects without a key are somebody else's.
    pub fn of_store(snapshot: &Value) -> Self {
        let list = |name: &str| snapshot[name].as_array().into_iter().flatten();
        let text = |object: &Value, name: &str| object[name].as_str().map(str::to_owned);
        let keys: BTreeMap<&str, String> = list("users")
            .chain(list("groups"))
            .filter_map(|object| Some((object["id"].as_str()?, key(object)?)))
            .collect();
        let named = |id: &Value| id.as_str().and_then(|id| keys.get(id).cloned());
        let users = list("users").filter_map(|user| {
            let found = User {
                upn: text(user, "userPrincipalName")?,
                title: text(user, "jobTitle"),
                department: text(user, "department"),
                manager: named(&user["manager"]),
            };
            Some((text(user, "employeeId")?, found))
        });
        let groups = list("groups").filter_map(|group| {
            let members = group["members"].as_array().into_iter().flatten();
            let members = members.filter_map(named).collect();
            Some((
                text(group, "mailNickname")?,
                (text(group, "description"), members),
            ))
        });
        Self {
            users: users.collect(),
            groups: groups.collect(),
        }
    }

    /// What differs from what is wanted, in words; the first few.
    pub fn differences(&self, wanted: &Self) -> Vec<String> {
        let users = differences(&self.users, &wanted.users);
        let groups = differences(&self.groups, &wanted.groups);
        users.chain(groups).take(10).collect()
    }
}

fn differences<'a, T: std::fmt::Debug + PartialEq>(
    held: &'a BTreeMap<String, T>,
    wanted: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = String> {
    let keys: BTreeSet<&String> = held.keys().chain(wanted.keys()).collect();
    keys.into_iter().filter_map(|key| {
        let (held, wanted) = (held.get(key), wanted.get(key));
        (held != wanted).then(|| format!("{key}: {held:?} instead of {wanted:?}"))
    })
}

/// The key by which we know an object of the tenant: employee id, or mail nickname of a group.
pub fn key(object: &Value) -> Option<String> {
    let of_person = object["employeeId"].as_str();
    let is_group = object["securityEnabled"].is_boolean();
    let of_group = object["mailNickname"].as_str().filter(|_| is_group);
    of_person.or(of_group).map(str::to_owned)
}

fn id(number: u32) -> String {
    format!("E{number:05}")
}

fn nickname(number: u32) -> String {
    format!("g{number}")
}

fn replace(ldif: &mut String, dn: &str, attribute: &str, value: Option<&str>) {
    let _ = writeln!(ldif, "dn: {dn}\nchangetype: modify\nreplace: {attribute}");
    if let Some(value) = value {
        let _ = writeln!(ldif, "{attribute}: {value}");
    }
    ldif.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_dice_make_the_same_edits_and_nobody_returns() {
        let played = |seed| {
            let (mut truth, mut dice) = (Truth::new("DC=contoso,DC=test"), Dice::of(seed, 0));
            let mut ldif = truth.populate(30, 4, &mut dice);
            ldif.push_str(&truth.edit(200, &mut dice));
            (ldif, truth)
        };

        let (ldif, truth) = played(3);

        assert_eq!(ldif, played(3).0);
        assert_ne!(ldif, played(4).0);
        let image = truth.image();
        assert!(!truth.left.is_empty() && !image.users.is_empty());
        assert!(image.users.keys().all(|id| !truth.has_left(id)));
        let members = image.groups.values().flat_map(|(_, members)| members);
        for member in members {
            assert!(
                image.users.contains_key(member) || image.groups.contains_key(member),
                "{member}"
            );
        }
    }
}
