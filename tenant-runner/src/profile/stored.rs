//! What is kept beside a profile's version: which artifacts are its programs, and the compiler's warnings.
//!
//! Invariants: it names the version that it belongs to; an artifact's key follows from its bytes, so that equal programs
//! are kept once.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use syncline_contract::Problem;
use syncline_model::ProfileId;
use syncline_model::rules::ABI_VERSION;
use syncline_store::StoreError;
use syncline_store::tenant::{Artifact, TenantRead, TenantTx};

use super::build::{Built, Compiled};
use super::source::Side;
use crate::http::context::{now_ms, refused};
use crate::resource::profile::{Diagnostic, DiagnosticSeverity};

/// What is kept beside a profile: which artifacts are its programs, and the compiler's warnings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Stored {
    /// The version these belong to.
    pub version: i32,
    /// Its programs.
    pub programs: Vec<StoredProgram>,
    /// Findings that did not keep it from being saved.
    pub warnings: Vec<Diagnostic>,
}

/// One program of a profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredProgram {
    /// Inbound or outbound part.
    pub inbound: bool,
    /// Its index in the document.
    pub index: usize,
    /// Whether it computes keys over the other side.
    pub other: bool,
    /// Whether it is what the part disables with.
    #[serde(default)]
    pub disable: bool,
    /// The artifact's key.
    pub key: [u8; 32],
    /// SHA-256 of what it means, in hex.
    pub meaning: String,
}

impl StoredProgram {
    /// Which of the part's programs.
    pub fn side(&self) -> Side {
        match (self.other, self.disable) {
            (true, _) => Side::Other,
            (false, true) => Side::Disable,
            (false, false) => Side::Own,
        }
    }
}

impl Stored {
    /// How the settings begin that this is kept in.
    pub const SETTINGS: &'static str = "programs of ";

    fn setting(profile: ProfileId) -> String {
        format!("{}{profile}", Self::SETTINGS)
    }

    /// Of a profile; `None` before it was saved.
    pub async fn load(
        read: &mut TenantRead,
        profile: ProfileId,
    ) -> Result<Option<Self>, StoreError> {
        let setting = read.setting(&Self::setting(profile)).await?;
        Ok(setting.and_then(|s| serde_json::from_slice(&s.value).ok()))
    }
}

/// Keeps the programs and warnings of a version in place of those before.
pub(super) async fn keep(
    tx: &mut TenantTx,
    id: ProfileId,
    version: i32,
    built: Built,
) -> Result<(), Problem> {
    let mut programs = Vec::with_capacity(built.programs.len());
    for program in &built.programs {
        let artifact = artifact(program);
        programs.push(StoredProgram {
            inbound: program.part.inbound,
            index: program.part.index,
            other: program.side == Side::Other,
            disable: program.side == Side::Disable,
            key: artifact.key,
            meaning: program.meaning.clone(),
        });
        tx.artifact_put(&artifact, now_ms())
            .await
            .map_err(refused)?;
    }
    let warnings = built
        .diagnostics
        .into_iter()
        .filter(|d| d.severity == DiagnosticSeverity::Warning)
        .collect();
    let stored = Stored {
        version,
        programs,
        warnings,
    };
    let name = Stored::setting(id);
    let before = tx
        .setting(&name)
        .await
        .map_err(refused)?
        .map_or(0, |s| s.version);
    let bytes = serde_json::to_vec(&stored).map_err(|_| Problem::internal())?;
    tx.setting_put(&name, before, &bytes).await.map_err(refused)
}

fn artifact(program: &Compiled) -> Artifact {
    let mut meaning = [0; 32];
    let _ = hex::decode_to_slice(&program.meaning, &mut meaning);
    let mut hasher = Sha256::new_with_prefix(b"syncline artifact 1");
    hasher.update(ABI_VERSION.to_le_bytes());
    hasher.update(&program.artifact);
    Artifact {
        key: hasher.finalize().into(),
        meaning,
        manifest: Vec::new(),
        module: program.artifact.clone(),
    }
}
