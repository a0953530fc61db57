//! Decisions, taken one after the other.
//!
//! Invariants: an empty tape always decides 0, so shorter tapes mean simpler programs; the same tape always writes the
//! same program.

use std::collections::BTreeSet;

/// Deepest nesting of what is decided.
const DEPTH_MAX: u32 = 5;

/// A tape that is being read.
#[derive(Debug)]
pub struct Tape<'t> {
    bytes: &'t [u8],
    depth: u32,
    names: u32,
    /// How many lambdas are around: nothing may be drawn in there.
    loops: u32,
    draws: bool,
    called: BTreeSet<&'static str>,
}

impl<'t> Tape<'t> {
    /// A tape from its beginning, for a place where draws are allowed or not.
    pub fn new(bytes: &'t [u8], draws: bool) -> Self {
        Self {
            bytes,
            depth: 0,
            names: 0,
            loops: 0,
            draws,
            called: BTreeSet::new(),
        }
    }

    /// The next decision, below a bound.
    pub fn next(&mut self, below: u8) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                first % below
            }
            None => 0,
        }
    }

    /// The next decision between many.
    pub fn wide(&mut self, below: usize) -> usize {
        let (high, low) = (self.next(255), self.next(255));
        (usize::from(high) * 255 + usize::from(low)) % below.max(1)
    }

    /// One of a list that is not empty.
    pub fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.next(items.len() as u8) as usize]
    }

    /// A name for a variable: inner ones must not hide outer ones.
    pub fn fresh(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    /// Something simple where the tape is at its end or the program deep enough, else something that may have parts.
    pub fn deeper<T>(
        &mut self,
        leaf: impl FnOnce(&mut Self) -> T,
        inner: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if self.depth >= DEPTH_MAX || self.bytes.is_empty() {
            return leaf(self);
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// What stands in a lambda.
    pub fn looped<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.loops += 1;
        let result = inner(self);
        self.loops -= 1;
        result
    }

    /// May something be drawn here?
    pub fn may_draw(&self) -> bool {
        self.draws && self.loops == 0
    }

    /// Notes that a member of the library is called.
    pub fn calls(&mut self, what: &'static str) {
        self.called.insert(what);
    }

    /// What was called.
    pub fn called(&mut self) -> BTreeSet<&'static str> {
        std::mem::take(&mut self.called)
    }
}
