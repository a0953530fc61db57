//! Where in a text a place is: after a dot, where a value begins, where a statement begins, and so on; and what is known
//! there.
//!
//! Invariants: a text that is broken around the place is repaired by guesses, from the mildest on; what cannot be told is
//! `Nothing`, never something wrong.

use syncline_model::rules::Dialect;

use super::Knowledge;
use super::text::{Around, Inside};
use super::words;
use crate::check::{Sight, look};
use crate::syntax::Tok;
use crate::syntax::ast::{Expr, Node, Pattern, Program, Stmt};
use crate::syntax::walk::{Part, parts, pattern_parts};
use crate::types::Ty;

/// Stands for the word that is being typed; in `entra` only variables are names.
fn here(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Csharp => "__here",
        Dialect::Entra => "$__here",
    }
}

/// What the members after a dot belong to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Receiver {
    /// A value.
    Value(Ty),
    /// A type.
    Static(&'static str),
    /// `Target`
    Target,
}

/// What can stand at a place.
#[derive(Debug)]
pub(super) enum Spot {
    Nothing,
    Attribute,
    Parameter,
    Member(Receiver),
    /// A value, with the variables that it can name; `first` where a statement could begin as well.
    Value {
        variables: Vec<(String, Ty)>,
        first: bool,
    },
    Statement,
    /// What follows a complete value.
    Operator,
    Pattern,
    /// After `new`.
    New,
    /// After `out`.
    Out,
}

/// The spot, and the bounds in bytes of what would be replaced.
pub(super) fn spot(knowledge: &Knowledge, around: &Around<'_>) -> (Spot, (usize, usize)) {
    match around.inside() {
        Inside::Opaque => return (Spot::Nothing, (around.at, around.at)),
        Inside::Attribute(from, to) => return (Spot::Attribute, (from, to)),
        Inside::Parameter(from, to) => return (Spot::Parameter, (from, to)),
        Inside::Code => {}
    }
    let word = around.word();
    (spot_of_word(knowledge, around, word), word)
}

fn spot_of_word(knowledge: &Knowledge, around: &Around<'_>, word: (usize, usize)) -> Spot {
    let count = around.before(word.0);
    let value = |first| Spot::Value {
        variables: variables(knowledge, around, word),
        first,
    };
    let Some(last) = count.checked_sub(1) else {
        return value(around.dialect == Dialect::Csharp && around.torn.is_none());
    };
    let is_member = matches!(around.punct(last), Some("." | "?."));
    if is_member {
        return receiver(knowledge, around, word).map_or(Spot::Nothing, Spot::Member);
    }
    if ends_value(around, last) {
        return match (around.dialect, declares(around, last)) {
            (Dialect::Csharp, false) => Spot::Operator,
            _ => Spot::Nothing,
        };
    }
    if around.dialect == Dialect::Entra {
        return value(false);
    }
    match around.ident(last) {
        Some("new") => return Spot::New,
        Some("is" | "as" | "not" | "and" | "or") => return Spot::Pattern,
        Some("out") => return Spot::Out,
        Some("var") => return Spot::Nothing,
        Some("else") => return Spot::Statement,
        _ => {}
    }
    let switch = around.opener(count).filter(|open| in_switch(around, *open));
    match around.punct(last) {
        Some("{") if switch == Some(last) => Spot::Pattern,
        Some(",") if switch.is_some() => Spot::Pattern,
        Some("{") if last == 0 || matches!(around.punct(last - 1), Some(")" | ";" | "{" | "}")) => {
            Spot::Statement
        }
        Some("{") if around.ident(last - 1) == Some("else") => Spot::Statement,
        Some(";" | "}") => Spot::Statement,
        Some(")") => Spot::Statement,
        Some("%") if last == 0 || !ends_value(around, last - 1) => Spot::Parameter,
        _ => value(false),
    }
}

