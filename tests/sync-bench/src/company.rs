//! The people, accounts and groups that the directories hold: a function of the size, nothing is stored.
//!
//! Invariants: the same number gives the same object in every run; what changes is said by a version of an object.
//!
//! Of 926,000 objects 500,000 are people of an HR directory, 375,000 are accounts of these people in twelve forests (about
//! a quarter of the people has two, a half none), the rest are groups: one with a tenth of all people, the others of 2 to
//! about 300 members. People have managers; about 18 million values.

use std::sync::Arc;

use syncline_model::attrs::AttrName;
use syncline_model::import::{ImportObject, ObjectName};
use syncline_model::schema::{AttrDef, Confirmation, Schema, TypeDef};
use syncline_model::value::{Value, ValueType, Values};
use syncline_model::{Anchor, Dn};

/// Account directories.
pub const FORESTS: usize = 12;
/// Of so many people one is the manager.
const TEAM: usize = 12;
/// Objects of a container.
const CONTAINER: usize = 5_000;

/// How many of what.
#[derive(Debug, Clone, Copy)]
pub struct Company {
    /// People of the HR directory.
    pub people: usize,
    /// Accounts of all forests.
    pub accounts: usize,
    /// Groups, all in the first forest.
    pub groups: usize,
}

/// Text values of an account that nobody computes with.
const DETAILS: [&str; 14] = [
    "company",
    "co",
    "l",
    "st",
    "street",
    "postalCode",
    "physicalDeliveryOfficeName",
    "telephoneNumber",
    "mobile",
    "facsimileTelephoneNumber",
    "homePhone",
    "extensionAttribute1",
    "extensionAttribute2",
    "info",
];
/// Text values of a person in the HR directory.
const PERSON: [&str; 6] = [
    "title",
    "employeeType",
    "costCenter",
    "division",
    "preferredLanguage",
    "personalTitle",
];

