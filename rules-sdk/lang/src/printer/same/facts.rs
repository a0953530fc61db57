//! What is known where a node stands: conditions that hold or do not.
//!
//! Invariants: cells never change and functions always give the same, so a test that was passed stays so in its branch.

use syncline_rules_guest::Fn;

use crate::ir::{Ir, Op};

/// Tests with their outcome.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts(Vec<(Ir, bool)>);

impl Facts {
    /// The outcome of a test, if it is known.
    pub fn of(&self, test: &Ir) -> Option<bool> {
        let found = self.0.iter().rev().find(|(known, _)| alike(known, test));
        found.map(|(_, holds)| *holds)
    }

    /// The same with what follows from the outcome of a test.
    pub fn with(&self, test: &Ir, holds: bool) -> Self {
        let mut facts = self.clone();
        facts.assume(test, holds);
        facts
    }

    /// The same with a value that is there.
    pub fn present(&self, value: &Ir) -> Self {
        self.with(&Ir::IsNull(value.clone().into()), false)
    }

    fn assume(&mut self, test: &Ir, holds: bool) {
        match (test, holds) {
            (Ir::Op(Op::Not, args, _), _) if args.len() == 1 => self.assume(&args[0], !holds),
            (Ir::If(a, b, c), true) if **c == Ir::Word(0) => {
                self.assume(a, true);
                self.assume(b, true);
            }
            (Ir::If(a, b, c), false) if **b == Ir::Word(1) => {
                self.assume(a, false);
                self.assume(c, false);
            }
            (Ir::Same(value, _), true) => self.know(Ir::IsNull(value.clone()), false),
            (Ir::Call(Fn::IsNullOrEmpty, args, _), false) => {
                self.know(Ir::IsNull(args[0].clone().into()), false);
            }
            (Ir::IsNull(value), true) => {
                let empty = Ir::Call(Fn::IsNullOrEmpty, vec![(**value).clone()], 0);
                self.know(empty, true);
            }
            _ => {}
        }
        self.know(test.clone(), holds);
    }

    fn know(&mut self, test: Ir, holds: bool) {
        if !matches!(test, Ir::Word(_)) {
            self.0.push((test, holds));
        }
    }
}

/// Equal but for places.
pub(super) fn alike(a: &Ir, b: &Ir) -> bool {
    let all = |x: &[Ir], y: &[Ir]| x.len() == y.len() && x.iter().zip(y).all(|(x, y)| alike(x, y));
    match (a, b) {
        (Ir::Call(f, x, _), Ir::Call(g, y, _)) => f == g && all(x, y),
        (Ir::Op(f, x, _), Ir::Op(g, y, _)) => f == g && all(x, y),
        (Ir::Concat(x, _), Ir::Concat(y, _)) | (Ir::Items(x, _), Ir::Items(y, _)) => all(x, y),
        (Ir::Let(l, v, x), Ir::Let(m, w, y)) => l == m && alike(v, w) && alike(x, y),
        (Ir::If(a, b, c), Ir::If(x, y, z)) => alike(a, x) && alike(b, y) && alike(c, z),
        (Ir::IsNull(x), Ir::IsNull(y)) | (Ir::Unbox(x), Ir::Unbox(y)) => alike(x, y),
        (Ir::Boxed(x, _), Ir::Boxed(y, _)) => alike(x, y),
        (Ir::Same(x, t), Ir::Same(y, u)) | (Ir::Begins(x, t), Ir::Begins(y, u)) => {
            t == u && alike(x, y)
        }
        (Ir::NonNull(x, k, _), Ir::NonNull(y, l, _)) => k == l && alike(x, y),
        _ => a == b,
    }
}
