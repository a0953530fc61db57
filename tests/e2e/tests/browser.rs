//! The console in a real browser, before a real service, real agents and real forests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use syncline_api_tests::{Stack, StackOptions};
use syncline_lab::{DataSet, Lab, LabOptions, Scope};
use syncline_tests::entra::{DOMAIN, Entra};
use syncline_tests::hosts::{Hosts, RECEPTION};
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};
use syncline_tests::{World, console};
use tokio::sync::Mutex;
use tokio::task::block_in_place;

const ADMINISTRATOR: &str = "ada.byron@contoso.test";

/// One browser at a time: both stories hold their pages to a time.
static BROWSER: Mutex<()> = Mutex::const_new(());

fn with_console() -> StackOptions {
    StackOptions {
        console: Some(block_in_place(console::built).unwrap()),
        ..StackOptions::default()
    }
}

/// Where a failed story leaves its screenshots.
fn output(story: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(story)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_is_done_by_clicks_from_sign_up_to_usage() {
    let _alone = BROWSER.lock().await;
    let options = with_console();
    let lab = tokio::task::spawn_blocking(|| Lab::start(LabOptions::with(DataSet::Small)));
    let lab = Arc::new(lab.await.unwrap().unwrap());
    let stack = Stack::start_as(options, |_| {}).await;
    let hosts = Hosts::open(Arc::clone(&lab), &stack.url).unwrap();
    let reception = hosts.reception();

    let told = block_in_place(|| {
        console::play(
            "main-job",
            &output("main-job"),
            &[
                ("BASE_URL", &stack.url),
                ("E2E_USER", ADMINISTRATOR),
                ("E2E_AGENT", env!("CARGO_BIN_EXE_syncline-enrol")),
                (RECEPTION, reception.to_str().unwrap()),
                (
                    "E2E_SOURCE",
                    "OU=Staff,DC=contoso,DC=test\nOU=Groups,DC=contoso,DC=test\nOU=Contacts,DC=contoso,DC=test",
                ),
                (
                    "E2E_TARGET",
                    "OU=Synced,DC=fabrikam,DC=test\nOU=Existing,DC=fabrikam,DC=test",
                ),
                ("E2E_CONTAINER", "OU=Synced,DC=fabrikam,DC=test"),
                ("E2E_OBJECTS", "150"),
            ],
        )
    });

    // What he changes he sees at once, in either dialect.
    let typed = block_in_place(|| {
        let at = [
            ("BASE_URL", stack.url.as_str()),
            ("E2E_USER", ADMINISTRATOR),
            ("E2E_TIMES", "2"),
        ];
        console::play("typing", &output("typing"), &at)
    });

    // What his expressions use besides the object, and what they must give.
    let resources = block_in_place(|| {
        let at = [
            ("BASE_URL", stack.url.as_str()),
            ("E2E_USER", ADMINISTRATOR),
        ];
        console::play("resources", &output("resources"), &at)
    });

    let arrived = lab.fabrikam.administrator().unwrap().search(
        "OU=Synced,DC=fabrikam,DC=test",
        Scope::Subtree,
        "(objectClass=user)",
        &["mail"],
    );
    drop(hosts);
    stack.stop().await;
    for told in [told, typed, resources] {
        println!("{}", told.unwrap_or_else(|error| panic!("{error:#}")));
    }
    assert!(arrived.unwrap().len() > 150);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_two_thousand_changes_is_read_to_its_end() {
    let _alone = BROWSER.lock().await;
    let world = World::start_with(DataSet::Demo, with_console())
        .await
        .unwrap();
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
    let id = what_if["id"].as_str().unwrap();
    let plan = world
        .all(&format!("what-ifs/{id}/operations"))
        .await
        .unwrap();
    assert!(plan.len() > 2_000, "{}", plan.len());

    let told = block_in_place(|| {
        console::play(
            "large-plan",
            &output("large-plan"),
            &[
                ("BASE_URL", &world.stack.url),
                ("E2E_USER", ADMINISTRATOR),
                ("E2E_PLAN", &format!("/t/{}/what-ifs/{id}", world.tenant)),
                ("E2E_OPERATIONS", &plan.len().to_string()),
            ],
        )
    });

    world.stop().await;
    println!("{}", told.unwrap_or_else(|error| panic!("{error:#}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_entra_tenant_is_connected_and_filled_by_clicks() {
    let _alone = BROWSER.lock().await;
    let mut entra = Entra::start(7).unwrap();
    let client = entra.register().unwrap();
    let options = StackOptions {
        clouds: vec![entra.cloud().unwrap()],
        ..with_console()
    };
    let world = World::start_with(DataSet::Small, options).await.unwrap();
    world.import(&world.contoso, "full").await.unwrap();

    let told = block_in_place(|| {
        console::play(
            "entra",
            &output("entra"),
            &[
                ("BASE_URL", &world.stack.url),
                ("E2E_USER", ADMINISTRATOR),
                ("E2E_ENTRA_TENANT", &entra.tenant),
                ("E2E_ENTRA_CLIENT", &client),
                ("E2E_ENTRA_CONTROL", &entra.control_url()),
                ("E2E_ENTRA_DOMAIN", DOMAIN),
            ],
        )
    });

    let held = entra.snapshot().unwrap();
    let refused = entra.refused().unwrap();
    world.stop().await;
    println!(
        "{}",
        told.unwrap_or_else(|error| panic!("{error:#}\n{refused:#?}"))
    );
    let users = held["users"].as_array().unwrap();
    assert!(users.len() > 150, "{} {refused:#?}", users.len());
    assert!(users.iter().any(|user| user["manager"].is_string()));
    entra.no_violation().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_hr_files_is_connected_by_clicks() {
    let _alone = BROWSER.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let rows = (1..=40).map(|n| {
        format!(
            "W-{n:04};Müller {n};Straße {n};2026-01-{:02}\r\n",
            n % 28 + 1
        )
    });
    let text = format!(
        "Personalnummer;Name;Ort;Eintritt\r\n{}",
        rows.collect::<String>()
    );
    // As a German spreadsheet writes it: every character of it is one byte of Windows-1252.
    let bytes: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    std::fs::write(folder.path().join("workers.csv"), bytes).unwrap();
    let stack = Stack::start_as(with_console(), |_| {}).await;
    let hosts = Hosts::of_folder(folder.path(), &stack.url).unwrap();
    let reception = hosts.reception();

    let told = block_in_place(|| {
        console::play(
            "hr-folder",
            &output("hr-folder"),
            &[
                ("BASE_URL", &stack.url),
                ("E2E_USER", ADMINISTRATOR),
                ("E2E_AGENT", env!("CARGO_BIN_EXE_syncline-enrol")),
                (RECEPTION, reception.to_str().unwrap()),
            ],
        )
    });

    drop(hosts);
    stack.stop().await;
    println!("{}", told.unwrap_or_else(|error| panic!("{error:#}")));
}
