//! Names of databases, schemas and roles, in the one form that needs no quoting.
//!
//! Invariant: a `Name` is lower-case letters, digits and underscores, starts with a letter, and is
//! shorter than what Postgres cuts; so it can stand in SQL text, where parameters cannot.

use std::fmt;
use std::str::FromStr;

use syncline_model::TenantId;

/// A name that may be written into SQL text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name(String);

/// The text is not such a name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{0}` is not a database name of ours: only a-z, 0-9 and _, starting with a letter, at most 63"
)]
pub struct NameError(String);

impl Name {
    /// The schema of a tenant, and the name of its role: opaque, and free of SQL's own words.
    pub fn of_tenant(tenant: TenantId) -> Self {
        let text = tenant.to_string();
        let digits = text.rsplit('_').next().unwrap_or_default();
        Self(format!("t_{digits}"))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) const fn bytes_are_plain(text: &str) -> bool {
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > 63 || !bytes[0].is_ascii_lowercase() {
            return false;
        }
        let mut at = 1;
        while at < bytes.len() {
            let b = bytes[at];
            if !(b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
                return false;
            }
            at += 1;
        }
        true
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if Self::bytes_are_plain(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenants_name_is_its_ids_digits() {
        assert_eq!(Name::of_tenant(TenantId(33)).as_str(), "t_11");
        assert!(
            Name::of_tenant(TenantId(i64::MAX))
                .as_str()
                .parse::<Name>()
                .is_ok()
        );
    }

    #[test]
    fn what_would_need_quoting_is_no_name() {
        for text in [
            "",
            "1a",
            "a b",
            "a\"b",
            "A",
            "a;drop",
            "_a",
            "a\n",
            &"a".repeat(64),
        ] {
            assert!(text.parse::<Name>().is_err(), "{text}");
        }
    }
}
