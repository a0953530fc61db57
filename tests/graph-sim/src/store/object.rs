//! An object of the directory, and the values by which it must be the only one.

use crate::clock::Moment;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

pub(crate) type Id = Arc<str>;

/// The kinds of object that are simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Class {
    User,
    Group,
    Contact,
}

impl Class {
    pub(crate) const ALL: [Self; 3] = [Self::User, Self::Group, Self::Contact];

    /// The collection's name in a path.
    pub(crate) fn collection(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Group => "groups",
            Self::Contact => "contacts",
        }
    }

    /// The vendor's name of the type.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Contact => "orgContact",
        }
    }

    /// The value of `@odata.type`.
    pub(crate) fn type_mark(self) -> String {
        format!("#microsoft.graph.{}", self.type_name())
    }

    pub(crate) fn of_collection(name: &str) -> Option<Self> {
        let named = |class: &Self| class.collection().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(named)
    }

    /// The class that `graph.user`, `microsoft.graph.user` or `user` names.
    pub(crate) fn of_type(name: &str) -> Option<Self> {
        let name = name.strip_prefix("microsoft.").unwrap_or(name);
        let name = name.strip_prefix("graph.").unwrap_or(name);
        let named = |class: &Self| class.type_name().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(named)
    }
}

/// The references that a group holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Link {
    Members,
    Owners,
}

impl Link {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Owners => "owners",
        }
    }
}

/// A value that no two objects of a tenant may have, the recycle bin included.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    UserPrincipalName(String),
    Proxy(String),
    UserNickname(String),
    GroupNickname(String),
    ImmutableId(String),
    UniqueName(String),
}

impl Key {
    /// The property that a conflict over this key is reported for.
    pub(crate) fn target(&self) -> &'static str {
        match self {
            Self::UserPrincipalName(_) => "userPrincipalName",
            Self::Proxy(_) => "proxyAddresses",
            Self::UserNickname(_) | Self::GroupNickname(_) => "mailNickname",
            Self::ImmutableId(_) => "onPremisesImmutableId",
            Self::UniqueName(_) => "uniqueName",
        }
    }

    /// The key of an address, with or without `SMTP:` before it.
    pub(crate) fn proxy(address: &str) -> Self {
        let address = address.to_lowercase();
        let plain = address.strip_prefix("smtp:").unwrap_or(&address);
        Self::Proxy(plain.to_owned())
    }
}

/// One version of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Object {
    pub(crate) id: Id,
    pub(crate) class: Class,
    /// A property that was cleared is here as null; one that was never set is not here.
    pub(crate) properties: Map<String, Value>,
    pub(crate) manager: Option<Id>,
    /// Since when it lies in the recycle bin.
    pub(crate) deleted: Option<Moment>,
    /// Its source of authority was moved from the on-premises directory to the cloud.
    pub(crate) cloud_managed: bool,
    /// The properties that Exchange masters.
    pub(crate) exchange_masters: Vec<String>,
    /// How a user signs in, for the control API only.
    pub(crate) sign_in: Option<SignIn>,
}

/// How a user signs in. A password is kept as what it can be compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignIn {
    /// SHA-256 of the password, in hex.
    pub(crate) password_sha256: String,
    /// Whether it must be changed at the next sign-in.
    pub(crate) must_change: bool,
}

impl Object {
    pub(crate) fn new(id: &str, class: Class) -> Self {
        Self {
            id: id.into(),
            class,
            properties: Map::from_iter([("id".to_owned(), Value::from(id))]),
            manager: None,
            deleted: None,
            cloud_managed: false,
            exchange_masters: Vec::new(),
            sign_in: None,
        }
    }

    /// Lays it into the recycle bin, or takes it out.
    pub(crate) fn set_deleted(&mut self, since: Option<Moment>) {
        self.deleted = since;
        match since {
            Some(since) => {
                let since = Value::from(crate::clock::timestamp(since));
                self.properties.insert("deletedDateTime".to_owned(), since);
            }
            None => {
                self.properties.remove("deletedDateTime");
            }
        }
    }

    pub(crate) fn text(&self, property: &str) -> Option<&str> {
        self.properties.get(property).and_then(Value::as_str)
    }

    pub(crate) fn is(&self, property: &str) -> bool {
        self.properties.get(property).and_then(Value::as_bool) == Some(true)
    }

    pub(crate) fn texts(&self, property: &str) -> impl Iterator<Item = &str> {
        let values = self.properties.get(property).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str)
    }

    pub(crate) fn has_group_type(&self, name: &str) -> bool {
        self.texts("groupTypes").any(|kind| kind == name)
    }

    /// A Microsoft 365 group.
    pub(crate) fn is_unified(&self) -> bool {
        self.class == Class::Group && self.has_group_type("Unified")
    }

    /// The on-premises directory masters it.
    pub(crate) fn is_mastered_on_premises(&self) -> bool {
        self.is("onPremisesSyncEnabled") && !self.cloud_managed
    }

    /// The keys it holds.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let lower = |property| self.text(property).map(str::to_lowercase);
        let mut keys: Vec<Key> = self.texts("proxyAddresses").map(Key::proxy).collect();
        if !self.properties.contains_key("proxyAddresses") {
            keys.extend(self.text("mail").map(Key::proxy));
        }
        match self.class {
            Class::User => {
                keys.extend(lower("userPrincipalName").map(Key::UserPrincipalName));
                keys.extend(lower("mailNickname").map(Key::UserNickname));
                let immutable = self.text("onPremisesImmutableId").map(str::to_owned);
                keys.extend(immutable.map(Key::ImmutableId));
            }
            Class::Group => {
                keys.extend(lower("uniqueName").map(Key::UniqueName));
                // Security groups without mail may share a nickname.
                let nickname = lower("mailNickname").filter(|_| self.is("mailEnabled"));
                keys.extend(nickname.map(Key::GroupNickname));
            }
            Class::Contact => {}
        }
        keys.sort();
        keys.dedup();
        keys
    }
}