/// Is a value complete with this token, so that an operator must follow?
fn ends_value(around: &Around<'_>, index: usize) -> bool {
    match &around.tokens[index].tok {
        Tok::Ident { text, escaped } => *escaped || !words::goes_on(text),
        Tok::Punct(")") => !closes_test(around, index),
        Tok::Punct("]") => true,
        Tok::Punct("}") => {
            let open = around.opener(index);
            open.is_some_and(|open| in_switch(around, open) || makes_list(around, open))
        }
        Tok::Punct(_) | Tok::Bad | Tok::End => false,
        _ => true,
    }
}

/// The parenthesis of `if (…)`.
fn closes_test(around: &Around<'_>, index: usize) -> bool {
    let open = around.opener(index).and_then(|open| open.checked_sub(1));
    around.dialect == Dialect::Csharp
        && open.is_some_and(|before| around.ident(before) == Some("if"))
}

fn in_switch(around: &Around<'_>, open: usize) -> bool {
    around.punct(open) == Some("{")
        && open
            .checked_sub(1)
            .is_some_and(|at| around.ident(at) == Some("switch"))
}

/// `new[] { … }`, `new List<string> { … }`
fn makes_list(around: &Around<'_>, open: usize) -> bool {
    open.checked_sub(1)
        .is_some_and(|at| matches!(around.punct(at), Some("]" | ">")))
}

/// Does a name follow that is only being declared (`string x`)?
fn declares(around: &Around<'_>, last: usize) -> bool {
    let ty = around.ident(last).is_some_and(words::is_predefined);
    let begins = last.checked_sub(1).is_none_or(|before| {
        matches!(around.punct(before), Some(";" | "{" | "}" | ")"))
            || around.ident(before) == Some("out")
    });
    ty && begins
}

/// The variables that a value at this word could name.
fn variables(
    knowledge: &Knowledge,
    around: &Around<'_>,
    word: (usize, usize),
) -> Vec<(String, Ty)> {
    for (text, at) in repairs(around, word) {
        let (program, sight) = look(&knowledge.env, (&text, around.dialect), at);
        if found(&program, around.dialect).is_some()
            && let Some(variables) = sight.variables
        {
            let mut seen: Vec<(String, Ty)> = Vec::new();
            for (name, ty) in variables.into_iter().rev() {
                if !seen.iter().any(|(known, _)| *known == name) {
                    seen.push((name, ty));
                }
            }
            return seen;
        }
    }
    Vec::new()
}

/// What stands before the dot before this word.
pub(super) fn receiver(
    knowledge: &Knowledge,
    around: &Around<'_>,
    word: (usize, usize),
) -> Option<Receiver> {
    let mut texts = repairs(around, word);
    texts.extend(chain(around, word));
    texts.into_iter().find_map(|(text, at)| {
        let (program, sight) = look(&knowledge.env, (&text, around.dialect), at);
        let member = found(&program, around.dialect)?;
        let Node::Member { receiver, name } = &member.kind else {
            return None;
        };
        if let Some(owner) = sight.owners.get(&name.span) {
            return Some(Receiver::Static(owner));
        }
        known(&sight, receiver)
    })
}

fn known(sight: &Sight, receiver: &Expr) -> Option<Receiver> {
    match sight.types.get(&receiver.span) {
        Some(ty) if !ty.is_unknown() => Some(Receiver::Value(ty.clone())),
        None if matches!(&receiver.kind, Node::Name(name) if name == "Target") => {
            Some(Receiver::Target)
        }
        _ => None,
    }
}

