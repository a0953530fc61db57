//! The language service: what an editor asks about a text while somebody types it.
//!
//! Invariants: pure functions of text, schema and place: no clock, no files, no threads, so that the editor can carry it
//! into the browser; any text is answered, broken or not; places are UTF-16 offsets, as everywhere outside this crate.

mod builtin;
mod call;
mod complete;
mod format;
mod helpers;
mod hover;
pub mod json;

mod members;
mod place;
mod rank;
mod rename;
mod tables;
mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};
use syncline_model::rules::{AttrType, Dialect, RuleType, Span};

use crate::check::Env;
use crate::diag::Diagnostic;
use crate::part;
use crate::request::{ExprSource, Schema};
use crate::resources::{Prepared, Resources};

pub use call::{Signature, SignatureHelp, signature};
pub use complete::{Completion, Item, Kind, complete};
pub use format::{Formatted, format};
pub use hover::{Hover, hover};
pub use rename::{Edit, Renaming, Side, Source, rename};
pub use tables::table_doc;

/// What is known about the values of one attribute.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// The share of objects that have a value, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<f64>,
    /// A few values, as text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
}

/// What an expression may refer to, with what is known of it.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    env: Env,
    statistics: BTreeMap<String, Statistics>,
}

impl Knowledge {
    /// Attributes of the object, and what is known of their values.
    pub fn new(schema: Schema, statistics: BTreeMap<String, Statistics>) -> Self {
        let env = Env {
            source: schema,
            ..Env::default()
        };
        Self { env, statistics }
    }

    /// With the attributes readable as `Target.x`.
    pub fn target(mut self, schema: Schema) -> Self {
        self.env.target_image = schema;
        self
    }

    /// With parameters, readable as `%Name%`.
    pub fn parameters(mut self, parameters: &BTreeMap<String, RuleType>) -> Self {
        let typed = parameters.iter();
        self.env.parameters = typed
            .map(|(name, ty)| (name.clone(), AttrType::required(*ty)))
            .collect();
        self
    }

    /// With what a tenant brings along.
    pub fn resources(mut self, resources: &Resources) -> Self {
        self.env.resources = Arc::new(Prepared::of(resources));
        for name in self.env.resources.parameters() {
            let text = AttrType::required(RuleType::String);
            self.env.parameters.insert(name.to_owned(), text);
        }
        self
    }

    /// References to other objects cannot be read, as in the parts of a profile.
    pub fn without_references(mut self, without: bool) -> Self {
        self.env.without_references = without;
        self
    }

    /// Can an expression read it?
    fn readable(&self, attr: AttrType) -> bool {
        !(self.env.without_references && attr.ty == RuleType::Reference)
    }
}

/// A text and the place in it that is asked about.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The text.
    pub text: &'a str,
    /// What it is written in.
    pub dialect: Dialect,
    /// The place, in UTF-16 code units.
    pub at: u32,
}

/// Is it a word of the language, a type or a function, so that nothing else can have the name?
pub(crate) fn is_taken(name: &str) -> bool {
    static FUNCTIONS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
        let all = members::functions(Dialect::Entra).into_iter();
        all.map(|known| known.name).collect()
    });
    FUNCTIONS.contains(name) || crate::stdlib::is_type(name) || words::is_word(name)
}

/// Everything that is wrong or risky in an expression or rule tree.
pub fn diagnostics(knowledge: &Knowledge, source: &ExprSource) -> Vec<Diagnostic> {
    part::check_expression(&knowledge.env, source).diagnostics
}

/// A span of bytes of a text in code units.
fn units(text: &str, (from, to): (usize, usize)) -> Span {
    let span = Span {
        from: from as u32,
        to: to as u32,
    };
    crate::diag::Units::new(text).of(span)
}

#[cfg(test)]
mod tests;
