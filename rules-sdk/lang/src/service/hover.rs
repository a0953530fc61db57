//! Hover: what the name at a place is.
//!
//! Invariants: only names have one; what is told of an attribute is its type and what is known of its values.

use serde::Serialize;
use syncline_model::rules::{ErrorKind, Span};

use super::complete::Kind;
use super::helpers;
use super::members::{self, Form, Known};
use super::place::{Receiver, Spot, find, receiver, spot};
use super::tables;
use super::text::Around;
use super::words;
use super::{At, Knowledge, units};
use crate::check::look;
use crate::syntax::Tok;
use crate::syntax::ast::{Expr, Node};
use crate::types::Ty;

/// What a name is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Hover {
    /// Where the name stands.
    pub span: Span,
    /// The name.
    pub name: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The type of the value here.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub ty: String,
    /// What it does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// How it is called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<String>,
    /// What it may fail with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorKind>,
    /// How to avoid that.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub advice: String,
    /// An expression with it, and what it gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<(String, String)>,
    /// The share of objects that have a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<f64>,
    /// A few values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
}

/// What the name at a place is.
pub fn hover(knowledge: &Knowledge, at: At<'_>) -> Option<Hover> {
    let around = Around::new(at.text, at.dialect, at.at);
    if let Some((mut hover, bounds)) = tables::hover(knowledge, &around) {
        hover.span = units(at.text, bounds);
        return Some(hover);
    }
    let place = around.at as u32;
    let touches = |span: &Span| span.from <= place && place <= span.to;
    let is_name = |tok: &Tok| {
        matches!(
            tok,
            Tok::Ident { .. } | Tok::Attribute(_) | Tok::Parameter(_)
        )
    };
    let token = (around.tokens.iter()).find(|t| is_name(&t.tok) && touches(&t.span))?;
    let (from, to) = (token.span.from as usize, token.span.to as usize);
    let mut hover = match &token.tok {
        Tok::Attribute(name) => attribute(knowledge, name),
        Tok::Parameter(name) => parameter(knowledge, name),
        Tok::Ident { text, .. } => named(knowledge, &around, (text, token.span)),
        _ => None,
    }?;
    hover.span = units(at.text, (from, to));
    Some(hover)
}

fn named(knowledge: &Knowledge, around: &Around<'_>, (name, span): (&str, Span)) -> Option<Hover> {
    let word = (span.from as usize, span.to as usize);
    let count = around.before(word.0);
    let before = count.checked_sub(1);
    let called = around.punct(count + 1) == Some("(");
    if before.is_some_and(|last| matches!(around.punct(last), Some("." | "?."))) {
        return member(knowledge, around, (name, word));
    }
    if before.is_some_and(|last| around.ident(last) == Some("new")) {
        return members::made(name)
            .map(|known| library(&known, Kind::Type))
            .or_else(|| keyword(name, words::MADE, Kind::Type));
    }
    if called {
        if let Some(found) = helpers::hover(knowledge, name) {
            return Some(found);
        }
        let functions = members::functions(around.dialect);
        if let Some(known) = functions.iter().find(|known| known.name == name) {
            return Some(typed(
                library(known, Kind::Function),
                knowledge,
                around,
                span,
            ));
        }
    }
    let inside = Around {
        at: word.0,
        tokens: around.tokens.clone(),
        ..*around
    };
    let variables = match spot(knowledge, &inside).0 {
        Spot::Value { variables, .. } => variables,
        _ => Vec::new(),
    };
    if let Some((_, ty)) = variables.iter().find(|(known, _)| known == name) {
        let mut found = described(name, Kind::Variable, "A name for a value.");
        found.ty = ty.to_string();
        return Some(found);
    }
    attribute(knowledge, name)
        .or_else(|| {
            crate::stdlib::type_name(name).and_then(|_| keyword(name, words::TYPES, Kind::Type))
        })
        .or_else(|| {
            let all = [
                words::VALUES,
                words::STATEMENTS,
                words::OPERATORS,
                words::PATTERNS,
                words::LITERALS,
            ];
            all.into_iter()
                .find_map(|words| keyword(name, words, Kind::Keyword))
        })
}

