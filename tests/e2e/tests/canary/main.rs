//! What is synchronised is nowhere to be read: in no dump of a database, no file of the service or an agent, no log.
//!
//! A thousand random values go through the whole product, its screens' requests included, and are then searched in
//! every form. That the search finds what is there is shown with a value that is put there on purpose, in the same
//! databases and the same log. Every process logs all it can (`trace`).

mod plant;
mod search;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use syncline_lab::{DataSet, Scope};
use syncline_tests::World;

use plant::Planted;
use search::{CHARSETS, Hit, Search, written};

/// Names the file that everything logs to; only the test started by itself has it.
const LOG: &str = "SYNCLINE_CANARY_LOG";

#[test]
fn a_value_is_found_in_every_form_it_can_be_written_in() {
    // Letters whose codes have a letter in hex, so that its two cases differ.
    let values = ["k1l2m3n4o5j6kjlo".to_owned(), "zynmlkjxonmlkjz0".to_owned()];
    let mut search = Search::of(&values).unwrap();
    let folder = tempfile::tempdir().unwrap();

    for (value, text) in values.iter().enumerate() {
        for (n, (form, bytes)) in written(text).into_iter().enumerate() {
            let path = folder.path().join(format!("{value}-{n}"));
            std::fs::write(&path, bytes).unwrap();

            let found = search.file(&path).unwrap();

            let place = path.display().to_string();
            let expected = Hit { value, form, place };
            assert_eq!(found.into_iter().collect::<Vec<_>>(), [expected]);
        }
    }

    let all = search.folder(folder.path()).unwrap();
    assert_eq!(all.len(), values.len() * CHARSETS.len() * 6);
    assert!(
        search
            .bytes("nothing", b"k1l2m3n4o5j6kjl ynmlkjxonmlkjz0")
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_values_are_in_no_dump_no_file_and_no_log() {
    let Some(log) = std::env::var_os(LOG) else {
        return once_more_with_its_log_in_a_file();
    };

    let outcome = everything(Path::new(&log)).await;

    // Not through an assertion's message, which would go into the log.
    println!("{outcome:#?}");
    assert!(outcome.is_ok());
}

/// The processes of the service and the agents write their logs onto this process's standard error: the test starts
/// itself with that in a file.
fn once_more_with_its_log_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let name = "a_thousand_values_are_in_no_dump_no_file_and_no_log";

    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(LOG, &log)
        .env("SYNCLINE_TEST_LOG", "trace")
        .stderr(std::fs::File::create(&log).unwrap())
        .stdout(Stdio::piped())
        .output()
        .unwrap();

    println!("{}", String::from_utf8_lossy(&done.stdout));
    let text = String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned();
    let panicked = text
        .find("panicked at")
        .map_or("", |at| text.get(at..).unwrap_or(""));
    let panicked = panicked.split("stack backtrace").next().unwrap_or("");
    assert!(done.status.success(), "{panicked}");
}

async fn everything(log: &Path) -> anyhow::Result<()> {
    // The host runs in this process.
    tracing_subscriber::fmt()
        .with_env_filter("trace,hyper=warn,hyper_util=warn,reqwest=warn,sqlx=warn")
        .with_writer(std::io::stderr)
        .init();
    let world = World::start(DataSet::Small).await?;
    // Full pages in the log of changes are compressed otherwise, and nothing could be found in them.
    world
        .stack
        .sql("postgres", "alter system set wal_compression = off")?;
    world.stack.sql("postgres", "select pg_reload_conf()")?;
    let planted = Planted::on(&world)?;
    let profile = use_everything(&world, &planted).await?;
    look_at_everything(&world, &planted, &profile).await?;

    let mut search = Search::of(&planted.all)?;
    let hits = search_everywhere(&world, &planted, log, &mut search)?;
    println!(
        "{} values in {} files and {} bytes",
        planted.all.len(),
        search.files,
        search.bytes
    );
    world.stop().await;
    let (controls, leaks): (Vec<Hit>, Vec<Hit>) = hits
        .into_iter()
        .partition(|hit| hit.value == planted.control);
    for place in ["dump of canary_control", "/base/", "/pg_wal/", "/log"] {
        let is_there = |hit: &Hit| hit.place.contains(place) && hit.form.contains("plain");
        ensure!(
            controls.iter().any(is_there),
            "the control was not found in {place}: {controls:#?}"
        );
    }
    ensure!(
        leaks.is_empty(),
        "{} leaks, the first of them: {:#?}",
        leaks.len(),
        &leaks[..leaks.len().min(40)]
    );
    Ok(())
}

/// Import, check, preview, sync, what-if, approval, export with an error, edit, delta, export.
async fn use_everything(world: &World, planted: &Planted) -> anyhow::Result<String> {
    world.import(&world.contoso, "full").await?;
    world.import(&world.fabrikam, "full").await?;
    let document = planted.document(world);
    let saved = world.post("profiles", &document).await?;
    let profile = saved["id"].as_str().context("a profile")?.to_owned();
    let checked = world
        .post(
            &format!("profiles/{profile}/check"),
            &json!({"document": document}),
        )
        .await?;
    ensure!(checked["ok"] == true, "{checked:#}");
    world.cycle(&json!({"exports": "suppress"})).await?;
    for at in ["/inbound/0/scope", "/outbound/0/dn"] {
        let ask = json!({"document": document, "at": at, "limit": 100});
        let path = format!("profiles/{profile}/preview");
        let rows = world.post(&path, &ask).await?["rows"].clone();
        ensure!(
            rows.as_array().is_some_and(|rows| !rows.is_empty()),
            "{at} has no preview"
        );
    }

    let what_if = world.what_if(&profile).await?;
    let id = what_if["id"].as_str().context("a what-if")?;
    let plan = Value::from(world.all(&format!("what-ifs/{id}/operations")).await?).to_string();
    let shown = |value: &&usize| plan.contains(&planted.all[**value]);
    let (all, seen) = (&planted.names, planted.names.iter().filter(shown).count());
    ensure!(
        seen == all.len(),
        "the plan shows {seen} of {} names",
        all.len()
    );
    planted.take_a_name(world)?;
    approve(world, planted, &what_if).await?;
    let arriving: Vec<usize> = planted
        .arriving
        .iter()
        .chain(&planted.names)
        .copied()
        .collect();
    arrived(world, planted, &arriving)?;

    let (title, person) = &planted.edited;
    let tools = world.lab.contoso.administrator()?;
    tools.replace(person, "title", &[&planted.all[*title]])?;
    // What was refused keeps the profile from being live, so the edit is approved, too.
    world.cycle(&json!({"exports": "suppress"})).await?;
    let what_if = world.what_if(&profile).await?;
    approve(world, planted, &what_if).await?;
    arrived(world, planted, &[*title])?;
    world.cycle(&json!({})).await?;
    Ok(profile)
}

/// Approves with a note and waits until everything was sent and read back.
async fn approve(world: &World, planted: &Planted, what_if: &Value) -> anyhow::Result<()> {
    let id = what_if["id"].as_str().context("a what-if")?;
    let note = &planted.all[planted.note];
    let approval = json!({"plan_hash": what_if["plan_hash"], "export_now": true, "note": note});
    let path = format!("what-ifs/{id}/approve");
    let approved = world.post(&path, &approval).await?;
    let cycle = approved["cycle"].as_str().context("a cycle")?;
    world.wait_for_cycle(cycle).await?;
    Ok(())
}

/// The target's directory holds these values.
fn arrived(world: &World, planted: &Planted, wanted: &[usize]) -> anyhow::Result<()> {
    let base = world.lab.fabrikam.base_dn();
    let tools = world.lab.fabrikam.administrator()?;
    let everybody = tools.search(base, Scope::Subtree, "(objectClass=user)", &["*"])?;
    let mut search = Search::of(&planted.all)?;
    let mut there = BTreeSet::new();
    for (_, value) in everybody.iter().flat_map(|entry| &entry.attributes) {
        let hits = search.bytes("the target", value);
        there.extend(hits.into_iter().map(|hit| hit.value));
    }
    let missing: Vec<&usize> = wanted
        .iter()
        .filter(|value| !there.contains(value))
        .collect();
    ensure!(
        missing.is_empty(),
        "{} of {} values did not arrive, {:?} among them",
        missing.len(),
        wanted.len(),
        &missing[..missing.len().min(20)]
    );
    Ok(())
}

/// What the console's screens ask for.
async fn look_at_everything(world: &World, planted: &Planted, profile: &str) -> anyhow::Result<()> {
    let picked = planted
        .arriving
        .iter()
        .skip(40)
        .step_by(97)
        .chain(&planted.names[..2])
        .chain(&planted.failing)
        .chain([&planted.taken]);
    let mut standing = String::new();
    for value in picked {
        let text = &planted.all[*value];
        // What is in the photo is found by nobody.
        for object in world.all(&format!("objects?query={text}")).await? {
            let id = object["id"].as_str().context("an id")?;
            let report = world.get(&format!("objects/{id}")).await?;
            ensure!(
                report.to_string().contains(text),
                "the report of {id} lacks a value"
            );
            standing += &report["messages"].to_string();
            if let Some(person) = object["metaverse_object"].as_str() {
                let person = world.get(&format!("metaverse/{person}")).await?;
                for link in person["links"].as_array().into_iter().flatten() {
                    let id = link["id"].as_str().context("an id")?;
                    standing += &world.get(&format!("objects/{id}")).await?["messages"].to_string();
                }
            }
        }
    }
    // The rule's error, and the refusal of the account name that somebody else has.
    for code in ["rule-error", "attribute-must-be-unique"] {
        ensure!(
            standing.contains(code),
            "no object is in error by {code}: {standing}"
        );
    }
    world.all("messages").await?;
    for run in world.all("runs").await? {
        let id = run["id"].as_str().context("a run")?;
        world.all(&format!("runs/{id}/messages")).await?;
    }
    for list in ["approvals", "cycles", "what-ifs", "agents", "audit"] {
        ensure!(!world.all(list).await?.is_empty(), "no {list}");
    }
    let versions = format!("profiles/{profile}/versions");
    for one in [
        "usage",
        "checklist",
        "directories",
        "profiles",
        "members",
        &versions,
    ] {
        world.get(one).await?;
    }
    Ok(())
}

/// Puts the control where it must be found, and looks everywhere.
fn search_everywhere(
    world: &World,
    planted: &Planted,
    log: &Path,
    search: &mut Search,
) -> anyhow::Result<BTreeSet<Hit>> {
    let control = &planted.all[planted.control];
    world
        .stack
        .sql("postgres", "create database canary_control")?;
    world.stack.sql(
        "canary_control",
        &format!("create table control as select '{control}' as value"),
    )?;
    eprintln!("{control}");
    world.stack.sql("postgres", "checkpoint")?;

    let mut hits = BTreeSet::new();
    let databases = world.stack.sql(
        "postgres",
        "select datname from pg_database where datallowconn",
    )?;
    let databases: Vec<&str> = databases.lines().collect();
    // Host, control plane, a cell, the control's, and the two every cluster has.
    ensure!(databases.len() == 6, "{databases:?}");
    let mut rows = 0;
    for database in &databases {
        let dump = tool(world, "pg_dump", &[database])?;
        rows += dump
            .split(|byte| *byte == b'\n')
            .filter(|line| line.contains(&b'\t'))
            .count();
        hits.extend(search.bytes(&format!("dump of {database}"), &dump));
    }
    ensure!(rows > 1_000, "the dumps hold {rows} rows");
    let globals = tool(world, "pg_dumpall", &["--globals-only"])?;
    hits.extend(search.bytes("dump of the roles", &globals));

    hits.extend(search.folder(world.stack.data())?);
    for agent in &world.agents {
        hits.extend(search.folder(&agent.data())?);
    }
    let logged = std::fs::read(log)?;
    let text = String::from_utf8_lossy(&logged);
    for process in ["syncline_api", "syncline_runner", "syncline_agent"] {
        ensure!(text.contains(process), "{process} logged nothing");
    }
    hits.extend(search.bytes(&log.display().to_string(), &logged));
    Ok(hits)
}

/// Runs a program of the database's as its superuser.
fn tool(world: &World, program: &str, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let done = world
        .stack
        .database_program(program)
        .args(arguments)
        .output()?;
    ensure!(
        done.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(done.stdout)
}