/// Texts with [`here`] in place of the word, with its place: the whole; what stands before; the same as a returned value.
fn repairs(around: &Around<'_>, (from, to): (usize, usize)) -> Vec<(String, u32)> {
    let here = here(around.dialect);
    let (before, after) = (&around.source[..from], &around.source[to..]);
    if let Some(torn) = around.torn {
        return vec![(format!("{}{here}", &before[torn..]), (from - torn) as u32)];
    }
    let mut out = vec![
        (format!("{before}{here}{after}"), from as u32),
        (format!("{before}{here}"), from as u32),
    ];
    let ends = |index: &usize| matches!(around.punct(*index), Some(";" | "{" | "}"));
    if let Some(last) = (0..around.before(from)).rev().find(ends) {
        let cut = around.tokens[last].span.to as usize;
        let text = format!("{} return {}{here}", &before[..cut], &before[cut..]);
        out.push((text, from as u32 + 8));
    }
    out
}

/// The chain of members before the word, alone.
fn chain(around: &Around<'_>, (from, _): (usize, usize)) -> Option<(String, u32)> {
    let mut index = around.before(from).checked_sub(1)?;
    loop {
        // At a dot: the operand before it, then another dot or the end.
        index = index.checked_sub(1)?;
        loop {
            let called = match around.tokens[index].tok {
                Tok::Punct(")" | "]") => {
                    index = around.opener(index)?;
                    true
                }
                Tok::Punct("!") => {
                    index = index.checked_sub(1)?;
                    continue;
                }
                _ => false,
            };
            let more = index.checked_sub(1).filter(|before| {
                called
                    && match &around.tokens[*before].tok {
                        Tok::Ident { text, .. } => !words::goes_on(text),
                        Tok::Punct(punct) => matches!(*punct, ")" | "]"),
                        _ => false,
                    }
            });
            match more {
                Some(before) => index = before,
                None => break,
            }
        }
        match index.checked_sub(1) {
            Some(before) if matches!(around.punct(before), Some("." | "?.")) => index = before,
            _ => break,
        }
    }
    let start = around.tokens[index].span.from as usize;
    let here = here(around.dialect);
    let text = format!("{}{here}", &around.source[start..from]);
    Some((text, (from - start) as u32))
}

/// The node that is, or names, [`here`].
fn found(program: &Program, dialect: Dialect) -> Option<&Expr> {
    let here = here(dialect);
    find(program, &|expr| match &expr.kind {
        Node::Name(name) => name == here,
        Node::Member { name, .. } => name.text == here,
        _ => false,
    })
}

/// The first expression of a program, in the order of the text, that is it.
pub(super) fn find<'a>(program: &'a Program, is: &dyn Fn(&Expr) -> bool) -> Option<&'a Expr> {
    match program {
        Program::Expr(expr) => in_expr(expr, is),
        Program::Block(statements, _) => in_block(statements, is),
    }
}

fn in_block<'a>(statements: &'a [Stmt], is: &dyn Fn(&Expr) -> bool) -> Option<&'a Expr> {
    statements.iter().find_map(|statement| match statement {
        Stmt::Var { value, .. } | Stmt::Return { value, .. } => in_expr(value, is),
        Stmt::If {
            condition,
            then,
            other,
        } => in_expr(condition, is)
            .or_else(|| in_block(then, is))
            .or_else(|| in_block(other, is)),
        Stmt::Throw { args, .. } => args.iter().find_map(|arg| in_expr(arg, is)),
    })
}

fn in_expr<'a>(expr: &'a Expr, is: &dyn Fn(&Expr) -> bool) -> Option<&'a Expr> {
    if is(expr) {
        return Some(expr);
    }
    parts(expr).into_iter().find_map(|part| in_part(part, is))
}

fn in_part<'a>(part: Part<'a>, is: &dyn Fn(&Expr) -> bool) -> Option<&'a Expr> {
    match part {
        Part::Expr(expr) => in_expr(expr, is),
        Part::Pattern(pattern) => in_pattern(pattern, is),
        Part::Declared(_) => None,
    }
}

fn in_pattern<'a>(pattern: &'a Pattern, is: &dyn Fn(&Expr) -> bool) -> Option<&'a Expr> {
    pattern_parts(pattern)
        .into_iter()
        .find_map(|part| in_part(part, is))
}
