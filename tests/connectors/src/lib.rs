//! What the connector tests share: a forest with a connector on it, imports taken whole, operations built short.
//!
//! Invariants: the connector binds as the forest's sync account unless a test says otherwise; what a
//! test expects of the directory it reads with OpenLDAP's tools, never with the connector under test.

mod passwords;
mod target;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use syncline_connectors::contract::{
    Applied, Connector, Fault, ImportEnd, ImportPage, KnownNames, OpOutcome, PageSink,
};
use syncline_connectors::ldap::{DirectoryKind, LdapConfig, LdapConnector, Secret};
use syncline_lab::{Account, DataSet, Domain, Forest};
use syncline_ldap_proxy::{Proxy, ProxyOptions};
use syncline_model::import::{
    ImportChange, ImportEntry, ImportMode, ImportObject, ImportRequest, ObjectName, ReadError,
};
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation, Placement};
use syncline_model::value::{Value, Values};
use syncline_model::{Anchor, AttrName, DirectoryId};

pub use passwords::{Keeping, with_password};
pub use target::{Kind, Target, set_texts};

/// Attributes of users that the tests import.
pub const USER_ATTRS: &[&str] = &[
    "accountDisabled",
    "accountExpires",
    "cn",
    "department",
    "displayName",
    "employeeID",
    "employeeType",
    "givenName",
    "mail",
    "manager",
    "mS-DS-ConsistencyGuid",
    "name",
    "objectSid",
    "otherTelephone",
    "passwordNeverExpires",
    "sAMAccountName",
    "sn",
    "telephoneNumber",
    "thumbnailPhoto",
    "title",
    "userPrincipalName",
    "whenCreated",
];
/// Attributes of groups that the tests import.
pub const GROUP_ATTRS: &[&str] = &[
    "cn",
    "description",
    "groupType",
    "mail",
    "member",
    "sAMAccountName",
];
/// Attributes of contacts that the tests import.
pub const CONTACT_ATTRS: &[&str] = &["cn", "displayName", "mail", "sn"];

/// How a connector reaches the forest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Samba itself.
    Bare,
    /// Through a proxy that behaves as Windows does, its dice starting from this seed.
    WindowsManners(u64),
}

/// A forest and the door to it.
pub struct Site {
    /// The proxy, where the door is one.
    pub proxy: Option<Proxy>,
    /// The forest.
    pub forest: Forest,
}

impl Site {
    /// Starts a forest.
    pub fn start(door: Door, domain: Domain, data: DataSet) -> Self {
        let forest = Forest::start(domain, data).expect("the lab starts");
        let proxy = match door {
            Door::Bare => None,
            Door::WindowsManners(seed) => Some(
                Proxy::in_front_of(&forest, ProxyOptions::windows(seed)).expect("the proxy starts"),
            ),
        };
        Self { proxy, forest }
    }

    /// The configuration for an account.
    pub fn config(&self, account: &Account) -> LdapConfig {
        let url = match &self.proxy {
            Some(proxy) => proxy.ldaps_url(),
            None => self.forest.ldaps_url(),
        };
        let mut config = LdapConfig::new(
            DirectoryKind::ActiveDirectory,
            url,
            &account.user,
            Secret::new(&account.password),
        );
        config.ca_file = Some(self.forest.ca_file().to_owned());
        config
    }

    /// The configuration of the sync account.
    pub fn service_config(&self) -> LdapConfig {
        self.config(&self.forest.service_account())
    }

    /// A connector bound as the sync account.
    pub fn as_service(&self) -> Arc<LdapConnector> {
        Arc::new(LdapConnector::new(self.service_config()))
    }

    /// A connector bound as the administrator, for tests that write where the sync account may not.
    pub fn as_administrator(&self) -> Arc<LdapConnector> {
        let account = self.forest.administrator_account();
        Arc::new(LdapConnector::new(self.config(&account)))
    }
}

impl std::ops::Deref for Site {
    type Target = Forest;

