//! The loaded programs of active parts, as the engine asks them.
//!
//! Invariants: a row that fails fails alone; a program is used by one thread at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use syncline_engine::rules::{KeyAnswer, RowAnswer, RuleRow, Rules, RulesFailure};
use syncline_model::rules::{Slot, SlotSource};
use syncline_model::{AttrName, AttrTable, PartId};
use syncline_sandbox::{Program, RunError};
use syncline_store::keys::Draws;

use super::rows::{Answers, Column, Lending};
use super::source::Side;

/// Rows a call of a program at most.
const BATCH_ROWS: usize = 1024;

/// The programs of all active parts.
pub struct Programs {
    attrs: std::sync::Arc<AttrTable>,
    draws: Draws,
    programs: BTreeMap<(PartId, Side), Mutex<Program>>,
}

impl Programs {
    /// These programs over attributes of this table.
    pub fn new(
        attrs: std::sync::Arc<AttrTable>,
        draws: Draws,
        programs: impl IntoIterator<Item = ((PartId, Side), Program)>,
    ) -> Self {
        Self {
            attrs,
            draws,
            programs: programs
                .into_iter()
                .map(|(key, program)| (key, Mutex::new(program)))
                .collect(),
        }
    }

    /// The programs in a run whose clock shows this instant.
    pub fn at(&self, clock: Clock) -> Timed<'_> {
        Timed {
            programs: self,
            clock,
        }
    }

    /// Does the program of a part read the clock?
    pub fn reads_clock(&self, part: PartId) -> bool {
        let reads = |program: &Mutex<Program>| {
            let program = lock(program);
            let mut slots = program.manifest().slots.iter();
            slots.any(|slot| slot.source == SlotSource::Clock)
        };
        let program = self.programs.get(&(part, Side::Own));
        program.is_some_and(reads)
    }
}

/// An instant of a run, as rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Ticks of 100 ns since 0001-01-01, UTC.
    ticks: i64,
}

impl Clock {
    /// The present, to the second: what a rule makes of it is then no longer than what it means.
    pub fn now() -> Self {
        const UNIX_EPOCH: i64 = 62_135_596_800;
        let seconds = time::OffsetDateTime::now_utc().unix_timestamp() + UNIX_EPOCH;
        Self {
            ticks: seconds * 10_000_000,
        }
    }
}

/// The programs, with the clock of one run.
pub struct Timed<'a> {
    programs: &'a Programs,
    clock: Clock,
}

fn lock(program: &Mutex<Program>) -> MutexGuard<'_, Program> {
    program
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Timed<'_> {
    /// Runs one program over all rows, in batches.
    fn run(
        &self,
        part: PartId,
        side: Side,
        rows: &[RuleRow<'_>],
    ) -> Result<Vec<RowAnswer>, RulesFailure> {
        let failure = |message: String| RulesFailure { part, message };
        let program =
            self.programs.programs.get(&(part, side)).ok_or_else(|| {
                failure("its program is not loaded; save the profile again".into())
            })?;
        let mut program = lock(program);
        let manifest = Arc::clone(program.manifest());
        let mut answers = Answers {
            manifest: &manifest,
            rows: Vec::with_capacity(rows.len()),
        };
        let (mut rest, mut most) = (rows, BATCH_ROWS);
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(most.min(rest.len()));
            let slots = manifest.slots.iter();
            let lending = Lending {
                rows: chunk,
                columns: slots.clone().map(|slot| self.column(slot, chunk)).collect(),
                multi: slots.map(|slot| slot.attr.multi).collect(),
            };
            let before = answers.rows.len();
            match program.run_rows(&lending, &mut answers) {
                Ok(()) => rest = after,
                // Objects with large values, such as photos: fewer of them at once.
                Err(RunError::Output { .. }) if chunk.len() > 1 => {
                    answers.rows.truncate(before);
                    most = chunk.len() / 2;
                }
                Err(error) => return Err(failure(error.to_string())),
            }
        }
        program.rest();
        Ok(answers.rows)
    }

    fn column(&self, slot: &Slot, rows: &[RuleRow<'_>]) -> Column {
        let known = |name: &str| self.programs.attrs.id(&AttrName::new(name));
        let absent = Column::Absent {
            multi: slot.attr.multi,
        };
        match &slot.source {
            SlotSource::Attribute(name) => known(name).map_or(absent, Column::Own),
            SlotSource::Target(name) => known(name).map_or(absent, Column::Target),
            SlotSource::Parameter(_) => Column::Absent { multi: false },
            SlotSource::Clock => Column::Clock(self.clock.ticks),
            SlotSource::Draw(place) => {
                let draws = &self.programs.draws;
                let seed = |row: &RuleRow<'_>| row.subject.map(|s| draws.seed(s, place));
                Column::Draws(
                    rows.iter()
                        .map(|row| seed(row).unwrap_or_default())
                        .collect(),
                )
            }
        }
    }
}

impl Rules for Timed<'_> {
    fn evaluate(&self, part: PartId, rows: &[RuleRow<'_>]) -> Result<Vec<RowAnswer>, RulesFailure> {
        self.run(part, Side::Own, rows)
    }

    fn disable(&self, part: PartId, rows: &[RuleRow<'_>]) -> Result<Vec<RowAnswer>, RulesFailure> {
        self.run(part, Side::Disable, rows)
    }

    fn other_keys(
        &self,
        part: PartId,
        rows: &[RuleRow<'_>],
    ) -> Result<Vec<Vec<KeyAnswer>>, RulesFailure> {
        if !self.programs.programs.contains_key(&(part, Side::Other)) {
            return Ok(vec![Vec::new(); rows.len()]);
        }
        let answers = self.run(part, Side::Other, rows)?;
        Ok(answers.into_iter().map(|row| row.keys).collect())
    }
}
