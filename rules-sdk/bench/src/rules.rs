//! The bench: everything over the same people, batch by batch in turn, in one process.
//!
//! Invariants: every answer of every engine is compared with the closures' before anything is timed; of each batch the
//! best round counts, so that what another program did to the caches in one round is not in the figures.

use std::hint::black_box;

use anyhow::{Context as _, ensure};
use serde_json::json;
use syncline_model::flat;
use syncline_rules::RUNTIME_WASM;
use syncline_sandbox::{Compiler, Image, Program};

use crate::around;
use crate::boxed::Boxed;
use crate::clock::timed;
use crate::editor;
use crate::native::Native;
use crate::ours::{self, Stages, Watch};
use crate::profile;
use crate::report::{Figure, Report, Required};
use crate::stored;
use crate::users::{self, User};

/// Rows of one call.
const BATCH: usize = 256;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// People.
    pub users: usize,
    /// Rounds.
    pub rounds: usize,
    /// Rounds in which interpreters take part.
    pub peer_rounds: usize,
}

/// The best time of each batch.
struct Best(Vec<u64>);

impl Best {
    fn new(batches: usize) -> Self {
        Self(vec![u64::MAX; batches])
    }

    fn met(&mut self, batch: usize, ns: u64) {
        self.0[batch] = self.0[batch].min(ns);
    }

    fn per(&self, users: usize) -> f64 {
        self.0.iter().sum::<u64>() as f64 / users as f64
    }
}

/// One batch in every form that an engine wants.
struct Batch<'u> {
    users: &'u [User],
    /// Behind one another, as they come out of a block of the store.
    bodies: Vec<u8>,
    ends: Vec<usize>,
    image: Image,
}

impl Batch<'_> {
    fn stored(&self) -> Vec<&[u8]> {
        let mut from = 0;
        let body = |end: &usize| &self.bodies[std::mem::replace(&mut from, *end)..*end];
        self.ends.iter().map(body).collect()
    }
}

struct Times {
    native: Best,
    boxed: Best,
    evaluate: Best,
    rows: Best,
    lent: Best,
    stored: Best,
    pack: Best,
    read: Best,
}

