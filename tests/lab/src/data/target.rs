//! `fabrikam.test`: people whom contoso knows under the same account name, and strangers.

use super::{
    Person, Shape,
    names::{self, FullName},
    people::{STRANGERS_FROM, source},
};
use crate::{Domain, ldif::Entry};

/// The people of contoso who have an account in `fabrikam.test` already, with their numbers.
pub(crate) fn matched(shape: Shape, people: &[Person]) -> Vec<(usize, &Person)> {
    let wanted = shape.existing * 3 / 5;
    let clean: Vec<_> = people
        .iter()
        .enumerate()
        .filter(|(i, person)| person.is_clean(*i))
        .collect();
    let step = (clean.len() / wanted.max(1)).max(1);
    clean
        .into_iter()
        .skip(step / 2)
        .step_by(step)
        .take(wanted)
        .collect()
}

/// OU=Existing of `fabrikam.test`.
pub(crate) fn existing(shape: Shape) -> Vec<Entry> {
    let people = source(shape);
    let matched = matched(shape, &people);
    let by_id = matched.len() * 5 / 6;
    let known = matched.iter().enumerate().map(|(n, (_, person))| {
        let entry = fabrikam_user(n, &person.name);
        match n < by_id {
            true => entry
                .with_some("employeeID", person.employee_id.as_ref())
                .with("mail", format!("{}@fabrikam.test", person.account)),
            false => entry.with_some("mail", person.mail.as_ref()),
        }
    });
    let strangers = names::all()
        .into_iter()
        .skip(STRANGERS_FROM)
        .take(shape.existing - matched.len());
    let strangers = strangers.enumerate().map(|(n, name)| {
        fabrikam_user(1_000 + n, &name)
            .with("employeeID", format!("F{n:06}"))
            .with("mail", format!("{}@fabrikam.test", name.account))
    });
    known.chain(strangers).collect()
}

fn fabrikam_user(n: usize, name: &FullName) -> Entry {
    let cn = format!("{} {}", name.given, name.family);
    let account = &name.account;
    Entry::new(format!(
        "CN={cn},OU=Existing,{}",
        Domain::Fabrikam.base_dn()
    ))
    .with("objectClass", "user")
    .with("cn", &cn)
    .with("sAMAccountName", account)
    .with("userPrincipalName", format!("{account}@fabrikam.test"))
    .with("userAccountControl", "512")
    .with("givenName", name.given)
    .with("sn", name.family)
    .with(
        "displayName",
        format!("{} {} (Fabrikam)", name.given, name.family),
    )
    .with("title", "Merged in 2019")
    .with(
        "department",
        if n.is_multiple_of(3) {
            "Legacy"
        } else {
            "Fabrikam Operations"
        },
    )
    .with("company", "Fabrikam Inc")
    .with_some(
        "telephoneNumber",
        n.is_multiple_of(2)
            .then(|| format!("+1 425 555 {:04}", n % 10_000)),
    )
    .with("l", "Redmond")
    .with("c", "US")
    .with("description", format!("Fabrikam user {n}"))
}
