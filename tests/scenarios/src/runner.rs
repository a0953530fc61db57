//! Plays scenarios in both houses and says of each, in one line, how it ended.
//!
//! Invariants: a scenario that fails in one house is played in the other all the same; what is proved elsewhere names the test
//! that proves it, and counts only if that test is there.

use std::cell::RefCell;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::engine::Engine;
use crate::house::House;
use crate::model::Model;
use crate::story::{Scenario, Story, Target};

/// A scenario, or a variant of one, above the engine: which test proves it.
#[derive(Debug, Clone, Copy)]
pub struct Elsewhere {
    /// Its number.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// The file of the test, from the root of the repository.
    pub file: &'static str,
    /// The name of the test.
    pub test: &'static str,
}

/// How scenarios ended.
#[derive(Debug, Default)]
pub struct Report {
    /// One line each.
    pub lines: Vec<String>,
    /// What failed, at length.
    pub failures: Vec<String>,
}

thread_local! {
    static WHERE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Plays a scenario in every house and kind of target that it is for.
pub fn play(scenario: &Scenario, report: &mut Report) {
    let mut line = format!("{} {:<44}", scenario.id, scenario.title);
    let tree = results(scenario, Target::Tree, report);
    let _ = write!(line, "  model {}  engine {}", word(tree.0), word(tree.1));
    if scenario.flat {
        let flat = results(scenario, Target::Flat, report);
        let _ = match flat.0 == flat.1 {
            true => write!(line, "  (flat: {})", word(flat.0)),
            false => write!(
                line,
                "  (flat: model {}, engine {})",
                word(flat.0),
                word(flat.1)
            ),
        };
    }
    report.lines.push(line);
}

fn word(passed: bool) -> &'static str {
    if passed { "ok" } else { "FAILED" }
}

fn results(scenario: &Scenario, target: Target, report: &mut Report) -> (bool, bool) {
    let mut model = Model::default();
    let mut engine = Engine::default();
    let in_model = passes(scenario, &mut model, target, report);
    let in_engine = passes(scenario, &mut engine, target, report);
    (in_model, in_engine)
}

fn passes(scenario: &Scenario, house: &mut dyn House, target: Target, report: &mut Report) -> bool {
    let name = house.name();
    let told = quietly(|| (scenario.tell)(&mut Story::new(house, target)));
    if let Err(why) = &told {
        let failure = format!("{} in the {name}, {target:?}: {why}", scenario.id);
        report.failures.push(failure);
    }
    told.is_ok()
}

/// Runs a telling; a panic is its failure, with where it was.
fn quietly(tell: impl FnOnce()) -> Result<(), String> {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string);
        WHERE.with(|at| *at.borrow_mut() = place.unwrap_or_default());
    }));
    let told = catch_unwind(AssertUnwindSafe(tell));
    std::panic::set_hook(before);
    told.map_err(|payload| {
        let text = payload.downcast_ref::<String>().cloned().or_else(|| {
            payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
        });
        let place = WHERE.with(|at| at.borrow().clone());
        format!("{place}: {}", text.unwrap_or_default())
    })
}

/// Says which test proves what lies above the engine; a test that is not there proves nothing.
pub fn look_up(elsewhere: &Elsewhere, root: &Path, report: &mut Report) {
    let text = std::fs::read_to_string(root.join(elsewhere.file)).unwrap_or_default();
    let declared = format!("fn {}(", elsewhere.test);
    let is_there = text.lines().any(|line| line.contains(&declared));
    let Elsewhere { id, title, .. } = elsewhere;
    let place = format!("{}, {}", elsewhere.file, elsewhere.test);
    report.lines.push(match is_there {
        true => format!("{id} {title:<44}  proved in {place}"),
        false => format!("{id} {title:<44}  MISSING in {place}"),
    });
    if !is_there {
        report
            .failures
            .push(format!("{id}: there is no test {place}"));
    }
}
