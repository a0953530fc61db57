//! The loaded programs of active parts, as the engine asks them.
//!
//! Invariants: a row that fails fails alone; a program is used by one thread at a time; values enter and
//! leave by type, and what a program gives that an attribute cannot hold is an error of the row.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use syncline_engine::rules::{
    Answer, KeyAnswer, RowAnswer, RuleError, RuleRow, Rules, RulesFailure, Scope,
};
use syncline_model::rules::{DRAW_BYTES, RuleValue, Slot, SlotSource};
use syncline_model::{AttrName, AttrTable, Attrs, PartId, Value, Values};
use syncline_sandbox::{self as batch, BatchInput, Column, In, Program, RowError, RunError};
use syncline_store::keys::Draws;

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
    ) -> Result<Vec<batch::RowOutput>, RulesFailure> {
        let failure = |message: String| RulesFailure { part, message };
        let program =
            self.programs.programs.get(&(part, side)).ok_or_else(|| {
                failure("its program is not loaded; save the profile again".into())
            })?;
        let mut program = lock(program);
        let slots = program.manifest().slots.clone();
        let mut out = Vec::with_capacity(rows.len());
        let (mut rest, mut most) = (rows, BATCH_ROWS);
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(most.min(rest.len()));
            let seeds: Vec<_> = slots.iter().map(|slot| self.seeds(slot, chunk)).collect();
            let columns = slots.iter().zip(&seeds);
            let columns = columns.map(|(slot, seeds)| self.column(slot, chunk, seeds));
            let columns = columns.collect();
            let answered = program.run(&BatchInput {
                rows: chunk.len(),
                columns,
            });
            match answered {
                Ok(answer) => {
                    out.extend(answer.rows);
                    rest = after;
                }
                // Objects with large values, such as photos: fewer of them at once.
                Err(RunError::Output { .. }) if chunk.len() > 1 => most = chunk.len() / 2,
                Err(error) => return Err(failure(error.to_string())),
            }
        }
        program.rest();
        Ok(out)
    }

    /// What a column draws for each row; empty where it does not.
    fn seeds(&self, slot: &Slot, rows: &[RuleRow<'_>]) -> Vec<[u8; DRAW_BYTES]> {
        let SlotSource::Draw(place) = &slot.source else {
            return Vec::new();
        };
        let draws = &self.programs.draws;
        let seed = |row: &RuleRow<'_>| row.subject.map(|subject| draws.seed(subject, place));
        rows.iter()
            .map(|row| seed(row).unwrap_or_default())
            .collect()
    }

    fn column<'a>(
        &self,
        slot: &Slot,
        rows: &[RuleRow<'a>],
        seeds: &'a [[u8; DRAW_BYTES]],
    ) -> Column<'a> {
        let (name, target) = match &slot.source {
            SlotSource::Attribute(name) => (name, false),
            SlotSource::Target(name) => (name, true),
            SlotSource::Parameter(_) => return Column::Constant(In::Null),
            SlotSource::Clock => return Column::Constant(In::Int(self.clock.ticks)),
            SlotSource::Draw(_) => {
                return Column::Rows(seeds.iter().map(|seed| In::Bytes(seed)).collect());
            }
        };
        let Some(id) = self.programs.attrs.id(&AttrName::new(name)) else {
            return Column::Constant(if slot.attr.multi {
                In::List(Vec::new())
            } else {
                In::Null
            });
        };
        let cell = |row: &RuleRow<'a>| {
            let attrs: Option<&'a Attrs> = if target { row.target } else { Some(row.attrs) };
            match attrs.and_then(|attrs| attrs.get(id)) {
                Some(values) if slot.attr.multi => In::List(values.iter().map(input).collect()),
                Some(values) => values.iter().next().map_or(In::Null, input),
                None => In::Null,
            }
        };
        Column::Rows(rows.iter().map(cell).collect())
    }
}

