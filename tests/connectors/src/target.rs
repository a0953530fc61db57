//! A directory that is written to, of either kind, in its own words: what a person, a group and a name are there.
//!
//! Invariants: stories told over it say only what holds of every kind; the connector may write where the story happens
//! and the tools may write everywhere.

use std::sync::Arc;

use syncline_connectors::ldap::{DirectoryKind, LdapConfig, LdapConnector, Secret};
use syncline_lab::{DataSet, Domain, LabCa, LdapTools, Scope, Slapd, SlapdOptions};
use syncline_ldap_proxy::{ANY, Manners, Proxy, ProxyOptions};
use syncline_model::import::{ImportMode, ImportRequest, ObjectName};
use syncline_model::op::{Change, OpValue, Operation};
use syncline_model::value::Value;
use syncline_model::{Anchor, AttrName};

use crate::{Door, Import, Site, add, import, members, set_text};

/// Which directory, and how it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Active Directory, through this door.
    ActiveDirectory(Door),
    /// OpenLDAP, through a proxy without manners of its own.
    OpenLdap,
}

/// The directory.
pub struct Target {
    /// Writes as the sync account.
    pub connector: Arc<LdapConnector>,
    /// Another client, as administrator.
    pub tools: LdapTools,
    /// Where new objects are put.
    pub home: Anchor,
    /// The type of people.
    pub person: &'static str,
    /// The type of groups.
    pub group: &'static str,
    /// The DN of the home.
    pub home_dn: &'static str,
    /// The DN of another container that may be written to.
    pub away_dn: &'static str,
    kind: Kind,
    proxy: Option<Proxy>,
    _forest: Option<Site>,
    _slapd: Option<Slapd>,
}

impl Target {
    /// Starts one without people.
    pub fn start(kind: Kind) -> Self {
        match kind {
            Kind::ActiveDirectory(door) => Self::forest(door),
            Kind::OpenLdap => Self::slapd(),
        }
    }

    fn forest(door: Door) -> Self {
        let mut site = Site::start(door, Domain::Fabrikam, DataSet::Empty);
        let connector = site.as_administrator();
        let tools = site.administrator().expect("the lab has tools");
        let home_dn = "OU=Synced,DC=fabrikam,DC=test";
        let found = tools.search(home_dn, Scope::Base, "(objectClass=*)", &["objectGUID"]);
        let octets: [u8; 16] = found.expect("the container is there")[0]
            .values("objectGUID")
            .next()
            .and_then(|octets| octets.try_into().ok())
            .expect("a GUID has 16 octets");
        Self {
            connector,
            tools,
            home: Anchor::from_object_guid(octets),
            person: "user",
            group: "group",
            home_dn,
            away_dn: "OU=Existing,DC=fabrikam,DC=test",
            kind: Kind::ActiveDirectory(door),
            proxy: site.proxy.take(),
            _forest: Some(site),
            _slapd: None,
        }
    }

    fn slapd() -> Self {
        let slapd = Slapd::start(SlapdOptions { people: 0 }).expect("slapd starts");
        let address = slapd.ldaps_url();
        let address = address.trim_start_matches("ldaps://").parse();
        let manners = ProxyOptions::with(Manners::none());
        let proxy = Proxy::start(ANY, address.expect("an address"), manners);
        let proxy = proxy.expect("the proxy starts");
        let (user, password) = slapd.administrator_account();
        let secret = Secret::new(password);
        let mut config = LdapConfig::new(DirectoryKind::OpenLdap, proxy.ldaps_url(), user, secret);
        config.ca_file = Some(LabCa::open().expect("the lab has a CA").file());
        config.base_dn = Some(slapd.base_dn().to_owned());
        let tools = slapd.administrator().expect("the lab has tools");
        let home_dn = "ou=d0,dc=lab,dc=test";
        Self {
            connector: Arc::new(LdapConnector::new(config)),
            home: entry_uuid(&tools, home_dn),
            tools,
            person: "inetOrgPerson",
            group: "groupOfNames",
            home_dn,
            away_dn: "ou=d1,dc=lab,dc=test",
            kind: Kind::OpenLdap,
            proxy: Some(proxy),
            _forest: None,
            _slapd: Some(slapd),
        }
    }

