//! The bits of userAccountControl as attributes of their own.
//!
//! Invariants: the number itself is never offered nor mapped; a change touches only its own bits;
//! PASSWD_NOTREQD is never written; a new account starts disabled, as a normal account, without a password.

use syncline_model::AttrName;
use syncline_model::schema::AttrDef;
use syncline_model::value::{Value, ValueType};

/// The attribute behind the flags.
pub const ATTR: &str = "userAccountControl";
/// NORMAL_ACCOUNT | ACCOUNTDISABLE.
pub const NEW_ACCOUNT: u32 = 0x202;
/// ACCOUNTDISABLE.
pub const DISABLED: u32 = 0x2;
/// PASSWD_NOTREQD.
const PASSWORD_NOT_REQUIRED: u32 = 0x20;

/// One bit under a name of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its name in our schema.
    pub name: &'static str,
    /// The bit.
    pub bit: u32,
    /// Whether an export may change it. Delegation and weakened authentication are never ours to grant.
    pub writable: bool,
}

const FLAGS: &[Flag] = &[
    flag("accountDisabled", DISABLED, true),
    flag("passwordNeverExpires", 0x1_0000, true),
    flag("smartcardRequired", 0x4_0000, true),
    flag("accountNotDelegated", 0x10_0000, true),
    flag("passwordNotRequired", PASSWORD_NOT_REQUIRED, false),
    flag("reversiblePasswordAllowed", 0x80, false),
    flag("trustedForDelegation", 0x8_0000, false),
    flag("trustedToAuthForDelegation", 0x100_0000, false),
    flag("desKeyOnly", 0x20_0000, false),
    flag("preAuthenticationNotRequired", 0x40_0000, false),
];

const fn flag(name: &'static str, bit: u32, writable: bool) -> Flag {
    Flag {
        name,
        bit,
        writable,
    }
}

/// The flag of this name.
pub fn by_name(name: &str) -> Option<&'static Flag> {
    FLAGS
        .iter()
        .find(|flag| flag.name.eq_ignore_ascii_case(name))
}

/// The definitions of all flags.
pub fn definitions() -> impl Iterator<Item = AttrDef> {
    FLAGS.iter().map(|flag| AttrDef {
        name: AttrName::new(flag.name),
        value_type: ValueType::Boolean,
        multi: false,
        required: false,
        writable: flag.writable,
        max_length: None,
        confirmation: syncline_model::schema::Confirmation::Exact,
        sensitive: false,
    })
}

impl Flag {
    /// What the flag says in this number.
    pub fn value(&self, control: u32) -> Value {
        Value::Bool(control & self.bit != 0)
    }
}

/// The number in an attribute's octets, which the directory writes as a signed decimal.
pub fn parse(octets: &[u8]) -> Option<u32> {
    let number: i64 = std::str::from_utf8(octets).ok()?.trim().parse().ok()?;
    u32::try_from(number)
        .ok()
        .or_else(|| i32::try_from(number).ok().map(i32::cast_unsigned))
}

/// Bits to set and to clear.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FlagChange {
    set: u32,
    clear: u32,
}

impl FlagChange {
    /// Adds one flag's new state.
    pub fn put(&mut self, flag: &Flag, on: bool) {
        if on {
            self.set |= flag.bit;
            self.clear &= !flag.bit;
        } else {
            self.clear |= flag.bit;
            self.set &= !flag.bit;
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Whether it enables the account.
    pub fn enables(self) -> bool {
        self.clear & DISABLED != 0
    }

    /// The number after the change. PASSWD_NOTREQD stays as it was; it is never brought in.
    pub fn apply(self, control: u32) -> u32 {
        (control & !self.clear) | (self.set & !PASSWORD_NOT_REQUIRED)
    }
}

/// The octets of a number.
pub fn print(control: u32) -> Vec<u8> {
    control.cast_signed().to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_touches_only_its_own_bits() {
        let mut change = FlagChange::default();
        change.put(by_name("ACCOUNTDISABLED").unwrap(), true);
        change.put(by_name("passwordNeverExpires").unwrap(), false);

        assert_eq!(change.apply(0x1_0200), 0x202);
        assert_eq!(change.apply(0x220), 0x222);
        assert!(!change.enables());
    }

    #[test]
    fn a_password_is_always_required_of_what_we_make() {
        let mut change = FlagChange::default();
        change.put(by_name("passwordNotRequired").unwrap(), true);

        assert_eq!(change.apply(NEW_ACCOUNT) & PASSWORD_NOT_REQUIRED, 0);
        assert!(
            definitions().all(|def| !def.writable || def.name.as_str() != "passwordNotRequired")
        );
    }

    #[test]
    fn numbers_read_and_print_as_the_directory_writes_them() {
        assert_eq!(parse(b"66048"), Some(0x1_0200));
        assert_eq!(parse(b"-2147483136"), Some(0x8000_0200));
        assert_eq!(parse(b"x"), None);
        assert_eq!(print(0x8000_0200), b"-2147483136");
    }
}
