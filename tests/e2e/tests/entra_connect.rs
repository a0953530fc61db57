//! Beside Entra Connect: what follows an export, exactly once, and what an operator reads where it does not.
//!
//! The agent is real; in PowerShell's place stands `syncline-pwsh-double`.

use serde_json::{Value, json};
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::entra_connect::EntraConnect;
use syncline_tests::kill::sigkill;
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};

/// How long the agent waits while something else is at work, in milliseconds.
const WAIT_MS: u64 = 1_500;

/// A profile whose plan was approved and sent, beside an Entra Connect.
struct Beside {
    world: World,
    entra_connect: EntraConnect,
    edits: u32,
}

impl Beside {
    /// Edits a person in the source; answers the cycle of Entra Connect that follows the export of it, once it is as
    /// wanted.
    async fn edit(&mut self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let before = self.cycles().await;
        self.edits += 1;
        let person = DataSet::Small.story().edited.clone();
        let administrator = self.world.lab.contoso.administrator().unwrap();
        let title = format!("Head of Tides {}", self.edits);
        administrator
            .replace(&person.dn, "title", &[&title])
            .unwrap();
        let path = format!("runs?directory={}&limit=20", self.world.fabrikam);
        let newest = |page: &Value| {
            let items = page["items"].as_array().cloned().unwrap_or_default();
            items.into_iter().find(is_cycle)
        };
        let page = self
            .world
            .until(&path, what, |page| {
                newest(page).is_some_and(|run| !before.contains(&run["id"]) && is_so(&run))
            })
            .await
            .unwrap();
        newest(&page).unwrap()
    }

    /// The cycles of Entra Connect so far, newest first.
    async fn cycles(&self) -> Vec<Value> {
        let path = format!("runs?directory={}", self.world.fabrikam);
        let runs = self.world.all(&path).await.unwrap();
        let mine = runs.into_iter().filter(is_cycle);
        mine.map(|run| run["id"].clone()).collect()
    }

    async fn ended(&self, run: &Value) -> Value {
        let ended = self.world.wait_for_run(run["id"].as_str().unwrap());
        ended.await.unwrap()
    }

    /// The one message of a run with this code.
    async fn said(&self, run: &Value, code: &str) -> Value {
        let messages = self.world.messages_of(run).await.unwrap();
        let mut with = messages.iter().filter(|m| m["code"] == code);
        let found = with.next().cloned();
        assert!(with.next().is_none(), "{messages:#?}");
        found.unwrap_or_else(|| panic!("no {code} in {messages:#?}"))
    }

    /// An edit whose cycle of Entra Connect is refused: the run's status, and the message of this code.
    async fn refused(&mut self, code: &str) -> (String, String) {
        let run = self.edit(code, |run| run.get("status").is_some()).await;
        let message = self.said(&run, code).await;
        assert_eq!(message["severity"], "error", "{message:#}");
        assert_eq!(run["reason"], message["text"], "the run says it itself");
        (
            run["status"].as_str().unwrap().to_owned(),
            message["text"].as_str().unwrap().to_owned(),
        )
    }

    async fn settings(&self, directory: &str, after_export: Value) -> anyhow::Result<Value> {
        let path = format!("directories/{directory}");
        let about = self.world.get(&path).await?;
        let mut settings = about["settings"].clone();
        settings["after_export"] = after_export;
        let version = about["version"].as_i64().unwrap();
        self.world
            .patch(&path, version, &json!({"settings": settings}))
            .await
    }

    async fn offers(&self, is_offered: bool) {
        let path = format!("directories/{}", self.world.fabrikam);
        let offers =
            |d: &Value| d["agents"]["connected"] == 1 && d["agents"]["entra_connect"] == is_offered;
        self.world
            .until(&path, "the agent said hello again", offers)
            .await
            .unwrap();
    }
}

fn is_cycle(run: &Value) -> bool {
    run["kind"] == "entra-connect-cycle"
}

/// What a directory is to ask for.
fn delta() -> Value {
    json!({"entra_connect": {"kind": "delta"}})
}

