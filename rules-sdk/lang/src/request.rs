//! What the compile child is asked and what it answers: JSON on standard input, JSON on standard output.
//!
//! Invariants: a request holds everything a compile depends on, so equal requests give equal answers;
//! a response carries every diagnostic at once, and an artifact only for parts without errors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use syncline_model::rules::{AttrType, Dialect, OnError, RuleType};

use crate::cases::Case;
use crate::diag::Diagnostic;
use crate::resources::Resources;
use crate::service::json::Question;

/// A schema: attribute name to type.
pub type Schema = BTreeMap<String, AttrType>;

/// Parts to compile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompileRequest {
    /// The parts; each becomes one program.
    pub parts: Vec<PartSource>,
    /// What the parts may use of the tenant's.
    #[serde(default, skip_serializing_if = "Resources::is_empty")]
    pub resources: Resources,
    /// What may fail on some objects is an error, unless a default follows; otherwise it is a warning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// The ids of the parts that become programs, if not all do; the others are only checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programs_of: Option<Vec<String>>,
}

impl CompileRequest {
    /// Whether a part of this id is to become a program.
    pub fn wants(&self, id: &str) -> bool {
        let wanted = self.programs_of.as_ref();
        wanted.is_none_or(|ids| ids.iter().any(|wanted| wanted == id))
    }
}

/// A question of an editor, which the compile child answers in place of compiling.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LanguageRequest {
    /// The question.
    pub language: Question,
}

/// What kind of part it is; decides what messages call the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// Reads a source object, flows into the metaverse.
    Inbound,
    /// Reads a metaverse object, flows into a target.
    Outbound,
    /// Only match keys, over the other side of a match.
    Keys,
}

/// One part of a profile as source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartSource {
    /// The caller's name for it; comes back in the response.
    pub id: String,
    /// Its kind.
    pub kind: PartKind,
    /// The attributes that expressions may read.
    pub source: Schema,
    /// The attributes that flows may write. Empty = not checked.
    #[serde(default)]
    pub target: Schema,
    /// The attributes readable as `Target.x`.
    #[serde(default)]
    pub target_image: Schema,
    /// Parameters, readable as `%Name%`.
    #[serde(default)]
    pub parameters: BTreeMap<String, RuleType>,
    /// Which objects take part; none = all.
    #[serde(default)]
    pub scope: Option<ExprSource>,
    /// Match keys, flattened over the groups in the order of the profile.
    #[serde(default)]
    pub keys: Vec<ExprSource>,
    /// The distinguished name.
    #[serde(default)]
    pub dn: Option<ExprSource>,
    /// The flows.
    #[serde(default)]
    pub flows: Vec<FlowText>,
}

/// One expression: text, or a rule tree as the visual editor stores it.
///
/// In JSON `{"expr":"…"}`, `{"rule":{…}}`, or a bare string for a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ExprSource {
    /// A bare text.
    Text(String),
    /// `{"expr":"…","dialect":"entra"}`
    Expr {
        /// The text.
        expr: String,
        /// What it is written in.
        #[serde(default)]
        dialect: Dialect,
    },
    /// `{"rule":{"if":"…","then":{…},"else":{…}}}`
    Rule {
        /// The tree.
        rule: Json,
        /// What its conditions and leaves are written in that do not say it themselves.
        #[serde(default)]
        dialect: Dialect,
    },
}

/// One flow as source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowText {
    /// The attribute it writes.
    pub to: String,
    /// Copy this attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Compute this expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// Compute this rule tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Json>,
    /// What `expr` or `rule` is written in.
    #[serde(default)]
    pub dialect: Dialect,
    /// Computed where the expression or tree fails; in the dialect of the flow. Where it fails as well, `on_error` decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What an error does to the attribute.
    #[serde(default)]
    pub on_error: OnError,
    /// One of several values is picked by the caller: a list may flow to an attribute that holds one value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub picks: bool,
    /// What it must give for objects that somebody wrote down. They are no part of the program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
}

/// The answer to a [`CompileRequest`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompileResponse {
    /// One per part, in the order of the request.
    pub parts: Vec<PartResult>,
    /// What is wrong with the resources themselves; parts that use them have an error besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Diagnostic>,
}

impl CompileResponse {
    /// Neither a part nor a resource has an error.
    pub fn ok(&self) -> bool {
        let is_sound = !self.resources.iter().any(Diagnostic::is_error);
        is_sound && self.parts.iter().all(|part| part.artifact.is_some())
    }
}

/// What became of one part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartResult {
    /// The id of the request.
    pub id: String,
    /// The artifact for `syncline_sandbox::Program::load`; none when there is an error.
    #[serde(with = "base64_bytes", default)]
    pub artifact: Option<Vec<u8>>,
    /// SHA-256 (hexadecimal) of canonical IR and library version; empty when there is an error.
    pub meaning: String,
    /// Attributes that expressions or direct flows read.
    pub reads: Vec<String>,
    /// Attributes read through `Target.x`.
    pub reads_target: Vec<String>,
    /// Everything found, errors first.
    pub diagnostics: Vec<Diagnostic>,
}

mod base64_bytes {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, s: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => s.serialize_str(&STANDARD.encode(bytes)),
            None => s.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<u8>>, D::Error> {
        Option::<String>::deserialize(d)?
            .map(|text| STANDARD.decode(text).map_err(D::Error::custom))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_may_be_a_bare_text_or_an_object() {
        let bare: ExprSource = serde_json::from_str(r#""mail""#).unwrap();
        let object: ExprSource = serde_json::from_str(r#"{"expr":"mail"}"#).unwrap();
        let tree: ExprSource =
            serde_json::from_str(r#"{"rule":{"if":"a","then":{"expr":"b"}}}"#).unwrap();

        assert_eq!(bare, ExprSource::Text("mail".into()));
        assert_eq!(
            object,
            ExprSource::Expr {
                expr: "mail".into(),
                dialect: Dialect::Csharp,
            }
        );
        assert!(matches!(tree, ExprSource::Rule { .. }));
    }

    #[test]
    fn an_artifact_survives_json() {
        let part = PartResult {
            id: "p".into(),
            artifact: Some(vec![0, 255, 7]),
            meaning: "00".into(),
            reads: vec![],
            reads_target: vec![],
            diagnostics: vec![],
        };

        let back: PartResult =
            serde_json::from_str(&serde_json::to_string(&part).unwrap()).unwrap();

        assert_eq!(back, part);
    }
}
