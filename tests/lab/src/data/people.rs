//! People: users of both forests and contacts, attribute by attribute.

use super::{
    Shape,
    names::{self, FullName},
};
use crate::{Domain, ldif::Entry};

pub(crate) const DEPARTMENTS: [&str; 8] = [
    "Sales",
    "Engineering",
    "Finance",
    "Legal",
    "Marketing",
    "Operations",
    "Research",
    "Support",
];

/// City, state, country code, country, numeric country code.
pub(crate) const SITES: [(&str, &str, &str, &str, &str); 6] = [
    ("London", "Greater London", "GB", "United Kingdom", "826"),
    ("Zürich", "ZH", "CH", "Switzerland", "756"),
    ("Kraków", "Małopolskie", "PL", "Poland", "616"),
    ("Lisboa", "Lisboa", "PT", "Portugal", "620"),
    ("Malmö", "Skåne", "SE", "Sweden", "752"),
    ("Toronto", "ON", "CA", "Canada", "124"),
];

const TITLES: [&str; 6] = [
    "Analyst",
    "Engineer",
    "Manager",
    "Director",
    "Consultant",
    "Sachbearbeiter/-in",
];

/// Names set aside, in this order: the source's people, the target's strangers, new hires, contacts.
pub(crate) const STRANGERS_FROM: usize = 2_050;
const HIRES_FROM: usize = 2_090;
pub(crate) const CONTACTS_FROM: usize = 2_490;

/// People who use the mail address of the person before them.
const SHARED_MAIL: [usize; 4] = [61, 401, 801, 1_201];

/// A small generator of pseudo-random numbers (SplitMix64): the same on every machine and in every version.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// One user of the source forest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The distinguished name in `contoso.test`.
    pub dn: String,
    /// The common name.
    pub cn: String,
    /// `sAMAccountName`, unique over both forests except for people who are in both.
    pub account: String,
    /// `employeeID`; a few people have none.
    pub employee_id: Option<String>,
    /// `mail`; a few people have none, some share one.
    pub mail: Option<String>,
    /// Whether `employeeType` is `FTE`, which the demonstration's profile asks for.
    pub in_scope: bool,
    /// Whether the account is disabled.
    pub disabled: bool,
    pub(crate) department: usize,
    pub(crate) site: usize,
    contractor: bool,
    pub(crate) name: FullName,
}

/// The people of `contoso.test`, managers before those who report to them.
pub(crate) fn source(shape: Shape) -> Vec<Person> {
    let names = names::all().into_iter().take(shape.people);
    let mut people: Vec<Person> = names.enumerate().map(|(i, name)| person(i, name)).collect();
    for second in SHARED_MAIL
        .into_iter()
        .filter(|second| *second < shape.people)
    {
        people[second].mail = people[second - 1].mail.clone();
    }
    people
}

/// People who join later: as many as wanted, up to 400.
pub(crate) fn hires(count: usize) -> Vec<Entry> {
    let people: Vec<Person> = names::all()
        .into_iter()
        .skip(HIRES_FROM)
        .take(count.min(CONTACTS_FROM - HIRES_FROM))
        .enumerate()
        // Numbered so that none of the dirt falls on them.
        .map(|(i, name)| {
            let mut hire = person(1_000_000 + i * 360, name);
            hire.employee_id = Some(format!("C{:06}", 900_000 + i));
            hire.mail = Some(format!("{}@contoso.test", hire.name.account));
            hire.place("Staff", Some(1 + i % 2));
            (hire.in_scope, hire.contractor, hire.disabled) = (true, false, false);
            hire
        })
        .collect();
    people
        .iter()
        .enumerate()
        .map(|(i, hire)| hire.entry(10_000 + i * 3, &[]))
        .collect()
}

fn person(i: usize, name: FullName) -> Person {
    let contractor = i % 45 == 44;
    let function_account = !contractor && i % 103 == 50;
    let ascii = &name.account;
    let mail = match i {
        _ if i % 97 == 5 => None,
        _ if i % 40 == 3 => Some(format!("{}@Contoso.TEST", ascii.to_uppercase())),
        _ => Some(format!("{ascii}@contoso.test")),
    };
    let mut person = Person {
        dn: String::new(),
        cn: match i % 200 {
            7 => format!("{}, {}", name.family, name.given),
            _ => format!("{} {}", name.given, name.family),
        },
        account: name.account.clone(),
        employee_id: (i % 211 != 9).then(|| format!("C{i:06}")),
        mail,
        in_scope: !contractor && !function_account,
        disabled: i % 400 == 123,
        department: i % DEPARTMENTS.len(),
        site: (i / 8) % SITES.len(),
        contractor,
        name,
    };
    match (contractor, function_account) {
        (true, _) => person.place("Externals", None),
        (_, true) => person.place("Service", None),
        _ => person.place("Staff", Some(person.department)),
    }
    person
}

