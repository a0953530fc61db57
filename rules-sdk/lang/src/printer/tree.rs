//! Rule trees: their texts one by one, and a tree as one text and back.
//!
//! Invariants: a tree without `else` leaves the flow alone there; the text of a tree says that; from tree to text and back
//! it is the same tree.

use serde::Deserialize as _;
use serde_json::{Value as Json, json};
use syncline_model::rules::{Dialect, Span};

use super::csharp::Csharp;
use super::entra::Entra;
use super::refusal::Refusal;
use crate::diag::{Diagnostic, codes};
use crate::syntax::ast::{Expr, Node, Program, Stmt};
use crate::syntax::{self};

type Found = Vec<Diagnostic>;
/// Makes a text of a text: source, dialect, path.
pub(super) type Each<'f> = dyn FnMut(&str, Dialect, &str) -> Result<String, Found> + 'f;

/// The tree with other texts. All of its texts are asked for, whatever fails.
pub(super) fn map_texts(rule: &Json, dialect: Dialect, each: &mut Each<'_>) -> Result<Json, Found> {
    let mut found = Vec::new();
    let tree = node(rule, dialect, "rule", each, &mut found);
    match found.iter().any(Diagnostic::is_error) {
        true => Err(found),
        false => Ok(tree),
    }
}

fn node(at: &Json, dialect: Dialect, path: &str, each: &mut Each<'_>, found: &mut Found) -> Json {
    let own = own_dialect(at).unwrap_or(dialect);
    let mut ask = |text: &str, dialect: Dialect, path: String| {
        each(text, dialect, &path).unwrap_or_else(|errors| {
            found.extend(errors.into_iter().map(|d| Diagnostic {
                path: path.clone(),
                ..d
            }));
            text.to_owned()
        })
    };
    match at {
        Json::String(text) => ask(text, dialect, path.to_owned()).into(),
        Json::Object(map) if map.contains_key("expr") => {
            let mut map = map.clone();
            if let Some(Json::String(text)) = map.get("expr") {
                let text = ask(text, own, format!("{path}.expr"));
                map.insert("expr".to_owned(), text.into());
            }
            Json::Object(map)
        }
        Json::Object(map) => {
            let mut out = map.clone();
            let test_path = format!("{path}.if");
            match map.get("if") {
                Some(Json::String(text)) => {
                    let text = ask(text, dialect, test_path);
                    out.insert("if".to_owned(), text.into());
                }
                Some(test @ Json::Object(inner)) => {
                    let dialect = own_dialect(test).unwrap_or(dialect);
                    if let Some(Json::String(text)) = inner.get("expr") {
                        let text = ask(text, dialect, test_path);
                        let mut inner = inner.clone();
                        inner.insert("expr".to_owned(), text.into());
                        out.insert("if".to_owned(), Json::Object(inner));
                    }
                }
                _ => {}
            }
            for key in ["then", "else"] {
                if let Some(branch) = map.get(key) {
                    let branch = node(branch, dialect, &format!("{path}.{key}"), each, found);
                    out.insert(key.to_owned(), branch);
                }
            }
            Json::Object(out)
        }
        other => other.clone(),
    }
}

fn own_dialect(node: &Json) -> Option<Dialect> {
    Dialect::deserialize(node.get("dialect")?).ok()
}

/// The tree without names of dialects, for one that is written in one.
pub(super) fn in_one_dialect(rule: &Json) -> Json {
    match rule {
        Json::Object(map) => match map.get("if") {
            Some(Json::Object(test)) => {
                let test = test.get("expr").cloned().unwrap_or_default();
                let mut map = map.clone();
                map.insert("if".to_owned(), test);
                in_one_dialect(&Json::Object(map))
            }
            _ => {
                let kept = map.iter().filter(|(key, _)| *key != "dialect");
                Json::Object(
                    kept.map(|(key, value)| (key.clone(), in_one_dialect(value)))
                        .collect(),
                )
            }
        },
        other => other.clone(),
    }
}

/// A tree of one dialect as one text of it.
pub(super) fn to_text(rule: &Json, dialect: Dialect) -> String {
    match dialect {
        Dialect::Csharp => {
            let mut out = String::new();
            csharp_node(rule, 0, &mut out);
            out.trim_end().to_owned()
        }
        Dialect::Entra => entra_node(rule),
    }
}

fn leaf(node: &Json) -> Option<&str> {
    node.as_str()
        .or_else(|| node.get("expr").and_then(Json::as_str))
}

