//! The main job with curl and jq, as `docs/by-curl` shows it to whoever writes a program of his own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::Value;
use syncline_api_tests::{Program, Stack, StackOptions};
use syncline_lab::{DataSet, Lab, LabOptions, Scope};
use syncline_tests::hosts::{Hosts, RECEPTION};
use tokio::task::block_in_place;

/// Longer than any of the script's own limits.
const SECONDS_MAX: &str = "420";

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_is_done_with_curl_alone() {
    let facts = DataSet::Small.story().facts;
    let lab = tokio::task::spawn_blocking(|| Lab::start(LabOptions::with(DataSet::Small)));
    let lab = Arc::new(lab.await.unwrap().unwrap());
    let stack = Stack::start_as(StackOptions::default(), |_| {}).await;
    let ada = Program::of_user(&stack, "ada.byron@contoso.test").await;
    let hosts = Hosts::open(Arc::clone(&lab), &stack.url).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/by-curl/main-job.sh");

    let ended = block_in_place(|| {
        Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "--"])
            .args(["timeout", "--kill-after=20", SECONDS_MAX])
            .arg(script)
            .env("SYNCLINE", &stack.url)
            .env("TOKEN", &ada.token)
            .env("ENROL", env!("CARGO_BIN_EXE_syncline-enrol"))
            .env(RECEPTION, hosts.reception())
            .env("SOURCE", "OU=Staff,DC=contoso,DC=test")
            .env(
                "TARGET",
                "OU=Synced,DC=fabrikam,DC=test\nOU=Existing,DC=fabrikam,DC=test",
            )
            .env("CONTAINER", "OU=Synced,DC=fabrikam,DC=test")
            .stdin(Stdio::null())
            .output()
    })
    .unwrap();

    let arrived = lab.fabrikam.administrator().unwrap().search(
        "OU=Synced,DC=fabrikam,DC=test",
        Scope::Subtree,
        "(objectClass=user)",
        &["mail"],
    );
    drop(hosts);
    stack.stop().await;
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{}:\n{told}", ended.status);
    let result: Value = serde_json::from_slice(&ended.stdout).expect("one JSON object");
    assert_eq!(result["matched_before"], 0, "{result}");
    assert_eq!(result["matched"], facts.matched, "{result}");
    assert_eq!(result["sent"], result["planned"], "{result}\n{told}");
    assert_eq!(result["acknowledged"], result["sent"], "{result}");
    assert_eq!(result["confirmed"], result["sent"], "{result}");
    assert_eq!(result["second_cycle_changes"], 0, "{result}");
    assert!(arrived.unwrap().len() > 150, "{result}");
}
