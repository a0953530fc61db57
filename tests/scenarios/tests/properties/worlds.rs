//! The worlds that histories are played in: directories, rules, and how the directories behave.
//!
//! Invariant: a kind and its manners say everything about how a world begins.

use proptest::prelude::*;
use syncline_scenarios::House;
use syncline_scenarios::engine::Engine;
use syncline_scenarios::model::Model;
use syncline_scenarios::story::{Story, Target};
use syncline_scenarios::world::directory::Entry;
use syncline_scenarios::world::{HR, SRC, STANDARD, TGT};

/// Which directories and rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The standard world W.
    Standard,
    /// The same over a flat target.
    Flat,
    /// Two sources that join each other, merge addresses, and leave scopes.
    Sources,
    /// The same, joined by a number that nobody shares and nobody changes.
    Numbers,
    /// Accounts of those who leave the scope are disabled, and deleted five days later; adopted ones too.
    Leavers,
    /// People are kept for a week.
    Grace,
}

pub fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Standard),
        Just(Kind::Flat),
        Just(Kind::Sources),
        Just(Kind::Numbers),
        Just(Kind::Leavers),
        Just(Kind::Grace),
    ]
}

/// Worlds whose target is a tree.
pub fn tree() -> impl Strategy<Value = Kind> {
    kind().prop_filter("a tree", |kind| *kind != Kind::Flat)
}

/// How directories behave that do not do what one would like.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manners {
    /// The source tells no changes.
    source_without_delta: bool,
    /// Changes of the source name only what changed.
    source_incremental: bool,
    /// The target tells no changes.
    without_delta: bool,
    /// Changes of the target name only what changed.
    incremental: bool,
    /// An Add is acknowledged without an id.
    silent: bool,
    /// Texts are kept in lower case.
    folds: bool,
    /// An attribute that is refused while the rest is taken.
    refuses: Option<&'static str>,
}

pub fn manners() -> impl Strategy<Value = Manners> {
    let rarely = || proptest::bool::weighted(0.2);
    let refuses = proptest::option::weighted(0.2, prop_oneof![Just("department"), Just("manager")]);
    let flags = (rarely(), rarely(), rarely(), rarely(), rarely(), rarely());
    (flags, refuses).prop_map(|(flags, refuses)| Manners {
        source_without_delta: flags.0,
        source_incremental: flags.1,
        without_delta: flags.2,
        incremental: flags.3,
        silent: flags.4 && refuses.is_none(),
        folds: flags.5,
        refuses,
    })
}

/// Such as take everything in the end.
pub fn fair_manners() -> impl Strategy<Value = Manners> {
    manners().prop_map(|manners| Manners {
        refuses: None,
        ..manners
    })
}

impl Manners {
    /// Whether an Add is acknowledged without an id.
    pub fn gives_no_ids(self) -> bool {
        self.silent
    }

    fn apply(self, house: &mut dyn House) {
        let source = house.directory(SRC);
        source.no_delta = self.source_without_delta;
        source.incremental = self.source_incremental;
        let target = house.directory(TGT);
        target.no_delta = self.without_delta;
        target.incremental = self.incremental;
        // Where nothing has a name, what has no id either could never be found again.
        target.silent = self.silent && !target.is_flat();
        target.folds = self.folds;
        let refuses = self.refuses.into_iter();
        target.refuses_attrs = refuses.map(Into::into).collect();
    }
}

impl Kind {
    /// Where the objects of its target lie.
    pub fn target(self) -> Target {
        match self {
            Self::Flat => Target::Flat,
            _ => Target::Tree,
        }
    }

