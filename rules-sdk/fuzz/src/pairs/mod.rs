//! Programs of one meaning in both dialects: the same tree, written in C# and in the functions of Entra.
//!
//! Invariants: a difference between the dialects is a defect of a dialect, one between the evaluators is reported as well.

mod table;

use syncline_model::rules::Dialect;
use syncline_rules::part;
use syncline_sandbox::Compiler;

use crate::both;
use crate::dice::Dice;
use crate::objects;
use crate::programs::parts::{self, Written, error_of};
use crate::programs::tape::Tape;
pub use table::Pair;
use table::{list, number, text, truth};

/// Pairs in one part.
const PAIRS: usize = 4;
/// Rows of a part.
const ROWS: usize = 8;

/// What was done, and pairs whose answers differ.
#[derive(Debug, Default)]
pub struct Report {
    /// Pairs compared.
    pub pairs: u64,
    /// Answers of one dialect that were compared with the other's.
    pub answers: u64,
    /// Pairs that one of the dialects refuses, and why.
    pub refused: Vec<(Pair, String)>,
    /// Pairs that differ, and how.
    pub differing: Vec<(Pair, String)>,
}

impl Report {
    /// Adds another.
    pub fn and(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.answers += other.answers;
        self.refused.extend(other.refused);
        self.differing.extend(other.differing);
    }
}

/// Compares the pairs of parts `first..to` of a seed.
pub fn check(compiler: &Compiler, seed: u64, first: u64, to: u64) -> Report {
    let mut report = Report::default();
    for n in first..to {
        let mut dice = Dice::of(seed, n);
        let mut pairs = Vec::new();
        while pairs.len() < PAIRS {
            let tape: Vec<u8> = (0..4 + dice.below(40))
                .map(|_| dice.throw() as u8)
                .collect();
            let t = &mut Tape::new(&tape, false);
            let pair = match t.next(3) {
                0 | 1 => text(t),
                _ => [truth, number, list][usize::from(t.next(3))](t),
            };
            match written(&pair).iter().find_map(parts::refused) {
                Some(why) => report.refused.push((pair, why)),
                None => pairs.push(pair),
            }
            if report.refused.len() > 1_000 {
                return report;
            }
        }
        one(compiler, &pairs, dice.throw(), &mut report);
    }
    report
}

fn written(pair: &Pair) -> [Written; 2] {
    [
        Written::Text(Dialect::Csharp, pair.csharp.clone()),
        Written::Text(Dialect::Entra, pair.entra.clone()),
    ]
}

fn one(compiler: &Compiler, pairs: &[Pair], objects: u64, report: &mut Report) {
    let flows: Vec<Written> = pairs.iter().flat_map(written).collect();
    let part = part::check(&parts::part(None, &[], None, &flows));
    let rows = objects::rows(&part, objects, ROWS);
    let answers = match error_of(&part) {
        Some(error) => Err(error),
        None => both::answers(compiler, &part, &rows),
    };
    report.pairs += pairs.len() as u64;
    let rows_of = match answers {
        Ok(answers) => answers.into_iter().zip(rows),
        Err(what) => return report.differing.push((pairs[0].clone(), what)),
    };
    for (answers, row) in rows_of {
        for (pair, answer) in pairs.iter().zip(answers.chunks(2)) {
            let [csharp, entra] = [meaning(&answer[0]), meaning(&answer[1])];
            // A row that used up its work gives nothing more, wherever it was used up.
            if csharp.starts_with("budget") || entra.starts_with("budget") {
                continue;
            }
            report.answers += 1;
            if csharp != entra {
                report
                    .differing
                    .push((pair.clone(), format!("{csharp} and {entra} on {row:?}")));
            }
        }
    }
}

/// An answer without the place of an error, which is another one in another text.
fn meaning(answer: &str) -> String {
    let Some((kind, place)) = answer.split_once(" at ") else {
        return answer.to_owned();
    };
    match place.split_once(' ') {
        Some((span, text)) if span.contains("..") && !kind.contains('"') => {
            format!("{kind} {text}")
        }
        _ => answer.to_owned(),
    }
}
