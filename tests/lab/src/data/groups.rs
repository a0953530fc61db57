//! Groups of the source forest, children before the groups they are nested in.

use super::{
    Shape,
    people::{DEPARTMENTS, Person, Random, SITES},
};
use crate::{Domain, ldif::Entry};

const GLOBAL_SECURITY: &str = "-2147483646";
const UNIVERSAL_SECURITY: &str = "-2147483640";
const UNIVERSAL_DISTRIBUTION: &str = "8";

/// Every group of OU=Groups.
pub(crate) fn all(shape: Shape, people: &[Person], contacts: &[Entry]) -> Vec<Entry> {
    let staff: Vec<&Person> = people.iter().filter(|person| person.in_scope).collect();
    let outside: Vec<&Person> = people.iter().filter(|person| !person.in_scope).collect();
    let dns = |people: &[&Person]| {
        people
            .iter()
            .map(|person| person.dn.clone())
            .collect::<Vec<_>>()
    };
    let nested = |names: &[&str]| names.iter().map(|name| dn(name)).collect::<Vec<_>>();
    let mut groups = vec![group("All Staff", GLOBAL_SECURITY, dns(&staff))];

    let mut departments = Vec::new();
    for (index, department) in DEPARTMENTS.iter().enumerate() {
        let members: Vec<_> = staff
            .iter()
            .copied()
            .filter(|person| person.department == index)
            .collect();
        let name = format!("Department {department}");
        groups.push(group(&name, GLOBAL_SECURITY, dns(&members)));
        departments.push(dn(&name));
    }
    groups.push(group("Departments", GLOBAL_SECURITY, departments));

    let mut sites = Vec::new();
    for (index, (city, ..)) in SITES.iter().enumerate() {
        let members: Vec<_> = staff
            .iter()
            .copied()
            .filter(|person| person.site == index)
            .collect();
        let name = format!("Site {city}");
        groups.push(group(&name, GLOBAL_SECURITY, dns(&members)));
        sites.push(dn(&name));
    }
    groups.push(group("Sites", UNIVERSAL_SECURITY, sites));

    let mut random = Random::new(7);
    for number in 0..shape.projects {
        let mut members = staff.clone();
        random.shuffle(&mut members);
        members.truncate(3 + random.below(58));
        let kind = if number % 6 == 5 {
            UNIVERSAL_DISTRIBUTION
        } else {
            GLOBAL_SECURITY
        };
        groups.push(group(
            &format!("Project {:03}", number + 1),
            kind,
            dns(&members),
        ));
    }

    groups.push(group("Board", GLOBAL_SECURITY, dns(&staff[..5])));
    let managers: Vec<_> = dns(&staff[5..40])
        .into_iter()
        .chain(nested(&["Board"]))
        .collect();
    groups.push(group("Management", UNIVERSAL_SECURITY, managers));
    groups.push(group("Tier 3", GLOBAL_SECURITY, dns(&staff[40..45])));
    groups.push(group("Tier 2", GLOBAL_SECURITY, nested(&["Tier 3"])));
    groups.push(group("Tier 1", GLOBAL_SECURITY, nested(&["Tier 2"])));
    groups.push(group("Nobody Yet", GLOBAL_SECURITY, Vec::new()));
    let partners: Vec<_> = contacts
        .iter()
        .map(|contact| contact.dn.clone())
        .chain(dns(&staff[10..20]))
        .collect();
    groups.push(group("Partners", UNIVERSAL_DISTRIBUTION, partners));
    let mixed: Vec<_> = dns(&outside)
        .into_iter()
        .take(20)
        .chain(dns(&staff[20..30]))
        .collect();
    groups.push(group("Liaison", GLOBAL_SECURITY, mixed));

    let owner = &staff[1].dn;
    groups
        .into_iter()
        .enumerate()
        .map(|(n, group)| describe(n, group, owner))
        .collect()
}

fn dn(name: &str) -> String {
    format!("CN={name},OU=Groups,{}", Domain::Contoso.base_dn())
}

fn group(name: &str, kind: &str, members: Vec<String>) -> Entry {
    let entry = Entry::new(dn(name))
        .with("objectClass", "group")
        .with("cn", name)
        .with("sAMAccountName", account(name))
        .with("displayName", name)
        .with("groupType", kind);
    members
        .into_iter()
        .fold(entry, |entry, member| entry.with("member", member))
}

fn describe(n: usize, group: Entry, owner: &str) -> Entry {
    let mail = group.text("sAMAccountName").filter(|_| n.is_multiple_of(4));
    group
        .with_some(
            "description",
            (n % 7 != 3).then(|| format!("Group {n} of the lab")),
        )
        .with_some(
            "mail",
            mail.map(|account| format!("{account}@contoso.test")),
        )
        .with_some("managedBy", n.is_multiple_of(3).then_some(owner))
        .with("extensionAttribute1", format!("group-class-{}", n % 5))
}

/// The account name: letters and digits of the name, `grp-` before it so that no user has the same.
fn account(name: &str) -> String {
    let plain: String = name
        .chars()
        .filter_map(|c| match c {
            'ü' => Some('u'),
            'ó' => Some('o'),
            'ö' => Some('o'),
            ' ' => Some('-'),
            c => c.is_ascii_alphanumeric().then_some(c),
        })
        .collect();
    format!("grp-{}", plain.to_lowercase())
}
