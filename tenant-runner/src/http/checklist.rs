//! The onboarding checklist: every step is derived from what is there, nothing is ticked by hand.

use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Problem};
use syncline_model::approval::ReviewState;
use syncline_model::run::RunKind;
use syncline_store::tenant::{AgentState, RunFilter, WhatIfState};

use super::Tenant;
use super::context::{Context, refused};
use crate::resource::checklist::{Checklist, ChecklistStep};

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface.serve(&ops::CHECKLIST_GET, get, |d| {
        d.returns::<Checklist>(200, "The steps.")
    })
}

async fn get(context: Context) -> Result<Body<Checklist>, Problem> {
    let mut read = context.read().await?;
    let directories = read.directories().await.map_err(refused)?;
    let agents = read.agents().await.map_err(refused)?;
    let profiles = read.profiles().await.map_err(refused)?;
    let what_ifs = read.whatifs(None, None, 20).await.map_err(refused)?;
    let runs = read
        .runs(&RunFilter::default(), 200)
        .await
        .map_err(refused)?;
    let memory: i64 = read
        .memory_counts()
        .await
        .map_err(refused)?
        .iter()
        .map(|(_, n)| n)
        .sum();
    drop(read);

    let confirmed = agents
        .iter()
        .filter(|a| a.state == AgentState::Confirmed)
        .count();
    let sessions: Vec<_> = directories
        .iter()
        .filter_map(|d| context.app.hub.of(d.id))
        .collect();
    let working = sessions.iter().filter(|s| s.credential_works()).count();
    let imported = directories.iter().filter(|d| d.baseline.is_some()).count();
    let ready = what_ifs
        .iter()
        .filter(|w| matches!(w.state, WhatIfState::Ready | WhatIfState::Approved))
        .count();
    let approved = profiles
        .iter()
        .filter(|p| p.review.state != ReviewState::NeedsReview)
        .count();
    let sent: i64 = runs
        .iter()
        .filter(|r| r.kind == RunKind::Export)
        .map(|r| r.doc.counts.get("acknowledged").copied().unwrap_or(0))
        .sum();
    let of = |n: usize, what: &str| format!("{n} of {} {what}", directories.len());
    let some = !directories.is_empty();
    let steps = [
        (
            "directory",
            "Connect a directory",
            some,
            format!("{} connected", directories.len()),
        ),
        (
            "agent",
            "Enrol an agent and confirm its fingerprint",
            confirmed > 0,
            format!("{confirmed} confirmed"),
        ),
        (
            "credential",
            "Give each agent its directory credential, on its own host",
            some && working == directories.len(),
            of(working, "directories reachable"),
        ),
        (
            "import",
            "Read each directory once",
            some && imported == directories.len(),
            of(imported, "directories read"),
        ),
        (
            "profile",
            "Write a sync profile",
            !profiles.is_empty(),
            format!("{} saved", profiles.len()),
        ),
        (
            "what-if",
            "Look at what it would do",
            ready > 0,
            format!("{ready} what-ifs"),
        ),
        (
            "approval",
            "Approve the plan",
            approved > 0,
            format!("{approved} approved or live"),
        ),
        (
            "export",
            "Send it",
            sent > 0,
            format!("{sent} operations acknowledged"),
        ),
        (
            "confirmed",
            "See it confirmed by an import",
            sent > 0 && memory == 0,
            format!("{memory} not confirmed yet"),
        ),
    ];
    let step = |(id, title, done, evidence): (&str, &str, bool, String)| ChecklistStep {
        id: id.to_owned(),
        title: title.to_owned(),
        done,
        evidence,
    };
    Ok(Body(Checklist {
        steps: steps.into_iter().map(step).collect(),
    }))
}
