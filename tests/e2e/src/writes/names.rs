//! The target's objects by id, so that a write under an id and an operation under a name meet.

use std::collections::BTreeMap;

use syncline_lab::DomainController;
use syncline_model::Dn;

const OBJECTS: &str =
    "(|(objectClass=user)(objectClass=group)(objectClass=contact)(objectClass=organizationalUnit))";

/// Names by id, those of deleted objects included.
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Asks the directory, as its administrator.
    pub fn read(forest: &DomainController) -> anyhow::Result<Self> {
        let wanted = ["objectGUID", "lastKnownParent"];
        let entries = forest
            .administrator()?
            .search_deleted(forest.base_dn(), OBJECTS, &wanted)?;
        let named = entries.iter().filter_map(|entry| {
            let id = guid_text(entry.values("objectGUID").next()?)?;
            let name = match entry.text("lastKnownParent") {
                Some(parent) => format!("{},{parent}", before_deletion(&entry.dn)),
                None => entry.dn.clone(),
            };
            Some((id, key_of(&name)))
        });
        Ok(Self(named.collect()))
    }

    /// The text under which spellings of a name and the object's id are the same.
    pub fn of(&self, name: &str) -> String {
        let id = name
            .strip_prefix("<GUID=")
            .and_then(|rest| rest.strip_suffix('>'));
        match id.and_then(|id| self.0.get(&id.to_lowercase())) {
            Some(name) => name.clone(),
            None => key_of(name),
        }
    }
}

fn key_of(dn: &str) -> String {
    dn.parse::<Dn>()
        .map_or_else(|_| dn.to_lowercase(), |dn| dn.match_key())
}

/// `CN=Ann` of `CN=Ann\0ADEL:…,CN=Deleted Objects,…`.
fn before_deletion(dn: &str) -> &str {
    dn.split("\\0ADEL:").next().unwrap_or(dn)
}

/// An `objectGUID` as text: the first three groups are little-endian.
fn guid_text(octets: &[u8]) -> Option<String> {
    let octets: [u8; 16] = octets.try_into().ok()?;
    let [a, b, c, d, e, f, g, h, rest @ ..] = octets;
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    Some(format!(
        "{}-{}-{}-{}-{}",
        hex(&[d, c, b, a]),
        hex(&[f, e]),
        hex(&[h, g]),
        hex(&rest[..2]),
        hex(&rest[2..])
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_a_deleted_name_read_as_people_write_them() {
        let octets: Vec<u8> = (1..=16).collect();

        assert_eq!(
            guid_text(&octets).as_deref(),
            Some("04030201-0605-0807-090a-0b0c0d0e0f10")
        );
        assert_eq!(
            before_deletion("CN=Ann\\0ADEL:04030201,CN=Deleted Objects,DC=x"),
            "CN=Ann"
        );
    }
}
