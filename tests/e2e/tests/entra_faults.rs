//! What goes wrong with a directory tenant, as an operator reads it through the API: a stable code, what, to which
//! object, why, what to do; and nothing is lost.
//!
//! That each answer of Graph becomes its code is proved beside the connector (`tests/connectors/tests/graph`); here is
//! only what reaches a person.

use std::io::ErrorKind;
use std::net::TcpListener;

use serde_json::{Value, json};
use syncline_api_tests::StackOptions;
use syncline_graph_sim::{Fault, FaultKind, ResetForm, RetryAfter};
use syncline_lab::DataSet;
use syncline_model::cloud::CloudTimes;
use syncline_tests::World;
use syncline_tests::entra::{CLOUD, DOMAIN, Entra, contoso_to_entra};
use syncline_tests::world::{count, found};
use tokio::task::block_in_place;

/// One stack, one directory tenant.
struct Act {
    world: World,
    entra: Entra,
    client: String,
    directory: String,
}

fn attribute(report: &Value, name: &str) -> Option<String> {
    let attributes = report["attributes"].as_array()?;
    let held = attributes.iter().find(|a| a["name"] == name)?;
    held["values"][0].as_str().map(str::to_owned)
}

impl Act {
    async fn about(&self) -> Value {
        let path = format!("directories/{}", self.directory);
        self.world.get(&path).await.unwrap()
    }

    async fn check(&self) -> Value {
        let path = format!("directories/{}/check", self.directory);
        self.world.post(&path, &json!({})).await.unwrap()["cloud"].clone()
    }

    fn grant(&self, names: &[&str]) {
        let control = self.entra.control();
        block_in_place(|| control.grant(&self.entra.tenant, &self.client, names)).unwrap();
    }

    /// Imports, however it ends: the run and its messages.
    async fn import(&self, mode: &str) -> (Value, Vec<Value>) {
        let run = self.world.try_import(&self.directory, mode).await.unwrap();
        let messages = self.world.messages_of(&run).await.unwrap();
        (run, messages)
    }

    /// The exports of a cycle into the directory, in order, with their messages.
    async fn exports(&self, cycle: &Value) -> Vec<(Value, Vec<Value>)> {
        let mut exports = Vec::new();
        for run in cycle["runs"].as_array().unwrap() {
            if run["kind"] == "export" && run["directory"] == self.directory.as_str() {
                let messages = self.world.messages_of(run).await.unwrap();
                let path = format!("runs/{}", run["id"].as_str().unwrap());
                exports.push((self.world.get(&path).await.unwrap(), messages));
            }
        }
        exports.sort_by_key(|(run, _)| run["started_at"].as_str().map(str::to_owned));
        exports
    }

    /// Objects of the directory that Syncline knows.
    async fn known(&self) -> i64 {
        let about = self.about().await;
        let counts = about["counts"].as_array().unwrap();
        counts.iter().filter_map(|c| c["objects"].as_i64()).sum()
    }

    /// What the directory's people hold in an attribute.
    async fn graded(&self, name: &str) -> Vec<String> {
        let path = format!("objects?directory={}&type=user", self.directory);
        let mut values = Vec::new();
        for object in self.world.all(&path).await.unwrap() {
            let path = format!("objects/{}", object["id"].as_str().unwrap());
            let report = self.world.get(&path).await.unwrap();
            values.extend(attribute(&report, name));
        }
        values
    }

    /// The code and the text of the one message that says why a run stopped.
    fn why(run: &Value, messages: &[Value]) -> (String, String) {
        let errors: Vec<&Value> = messages
            .iter()
            .filter(|m| m["severity"] == "error")
            .collect();
        let [error] = errors.as_slice() else {
            panic!("one reason: {run:#} {messages:#?}");
        };
        assert_eq!(run["reason"], error["text"], "the run says it itself");
        (
            error["code"].as_str().unwrap().to_owned(),
            error["text"].as_str().unwrap().to_owned(),
        )
    }
}

