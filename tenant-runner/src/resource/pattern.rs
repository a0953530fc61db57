//! Change patterns of a what-if: what its operations have in common, as sentences with counts and samples.

use serde::{Deserialize, Serialize};
use syncline_model::op::OpHash;
use syncline_model::pattern::Shape;
use syncline_model::{ApprovalId, AttrName, CsId, DirectoryId, PartId, WhatIfId};
use utoipa::ToSchema;

use super::instant::Instant;

/// The patterns of a what-if.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhatIfPatterns {
    /// Whether they are known: not while the what-if is computed, and not of one that an earlier release computed.
    pub known: bool,
    /// Every operation belongs to one of them. What takes something away comes first, then what is most frequent.
    pub patterns: Vec<ChangePattern>,
    /// How the plan differs from the one that was approved last; absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_approval: Option<SinceApproval>,
}

/// What some operations of a plan have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChangePattern {
    /// Names it; the same in every what-if where its operations have the same in common.
    pub id: String,
    /// The whole of it, for people.
    pub sentence: String,
    /// How many operations.
    pub count: i64,
    /// How many of them the plan that was approved last did not name; 0 where none was approved.
    pub new_since_approval: i64,
    /// How many operations of this pattern that plan had; absent where none was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<i64>,
    /// `add`, `update`, `move`, `delete` or `disable`.
    pub kind: String,
    /// The directory.
    pub directory: DirectoryId,
    /// The object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// What becomes of where the objects lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PatternPlace>,
    /// What becomes of which attributes. Of creations and where `several` holds, the attributes that any of the
    /// operations changes, without a shape.
    pub attributes: Vec<PatternAttribute>,
    /// Whether different kinds of change are put together here, because there would be too many to read.
    pub several: bool,
    /// Whether each of the operations has an attribute that just loses values.
    pub loses_values: bool,
    /// Why they would not be sent now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
    /// Some of them: first those that stand out, then drawn.
    pub samples: Vec<PatternSample>,
}

/// What becomes of where objects lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PatternPlace {
    /// What happens.
    pub change: PlaceChange,
    /// The container they leave; absent where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The container they come to; absent where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What becomes of an object's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceChange {
    /// It is created there.
    Created,
    /// It gets another name.
    Renamed,
    /// It goes to another container.
    Moved,
    /// It goes to another container under another name.
    MovedAndRenamed,
}

/// What becomes of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PatternAttribute {
    /// The attribute.
    pub name: AttrName,
    /// What becomes of its values, where all operations agree in that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// What they all hold afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many operations change it.
    pub count: i64,
    /// Values that come, in all operations together.
    pub added: i64,
    /// Values that go, in all operations together.
    pub removed: i64,
    /// The part that decided.
    pub part: PartId,
    /// The deciding rule, as it was written then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// One operation of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PatternSample {
    /// The operation.
    pub hash: OpHash,
    /// The object.
    pub object: CsId,
    /// Its name for people.
    pub name: String,
    /// What changes, in one line.
    pub text: String,
}

/// How a plan differs from the one that was approved last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SinceApproval {
    /// The approval.
    pub approval: ApprovalId,
    /// The what-if it was given on.
    pub what_if: WhatIfId,
    /// When it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Instant>,
    /// How many operations it names.
    pub approved: i64,
    /// How many of them were sent.
    pub sent: i64,
    /// How many operations of the plan it does not name.
    pub new: i64,
    /// How many of its operations were neither sent nor are in the plan.
    pub gone: i64,
    /// The patterns that those belong to.
    pub gone_patterns: Vec<GonePattern>,
}

/// A pattern of an approved plan of which some operations are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GonePattern {
    /// The pattern.
    pub id: String,
    /// What it was, with all of its operations.
    pub sentence: String,
    /// How many of them are gone.
    pub count: i64,
}
