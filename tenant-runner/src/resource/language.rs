//! What an editor asks about an expression, and what it is told.
//!
//! The answers have the form in which the language service gives them; the runner adds samples.

use serde::{Deserialize, Serialize};
use syncline_model::DirectoryId;
use syncline_model::rules::Dialect;
use utoipa::ToSchema;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LanguageAsk {
    /// What can stand at the place.
    Complete,
    /// What the name at the place is.
    Hover,
    /// How the function around the place is called.
    Signature,
    /// The whole expression in its canonical form; the place does not matter.
    Format,
}

/// Which objects an expression reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LanguageReads {
    /// Those of the directory.
    Directory,
    /// Those of the metaverse.
    Metaverse,
}

/// A question about an expression that is being typed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LanguageQuestion {
    /// What is asked.
    pub ask: LanguageAsk,
    /// The directory of the part.
    pub directory: DirectoryId,
    /// Its object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// The metaverse type of the part.
    pub metaverse_type: String,
    /// Which of both the expression reads.
    pub reads: LanguageReads,
    /// Whether it may read the linked target as well, `Target.x`.
    #[serde(default)]
    pub target: bool,
    /// What it is written in.
    #[serde(default)]
    pub dialect: Dialect,
    /// The names of the profile's parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
    /// The expression, as far as it was typed.
    pub text: String,
    /// The place, in UTF-16 code units.
    pub at: u32,
}

/// The answer to what was asked, and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LanguageAnswer {
    /// What can stand at the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<LanguageCompletion>,
    /// What the name at the place is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hover: Option<LanguageHover>,
    /// How the function around the place is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<LanguageSignature>,
    /// The expression in its canonical form; absent where it stays as it is, because it has mistakes, or comments that
    /// have no place there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<LanguageFormatted>,
}

/// A piece of the expression, in UTF-16 code units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LanguageSpan {
    /// The first code unit.
    pub from: u32,
    /// One past the last code unit.
    pub to: u32,
}

/// What can stand at a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LanguageCompletion {
    /// The likeliest first.
    pub items: Vec<LanguageItem>,
    /// There are more; they are found by typing more.
    pub more: bool,
}

/// Something that can stand at a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LanguageItem {
    /// Its name.
    pub label: String,
    /// `variable`, `attribute`, `parameter`, `property`, `method`, `constant`, `function`, `table`, `keyword` or
    /// `type`.
    pub kind: String,
    /// The type of its value.
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    pub ty: String,
    /// What it does, in one line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// The share of the objects that were looked at which have a value, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<f64>,
    /// A few of their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
    /// What is written.
    pub insert: String,
    /// Where the cursor stands then, counted from the beginning of what is written.
    pub caret: u32,
    /// What is replaced.
    pub span: LanguageSpan,
}

/// What a name is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LanguageHover {
    /// Where it stands.
    pub span: LanguageSpan,
    /// The name.
    pub name: String,
    /// What it is, as in completion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The type of its value here.
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    pub ty: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// How it is called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<String>,
    /// What it may fail with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// How to avoid that.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub advice: String,
    /// An expression with it, and what that gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub example: Vec<String>,
    /// The share of the objects that were looked at which have a value, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<f64>,
    /// A few of their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
}

/// How a function is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LanguageSignature {
    /// One for each form.
    pub signatures: Vec<LanguageForm>,
    /// The form that fits what was typed so far.
    pub active: u32,
    /// The argument that the place is in, from 0 on.
    pub parameter: u32,
    /// What the function does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doc: String,
}

/// One form of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LanguageForm {
    /// As people write it.
    pub label: String,
    /// Where its parameters stand in the label.
    pub parameters: Vec<LanguageSpan>,
}

/// An expression in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LanguageFormatted {
    /// The whole text.
    pub text: String,
}