/// A cloud that the service does not know, a certificate that nobody uploaded, a permission that was not granted.
async fn connecting() -> Act {
    let mut entra = Entra::start(11).unwrap();
    let client = entra.register().unwrap();
    let mut cloud = entra.cloud().unwrap();
    cloud.times = Some(CloudTimes {
        settle_ms: 2_000,
        first_wait_ms: 50,
    });
    let options = StackOptions {
        clouds: vec![cloud],
        ..StackOptions::default()
    };
    let world = World::start_with(DataSet::Small, options).await.unwrap();
    let body = |cloud: &str| {
        json!({"name": "Entra", "kind": "entra-id", "settings": {
            "poll_seconds": 86_400, "cloud": {"cloud": cloud, "tenant": entra.tenant, "client_id": client}}})
    };
    let unknown = world.post("directories", &body("elsewhere")).await;
    let unknown = unknown.unwrap_err().to_string();
    assert!(
        unknown.contains("/settings/cloud/cloud") && unknown.contains("no cloud of that name"),
        "{unknown}"
    );
    let made = world.post("directories", &body(CLOUD)).await.unwrap();
    let directory = made["id"].as_str().unwrap().to_owned();
    let act = Act {
        world,
        entra,
        client,
        directory,
    };

    let cloud = act.check().await;
    assert_eq!(
        (&cloud["fault"]["code"], &cloud["ready"]),
        (&json!("graph.signin_certificate_refused"), &json!(false)),
        "{cloud:#}"
    );
    assert!(
        cloud["fault"]["next_step"]
            .as_str()
            .unwrap()
            .contains("certificate"),
        "{cloud:#}"
    );
    let pem = made["cloud"]["certificate"]["pem"].as_str().unwrap();
    let control = act.entra.control();
    let uploaded = json!({"id": act.client, "certificates": [pem]});
    block_in_place(|| control.call::<Value>("POST", "/apps", &uploaded)).unwrap();
    // What reading needs before any profile does.
    let about = act.about().await;
    let needed = about["cloud"]["permissions"].as_array().unwrap();
    let names: Vec<&str> = needed.iter().filter_map(|p| p["name"].as_str()).collect();
    act.grant(&names);
    let cloud = act.check().await;
    assert_eq!(cloud["ready"], true, "{cloud:#}");
    act
}

/// The profile; a permission that is missing is named with what is lost without it, before and after the import tried.
async fn consenting(act: &Act, document: &Value) -> String {
    let profile = act.world.post("profiles", document).await.unwrap();
    let about = act.about().await;
    let needed = about["cloud"]["permissions"].as_array().cloned().unwrap();
    let names: Vec<&str> = needed.iter().filter_map(|p| p["name"].as_str()).collect();
    let of_groups: Vec<&str> = names
        .iter()
        .copied()
        .filter(|n| n.starts_with("Group"))
        .collect();
    assert!(
        !of_groups.is_empty() && names.len() > of_groups.len(),
        "{names:?}"
    );
    let others: Vec<&str> = names
        .iter()
        .copied()
        .filter(|n| !of_groups.contains(n))
        .collect();
    act.grant(&others);

    let cloud = act.check().await;
    assert_eq!(cloud["ready"], false, "{cloud:#}");
    let permissions = cloud["permissions"].as_array().unwrap();
    let missing: Vec<&Value> = permissions
        .iter()
        .filter(|p| p["grant"] == "missing")
        .collect();
    assert_eq!(missing.len(), of_groups.len(), "{permissions:#?}");
    let reasons = missing[0]["reasons"].to_string();
    assert!(reasons.contains("group"), "{reasons}");
    let (run, messages) = act.import("full").await;
    assert_eq!(run["status"], "stopped-permission", "{run:#}");
    let (code, text) = Act::why(&run, &messages);
    assert_eq!(code, "import.permission_denied");
    assert!(text.contains("groups"), "{text}");
    // Who loses what for want of which permission.
    assert!(
        text.contains("\"Contoso to Entra\" waits: without Group") && text.contains(" of group"),
        "{text}"
    );

    act.grant(&names);
    assert_eq!(act.check().await["ready"], true);
    let (run, _) = act.import("full").await;
    assert!(
        run["status"].as_str().unwrap().starts_with("success"),
        "{run:#}"
    );
    profile["id"].as_str().unwrap().to_owned()
}

