//! The active configuration: every saved profile resolved against the directories, with its programs loaded.
//!
//! Invariants: the same rows give the same configuration; it is rebuilt when one of the rows that it is made of changed,
//! which one question tells, and shared otherwise; an artifact is loaded only after its MAC was checked by the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use syncline_engine::config::Meanings;
use syncline_engine::ruleset::{
    AttrsByType, DirectoryConfig, Evaluated, ProfileConfig, RuleSet, build,
};
use syncline_model::profile::Profile;
use syncline_model::schema::Schema;
use syncline_model::{DirectoryId, PartId, ProfileId};
use syncline_sandbox::{Program, Runtime};
use syncline_store::StoreError;
use syncline_store::tenant::{
    ConfigHash, ConfigurationStamp, Directory, ProfileRow, Review, Setting, TenantDb, TenantRead,
};

use super::containers;
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
    /// The same as they are stored.
    pub rows: Vec<ProfileRow>,
    /// What directories can hold, of those that said so.
    pub schemas: BTreeMap<DirectoryId, Arc<Schema>>,
    /// What the last complete import of each directory read ([`known`]).
    pub selections: BTreeMap<DirectoryId, Setting>,
    /// Directories with containers that are remembered by their identity ([`containers`]).
    pub containers: BTreeSet<DirectoryId>,
    /// What an evaluation is under.
    pub evaluated: Evaluated,
    stamp: ConfigurationStamp,
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

static HELD: Mutex<BTreeMap<i64, Arc<Configuration>>> = Mutex::new(BTreeMap::new());

/// What besides profiles and directories a configuration is made of: settings whose names begin so.
const SETTINGS: [&str; 3] = [known::SETTINGS, containers::SETTINGS, Stored::SETTINGS];

/// The configuration as it is stored now.
pub async fn load(db: &TenantDb, runtime: &Runtime) -> Result<Arc<Configuration>, ConfigError> {
    current(db, &mut db.read().await?, runtime).await
}

/// The configuration as it is stored in a snapshot.
pub async fn current(
    db: &TenantDb,
    read: &mut TenantRead,
    runtime: &Runtime,
) -> Result<Arc<Configuration>, ConfigError> {
    let stamp = read.configuration_stamp(&SETTINGS).await?;
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
    let rows = read.profiles().await?;
    let directories = read.directories().await?;
    let schemas = schemas_of(read, &directories).await?;
    let known = Known::read(read, &rows, &directories, &schemas).await?;
    let remembered = read.settings_of(containers::SETTINGS).await?;
    let loaded = load_programs(read, &rows, runtime).await?;
    let meanings = meanings(read, &rows).await?;

    let (mut attrs, mut types) = ((*db.attrs()).clone(), (*db.types()).clone());
    let configs: Vec<ProfileConfig<'_>> = rows
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

    let active = rows.iter().map(|p| {
        (
            p.id,
            Active {
                version: p.version,
                config_hash: p.config_hash,
                review: p.review,
            },
        )
    });
    let remembers = |d: &Directory| remembered.contains_key(&containers::setting(d.id));
    let configuration = Arc::new(Configuration {
        evaluated: Evaluated::under(&set, &meanings),
        set,
        programs: Programs::new(attrs, db.keys().draws(), loaded),
        profiles: active.collect(),
        rows,
        schemas,
        selections: known.settings,
        containers: directories
            .iter()
            .filter(|d| remembers(d))
            .map(|d| d.id)
            .collect(),
        stamp,
    });
    let mut held = HELD
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    held.insert(db.tenant().get(), configuration.clone());
    Ok(configuration)
}

async fn schemas_of(
    read: &mut TenantRead,
    directories: &[Directory],
) -> Result<BTreeMap<DirectoryId, Arc<Schema>>, StoreError> {
    let mut schemas = BTreeMap::new();
    for directory in directories {
        if let Some(schema) = read.directory_schema(directory.id).await? {
            schemas.insert(directory.id, schema);
        }
    }
    Ok(schemas)
}

/// What the programs of saved profiles mean, by part.
async fn meanings(
    read: &mut TenantRead,
    profiles: &[ProfileRow],
) -> Result<BTreeMap<PartId, Meanings>, StoreError> {
    let mut meanings: BTreeMap<PartId, Meanings> = BTreeMap::new();
    for profile in profiles {
        let stored = Stored::load(read, profile.id).await?.unwrap_or_default();
        for program in stored.programs {
            let at = PartRef {
                inbound: program.inbound,
                index: program.index,
            };
            let Some(part) = part_id(&profile.doc, at) else {
                continue;
            };
            let (side, of_part) = (program.side(), meanings.entry(part).or_default());
            match side {
                Side::Own => of_part.own = program.meaning,
                Side::Other => of_part.other_keys = program.meaning,
                Side::Disable => of_part.disable = program.meaning,
            }
        }
    }
    Ok(meanings)
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
    let schemas = schemas_of(read, &directories).await?;
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
        rows: profiles,
        schemas,
        selections: BTreeMap::new(),
        containers: BTreeSet::new(),
        evaluated: Evaluated::default(),
        stamp: ConfigurationStamp::default(),
    })
}

/// What the last complete import of each directory read, and the setting that says so.
#[derive(Default)]
struct Known {
    read: BTreeMap<DirectoryId, AttrsByType>,
    settings: BTreeMap<DirectoryId, Setting>,
}

impl Known {
    async fn read(
        read: &mut TenantRead,
        profiles: &[ProfileRow],
        directories: &[Directory],
        schemas: &BTreeMap<DirectoryId, Arc<Schema>>,
    ) -> Result<Self, StoreError> {
        let mut stored = read.settings_of(known::SETTINGS).await?;
        let mut known = Self::default();
        for directory in directories {
            let (id, settings) = (directory.id, settings_of(directory));
            let Some(setting) = stored.remove(&known::setting(id)) else {
                continue;
            };
            if let Some(schema) = schemas.get(&id) {
                let now = Selection::new(id, schema, &settings, profiles.iter().map(|p| &p.doc));
                let last = read_last(Some(&setting), &now);
                known.read.extend(last.map(|last| (id, last.read)));
            }
            known.settings.insert(id, setting);
        }
        Ok(known)
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
            read: known.read.get(&d.id),
        })
    };
    directories.iter().filter_map(one).collect()
}