    fn deref(&self) -> &Forest {
        &self.forest
    }
}

/// Runs each of these stories at both doors.
#[macro_export]
macro_rules! both_doors {
    ($($story:ident),* $(,)?) => {
        mod bare {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story($crate::Door::Bare).await;
            })*
        }
        mod windows_manners {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story($crate::Door::WindowsManners($crate::seed(stringify!($story)))).await;
            })*
        }
    };
}

/// The same seed for the same name, on every machine (FNV-1a).
pub fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A request for users, groups and contacts in these containers.
pub fn request(mode: ImportMode, containers: &[&str]) -> ImportRequest {
    let attrs = |names: &[&str]| names.iter().map(AttrName::new).collect();
    ImportRequest {
        mode,
        containers: containers
            .iter()
            .map(|dn| ObjectName::Dn(dn.parse().expect("tests name real containers")))
            .collect(),
        types: vec![
            ("user".into(), attrs(USER_ATTRS)),
            ("group".into(), attrs(GROUP_ATTRS)),
            ("contact".into(), attrs(CONTACT_ATTRS)),
        ],
        page_size: 100,
    }
}

/// An import taken whole.
#[derive(Debug, Default)]
pub struct Import {
    /// Complete images by anchor.
    pub objects: BTreeMap<Anchor, ImportObject>,
    /// Changes in order.
    pub changes: Vec<ImportChange>,
    /// Deletions.
    pub deleted: BTreeSet<Anchor>,
    /// Read errors.
    pub errors: Vec<ReadError>,
    /// Entries in the order they came.
    pub order: Vec<Anchor>,
    /// Its end.
    pub end: ImportEnd,
}

/// Runs an import to its end.
pub async fn import(
    connector: &Arc<LdapConnector>,
    request: ImportRequest,
) -> Result<Import, Fault> {
    let page_size = request.page_size;
    let (sink, mut pages) = PageSink::channel();
    let running = {
        let connector = Arc::clone(connector);
        tokio::spawn(async move { connector.import(request, sink).await })
    };
    let mut import = Import::default();
    while let Some(ImportPage { entries }) = pages.recv().await {
        assert!(
            entries.len() <= page_size as usize,
            "a page of {}",
            entries.len()
        );
        for entry in entries {
            match entry {
                ImportEntry::Object(object) => {
                    import.order.push(object.anchor.clone());
                    import.objects.insert(object.anchor.clone(), object);
                }
                ImportEntry::Change(change) => import.changes.push(change),
                ImportEntry::Deleted(anchor) => {
                    import.deleted.insert(anchor);
                }
                ImportEntry::ReadError(error) => import.errors.push(error),
            }
        }
    }
    import.end = running.await.expect("an import does not panic")?;
    Ok(import)
}

impl Import {
    /// The objects of a type.
    pub fn of_type(&self, object_type: &str) -> Vec<&ImportObject> {
        self.objects
            .values()
            .filter(|object| object.object_type == object_type)
            .collect()
    }

    /// The object at this name.
    pub fn at(&self, dn: &str) -> &ImportObject {
        let dn = dn.parse().expect("tests use real names");
        self.objects
            .values()
            .find(|object| object.dn == dn)
            .unwrap_or_else(|| panic!("no object at {dn}"))
    }

    /// The watermark for the next delta.
    pub fn delta(&self) -> ImportMode {
        ImportMode::Delta(
            self.end
                .watermark
                .clone()
                .expect("this directory has deltas"),
        )
    }

    /// The only change, on this object.
    pub fn change(&self, anchor: &Anchor) -> &ImportChange {
        let found: Vec<_> = self
            .changes
            .iter()
            .filter(|change| change.anchor == *anchor)
            .collect();
        assert_eq!(found.len(), 1, "changes of {anchor}: {:?}", self.changes);
        found[0]
    }

