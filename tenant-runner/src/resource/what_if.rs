//! What-ifs: everything the next export of a profile would do, before it does it.

use serde::{Deserialize, Serialize};
use syncline_model::approval::ApprovalKind;
use syncline_model::op::OpHash;
use syncline_model::profile::Then;
use syncline_model::{AttrName, CsId, DirectoryId, MvId, PartId, ProfileId, RunId, WhatIfId};
use utoipa::{IntoParams, ToSchema};

use super::instant::Instant;
use super::object::ContributionView;
use super::password::PlannedPassword;
use super::template::DirectoryPermissions;

/// A what-if to compute.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWhatIf {
    /// The profile, with its saved configuration and the data staged now.
    pub profile: ProfileId,
}

/// Where a what-if stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhatIfState {
    /// Being computed.
    Computing,
    /// Can be approved or rejected.
    Ready,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// The configuration has changed since.
    Stale,
    /// Could not be computed.
    Failed,
}

/// A what-if.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WhatIf {
    /// Its id.
    pub id: WhatIfId,
    /// The profile.
    pub profile: ProfileId,
    /// The export that it would undo: it can be read and not be approved. Absent where it shows what the next export
    /// would send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_of: Option<RunId>,
    /// The profile's version it was computed with.
    pub version: i64,
    /// Where it stands.
    pub state: WhatIfState,
    /// SHA-256 of everything that can alter an operation.
    pub config_hash: String,
    /// What an approval names; absent until it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_hash: Option<OpHash>,
    /// Operations by directory, type and kind.
    pub counts: Vec<OperationCount>,
    /// How the plan stands against each guard.
    pub guards: Vec<GuardView>,
    /// How long the export will take, for directories whose quotas tell.
    pub forecasts: Vec<Forecast>,
    /// What happens to objects besides operations: joined, projected, ambiguous, conflicting, unmatched …
    pub findings: Vec<Finding>,
    /// The permissions that the profile, as it is saved now, needs in cloud directories; empty in lists.
    pub permissions: Vec<DirectoryPermissions>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it was ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Instant>,
}

/// How long an export will take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Forecast {
    /// The directory.
    pub directory: DirectoryId,
    /// Requests that write.
    pub writes: i64,
    /// Seconds, by the quotas of the directory tenant and by how fast it has answered so far.
    pub seconds: f64,
}

/// How many operations of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperationCount {
    /// The directory.
    pub directory: DirectoryId,
    /// The object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// `add`, `update`, `move`, `delete` or `disable`; `vanished` on the list of an import that is held.
    pub kind: String,
    /// How many.
    pub count: i64,
}

/// A guard and what the plan asks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuardView {
    /// Which guard.
    pub kind: ApprovalKind,
    /// The directory.
    pub directory: DirectoryId,
    /// The object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// Staged operations it counts, plus those sent in the last 24 hours.
    pub count: i64,
    /// From how many on it holds.
    pub limit: i64,
    /// Whether it holds.
    pub tripped: bool,
    /// What it counted, for people.
    pub text: String,
}

/// What happens to some objects besides operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// `joined`, `projected`, `adopted`, `provisioned`, `disconnected`, `ambiguous`, `conflict`, `unmatched`,
    /// `stranger`, `out-of-scope`, `resting`, `error` …
    pub kind: String,
    /// The directory, where one is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryId>,
    /// How many objects.
    pub count: i64,
    /// Some of them by name: at most 100, in stable order.
    pub examples: Vec<FindingExample>,
}

/// One object of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingExample {
    /// The connector-space object, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<CsId>,
    /// Its name.
    pub name: String,
    /// Why, and what to do.
    pub text: String,
}

/// One operation of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedOperation {
    /// What an approval binds.
    pub hash: OpHash,
    /// The directory.
    pub directory: DirectoryId,
    /// The object.
    pub object: CsId,
    /// The metaverse object behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metaverse_object: Option<MvId>,
    /// Its name for people.
    pub name: String,
    /// The object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// `add`, `update`, `move`, `delete` or `disable`.
    pub kind: String,
    /// The distinguished name before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dn_before: Option<String>,
    /// The distinguished name after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dn_after: Option<String>,
    /// What changes, by attribute name.
    pub attributes: Vec<AttributeChange>,
    /// Which password a created account gets, and who gets the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_password: Option<PlannedPassword>,
    /// Why it would not be sent now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
    /// Of a what-if: the plan that was approved last does not name it. Absent where it does, or where none was approved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new_since_approval: bool,
}

/// What changes on one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttributeChange {
    /// The attribute.
    pub name: AttrName,
    /// Values before, at most 100.
    pub before: Vec<String>,
    /// Values after, at most 100.
    pub after: Vec<String>,
    /// Values that come, where only some change, at most 100.
    pub added: Vec<String>,
    /// Values that go, where only some change, at most 100.
    pub removed: Vec<String>,
    /// How many values come and go in all.
    pub changed_values: i64,
    /// The part that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<PartId>,
    /// The deciding rule, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The source object of the value, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who gives which of the values after, the strongest first, where several flows are merged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<ContributionView>,
}

/// Which operations of a what-if to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhatIfOperationFilter {
    /// Of this pattern.
    #[serde(default)]
    pub pattern: Option<String>,
    /// `true`: only those that the plan approved last does not name.
    #[serde(default)]
    pub new: Option<bool>,
    /// Of this kind.
    #[serde(default)]
    pub kind: Option<String>,
    /// Of this object type.
    #[serde(default, rename = "type")]
    pub object_type: Option<String>,
    /// That change this attribute.
    #[serde(default)]
    pub attribute: Option<AttrName>,
    /// Whose name holds this text.
    #[serde(default)]
    pub text: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Items at most.
    #[serde(default)]
    pub limit: Option<u32>,
}

impl WhatIfOperationFilter {
    /// What can be asked of any list of operations.
    pub fn general(&self) -> OperationFilter {
        OperationFilter {
            kind: self.kind.clone(),
            object_type: self.object_type.clone(),
            attribute: self.attribute.clone(),
            text: self.text.clone(),
            cursor: self.cursor.clone(),
            limit: self.limit,
        }
    }
}

/// Which operations to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OperationFilter {
    /// Of this kind.
    #[serde(default)]
    pub kind: Option<String>,
    /// Of this object type.
    #[serde(default, rename = "type")]
    pub object_type: Option<String>,
    /// That change this attribute.
    #[serde(default)]
    pub attribute: Option<AttrName>,
    /// Whose name holds this text.
    #[serde(default)]
    pub text: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Items at most.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Approval of a plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovePlan {
    /// The plan that was read; another one is refused.
    pub plan_hash: OpHash,
    /// What follows when all of it was sent; absent is what the profile says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
    /// Why, for the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Start the export at once.
    #[serde(default)]
    pub export_now: bool,
}

/// Rejection of a plan or list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reject {
    /// Why, for the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