/// Runs the bench.
pub fn run(size: Size) -> anyhow::Result<Report> {
    let compiler = Compiler::new(RUNTIME_WASM)?;
    let (runtime, runtime_ns) = timed(|| compiler.runtime());
    let runtime = runtime?;
    let artifact = ours::artifact(&compiler, &profile::twelve())?;
    let mut program = ours::load(&artifact, &runtime)?;
    let people = users::users(size.users);
    let batches: Vec<Batch<'_>> = people
        .chunks(BATCH)
        .map(|users| batch(&program, users))
        .collect::<anyhow::Result<_>>()?;
    let mut native = Native::new(program.manifest());
    let boxed = Boxed::default();
    #[cfg(feature = "peers")]
    let mut peers = crate::peers::all()?;

    for batch in &batches {
        let expected: Vec<_> = batch
            .users
            .iter()
            .map(|user| boxed.evaluate(user))
            .collect();
        native.load(&batch.image, batch.users.len());
        native.run();
        let input = ours::columns(program.manifest(), batch.users);
        let from_columns = program.run(&input)?;
        let from_rows = stored::answers_of_rows(&mut program, batch.users)?;
        let from_bodies = stored::answers(&mut program, &batch.stored())?;
        for (row, expected) in expected.iter().enumerate() {
            let user = &batch.users[row];
            ensure!(
                native.answer(row) == *expected,
                "native code answers otherwise: {user:?}"
            );
            ensure!(
                ours::answer(&from_columns.rows[row]) == *expected,
                "rules answer otherwise: {user:?}"
            );
            ensure!(
                from_rows[row] == *expected,
                "lent rows answer otherwise: {user:?}"
            );
            ensure!(
                from_bodies[row] == *expected,
                "stored bodies answer otherwise: {user:?}"
            );
        }
        #[cfg(feature = "peers")]
        for peer in &mut peers {
            let (answers, _) = peer.run(batch.users)?;
            ensure!(answers == expected, "{} answers otherwise", peer.name());
        }
    }

    let watch = Watch::on(&mut program);
    let each = || Best::new(batches.len());
    let mut times = Times {
        native: each(),
        boxed: each(),
        evaluate: each(),
        rows: each(),
        lent: each(),
        stored: each(),
        pack: each(),
        read: each(),
    };
    let mut rounds = Vec::new();
    #[cfg(feature = "peers")]
    let mut theirs: Vec<(Best, Best)> = peers.iter().map(|_| (each(), each())).collect();
    for _round in 0..size.rounds {
        let mut yardstick = 0;
        for (number, batch) in batches.iter().enumerate() {
            native.load(&batch.image, batch.users.len());
            let ((), ns) = timed(|| native.run());
            yardstick += ns;
            times.native.met(number, ns);

            // Every engine finds the people in the same state of the processor's caches.
            black_box(users::read(batch.users));
            watch.start();
            let (done, ns) = timed(|| stored::run_rows(&mut program, batch.users));
            done?;
            times.lent.met(number, ns);

            // In the form in which the interpreters give theirs: texts of the caller's own.
            watch.start();
            let (answers, ns) = timed(|| stored::answers_of_rows(&mut program, batch.users));
            black_box(answers?);
            times.rows.met(number, ns);
            times.evaluate.met(number, watch.stages().evaluate);

            let input = stored::input(program.manifest(), batch.stored());
            watch.start();
            let (done, ns) = timed(|| stored::run(&mut program, &input));
            done?;
            let Stages {
                pack,
                evaluate,
                read,
            } = watch.stages();
            times.stored.met(number, ns);
            times.evaluate.met(number, evaluate);
            times.pack.met(number, pack);
            times.read.met(number, read);

            let (answers, ns) = timed(|| {
                let evaluate = |user| boxed.evaluate(user);
                batch.users.iter().map(evaluate).collect::<Vec<_>>()
            });
            black_box(answers);
            times.boxed.met(number, ns);

            #[cfg(feature = "peers")]
            if _round < size.peer_rounds {
                for (peer, (evaluation, whole)) in peers.iter_mut().zip(&mut theirs) {
                    let (answers, ns) = timed(|| peer.run(batch.users));
                    evaluation.met(number, black_box(answers?).1);
                    whole.met(number, ns);
                }
            }
        }
        rounds.push(yardstick as f64 / size.users as f64);
    }

    let mut figures = Vec::new();
    let per = |best: &Best| best.per(size.users);
    let (evaluate, rows) = (per(&times.evaluate), per(&times.rows));
    figures.push(Figure {
        aim: Some(1.5),
        ..Figure::held(
            "evaluation with fuel, times fused native",
            "×",
            evaluate / per(&times.native),
            Required::AtMost(1.7),
        )
    });
    figures.push(Figure {
        aim: Some(400.0),
        ..Figure::held(
            "stored bodies packed, evaluated and read",
            "ns",
            per(&times.stored),
            Required::Scaled(600.0),
        )
    });
    #[cfg(feature = "peers")]
    for (peer, (evaluation, whole)) in peers.iter().zip(&theirs) {
        let name = peer.name();
        figures.push(Figure::held(
            &format!("faster than {name} in evaluation"),
            "×",
            per(evaluation) / evaluate,
            Required::AtLeast(30.0),
        ));
        figures.push(Figure::held(
            &format!("faster than {name} from rows to owned outputs"),
            "×",
            per(whole) / rows,
            Required::AtLeast(10.0),
        ));
    }
    figures.push(Figure::told("fused native", "ns", per(&times.native)));
    figures.push(Figure::told("evaluation with fuel", "ns", evaluate));
    figures.push(Figure::told(
        "packing stored bodies",
        "ns",
        per(&times.pack),
    ));
    figures.push(Figure::told("reading outputs", "ns", per(&times.read)));
    figures.push(Figure::told(
        "from row structs to owned outputs",
        "ns",
        rows,
    ));
    figures.push(Figure::told(
        "from row structs to outputs read in place",
        "ns",
        per(&times.lent),
    ));
    figures.push(Figure::told(
        "boxed native closures over row structs",
        "ns",
        per(&times.boxed),
    ));
    #[cfg(feature = "peers")]
    for (peer, (evaluation, whole)) in peers.iter().zip(&theirs) {
        let name = peer.name();
        figures.push(Figure::told(
            &format!("{name}, evaluation"),
            "ns",
            per(evaluation),
        ));
        figures.push(Figure::told(
            &format!("{name}, from rows to owned outputs"),
            "ns",
            per(whole),
        ));
    }
    figures.push(Figure::told(
        "compile of the runtime, once a host",
        "ms",
        runtime_ns as f64 / 1e6,
    ));
    around::figures(&compiler, &artifact, &mut program, &mut figures)?;
    figures.extend(editor::figures()?);
    Ok(Report {
        bench: "rules",
        size: json!({
            "users": size.users,
            "attributes": users::ATTRIBUTES.len(),
            "read": program.manifest().slots.len(),
            "expressions": program.manifest().outputs.len(),
            "rounds": size.rounds,
            "peer_rounds": size.peer_rounds,
        }),
        rounds,
        figures,
    })
}

fn batch<'u>(program: &Program, users: &'u [User]) -> anyhow::Result<Batch<'u>> {
    let mut bodies = Vec::new();
    let body = |user: &User| {
        flat::encode(&user.attrs(), &mut bodies);
        bodies.len()
    };
    let ends = users.iter().map(body).collect();
    let input = ours::columns(program.manifest(), users);
    Ok(Batch {
        users,
        ends,
        bodies,
        image: program.image(&input).context("a batch of the bench fits")?,
    })
}
