//! Our own way: compile, load, and answers of a batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, ensure};
use syncline_model::rules::{ProgramManifest, RuleValue, SlotSource};
use syncline_rules::part;
use syncline_rules::request::PartSource;
use syncline_sandbox::{
    Answer, BatchInput, Column, Compiler, In, Lent, Program, RowOutput, RowSource, Runtime, Scope,
    Stage,
};

use crate::clock::cpu_ns;
use crate::users::{ATTRIBUTES, Field, User};

/// The artifact of a part, whose text must be right.
pub fn artifact(compiler: &Compiler, source: &PartSource) -> anyhow::Result<Vec<u8>> {
    let checked = part::check(source);
    ensure!(
        checked.ok(),
        "the profile of the bench: {:?}",
        checked.diagnostics
    );
    let emitted = checked.emit();
    Ok(compiler.compile(emitted.manifest, &emitted.wasm)?)
}

/// Loads an artifact of this process onto the runtime of its compiler.
pub fn load(artifact: &[u8], runtime: &Runtime) -> anyhow::Result<Program> {
    // SAFETY: made by `artifact` above.
    unsafe { Program::load(artifact, runtime) }
        .context("the artifact of this process does not load")
}

/// How long each stage took, in nanoseconds of the thread's own time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stages {
    /// From values to the program's memory.
    pub pack: u64,
    /// Compiled code.
    pub evaluate: u64,
    /// From the program's memory to answers.
    pub read: u64,
}

/// Measures stages of a program from within.
#[derive(Clone, Default)]
pub struct Watch(Arc<[AtomicU64; 4]>);

impl Watch {
    /// A watch on this program.
    pub fn on(program: &mut Program) -> Self {
        let watch = Self::default();
        let inner = watch.clone();
        program.watch(move |stage| inner.passed(stage));
        watch
    }

    /// Begins anew.
    pub fn start(&self) {
        for stage in &self.0[..3] {
            stage.store(0, Ordering::Relaxed);
        }
        self.0[3].store(cpu_ns(), Ordering::Relaxed);
    }

    /// What passed since the start.
    pub fn stages(&self) -> Stages {
        let ns = |stage: Stage| self.0[stage as usize].load(Ordering::Relaxed);
        Stages {
            pack: ns(Stage::Packed),
            evaluate: ns(Stage::Evaluated),
            read: ns(Stage::Read),
        }
    }

    fn passed(&self, stage: Stage) {
        let now = cpu_ns();
        let before = self.0[3].swap(now, Ordering::Relaxed);
        self.0[stage as usize].fetch_add(now - before, Ordering::Relaxed);
    }
}

fn place(name: &str) -> usize {
    let found = ATTRIBUTES.iter().position(|attribute| *attribute == name);
    found.expect("the profile reads attributes of the bench")
}

/// The place of the attribute of each slot.
pub fn slots(manifest: &ProgramManifest) -> impl Iterator<Item = usize> + '_ {
    manifest.slots.iter().map(|slot| match &slot.source {
        SlotSource::Attribute(name) => place(name),
        _ => unreachable!("the profile reads its own object only"),
    })
}

/// These people as rows, lent from where they are.
pub struct Rows<'u> {
    users: &'u [User],
    places: Vec<usize>,
}

impl<'u> Rows<'u> {
    /// For a program of this manifest.
    pub fn new(manifest: &ProgramManifest, users: &'u [User]) -> Self {
        Self {
            users,
            places: slots(manifest).collect(),
        }
    }
}

impl RowSource for Rows<'_> {
    fn rows(&self) -> usize {
        self.users.len()
    }

    fn columns(&self) -> usize {
        self.places.len()
    }

    fn value(&self, row: usize, slot: usize) -> Lent<'_> {
        Lent::One(match &self.users[row].fields[self.places[slot]] {
            Field::Absent => In::Null,
            Field::Text(text) => In::Str(text),
            Field::Flag(flag) => In::Bool(*flag),
            Field::Texts(texts) => return Lent::Many(texts.len()),
        })
    }

    fn item(&self, row: usize, slot: usize, index: usize) -> In<'_> {
        match &self.users[row].fields[self.places[slot]] {
            Field::Texts(texts) => texts.get(index).map_or(In::Null, |text| In::Str(text)),
            _ => In::Null,
        }
    }
}

/// The columns of these people.
pub fn columns<'u>(manifest: &ProgramManifest, users: &'u [User]) -> BatchInput<'u> {
    let input = |field: &'u Field| match field {
        Field::Absent => In::Null,
        Field::Text(text) => In::Str(text),
        Field::Flag(flag) => In::Bool(*flag),
        Field::Texts(texts) => In::List(texts.iter().map(|text| In::Str(text)).collect()),
    };
    let column =
        |place: usize| Column::Rows(users.iter().map(|u| input(&u.fields[place])).collect());
    BatchInput {
        rows: users.len(),
        columns: slots(manifest).map(column).collect(),
    }
}

/// Key and flows of a row in scope.
pub fn answer(row: &RowOutput) -> Option<Vec<Field>> {
    if row.scope != Scope::In {
        return None;
    }
    let field = |value: &RuleValue| match value {
        RuleValue::String(text) => Field::Text(text.clone()),
        RuleValue::List(items) => Field::Texts(
            items
                .iter()
                .map(|item| match item {
                    RuleValue::String(text) => text.clone(),
                    other => format!("{other:?}"),
                })
                .collect(),
        ),
        other => Field::Text(format!("{other:?}")),
    };
    let key = match &row.keys[0] {
        Ok(key) => key.clone().map_or(Field::Absent, Field::Text),
        Err(error) => Field::Text(error.message.clone()),
    };
    let flow = |answer: &Answer| match answer {
        Answer::Value(value) => field(value),
        Answer::Null => Field::Absent,
        other => Field::Text(format!("{other:?}")),
    };
    Some(
        std::iter::once(key)
            .chain(row.flows.iter().map(flow))
            .collect(),
    )
}
