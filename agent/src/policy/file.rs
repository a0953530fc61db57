//! The policy file: what the host's administrator allows. The cloud can neither read nor change it.
//!
//! Invariants: without a file nothing is written; a file that others than its owner may write, or that
//! cannot be read whole, counts as one that allows nothing; unknown keys are errors, so that a misspelt
//! limit never goes unnoticed.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use syncline_connectors::password::RecipientKey;
use syncline_model::{AttrName, Dn};

use super::ceilings::Ceilings;
use super::entra_connect::{self, EntraConnectPolicy};
use super::never;
use crate::error::AgentError;
use crate::home;

/// The commented file that enrolment leaves.
pub const TEMPLATE: &str = include_str!("policy.toml");

/// What the host allows.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Whether anything is written at all.
    pub writes: bool,
    /// Hosts this agent may dial to reach its directory.
    pub hosts: Vec<String>,
    /// Containers under which objects may be written.
    pub bases: Vec<Dn>,
    /// Object types that may be written.
    pub types: Vec<String>,
    /// How much of each kind may be written a day.
    pub ceilings: Ceilings,
    /// Which cycles of Entra Connect may be started, and where.
    pub entra_connect: EntraConnectPolicy,
    /// For whom the initial passwords of created accounts may be sealed; none: no account gets one.
    pub password_recipients: Vec<String>,
    /// SHA-256 of the file; zero when there is none.
    pub digest: [u8; 32],
    attributes: BTreeMap<String, Vec<AttrName>>,
    protect: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    writes: bool,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    bases: Vec<String>,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    protect: Vec<String>,
    #[serde(default)]
    ceilings: Ceilings,
    #[serde(default)]
    entra_connect: entra_connect::Text,
    #[serde(default)]
    initial_passwords: InitialPasswords,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InitialPasswords {
    #[serde(default)]
    recipients: Vec<String>,
}

impl Policy {
    /// Reads the file; without one, the policy that allows nothing.
    pub fn load(path: &Path) -> Result<Self, AgentError> {
        match home::read_trusted(path)? {
            None => Ok(Self::default()),
            Some(text) => Self::parse(&text),
        }
    }

    /// Reads the text of a policy file.
    pub fn parse(text: &str) -> Result<Self, AgentError> {
        let wrong = |what: String| {
            AgentError::new(
                "agent.policy_invalid",
                format!("The policy file is not valid: {what}."),
                "Correct it and run `syncline-agent policy check`; until then nothing is written.",
            )
        };
        let read: Text = toml::from_str(text).map_err(|e| wrong(e.message().to_owned()))?;
        let bases = read
            .bases
            .iter()
            .map(|base| match base.parse::<Dn>() {
                Ok(dn) if dn.rdn().is_some() => Ok(dn),
                _ => Err(wrong(format!("`{base}` is no distinguished name"))),
            })
            .collect::<Result<Vec<_>, _>>()?;
        for (object_type, attrs) in &read.attributes {
            if !read.types.contains(object_type) {
                return Err(wrong(format!(
                    "attributes are listed for `{object_type}`, which is not in `types`"
                )));
            }
            if let Some(never) = attrs.iter().find(|attr| never::is_never_written(attr)) {
                return Err(wrong(format!(
                    "the attribute `{never}` is on the built-in never-list and cannot be allowed"
                )));
            }
        }
        if let Some(object_type) = read.types.iter().find(|t| !TYPES.contains(&t.as_str())) {
            return Err(wrong(format!(
                "objects of the type `{object_type}` cannot be allowed; possible are {}",
                TYPES.join(", ")
            )));
        }
        if let Some(sid) = read.protect.iter().find(|sid| !sid.starts_with("S-1-")) {
            return Err(wrong(format!("`{sid}` in `protect` is no SID")));
        }
        if read.writes && (bases_missing(&bases) || read.types.is_empty()) {
            return Err(wrong(
                "`writes` is true, but `bases` or `types` is empty".into(),
            ));
        }
        let entra_connect = read.entra_connect.checked().map_err(wrong)?;
        for recipient in &read.initial_passwords.recipients {
            if let Err(error) = recipient.parse::<RecipientKey>() {
                // Without the text: it may be a private key that was pasted by mistake.
                return Err(wrong(format!(
                    "a recipient in `initial_passwords` cannot be used: {error}"
                )));
            }
        }
        Ok(Self {
            writes: read.writes,
            hosts: read.hosts,
            bases,
            types: read.types,
            ceilings: read.ceilings,
            entra_connect,
            password_recipients: read.initial_passwords.recipients,
            digest: Sha256::digest(text.as_bytes()).into(),
            attributes: read
                .attributes
                .into_iter()
                .map(|(t, attrs)| (t, attrs.iter().map(AttrName::new).collect()))
                .collect(),
            protect: read.protect,
        })
    }