    /// The proxy in front of it.
    pub fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("this door has a proxy")
    }

    /// The id of the object at this name.
    pub fn id(&self, dn: &str) -> Anchor {
        if self.kind == Kind::OpenLdap {
            return entry_uuid(&self.tools, dn);
        }
        let found = self
            .tools
            .search(dn, Scope::Base, "(objectClass=*)", &["objectGUID"]);
        let octets: [u8; 16] = found.expect("the object is there")[0]
            .values("objectGUID")
            .next()
            .and_then(|octets| octets.try_into().ok())
            .expect("a GUID has 16 octets");
        Anchor::from_object_guid(octets)
    }

    /// The name of a person of this name in its container.
    pub fn rdn(&self, name: &str) -> String {
        match self.kind {
            Kind::OpenLdap => format!("uid={name}"),
            Kind::ActiveDirectory(_) => format!("CN={name}"),
        }
    }

    /// Where a person of this name lies at first.
    pub fn dn(&self, name: &str) -> String {
        format!("{},{}", self.rdn(name), self.home_dn)
    }

    /// Adds a person with what one must have there, and a title.
    pub fn add_person(&self, name: &str) -> Operation {
        let mut deltas = match self.kind {
            Kind::OpenLdap => vec![set_text("cn", name), set_text("sn", name)],
            Kind::ActiveDirectory(_) => vec![set_text("sAMAccountName", name)],
        };
        deltas.push(set_text("title", "new"));
        add(self.person, &self.home, &self.rdn(name), deltas)
    }

    /// Adds a group.
    pub fn add_group(&self, name: &str, people: &[Anchor]) -> Operation {
        let mut deltas = vec![];
        if !people.is_empty() {
            deltas.push(members("member", people, &[]));
        }
        if self.kind != Kind::OpenLdap {
            deltas.push(set_text("sAMAccountName", name));
        }
        add(self.group, &self.home, &format!("CN={name}"), deltas)
    }

    /// Reads the home as an import does.
    pub async fn import(&self) -> Import {
        let attrs = |names: &[&str]| names.iter().map(AttrName::new).collect();
        let request = ImportRequest {
            mode: ImportMode::Full,
            containers: vec![ObjectName::Dn(
                self.home_dn.parse().expect("a container has a name"),
            )],
            types: vec![
                (
                    self.person.into(),
                    attrs(&["title", "displayName", "uid", "cn", "sn", "telephoneNumber"]),
                ),
                (self.group.into(), attrs(&["member", "description"])),
            ],
            page_size: 500,
        };
        import(&self.connector, request).await.expect("it is read")
    }

    /// How many members the directory says that a group has.
    pub fn members_of(&self, name: &str) -> usize {
        let dn = format!("CN={name},{}", self.home_dn);
        let entry = self.tools.read(&dn).expect("it is read");
        entry.expect("the group is there").values("member").count()
    }
}

fn entry_uuid(tools: &LdapTools, dn: &str) -> Anchor {
    let found = tools
        .search(dn, Scope::Base, "(objectClass=*)", &["entryUUID"])
        .expect("the object is there");
    let text = found[0].text("entryUUID").expect("it has an id");
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    let mut guid = [0; 16];
    for (byte, pair) in guid.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).expect("digits are text");
        *byte = u8::from_str_radix(pair, 16).expect("an id is of hex digits");
    }
    Anchor::Guid(guid)
}

/// Several texts as a whole.
pub fn set_texts(attr: &str, texts: &[&str]) -> (AttrName, Change) {
    let values = texts.iter().map(|text| OpValue::Value(Value::text(*text)));
    (attr.into(), Change::Set(values.collect()))
}

/// Runs each of these stories on every kind of directory.
#[macro_export]
macro_rules! every_directory {
    ($($story:ident),* $(,)?) => {
        mod samba {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story($crate::Kind::ActiveDirectory($crate::Door::Bare)).await;
            })*
        }
        mod windows_manners {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                let door = $crate::Door::WindowsManners($crate::seed(stringify!($story)));
                super::$story($crate::Kind::ActiveDirectory(door)).await;
            })*
        }
        mod openldap {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story($crate::Kind::OpenLdap).await;
            })*
        }
    };
}