    /// Its rules.
    pub fn rules(self) -> String {
        match self {
            Self::Standard | Self::Flat => STANDARD.to_owned(),
            Self::Sources => SOURCES.to_owned(),
            Self::Numbers => numbers(),
            Self::Leavers => leavers(),
            Self::Grace => {
                let grace = r#"{"name":"W","deletion":{"person":{"grace_days":7}},"#;
                STANDARD.replacen(r#"{"name":"W","#, grace, 1)
            }
        }
    }

    /// Begins such a world in a house.
    pub fn begin(self, house: &mut dyn House) {
        let mut story = Story::new(house, self.target());
        match self {
            Self::Sources | Self::Numbers => story.world_with_hr(&self.rules()),
            _ => story.world(&self.rules()),
        }
        if self == Self::Leavers {
            let disabled = Entry::new("ou", "OU=Disabled,DC=tgt");
            story.directory(TGT).put("disabled", disabled);
            story.delta(TGT);
        }
    }
}

/// Saves other rules in a house.
pub fn save(house: &mut dyn House, kind: Kind, rules: &str) {
    Story::new(house, kind.target()).rules(rules);
}

/// The model and the engine, in a world of this kind.
pub fn both(kind: Kind) -> [Box<dyn House>; 2] {
    both_with(kind, Manners::default())
}

/// The same with directories that behave so.
pub fn both_with(kind: Kind, manners: Manners) -> [Box<dyn House>; 2] {
    let mut houses: [Box<dyn House>; 2] = [Box::new(Model::default()), Box::new(Engine::default())];
    for house in houses.iter_mut() {
        kind.begin(house.as_mut());
        manners.apply(house.as_mut());
    }
    houses
}

/// The engine alone.
pub fn engine(kind: Kind) -> Engine {
    engine_with(kind, Manners::default())
}

/// The engine alone, with directories that behave so.
pub fn engine_with(kind: Kind, manners: Manners) -> Engine {
    let mut engine = Engine::default();
    kind.begin(&mut engine);
    manners.apply(&mut engine);
    engine
}

/// Whether a house has the second source.
pub fn has_hr(house: &dyn House) -> bool {
    house.directories().contains(&HR)
}

const SOURCES: &str = r#"{"name":"sources","inbound":[
  {"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision",
   "scope":{"expr":"department != Test"},
   "match":[[{"source":"employeeID","metaverse":"employeeID"}],[{"source":"mail","metaverse":"mail"}]],
   "flows":[{"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},
            {"to":"proxyAddresses","from":"mail","merge":true},
            {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_3","type":"user","metaverse_type":"person","link":"sticky",
   "match":[[{"source":"mail","metaverse":"mail"}],[{"source":"displayName","metaverse":{"expr":"<displayName>"}}]],
   "flows":[{"to":"employeeID","from":"employeeID"},{"to":"mail","from":"mail"},
            {"to":"proxyAddresses","from":"mail","merge":true},
            {"to":"department","from":"department"}]},
  {"directory":"dir_1","type":"group","metaverse_type":"group","link":"provision","flows":[
    {"to":"name","from":"name"},{"to":"member","from":"member"}]}],
 "outbound":[
  {"directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
   "scope":{"expr":"department != IT"},
   "match":[[{"metaverse":"mail","target":"mail"}],[{"metaverse":{"expr":"<displayName>"},"target":{"expr":"<displayName>"}}]],
   "dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},
    {"to":"proxyAddresses","from":"proxyAddresses"},
    {"to":"department","expr":"<department>","mode":"on-change"},
    {"to":"info","from":"department","mode":"if-empty"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group","metaverse_type":"group","action":"create-or-update",
   "match":[[{"metaverse":"name","target":"name"}]],
   "dn":{"expr":"CN=<name>,OU=Synced,DC=tgt"},"deprovision":"disconnect","flows":[
    {"to":"name","from":"name"},{"to":"member","from":"member"}]}]}"#;

/// Joined by number alone.
fn numbers() -> String {
    let by_mail = r#",[{"source":"mail","metaverse":"mail"}]]"#;
    let hr = r#"[[{"source":"mail","metaverse":"mail"}],[{"source":"displayName","metaverse":{"expr":"<displayName>"}}]]"#;
    let by_number = r#"[[{"source":"employeeID","metaverse":"employeeID"}]]"#;
    // SRC has to give the number too: HR is asked for it only after it joined.
    let gives = r#"{"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},"#;
    let with_number = format!(r#"{{"to":"employeeID","from":"employeeID"}},{gives}"#);
    SOURCES
        .replacen(by_mail, "]", 1)
        .replacen(hr, by_number, 1)
        .replacen(gives, &with_number, 1)
}

/// The standard rules, in which people of department `Test` have no account and accounts are disabled and moved.
fn leavers() -> String {
    let at = STANDARD.find(r#""outbound""#).expect("the standard rules");
    let (inbound, outbound) = STANDARD.split_at(at);
    let action = r#""action":"create-or-update""#;
    let scoped = format!(r#"{action},"scope":{{"expr":"department != Test"}}"#);
    let disable = r#""deprovision":"disable","disable":{
        "dn":{"expr":"CN=<displayName>,OU=Disabled,DC=tgt"},"flows":[{"to":"info","expr":"disabled"}],"delete_after_days":5}"#;
    let outbound = outbound
        .replacen(action, &scoped, 1)
        .replacen(r#""deprovision":"delete""#, disable, 1)
        .replacen(
            r#"{"to":"givenName","from":"givenName"}"#,
            r#"{"to":"info","expr":"enabled"}"#,
            1,
        );
    format!("{inbound}{outbound}")
}
