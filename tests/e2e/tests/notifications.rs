//! Notifications: what goes wrong is told to people and programs outside, one a cause, and told by whoever decided it or by
//! the process after it.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use syncline_api_tests::{Answer, Browser, Folder, Stack, StackOptions};
use syncline_lab::{DataSet, Scope};
use syncline_tests::World;
use syncline_tests::kill::sigkill;
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};
use syncline_tests::receivers::{Posted, Receivers};

/// A week, tried every hour.
const DAYS: usize = 7;
const TRIES_A_DAY: usize = 24;
/// No condition may take longer.
const PATIENCE: Duration = Duration::from_secs(60);

const PERSON: &str = "ada.byron@contoso.test";

/// A service that may notify these receivers.
fn notifying(receivers: &Receivers, secrets: &Folder) -> StackOptions {
    StackOptions {
        outlets: receivers.outlets().unwrap(),
        mail_password: Some(receivers.password_file(secrets.path()).unwrap()),
        ..StackOptions::default()
    }
}

/// Waits until something came.
async fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "waited {PATIENCE:?} for: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The notices of a request that are about a directory.
fn about(posted: &Posted, directory: &str) -> Vec<Value> {
    let said = posted.json();
    let notices = said["data"]["notices"].as_array().cloned();
    let mut notices = notices.unwrap_or_default();
    notices.retain(|notice| notice["directory"] == directory);
    notices
}

/// What was posted about a directory, each as change and code.
fn told(receivers: &Receivers, directory: &str) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let posted = receivers.posted();
    let notices = posted.iter().flat_map(|posted| about(posted, directory));
    notices
        .map(|notice| (word(&notice["change"]), word(&notice["code"])))
        .collect()
}

/// Mails whose subject or text names this directory by its name.
fn mails_about(receivers: &Receivers, name: &str) -> usize {
    let mail = receivers.mail();
    mail.iter().filter(|mail| mail.text.contains(name)).count()
}

/// Starts an import of a directory whose agent may be away, and waits for its end.
async fn try_import(world: &World, directory: &str) -> Value {
    let path = format!("directories/{directory}/import");
    let started = world.post(&path, &json!({"mode": "delta"})).await.unwrap();
    let run = format!("runs/{}", started["run"].as_str().unwrap());
    let ended = |run: &Value| run.get("status").is_some();
    world.until(&run, "the import ended", ended).await.unwrap()
}

/// The profile between the two forests, approved and live.
async fn live_profile(world: &World) -> String {
    for directory in [&world.contoso, &world.fabrikam] {
        world.import(directory, "full").await.unwrap();
    }
    let document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    let profile = world.post("profiles", &document).await.unwrap();
    let profile = profile["id"].as_str().unwrap().to_owned();
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    let what_if = world.what_if(&profile).await.unwrap();
    let cycle = world.approve(&what_if).await.unwrap();
    assert_eq!(cycle["state"], "succeeded", "{cycle:#}");
    profile
}

