//! The schemas a profile is checked against: one a directory it names, and the metaverse's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use syncline_model::profile::{Declared, Profile};
use syncline_model::schema::{Schema, TypeDef};
use syncline_model::{AttrName, DirectoryId, metaverse};

/// What a profile can name.
#[derive(Debug, Clone)]
pub struct Schemas {
    /// Directories by id, with name and schema; a schema that was never read is `None`.
    pub directories: BTreeMap<DirectoryId, DirectorySchema>,
    /// The metaverse.
    pub metaverse: Schema,
}

/// A directory as a profile sees it.
#[derive(Debug, Clone)]
pub struct DirectorySchema {
    /// Its name for people.
    pub name: String,
    /// Its object types; `None` before an agent has described it.
    pub schema: Option<Arc<Schema>>,
    /// Whether a new object needs a distinguished name.
    pub hierarchical: bool,
    /// Whether its users can be given an initial password.
    pub takes_passwords: bool,
}

impl Schemas {
    /// These directories, and the built-in metaverse.
    pub fn new(directories: BTreeMap<DirectoryId, DirectorySchema>) -> Self {
        Self {
            directories,
            metaverse: metaverse::builtin(),
        }
    }

    /// With what a profile declares of the metaverse: it sees its own declarations and nobody else's.
    pub fn of(&self, profile: &Profile) -> Cow<'_, Self> {
        self.declaring(&profile.metaverse)
    }

    /// With these declarations of the metaverse.
    pub fn declaring(&self, declared: &Declared) -> Cow<'_, Self> {
        if declared.is_empty() {
            return Cow::Borrowed(self);
        }
        let directories = self.directories.clone();
        let metaverse = metaverse::with(declared);
        Cow::Owned(Self {
            directories,
            metaverse,
        })
    }

    /// An object type of a directory, when it is known.
    pub fn directory_type(&self, directory: DirectoryId, object_type: &str) -> Option<&TypeDef> {
        self.directories
            .get(&directory)?
            .schema
            .as_ref()?
            .types
            .get(object_type)
    }

    /// An object type of the metaverse.
    pub fn metaverse_type(&self, object_type: &str) -> Option<&TypeDef> {
        self.metaverse.types.get(object_type)
    }
}

/// The known name nearest to one that does not exist, if one is near enough to be meant.
pub fn closest<'a>(name: &str, known: impl Iterator<Item = &'a AttrName>) -> Option<&'a AttrName> {
    let wanted = name.to_lowercase();
    let reach = (wanted.chars().count() / 3).clamp(1, 3);
    known
        .map(|candidate| {
            (
                distance(&wanted, &candidate.as_str().to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