    /// Whether an attribute of a type is listed.
    pub fn may_write(&self, object_type: &str, attr: &AttrName) -> bool {
        self.attributes
            .get(object_type)
            .is_some_and(|attrs| attrs.contains(attr))
    }

    /// Whether the file protects the object or group with this SID.
    pub fn protects(&self, sid: &str) -> bool {
        self.protect
            .iter()
            .any(|known| known.eq_ignore_ascii_case(sid))
    }

    /// Whether this host may be dialled for the directory.
    pub fn may_dial(&self, host: &str) -> bool {
        self.hosts
            .iter()
            .any(|known| known.eq_ignore_ascii_case(host))
    }

    /// The file's content in words, for `policy show`.
    pub fn describe(&self) -> String {
        let list = |items: Vec<String>| {
            if items.is_empty() {
                "none".to_owned()
            } else {
                items.join("; ")
            }
        };
        let mut out = format!(
            "writes:     {}\nhosts:      {}\nbases:      {}\ntypes:      {}\n",
            if self.writes {
                "allowed as below"
            } else {
                "off: read-only"
            },
            list(self.hosts.clone()),
            list(self.bases.iter().map(ToString::to_string).collect()),
            list(self.types.clone()),
        );
        for (object_type, attrs) in &self.attributes {
            let attrs = attrs.iter().map(ToString::to_string).collect();
            out.push_str(&format!("attributes: {object_type}: {}\n", list(attrs)));
        }
        out.push_str(&format!(
            "protected:  {} and the built-in list\n",
            list(self.protect.clone())
        ));
        out.push_str(&format!("a day:      {}\n", self.ceilings));
        out.push_str(&format!(
            "passwords:  sealed for {}\n",
            list(self.password_recipients.clone())
        ));
        out.push_str(&format!(
            "Entra Connect: {}\n",
            self.entra_connect.describe()
        ));
        out
    }
}

/// Types that a policy can allow, of either kind of directory. The domain head and plain containers are not among them.
const TYPES: [&str; 6] = [
    "user",
    "group",
    "contact",
    "organizationalUnit",
    "inetOrgPerson",
    "groupOfNames",
];

fn bases_missing(bases: &[Dn]) -> bool {
    bases.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_allows_nothing_and_is_valid() {
        let policy = Policy::parse(TEMPLATE).unwrap();

        assert!(!policy.writes);
        assert!(policy.bases.is_empty());
        assert!(policy.entra_connect.allow.is_empty());
        assert!(policy.password_recipients.is_empty());
    }

    #[test]
    fn a_listed_attribute_may_be_written_and_its_neighbour_not() {
        let policy = Policy::parse(
            r#"
            writes = true
            bases = ["OU=Synced,DC=fabrikam,DC=test"]
            types = ["user"]
            [attributes]
            user = ["displayName"]
            "#,
        )
        .unwrap();

        assert!(policy.may_write("user", &"DISPLAYNAME".into()));
        assert!(!policy.may_write("user", &"mail".into()));
        assert!(!policy.may_write("group", &"displayName".into()));
        assert!(policy.describe().contains("displayName"));
    }

    #[test]
    fn a_file_that_means_something_else_than_it_says_is_refused() {
        for text in [
            "write = true",
            "writes = true",
            "bases = ['people']",
            "bases = ['']",
            "types = ['computer']",
            "types = ['user']\n[attributes]\ngroup = ['cn']",
            "types = ['user']\n[attributes]\nuser = ['unicodePwd']",
            "types = ['user']\n[attributes]\nuser = ['msDS-AllowedToDelegateTo']",
            "protect = ['Domain Admins']",
            "[ceilings]\nadds = 4",
            "[ceilings]\nadd = -4",
            "[entra_connect]\nallow = ['everything']",
            "[initial_passwords]\nallow = true",
            "[initial_passwords]\nrecipients = ['everyone']",
            "[initial_passwords]\nrecipients = ['AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L']",
        ] {
            let error = Policy::parse(text).unwrap_err();
            assert_eq!(error.code, "agent.policy_invalid", "{text}");
        }
    }
}
