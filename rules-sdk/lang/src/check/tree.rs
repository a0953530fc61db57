//! Rule trees: nested if / then / else as the visual editor stores them, with expressions at their leaves.
//!
//! Invariants: a tree becomes the same IR as the text with `if` statements; diagnostics carry the path of their leaf; a
//! tree without `else` ignores the flow where its condition fails.

use serde::Deserialize as _;
use serde_json::Value as Json;
use syncline_model::rules::{Dialect, Span};

use super::{Checked, Checker, Draft, Env, Facts, Goal, Tables, Typed, Variable, names_something};
use crate::diag::{Diagnostic, codes};
use crate::ir::{Exit, Ir};
use crate::syntax::ast::Program;
use crate::types::{Base, Ty};

/// Deepest tree.
const TREE_NESTING_MAX: usize = 64;

struct Walk<'a> {
    env: &'a Env,
    dialect: Dialect,
    output: u32,
    tables: &'a mut Tables,
    diagnostics: Vec<Diagnostic>,
    locals: u32,
    /// What the conditions above have declared.
    variables: Vec<Variable>,
}

/// Checks a rule tree. The paths of its diagnostics begin at `rule`.
pub(crate) fn check_tree(
    env: &Env,
    (tree, dialect): (&Json, Dialect),
    goal: Goal,
    output: u32,
    tables: &mut Tables,
) -> (Checked, Vec<Diagnostic>) {
    let mut walk = Walk {
        env,
        dialect,
        output,
        tables,
        diagnostics: Vec::new(),
        locals: 0,
        variables: Vec::new(),
    };
    let drafts = walk.node(tree, "rule", &Facts::new(), 0);
    let mut diagnostics = std::mem::take(&mut walk.diagnostics);
    let locals = walk.locals;
    let mut checker = Checker::new(env, ("", dialect), output, tables);
    checker.locals = locals;
    let checked = checker.finish(drafts, goal);
    diagnostics.extend(checker.diagnostics.into_iter().map(|d| Diagnostic {
        path: "rule".into(),
        ..d
    }));
    (checked, diagnostics)
}

impl Walk<'_> {
    fn node(&mut self, node: &Json, path: &str, facts: &Facts, depth: usize) -> Vec<Draft> {
        if depth > TREE_NESTING_MAX {
            return self.malformed(path, "the tree is nested too deep; split it");
        }
        if let Some(leaf) = node
            .as_str()
            .or_else(|| node.get("expr").and_then(Json::as_str))
        {
            let path = if node.is_string() {
                path.to_owned()
            } else {
                format!("{path}.expr")
            };
            return self.leaf((leaf, self.dialect_of(node)), &path, facts);
        }
        let dialect = node
            .get("if")
            .map_or(self.dialect, |test| self.dialect_of(test));
        let (Some(test), Some(then)) = (node.get("if").and_then(text_of), node.get("then")) else {
            let message = "a rule is {\"expr\": …} or {\"if\": …, \"then\": …, \"else\": …}";
            return self.malformed(path, message);
        };
        let scope = self.variables.len();
        let (test, yes, no) = self.test((test, dialect), &format!("{path}.if"), facts);
        let join = |more: &Facts| facts.union(more).copied().collect::<Facts>();
        let then = self.node(then, &format!("{path}.then"), &join(&yes), depth + 1);
        let other = match node.get("else") {
            Some(other) => self.node(other, &format!("{path}.else"), &join(&no), depth + 1),
            None => vec![Draft::Return(
                Typed::new(Ir::Exit(Exit::Ignore), Ty::of(Base::Never)),
                Span::default(),
            )],
        };
        self.variables.truncate(scope);
        vec![Draft::If(test, then, other)]
    }

    fn malformed(&mut self, path: &str, message: &str) -> Vec<Draft> {
        let diagnostic = Diagnostic::error(codes::BAD_TREE, Span::default(), message);
        self.diagnostics.push(Diagnostic {
            path: path.to_owned(),
            ..diagnostic
        });
        vec![Draft::Return(Typed::unknown(), Span::default())]
    }

    /// Runs a checker of this text that continues this walk's locals and facts.
    fn with<T>(
        &mut self,
        (source, dialect): (&str, Dialect),
        path: &str,
        facts: &Facts,
        run: impl FnOnce(&mut Checker<'_>, &Program) -> T,
    ) -> T {
        let (program, parsed) = crate::syntax::parse(source, dialect);
        if let Some(trace) = &mut self.tables.trace {
            trace.at = path.to_owned();
        }
        if let Some(types) = &mut self.tables.types {
            types.at = path.to_owned();
        }
        let mut checker = Checker::new(self.env, (source, dialect), self.output, self.tables);
        checker.locals = self.locals;
        checker.facts = facts.clone();
        checker.variables = self.variables.clone();
        let result = run(&mut checker, &program);
        self.locals = checker.locals;
        self.variables = checker.variables;
        let broken = parsed.iter().any(Diagnostic::is_error);
        let found = parsed.into_iter().chain(
            checker
                .diagnostics
                .into_iter()
                .filter(|d| !broken || names_something(d)),
        );
        let units = &checker.units;
        let placed = found.map(|d| Diagnostic {
            path: path.to_owned(),
            ..d.in_utf16(units)
        });
        self.diagnostics.extend(placed);
        result
    }

    /// What a text is written in.
    fn dialect_of(&self, node: &Json) -> Dialect {
        let own = node.get("dialect").map(Dialect::deserialize);
        own.and_then(Result::ok).unwrap_or(self.dialect)
    }

    fn test(&mut self, source: (&str, Dialect), path: &str, facts: &Facts) -> (Ir, Facts, Facts) {
        self.with(source, path, facts, |checker, program| match program {
            Program::Expr(expr) => checker.condition(expr),
            Program::Block(_, end) => {
                checker.error(
                    codes::CONDITION,
                    *end,
                    "a condition is an expression, not a block",
                );
                (Ir::Word(0), Facts::new(), Facts::new())
            }
        })
    }

    fn leaf(&mut self, source: (&str, Dialect), path: &str, facts: &Facts) -> Vec<Draft> {
        self.with(source, path, facts, |checker, program| match program {
            Program::Expr(expr) => vec![Draft::Return(checker.expr(expr), expr.span)],
            Program::Block(statements, end) => {
                let (drafts, ends) = checker.block(statements);
                if !ends {
                    checker.error(codes::NO_RETURN, *end, "not every path ends with `return`");
                }
                drafts
            }
        })
    }
}

fn text_of(node: &Json) -> Option<&str> {
    node.as_str()
        .or_else(|| node.get("expr").and_then(Json::as_str))
}
