//! Directories: instances of connected systems.

use serde::{Deserialize, Serialize};
use syncline_model::contest::CONTEST_LIMIT;
use syncline_model::hr_file::FileFormat;
use syncline_model::run::{Progress, RunKind, RunStatus};
use syncline_model::{AgentId, AttrName, DirectoryId, ProfileId, RunId, ValueType};
use syncline_wire::link::CycleKind;
use utoipa::ToSchema;

use super::agent::CredentialState;
use super::cloud::CloudSignIn;
use super::instant::Instant;

/// What kind of system a directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DirectoryKind {
    /// An Active Directory domain, through an agent.
    ActiveDirectory,
    /// An OpenLDAP server, through an agent.
    Openldap,
    /// A directory tenant of Microsoft Entra ID, without an agent.
    EntraId,
    /// A folder into which an HR system drops files, through an agent: a source only.
    HrFile,
}

/// Where a cloud directory is, and as which application it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudConnection {
    /// The cloud, as the service lists it.
    pub cloud: String,
    /// The directory (tenant) id, a GUID.
    pub tenant: String,
    /// The application (client) id of its registration there, a GUID.
    pub client_id: String,
}

/// What follows every export that changed something in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AfterExport {
    /// The agent starts the cycle of the Entra Connect beside it and waits for its end.
    pub entra_connect: EntraConnectStep,
}

/// A cycle of Entra Connect. Whether and where it may be started is in the policy file of the agent's host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntraConnectStep {
    /// Which.
    pub kind: EntraConnectKind,
}

/// The policy types of `Start-ADSyncSyncCycle`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EntraConnectKind {
    /// What changed.
    Delta,
    /// Everything, as after a change of Entra Connect's rules. It may take hours.
    Initial,
}

impl From<EntraConnectKind> for CycleKind {
    fn from(kind: EntraConnectKind) -> Self {
        match kind {
            EntraConnectKind::Delta => Self::Delta,
            EntraConnectKind::Initial => Self::Initial,
        }
    }
}

/// Which objects a directory's imports read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DirectorySettings {
    /// Containers by distinguished name; empty is the whole domain. Remembered by identity, so that a rename
    /// changes nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<String>,
    /// Object types; empty is users, groups and contacts, and of a cloud directory those that profiles name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Attributes read beside those that profiles use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttrName>,
    /// A full import that would drop more than this percentage of the objects is held (never for as few as
    /// `shrink_guard_objects`).
    /// Of an HR file, a fifth of the people holds it as well, unless it is one person.
    #[schema(minimum = 0, maximum = 100)]
    pub shrink_guard_percent: u8,
    /// So many objects may be gone at once however few there are.
    pub shrink_guard_objects: u32,
    /// Whether a full import that shows no object at all is held however few there were.
    pub shrink_guard_empty: bool,
    /// Entries a page.
    #[schema(minimum = 50, maximum = 1000)]
    pub page_size: u32,
    /// A value that was exported this often, and that imports showed otherwise each time, is not exported again until
    /// another one is wanted.
    #[schema(minimum = 1, maximum = 100)]
    pub contest_limit: u8,
    /// Where a cloud directory is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud: Option<CloudConnection>,
    /// How the files of an HR folder are read. Nothing is read before it is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileFormat>,
    /// How often a cloud directory is asked for changes, in seconds. Others tell by themselves.
    #[schema(minimum = 5, maximum = 86400)]
    pub poll_seconds: u32,
    /// What follows an export. Active Directory only, and only while a connected agent offers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_export: Option<AfterExport>,
}

impl Default for DirectorySettings {
    fn default() -> Self {
        Self {
            containers: Vec::new(),
            types: Vec::new(),
            attributes: Vec::new(),
            shrink_guard_percent: 10,
            shrink_guard_objects: 20,
            shrink_guard_empty: true,
            page_size: 1000,
            contest_limit: CONTEST_LIMIT,
            cloud: None,
            file: None,
            poll_seconds: 120,
            after_export: None,
        }
    }
}

