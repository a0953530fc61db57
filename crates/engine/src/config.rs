//! The configuration hash: what an approval binds beside the operations (D-65).
//!
//! Invariants: everything that can alter an operation is in it (parts, meanings of rules, schemas,
//! semantics version), and nothing else (names, descriptions, triggers, approval policy); rule texts enter
//! by the meaning of their program, so that a comment withdraws nothing; equal content, equal hash (P-27).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use syncline_model::password::{CLASSES, InitialPassword};
use syncline_model::profile::{
    Action, Declared, DeleteWhen, DeletionRule, Deprovision, Disable, Flow, FlowMode, FlowOrigin,
    GraceAction, Key, LinkType, OnError, Pick, Profile,
};
use syncline_model::schema::{Confirmation, Schema};
use syncline_model::value::ValueType;
use syncline_model::{DirectoryId, PartId};

/// Raised when the engine derives another operation from the same input. 2: accounts that an inbound part joined are
/// deprovisioned (D-46), several values for one are an error (D-34), and names are handed over within an export (D-50).
pub const SEMANTICS_VERSION: u32 = 2;

/// SHA-256 of a profile's canonical form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigHash(pub [u8; 32]);

impl fmt::Display for ConfigHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl fmt::Debug for ConfigHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for ConfigHash {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for ConfigHash {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        let bad = || serde::de::Error::custom("a hash is 64 lower-case hex digits");
        let mut hash = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(bad());
        }
        for (i, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[i * 2..i * 2 + 2], 16).map_err(|_| bad())?;
        }
        Ok(Self(hash))
    }
}

/// The meanings of a part's programs, as the compiler gave them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meanings {
    /// Of the part's own program.
    pub own: String,
    /// Of its keys over the other side; empty if it has none.
    pub other_keys: String,
    /// Of what it disables with; empty if it disables nothing.
    pub disable: String,
}

/// The configuration hash of a profile.
pub fn config_hash(
    profile: &Profile,
    meanings: &BTreeMap<PartId, Meanings>,
    schemas: &BTreeMap<DirectoryId, &Schema>,
) -> ConfigHash {
    let mut form = Form(Sha256::new_with_prefix(b"syncline configuration 1"));
    form.number(u64::from(SEMANTICS_VERSION));
    let none = Meanings::default();
    let meaning = |id: &Option<PartId>| id.and_then(|id| meanings.get(&id)).unwrap_or(&none);
    form.number(profile.inbound.len() as u64);
    for part in &profile.inbound {
        form.id(part.id);
        form.number(part.directory.get().unsigned_abs());
        form.text(&part.object_type);
        form.text(&part.metaverse_type);
        form.tag(match part.link {
            LinkType::Provision => 1,
            LinkType::Sticky => 2,
            LinkType::Join => 3,
        });
        form.tag(u8::from(part.scope.is_some()));
        form.number(part.match_groups.len() as u64);
        for pairs in &part.match_groups {
            form.number(pairs.len() as u64);
            for pair in pairs {
                form.key(&pair.source);
                form.key(&pair.metaverse);
            }
        }
        form.flows(&part.flows);
        form.meanings(meaning(&part.id));
        form.schema(schemas.get(&part.directory).copied(), &part.object_type);
    }
    form.number(profile.outbound.len() as u64);
    for part in &profile.outbound {
        form.id(part.id);
        form.number(part.directory.get().unsigned_abs());
        form.text(&part.object_type);
        form.text(&part.metaverse_type);
        form.tag(match part.action {
            Action::CreateOrUpdate => 1,
            Action::UpdateOnly => 2,
            Action::CreateOnly => 3,
            Action::MatchOnly => 4,
        });
        form.tag(match part.deprovision {
            Deprovision::Disconnect => 1,
            Deprovision::Delete => 2,
            Deprovision::Leave => 3,
            Deprovision::Disable => 4,
            Deprovision::DisconnectExplicit => 5,
        });
        form.tag(u8::from(part.scope.is_some()));
        form.tag(u8::from(part.dn.is_some()));
        form.tag(u8::from(part.adopt_on_conflict));
        form.tag(u8::from(part.delete_adopted));
        form.number(part.match_groups.len() as u64);
        for pairs in &part.match_groups {
            form.number(pairs.len() as u64);
            for pair in pairs {
                form.key(&pair.metaverse);
                form.key(&pair.target);
            }
        }
        form.flows(&part.flows);
        form.password(part.initial_password.as_ref());
        form.disable(part.disable.as_ref(), meaning(&part.id));
        form.meanings(meaning(&part.id));
        form.schema(schemas.get(&part.directory).copied(), &part.object_type);
    }
    form.deletion(&profile.deletion);
    form.declared(&profile.metaverse);
    ConfigHash(form.0.finalize().into())
}

/// The canonical form on its way into the hash: every item is tagged or length-prefixed.
struct Form(Sha256);

impl Form {
    fn tag(&mut self, tag: u8) {
        self.0.update([tag]);
    }

