//! A simulated tenant with a connector on it, imports applied to an image, and that image held against the store.
//!
//! Invariants: the simulator is a process of its own, behind TLS where the connector is used; every world ends by
//! asking it whether the vendor's contract had anything against a request or an answer, and one that nobody asked
//! fails its test.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value as Json, json};
use syncline_connectors::contract::{
    Applied, Connector, Fault, ImportEnd, KnownNames, OpOutcome, PageSink,
};
use syncline_connectors::graph::{
    ByteStream, Cloud, Credential, Dial, GraphConfig, GraphConnector, Patience, Shared, TcpDial,
};
use syncline_graph_sim::{
    Control, Credential as SimCredential, Domain, Options, Simulator, ThrottleOptions,
};
use syncline_model::import::{ImportEntry, ImportMode, ImportRequest, ObjectName};
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation};
use syncline_model::value::{Value, Values};
use syncline_model::{Anchor, AttrName, DirectoryId, PartId};
use zeroize::Zeroizing;

pub const USER: &[&str] = &[
    "accountEnabled",
    "department",
    "displayName",
    "extensionAttribute1",
    "extensionAttribute2",
    "jobTitle",
    "manager",
    "onPremisesImmutableId",
    "otherMails",
    "userPrincipalName",
];
pub const GROUP: &[&str] = &[
    "description",
    "displayName",
    "extensionAttribute1",
    "members",
];
pub const CONTACT: &[&str] = &["addressCity", "displayName", "mail", "phoneMobile"];
pub const ALL_ROLES: &[&str] = &[
    "User.ReadWrite.All",
    "User.DeleteRestore.All",
    "Group.ReadWrite.All",
    "OrgContact.Read.All",
    "Directory.Read.All",
    "User-OnPremisesSyncBehavior.ReadWrite.All",
];

/// Dials loopback and writes down whom.
#[derive(Default)]
pub struct Dialled(pub Mutex<BTreeSet<(String, u16)>>);

#[async_trait]
impl Dial for Dialled {
    async fn dial(&self, host: &str, port: u16) -> io::Result<Box<dyn ByteStream>> {
        self.0.lock().unwrap().insert((host.to_owned(), port));
        TcpDial.dial(host, port).await
    }
}

