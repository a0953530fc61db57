//! The console in a real browser, before a real service, real agents and real forests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use syncline_api_tests::{Stack, StackOptions};
use syncline_lab::{DataSet, Lab, LabOptions, Scope};
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

    let arrived = lab.fabrikam.administrator().unwrap().search(
        "OU=Synced,DC=fabrikam,DC=test",
        Scope::Subtree,
        "(objectClass=user)",
        &["mail"],
    );
    drop(hosts);
    stack.stop().await;
    println!("{}", told.unwrap_or_else(|error| panic!("{error:#}")));
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
