//! The scenarios, grouped as in the specification (section vi).
//!
//! Invariants: each is one function over a [`Story`], told after its number; its T is asserted completely.

mod deprovision;
mod export;
mod hand_over;
mod inbound;
mod join;
mod names;
mod outbound;
mod reading;
mod references;
mod staging;
mod sweep;
mod values;
mod what_if;

use crate::runner::Elsewhere;
use crate::story::Scenario;
use crate::world::STANDARD;
use crate::world::directory::Entry;

/// All that are played in both houses.
pub fn all() -> Vec<Scenario> {
    [
        staging::ALL,
        names::ALL,
        sweep::ALL,
        reading::ALL,
        join::ALL,
        inbound::ALL,
        values::ALL,
        hand_over::ALL,
        outbound::ALL,
        deprovision::ALL,
        export::ALL,
        references::ALL,
        what_if::ALL,
    ]
    .concat()
}

/// Those above the engine, and the tests that prove them where they live.
pub fn elsewhere() -> Vec<Elsewhere> {
    vec![
        // One run does both, ADR 23.
        Elsewhere {
            id: "S-21",
            title: "Watermark expired",
            file: "tests/e2e/tests/entra_faults.rs",
            test: "whatever_goes_wrong_is_told_with_its_code_and_loses_nothing",
        },
        Elsewhere {
            id: "S-65",
            title: "Partial wave",
            file: "tenant-runner/src/schedule/graph.rs",
            test: "a_broken_directory_holds_only_the_profiles_that_read_it",
        },
        Elsewhere {
            id: "S-66",
            title: "Cycle handle",
            file: "tests/e2e/tests/cycles.rs",
            test: "s66_who_starts_a_cycle_while_one_runs_joins_it_waits_or_is_told",
        },
    ]
}

/// Somebody in SRC.
fn user(name: &str) -> Entry {
    Entry::new("user", &format!("CN={name},OU=People,DC=src"))
        .set("displayName", name)
        .set("employeeID", name)
        .set("department", "Sales")
}

/// A group in SRC.
fn group(name: &str) -> Entry {
    Entry::new("group", &format!("CN={name},OU=Groups,DC=src")).set("name", name)
}

/// Somebody in HR.
fn person(name: &str) -> Entry {
    Entry::new("user", &format!("CN={name},OU=Staff,DC=hr"))
        .set("displayName", name)
        .set("employeeID", name)
}

/// An account in TGT; its name counts in a tree only.
fn account(story: &crate::Story<'_>, name: &str) -> Entry {
    match story.is_flat() {
        true => Entry::new("user", ""),
        false => Entry::new("user", &format!("CN={name},OU=Synced,DC=tgt")),
    }
}

/// The standard rules with something more in P-in.
fn p_in(more: &str) -> String {
    let begin = r#""type":"user","metaverse_type":"person","link":"provision","#;
    STANDARD.replacen(begin, &format!("{begin}{more},"), 1)
}

/// The standard rules with P-out's action, deprovision and what else is to be replaced.
fn p_out(from: &str, to: &str) -> String {
    let at = STANDARD.find(r#""outbound""#).expect("the standard rules");
    let (inbound, outbound) = STANDARD.split_at(at);
    assert!(outbound.contains(from), "the standard rules say {from}");
    format!("{inbound}{}", outbound.replacen(from, to, 1))
}

/// Rules in which HR gives persons as well, after SRC: `hr` is the head of its part, `rest` follows its flows.
fn with_hr(rules: &str, hr: &str) -> String {
    let t_in = r#"{"directory":"dir_2","type":"user","metaverse_type":"person","link":"join"}"#;
    let part = format!(
        r#"{{"directory":"dir_3","type":"user","metaverse_type":"person",{hr},"flows":[
        {{"to":"employeeID","from":"employeeID"}},{{"to":"displayName","from":"displayName"}},
        {{"to":"mail","from":"mail"}},{{"to":"department","from":"department"}}]}},{t_in}"#
    );
    assert!(rules.contains(t_in), "the rules have T-in");
    rules.replacen(t_in, &part, 1)
}

/// A match group over employeeID.
const BY_EMPLOYEE: &str = r#""match":[[{"source":"employeeID","metaverse":"employeeID"}]]"#;