pub struct World {
    pub simulator: Simulator,
    pub control: Control,
    pub tenant: String,
    pub application: String,
    pub credential: SimCredential,
    pub dialled: Arc<Dialled>,
    spool: tempfile::TempDir,
    seed: u64,
    asked: AtomicBool,
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self::with_roles(seed, ALL_ROLES)
    }

    pub fn with_roles(seed: u64, roles: &[&str]) -> Self {
        Self::started(seed, roles, true)
    }

    /// Without TLS, for requests that no connector sends.
    pub fn plain(seed: u64) -> Self {
        Self::started(seed, ALL_ROLES, false)
    }

    fn started(seed: u64, roles: &[&str], tls: bool) -> Self {
        let options = Options {
            seed,
            tls,
            ..Options::default()
        };
        let simulator = Simulator::start(&options).expect("the simulator starts");
        let control = simulator.control();
        let tenant = control
            .new_tenant(&[Domain::verified("contoso.test")])
            .unwrap();
        let credential = SimCredential::generate();
        let application = control.register(&credential).unwrap();
        control.grant(&tenant, &application, roles).unwrap();
        Self {
            simulator,
            control,
            tenant,
            application,
            credential,
            dialled: Arc::default(),
            spool: tempfile::tempdir().unwrap(),
            seed,
            asked: AtomicBool::new(false),
        }
    }

    pub fn config(&self) -> GraphConfig {
        let addresses = self.simulator.addresses();
        let cloud = Cloud {
            name: "simulated".to_owned(),
            label: "Simulated".to_owned(),
            login: addresses.login.parse().unwrap(),
            graph: addresses.graph.parse().unwrap(),
            trust_pem: None,
            simulated: true,
            times: None,
        };
        let key = Zeroizing::new(self.credential.key_der().to_vec());
        let credential = Credential::new(self.credential.certificate_der().to_vec(), key);
        let mut config = GraphConfig::new(
            cloud,
            &self.tenant,
            &self.application,
            credential,
            self.spool.path(),
        );
        config.settle = Duration::from_secs(20);
        config.patience = Patience {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(20),
            first_wait: Duration::from_millis(10),
            longest_wait: Duration::from_millis(200),
            tries: 8,
            jitter_seed: Some(self.seed),
            ..Patience::default()
        };
        config
    }

    pub fn connector(&self) -> Arc<GraphConnector> {
        self.connector_of(self.config())
    }

    pub fn connector_of(&self, config: GraphConfig) -> Arc<GraphConnector> {
        let pem = self.simulator.addresses().ca_pem.clone().unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let shared = Shared::new(&config);
        let dial = self.dialled.clone();
        Arc::new(GraphConnector::new(config, &shared, dial, Arc::new(tls)).unwrap())
    }

    pub fn unlimited(&self) {
        let options = ThrottleOptions {
            unlimited: true,
            ..ThrottleOptions::default()
        };
        self.control.set_throttle(&self.tenant, &options).unwrap();
    }

    pub fn user(&self, name: &str) -> String {
        let ids = self
            .control
            .seed(&self.tenant, &json!({"users": [user(name)]}))
            .unwrap();
        ids["users"][0].as_str().unwrap().to_owned()
    }

    pub fn snapshot(&self) -> Json {
        self.control.snapshot(&self.tenant).unwrap()
    }

    pub fn find(&self, collection: &str, property: &str, value: &str) -> Json {
        let snapshot = self.snapshot();
        let all = snapshot[collection].as_array().unwrap();
        let found: Vec<&Json> = all
            .iter()
            .filter(|object| object[property] == value)
            .collect();
        assert_eq!(found.len(), 1, "{collection} with {property} = {value}");
        found[0].clone()
    }

    /// The contract had nothing against us, and nobody else was dialled.
    pub fn end(self) {
        self.end_but(&[]);
    }

    /// The contract had nothing against us but violations of these codes, one of each at least, and nobody else was
    /// dialled.
    pub fn end_but(self, codes: &[&str]) {
        self.asked.store(true, Ordering::Relaxed);
        let violations = self.control.violations().unwrap();
        let log = self.control.log(0).unwrap();
        // What it shows lags most of all: nobody who wants to know whether something is there asks that index.
        let eventual = log.iter().filter(|entry| {
            let names = entry.headers.iter().map(|(name, _)| name.as_str());
            names.into_iter().any(|name| name == "consistencylevel")
        });
        assert_eq!(eventual.count(), 0, "the index that lags most was asked");
        let said: Vec<String> = log
            .into_iter()
            .flat_map(|entry| [entry.request_violations, entry.answer_violations].concat())
            .collect();
        let counted = violations.requests + violations.answers;
        assert_eq!(counted, said.len() as u64, "the log was cleared or cut");
        let of = |text: &str, code: &str| text.ends_with(&format!("({code})"));
        let others: Vec<&String> = said
            .iter()
            .filter(|text| !codes.iter().any(|code| of(text, code)))
            .collect();
        assert!(others.is_empty(), "the contract was broken: {others:#?}");
        for code in codes {
            assert!(said.iter().any(|text| of(text, code)), "no {code}");
        }
        let addresses = self.simulator.addresses();
        for (host, port) in self.dialled.0.lock().unwrap().iter() {
            let url = format!("https://{host}:{port}");
            assert!(
                url == addresses.graph || url == addresses.login,
                "{url} was dialled"
            );
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !*self.asked.get_mut() && !std::thread::panicking() {
            panic!("nobody asked what the contract says: end the world with `end` or `end_but`");
        }
    }
}

pub fn user(name: &str) -> Json {
    json!({
        "displayName": name, "mailNickname": name, "accountEnabled": true, "userType": "Member",
        "userPrincipalName": format!("{name}@contoso.test"),
    })
}

fn names(attrs: &[&str]) -> Vec<AttrName> {
    attrs.iter().map(AttrName::new).collect()
}

pub fn request(mode: ImportMode) -> ImportRequest {
    ImportRequest {
        mode,
        containers: Vec::new(),
        types: vec![
            ("user".to_owned(), names(USER)),
            ("group".to_owned(), names(GROUP)),
            ("contact".to_owned(), names(CONTACT)),
        ],
        page_size: 50,
    }
}

