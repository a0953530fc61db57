//! A simulator without sockets, for the tests of this crate: one tenant, one application that may do
//! everything, a clock that stands still.

use crate::{
    clock::SECOND,
    graph::{self, Delivery},
    options::{Addresses, Domain, Options},
    request::{Answer, Incoming, Payload},
    signin::Access,
    store::Image,
    tenant::Tenant,
    world::World,
};
use serde_json::Value;

pub(crate) const TENANT: &str = "3f0c7a52-0000-4000-8000-000000000001";
pub(crate) const APPLICATION: &str = "9e0c7a52-0000-4000-8000-000000000002";
pub(crate) const ROOT: &str = "http://graph.test/v1.0";

const ROLES: [&str; 11] = [
    "User.ReadWrite.All",
    "User.Read.All",
    "User.DeleteRestore.All",
    "User-OnPremisesSyncBehavior.ReadWrite.All",
    "Group.ReadWrite.All",
    "GroupMember.ReadWrite.All",
    "Group-OnPremisesSyncBehavior.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "OrgContact.Read.All",
    "Organization.Read.All",
];

pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) roles: Vec<String>,
    /// Requests may break the contract.
    pub(crate) lenient: bool,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_seed(1)
    }

    pub(crate) fn with_seed(seed: u64) -> Self {
        let addresses = Addresses {
            graph: "http://graph.test".to_owned(),
            login: "http://login.test".to_owned(),
            control: String::new(),
            ca_pem: None,
        };
        let mut world = World::new(&Options::stopped(seed), addresses);
        let domains = vec![
            Domain::verified("contoso.test"),
            Domain {
                federated: true,
                ..Domain::verified("fabrikam.test")
            },
        ];
        let tenant = Tenant::new(TENANT.to_owned(), domains, seed, 3);
        world.tenants.insert(TENANT.to_owned(), tenant);
        Self {
            world,
            roles: ROLES.map(str::to_owned).to_vec(),
            lenient: false,
        }
    }

    pub(crate) fn tenant(&mut self) -> &mut Tenant {
        self.world.tenants.get_mut(TENANT).unwrap()
    }

    pub(crate) fn primary(&self) -> &Image {
        self.world.tenants[TENANT].primary()
    }

    pub(crate) fn advance(&mut self, milliseconds: i64) {
        self.world.clock.advance(milliseconds);
    }

    pub(crate) fn token(&mut self) -> String {
        let now = self.world.clock.claimed();
        self.world.tokens_issued += 1;
        let access = Access {
            tenant: TENANT.to_owned(),
            application: APPLICATION.to_owned(),
            roles: self.roles.iter().cloned().collect(),
            number: self.world.tokens_issued,
            expires: now + 3_600 * SECOND,
        };
        self.world.keys.issue(&access, "http://login.test", now)
    }

    pub(crate) fn deliver(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Delivery {
        let token = self.token();
        let target = target.strip_prefix(ROOT).unwrap_or(target);
        let mut all = vec![("authorization".to_owned(), format!("Bearer {token}"))];
        if body.is_some() {
            all.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let given = headers.iter();
        all.extend(given.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let payload = body.map_or(Payload::None, Payload::Json);
        let incoming = Incoming::new(method, target, all, payload);
        let delivery = graph::serve(&mut self.world, &incoming);
        for entry in self.world.record.since(0) {
            assert!(entry.answer_violations.is_empty(), "{entry:#?}");
            let broken = !self.lenient && entry.status.is_some_and(|status| status < 300);
            assert!(!broken || entry.request_violations.is_empty(), "{entry:#?}");
        }
        delivery
    }

    pub(crate) fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        self.deliver(method, target, headers, body).answer
    }

    pub(crate) fn get(&mut self, target: &str) -> Answer {
        self.send("GET", target, &[], None)
    }

    /// Reads without looking into the log, for many requests.
    pub(crate) fn world_read(&mut self, target: &str) -> Answer {
        self.unlooked("GET", target, Payload::None)
    }

    /// The same of a POST.
    pub(crate) fn world_post(&mut self, target: &str, body: Value) -> Answer {
        self.unlooked("POST", target, Payload::Json(body))
    }

    fn unlooked(&mut self, method: &str, target: &str, payload: Payload) -> Answer {
        let bearer = format!("Bearer {}", self.token());
        let headers = vec![
            ("authorization".to_owned(), bearer),
            ("content-type".to_owned(), "application/json".to_owned()),
        ];
        let incoming = Incoming::new(method, target, headers, payload);
        graph::serve(&mut self.world, &incoming).answer
    }

    pub(crate) fn post(&mut self, target: &str, body: Value) -> Answer {
        self.send("POST", target, &[], Some(body))
    }

    pub(crate) fn patch(&mut self, target: &str, body: Value) -> Answer {
        self.send("PATCH", target, &[], Some(body))
    }

    pub(crate) fn delete(&mut self, target: &str) -> Answer {
        self.send("DELETE", target, &[], None)
    }

    /// Creates a user and answers its id.
    pub(crate) fn user(&mut self, name: &str) -> String {
        let answer = self.post("/users", user(name));
        assert_eq!(answer.status, 201, "{answer:?}");
        id(&answer)
    }

    /// Creates a security group and answers its id.
    pub(crate) fn group(&mut self, name: &str) -> String {
        let answer = self.post("/groups", group(name));
        assert_eq!(answer.status, 201, "{answer:?}");
        id(&answer)
    }

    /// Creates a Microsoft 365 group and answers its id.
    pub(crate) fn unified(&mut self, name: &str) -> String {
        let mut body = group(name);
        body["groupTypes"] = serde_json::json!(["Unified"]);
        body["mailEnabled"] = true.into();
        body["securityEnabled"] = false.into();
        let answer = self.post("/groups", body);
        assert_eq!(answer.status, 201, "{answer:?}");
        id(&answer)
    }

    /// Adds a member.
    pub(crate) fn add_member(&mut self, group: &str, member: &str) -> Answer {
        self.post(&format!("/groups/{group}/members/$ref"), reference(member))
    }
}

pub(crate) fn user(name: &str) -> Value {
    serde_json::json!({
        "accountEnabled": true,
        "displayName": name,
        "mailNickname": name,
        "userPrincipalName": format!("{name}@contoso.test"),
        "passwordProfile": { "password": "correct horse battery" },
    })
}

pub(crate) fn group(name: &str) -> Value {
    serde_json::json!({
        "displayName": name,
        "mailNickname": name,
        "mailEnabled": false,
        "securityEnabled": true,
    })
}

pub(crate) fn reference(id: &str) -> Value {
    serde_json::json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}") })
}

pub(crate) fn body(answer: &Answer) -> &Value {
    answer.body.as_ref().unwrap_or(&Value::Null)
}

pub(crate) fn id(answer: &Answer) -> String {
    body(answer)["id"].as_str().unwrap_or_default().to_owned()
}

/// The code of a refusal.
pub(crate) fn code(answer: &Answer) -> &str {
    body(answer)["error"]["code"].as_str().unwrap_or_default()
}

/// The message of a refusal.
pub(crate) fn message(answer: &Answer) -> &str {
    body(answer)["error"]["message"]
        .as_str()
        .unwrap_or_default()
}

pub(crate) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let found = answer.headers.iter().find(|(header, _)| header == name);
    found.map(|(_, value)| value.as_str())
}
