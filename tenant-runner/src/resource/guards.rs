//! Guards: how much may be destroyed or created in a directory without being asked (D-52, D-76).

use serde::{Deserialize, Serialize};
use syncline_engine::approval::GuardMode as Mode;
use syncline_engine::guard::{CreateLimits, DeleteLimits};
use syncline_model::DirectoryId;
use utoipa::ToSchema;

/// What a guard that trips does with the operations that it does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GuardMode {
    /// Nothing is sent to the directory but what a person approved.
    #[default]
    Stop,
    /// Everything else is sent.
    HoldDestructive,
}

impl From<GuardMode> for Mode {
    fn from(mode: GuardMode) -> Self {
        match mode {
            GuardMode::Stop => Self::Stop,
            GuardMode::HoldDestructive => Self::HoldListed,
        }
    }
}

/// Limits of the delete guard, for each object type and profile: of what destroys within 24 hours. The limit is the percentage
/// of the type's objects, but at least `at_least` and at most `at_most`; more than that is held. Zero and zero holds
/// everything that destroys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeleteGuard {
    /// The smallest limit.
    pub at_least: u32,
    /// The largest limit.
    pub at_most: u32,
    /// The limit in percent of the type's objects.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: u8,
}

impl Default for DeleteGuard {
    fn default() -> Self {
        let usual = DeleteLimits::default();
        Self {
            at_least: usual.least as u32,
            at_most: usual.most as u32,
            percent: usual.percent as u8,
        }
    }
}

impl From<DeleteGuard> for DeleteLimits {
    fn from(guard: DeleteGuard) -> Self {
        Self {
            least: guard.at_least.into(),
            most: guard.at_most.into(),
            percent: guard.percent.into(),
        }
    }
}

/// Limits of the create guard, for each profile: of objects that are created within 24 hours. The limit is the percentage of
/// the objects that the profile has linked, but at least `at_least`; more than that is held. So are all that are to be
/// created where most objects of the approved plan had found a match and more than a fifth of those since then have not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CreateGuard {
    /// The smallest limit.
    pub at_least: u32,
    /// The limit in percent of the linked objects.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: u8,
}

impl Default for CreateGuard {
    fn default() -> Self {
        let usual = CreateLimits::default();
        Self {
            at_least: usual.least as u32,
            percent: usual.percent as u8,
        }
    }
}

impl From<CreateGuard> for CreateLimits {
    fn from(guard: CreateGuard) -> Self {
        Self {
            least: guard.at_least.into(),
            percent: guard.percent.into(),
            ..Self::default()
        }
    }
}

/// The limits of a directory, as they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GuardLimits {
    /// What a guard that trips does with everything else.
    pub mode: GuardMode,
    /// Of what destroys.
    pub delete: DeleteGuard,
    /// Of what is created.
    pub create: CreateGuard,
}

/// The guards of a directory.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Guards {
    /// The directory.
    pub directory: DirectoryId,
    /// Rises with each change; 0 is the usual limits, which nobody has changed.
    pub version: i64,
    /// The limits.
    #[serde(flatten)]
    pub limits: GuardLimits,
}

/// What to change of a directory's guards.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GuardsPatch {
    /// What a guard that trips does with everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<GuardMode>,
    /// Of what destroys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<DeletePatch>,
    /// Of what is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<CreatePatch>,
}

/// What to change of the limits of what destroys; what is not named stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeletePatch {
    /// The smallest limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// The largest limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
    /// The limit in percent of the type's objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    pub percent: Option<u8>,
}

/// What to change of the limits of what is created; what is not named stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CreatePatch {
    /// The smallest limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// The limit in percent of the linked objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    pub percent: Option<u8>,
}

impl GuardLimits {
    /// With what a patch changes.
    pub fn patched(self, patch: &GuardsPatch) -> Self {
        let delete = patch.delete.clone().unwrap_or_default();
        let create = patch.create.clone().unwrap_or_default();
        Self {
            mode: patch.mode.unwrap_or(self.mode),
            delete: DeleteGuard {
                at_least: delete.at_least.unwrap_or(self.delete.at_least),
                at_most: delete.at_most.unwrap_or(self.delete.at_most),
                percent: delete.percent.unwrap_or(self.delete.percent),
            },
            create: CreateGuard {
                at_least: create.at_least.unwrap_or(self.create.at_least),
                percent: create.percent.unwrap_or(self.create.percent),
            },
        }
    }
}
