//! Contacts of the source forest: people of partner companies.

use super::{Shape, names, people::CONTACTS_FROM};
use crate::{Domain, ldif::Entry};

const PARTNERS: [&str; 4] = ["Adatum", "Litware", "Proseware", "Wingtip Toys"];

/// OU=Contacts of `contoso.test`.
pub(crate) fn all(shape: Shape) -> Vec<Entry> {
    let names = names::all()
        .into_iter()
        .skip(CONTACTS_FROM)
        .take(shape.contacts);
    names
        .enumerate()
        .map(|(n, name)| {
            let company = PARTNERS[n % PARTNERS.len()];
            let cn = format!("{} {} ({company})", name.given, name.family);
            let mail = format!(
                "{}@{}.example",
                name.account,
                company.to_lowercase().replace(' ', "")
            );
            Entry::new(format!("CN={cn},OU=Contacts,{}", Domain::Contoso.base_dn()))
                .with("objectClass", "contact")
                .with("cn", &cn)
                .with("givenName", name.given)
                .with("sn", name.family)
                .with("displayName", &cn)
                .with_some("mail", (n != 7).then_some(&mail))
                .with("mailNickname", format!("{}.ext", name.account))
                .with("targetAddress", format!("SMTP:{mail}"))
                .with("proxyAddresses", format!("SMTP:{mail}"))
                .with("company", company)
                .with("title", "Partner")
                .with_some(
                    "telephoneNumber",
                    (n % 4 != 1).then(|| format!("+1 206 555 {n:04}")),
                )
                .with("l", "Seattle")
                .with("c", "US")
                .with("co", "United States")
                .with("description", format!("Partner contact {n}"))
                .with("extensionAttribute1", format!("partner-{}", n % 4))
        })
        .collect()
}
