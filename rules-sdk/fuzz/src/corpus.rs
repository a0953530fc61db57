//! Programs that together reach what the fuzz reaches, kept as text and replayed.
//!
//! Invariants: a line is a dialect, a tab and a program, so that a change of the generator changes no line; the objects of
//! a line follow from its text.

use syncline_model::rules::Dialect;
use syncline_rules::part;
use syncline_sandbox::Compiler;

use crate::both;
use crate::case::Case;
use crate::objects;
use crate::programs::parts::{self, Written, error_of};
use crate::reached::Reached;

/// What is kept.
pub const KEPT: &str = include_str!("../corpus/programs.txt");
/// Programs of one operation each that costs much: a long text, or a loop around it.
pub const DEAR: &str = include_str!("../corpus/dear.txt");
/// Lines that are replayed as one part.
const TOGETHER: usize = 16;
/// Objects of each line.
const ROWS: usize = 6;
/// Longest line.
const LONGEST: usize = 600;
/// How much of a tape is tried.
const LENGTHS: [usize; 3] = [8, 16, 40];

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
pub fn gathered(compiler: &Compiler, seed: u64, cases: u64, mut each: impl FnMut(&str)) -> Reached {
    let mut all = Reached::default();
    for n in 0..cases {
        let case = Case::of(seed, n);
        for tape in &case.flows {
            // Short programs first: what they reach needs no long one.
            for len in LENGTHS.map(|len| len.min(tape.len())) {
                let single = Case {
                    scope: None,
                    key: None,
                    dn: None,
                    flows: vec![tape[..len].to_vec()],
                    objects: case.objects,
                    rows: ROWS,
                };
                let compiled = single.compiled();
                let Some(program) = compiled.programs.first() else {
                    continue;
                };
                let text = line(&program.written);
                let reached = Case::reached(&compiled, &[]);
                let fits = text.len() <= LONGEST && !text.contains('\n');
                if fits && reached.beyond(&all) && single.run(compiler, &compiled).is_ok() {
                    all.and(&reached);
                    each(&text);
                }
            }
        }
    }
    all
}