/// Runs an import of everything and takes all its pages.
pub async fn imported(
    connector: &Arc<GraphConnector>,
    mode: ImportMode,
) -> (Vec<ImportEntry>, Result<ImportEnd, Fault>) {
    imported_as(connector, request(mode)).await
}

/// Runs an import and takes all its pages.
pub async fn imported_as(
    connector: &Arc<GraphConnector>,
    request: ImportRequest,
) -> (Vec<ImportEntry>, Result<ImportEnd, Fault>) {
    let (sink, mut pages) = PageSink::channel();
    let reader = connector.clone();
    let task = tokio::spawn(async move { reader.import(request, sink).await });
    let mut entries = Vec::new();
    while let Some(page) = pages.recv().await {
        assert!(page.entries.len() <= 50);
        entries.extend(page.entries);
    }
    (entries, task.await.unwrap())
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Held {
    pub object_type: String,
    pub attrs: BTreeMap<String, Values>,
    pub refs: BTreeMap<String, BTreeSet<String>>,
}

/// What imports have shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Image(pub BTreeMap<String, Held>);

fn target(name: &ObjectName) -> String {
    match name {
        ObjectName::Anchor(anchor) => anchor.to_string(),
        ObjectName::Dn(_) => panic!("Entra has no names"),
    }
}

impl Image {
    /// A full import replaces everything.
    pub fn full(entries: Vec<ImportEntry>) -> Self {
        let mut image = Self::default();
        image.apply(entries);
        image
    }

    pub fn apply(&mut self, entries: Vec<ImportEntry>) {
        for entry in entries {
            match entry {
                ImportEntry::Object(object) => {
                    let attrs = object
                        .attrs
                        .into_iter()
                        .map(|(name, values)| (name.to_string(), values));
                    let refs = object.refs.into_iter().map(|(name, targets)| {
                        (name.to_string(), targets.iter().map(target).collect())
                    });
                    let held = Held {
                        object_type: object.object_type,
                        attrs: attrs.collect(),
                        refs: refs.collect(),
                    };
                    self.0.insert(object.anchor.to_string(), held);
                }
                ImportEntry::Change(change) => {
                    let held = self.0.entry(change.anchor.to_string()).or_default();
                    held.object_type = change.object_type.expect("changes name their type");
                    for (name, values) in change.attrs {
                        match values {
                            Some(values) => held.attrs.insert(name.to_string(), values),
                            None => held.attrs.remove(name.as_str()),
                        };
                    }
                    for (name, targets) in change.refs_set {
                        held.refs
                            .insert(name.to_string(), targets.iter().map(target).collect());
                    }
                    for (name, gone) in change.refs_removed {
                        held.refs
                            .entry(name.to_string())
                            .or_default()
                            .remove(&target(&gone));
                    }
                    for (name, new) in change.refs_added {
                        held.refs
                            .entry(name.to_string())
                            .or_default()
                            .insert(target(&new));
                    }
                }
                ImportEntry::Deleted(anchor) => {
                    self.0.remove(&anchor.to_string());
                }
                ImportEntry::ReadError(error) => panic!("{error:?}"),
            }
        }
    }

    /// References to what is not there do not count: the service drops them in its own time.
    pub fn settled(mut self) -> Self {
        let living: BTreeSet<String> = self.0.keys().cloned().collect();
        for held in self.0.values_mut() {
            for targets in held.refs.values_mut() {
                targets.retain(|target| living.contains(target));
            }
            held.refs.retain(|_, targets| !targets.is_empty());
        }
        self
    }

    /// What the store holds, under the attributes that are read.
    pub fn of_store(snapshot: &Json) -> Self {
        let mut image = Self::default();
        for (collection, object_type, attrs) in [
            ("users", "user", USER),
            ("groups", "group", GROUP),
            ("contacts", "contact", CONTACT),
        ] {
            for object in snapshot[collection].as_array().unwrap() {
                let mut held = Held {
                    object_type: object_type.to_owned(),
                    ..Held::default()
                };
                for name in attrs {
                    let json = match *name {
                        "manager" | "members" => {
                            let many = object[name].as_array().cloned();
                            let many = many.unwrap_or_else(|| vec![object[name].clone()]);
                            let ids = many.iter().filter_map(Json::as_str).map(str::to_owned);
                            held.refs.insert((*name).to_owned(), ids.collect());
                            continue;
                        }
                        name if name.starts_with("extensionAttribute") => {
                            object["onPremisesExtensionAttributes"][name].clone()
                        }
                        "addressCity" => object["addresses"][0]["city"].clone(),
                        "phoneMobile" => object["phones"][0]["number"].clone(),
                        name => object[name].clone(),
                    };
                    let many = json.as_array().cloned().unwrap_or_else(|| vec![json]);
                    let values = many.iter().filter_map(|value| match value {
                        Json::String(text) => Some(Value::text(text.as_str())),
                        Json::Bool(value) => Some(Value::Bool(*value)),
                        _ => None,
                    });
                    if let Some(values) = Values::new(values) {
                        held.attrs.insert((*name).to_owned(), values);
                    }
                }
                image
                    .0
                    .insert(object["id"].as_str().unwrap().to_owned(), held);
            }
        }
        image
    }
}

pub fn text(value: &str) -> Change {
    Change::Set(vec![OpValue::Value(Value::text(value))])
}

pub fn flag(value: bool) -> Change {
    Change::Set(vec![OpValue::Value(Value::Bool(value))])
}

pub fn anchor(id: &str) -> Anchor {
    serde_json::from_value(json!(format!("guid:{id}"))).unwrap()
}

pub fn to(id: &str) -> OpValue {
    OpValue::Ref(ObjectKey::Anchor(anchor(id)))
}

fn operation(object: ObjectKey, kind: OpKind, mut deltas: Vec<(&str, Change)>) -> Operation {
    deltas.sort_by_key(|(name, _)| name.to_lowercase());
    Operation {
        directory: DirectoryId(1),
        pass: 1,
        object,
        kind,
        deltas: deltas
            .into_iter()
            .map(|(name, change)| (name.into(), change))
            .collect(),
    }
}

pub fn add(number: u8, object_type: &str, deltas: Vec<(&str, Change)>) -> Operation {
    let object = ObjectKey::New {
        part: PartId(1),
        source: DirectoryId(2),
        anchor: Anchor::Guid([number; 16]),
    };
    let kind = OpKind::Add {
        object_type: object_type.to_owned(),
        place: None,
        password: None,
    };
    operation(object, kind, deltas)
}

pub fn add_user(number: u8, name: &str, more: Vec<(&str, Change)>) -> Operation {
    let mut deltas = vec![
        ("accountEnabled", flag(true)),
        ("displayName", text(name)),
        ("mailNickname", text(name)),
        ("userPrincipalName", text(&format!("{name}@contoso.test"))),
    ];
    deltas.extend(more);
    add(number, "user", deltas)
}

pub fn add_group(number: u8, name: &str, more: Vec<(&str, Change)>) -> Operation {
    let mut deltas = vec![
        ("displayName", text(name)),
        ("mailEnabled", flag(false)),
        ("mailNickname", text(name)),
        ("securityEnabled", flag(true)),
    ];
    deltas.extend(more);
    add(number, "group", deltas)
}

pub fn update(id: &str, object_type: &str, deltas: Vec<(&str, Change)>) -> Operation {
    let kind = OpKind::Update {
        object_type: object_type.to_owned(),
        place: None,
    };
    operation(ObjectKey::Anchor(anchor(id)), kind, deltas)
}

pub fn delete(id: &str, object_type: &str) -> Operation {
    let kind = OpKind::Delete {
        object_type: object_type.to_owned(),
    };
    operation(ObjectKey::Anchor(anchor(id)), kind, Vec::new())
}

pub async fn done(connector: &GraphConnector, operation: &Operation) -> Applied {
    match connector.export(operation, &KnownNames).await {
        OpOutcome::Done(applied) => applied,
        other => panic!("{other:?}"),
    }
}

pub async fn refused(connector: &GraphConnector, operation: &Operation) -> Fault {
    match connector.export(operation, &KnownNames).await {
        OpOutcome::Rejected(fault) => fault,
        other => panic!("{other:?}"),
    }
}
