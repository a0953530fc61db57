//! One case of the differential fuzz: tapes, and the seed of the objects.
//!
//! Invariants: a case says everything, so that it repeats; what does not compile is left out of its part.

use syncline_rules::part::{self, CheckedPart};
use syncline_sandbox::Compiler;

use crate::both;
use crate::dice::Dice;
use crate::objects;
use crate::programs::parts::{
    self, Program, Written, error_of, flow_of, key_of, refused, scope_of,
};
use crate::reached::Reached;

/// Rows of a case.
const ROWS: usize = 8;

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The scope's tape, the keys', the name's, in the order of a part; the rest are flows.
    pub scope: Option<Vec<u8>>,
    /// The key's tape.
    pub key: Option<Vec<u8>>,
    /// The name's tape.
    pub dn: Option<Vec<u8>>,
    /// The flows' tapes.
    pub flows: Vec<Vec<u8>>,
    /// The seed of the objects.
    pub objects: u64,
    /// How many objects.
    pub rows: usize,
}

/// What is left of a case: programs that compile.
#[derive(Debug)]
pub struct Compiled {
    /// As they are written, the scope first.
    pub programs: Vec<Program>,
    /// The part.
    pub part: CheckedPart,
    /// What the checker refused, and why.
    pub refused: Vec<(Written, String)>,
}

impl Case {
    /// The n-th case of a seed.
    pub fn of(seed: u64, n: u64) -> Self {
        let mut dice = Dice::of(seed, n);
        let tape = |dice: &mut Dice| -> Vec<u8> {
            let most = if dice.below(8) == 0 { 160 } else { 44 };
            let len = 4 + dice.below(most);
            (0..len).map(|_| dice.throw() as u8).collect()
        };
        let sometimes = |dice: &mut Dice, of: usize| (dice.below(of) == 0).then(|| tape(dice));
        let (scope, key, dn) = (
            sometimes(&mut dice, 3),
            sometimes(&mut dice, 3),
            sometimes(&mut dice, 8),
        );
        let flows = (0..1 + dice.below(7)).map(|_| tape(&mut dice)).collect();
        Self {
            scope,
            key,
            dn,
            flows,
            objects: dice.throw(),
            rows: ROWS,
        }
    }

    /// Its part.
    pub fn compiled(&self) -> Compiled {
        let mut rejected = Vec::new();
        let mut kept = |program: Program| match refused(&program.written) {
            None => Some(program),
            Some(why) => {
                rejected.push((program.written, why));
                None
            }
        };
        let scope = self.scope.as_deref().map(scope_of).and_then(&mut kept);
        let key = self.key.as_deref().map(key_of).and_then(&mut kept);
        let dn = self.dn.as_deref().map(key_of).and_then(&mut kept);
        let flows: Vec<Program> = (self.flows.iter())
            .filter_map(|tape| kept(flow_of(tape)))
            .collect();
        let written = |p: &Option<Program>| p.as_ref().map(|p| p.written.clone());
        let texts: Vec<Written> = flows.iter().map(|p| p.written.clone()).collect();
        let keys: Vec<Written> = written(&key).into_iter().collect();
        let source = parts::part(
            written(&scope).as_ref(),
            &keys,
            written(&dn).as_ref(),
            &texts,
        );
        let mut checked = part::check(&source);
        let mut programs: Vec<Program> = [scope, key, dn].into_iter().flatten().collect();
        if error_of(&checked).is_some() {
            // A key has to be a text, a scope a truth: flows alone always fit.
            checked = part::check(&parts::part(None, &[], None, &texts));
            programs.clear();
        }
        programs.extend(flows);
        Compiled {
            programs,
            part: checked,
            refused: rejected,
        }
    }

    /// What both evaluators answer, or how they differ.
    pub fn run(
        &self,
        compiler: &Compiler,
        compiled: &Compiled,
    ) -> Result<Vec<Vec<String>>, String> {
        let rows = objects::rows(&compiled.part, self.objects, self.rows);
        both::answers(compiler, &compiled.part, &rows)
    }

    /// What it reaches.
    pub fn reached(compiled: &Compiled, answers: &[Vec<String>]) -> Reached {
        let mut reached = Reached::default();
        for program in &compiled.programs {
            reached.members.extend(&program.called);
        }
        reached.part(&compiled.part);
        reached.answers(answers);
        reached
    }
}