    fn number(&mut self, n: u64) {
        self.0.update(n.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    fn id(&mut self, id: Option<PartId>) {
        self.number(id.map_or(0, |id| id.get().unsigned_abs()));
    }

    fn name(&mut self, name: &syncline_model::AttrName) {
        self.text(&name.as_str().to_ascii_lowercase());
    }

    /// Computed keys enter by the meaning of their program.
    fn key(&mut self, key: &Key) {
        match key {
            Key::Attr(name) => {
                self.tag(1);
                self.name(name);
            }
            Key::Expr(_) => self.tag(2),
        }
    }

    /// A part without a policy leaves nothing, so that documents from before there were any keep their hash.
    fn password(&mut self, policy: Option<&InitialPassword>) {
        let Some(policy) = policy else { return };
        self.text("initial password");
        self.number(u64::from(policy.length));
        for class in CLASSES {
            self.tag(u8::from(policy.classes.contains(&class)));
        }
        self.tag(u8::from(policy.must_change));
        self.tag(u8::from(policy.disabled_until_handed_over));
        self.number(u64::from(policy.keep_days));
        self.text(&policy.recipient.name);
        self.text(&policy.recipient.key);
    }

    /// A part that disables nothing leaves nothing, like one without a password policy.
    fn disable(&mut self, disable: Option<&Disable>, meanings: &Meanings) {
        let Some(disable) = disable else { return };
        self.text("disable");
        self.flows(&disable.flows);
        self.tag(u8::from(disable.dn.is_some()));
        self.number(disable.delete_after_days.map_or(0, |n| u64::from(n) + 1));
        self.text(&meanings.disable);
    }

    /// A profile that says nothing of it leaves nothing.
    fn deletion(&mut self, rules: &BTreeMap<String, DeletionRule>) {
        if rules.is_empty() {
            return;
        }
        self.text("deletion");
        self.number(rules.len() as u64);
        for (mv_type, rule) in rules {
            self.text(mv_type);
            self.tag(match rule.when {
                DeleteWhen::OwnersGone => 1,
                DeleteWhen::AnyOf => 2,
                DeleteWhen::AllOf => 3,
                DeleteWhen::Never => 4,
            });
            self.number(rule.directories.len() as u64);
            for directory in &rule.directories {
                self.number(directory.get().unsigned_abs());
            }
            self.number(rule.grace_days.into());
            self.tag(match rule.grace_action {
                GraceAction::Nothing => 1,
                GraceAction::Disable => 2,
            });
        }
    }

    /// A profile that declares nothing leaves nothing.
    fn declared(&mut self, declared: &Declared) {
        if declared.is_empty() {
            return;
        }
        self.text("metaverse");
        self.number(declared.len() as u64);
        for (object_type, attrs) in declared {
            self.text(object_type);
            self.number(attrs.len() as u64);
            for (attr, def) in attrs {
                self.name(attr);
                self.value_type(def.value_type);
                self.tag(u8::from(def.multi));
            }
        }
    }

    fn value_type(&mut self, value_type: ValueType) {
        self.tag(match value_type {
            ValueType::String => 1,
            ValueType::Integer => 2,
            ValueType::Boolean => 3,
            ValueType::Binary => 4,
            ValueType::Datetime => 5,
            ValueType::Guid => 6,
            ValueType::Reference => 7,
        });
    }

    fn flows(&mut self, flows: &[Flow]) {
        self.number(flows.len() as u64);
        for flow in flows {
            self.name(&flow.to);
            match flow.origin() {
                Some(FlowOrigin::Attr(from)) => {
                    self.tag(1);
                    self.name(from);
                }
                _ => self.tag(2),
            }
            self.tag(match flow.mode {
                FlowMode::Enforce => 1,
                FlowMode::Initial => 2,
                FlowMode::OnChange => 3,
                FlowMode::IfEmpty => 4,
            });
            self.tag(match flow.on_error {
                OnError::FailObject => 1,
                OnError::KeepCurrent => 2,
                OnError::Null => 3,
            });
            // An option that is not used leaves nothing, so that documents from before there were any keep their hash; no
            // name begins with such a byte.
            if flow.merge {
                self.tag(0x10);
            }
            if flow.retain {
                self.tag(0x11);
            }
            match flow.pick {
                Some(Pick::First) => self.tag(0x12),
                Some(Pick::OnlyOne) => self.tag(0x13),
                None => {}
            }
        }
    }

    fn meanings(&mut self, meanings: &Meanings) {
        self.text(&meanings.own);
        self.text(&meanings.other_keys);
    }

    fn schema(&mut self, schema: Option<&Schema>, object_type: &str) {
        let Some(def) = schema.and_then(|schema| schema.types.get(object_type)) else {
            self.tag(0);
            return;
        };
        self.tag(1);
        self.text(def.rdn_attr.as_deref().unwrap_or_default());
        if let Some(unique) = &def.unique {
            self.name(unique);
        }
        self.number(def.attrs.len() as u64);
        for attr in def.attrs.values() {
            self.name(&attr.name);
            self.value_type(attr.value_type);
            self.tag(u8::from(attr.multi));
            self.tag(u8::from(attr.required));
            self.tag(u8::from(attr.writable));
            self.tag(match attr.confirmation {
                Confirmation::Exact => 1,
                Confirmation::CaseIgnore => 2,
                Confirmation::WholeSeconds => 3,
            });
        }
    }
}
