//! The initial password of an account that an Add creates: the policy, and the sealed envelope it comes in.
//!
//! Invariants: no type here can hold a password; the policy is part of the operation and so of its hash, because
//! an approval also says who gets the password; an envelope can be opened only with the recipient's private key,
//! which nobody but the recipient has.

use serde::{Deserialize, Serialize};

use crate::flat::{FlatError, Reader, put_bytes, put_varint};

/// Characters of a password at least. Below it no policy is worth having; Active Directory's own default is 7.
pub const LENGTH_MIN: u16 = 12;
/// Characters of a password at most: Entra ID takes 256, Active Directory 256, some sign-in forms no more than 127.
pub const LENGTH_MAX: u16 = 127;
/// Days for which a sealed password waits at most.
pub const KEEP_DAYS_MAX: u16 = 90;
/// Characters of a recipient's name at most.
pub const NAME_MAX: usize = 100;

/// Which password a created account gets, and who gets the password.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InitialPassword {
    /// Characters, 12 to 127; absent is 20.
    #[serde(default = "default_length")]
    pub length: u16,
    /// Classes of which at least one character is taken each; absent is all four.
    #[serde(default = "default_classes")]
    pub classes: Vec<CharacterClass>,
    /// The user must choose another at the first sign-in.
    #[serde(default = "default_must_change")]
    pub must_change: bool,
    /// The account stays disabled until the sealed password was collected; then an ordinary export enables it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled_until_handed_over: bool,
    /// Days for which the sealed password waits to be collected, 1 to 90; absent is 14.
    #[serde(default = "default_keep_days")]
    pub keep_days: u16,
    /// Who gets the password.
    pub recipient: Recipient,
}

/// Who gets passwords.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// What people call him, such as `Service desk`.
    pub name: String,
    /// His public key: an age recipient (`age1…`, X25519), as `age-keygen` prints it.
    pub key: String,
}

/// A class of characters, as complexity rules count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CharacterClass {
    /// A to Z.
    Upper,
    /// a to z.
    Lower,
    /// 0 to 9.
    Digit,
    /// Punctuation that every keyboard has.
    Symbol,
}

/// Every class, in the order of its bit.
pub const CLASSES: [CharacterClass; 4] = [
    CharacterClass::Upper,
    CharacterClass::Lower,
    CharacterClass::Digit,
    CharacterClass::Symbol,
];

/// A password that only its recipient can read: an age file (age-encryption.org/v1) in its binary form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

/// How an age file begins.
const AGE: &[u8] = b"age-encryption.org/v1\n";
/// Octets of an age file with one X25519 recipient and a short password at most.
pub const SEALED_MAX: usize = 1024;

impl Sealed {
    /// An envelope from outside, if it can be one.
    pub fn parse(octets: &[u8]) -> Option<Self> {
        let fits = octets.starts_with(AGE) && octets.len() <= SEALED_MAX;
        fits.then(|| Self(octets.to_vec()))
    }
}

fn default_length() -> u16 {
    20
}
fn default_classes() -> Vec<CharacterClass> {
    CLASSES.to_vec()
}
fn default_must_change() -> bool {
    true
}
fn default_keep_days() -> u16 {
    14
}

impl InitialPassword {
    /// The usual policy for a recipient: 20 characters of all classes, to be changed at the first sign-in.
    pub fn usual(recipient: Recipient) -> Self {
        Self {
            length: default_length(),
            classes: default_classes(),
            must_change: default_must_change(),
            disabled_until_handed_over: false,
            keep_days: default_keep_days(),
            recipient,
        }
    }