impl Rules for Timed<'_> {
    fn evaluate(&self, part: PartId, rows: &[RuleRow<'_>]) -> Result<Vec<RowAnswer>, RulesFailure> {
        Ok(self
            .run(part, Side::Own, rows)?
            .into_iter()
            .map(row_answer)
            .collect())
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
        Ok(answers
            .into_iter()
            .map(|row| row.keys.into_iter().map(key_answer).collect())
            .collect())
    }
}

fn input(value: &Value) -> In<'_> {
    match value {
        Value::Text(text) => In::Str(text),
        Value::Int(n) | Value::Time(n) => In::Int(*n),
        Value::Bool(b) => In::Bool(*b),
        Value::Bytes(bytes) => In::Bytes(bytes),
        Value::Guid(guid) => In::Bytes(guid),
    }
}

fn row_answer(row: batch::RowOutput) -> RowAnswer {
    RowAnswer {
        scope: match row.scope {
            batch::Scope::In => Scope::In,
            batch::Scope::Out => Scope::Out,
            batch::Scope::Error(error) => Scope::Failed(rule_error(error)),
        },
        keys: row.keys.into_iter().map(key_answer).collect(),
        dn: row.dn.map(dn_answer),
        flows: row.flows.into_iter().map(flow_answer).collect(),
    }
}

fn key_answer(key: Result<Option<String>, RowError>) -> KeyAnswer {
    key.map_err(rule_error)
}

fn dn_answer(answer: batch::Answer) -> KeyAnswer {
    match answer {
        batch::Answer::Value(RuleValue::String(text) | RuleValue::Reference(text)) => {
            Ok(Some(text))
        }
        batch::Answer::Error(error) => Err(rule_error(error)),
        _ => Ok(None),
    }
}

fn flow_answer(answer: batch::Answer) -> Answer {
    match answer {
        batch::Answer::Value(value) => match values(value) {
            Ok(Some(values)) => Answer::Value(values),
            Ok(None) => Answer::Null,
            Err(error) => Answer::Failed(error),
        },
        batch::Answer::Null => Answer::Null,
        batch::Answer::AuthoritativeNull => Answer::AuthoritativeNull,
        batch::Answer::Ignore => Answer::Ignore,
        batch::Answer::Direct => Answer::Direct,
        batch::Answer::Error(error) => Answer::Failed(rule_error(error)),
    }
}

/// What an attribute can hold of a rule's value.
pub fn values(value: RuleValue) -> Result<Option<Values>, RuleError> {
    let unholdable = |what: &str| RuleError {
        kind: "invalid_operation".into(),
        message: format!(
            "The rule gives {what}, which no attribute holds; convert it to text or a whole number."
        ),
    };
    let one = |value: RuleValue| -> Result<Option<Value>, RuleError> {
        Ok(Some(match value {
            RuleValue::Null => return Ok(None),
            RuleValue::Bool(b) => Value::Bool(b),
            RuleValue::Char(c) => Value::text(
                char::from_u32(u32::from(c))
                    .map(String::from)
                    .unwrap_or_default(),
            ),
            RuleValue::Int(n) => Value::Int(i64::from(n)),
            RuleValue::Long(n) => Value::Int(n),
            RuleValue::Double(n) if n.fract() == 0.0 && n.abs() < 9e15 => Value::Int(n as i64),
            RuleValue::Double(_) => return Err(unholdable("a fraction")),
            RuleValue::String(text) | RuleValue::Reference(text) => Value::text(text),
            RuleValue::Binary(bytes) => Value::Bytes(bytes.into()),
            RuleValue::Guid(guid) => Value::Guid(guid),
            RuleValue::Date(ticks) => Value::Time(ticks),
            RuleValue::List(_) => return Err(unholdable("a list of lists")),
        }))
    };
    let single = match value {
        RuleValue::List(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.extend(one(item)?);
            }
            return Ok(Values::new(values));
        }
        single => one(single)?,
    };
    Ok(single.and_then(Values::one))
}

fn rule_error(error: RowError) -> RuleError {
    RuleError {
        kind: error.kind.as_str().to_owned(),
        message: error.message,
    }
}