/// The first export is followed by one cycle.
async fn begin() -> Beside {
    let mut world = World::start(DataSet::Small).await.unwrap();
    let agent = &mut world.agents[1];
    let entra_connect = EntraConnect::beside(agent, WAIT_MS).unwrap();
    agent.kill();
    agent.run().unwrap();
    let beside = Beside {
        world,
        entra_connect,
        edits: 0,
    };
    beside.offers(false).await;
    let fabrikam = beside.world.fabrikam.clone();

    let refused = beside.settings(&fabrikam, delta()).await.unwrap_err();
    assert!(
        refused.to_string().contains("entra_connect.not_offered"),
        "{refused:#}"
    );
    let folder = json!({"name": "HR", "kind": "hr-file"});
    let folder = beside.world.post("directories", &folder).await.unwrap();
    let other = beside
        .settings(folder["id"].as_str().unwrap(), delta())
        .await;
    let other = other.unwrap_err().to_string();
    assert!(other.contains("entra_connect.other_directory"), "{other}");
    beside.entra_connect.allow().unwrap();
    beside.offers(true).await;
    let saved = beside.settings(&fabrikam, delta()).await.unwrap();
    assert_eq!(saved["settings"]["after_export"], delta());
    beside
}

async fn first_export(beside: &Beside) {
    let world = &beside.world;
    tokio::try_join!(
        world.import(&world.contoso, "full"),
        world.import(&world.fabrikam, "full")
    )
    .unwrap();
    let document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    let profile = world.post("profiles", &document).await.unwrap();
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    let what_if = world
        .what_if(profile["id"].as_str().unwrap())
        .await
        .unwrap();
    let cycle = world.approve(&what_if).await.unwrap();
    assert_eq!(cycle["state"], "succeeded", "{cycle:#}");

    // The cycle has more than one export; what sends nothing is followed by nothing.
    let path = format!("runs?cycle={}", cycle["id"].as_str().unwrap());
    let runs = world.all(&path).await.unwrap();
    let exports: Vec<&Value> = runs.iter().filter(|r| r["kind"] == "export").collect();
    let wrote: Vec<&&Value> = exports
        .iter()
        .filter(|r| r["counts"]["acknowledged"].as_i64() > Some(0))
        .collect();
    let followed: Vec<&Value> = runs.iter().filter(|r| is_cycle(r)).collect();
    assert!(exports.len() > wrote.len(), "{runs:#?}");
    assert_eq!((wrote.len(), followed.len()), (1, 1), "{runs:#?}");
    assert_eq!(followed[0]["follows"], wrote[0]["id"]);
    assert_eq!(followed[0]["directory"], wrote[0]["directory"]);
    let ended = beside.ended(followed[0]).await;
    assert_eq!(
        (&ended["status"], &ended["counts"]["connector_runs"]),
        (&json!("success"), &json!(3)),
        "{ended:#}"
    );
    let said = beside.said(&ended, "entra_connect.ended").await;
    assert!(
        said["text"]
            .as_str()
            .unwrap()
            .contains("Export of contoso.com: success"),
        "{said:#}"
    );
    assert_eq!(beside.entra_connect.orders().unwrap(), ["delta"]);
}

