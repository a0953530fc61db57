//! Nothing goes that nobody let go, and what goes is what was shown (P-05, P-06).

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use syncline_model::op::{ObjectKey, OpHash, Operation};
use syncline_scenarios::House;
use syncline_scenarios::house::How;
use syncline_scenarios::world::{STANDARD, TGT};

use crate::config;
use crate::history::{Step, edit, outside, play, settle, step};
use crate::worlds::{Kind, both, both_with, fair_manners, kind, save};

/// Rules that somebody may save, each with the number of its meaning: the second means what the first does.
fn rules() -> [(u8, String); 4] {
    let direct = r#"{"to":"department","from":"department"}"#;
    let at = STANDARD.find(r#""outbound""#).expect("the standard rules");
    let (inbound, outbound) = STANDARD.split_at(at);
    let instead = |flow: &str| format!("{inbound}{}", outbound.replacen(direct, flow, 1));
    let renamed = r#"{"name":"Renamed","description":"new","triggers":{"every":"PT5M"},"#;
    [
        (0, STANDARD.to_owned()),
        (0, STANDARD.replacen(r#"{"name":"W","#, renamed, 1)),
        (1, instead(r#"{"to":"department","expr":"<department>!"}"#)),
        (2, instead(r#"{"to":"department","expr":"ignore"}"#)),
    ]
}

/// What an administrator does, or happens meanwhile.
#[derive(Debug, Clone)]
enum Act {
    Step(Step),
    Rules(usize),
    Approve,
    Send,
}

fn act() -> impl Strategy<Value = Act> {
    let step = step().prop_filter("sent by approval only, at once", |step| {
        !matches!(step, Step::Export | Step::Pass(_))
    });
    prop_oneof![
        8 => step.prop_map(Act::Step),
        1 => (0..4usize).prop_map(Act::Rules),
        2 => Just(Act::Approve),
        3 => Just(Act::Send),
    ]
}

/// What was let go, as anybody could note who watches.
#[derive(Default)]
struct Notes {
    /// The meaning of the rules that are saved.
    rules: u8,
    /// The last approval: of which rules, and which operations.
    approved: Option<(u8, BTreeSet<OpHash>)>,
    /// Meanings that somebody approved since something was sent under another one.
    good: BTreeSet<u8>,
}

impl Notes {
    fn approve(&mut self, ops: &[Operation]) {
        let named = ops.iter().map(Operation::hash).collect();
        self.approved = Some((self.rules, named));
        self.good.insert(self.rules);
    }

    /// Checks what was sent of what was staged.
    fn sent(&mut self, staged: &[Operation], sent: &[Operation]) -> Result<(), TestCaseError> {
        if sent.is_empty() {
            return Ok(());
        }
        let named = self.approved.as_ref();
        let is_good =
            self.good.contains(&self.rules) || named.is_some_and(|(r, _)| *r == self.rules);
        prop_assert!(is_good, "nobody approved these rules (P-05)");
        if let Some((rules, named)) = &self.approved
            && *rules == self.rules
            && staged.iter().any(|op| named.contains(&op.hash()))
        {
            // A part of an operation goes under the approval of the whole.
            let whole = whole(staged);
            let strange = sent.iter().filter(|op| !named.contains(&whole[&slot(op)]));
            prop_assert_eq!(
                strange.count(),
                0,
                "something goes before the plan is spent (P-05)"
            );
        }
        self.good = BTreeSet::from([self.rules]);
        Ok(())
    }
}

fn slot(op: &Operation) -> (ObjectKey, u8) {
    (op.object.clone(), op.pass)
}

fn whole(staged: &[Operation]) -> BTreeMap<(ObjectKey, u8), OpHash> {
    staged.iter().map(|op| (slot(op), op.hash())).collect()
}

/// Sent by one export, as both houses say it.
fn told(house: &dyn House, sent: &[Operation]) -> Vec<String> {
    sent.iter().map(|op| house.describe(op)).collect()
}

proptest! {
    #![proptest_config(config(100))]

    /// P-05: no write without an approval of the rules that it follows from, and none besides the plan before that is spent.
    #[test]
    fn p05_nothing_is_sent_that_nobody_let_go(
        acts in vec(act(), 1..40),
        kind in prop_oneof![Just(Kind::Standard), Just(Kind::Flat)],
    ) {
        let mut houses = both(kind);
        let mut notes = [Notes::default(), Notes::default()];
        for act in &acts {
            let mut ends = Vec::new();
            for (house, notes) in houses.iter_mut().zip(&mut notes) {
                let house = house.as_mut();
                let wrote = house.directory(TGT).wrote.len();
                let mut described = Vec::new();
                match act {
                    Act::Step(step) => step.take(house),
                    Act::Rules(n) => {
                        let (meaning, rules) = &rules()[*n];
                        save(house, kind, rules);
                        // Nothing goes that was staged under other rules (T-13).
                        settle(house, false);
                        notes.rules = *meaning;
                    }
                    Act::Approve => {
                        notes.approve(&house.staged());
                        house.accept();
                    }
                    Act::Send => {
                        let staged = house.staged();
                        let sending = house.export_released(TGT, None);
                        notes.sent(&staged, &sending.sent)?;
                        described = told(house, &sending.sent);
                    }
                }
                let sends = matches!(act, Act::Send);
                prop_assert!(sends || house.directory(TGT).wrote.len() == wrote);
                ends.push((described, house.review(), house.facts()));
            }
            prop_assert!(ends[0] == ends[1], "the houses differ after {:?}", act);
        }
    }

    /// P-06: a what-if changes nothing and asks no directory, and what is sent after its approval is the plan, one for one.
    /// What a directory refuses, or cannot be sent because somebody else took a name meanwhile, is an outcome of the plan.
    #[test]
    fn p06_what_is_sent_is_what_was_shown(
        steps in vec(step(), 1..25),
        last in vec(edit(), 0..6),
        kind in kind(),
        manners in fair_manners(),
    ) {
        for house in both_with(kind, manners).iter_mut() {
            play(house.as_mut(), &steps);
            last.iter().for_each(|edit| outside(house.as_mut(), edit));
            for id in house.directories() {
                house.import(id, How::Delta);
            }
            let before = (house.facts(), house.directory(TGT).objects.clone());
            let wrote = house.directory(TGT).wrote.clone();

            let plan = house.what_if();
            prop_assert!(before == (house.facts(), house.directory(TGT).objects.clone()));
            prop_assert_eq!(&house.directory(TGT).wrote, &wrote);

            house.sync(false);
            let hashes = |ops: &[Operation]| -> BTreeSet<OpHash> { ops.iter().map(Operation::hash).collect() };
            let staged = house.staged();
            prop_assert_eq!(hashes(&staged), hashes(&plan), "a run stages what its what-if showed");
            house.accept();
            let sending = house.export_released(TGT, None);

            let shown = whole(&plan);
            prop_assert!(sending.sent.iter().all(|op| shown.contains_key(&slot(op))));
            let facts = house.facts();
            let trouble = ["cd-existing-object", "cd-missing-object", ": transient"];
            let fails = |fact: &String| trouble.iter().any(|what| fact.contains(what));
            // What was made without an id cannot be referred to before it was read.
            if !manners.gives_no_ids() && !facts.iter().any(fails) {
                prop_assert_eq!(hashes(&sending.sent), hashes(&plan), "{:#?}", told(house.as_ref(), &plan));
            }
        }
    }
}
