//! A scenario being told: what is done to a house, and what changed since, completely.
//!
//! Invariant: a change that a scenario does not list is a failure, whichever house makes it.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use syncline_model::op::{OpHash, Operation};
use syncline_model::profile::Profile;
use syncline_model::run::RunStatus;
use syncline_model::{DirectoryId, PartId};

use crate::house::{House, How};
use crate::view::{Facts, difference};
use crate::world::{Directory, HR, PROFILE, SRC, STANDARD, TGT};

/// Where the objects of the target lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Under names, in containers.
    Tree,
    /// Nowhere: an object is known by its id, which comes with the create.
    Flat,
}

/// A scenario of the specification.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// Its number, such as `S-01`.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// Whether it is told over a flat target as well: where it says nothing of names.
    pub flat: bool,
    /// What happens, and what must come of it.
    pub tell: fn(&mut Story<'_>),
}

/// A scenario being told.
pub struct Story<'h> {
    house: &'h mut (dyn House + 'h),
    target: Target,
    known: Facts,
}

impl<'h> Deref for Story<'h> {
    type Target = dyn House + 'h;

    fn deref(&self) -> &Self::Target {
        &*self.house
    }
}

impl DerefMut for Story<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.house
    }
}

impl<'h> Story<'h> {
    /// Begins to tell in a house.
    pub fn new(house: &'h mut (dyn House + 'h), target: Target) -> Self {
        Self {
            house,
            target,
            known: Facts::new(),
        }
    }

    /// The standard world W: SRC and TGT, the standard rules, a baseline of the target.
    pub fn standard(&mut self) {
        self.world(STANDARD);
    }

    /// The standard directories under other rules.
    pub fn world(&mut self, profile: &str) {
        self.world_of(profile, Vec::new());
    }

    /// The same with a second source.
    pub fn world_with_hr(&mut self, profile: &str) {
        let hr = Directory::new("hr", &["OU=Staff,DC=hr"]);
        self.world_of(profile, vec![(HR, hr)]);
    }

    /// The standard directories and others.
    pub fn world_of(&mut self, profile: &str, others: Vec<(DirectoryId, Directory)>) {
        let source = Directory::new("src", &["OU=People,DC=src", "OU=Groups,DC=src"]);
        let target = match self.target {
            Target::Tree => Directory::new("tgt", &["OU=Synced,DC=tgt"]),
            Target::Flat => Directory::flat("tgt"),
        };
        let mut directories = vec![(SRC, source), (TGT, target)];
        directories.extend(others);
        let profile = self.profile(profile);
        self.house.begin(directories, &profile);
        self.house.import(TGT, How::Full);
        self.house.sync(false);
        self.given();
    }

    /// Saves other rules.
    pub fn rules(&mut self, profile: &str) {
        let profile = self.profile(profile);
        self.house.configure(&profile);
    }

    /// A profile as this target takes it; parts have ids that follow from their order.
    fn profile(&self, text: &str) -> Profile {
        let mut profile: Profile = serde_json::from_str(text).expect("a profile");
        for (part, n) in profile.inbound.iter_mut().zip(1..) {
            part.id = Some(PartId(PROFILE.0 * 100 + n));
        }
        for (part, n) in profile.outbound.iter_mut().zip(51..) {
            part.id = Some(PartId(PROFILE.0 * 100 + n));
            if self.target == Target::Flat {
                part.dn = None;
            }
        }
        profile
    }

    /// First imports of everything, and a cycle: what comes after it is the story.
    pub fn start(&mut self) {
        for id in self.directories() {
            self.house.import(id, How::Full);
        }
        self.sync();
        self.cycle();
        self.given();
    }

    fn directories(&self) -> Vec<DirectoryId> {
        self.house.directories()
    }

    /// A full import.
    pub fn full(&mut self, id: DirectoryId) -> RunStatus {
        self.house.import(id, How::Full)
    }

    /// A delta import.
    pub fn delta(&mut self, id: DirectoryId) -> RunStatus {
        self.house.import(id, How::Delta)
    }

    /// A delta synchronisation.
    pub fn sync(&mut self) {
        self.house.sync(false);
    }

    /// A synchronisation of everything.
    pub fn sync_everything(&mut self) {
        self.house.sync(true);
    }

    /// The identity of an object, or of a metaverse object, by what it is called in facts.
    #[track_caller]
    pub fn identity(&self, label: &str) -> i64 {
        let known = self.house.identities();
        *known
            .get(label)
            .unwrap_or_else(|| panic!("{label} is known"))
    }

    /// Whether saving such rules is refused.
    pub fn refuses(&mut self, profile: &str) -> bool {
        let profile = self.profile(profile);
        self.house.refuses(&profile)
    }

    /// Exports everything that is staged for the target; answers what was sent, in order, a line each without names.
    pub fn export(&mut self) -> Vec<String> {
        // Described before it is sent: afterwards its object may be gone, or belong to nobody.
        let staged = self.house.staged();
        let staged: BTreeMap<OpHash, String> = staged
            .iter()
            .map(|op| (op.hash(), self.house.describe(op)))
            .collect();
        let sent = self.house.export(TGT, &|_| true);
        let line = |op: &Operation| match staged.get(&op.hash()) {
            Some(line) => line.clone(),
            None => format!("a part of {}", self.house.describe(op)),
        };
        sent.iter().map(line).collect()
    }

    /// Delta imports of all, sync, export, confirming import, sync. Answers what was sent.
    pub fn cycle(&mut self) -> Vec<String> {
        for id in self.directories() {
            self.delta(id);
        }
        self.sync();
        let sent = self.export();
        self.delta(TGT);
        self.sync();
        sent
    }

    /// What is so by now is given; the next [`Story::then`] is about what changes from here on.
    pub fn given(&mut self) {
        self.known = self.house.facts();
    }

    /// What changed since: all of it. In a flat world names of the target are not told.
    #[track_caller]
    pub fn then(&mut self, expected: &str) {
        let now = self.house.facts();
        let changed = difference(&self.known, &now);
        self.known = now;
        let is_flat = self.target == Target::Flat;
        let told = |line: &&str| !(line.is_empty() || is_flat && is_name(line));
        let mut expected: Vec<&str> = expected.lines().map(str::trim).filter(told).collect();
        let mut actual: Vec<&str> = changed.iter().map(String::as_str).collect();
        expected.sort_unstable();
        actual.sort_unstable();
        let changed = changed.join("\n");
        assert!(
            actual == expected,
            "what changed is not what was told.\ntold:\n{}\nchanged:\n{changed}",
            expected.join("\n")
        );
    }

    /// Nothing changed since.
    #[track_caller]
    pub fn then_nothing(&mut self) {
        self.then("");
    }

    /// What was sent, in order.
    #[track_caller]
    pub fn sent(&self, sent: &[String], expected: &str) {
        let told = expected.lines().map(str::trim);
        let expected: Vec<&str> = told.filter(|line| !line.is_empty()).collect();
        assert!(
            sent == expected,
            "what was sent is not what was told.\ntold:\n{}\nsent:\n{}",
            expected.join("\n"),
            sent.join("\n")
        );
    }

    /// Whether the target of this telling is a flat directory.
    pub fn is_flat(&self) -> bool {
        self.target == Target::Flat
    }
}

/// Whether a line tells a name that the target gives or has.
fn is_name(line: &str) -> bool {
    let line = line.get(2..).unwrap_or_default();
    let lies = line.starts_with("TGT ") && line.contains(": at dn ");
    let is_given = line.starts_with("pending: ") && line.contains(" name ");
    lies || is_given
}
