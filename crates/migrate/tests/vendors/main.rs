//! The vendors' sample configurations: every rule is accounted for, every draft compiles, and over what the vendor's own
//! rules made of a population the drafts change nothing that the report does not explain.

#[path = "../../../engine/tests/stories/world/db.rs"]
#[allow(
    dead_code,
    reason = "the tables of the engine's own stories, of which not all is used here"
)]
mod db;
mod ours;
mod population;
mod programs;
mod samples;
mod vendor;

use std::collections::{BTreeMap, BTreeSet};

use syncline_migrate::config::Config;
use syncline_migrate::draft::{Draft, Refusal, draft};
use syncline_migrate::entra_connect;
use syncline_migrate::mim;
use syncline_migrate::report::{Outcome, Report};
use syncline_model::profile::Profile;

use samples::{Described, as_exported, as_read, placed, sample};

/// What the compiler refuses of a draft.
fn faults(profile: &Profile, schemas: &Described) -> Vec<Refusal> {
    let mut faults = Vec::new();
    for program in programs::compile(profile, schemas) {
        for found in program
            .checked
            .diagnostics
            .iter()
            .filter(|found| found.is_error())
        {
            faults.push(Refusal {
                pointer: program.place(&found.path),
                code: found.code.clone(),
                message: found.message.clone(),
            });
        }
    }
    faults
}

/// Takes back what is refused until nothing is; what was refused.
fn settle(drafted: &mut Draft<'_>, schemas: &Described) -> Vec<Refusal> {
    let mut all = Vec::new();
    for at in (0..drafted.profiles().len()).rev() {
        for round in 0.. {
            let Some(one) = drafted.profiles().into_iter().nth(at) else {
                break;
            };
            let found = faults(&one.profile, schemas);
            if found.is_empty() {
                break;
            }
            assert!(round < 32 && drafted.refuse(at, &found), "{found:#?}");
            all.extend(found);
        }
    }
    all
}

/// One line for each outcome and code, with how many rules and flows it is of.
fn digest(report: &Report) -> String {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for rule in &report.rules {
        *lines.entry(format!("rule {:?}", rule.outcome)).or_default() += 1;
        for said in &rule.remarks {
            *lines
                .entry(format!("rule {:?} {}", rule.outcome, said.code))
                .or_default() += 1;
        }
        for flow in &rule.flows {
            *lines.entry(format!("flow {:?}", flow.outcome)).or_default() += 1;
            for said in &flow.remarks {
                *lines
                    .entry(format!("flow {:?} {}", flow.outcome, said.code))
                    .or_default() += 1;
            }
        }
    }
    lines
        .into_iter()
        .map(|(line, count)| format!("{count:4} {line}\n"))
        .collect()
}

/// Every place that the report names is in the drafts, and everything in the drafts is named by the report.
fn every_place_is_there(drafted: &Draft<'_>, report: &Report) {
    let documents: Vec<serde_json::Value> = drafted
        .profiles()
        .iter()
        .map(|one| serde_json::to_value(&one.profile).unwrap())
        .collect();
    let mut named = BTreeSet::new();
    for rule in &report.rules {
        for at in rule
            .at
            .iter()
            .chain(rule.flows.iter().filter_map(|flow| flow.at.as_ref()))
        {
            assert!(
                documents[at.draft].pointer(&at.pointer).is_some(),
                "{} {at:?}",
                rule.name
            );
            named.insert((at.draft, at.pointer.clone()));
        }
        for flow in &rule.flows {
            let there = matches!(flow.outcome, Outcome::Imported | Outcome::Differs);
            let name = flow.to.eq_ignore_ascii_case("dn");
            assert!(flow.at.is_some() == there || name, "{} {flow:?}", rule.name);
            let same = flow.outcome == Outcome::Imported;
            assert!(
                name || same == flow.remarks.is_empty(),
                "{} {flow:?}",
                rule.name
            );
        }
    }
    for (draft, document) in documents.iter().enumerate() {
        for way in ["inbound", "outbound"] {
            for (p, part) in document[way].as_array().unwrap().iter().enumerate() {
                assert!(named.contains(&(draft, format!("/{way}/{p}"))));
                for f in 0..part["flows"].as_array().unwrap().len() {
                    assert!(
                        named.contains(&(draft, format!("/{way}/{p}/flows/{f}"))),
                        "{draft} /{way}/{p}/flows/{f}"
                    );
                }
            }
        }
    }
}

fn entra() -> Config {
    entra_connect::read(&sample("entra-connect")).unwrap()
}

#[test]
fn every_rule_of_entra_connects_configuration_is_drafted_and_accounted_for() {
    let config = entra();
    let (landscape, schemas) = placed(&config, |connector| (as_exported(connector), true));

    let mut drafted = draft(&config, &landscape);
    let refused = settle(&mut drafted, &schemas);
    let report = drafted.report();

    assert_eq!(refused, [], "the compiler takes every draft as it is");
    assert_eq!(report.rules_count.all(), 62);
    assert_eq!(report.flows_count.all(), 1200);
    assert_eq!(report.rules_count.work, 0, "{}", digest(&report));
    assert_eq!(report.flows_count.work, 9, "{}", digest(&report));
    every_place_is_there(&drafted, &report);
}

#[test]
fn over_a_forest_as_syncline_reads_it_what_cannot_be_drafted_says_why() {
    let config = entra();
    let (landscape, schemas) = placed(&config, as_read);

    let mut drafted = draft(&config, &landscape);
    let refused = settle(&mut drafted, &schemas);
    let report = drafted.report();

    assert_eq!(refused, [], "the compiler takes every draft as it is");
    assert_eq!(report.rules_count.all(), 62);
    assert_eq!(report.flows_count.all(), 1200);
    let why = |name: &str| {
        let rule = report.rules.iter().find(|rule| rule.name == name).unwrap();
        let codes = rule
            .remarks
            .iter()
            .map(|said| said.code.as_str())
            .collect::<Vec<_>>();
        (rule.outcome, codes.join(" "))
    };
    assert_eq!(
        why("In from AD - Computer Join"),
        (Outcome::Work, "type.missing".into())
    );
    assert_eq!(
        why("In from AAD - User Join"),
        (Outcome::Work, "scope.attribute".into())
    );
    assert_eq!(
        why("Out to AAD - Group Join"),
        (Outcome::Work, "join.lost".into())
    );
    assert_eq!(why("In from AD - User Common").0, Outcome::Differs);
    every_place_is_there(&drafted, &report);
}

#[test]
fn what_mim_declares_is_drafted_and_what_it_codes_is_work() {
    let config = mim::read(&sample("mim")).unwrap();
    let (landscape, schemas) = placed(&config, |connector| (as_exported(connector), true));

    let mut drafted = draft(&config, &landscape);
    let refused = settle(&mut drafted, &schemas);
    let report = drafted.report();

    assert_eq!(refused, []);
    assert_eq!(
        (report.rules_count.all(), report.rules_count.work),
        (24, 12),
        "{}",
        digest(&report)
    );
    let coded = report
        .matters
        .iter()
        .filter(|matter| matter.remark.code.starts_with("mim."));
    assert_eq!(coded.count(), 9);
    every_place_is_there(&drafted, &report);
}
