//! The one registry of ids. Each is a 63-bit number inside and a short prefixed text outside.
//!
//! Invariants: an id is never reused; the text form is `prefix_` + lower-case Crockford base32
//! without padding, and parsing accepts exactly what printing produces. Within a tenant all ids
//! come from one sequence; tenant, member and session ids are random.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not the id it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what} id: expected `{prefix}_` followed by base32 digits")]
pub struct IdError {
    text: String,
    what: &'static str,
    prefix: &'static str,
}

fn encode(mut n: u64, out: &mut String) {
    let mut digits = [0u8; 13];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = ALPHABET[(n & 31) as usize];
        n >>= 5;
        if n == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|b| *b as char));
}

fn decode(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let canonical =
        !bytes.is_empty() && bytes.len() <= 13 && (bytes[0] != b'0' || bytes.len() == 1);
    if !canonical {
        return None;
    }
    let mut n: u64 = 0;
    for b in bytes {
        let digit = ALPHABET.iter().position(|a| a == b)? as u64;
        n = n.checked_mul(32)?.checked_add(digit)?;
    }
    i64::try_from(n).ok()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl $name {
            /// The prefix of the text form, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The number inside, as stored.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = String::with_capacity(18);
                text.push_str(concat!($prefix, "_"));
                encode(self.0.unsigned_abs(), &mut text);
                f.write_str(&text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or_else(|| IdError { text: text.chars().take(64).collect(), what: $what, prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A customer's tenant.
    TenantId = "ten", "tenant";
    /// A person or workload known to the control plane (one per directory tenant and object id).
    PrincipalId = "usr", "principal";
    /// An instance of a connected system: one forest, one Entra tenant, one file.
    DirectoryId = "dir", "directory";
    /// An enrolled agent.
    AgentId = "agt", "agent";
    /// A sync profile.
    ProfileId = "prf", "profile";
    /// An inbound or outbound part of a profile; stable over versions.
    PartId = "prt", "part";
    /// One step on one directory or profile.
    RunId = "run", "run";
    /// A target vector whose completion can be waited for.
    CycleId = "cyc", "cycle";
    /// A what-if.
    WhatIfId = "wif", "what-if";
    /// An approval of a plan or of a guard's list.
    ApprovalId = "apr", "approval";
    /// A connector-space object.
    CsId = "obj", "object";
    /// A metaverse object.
    MvId = "mvo", "metaverse object";
    /// A template that a tenant saved from one of its profiles.
    TemplateId = "tpl", "template";
    /// A lookup table or a named expression of a tenant.
    RuleResourceId = "res", "rule resource";
    /// An entry of the message log.
    MessageId = "msg", "message";
    /// A notification to one receiver.
    NotificationId = "ntf", "notification";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_reads_back() {
        for n in [0, 1, 31, 32, 1_000_000, i64::MAX] {
            let id = DirectoryId(n);

            assert_eq!(id.to_string().parse::<DirectoryId>(), Ok(id));
        }
    }

    #[test]
    fn another_kind_a_path_or_a_padded_number_is_refused() {
        for text in [
            "prf_1",
            "dir_",
            "dir_../x",
            "dir_01",
            "dir_U",
            "dir_zzzzzzzzzzzzzz",
            "1",
        ] {
            assert!(text.parse::<DirectoryId>().is_err(), "{text}");
        }
    }
}
