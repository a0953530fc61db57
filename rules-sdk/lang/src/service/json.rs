//! The language service as JSON: one question, one answer.
//!
//! Invariants: a question holds everything its answer depends on; what cannot be read is answered with `error`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use syncline_model::rules::{Dialect, RuleType};

use super::rename::{Renaming, Source};
use super::{At, Completion, Formatted, Hover, Knowledge, Side, SignatureHelp, Statistics};
use crate::diag::Diagnostic;
use crate::request::{ExprSource, Schema};
use crate::resources::Resources;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// What is wrong or risky.
    Diagnostics,
    /// What can stand at the place.
    Complete,
    /// What the name at the place is.
    Hover,
    /// How the function around the place is called.
    Signature,
    /// The whole text or tree in its canonical form.
    Format,
    /// Another name for an attribute in all `sources`.
    Rename,
}

/// One question.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Question {
    /// Comes back in the answer.
    #[serde(default)]
    pub id: Json,
    /// What is asked.
    pub ask: Ask,
    /// The expression, or the leaf of a rule tree.
    #[serde(default)]
    pub text: String,
    /// A rule tree in place of a text.
    #[serde(default)]
    pub rule: Option<Json>,
    /// Which text of the tree the place is in: `rule.then.expr`, as diagnostics name it.
    #[serde(default)]
    pub leaf: String,
    /// What it is written in.
    #[serde(default)]
    pub dialect: Dialect,
    /// The place, in UTF-16 code units.
    #[serde(default)]
    pub at: u32,
    /// The attributes of the object.
    #[serde(default)]
    pub schema: Schema,
    /// The attributes readable as `Target.x`.
    #[serde(default)]
    pub target: Schema,
    /// Parameters.
    #[serde(default)]
    pub parameters: BTreeMap<String, RuleType>,
    /// What the expression may use of the tenant's.
    #[serde(default, skip_serializing_if = "Resources::is_empty")]
    pub resources: Resources,
    /// What is known of the values of attributes.
    #[serde(default)]
    pub statistics: BTreeMap<String, Statistics>,
    /// References to other objects cannot be read.
    #[serde(default)]
    pub without_references: bool,
    /// The expressions of a profile.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// The attribute to be renamed.
    #[serde(default)]
    pub from: String,
    /// Its new name.
    #[serde(default)]
    pub to: String,
    /// Whose attribute it is.
    #[serde(default)]
    pub side: Side,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// Everything found, errors first.
    Diagnostics(Vec<Diagnostic>),
    /// The items.
    Complete(Completion),
    /// None where there is no name, or one that nothing is known of.
    Hover(Option<Hover>),
    /// None outside of calls.
    Signature(Option<SignatureHelp>),
    /// None where it stays as it is: it has mistakes, or comments that have no place in the canonical text.
    Format(Option<Formatted>),
    /// The edits.
    Rename(Renaming),
}

impl Question {
    /// A question about a place in a text, of which nothing else is known yet.
    pub fn about(ask: Ask, text: String, dialect: Dialect, at: u32) -> Self {
        Self {
            id: Json::Null,
            ask,
            text,
            rule: None,
            leaf: String::new(),
            dialect,
            at,
            schema: Schema::new(),
            target: Schema::new(),
            parameters: BTreeMap::new(),
            resources: Resources::default(),
            statistics: BTreeMap::new(),
            without_references: true,
            sources: Vec::new(),
            from: String::new(),
            to: String::new(),
            side: Side::default(),
        }
    }

    /// The answer.
    ///
    /// # Errors
    ///
    /// When the question names a leaf that its tree does not have.
    pub fn answer(self) -> Result<Answer, String> {
        let knowledge = Knowledge::new(self.schema, self.statistics)
            .target(self.target)
            .parameters(&self.parameters)
            .resources(&self.resources)
            .without_references(self.without_references);
        match self.ask {
            Ask::Diagnostics => {
                let source = source(self.text, self.rule, self.dialect);
                return Ok(Answer::Diagnostics(super::diagnostics(&knowledge, &source)));
            }
            Ask::Format => {
                let source = source(self.text, self.rule, self.dialect);
                return Ok(Answer::Format(super::format(&source)));
            }
            Ask::Rename => {
                let renaming = super::rename(&self.sources, self.side, &self.from, &self.to);
                return Ok(Answer::Rename(renaming));
            }
            _ => {}
        }
        let (text, dialect) = match &self.rule {
            Some(rule) => leaf(rule, &self.leaf, self.dialect)
                .ok_or_else(|| format!("the rule has no text at `{}`", self.leaf))?,
            None => (self.text.as_str(), self.dialect),
        };
        let at = At {
            text,
            dialect,
            at: self.at,
        };
        Ok(match self.ask {
            Ask::Hover => Answer::Hover(super::hover(&knowledge, at)),
            Ask::Signature => Answer::Signature(super::signature(&knowledge, at)),
            _ => Answer::Complete(super::complete(&knowledge, at)),
        })
    }
}

/// What is asked about as a whole.
fn source(text: String, rule: Option<Json>, dialect: Dialect) -> ExprSource {
    match rule {
        Some(rule) => ExprSource::Rule { rule, dialect },
        None => ExprSource::Expr {
            expr: text,
            dialect,
        },
    }
}

/// The text of a rule tree at a path, and what it is written in.
fn leaf<'a>(rule: &'a Json, path: &str, outer: Dialect) -> Option<(&'a str, Dialect)> {
    let keys = path
        .split('.')
        .skip_while(|key| *key == "rule" || key.is_empty());
    let (mut node, mut dialect) = (rule, outer);
    for key in keys {
        dialect = dialect_of(node).unwrap_or(dialect);
        node = node.get(key)?;
    }
    dialect = dialect_of(node).unwrap_or(dialect);
    let text = node.as_str().or_else(|| node.get("expr")?.as_str())?;
    Some((text, dialect))
}

fn dialect_of(node: &Json) -> Option<Dialect> {
    Dialect::deserialize(node.get("dialect")?).ok()
}

/// The answer to one line.
pub fn line(line: &str) -> Json {
    let (id, answer) = match serde_json::from_str::<Question>(line) {
        Ok(question) => (question.id.clone(), question.answer()),
        Err(error) => (Json::Null, Err(format!("the line cannot be read: {error}"))),
    };
    let mut answer = match answer {
        Ok(answer) => serde_json::to_value(answer).unwrap_or_default(),
        Err(message) => serde_json::json!({ "error": message }),
    };
    if let Some(answer) = answer.as_object_mut().filter(|_| !id.is_null()) {
        answer.insert("id".to_owned(), id);
    }
    answer
}