fn described(name: &str, kind: Kind, doc: &str) -> Hover {
    Hover {
        name: name.to_owned(),
        kind: Some(kind),
        doc: doc.to_owned(),
        ..Hover::default()
    }
}

fn keyword(name: &str, words: &[words::Word], kind: Kind) -> Option<Hover> {
    let (_, doc) = words.iter().find(|(word, _)| *word == name)?;
    Some(described(name, kind, doc))
}

fn attribute(knowledge: &Knowledge, name: &str) -> Option<Hover> {
    let attr = knowledge.env.source.get(name)?;
    let mut hover = described(name, Kind::Attribute, "An attribute of the object.");
    hover.ty = Ty::of_attr(*attr).to_string();
    if let Some(known) = knowledge.statistics.get(name) {
        hover.fill = known.fill;
        hover.samples.clone_from(&known.samples);
    }
    Some(hover)
}

fn parameter(knowledge: &Knowledge, name: &str) -> Option<Hover> {
    let attr = knowledge.env.parameters.get(name)?;
    let mut hover = described(name, Kind::Parameter, "A parameter of the profile.");
    hover.ty = Ty::of_attr(*attr).to_string();
    Some(hover)
}

fn member(
    knowledge: &Knowledge,
    around: &Around<'_>,
    (name, word): (&str, (usize, usize)),
) -> Option<Hover> {
    let all = match receiver(knowledge, around, word)? {
        Receiver::Target => {
            let attr = knowledge.env.target_image.get(name)?;
            let mut hover = described(
                name,
                Kind::Attribute,
                "An attribute of the linked target object.",
            );
            hover.ty = Ty::of_attr(*attr).with_null(true).to_string();
            return Some(hover);
        }
        Receiver::Value(ty) => members::of_value(&ty),
        Receiver::Static(owner) => members::of_type(owner),
    };
    let known = all.iter().find(|known| known.name == name)?;
    let kind = match known.form {
        Form::Property => Kind::Property,
        Form::Constant => Kind::Constant,
        Form::Method | Form::Function => Kind::Method,
    };
    let span = Span {
        from: word.0 as u32,
        to: word.1 as u32,
    };
    Some(typed(library(known, kind), knowledge, around, span))
}

fn library(known: &Known, kind: Kind) -> Hover {
    let mut hover = described(known.name, kind, known.doc);
    hover.ty = known.gives().to_owned();
    hover.signatures.clone_from(&known.signatures);
    hover.errors.clone_from(&known.errors);
    hover.advice = known.advice.to_owned();
    let example = known.entry.and_then(|entry| {
        let about = |e: &&crate::stdlib::Example| e.expr.contains(known.name);
        entry.examples.iter().find(about)
    });
    hover.example = example.map(|e| (e.expr.to_owned(), e.result.to_owned()));
    hover
}

/// With the type that the checker gives to this call or member, if it can.
fn typed(mut hover: Hover, knowledge: &Knowledge, around: &Around<'_>, name: Span) -> Hover {
    if around.torn.is_some() {
        return hover;
    }
    let (program, sight) = look(&knowledge.env, (around.source, around.dialect), name.to);
    let names = |expr: &Expr| match &expr.kind {
        Node::Member { name: member, .. } => member.span == name,
        Node::Name(_) => expr.span == name,
        _ => false,
    };
    let is_it = |expr: &Expr| match &expr.kind {
        Node::Call { callee, .. } => names(callee),
        _ => names(expr),
    };
    let ty = find(&program, &is_it).and_then(|expr| sight.types.get(&expr.span));
    if let Some(ty) = ty.filter(|ty| !ty.is_unknown()) {
        hover.ty = ty.to_string();
    }
    hover
}