/// What stops an export says so itself: with its code, its status and what to do. What passes is gone on with by itself;
/// answers the cycle that did.
async fn stopping(act: &Act, what_if: &Value) -> Value {
    let control = act.entra.control();
    let refused = Fault::always(FaultKind::ClaimsChallenge).on("POST", "/users");
    block_in_place(|| control.arm(&refused)).unwrap();
    let cycle = act.world.approve(what_if).await.unwrap();
    block_in_place(|| control.disarm()).unwrap();
    let exports = act.exports(&cycle).await;
    let (run, messages) = exports.first().expect("an export");
    assert_eq!(run["status"], "stopped-authentication", "{run:#}");
    assert_eq!(
        run["counts"].get("pauses"),
        None,
        "waiting does not mend it"
    );
    let (code, text) = Act::why(run, messages);
    assert_eq!(code, "connect.token_refused", "{text}");
    assert!(
        text.contains("no policy of the tenant") && text.contains("stays staged"),
        "{text}"
    );

    let kind = FaultKind::Throttle {
        seconds: 1,
        form: RetryAfter::Absent,
    };
    let slow = Fault::always(kind).on("POST", "/users");
    block_in_place(|| control.arm(&slow)).unwrap();
    let cycle = act.world.cycle(&json!({})).await.unwrap();
    let exports = act.exports(&cycle).await;
    let (run, messages) = exports.first().expect("an export");
    assert_eq!(run["status"], "stopped-connectivity", "{run:#}");
    assert_eq!(run["counts"]["pauses"], 3, "it went on as told: {run:#}");
    let (code, text) = Act::why(run, messages);
    assert_eq!(code, "export.throttled", "{text}");
    assert!(text.contains("goes by itself after"), "{text}");
    let held = act.entra.snapshot().unwrap();
    assert_eq!(held["users"].as_array().unwrap().len(), 0);
    block_in_place(|| control.disarm()).unwrap();
    // The profile runs by nothing but an order, and nobody gives one; none has gone on before.
    gone_on(act, 0).await
}

/// What the directory tenant refuses: the object says why, the others go.
async fn exporting(act: &Act, profile: &str, wanted: &[&str]) {
    let world = &act.world;
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    let what_if = world.what_if(profile).await.unwrap();
    let people = count(&what_if, "user", "add");
    let cycle = stopping(act, &what_if).await;
    assert_eq!(cycle["state"], "completed-with-errors", "{cycle:#}");
    // What is refused rests in the later exports of the same cycle.
    let exports = act.exports(&cycle).await;
    let count_of = |run: &Value, name: &str| run["counts"][name].as_i64().unwrap_or_default();
    let (last, messages) = exports.last().expect("an export");
    assert!(
        exports.len() > 1 && count_of(last, "resting") > 0,
        "{exports:#?}"
    );
    let resting = messages.iter().find(|m| m["code"] == "export.resting");
    assert!(
        resting.is_some_and(|m| m["text"].as_str().unwrap().contains(" UTC ")),
        "{messages:#?}"
    );
    let shown = world.what_if(profile).await.unwrap();
    assert!(
        found(&shown, "resting") >= count_of(last, "resting"),
        "{shown:#}"
    );

    // What the cycles before this one were refused rests in it.
    let path = format!("runs?directory={}", act.directory);
    let mut exports = world.all(&path).await.unwrap();
    exports.retain(|run| run["kind"] == "export");
    let mut told = Vec::new();
    for run in &exports {
        let path = format!("runs/{}/operations", run["id"].as_str().unwrap());
        for operation in world.all(&path).await.unwrap() {
            let outcome = operation["outcome"]
                .as_str()
                .unwrap_or("unknown")
                .to_owned();
            if !["acknowledged", "no-op"].contains(&outcome.as_str()) {
                let object = operation["object"].as_str().unwrap();
                let report = world.get(&format!("objects/{object}")).await.unwrap();
                let messages = report["messages"].as_array().cloned().unwrap();
                told.extend(messages.into_iter().filter(|m| m["stage"] == "export"));
            }
        }
    }
    let texts: Vec<&str> = told.iter().filter_map(|m| m["text"].as_str()).collect();
    for code in wanted {
        let with = texts
            .iter()
            .find(|text| text.ends_with(&format!("({code})")));
        assert!(
            with.is_some_and(|text| text.len() > 80),
            "{code} in {texts:#?}"
        );
    }
    let known: Vec<_> = texts
        .iter()
        .filter(|text| !wanted.iter().any(|code| text.contains(code)))
        .collect();
    assert!(known.is_empty(), "nothing else was refused: {known:#?}");
    let held = act.entra.snapshot().unwrap();
    let users = i64::try_from(held["users"].as_array().unwrap().len()).unwrap();
    // Those whose name could not be had are the only ones that are missing.
    assert_eq!(users, people - 2, "{texts:#?}");
    // Nor does one who was not created keep others out of his groups: what is left to add is him.
    let path = format!("what-ifs/{}/operations", shown["id"].as_str().unwrap());
    let mut waiting = 0;
    for operation in world.all(&path).await.unwrap() {
        let attributes = operation["attributes"].as_array().unwrap();
        let Some(members) = attributes.iter().find(|a| a["name"] == "members") else {
            continue;
        };
        let added = members["added"].as_array().unwrap().len();
        let is_list = operation["name"] == "List";
        assert!(is_list || added <= 2, "{operation:#}");
        waiting += usize::from(!is_list);
    }
    assert!(waiting > 0, "{shown:#}");
    // And they hold nobody else back: the profile is live, and what changes later flows.
    let person = DataSet::Small.story().edited.clone();
    let forest = world.lab.contoso.administrator().unwrap();
    forest.replace(&person.dn, "title", &["Later"]).unwrap();
    let cycle = world.cycle(&json!({})).await.unwrap();
    let held = act.entra.snapshot().unwrap();
    let later = |user: &&Value| user["jobTitle"] == "Later";
    let later = held["users"]
        .as_array()
        .unwrap()
        .iter()
        .filter(later)
        .count();
    assert_eq!(later, 1, "{cycle:#}");
}

