//! Blocks of statements.

use std::fmt::Write as _;

use super::kind::Kind;
use super::tape::Tape;
use super::texts::{maybe, text};
use super::truths::truth;
use super::{expr, small};

/// Types of variables, and what becomes a text of each.
const VARIABLES: &[(Kind, &str)] = &[
    (Kind::Text, ""),
    (Kind::Int, ".ToString()"),
    (Kind::Texts, ".FirstOrDefault()"),
    (Kind::Double, ".ToString(\"R\")"),
    (Kind::Date, ".ToString(\"o\")"),
    (Kind::Decimal, ".ToString()"),
    (Kind::Bool, ".ToString()"),
    (Kind::Long, ".ToString()"),
    (Kind::Maybe, ""),
];

/// A block that gives a text, or nothing, or fails.
pub fn block(t: &mut Tape<'_>) -> String {
    let mut out = String::new();
    let mut names: Vec<(String, &str)> = Vec::new();
    for _ in 0..=t.next(2) {
        let (kind, spoken) = VARIABLES[usize::from(t.next(VARIABLES.len() as u8))];
        let value = expr(t, kind);
        // Not every tape gives `x1` a fresh number, so that names stay short.
        let name = format!("x{}", names.len() + 1);
        let _ = write!(out, "var {name} = {value}; ");
        names.push((name, spoken));
    }
    for (name, spoken) in &names {
        match t.next(6) {
            0 => {
                let _ = write!(out, "if ({}) return {name}{spoken}; ", truth(t));
            }
            1 => {
                let _ = write!(out, "if ({}) {{ return ignore; }} ", truth(t));
            }
            2 => {
                let (test, message) = (truth(t), text(t));
                let _ = write!(
                    out,
                    "if ({}) {{ return authoritativeNull; }} else if ({test}) {{ throw new Exception({message}); }} ",
                    truth(t)
                );
            }
            3 => {
                let (first, second) = (truth(t), truth(t));
                let _ = write!(
                    out,
                    "if ({first}) {{ var y{name} = {}; if ({second}) return y{name}; }} else {{ return {name}{spoken}; }} ",
                    text(t)
                );
            }
            4 => {
                let _ = write!(out, "if (s.Length > {}) return null; ", small(t));
            }
            _ => {}
        }
    }
    match t.next(4) {
        0 => {
            let (name, spoken) = &names[0];
            let _ = write!(out, "return {name}{spoken};");
        }
        1 => {
            let _ = write!(out, "throw new InvalidOperationException({});", text(t));
        }
        _ => {
            let _ = write!(out, "return {};", maybe(t));
        }
    }
    match t.next(2) {
        0 => out,
        _ => format!("{{ {out} }}"),
    }
}
