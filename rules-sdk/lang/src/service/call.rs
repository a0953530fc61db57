//! Signature help: how the function around a place is called, and which of its arguments the place is in.
//!
//! Invariants: the innermost call whose parentheses are open at the place; parameters are places in the label.

use serde::Serialize;
use syncline_model::rules::Span;

use super::helpers;
use super::members::{self, Known};
use super::place::{Receiver, receiver};
use super::text::Around;
use super::words;
use super::{At, Knowledge};
use crate::resources::Helper;

/// How a function is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// As people write it.
    pub label: String,
    /// Where its parameters stand in the label.
    pub parameters: Vec<Span>,
}

/// The call around a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureHelp {
    /// One for each form.
    pub signatures: Vec<Signature>,
    /// The form that fits the number of arguments so far.
    pub active: u32,
    /// The argument that the place is in, from 0 on.
    pub parameter: u32,
    /// What the function does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub doc: String,
}

/// The call around a place.
pub fn signature(knowledge: &Knowledge, at: At<'_>) -> Option<SignatureHelp> {
    let around = Around::new(at.text, at.dialect, at.at);
    let mut count = around.before(around.at);
    let mut inner = count;
    while let Some(open) = around.opener(count) {
        let name = open.checked_sub(1).and_then(|at| around.ident(at));
        // What is not known ends the search as well: the calls around it are not what is being typed.
        if around.punct(open) == Some("(") && name.is_some_and(|name| !words::goes_on(name)) {
            let parameter = commas(&around, open + 1, inner);
            if let Some(helper) = own(knowledge, &around, open) {
                let labels = [helper.signature()];
                return Some(help(&labels, &helpers::doc(helper), parameter));
            }
            let known = callee(knowledge, &around, open)?;
            return Some(help(&known.signatures, known.doc, parameter));
        }
        (count, inner) = (open, open);
    }
    None
}

/// The named expression whose arguments begin at this parenthesis.
fn own<'k>(knowledge: &'k Knowledge, around: &Around<'_>, open: usize) -> Option<&'k Helper> {
    let at = open.checked_sub(1)?;
    let before = at.checked_sub(1).and_then(|before| around.punct(before));
    match before {
        Some("." | "?.") => None,
        _ => Some(&**knowledge.env.resources.expression(around.ident(at)?)?),
    }
}

/// The function whose arguments begin at this parenthesis.
fn callee(knowledge: &Knowledge, around: &Around<'_>, open: usize) -> Option<Known> {
    let at = open.checked_sub(1)?;
    let name = around.ident(at)?;
    let span = around.tokens[at].span;
    let before = at.checked_sub(1);
    let all = match before.map(|before| (around.punct(before), around.ident(before))) {
        Some((Some("." | "?."), _)) => {
            match receiver(knowledge, around, (span.from as usize, span.to as usize))? {
                Receiver::Value(ty) => members::of_value(&ty),
                Receiver::Static(owner) => members::of_type(owner),
                Receiver::Target => return None,
            }
        }
        Some((_, Some("new"))) => return members::made(name),
        _ => members::functions(around.dialect),
    };
    all.into_iter().find(|known| known.name == name)
}

/// The commas between the arguments of one call.
fn commas(around: &Around<'_>, from: usize, to: usize) -> u32 {
    let (mut depth, mut commas) = (0_i32, 0);
    for index in from..to {
        match around.punct(index) {
            Some("(" | "[" | "{") => depth += 1,
            Some(")" | "]" | "}") => depth -= 1,
            Some(",") if depth == 0 => commas += 1,
            _ => {}
        }
    }
    commas
}

fn help(labels: &[String], doc: &str, parameter: u32) -> SignatureHelp {
    let signatures: Vec<Signature> = labels.iter().map(|label| understood(label)).collect();
    let fits = |signature: &Signature| {
        let last = signature.parameters.last();
        let open = last
            .is_some_and(|_| signature.label.contains('…') || signature.label.contains("params "));
        open || signature.parameters.len() as u32 > parameter
    };
    let active = signatures.iter().position(fits).unwrap_or(0);
    SignatureHelp {
        signatures,
        active: active as u32,
        parameter,
        doc: doc.to_owned(),
    }
}

/// A signature with the places of its parameters, in code units.
fn understood(label: &str) -> Signature {
    let mut parameters = Vec::new();
    let (mut depth, mut units, mut from) = (0_u32, 0_u32, 0_u32);
    for c in label.chars() {
        let ends = depth == 1 && matches!(c, ',' | ')');
        if ends && units > from {
            parameters.push(Span { from, to: units });
        }
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => break,
            ')' => depth -= 1,
            _ => {}
        }
        units += c.len_utf16() as u32;
        if depth == 1 && c == '(' || ends {
            // A blank follows each comma.
            from = units + u32::from(c == ',');
        }
    }
    Signature {
        label: label.to_owned(),
        parameters,
    }
}