    /// Whether nothing was delivered.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
            && self.changes.is_empty()
            && self.deleted.is_empty()
            && self.errors.is_empty()
    }
}

/// Values of an attribute of an image.
pub fn values<'a>(object: &'a ImportObject, attr: &str) -> Option<&'a Values> {
    let attr = AttrName::new(attr);
    object
        .attrs
        .iter()
        .find(|(name, _)| *name == attr)
        .map(|(_, values)| values)
}

/// The one text of an attribute of an image.
pub fn text<'a>(object: &'a ImportObject, attr: &str) -> Option<&'a str> {
    values(object, attr)?.single()?.as_text()
}

/// The targets of a reference attribute of an image.
pub fn refs<'a>(object: &'a ImportObject, attr: &str) -> &'a [ObjectName] {
    let attr = AttrName::new(attr);
    object
        .refs
        .iter()
        .find(|(name, _)| *name == attr)
        .map_or(&[], |(_, refs)| refs)
}

/// Sets an attribute to one value.
pub fn set(attr: &str, value: Value) -> (AttrName, Change) {
    (attr.into(), Change::Set(vec![OpValue::Value(value)]))
}

/// Sets an attribute to one text.
pub fn set_text(attr: &str, value: &str) -> (AttrName, Change) {
    set(attr, Value::text(value))
}

/// Adds and removes references.
pub fn members(attr: &str, add: &[Anchor], remove: &[Anchor]) -> (AttrName, Change) {
    let refs = |anchors: &[Anchor]| -> Vec<OpValue> {
        anchors
            .iter()
            .map(|anchor| OpValue::Ref(ObjectKey::Anchor(anchor.clone())))
            .collect()
    };
    (
        attr.into(),
        Change::Values {
            add: refs(add),
            remove: refs(remove),
        },
    )
}

/// An operation that adds an object.
pub fn add(
    object_type: &str,
    parent: &Anchor,
    rdn: &str,
    deltas: Vec<(AttrName, Change)>,
) -> Operation {
    operation(
        ObjectKey::Anchor(Anchor::Text(rdn.into())),
        OpKind::Add {
            object_type: object_type.into(),
            place: Some(place(parent, rdn)),
            password: None,
        },
        deltas,
    )
}

/// An operation that changes an object.
pub fn update(
    object_type: &str,
    anchor: &Anchor,
    place: Option<Placement>,
    deltas: Vec<(AttrName, Change)>,
) -> Operation {
    operation(
        ObjectKey::Anchor(anchor.clone()),
        OpKind::Update {
            object_type: object_type.into(),
            place,
        },
        deltas,
    )
}

/// An operation that deletes an object.
pub fn delete(object_type: &str, anchor: &Anchor) -> Operation {
    operation(
        ObjectKey::Anchor(anchor.clone()),
        OpKind::Delete {
            object_type: object_type.into(),
        },
        vec![],
    )
}

/// A place under a container.
pub fn place(parent: &Anchor, rdn: &str) -> Placement {
    Placement {
        parent: ObjectKey::Anchor(parent.clone()),
        rdn: rdn.into(),
    }
}

fn operation(object: ObjectKey, kind: OpKind, deltas: Vec<(AttrName, Change)>) -> Operation {
    Operation {
        directory: DirectoryId(1),
        pass: 1,
        object,
        kind,
        deltas,
    }
}

/// Carries out an operation that must be done whole.
pub async fn done(connector: &LdapConnector, operation: &Operation) -> Applied {
    match connector.export(operation, &KnownNames).await {
        OpOutcome::Done(applied) => {
            assert!(applied.refused.is_empty(), "refused: {:?}", applied.refused);
            applied
        }
        other => panic!("{other:?}"),
    }
}

/// Carries out an operation that must be refused.
pub async fn rejected(connector: &LdapConnector, operation: &Operation) -> Fault {
    match connector.export(operation, &KnownNames).await {
        OpOutcome::Rejected(fault) => fault,
        other => panic!("{other:?}"),
    }
}