/// The runner is killed while it waits, and goes on under the same run with the same cycle.
async fn killed_runner(beside: &mut Beside) {
    beside.entra_connect.set(json!({"lasts": 100_000})).unwrap();
    let at_work = |run: &Value| run["progress"] == "entra-connect-at-work";
    let run = beside.edit("the cycle is at work", at_work).await;
    let runners = beside.world.stack.host().status().runners;
    let pid = runners.into_iter().find_map(|runner| runner.pid).unwrap();
    sigkill(&pid.to_string()).unwrap();

    let path = format!("runs/{}", run["id"].as_str().unwrap());
    let ended = loop {
        // The double counts looks while this is written.
        beside.entra_connect.set(json!({"lasts": 1})).unwrap();
        // While the runner is away its operations answer 503.
        match beside.world.get(&path).await {
            Ok(run) if run.get("status").is_some() => break run,
            _ => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    };
    assert_eq!(ended["status"], "success", "{ended:#}");
    assert_eq!(ended["follows"], run["follows"]);
    assert_eq!(beside.entra_connect.orders().unwrap(), ["delta", "delta"]);
    assert_eq!(beside.cycles().await.len(), 2);
}

/// Entra Connect ends with errors of its own: the step says so, in its words.
async fn with_errors(beside: &mut Beside) {
    beside
        .entra_connect
        .set(json!({"result": "completed-export-errors", "staging": true}))
        .unwrap();
    let run = beside
        .edit("the cycle with errors", |run| run.get("status").is_some())
        .await;
    assert_eq!(run["status"], "completed-warnings", "{run:#}");
    let said = beside.said(&run, "entra_connect.run_errors").await;
    assert!(
        said["text"]
            .as_str()
            .unwrap()
            .contains("completed-export-errors"),
        "{said:#}"
    );
    beside.said(&run, "entra_connect.staging_mode").await;
    beside
        .entra_connect
        .set(json!({"result": "success", "staging": false}))
        .unwrap();
}

/// Every refusal has its code, says what to do, and leaves what was exported where it is.
async fn refusals(beside: &mut Beside) {
    for (scheduler, code, status, hint) in [
        (
            json!({"orders_meet": ["NotElevated"]}),
            "entra_connect.not_elevated",
            "stopped-permission",
            "ADSyncOperators",
        ),
        (
            json!({"looks": ["NoSession"]}),
            "entra_connect.remote_failed",
            "stopped-connectivity",
            "session",
        ),
        (
            json!({"connector": 1_000_000}),
            "entra_connect.busy",
            "no-start-busy",
            "Synchronization Service Manager",
        ),
        (
            json!({"connector": 0, "suspended": true}),
            "entra_connect.scheduler_suspended",
            "no-start-busy",
            "wizard",
        ),
    ] {
        beside.entra_connect.set(scheduler).unwrap();
        let (ended, text) = beside.refused(code).await;
        assert_eq!(ended, status, "{code}: {text}");
        assert!(text.contains(hint), "{code}: {text}");
    }
    beside
        .entra_connect
        .set(json!({"suspended": false, "connector": 0}))
        .unwrap();

    beside.entra_connect.forbid().unwrap();
    beside.offers(false).await;
    let (ended, text) = beside.refused("entra_connect.not_allowed").await;
    assert_eq!(ended, "stopped-permission", "{text}");
    assert!(text.contains("policy.toml"), "{text}");
    beside.entra_connect.allow().unwrap();
    beside.offers(true).await;
}

/// An agent that is started again does not know what it ordered, and orders no second one; one that stays away is told
/// as offline.
async fn lost_agents(beside: &mut Beside) {
    let before = beside.entra_connect.orders().unwrap().len();
    let at_work = |run: &Value| run["progress"] == "entra-connect-at-work";
    beside.entra_connect.set(json!({"lasts": 100_000})).unwrap();
    let run = beside.edit("the cycle is at work", at_work).await;
    let agent = &mut beside.world.agents[1];
    agent.kill();
    agent.run().unwrap();
    let ended = beside.ended(&run).await;
    assert_eq!(ended["status"], "stopped-deadline", "{ended:#}");
    beside.said(&ended, "entra_connect.forgotten").await;
    assert_eq!(beside.entra_connect.orders().unwrap().len(), before + 1);

    beside
        .entra_connect
        .set(json!({"lasts": 100_000, "since_order": null}))
        .unwrap();
    let run = beside.edit("the cycle is at work", at_work).await;
    beside.world.agents[1].kill();
    let ended = beside.ended(&run).await;
    assert_eq!(ended["status"], "stopped-agent-offline", "{ended:#}");
    beside.said(&ended, "agents.offline").await;
    assert_eq!(beside.entra_connect.orders().unwrap().len(), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_followed_by_one_cycle_of_entra_connect_or_by_a_reason() {
    let mut beside = begin().await;

    first_export(&beside).await;
    killed_runner(&mut beside).await;
    with_errors(&mut beside).await;
    refusals(&mut beside).await;
    lost_agents(&mut beside).await;

    beside.world.stop().await;
}