/// A number that looks like chance and is not.
pub fn mixed(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn one(name: &str, text: String) -> Option<(AttrName, Values)> {
    Some((AttrName::new(name), Values::one(Value::text(text))?))
}

fn anchor(space: u64, number: usize) -> Anchor {
    let mut octets = [0; 16];
    octets[..8].copy_from_slice(&mixed(space << 40 | number as u64).to_le_bytes());
    octets[8..].copy_from_slice(&(space << 40 | number as u64).to_le_bytes());
    Anchor::from_object_guid(octets)
}

fn dn(text: &str) -> Dn {
    text.parse().expect("a name of ours")
}

const GIVEN: [&str; 16] = [
    "Ada", "Björn", "Chidi", "Dora", "Emil", "Fatma", "Goran", "Hélène", "Ines", "Jun", "Kofi",
    "Lena", "Marek", "Noor", "Olga", "Pavel",
];
const FAMILY: [&str; 16] = [
    "Byron",
    "Çelik",
    "Dvořák",
    "Eriksen",
    "Fischer",
    "García",
    "Haddad",
    "Ivanov",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Mbeki",
    "Nakamura",
    "Okafor",
    "Petrov",
    "Quispe",
];

impl Company {
    /// Of about so many objects.
    pub fn of(objects: usize) -> Self {
        let people = objects * 500 / 926;
        let accounts = people * 3 / 4;
        Self {
            people,
            accounts,
            groups: objects - people - accounts,
        }
    }

    /// The accounts of one forest, as numbers.
    pub fn accounts_of(&self, forest: usize) -> impl Iterator<Item = usize> + use<> {
        (forest..self.accounts).step_by(FORESTS)
    }

    fn name(person: usize) -> (&'static str, &'static str) {
        let chance = mixed(person as u64);
        (
            GIVEN[chance as usize % 16],
            FAMILY[(chance >> 8) as usize % 16],
        )
    }

    /// A person of the HR directory. The version counts how often he changed.
    pub fn person(&self, n: usize, version: u32) -> ImportObject {
        let (given, family) = Self::name(n);
        let mut attrs: Vec<_> = [
            one("employeeID", format!("E{n:07}")),
            one("givenName", given.to_owned()),
            one("sn", format!("{family}-{}", n % 997)),
            one("displayName", format!("{given} {family} {n}")),
            one(
                "department",
                format!("Department {}", (n + version as usize) % 400),
            ),
        ]
        .into_iter()
        .flatten()
        .collect();
        attrs.extend(
            PERSON
                .iter()
                .filter_map(|name| one(name, format!("{name} {}", mixed(n as u64) % 50))),
        );
        let manager = n / TEAM;
        ImportObject {
            anchor: anchor(1, n),
            dn: dn(&format!(
                "CN=E{n:07},OU=Unit {},OU=People,DC=hr",
                n / CONTAINER
            )),
            object_type: "user".into(),
            attrs,
            refs: match manager == n {
                true => Vec::new(),
                false => vec![(
                    AttrName::new("manager"),
                    vec![ObjectName::Anchor(anchor(1, manager))],
                )],
            },
        }
    }

    /// Whose account it is: some people have two.
    pub fn owner(&self, account: usize) -> usize {
        match account % 3 {
            0 => account / 3 * 2,
            _ => (account / 3 * 2 + self.people / 2) % self.people,
        }
    }

    /// An account of a forest.
    pub fn account(&self, n: usize, version: u32) -> ImportObject {
        let owner = self.owner(n);
        let (given, family) = Self::name(owner);
        let mut attrs: Vec<_> = [
            one("employeeID", format!("E{owner:07}")),
            one("sAMAccountName", format!("u{n}")),
            one(
                "mail",
                format!("{given}.{family}.{n}@Forest{}.example", n % FORESTS),
            ),
            one("cn", format!("u{n}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        let chance = mixed(n as u64 ^ 0x5eed);
        attrs.extend(DETAILS.iter().enumerate().filter_map(|(k, name)| {
            let value = match k {
                13 => u64::from(version),
                _ => (chance >> k) % 1_000,
            };
            one(name, format!("{name} {value}"))
        }));
        let proxies = (0..2 + n % 2).map(|k| {
            Value::text(format!(
                "{}:{given}.{family}.{n}.{k}@forest.example",
                if k == 0 { "SMTP" } else { "smtp" }
            ))
        });
        attrs.extend(Values::new(proxies).map(|values| (AttrName::new("proxyAddresses"), values)));
        ImportObject {
            anchor: anchor(2, n),
            dn: dn(&format!(
                "CN=u{n},OU=Unit {},OU=Accounts,DC=forest{}",
                n / CONTAINER,
                n % FORESTS
            )),
            object_type: "user".into(),
            attrs,
            refs: Vec::new(),
        }
    }

    /// The members of a group, as accounts of the first forest.
    fn members(&self, n: usize) -> Vec<usize> {
        let mine: usize = self.accounts.div_ceil(FORESTS);
        let size = match n {
            0 => mine,
            _ => 2 + (mixed(n as u64) % 18) as usize * if n.is_multiple_of(50) { 16 } else { 1 },
        };
        let first = mixed(n as u64 ^ 7) as usize % mine;
        (0..size.min(mine))
            .map(|k| (first + k * if n == 0 { 1 } else { 7 }) % mine * FORESTS)
            .collect()
    }

    /// A group of the first forest.
    pub fn group(&self, n: usize) -> ImportObject {
        let mut members = self.members(n);
        members.sort_unstable();
        members.dedup();
        ImportObject {
            anchor: anchor(3, n),
            dn: dn(&format!("CN=Group {n},OU=Groups,DC=forest0")),
            object_type: "group".into(),
            attrs: [
                one("cn", format!("Group {n}")),
                one("description", format!("The group with number {n}")),
            ]
            .into_iter()
            .flatten()
            .collect(),
            refs: vec![(
                AttrName::new("member"),
                members
                    .into_iter()
                    .map(|a| ObjectName::Anchor(anchor(2, a)))
                    .collect(),
            )],
        }
    }

    /// A container, as directories deliver those on the way to what is read.
    pub fn container(space: u64, name: &str) -> ImportObject {
        let number = name.bytes().fold(0, |sum: usize, b| {
            sum.wrapping_mul(31).wrapping_add(b as usize)
        }) & 0xffff_ffff;
        ImportObject {
            anchor: anchor(space, number),
            dn: dn(name),
            object_type: "organizationalUnit".into(),
            attrs: Vec::new(),
            refs: Vec::new(),
        }
    }

    /// The containers of the HR directory.
    pub fn units_of_hr(&self) -> impl Iterator<Item = ImportObject> + use<> {
        let units =
            (0..=self.people * 21 / 20 / CONTAINER).map(|n| format!("OU=Unit {n},OU=People,DC=hr"));
        ["OU=People,DC=hr".to_owned()]
            .into_iter()
            .chain(units)
            .map(|name| Self::container(10, &name))
    }

    /// The containers of a forest.
    pub fn units_of(&self, forest: usize) -> impl Iterator<Item = ImportObject> + use<> {
        let units = (0..=self.accounts / CONTAINER)
            .map(move |n| format!("OU=Unit {n},OU=Accounts,DC=forest{forest}"));
        let above = ["Accounts", "Groups"].map(|name| format!("OU={name},DC=forest{forest}"));
        let space = 20 + forest as u64;
        above
            .into_iter()
            .chain(units)
            .map(move |name| Self::container(space, &name))
    }

    /// The containers of the target.
    pub fn units_of_target() -> impl Iterator<Item = ImportObject> {
        let units = ["OU=Synced,DC=target", "OU=Groups,DC=target"];
        units.into_iter().map(|name| Self::container(40, name))
    }

    /// The id of an account.
    pub fn account_anchor(n: usize) -> Anchor {
        anchor(2, n)
    }

    /// The id of a person.
    pub fn person_anchor(n: usize) -> Anchor {
        anchor(1, n)
    }

    /// The id of a group.
    pub fn group_anchor(n: usize) -> Anchor {
        anchor(3, n)
    }
}

/// What every directory can hold.
pub fn schema() -> Arc<Schema> {
    let texts = PERSON.iter().chain(&DETAILS).chain(&[
        "employeeID",
        "givenName",
        "sn",
        "displayName",
        "department",
        "sAMAccountName",
        "userPrincipalName",
        "mail",
        "cn",
        "description",
    ]);
    let mut user: Vec<AttrDef> = texts
        .map(|name| attr(name, ValueType::String, false))
        .collect();
    user.push(attr("proxyAddresses", ValueType::String, true));
    user.push(attr("manager", ValueType::Reference, false));
    let group = vec![
        attr("cn", ValueType::String, false),
        attr("description", ValueType::String, false),
        attr("member", ValueType::Reference, true),
    ];
    let types = [
        ("user", user),
        ("group", group),
        ("organizationalUnit", Vec::new()),
    ];
    let types = types.map(|(name, attrs)| {
        let container = name == "organizationalUnit";
        let of = TypeDef {
            name: name.into(),
            attrs: attrs.into_iter().map(|a| (a.name.clone(), a)).collect(),
            rdn_attr: Some(if container { "OU" } else { "CN" }.into()),
            unique: None,
            container,
        };
        (name.into(), of)
    });
    Arc::new(Schema {
        types: types.into(),
    })
}

fn attr(name: &str, value_type: ValueType, multi: bool) -> AttrDef {
    AttrDef {
        name: AttrName::new(name),
        value_type,
        multi,
        required: false,
        writable: true,
        max_length: None,
        confirmation: Confirmation::Exact,
        sensitive: false,
    }
}
