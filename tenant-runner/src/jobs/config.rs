//! The active configuration: every saved profile resolved against the directories, with its programs loaded.
//!
//! Invariants: the same rows give the same configuration; it is rebuilt when a profile or a directory's schema
//! or baseline changed and shared otherwise; an artifact is loaded only after its MAC was checked by the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use syncline_engine::ruleset::{AttrsByType, DirectoryConfig, ProfileConfig, RuleSet, build};
use syncline_model::profile::Profile;
use syncline_model::schema::Schema;
use syncline_model::{DirectoryId, PartId, ProfileId};
use syncline_sandbox::{Program, Runtime};
use syncline_store::StoreError;
use syncline_store::tenant::{ConfigHash, Directory, ProfileRow, Review, TenantDb, TenantRead};

use super::known::{self, read_last};
use super::selection::Selection;
use crate::http::settings_of;
use crate::profile::build::part_id;
use crate::profile::programs::Programs;
use crate::profile::source::{PartRef, Side};
use crate::profile::stored::Stored;

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A program is missing or does not load.
    #[error(
        "the expressions of {profile} cannot be loaded: {why}; save the profile again (rules.not_loaded)"
    )]
    Program {
        /// The profile.
        profile: ProfileId,
        /// Why.
        why: String,
    },
}

/// A profile as it is active.
#[derive(Debug, Clone)]
pub struct Active {
    /// Its version.
    pub version: i32,
    /// Its configuration hash.
    pub config_hash: ConfigHash,
    /// What it may send.
    pub review: Review,
}

/// The configuration.
pub struct Configuration {
    /// Resolved rules.
    pub set: RuleSet,
    /// Loaded programs.
    pub programs: Programs,
    /// The profiles, by id.
    pub profiles: BTreeMap<ProfileId, Active>,
    stamp: Stamp,
}

impl Configuration {
    /// Does an expression of a profile read the clock? Then its answers change though no object does.
    pub fn reads_clock(&self, profile: ProfileId) -> bool {
        let inbound = self.set.inbound.iter().map(|part| (part.profile, part.id));
        let outbound = self.set.outbound.iter().map(|part| (part.profile, part.id));
        let mut parts = inbound.chain(outbound);
        parts.any(|(owner, part)| owner == profile && self.programs.reads_clock(part))
    }

    /// The directories that a profile reads or writes.
    pub fn directories_of(&self, profile: ProfileId) -> BTreeSet<DirectoryId> {
        let inbound = self
            .set
            .inbound
            .iter()
            .map(|part| (part.profile, part.directory));
        let outbound = self
            .set
            .outbound
            .iter()
            .map(|part| (part.profile, part.directory));
        let parts = inbound.chain(outbound);
        parts
            .filter_map(|(owner, directory)| (owner == profile).then_some(directory))
            .collect()
    }
}

/// What a configuration depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Stamp(Vec<(i64, i64, bool)>);

static HELD: Mutex<BTreeMap<i64, Arc<Configuration>>> = Mutex::new(BTreeMap::new());

/// The configuration as it is stored now.
pub async fn load(db: &TenantDb, runtime: &Runtime) -> Result<Arc<Configuration>, ConfigError> {
    let mut read = db.read().await?;
    let profiles = read.profiles().await?;
    let directories = read.directories().await?;
    let mut schemas: BTreeMap<DirectoryId, Arc<Schema>> = BTreeMap::new();
    for directory in &directories {
        if let Some(schema) = read.directory_schema(directory.id).await? {
            schemas.insert(directory.id, schema);
        }
    }
    let known = Known::read(&mut read, &profiles, &directories, &schemas).await?;
    let stamp = stamp(&profiles, &directories, &schemas, &known);
    let held = HELD
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .get(&db.tenant().get())
        .cloned();
    if let Some(held) = held
        && held.stamp == stamp
    {
        return Ok(held);
    }
    let loaded = load_programs(&mut read, &profiles, runtime).await?;
    drop(read);

    let (mut attrs, mut types) = ((*db.attrs()).clone(), (*db.types()).clone());
    let configs: Vec<ProfileConfig<'_>> = profiles
        .iter()
        .map(|p| ProfileConfig {
            id: p.id,
            document: &p.doc,
        })
        .collect();
    let described = described(&directories, &schemas, &known);
    build(&configs, &described, &mut attrs, &mut types);
    // New names are stored first, under the numbers that the store gives them; then the rules are resolved with those.
    let attrs = db.intern_attrs(attrs.names()).await?;
    let names: Vec<&str> = types.names().iter().map(String::as_str).collect();
    let types = db.intern_types(&names).await?;
    let (mut attrs_again, mut types_again) = ((*attrs).clone(), (*types).clone());
    let set = build(&configs, &described, &mut attrs_again, &mut types_again);

    let active = profiles.iter().map(|p| {
        (
            p.id,
            Active {
                version: p.version,
                config_hash: p.config_hash,
                review: p.review,
            },
        )
    });
    let configuration = Arc::new(Configuration {
        set,
        programs: Programs::new(attrs, db.keys().draws(), loaded),
        profiles: active.collect(),
        stamp,
    });
    let mut held = HELD
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    held.insert(db.tenant().get(), configuration.clone());
    Ok(configuration)
}

/// The loaded programs of saved profiles.
async fn load_programs(
    read: &mut TenantRead,
    profiles: &[ProfileRow],
    runtime: &Runtime,
) -> Result<Vec<Loaded>, ConfigError> {
    let mut loaded = Vec::new();
    for profile in profiles {
        loaded.extend(programs_of(read, profile, runtime).await?);
    }
    Ok(loaded)
}