/// Somebody gets another title, which a cycle carries over; and a what-if is computed.
async fn a_working_day(world: &World, profile: &str, day: usize) {
    let person = DataSet::Small.story().edited;
    let title = format!("Head of Tides {day}");
    let source = world.lab.contoso.administrator().unwrap();
    source.replace(&person.dn, "title", &[&title]).unwrap();

    let ended = world.cycle(&json!({})).await.unwrap();
    assert_eq!(ended["state"], "succeeded", "day {day}: {ended:#}");
    let what_if = world.what_if(profile).await.unwrap();
    assert_eq!(what_if["state"], "ready");

    let target = world.lab.fabrikam.administrator().unwrap();
    let filter = format!("(sAMAccountName={})", person.account);
    let base = world.lab.fabrikam.base_dn();
    let written = || {
        let found = target.search(base, Scope::Subtree, &filter, &["title"]);
        found.unwrap().first()?.text("title")
    };
    until("the title arrives", || (written()? == title).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_down_for_a_week_is_one_entry_and_one_notification() {
    let receivers = Receivers::start().await.unwrap();
    let secrets = Folder::below(None, "secrets").unwrap();
    let options = notifying(&receivers, &secrets);
    let mut world = World::start_with(DataSet::Small, options).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("workers.csv"),
        "WorkerID,JobTitle\n1,Keeper\n2,Pilot\n3,Diver\n",
    )
    .unwrap();
    let hr = world
        .connect_folder("Payroll", folder.path())
        .await
        .unwrap();
    world.confirm_format(&hr).await.unwrap();
    world.import(&hr, "full").await.unwrap();
    let profile = live_profile(&world).await;
    let patch =
        json!({"digest_minutes": 0, "mail": [PERSON], "webhooks": [{"url": receivers.url("/in")}]});
    world.patch("notifications", 0, &patch).await.unwrap();

    let away = world.agents.last_mut().unwrap();
    away.kill();
    for day in 0..DAYS {
        for _ in 0..TRIES_A_DAY {
            let run = try_import(&world, &hr).await;
            assert_eq!(run["status"], "stopped-agent-offline", "{run:#}");
        }
        a_working_day(&world, &profile, day).await;
    }

    let open = format!("messages?open=true&directory={hr}");
    let [entry] = <[Value; 1]>::try_from(world.all(&open).await.unwrap()).unwrap();
    assert_eq!(
        (&entry["code"], &entry["count"]),
        (&json!("agents.offline"), &json!(DAYS * TRIES_A_DAY)),
        "{entry:#}"
    );
    let opened = ("opened".to_owned(), "agents.offline".to_owned());
    assert_eq!(told(&receivers, &hr), std::slice::from_ref(&opened));
    assert_eq!(mails_about(&receivers, "Payroll"), 1);

    world.agents.last_mut().unwrap().run().unwrap();
    world.connected(&hr).await.unwrap();
    world.import(&hr, "full").await.unwrap();

    until("its end is told", || {
        (mails_about(&receivers, "Payroll") == 2).then_some(())
    })
    .await;
    until("its end is posted", || {
        (told(&receivers, &hr).len() == 2).then_some(())
    })
    .await;
    let ended = ("ended".to_owned(), "agents.offline".to_owned());
    assert_eq!(told(&receivers, &hr), [opened, ended]);
    let last = receivers.posted().pop().unwrap();
    let notice = about(&last, &hr).remove(0);
    assert_eq!(notice["count"], DAYS * TRIES_A_DAY, "{notice:#}");
    assert_eq!(world.all(&open).await.unwrap(), [] as [Value; 0]);
    world.stop().await;
}

/// A service with an administrator and no forest.
struct Office {
    stack: Stack,
    browser: Browser,
    tenant: String,
    receivers: Receivers,
    _secrets: Folder,
}

impl Office {
    async fn open() -> Self {
        let receivers = Receivers::start().await.unwrap();
        let secrets = Folder::below(None, "secrets").unwrap();
        let stack = Stack::start_as(notifying(&receivers, &secrets), |_| {}).await;
        let browser = Browser::signed_in(&stack, PERSON).await;
        let tenant = browser.sign_up(&stack, "Contoso").await;
        Self {
            stack,
            browser,
            tenant,
            receivers,
            _secrets: secrets,
        }
    }

    fn path(&self, path: &str) -> String {
        format!("/v1/tenants/{}/{path}", self.tenant)
    }

    /// What the service answers; one whose runner starts again says so meanwhile.
    async fn notifications(&self) -> Value {
        let path = self.path("notifications");
        let ask = || self.browser.get(&path);
        let answer = self
            .stack
            .until("the runner answers", ask, |answer: &Answer| {
                answer.status != 503
            })
            .await;
        answer.expect(200)
    }

    async fn patch(&self, patch: &Value) -> Answer {
        let version = self.notifications().await["version"].as_i64().unwrap();
        let request = self
            .browser
            .request(Method::PATCH, &self.path("notifications"))
            .header("If-Match", format!("\"v{version}\""));
        Answer::of(request.json(patch)).await
    }

    /// A directory that no agent was ever there for, and an import of it.
    async fn loses(&self, name: &str) -> String {
        let body = json!({"name": name, "kind": "hr-file"});
        let made = self.browser.post(&self.path("directories"), &body).await;
        let id = made.expect(201)["id"].as_str().unwrap().to_owned();
        let import = self.path(&format!("directories/{id}/import"));
        let started = self.browser.post(&import, &json!({"mode": "full"})).await;
        assert_eq!(started.status / 100, 2, "{}", started.text);
        id
    }

    /// Waits until the service shows its notifications so.
    async fn shown(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let ask = || self.notifications();
        self.stack.until(what, ask, is_so).await
    }
}

async fn only_allowed_hosts_are_taken(office: &Office) {
    let metadata = json!({"webhooks": [{"url": "https://169.254.169.254/latest"}]});
    let refused = office.patch(&metadata).await.expect(422);
    assert_eq!(refused["errors"][0]["at"], "/webhooks/0/url", "{refused:#}");
    assert_eq!(refused["errors"][0]["code"], "not-allowed");
}

/// Answers the webhook's secret.
async fn a_test_reaches_everybody(office: &Office) -> String {
    let url = office.receivers.url("/in?for=contoso");
    let patch = json!({"digest_minutes": 0, "mail": [PERSON], "webhooks": [{"url": url}]});
    let changed = office.patch(&patch).await.expect(200);
    let secret = changed["webhooks"][0]["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let read = office.notifications().await;
    assert!(read["webhooks"][0].get("secret").is_none(), "{read:#}");

    let test = office.path("notifications/test");
    let tried = office.browser.post(&test, &json!({})).await.expect(200);

    let results = tried["results"].as_array().unwrap();
    assert!(results.iter().all(|r| r["delivered"] == true), "{tried:#}");
    let posted = office.receivers.posted().remove(0);
    assert_eq!(posted.target, "/in?for=contoso");
    assert_eq!(posted.json()["type"], "notifications.test");
    assert!(posted.is_signed_by(&secret) && !posted.is_signed_by("whsec_AAAA"));
    let mail = office.receivers.mail().remove(0);
    assert_eq!(mail.from, "syncline@operator.test");
    assert_eq!(mail.to, [PERSON]);
    assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
    secret
}

async fn a_kill_loses_nothing(office: &Office, secret: &str) {
    let receivers = &office.receivers;
    receivers.out_of_order(true);
    let payroll = office.loses("Payroll").await;
    let refused = until("the receiver refuses", || {
        receivers.refused().into_iter().next()
    })
    .await;
    let tried = |n: &Value| n["pending"][0]["attempts"].as_i64() > Some(0);
    let shown = office.shown("the try is written down", tried).await;
    assert_eq!(shown["pending"][0]["id"], refused.id(), "{shown:#}");
    let failed = office.path("messages?open=true&code=notify.webhook_failed");
    let failed = office.browser.get(&failed).await.expect(200);
    assert_eq!(failed["items"].as_array().unwrap().len(), 1, "{failed:#}");

    let runners = office.stack.host().status().runners;
    let pid = runners.into_iter().find_map(|runner| runner.pid).unwrap();
    sigkill(&pid.to_string()).unwrap();
    receivers.out_of_order(false);
    office.notifications().await;

    let is_taken = || {
        let mut posted = receivers.posted().into_iter();
        posted.find(|posted| posted.id() == refused.id())
    };
    let taken = until("the same is taken", is_taken).await;
    assert_eq!(taken.body, refused.body);
    assert!(taken.is_signed_by(secret));
    let opened = ("opened".to_owned(), "agents.offline".to_owned());
    assert_eq!(told(receivers, &payroll), [opened]);
    assert_eq!(mails_about(receivers, "Payroll"), 1);
    // Who can be reached is told of who cannot, and when he can again.
    for said in [
        "Warning: notify.webhook_failed",
        "Ended: notify.webhook_failed",
    ] {
        let is_told = || {
            let mail = receivers.mail();
            mail.iter()
                .any(|mail| mail.text.contains(said))
                .then_some(())
        };
        until(said, is_told).await;
    }
    let none = |n: &Value| n["pending"] == json!([]) && n["waiting"] == 0;
    office.shown("nothing is left", none).await;
}

async fn quiet_hours_keep_back_what_is_told_as_one(office: &Office) {
    let receivers = &office.receivers;
    let always =
        json!({"time_zone": "Europe/Berlin", "quiet_hours": [{"from": "00:00", "to": "00:00"}]});
    office.patch(&always).await.expect(200);
    let before = receivers.posted().len();

    let stock = office.loses("Stock").await;
    let fleet = office.loses("Fleet").await;
    let both = |n: &Value| n["waiting"] == 2;
    let shown = office.shown("both wait", both).await;

    assert!(shown["waiting_until"].is_string(), "{shown:#}");
    assert_eq!(receivers.posted().len(), before);
    office.patch(&json!({"quiet_hours": []})).await.expect(200);
    until("they are told", || {
        (receivers.posted().len() > before).then_some(())
    })
    .await;
    let posted = receivers.posted().split_off(before);
    assert_eq!(posted.len(), 1);
    assert_eq!(about(&posted[0], &stock).len(), 1);
    assert_eq!(about(&posted[0], &fleet).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_is_delivered_whatever_dies_and_not_when_it_is_quiet() {
    let office = Office::open().await;

    only_allowed_hosts_are_taken(&office).await;
    let secret = a_test_reaches_everybody(&office).await;
    a_kill_loses_nothing(&office, &secret).await;
    quiet_hours_keep_back_what_is_told_as_one(&office).await;

    office.stack.stop().await;
}
