//! What programs reach: members of the library, functions of the runtime, and nodes between them.

use std::collections::BTreeSet;

use syncline_rules::RUNTIME_WASM;
use syncline_rules::ir::{Exit, Ir, LoopKind, Step};
use syncline_rules::part::CheckedPart;

use crate::programs::library::MEMBERS;

/// What was reached.
#[derive(Debug, Clone, Default)]
pub struct Reached {
    /// Overloads of the library, by their signatures.
    pub members: BTreeSet<&'static str>,
    /// Functions of the runtime.
    pub functions: BTreeSet<&'static str>,
    /// Nodes and operations.
    pub nodes: BTreeSet<String>,
    /// Errors, by their kinds.
    pub errors: BTreeSet<String>,
}

impl Reached {
    /// Adds what a part holds.
    pub fn part(&mut self, part: &CheckedPart) {
        for output in &part.outputs {
            self.node(&output.checked.ir);
        }
    }

    /// Adds the kinds of the errors among answers.
    pub fn answers(&mut self, answers: &[Vec<String>]) {
        for answer in answers.iter().flatten() {
            if let Some((kind, _)) = answer.split_once(" at ")
                && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            {
                self.errors.insert(kind.to_owned());
            }
        }
    }

    /// Adds what another has.
    pub fn and(&mut self, other: &Self) {
        self.members.extend(&other.members);
        self.functions.extend(&other.functions);
        self.nodes.extend(other.nodes.iter().cloned());
        self.errors.extend(other.errors.iter().cloned());
    }

    /// Does it have something that the other has not?
    pub fn beyond(&self, other: &Self) -> bool {
        !self.members.is_subset(&other.members)
            || !self.functions.is_subset(&other.functions)
            || !self.nodes.is_subset(&other.nodes)
            || !self.errors.is_subset(&other.errors)
    }

    /// Overloads of the library that are not reached.
    pub fn missing_members(&self) -> Vec<&'static str> {
        let all = MEMBERS.iter().map(|m| m.signature);
        all.filter(|name| !self.members.contains(name)).collect()
    }

    /// Functions of the runtime that are not reached.
    pub fn missing_functions(&self) -> Vec<String> {
        let mut all = runtime_functions();
        all.retain(|name| !self.functions.contains(name.as_str()));
        all
    }

    fn all(&mut self, of: &[Ir]) {
        for node in of {
            self.node(node);
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Let(_, value) => self.named("step let", &[value]),
                Step::If(test, then, other) => {
                    self.named("step if", &[test]);
                    self.steps(then);
                    self.steps(other);
                }
                Step::Return(value) => self.named("return", &[value]),
            }
        }
    }

    fn named(&mut self, name: &str, of: &[&Ir]) {
        if !self.nodes.contains(name) {
            self.nodes.insert(name.to_owned());
        }
        for node in of {
            self.node(node);
        }
    }

    fn node(&mut self, ir: &Ir) {
        match ir {
            Ir::Word(_) => self.named("word", &[]),
            Ir::Text(_) => self.named("text", &[]),
            Ir::Table(_) => self.named("table", &[]),
            Ir::Slot(_) => self.named("slot", &[]),
            Ir::Local(_) => self.named("local", &[]),
            Ir::Let(_, value, body) => self.named("let", &[value, body]),
            Ir::If(test, then, other) => self.named("if", &[test, then, other]),
            Ir::Else(value, other) => self.named("else", &[value, other]),
            Ir::Call(function, args, _) => {
                self.functions.insert(function.info().name);
                self.all(args);
            }
            Ir::Op(op, args, _) => {
                self.named(&format!("{op:?}"), &[]);
                self.all(args);
            }
            Ir::Concat(parts, _) => {
                self.named("concat", &[]);
                self.all(parts);
            }
            Ir::IsNull(value) => self.named("is null", &[value]),
            Ir::Same(value, _) => self.named("same", &[value]),
            Ir::Begins(value, _) => self.named("begins", &[value]),
            Ir::NonNull(value, kind, _) => self.named(&format!("present or {kind}"), &[value]),
            Ir::Boxed(value, _) => self.named("box", &[value]),
            Ir::Unbox(value) => self.named("unbox", &[value]),
            Ir::Items(items, _) => {
                self.named("items", &[]);
                self.all(items);
            }
            Ir::Loop(inner) => {
                let kind = match inner.kind {
                    LoopKind::Fold(_) => "loop fold".to_owned(),
                    kind => format!("loop {kind:?}"),
                };
                self.named(&kind, &[&inner.list, &inner.body]);
            }
            Ir::Exit(Exit::Fail(kind, _)) => self.named(&format!("fail {kind}"), &[]),
            Ir::Exit(exit) => self.named(&format!("exit {exit:?}"), &[]),
            Ir::Block(steps) => {
                self.named("block", &[]);
                self.steps(steps);
            }
            Ir::Trace(_, inner) => self.node(inner),
        }
    }
}

/// The names of every function that the runtime module gives to programs.
pub fn runtime_functions() -> Vec<String> {
    let mut names = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(RUNTIME_WASM).flatten() {
        if let wasmparser::Payload::ExportSection(exports) = payload {
            let functions = exports.into_iter().flatten();
            let functions = functions.filter(|e| e.kind == wasmparser::ExternalKind::Func);
            names.extend(functions.map(|e| e.name.to_owned()));
        }
    }
    // What the host and every program call, and what programs do themselves.
    names.retain(|name| !["reset", "counters", "turn"].contains(&name.as_str()));
    names
}