/// The cycle that goes on by itself and sends something, begun after `known` cycles.
async fn gone_on(act: &Act, known: usize) -> Value {
    let has_sent = |cycle: &Value| {
        let sent = cycle["changes"].as_i64() > Some(0);
        cycle["trigger"] == "retry" && cycle.get("ended_at").is_some() && sent
    };
    // The latest stand first.
    let find = |list: &Value| {
        let cycles = list["items"].as_array().unwrap();
        let new = &cycles[..cycles.len().saturating_sub(known)];
        new.iter().find(|cycle| has_sent(cycle)).cloned()
    };
    let path = "cycles?limit=200";
    let is_there = |list: &Value| find(list).is_some();
    let cycles = act.world.until(path, "the export goes on", is_there).await;
    find(&cycles.unwrap()).unwrap()
}

/// What is held stays, and goes when exports are released, though no cycle is due and nobody orders one.
async fn holding(act: &Act) {
    let world = &act.world;
    world.post("exports/hold", &json!({})).await.unwrap();
    let person = DataSet::Small.story().edited.clone();
    let forest = world.lab.contoso.administrator().unwrap();
    forest.replace(&person.dn, "title", &["Held"]).unwrap();
    let cycle = world.cycle(&json!({})).await.unwrap();
    let exports = act.exports(&cycle).await;
    let (run, _) = exports.first().expect("an export");
    assert_eq!(run["status"], "no-start-suspended", "{run:#}");
    let has_title = |title: &str| {
        let held = act.entra.snapshot().unwrap();
        let users = held["users"].as_array().unwrap().clone();
        users.iter().any(|user| user["jobTitle"] == title)
    };
    assert!(!has_title("Held"), "{run:#}");
    let known = world.all("cycles").await.unwrap().len();

    world.post("exports/release", &json!({})).await.unwrap();

    gone_on(act, known).await;
    assert!(has_title("Held"));
}

/// Somewhere that a cloud's answers lead to: nobody is to come here.
struct Elsewhere(TcpListener);

impl Elsewhere {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.2:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn origin(&self) -> String {
        format!("https://{}", self.0.local_addr().unwrap())
    }