    /// The classes, each once and in order.
    pub fn alphabet(&self) -> impl Iterator<Item = CharacterClass> + '_ {
        CLASSES
            .into_iter()
            .filter(|class| self.classes.contains(class))
    }

    /// What is wrong with the policy whatever the target, as (field, sentence).
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        if !(LENGTH_MIN..=LENGTH_MAX).contains(&self.length) {
            found.push((
                "length",
                format!("A password has {LENGTH_MIN} to {LENGTH_MAX} characters."),
            ));
        }
        // Active Directory and Entra ID both ask for three of their classes.
        if self.alphabet().count() < 3 {
            found.push((
                "classes",
                "Active Directory and Entra ID ask for characters of at least three classes."
                    .into(),
            ));
        }
        if !(1..=KEEP_DAYS_MAX).contains(&self.keep_days) {
            found.push((
                "keep_days",
                format!("A sealed password waits for 1 to {KEEP_DAYS_MAX} days."),
            ));
        }
        let name = self.recipient.name.trim();
        if name.is_empty() || name.chars().count() > NAME_MAX {
            found.push((
                "recipient/name",
                format!("A recipient needs a name of 1 to {NAME_MAX} characters."),
            ));
        }
        found
    }

    /// Appends the canonical form.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, u64::from(self.length));
        let bits = self.alphabet().fold(0, |bits, class| bits | class.bit());
        out.push(bits);
        out.push(u8::from(self.must_change) | u8::from(self.disabled_until_handed_over) << 1);
        put_varint(out, u64::from(self.keep_days));
        put_bytes(out, self.recipient.name.as_bytes());
        put_bytes(out, self.recipient.key.as_bytes());
    }

    /// Reads what [`InitialPassword::put`] wrote.
    pub(crate) fn get(r: &mut Reader<'_>) -> Result<Self, FlatError> {
        let number = |r: &mut Reader<'_>| {
            u16::try_from(r.varint()?).map_err(|_| r.error("a number of a password policy"))
        };
        let length = number(r)?;
        let bits = r.byte()?;
        let marks = r.byte()?;
        if bits > 15 || marks > 3 {
            return Err(r.error("password policy"));
        }
        let classes = CLASSES.into_iter().filter(|class| bits & class.bit() != 0);
        Ok(Self {
            length,
            classes: classes.collect(),
            must_change: marks & 1 != 0,
            disabled_until_handed_over: marks & 2 != 0,
            keep_days: number(r)?,
            recipient: Recipient {
                name: r.text()?.to_owned(),
                key: r.text()?.to_owned(),
            },
        })
    }
}

impl CharacterClass {
    fn bit(self) -> u8 {
        1 << self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> InitialPassword {
        InitialPassword::usual(Recipient {
            name: "Service desk".into(),
            key: "age1example".into(),
        })
    }

    #[test]
    fn a_policy_reads_with_its_defaults_and_without_a_recipient_not_at_all() {
        let text = r#"{"recipient": {"name": "Service desk", "key": "age1example"}}"#;

        let read: InitialPassword = serde_json::from_str(text).unwrap();

        assert_eq!(read, policy());
        assert_eq!(read.problems(), []);
        assert!(serde_json::from_str::<InitialPassword>("{}").is_err());
    }

    #[test]
    fn the_canonical_form_reads_back_and_the_order_of_classes_means_nothing() {
        let mut other = policy();
        other.classes.reverse();
        other.disabled_until_handed_over = true;
        let mut bytes = Vec::new();
        other.put(&mut bytes);

        let back = InitialPassword::get(&mut Reader::new(&bytes)).unwrap();

        let mut again = Vec::new();
        back.put(&mut again);
        assert_eq!(again, bytes);
        assert!(back.disabled_until_handed_over && back.must_change);
    }

    #[test]
    fn a_weak_policy_is_found_field_by_field() {
        let weak = InitialPassword {
            length: 8,
            classes: vec![CharacterClass::Lower, CharacterClass::Digit],
            keep_days: 0,
            recipient: Recipient {
                name: " ".into(),
                key: String::new(),
            },
            ..policy()
        };

        let fields: Vec<_> = weak
            .problems()
            .into_iter()
            .map(|(field, _)| field)
            .collect();

        assert_eq!(fields, ["length", "classes", "keep_days", "recipient/name"]);
    }

    #[test]
    fn limits_are_what_they_say_and_no_further() {
        let found = |change: &dyn Fn(&mut InitialPassword)| {
            let mut changed = policy();
            change(&mut changed);
            changed.problems().len()
        };
        let three = &CLASSES[1..];

        for (inside, beyond) in [(12, 11), (127, 128)] {
            assert_eq!(found(&|p| p.length = inside), 0, "{inside}");
            assert_eq!(found(&|p| p.length = beyond), 1, "{beyond}");
        }
        for (inside, beyond) in [(1, 0), (90, 91)] {
            assert_eq!(found(&|p| p.keep_days = inside), 0, "{inside}");
            assert_eq!(found(&|p| p.keep_days = beyond), 1, "{beyond}");
        }
        assert_eq!(found(&|p| p.classes = three.to_vec()), 0);
        // The same class again is no other one.
        assert_eq!(found(&|p| p.classes = [three[0]; 3].to_vec()), 1);
    }

    #[test]
    fn an_envelope_is_an_age_file_of_modest_size() {
        assert!(Sealed::parse(b"age-encryption.org/v1\n-> X25519").is_some());
        assert_eq!(Sealed::parse(b"Summer2024!"), None);
        assert_eq!(Sealed::parse(&[AGE, &[0; SEALED_MAX]].concat()), None);
    }
}
