//! The effects of write requests, as the proxy recorded them.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use syncline_ldap_proxy::{Change, Value, Write, WriteOperation};

use super::{Effects, Names, whole};

const ACCOUNT_CONTROL: &str = "userAccountControl";
/// The flag of `userAccountControl` that disables an account.
const DISABLED: i64 = 2;
/// Attributes whose values are octets, however they look.
const BINARY: [&str; 1] = ["thumbnailphoto"];
/// The service shows octets whole up to here,
const OCTETS_WHOLE: usize = 2_000;
/// and the first of longer ones.
const OCTETS_SHOWN: usize = 1_500;

/// What was written.
pub struct Seen<'a> {
    names: &'a Names,
    cut: &'a BTreeSet<(String, String)>,
    effects: Effects,
}

impl<'a> Seen<'a> {
    /// The effects of these requests, in their order.
    pub fn of(writes: &[Write], names: &'a Names, cut: &'a BTreeSet<(String, String)>) -> Effects {
        let mut seen = Self {
            names,
            cut,
            effects: Effects::default(),
        };
        let mut writes = writes.iter().peekable();
        while let Some(write) = writes.next() {
            let who = names.of(&write.dn);
            match &write.operation {
                WriteOperation::Add { attributes } => {
                    // A new account starts disabled; the request that enables it is part of its Add.
                    let enabled = writes
                        .next_if(|next| names.of(&next.dn) == who && enables(next))
                        .is_some();
                    for (name, values) in attributes {
                        seen.added(&who, name, values, enabled);
                    }
                    seen.effects.add(&who, "added", 1);
                }
                WriteOperation::Modify { changes } => {
                    for change in changes {
                        seen.changed(&who, change);
                    }
                }
                WriteOperation::ModifyDn { .. } => seen.effects.add(&who, "named", 1),
                WriteOperation::Delete => seen.effects.add(&who, "deleted", 1),
            }
        }
        seen.effects
    }

    fn added(&mut self, who: &str, name: &str, values: &[Value], enabled: bool) {
        if name.eq_ignore_ascii_case("objectClass") {
            return;
        }
        if name.eq_ignore_ascii_case(ACCOUNT_CONTROL) {
            let effect = format!("accountdisabled + {}", !enabled);
            return self.effects.add(who, effect, 1);
        }
        self.values(who, &name.to_lowercase(), '+', values);
    }

    fn changed(&mut self, who: &str, change: &Change) {
        let name = change.attribute.to_lowercase();
        match change.kind.as_str() {
            "replace" if name.eq_ignore_ascii_case(ACCOUNT_CONTROL) => {
                let disabled = account_control(change) & DISABLED != 0;
                let effect = whole("accountdisabled", vec![disabled.to_string()]);
                self.effects.add(who, effect, 1);
            }
            "replace" => {
                let values = change.values.iter().map(|value| self.shown(&name, value));
                let effect = whole(&name, values.collect());
                self.effects.add(who, effect, 1);
            }
            "add" => self.values(who, &name, '+', &change.values),
            _ => self.values(who, &name, '-', &change.values),
        }
    }

    fn values(&mut self, who: &str, name: &str, sign: char, values: &[Value]) {
        if self.cut.contains(&(who.to_owned(), name.to_owned())) {
            let effect = format!("{name} values");
            return self.effects.add(who, effect, values.len() as i64);
        }
        for value in values {
            let value = self.shown(name, value);
            self.effects
                .add(who, format_args!("{name} {sign} {value}"), 1);
        }
    }

    /// A value as the service shows it.
    fn shown(&self, name: &str, value: &Value) -> String {
        match value {
            Value::Binary { base64 } => octets_shown(&BASE64.decode(base64).unwrap_or_default()),
            Value::Text(text) if BINARY.contains(&name) => octets_shown(text.as_bytes()),
            Value::Text(text) if text.starts_with("<GUID=") || is_name(text) => self.names.of(text),
            Value::Text(text) => text.clone(),
        }
    }
}

/// Whether a text is a name in the target's domain.
fn is_name(text: &str) -> bool {
    text.to_lowercase().ends_with(",dc=fabrikam,dc=test")
}

fn octets_shown(octets: &[u8]) -> String {
    if octets.len() <= OCTETS_WHOLE {
        return BASE64.encode(octets);
    }
    let first = BASE64.encode(&octets[..OCTETS_SHOWN]);
    format!("{first}… ({} bytes)", octets.len())
}

/// Whether a request does nothing but enable an account.
fn enables(write: &Write) -> bool {
    match &write.operation {
        WriteOperation::Modify { changes } => match changes.as_slice() {
            [change] => {
                change.attribute.eq_ignore_ascii_case(ACCOUNT_CONTROL)
                    && account_control(change) & DISABLED == 0
            }
            _ => false,
        },
        _ => false,
    }
}

fn account_control(change: &Change) -> i64 {
    match change.values.first() {
        Some(Value::Text(text)) => text.parse().unwrap_or(0),
        _ => 0,
    }
}
