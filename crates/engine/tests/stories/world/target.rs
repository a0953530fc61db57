//! The kinds of target that a story is told in: a tree, whose objects have names and places, and a flat directory.
//!
//! Invariants: a profile says the same in both, but for the rules of names; worlds of both print alike, by source and
//! id ([`World::by_source`]), so that one recorded plan holds for both.

use super::directory::{Directory, Entry};
use super::{SRC, STANDARD, TGT, World};

/// Where the objects of the target lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Under names, in containers.
    Tree,
    /// Nowhere: an object is known by its id, which comes with the create.
    Flat,
}

impl Target {
    /// The standard world over such a target.
    pub fn world(self) -> World {
        self.with(STANDARD)
    }

    /// The standard directories under another profile.
    pub fn with(self, profile: &str) -> World {
        let source = Directory::new("src", &["OU=People,DC=src", "OU=Groups,DC=src"]);
        let target = match self {
            Self::Tree => Directory::new("tgt", &["OU=Synced,DC=tgt"]),
            Self::Flat => Directory::flat("tgt"),
        };
        let profile = self.profile(profile);
        let mut world = World::new(&profile, vec![(SRC, source), (TGT, target)]);
        world.by_source = true;
        world.full_import(TGT);
        world
    }

    /// What a profile that is written for a tree is here.
    pub fn profile(self, text: &str) -> String {
        const BEGIN: &str = r#""dn":{"expr":""#;
        let mut text = text.to_owned();
        while let (Self::Flat, Some(at)) = (self, text.find(BEGIN)) {
            let rest = &text[at + BEGIN.len()..];
            let end = rest.find(r#""},"#).expect("the end of a rule of names");
            text.replace_range(at..at + BEGIN.len() + end + 3, "");
        }
        text
    }

    /// An object of the target; its name counts in a tree only.
    pub fn entry(self, object_type: &str, name: &str) -> Entry {
        match self {
            Self::Tree => Entry::new(object_type, &format!("CN={name},OU=Synced,DC=tgt")),
            Self::Flat => Entry::new(object_type, ""),
        }
    }
}

/// Tells each of these stories over both kinds of target.
macro_rules! in_both_worlds {
    ($($story:ident),+ $(,)?) => {
        mod in_a_tree {
            $(#[test]
            fn $story() {
                insta::allow_duplicates! { super::$story(crate::world::Target::Tree) }
            })+
        }
        mod in_a_flat_world {
            $(#[test]
            fn $story() {
                insta::allow_duplicates! { super::$story(crate::world::Target::Flat) }
            })+
        }
    };
}
pub(crate) use in_both_worlds;
