//! Programs that together reach what the fuzz reaches, kept as text and replayed.
//!
//! Invariants: a line is a dialect, a tab and a program, so that a change of the generator changes no line; the objects of
//! a line follow from its text.

use syncline_model::rules::Dialect;
use syncline_rules::part;
use syncline_sandbox::Compiler;

use crate::case::Case;
use crate::objects;
use crate::programs::parts::{self, Written, error_of};
use crate::reached::Reached;
use crate::{both, shrink};

/// What is kept.
pub const KEPT: &str = include_str!("../corpus/programs.txt");
/// Lines that are replayed as one part.
const TOGETHER: usize = 16;
/// Objects of each line.
const ROWS: usize = 6;
/// Longest line: what is longer is shrunk until it is not, or left out.
const LONGEST: usize = 1_200;

/// A program as a line.
pub fn line(written: &Written) -> String {
    match written {
        Written::Text(dialect, text) => format!("{}\t{text}", dialect.as_str()),
        Written::Tree(tree) => format!("tree\t{tree}"),
    }
}

/// A line as a program.
pub fn parse(line: &str) -> Option<Written> {
    let (kind, text) = line.split_once('\t')?;
    Some(match kind {
        "csharp" => Written::Text(Dialect::Csharp, text.to_owned()),
        "entra" => Written::Text(Dialect::Entra, text.to_owned()),
        _ => Written::Tree(serde_json::from_str(text).ok()?),
    })
}

/// What a replay found.
#[derive(Debug, Default)]
pub struct Replay {
    /// Programs.
    pub programs: usize,
    /// Lines that are no programs any more, and why.
    pub refused: Vec<(String, String)>,
    /// Differences, with the line, where one alone shows it.
    pub differences: Vec<(String, String)>,
    /// What is reached.
    pub reached: Reached,
}

/// Replays lines in both evaluators.
pub fn replay(compiler: &Compiler, lines: &str) -> Replay {
    let mut replay = Replay::default();
    let mut programs = Vec::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        match parse(line) {
            Some(written) => match parts::refused(&written) {
                None => programs.push(written),
                Some(why) => replay.refused.push((line.to_owned(), why)),
            },
            None => replay
                .refused
                .push((line.to_owned(), "no line of a corpus".into())),
        }
    }
    replay.programs = programs.len();
    for some in programs.chunks(TOGETHER) {
        if let Err(what) = run(compiler, some, &mut replay.reached) {
            let before = replay.differences.len();
            for one in some {
                if let Err(what) = run(compiler, std::slice::from_ref(one), &mut replay.reached) {
                    replay.differences.push((line(one), what));
                }
            }
            if replay.differences.len() == before {
                replay
                    .differences
                    .push((some.iter().map(line).collect::<Vec<_>>().join("\n"), what));
            }
        }
    }
    replay
}

fn run(compiler: &Compiler, programs: &[Written], reached: &mut Reached) -> Result<(), String> {
    let part = part::check(&parts::part(None, &[], None, programs));
    if let Some(error) = error_of(&part) {
        return Err(error);
    }
    let seed = programs.iter().flat_map(|p| line(p).into_bytes());
    let seed = seed.fold(7_u64, |sum, b| {
        sum.wrapping_mul(31).wrapping_add(u64::from(b))
    });
    let rows = objects::rows(&part, seed, ROWS);
    let answers = both::answers(compiler, &part, &rows)?;
    reached.part(&part);
    reached.answers(&answers);
    Ok(())
}

/// Makes a corpus from cases of a seed: each line reaches something that no line before it reached.
pub fn gathered(compiler: &Compiler, seed: u64, cases: u64) -> (Vec<String>, Reached) {
    let (mut all, mut lines) = (Reached::default(), Vec::new());
    for n in 0..cases {
        let case = Case::of(seed, n);
        for tape in &case.flows {
            let single = Case {
                scope: None,
                key: None,
                dn: None,
                flows: vec![tape.clone()],
                objects: case.objects,
                rows: ROWS,
            };
            let Some(reached) = reach(compiler, &single) else {
                continue;
            };
            if !reached.beyond(&all) {
                continue;
            }
            let small = shrink::shrunk(&single, |c| {
                reach(compiler, c).is_some_and(|r| r.beyond(&all) && has_new(&r, &reached, &all))
            });
            let compiled = small.compiled();
            let text = line(&compiled.programs[0].written);
            if text.len() <= LONGEST && !text.contains('\n') {
                if let Some(reached) = reach(compiler, &small) {
                    all.and(&reached);
                }
                lines.push(text);
            }
        }
    }
    lines.sort();
    lines.dedup();
    (lines, all)
}

/// Does the small one still reach everything new that the large one reached?
fn has_new(small: &Reached, large: &Reached, all: &Reached) -> bool {
    let members = large.members.difference(&all.members);
    let functions = large.functions.difference(&all.functions);
    let nodes = large.nodes.difference(&all.nodes);
    members.clone().all(|m| small.members.contains(m))
        && functions.clone().all(|f| small.functions.contains(f))
        && nodes.clone().all(|n| small.nodes.contains(n))
}

/// What a case reaches, with the errors of each function that it calls first; nothing where it does not compile.
fn reach(compiler: &Compiler, case: &Case) -> Option<Reached> {
    let compiled = case.compiled();
    if compiled.programs.is_empty() {
        return None;
    }
    let answers = case.run(compiler, &compiled).ok()?;
    let mut reached = Case::reached(&compiled, &answers);
    // Which calls fail, and how: more than that there are such errors.
    let member = compiled.programs[0]
        .called
        .iter()
        .next()
        .copied()
        .unwrap_or("nothing");
    reached.errors = (reached.errors.into_iter())
        .map(|kind| format!("{member}: {kind}"))
        .collect();
    Some(reached)
}