/// The loaded programs of a saved profile.
pub async fn programs_of(
    read: &mut TenantRead,
    profile: &ProfileRow,
    runtime: &Runtime,
) -> Result<Vec<Loaded>, ConfigError> {
    let failed = |why: String| ConfigError::Program {
        profile: profile.id,
        why,
    };
    let mut loaded = Vec::new();
    let stored = Stored::load(read, profile.id).await?.unwrap_or_default();
    for program in &stored.programs {
        let at = PartRef {
            inbound: program.inbound,
            index: program.index,
        };
        let Some(part) = part_id(&profile.doc, at) else {
            continue;
        };
        let artifact = read
            .artifact(&program.key)
            .await?
            .ok_or_else(|| failed("its artifact is missing".into()))?;
        // SAFETY: the bytes were written by this tenant's runner from the compiler's answer, and the store has just
        // checked them against their MAC under the tenant's key.
        #[allow(unsafe_code)]
        let own = unsafe { Program::load(&artifact.module, runtime) };
        loaded.push((
            (part, program.side()),
            own.map_err(|e| failed(e.to_string()))?,
        ));
    }
    Ok(loaded)
}

/// A program by part and side.
pub type Loaded = ((PartId, Side), Program);

/// The configuration as it would be with one profile more, in memory only: no name is stored and nothing is shared. What
/// is read is the snapshot's, so that its attribute numbers are known and new ones lie above them.
pub async fn with_draft(
    (db, runtime): (&TenantDb, &Runtime),
    read: &mut TenantRead,
    (id, draft): (ProfileId, &Profile),
    programs: Vec<Loaded>,
) -> Result<Configuration, ConfigError> {
    let profiles = read.profiles().await?;
    let directories = read.directories().await?;
    let mut schemas: BTreeMap<DirectoryId, Arc<Schema>> = BTreeMap::new();
    for directory in &directories {
        if let Some(schema) = read.directory_schema(directory.id).await? {
            schemas.insert(directory.id, schema);
        }
    }
    // A draft asks for what nobody has read yet: it is counted, and what decides and is unread is told apart.
    let known = Known::default();
    let mut loaded = load_programs(read, &profiles, runtime).await?;
    loaded.extend(programs);
    let saved = profiles.iter().map(|p| ProfileConfig {
        id: p.id,
        document: &p.doc,
    });
    let configs: Vec<ProfileConfig<'_>> = saved
        .chain([ProfileConfig {
            id,
            document: draft,
        }])
        .collect();
    let described = described(&directories, &schemas, &known);
    let (mut attrs, mut types) = ((*db.attrs()).clone(), (*db.types()).clone());
    let set = build(&configs, &described, &mut attrs, &mut types);
    Ok(Configuration {
        set,
        programs: Programs::new(Arc::new(attrs), db.keys().draws(), loaded),
        profiles: BTreeMap::new(),
        stamp: Stamp::default(),
    })
}

/// What the last complete import of each directory read, with the version of the note that says so.
#[derive(Default)]
struct Known(BTreeMap<DirectoryId, (i64, AttrsByType)>);

impl Known {
    async fn read(
        read: &mut TenantRead,
        profiles: &[ProfileRow],
        directories: &[Directory],
        schemas: &BTreeMap<DirectoryId, Arc<Schema>>,
    ) -> Result<Self, StoreError> {
        let mut known = BTreeMap::new();
        for directory in directories {
            let (id, settings) = (directory.id, settings_of(directory));
            let (Some(schema), Some(setting)) =
                (schemas.get(&id), read.setting(&known::setting(id)).await?)
            else {
                continue;
            };
            let now = Selection::new(id, schema, &settings, profiles.iter().map(|p| &p.doc));
            if let Some(read) = read_last(Some(&setting), &now) {
                known.insert(id, (setting.version, read.read));
            }
        }
        Ok(Self(known))
    }
}

fn described<'a>(
    directories: &[Directory],
    schemas: &'a BTreeMap<DirectoryId, Arc<Schema>>,
    known: &'a Known,
) -> Vec<DirectoryConfig<'a>> {
    let one = |d: &Directory| {
        Some(DirectoryConfig {
            id: d.id,
            schema: schemas.get(&d.id)?,
            baseline: d.baseline.is_some(),
            contest_limit: settings_of(d).contest_limit,
            read: known.0.get(&d.id).map(|(_, read)| read),
        })
    };
    directories.iter().filter_map(one).collect()
}

fn stamp(
    profiles: &[ProfileRow],
    directories: &[Directory],
    schemas: &BTreeMap<DirectoryId, Arc<Schema>>,
    known: &Known,
) -> Stamp {
    let of_profiles = profiles
        .iter()
        .map(|p| (p.id.get(), i64::from(p.version), p.review.state as u8 == 0));
    let of_directories = directories.iter().map(|d| {
        let attributes = schemas.get(&d.id).map_or(-1, |s| {
            s.types.values().map(|t| t.attrs.len() as i64 + 1).sum()
        });
        (d.id.get(), attributes, d.baseline.is_some())
    });
    // What of their settings is in the rule set.
    let limits = directories
        .iter()
        .map(|d| (d.id.get(), i64::from(settings_of(d).contest_limit), true));

    let of_known = known.0.iter();
    let of_known = of_known.map(|(id, (version, _))| (id.get(), *version, true));
    Stamp(
        of_profiles
            .chain(of_directories)
            .chain(limits)
            .chain(of_known)
            .collect(),
    )
}