fn csharp_node(node: &Json, indent: usize, out: &mut String) {
    let blank = "    ".repeat(indent);
    if let Some(text) = leaf(node) {
        let (program, _) = syntax::parse(text, Dialect::Csharp);
        let text = text.trim();
        match program {
            Program::Expr(_) => {
                let text = text.trim_end_matches(';').trim_end();
                // A comment up to the end of its line would swallow the semicolon.
                let end = if text.contains("//") { "\n" } else { "" };
                out.push_str(&format!("{blank}return {text}{end};\n"));
            }
            Program::Block(..) => out.push_str(&format!("{blank}{text}\n")),
        }
        return;
    }
    let test = node.get("if").and_then(leaf).unwrap_or_default();
    out.push_str(&format!("{blank}if ({test}) {{\n"));
    csharp_node(node.get("then").unwrap_or(&Json::Null), indent + 1, out);
    out.push_str(&format!("{blank}}} else {{\n"));
    csharp_node(
        node.get("else").unwrap_or(&json!("ignore")),
        indent + 1,
        out,
    );
    out.push_str(&format!("{blank}}}\n"));
}

fn entra_node(node: &Json) -> String {
    if let Some(text) = leaf(node) {
        return text.trim().to_owned();
    }
    let test = node.get("if").and_then(leaf).unwrap_or_default();
    let then = entra_node(node.get("then").unwrap_or(&Json::Null));
    let other = node
        .get("else")
        .map_or("IgnoreThisFlow".to_owned(), entra_node);
    format!("IIF({}, {then}, {other})", test.trim())
}

/// One text as a tree: its conditions become nodes, what it returns leaves.
pub(super) fn of_text(source: &str, dialect: Dialect) -> Result<Json, Refusal> {
    if let Some(comment) = syntax::comments(source, dialect).first() {
        let message = "a tree would lose this comment; remove it, or keep the text";
        return Err(Refusal::new(codes::LOSES_TEXT, *comment, message));
    }
    let (program, _) = syntax::parse(source, dialect);
    let tree = Tree { source, dialect };
    match &program {
        Program::Expr(expr) => tree.expr(expr),
        Program::Block(statements, end) => tree.statements(statements, *end),
    }
}

struct Tree<'a> {
    source: &'a str,
    dialect: Dialect,
}

impl Tree<'_> {
    fn text(&self, expr: &Expr) -> Result<String, Refusal> {
        match self.dialect {
            Dialect::Csharp => self.csharp().expr(expr),
            Dialect::Entra => Entra {
                source: Some(self.source),
                foreign: None,
                all_parentheses: false,
            }
            .expr(expr),
        }
    }

    fn csharp(&self) -> Csharp<'_> {
        Csharp {
            source: Some(self.source),
            foreign: None,
            variables: &[],
            all_parentheses: false,
        }
    }

    /// A choice of `IIF` or of `?:` is a node, unless it names a value.
    fn expr(&self, expr: &Expr) -> Result<Json, Refusal> {
        match &expr.kind {
            Node::Ternary {
                condition,
                then,
                other,
            } if super::entra::named(condition).is_none() => {
                let (then, other) = (self.expr(then)?, self.expr(other)?);
                Ok(node_of(self.text(condition)?, then, other))
            }
            _ => Ok(json!({ "expr": self.text(expr)? })),
        }
    }

    fn statements(&self, statements: &[Stmt], end: Span) -> Result<Json, Refusal> {
        match statements {
            [Stmt::Return { value, .. }, ..] => Ok(json!({ "expr": self.text(value)? })),
            [
                Stmt::If {
                    condition,
                    then,
                    other,
                },
                rest @ ..,
            ] => {
                let then = self.statements(&[&then[..], rest].concat(), end)?;
                let other = self.statements(&[&other[..], rest].concat(), end)?;
                Ok(node_of(self.text(condition)?, then, other))
            }
            [] => {
                let message = "not every path ends with `return`";
                Err(Refusal::new(codes::NO_RETURN, end, message))
            }
            _ => {
                let text = self.csharp().statements(statements, 0)?;
                Ok(json!({ "expr": text.trim_end() }))
            }
        }
    }
}

fn node_of(test: String, then: Json, other: Json) -> Json {
    let is_ignored = |leaf: &str| other == json!({ "expr": leaf });
    match is_ignored("ignore") || is_ignored("IgnoreThisFlow") {
        true => json!({ "if": test, "then": then }),
        false => json!({ "if": test, "then": then, "else": other }),
    }
}