    /// Whether nobody has come.
    fn is_quiet(&self) -> bool {
        matches!(self.0.accept(), Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

/// Links and redirections to another host end the run, and nobody is dialled there.
async fn led_astray(act: &Act) {
    let control = act.entra.control();
    let before = act.known().await;
    let elsewhere = Elsewhere::new();
    let origin = elsewhere.origin();
    for (kind, path, why) in [
        (
            FaultKind::ForeignLink(origin.clone()),
            "/users",
            "Nothing was dialled",
        ),
        (
            FaultKind::Redirect(format!("{origin}/v1.0/groups")),
            "/groups",
            "never followed",
        ),
    ] {
        let always = Fault::always(kind.clone()).on("GET", path);
        block_in_place(|| control.arm(&always)).unwrap();
        let (run, messages) = act.import("full").await;
        block_in_place(|| control.disarm()).unwrap();
        let (code, text) = Act::why(&run, &messages);
        assert_eq!(code, "graph.host_not_allowed", "{kind:?}: {text}");
        assert!(text.contains(why), "{text}");
        assert!(elsewhere.is_quiet(), "{kind:?} was followed");
        assert_eq!(act.known().await, before, "{kind:?}");
    }
}

/// Reading goes wrong: it is done again where that helps, stops with a code where not, and nothing counts as gone.
async fn importing(act: &Act) {
    let control = act.entra.control();
    let before = act.known().await;
    let good = |run: &Value| {
        assert!(
            run["status"].as_str().unwrap().starts_with("success"),
            "{run:#}"
        )
    };

    block_in_place(|| control.challenge(&act.client)).unwrap();
    good(&act.import("delta").await.0);
    let once = Fault::once(FaultKind::Truncate(120)).on("GET", "/users");
    block_in_place(|| control.arm(&once)).unwrap();
    good(&act.import("full").await.0);
    assert_eq!(act.known().await, before);

    for (kind, status) in [
        (FaultKind::ClaimsChallenge, "stopped-authentication"),
        (FaultKind::Truncate(120), "stopped-connectivity"),
    ] {
        let always = Fault::always(kind.clone()).on("GET", "/users");
        block_in_place(|| control.arm(&always)).unwrap();
        let (run, messages) = act.import("full").await;
        block_in_place(|| control.disarm()).unwrap();
        let (code, text) = Act::why(&run, &messages);
        assert_eq!(run["status"], status, "{code}: {text}");
        assert!(code.contains('.') && code != status, "{code}: {text}");
        assert_eq!(act.known().await, before, "{kind:?}");
    }

    // The cloud forgets where we were, and the import that an order began reads everything instead.
    block_in_place(|| control.expire_tokens(&act.entra.tenant, None, ResetForm::Gone)).unwrap();
    let cycle = act.world.cycle(&json!({})).await.unwrap();
    let runs = cycle["runs"].as_array().cloned().unwrap();
    let import = runs
        .iter()
        .find(|run| run["kind"] == "delta-import" && run["directory"] == act.directory.as_str())
        .unwrap_or_else(|| panic!("{cycle:#}"));
    good(import);
    let path = format!("runs/{}/messages", import["id"].as_str().unwrap());
    let messages = act.world.all(&path).await.unwrap();
    assert!(
        messages
            .iter()
            .any(|m| m["code"] == "import.watermark_expired" && m["severity"] == "warning"),
        "{messages:#?}"
    );
    assert_eq!(act.known().await, before);
}

/// The permission to list directory extensions is taken back: what was read of one stays, and is told as missing.
async fn losing_extensions(act: &Act) {
    const GRADE: &str = "extension_0123456789abcdef0123456789abcdef_grade";
    let control = act.entra.control();
    let before = granted(&act.about().await);
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    assert!(!before.contains(&"Directory.Read.All"), "{before:?}");
    let listed = json!([{"name": GRADE, "dataType": "String", "isMultiValued": false, "targetObjects": ["User"]}]);
    block_in_place(|| control.set_extensions(&act.entra.tenant, &listed)).unwrap();
    let held = act.entra.snapshot().unwrap();
    let id = held["users"][0]["id"].as_str().unwrap();
    let change = json!([{"do": "update", "id": id, "properties": {GRADE: "A7"}}]);
    block_in_place(|| control.mutate(&act.entra.tenant, &change)).unwrap();
    let all: Vec<&str> = before
        .iter()
        .copied()
        .chain(["Directory.Read.All"])
        .collect();
    act.grant(&all);
    assert_eq!(act.check().await["ready"], true);
    let document = json!({"name": "Grades", "triggers": {"on_change": false},
        "inbound": [{"directory": act.directory, "type": "user", "metaverse_type": "person", "link": "join",
            "match": [[{"source": "employeeId", "metaverse": "employeeID"}]],
            "flows": [{"to": "info", "from": GRADE}]}]});
    act.world.post("profiles", &document).await.unwrap();
    let (run, messages) = act.import("full").await;
    assert!(
        run["status"].as_str().unwrap().starts_with("success"),
        "{run:#} {messages:#?}"
    );
    let graded = act.graded(GRADE).await;
    assert_eq!(graded, ["A7"]);

    act.grant(&before);
    let cloud = act.check().await;
    assert_eq!(cloud["ready"], false, "{cloud:#}");
    let permissions = cloud["permissions"].as_array().unwrap();
    let listing = permissions
        .iter()
        .find(|p| p["name"] == "Directory.Read.All")
        .unwrap_or_else(|| panic!("{permissions:#?}"));
    assert_eq!(listing["grant"], "missing", "{listing:#}");
    assert!(
        listing["reasons"].to_string().contains(GRADE),
        "{listing:#}"
    );

    let (run, messages) = act.import("full").await;
    assert_eq!(run["status"], "stopped-permission", "{run:#}");
    let (code, text) = Act::why(&run, &messages);
    assert_eq!(code, "import.extensions_not_listed", "{text}");
    assert!(
        text.contains("Directory.Read.All") && text.contains("\"Grades\" waits"),
        "{text}"
    );
    assert_eq!(act.graded(GRADE).await, graded, "what is stored stays");

    act.grant(&all);
    assert_eq!(act.check().await["ready"], true);
    let (run, _) = act.import("delta").await;
    assert!(
        run["status"].as_str().unwrap().starts_with("success"),
        "{run:#}"
    );
    assert_eq!(act.graded(GRADE).await, graded);
}

/// Permissions that a directory's page says are granted.
fn granted(about: &Value) -> Vec<String> {
    let permissions = about["cloud"]["permissions"].as_array().unwrap();
    let granted = permissions.iter().filter(|p| p["grant"] == "granted");
    granted
        .map(|p| p["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The next key: made once, refused with a reason until its certificate is there, and then the current one.
async fn rotating(act: &Act) {
    let path = format!("directories/{}/certificate", act.directory);
    let about = act.about().await;
    let first = about["cloud"]["certificate"].clone();
    let made = act.world.post(&path, &json!({})).await.unwrap();
    let next = made["cloud"]["next_certificate"].clone();
    assert!(next["pem"].is_string() && made["cloud"]["next_fault"].is_null());

    let again = act.world.post(&path, &json!({})).await.unwrap_err();
    let again = again.to_string();
    assert!(
        again.contains("409") && again.contains("directories.next_certificate_waits"),
        "{again}"
    );
    let cloud = act.check().await;
    assert_eq!(cloud["ready"], true, "the current one goes on: {cloud:#}");
    assert_eq!(cloud["next_certificate"], next, "it is the same one");
    assert_eq!(
        cloud["next_fault"]["code"], "graph.signin_certificate_refused",
        "{cloud:#}"
    );
    assert!(cloud["next_fault"]["next_step"].is_string(), "{cloud:#}");

    let control = act.entra.control();
    let both = json!({"id": act.client, "certificates": [first["pem"], next["pem"]]});
    block_in_place(|| control.call::<Value>("POST", "/apps", &both)).unwrap();
    let cloud = act.check().await;
    assert_eq!(
        (&cloud["ready"], &cloud["certificate"]),
        (&json!(true), &next)
    );
    assert!(cloud["next_certificate"].is_null() && cloud["next_fault"].is_null());
}

/// A new name for the directory is no new sign-in: the connector knows what it knew.
async fn renaming(act: &Act) {
    let listings = || {
        let log = block_in_place(|| act.entra.control().log(0)).unwrap();
        let path = "/directoryObjects/getAvailableExtensionProperties";
        log.iter().filter(|entry| entry.path == path).count()
    };
    let (run, _) = act.import("delta").await;
    assert!(
        run["status"].as_str().unwrap().starts_with("success"),
        "{run:#}"
    );
    let before = listings();
    assert!(before > 0);

    let version = act.about().await["version"].as_i64().unwrap();
    let path = format!("directories/{}", act.directory);
    let body = json!({"name": "Entra of Contoso"});
    act.world.patch(&path, version, &body).await.unwrap();
    let (run, _) = act.import("delta").await;

    assert!(
        run["status"].as_str().unwrap().starts_with("success"),
        "{run:#}"
    );
    assert_eq!(listings(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_is_told_with_its_code_and_loses_nothing() {
    let act = connecting().await;
    let world = &act.world;
    world.import(&world.contoso, "full").await.unwrap();
    let mut people = Vec::new();
    for person in world
        .all(&format!("objects?directory={}&type=user", world.contoso))
        .await
        .unwrap()
    {
        let path = format!("objects/{}", person["id"].as_str().unwrap());
        let report = world.get(&path).await.unwrap();
        if attribute(&report, "employeeType").as_deref() == Some("FTE") {
            people.push(report);
        }
        if people.len() == 3 {
            break;
        }
    }
    let account = |report: &Value| attribute(report, "sAMAccountName").unwrap();
    let groups = world
        .all(&format!("objects?directory={}&type=group", world.contoso))
        .await
        .unwrap();
    let group = format!("objects/{}", groups[0]["id"].as_str().unwrap());
    let group = world.get(&group).await.unwrap();

    // One whose name lies in the recycle bin, a group that Exchange owns, one who is his own manager, one whose name is
    // of a domain that nobody verified.
    let recycled = json!({"displayName": "Gone", "accountEnabled": true, "@deleted": true,
        "mailNickname": account(&people[0]).to_lowercase(),
        "userPrincipalName": format!("{}@{DOMAIN}", account(&people[0]).to_lowercase())});
    let list = json!({"displayName": "List", "mailNickname": account(&group), "mailEnabled": true,
        "securityEnabled": false, "groupTypes": []});
    let control = act.entra.control();
    let seeds = json!({"users": [recycled], "groups": [list]});
    block_in_place(|| control.seed(&act.entra.tenant, &seeds)).unwrap();
    let dn = people[1]["dn"].as_str().unwrap();
    let administrator = world.lab.contoso.administrator().unwrap();
    administrator.replace(dn, "manager", &[dn]).unwrap();
    let mut document = contoso_to_entra(&world.contoso, &act.directory);
    document["triggers"] = json!({"on_change": false});
    let flows = document["outbound"][0]["flows"].as_array_mut().unwrap();
    let name = flows
        .iter_mut()
        .find(|f| f["to"] == "userPrincipalName")
        .unwrap();
    name["expr"] = json!(format!(
        "sAMAccountName.ToLower() + (sAMAccountName == \"{}\" ? \"@else.example\" : \"@{DOMAIN}\")",
        account(&people[2])
    ));

    // The other dialect runs in the same profile.
    let title = flows.iter_mut().find(|f| f["to"] == "jobTitle").unwrap();
    *title = json!({"to": "jobTitle", "expr": "Trim([title])", "dialect": "entra"});

    let profile = consenting(&act, &document).await;
    exporting(
        &act,
        &profile,
        &[
            "export.unique_value_in_recycle_bin",
            "export.group_read_only",
            // Of the same group, in the first pass.
            "export.group_type_fixed",
            "export.member_not_allowed",
            "export.domain_not_verified",
        ],
    )
    .await;
    holding(&act).await;
    importing(&act).await;
    led_astray(&act).await;
    rotating(&act).await;
    losing_extensions(&act).await;
    renaming(&act).await;

    act.world.stop().await;
    // The import that came before the consent was refused, as it should be.
    act.entra.no_violation_but(&["permission.missing"]).unwrap();
}