impl Person {
    fn place(&mut self, unit: &str, department: Option<usize>) {
        let rdn = format!("CN={}", self.cn.replace(',', "\\,"));
        let base = Domain::Contoso.base_dn();
        self.dn = match department {
            Some(department) => format!("{rdn},OU={},OU={unit},{base}", DEPARTMENTS[department]),
            None => format!("{rdn},OU={unit},{base}"),
        };
    }

    /// The index of this person's manager.
    fn manager(index: usize, people: &[Person]) -> Option<&Person> {
        people.get(index.checked_sub(1)? / 8)
    }

    /// The whole user, as person number `i`.
    pub(crate) fn entry(&self, i: usize, people: &[Person]) -> Entry {
        let mut random = Random::new(i as u64);
        let (city, state, country_code, country, country_number) = SITES[self.site];
        let account = &self.account;
        let department = match i {
            _ if i % 120 == 33 => None,
            _ if i % 150 == 20 => Some(format!("{} ", DEPARTMENTS[self.department])),
            _ => Some(DEPARTMENTS[self.department].to_owned()),
        };
        let employee_type = match (self.in_scope, self.contractor) {
            (true, _) => Some("FTE"),
            (_, true) => Some("Contractor"),
            _ => None,
        };
        let mut entry = Entry::new(&self.dn)
            .with("objectClass", "user")
            .with("cn", &self.cn)
            .with("sAMAccountName", account)
            .with("userPrincipalName", format!("{account}@contoso.test"))
            .with(
                "userAccountControl",
                if self.disabled { "514" } else { "512" },
            )
            .with("givenName", self.name.given)
            .with("sn", self.name.family)
            .with(
                "displayName",
                format!("{} {}", self.name.given, self.name.family),
            )
            .with_some("mail", self.mail.as_ref())
            .with("mailNickname", account)
            .with_some(
                "telephoneNumber",
                (i % 17 != 4).then(|| format!("+44 20 7946 {:04}", i % 10_000)),
            )
            .with_some(
                "mobile",
                (i % 5 != 2).then(|| format!("+44 7700 9{:05}", i % 100_000)),
            )
            .with("title", TITLES[random.below(TITLES.len())])
            .with_some("department", department)
            .with("company", "Contoso Ltd")
            .with(
                "physicalDeliveryOfficeName",
                format!("{city} {}.{:03}", 1 + i % 9, i % 300),
            )
            .with(
                "streetAddress",
                format!("{} High Street\nFloor {}", 1 + i % 200, i % 9),
            )
            .with("l", city)
            .with("st", state)
            .with("postalCode", format!("{:05}", 10_000 + i * 7 % 80_000))
            .with("c", country_code)
            .with("co", country)
            .with("countryCode", country_number)
            .with_some("employeeID", self.employee_id.as_ref())
            .with("employeeNumber", format!("E{i}"))
            .with_some("employeeType", employee_type)
            .with(
                "description",
                format!("{}, since {}", DEPARTMENTS[self.department], 1995 + i % 30),
            )
            .with(
                "extensionAttribute1",
                format!("cost-centre-{}", 100 + i % 37),
            )
            .with(
                "extensionAttribute2",
                format!("badge {:06}", i * 13 % 1_000_000),
            )
            .with("msExchMailboxGuid", random.bytes(16))
            .with("proxyAddresses", format!("SMTP:{account}@contoso.test"))
            .with(
                "proxyAddresses",
                format!("smtp:{account}@mail.contoso.test"),
            )
            .with(
                "proxyAddresses",
                format!("X500:/o=Contoso/ou=Staff/cn=Recipients/cn={account}"),
            )
            .with_some(
                "manager",
                Self::manager(i, people).map(|manager| &manager.dn),
            );
        if i.is_multiple_of(60) {
            entry = entry
                .with("otherTelephone", format!("+44 113 496 {i:04}"))
                .with("otherTelephone", "+44 113 4960");
        }
        if i % 50 == 1 {
            entry = entry.with("info", "Line one\r\nLine two, „quoted“ – and a tab\there");
        }
        if i % 100 == 10 {
            entry = entry.with(
                "thumbnailPhoto",
                [&[0xff, 0xd8, 0xff, 0xe0][..], &random.bytes(1_500)].concat(),
            );
        }
        entry
    }

    /// Nothing about this person is dirty, so a match by either key finds exactly this person.
    pub(crate) fn is_clean(&self, i: usize) -> bool {
        self.in_scope
            && !self.disabled
            && self.employee_id.is_some()
            && self.mail.as_deref() == Some(&format!("{}@contoso.test", self.account))
            && !self.cn.contains(',')
            && !SHARED_MAIL
                .iter()
                .any(|second| *second == i || *second == i + 1)
    }
}

/// The department OUs below OU=Staff.
pub(crate) fn department_units() -> Vec<Entry> {
    DEPARTMENTS
        .iter()
        .map(|name| {
            Entry::new(format!("OU={name},OU=Staff,{}", Domain::Contoso.base_dn()))
                .with("objectClass", "organizationalUnit")
                .with("ou", name)
        })
        .collect()
}