/// A directory to connect.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDirectory {
    /// Its name for people.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What it is.
    pub kind: DirectoryKind,
    /// What its imports read.
    #[serde(default)]
    pub settings: DirectorySettings,
}

/// A change of a directory; absent fields stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryPatch {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New settings, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<DirectorySettings>,
}

/// A connected directory.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// Its name for people.
    pub name: String,
    /// What it is.
    pub kind: DirectoryKind,
    /// What its imports read.
    pub settings: DirectorySettings,
    /// Raised by every change; the ETag.
    pub version: i64,
    /// The domain it was pinned to when an agent first bound to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<DirectoryIdentity>,
    /// The state of the agents that serve it.
    pub agents: DirectoryAgents,
    /// How a cloud directory is signed in to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud: Option<CloudSignIn>,
    /// Whether a complete full import has been read (D-41).
    pub baseline: bool,
    /// Whether the object types and attributes are known.
    pub schema_known: bool,
    /// Objects by type.
    pub counts: Vec<TypeCount>,
    /// Its latest import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_import: Option<LastRun>,
    /// Its latest export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_export: Option<LastRun>,
    /// Profiles that read or write it.
    pub profiles: Vec<ProfileId>,
}

/// What a directory says it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectoryIdentity {
    /// The naming context, such as `DC=contoso,DC=test`.
    pub naming_context: String,
    /// The domain's security identifier, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_sid: Option<String>,
    /// The DNS name of the domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_name: Option<String>,
}

/// How many agents serve a directory, and whether one can work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectoryAgents {
    /// Confirmed agents.
    pub confirmed: u32,
    /// Confirmed agents that are connected.
    pub connected: u32,
    /// Whether a connected one holds a working credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialState>,
    /// Whether the host of a connected one allows cycles of Entra Connect to be started.
    pub entra_connect: bool,
}

/// Objects of one type in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TypeCount {
    /// The object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// Objects staged.
    pub objects: i64,
    /// Of these, linked to a metaverse object.
    pub linked: i64,
}

/// The latest run of a kind.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LastRun {
    /// The run.
    pub run: RunId,
    /// What it did.
    pub kind: RunKind,
    /// How it ended; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<RunStatus>,
    /// What it is doing; absent when it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// When it started.
    pub started_at: Instant,
}

/// An agent slot's one-time key; shown once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentKey {
    /// The slot.
    pub agent: AgentId,
    /// The key to give to `syncline-agent enrol`.
    pub key: String,
    /// When it stops working.
    pub expires_at: Instant,
}

/// A look at the newest file of an HR folder.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectFile {
    /// The format to read it under; what it looks like when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<FileFormat>,
}

/// Which import to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImportChoice {
    /// Everything in scope.
    Full,
    /// What changed since the last import.
    Delta,
}

/// An import to start.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartImport {
    /// Full or delta.
    pub mode: ImportChoice,
}

/// A run that was started or joined.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RunStarted {
    /// The run.
    pub run: RunId,
}

/// Object types and attributes of a directory, or of the metaverse.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SchemaView {
    /// By name.
    pub types: Vec<TypeView>,
}

/// One object type.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TypeView {
    /// Its name.
    pub name: String,
    /// Whether it holds other objects.
    pub container: bool,
    /// By name.
    pub attributes: Vec<AttributeView>,
}

/// One attribute.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AttributeView {
    /// Its name.
    pub name: AttrName,
    /// Its data type.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// Whether it may hold several values.
    pub multi: bool,
    /// Whether every object of the type has it.
    pub required: bool,
    /// Whether exports can write it.
    pub writable: bool,
}

/// What the next cycle that reads a directory does in full, once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Require {
    /// Reads everything instead of what changed.
    pub full_import: bool,
    /// Looks at every object of it again.
    pub full_sync: bool,
}
