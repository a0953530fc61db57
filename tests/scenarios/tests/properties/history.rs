//! What can happen, outside and by our own doing.

use proptest::prelude::*;
use syncline_scenarios::House;
use syncline_scenarios::engine::Engine;
use syncline_scenarios::house::How;
use syncline_scenarios::model::Model;
use syncline_scenarios::story::{Story, Target};
use syncline_scenarios::world::directory::{Directory, Entry, anchor, nickname};
use syncline_scenarios::world::{HR, SRC, STANDARD, TGT};

const NAMES: [&str; 5] = ["Ann", "Bob", "Cid", "Dan", "Eve"];
const MAILS: [&str; 4] = ["a@x", "b@x", "c@x", "A@X"];
const DEPARTMENTS: [&str; 3] = ["Sales", "IT", "Test"];

/// One thing that happens outside.
#[derive(Debug, Clone)]
pub enum Edit {
    User(usize, usize),
    Department(usize, usize),
    Mail(usize, Option<usize>),
    Manager(usize, usize),
    Display(usize, usize),
    Gone(usize),
    Members(u8),
    Stranger(usize, usize),
    Drift(usize),
    TargetGone(usize),
    Hr(usize, usize),
    HrGone(usize),
    HrMail(usize, Option<usize>),
}

/// One thing that we do.
#[derive(Debug, Clone)]
pub enum Step {
    Edit(Edit),
    Delta(usize),
    Full(usize),
    Sync,
    SyncEverything,
    Export,
}

pub fn edit() -> impl Strategy<Value = Edit> {
    let who = 0..NAMES.len();
    prop_oneof![
        4 => (who.clone(), 0..3usize).prop_map(|(n, d)| Edit::User(n, d)),
        2 => (who.clone(), 0..3usize).prop_map(|(n, d)| Edit::Department(n, d)),
        2 => (who.clone(), proptest::option::of(0..MAILS.len())).prop_map(|(n, m)| Edit::Mail(n, m)),
        2 => (who.clone(), who.clone()).prop_map(|(n, m)| Edit::Manager(n, m)),
        3 => (who.clone(), who.clone()).prop_map(|(n, m)| Edit::Display(n, m)),
        2 => who.clone().prop_map(Edit::Gone),
        2 => any::<u8>().prop_map(Edit::Members),
        1 => (who.clone(), 0..MAILS.len()).prop_map(|(n, m)| Edit::Stranger(n, m)),
        1 => who.clone().prop_map(Edit::Drift),
        1 => who.clone().prop_map(Edit::TargetGone),
        2 => (who.clone(), 0..3usize).prop_map(|(n, d)| Edit::Hr(n, d)),
        1 => who.clone().prop_map(Edit::HrGone),
        1 => (who, proptest::option::of(0..MAILS.len())).prop_map(|(n, m)| Edit::HrMail(n, m)),
    ]
}

pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => edit().prop_map(Step::Edit),
        4 => (0..3usize).prop_map(Step::Delta),
        1 => (0..3usize).prop_map(Step::Full),
        3 => Just(Step::Sync),
        1 => Just(Step::SyncEverything),
        2 => Just(Step::Export),
    ]
}

/// The worlds that histories are played in.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// The standard world W.
    Standard,
    /// The same over a flat target.
    Flat,
    /// Two sources that join each other, merge addresses, and leave scopes.
    Sources,
    /// The same, joined by a number that nobody shares and nobody changes.
    Numbers,
    /// Accounts of those who leave the scope are disabled; adopted ones too.
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

/// The model and the engine, in a world of this kind.
pub fn both(kind: Kind) -> [Box<dyn House>; 2] {
    let mut houses: [Box<dyn House>; 2] = [Box::new(Model::default()), Box::new(Engine::default())];
    for house in houses.iter_mut() {
        let target = match kind {
            Kind::Flat => Target::Flat,
            _ => Target::Tree,
        };
        let mut story = Story::new(house.as_mut(), target);
        match kind {
            Kind::Standard | Kind::Flat => story.standard(),
            Kind::Sources => story.world_with_hr(SOURCES),
            Kind::Numbers => story.world_with_hr(&numbers()),
            Kind::Leavers => {
                story.world(&leavers());
                let disabled = Entry::new("ou", "OU=Disabled,DC=tgt");
                story.directory(TGT).put("disabled", disabled);
                story.delta(TGT);
            }
            Kind::Grace => {
                let grace = r#"{"name":"W","deletion":{"person":{"grace_days":7}},"#;
                story.world(&STANDARD.replacen(r#"{"name":"W","#, grace, 1));
            }
        }
    }
    houses
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
        "dn":{"expr":"CN=<displayName>,OU=Disabled,DC=tgt"},"flows":[{"to":"info","expr":"disabled"}]}"#;
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

impl Step {
    /// Takes it in a house. A synchronisation is repeated until it leaves nothing to do.
    pub fn take(&self, house: &mut dyn House) {
        match self {
            Self::Edit(edit) => outside(house, edit),
            Self::Delta(n) | Self::Full(n) => {
                let all = house.directories();
                let id = all[n % all.len()];
                let how = match self {
                    Self::Full(_) => How::Full,
                    _ => How::Delta,
                };
                house.import(id, how);
            }
            Self::Sync => settle(house, false),
            Self::SyncEverything => settle(house, true),
            Self::Export => drop(house.export(TGT, &|_| true)),
        }
    }
}

/// Synchronises until nothing changes any more.
pub fn settle(house: &mut dyn House, everything: bool) {
    for _ in 0..6 {
        house.sync(everything);
        if house.was_quiet() {
            return;
        }
    }
    panic!(
        "synchronisation does not come to rest in the {}",
        house.name()
    );
}

/// Delta imports of all, sync, export, confirming import, sync. Answers how much was sent.
pub fn cycle(house: &mut dyn House) -> usize {
    for id in house.directories() {
        house.import(id, How::Delta);
    }
    settle(house, false);
    let sent = house.export(TGT, &|_| true).len();
    house.import(TGT, How::Delta);
    settle(house, false);
    sent
}

/// Cycles until nothing is sent.
pub fn rest(house: &mut dyn House) {
    for _ in 0..6 {
        if cycle(house) == 0 {
            return;
        }
    }
    panic!("no fixed point after six cycles (P-01)");
}

fn knows(directory: &Directory, name: &str) -> bool {
    directory.objects.contains_key(&anchor(name))
}

/// Lets something happen outside, if it can.
pub fn outside(house: &mut dyn House, edit: &Edit) {
    let with_hr = house.directories().contains(&HR);
    let in_source = |house: &mut dyn House, n: usize| knows(house.directory(SRC), NAMES[n]);
    match edit {
        Edit::User(n, d) => {
            let name = NAMES[*n];
            let entry = Entry::new("user", &format!("CN={name},OU=People,DC=src"))
                .set("displayName", name)
                .set("employeeID", name)
                .set("department", DEPARTMENTS[*d]);
            house.directory(SRC).put(name, entry);
        }
        Edit::Department(n, d) if in_source(house, *n) => {
            let department = Some(DEPARTMENTS[*d]);
            house
                .directory(SRC)
                .edit(NAMES[*n], "department", department);
        }
        Edit::Mail(n, m) if in_source(house, *n) => {
            let mail = m.map(|m| MAILS[m]);
            house.directory(SRC).edit(NAMES[*n], "mail", mail);
        }
        Edit::Manager(n, m) if in_source(house, *n) => {
            house
                .directory(SRC)
                .refer(NAMES[*n], "manager", &[NAMES[*m]]);
        }
        Edit::Display(n, m) if in_source(house, *n) => {
            let name = Some(NAMES[*m]);
            house.directory(SRC).edit(NAMES[*n], "displayName", name);
        }
        Edit::Gone(n) if in_source(house, *n) => house.directory(SRC).delete(NAMES[*n]),
        Edit::Members(mask) => {
            let members: Vec<&str> = (0..NAMES.len())
                .filter(|n| mask >> n & 1 == 1 && in_source(house, *n))
                .map(|n| NAMES[n])
                .collect();
            if !knows(house.directory(SRC), "G") {
                let group = Entry::new("group", "CN=G,OU=Groups,DC=src").set("name", "G");
                house.directory(SRC).put("G", group);
            }
            house.directory(SRC).refer("G", "member", &members);
        }
        Edit::Stranger(n, m) => {
            let nick = format!("x{n}");
            let target = house.directory(TGT);
            if !knows(target, &nick) {
                let dn = match target.is_flat() {
                    true => String::new(),
                    false => format!("CN={nick},OU=Synced,DC=tgt"),
                };
                let entry = Entry::new("user", &dn).set("mail", MAILS[*m]);
                target.put(&nick, entry.set("title", "unmanaged"));
            }
        }
        Edit::Drift(n) => {
            if let Some(nick) = account_of(house.directory(TGT), *n) {
                house
                    .directory(TGT)
                    .edit(&nick, "department", Some("by hand"));
            }
        }
        Edit::TargetGone(n) => {
            if let Some(nick) = account_of(house.directory(TGT), *n) {
                house.directory(TGT).delete(&nick);
            }
        }
        Edit::Hr(n, d) if with_hr && !knows(house.directory(HR), NAMES[*n]) => {
            let name = NAMES[*n];
            let entry = Entry::new("user", &format!("CN={name},OU=Staff,DC=hr"))
                .set("displayName", name)
                .set("employeeID", name)
                .set("department", DEPARTMENTS[*d]);
            house.directory(HR).put(name, entry);
        }
        Edit::HrGone(n) if with_hr && knows(house.directory(HR), NAMES[*n]) => {
            house.directory(HR).delete(NAMES[*n]);
        }
        Edit::HrMail(n, m) if with_hr && knows(house.directory(HR), NAMES[*n]) => {
            let mail = m.map(|m| MAILS[m]);
            house.directory(HR).edit(NAMES[*n], "mail", mail);
        }
        _ => {}
    }
}

/// The target's account of a person.
fn account_of(target: &Directory, n: usize) -> Option<String> {
    let found = match target.is_flat() {
        true => target.by_value("displayName", NAMES[n]),
        false => {
            let dn = format!("CN={},OU=Synced,DC=tgt", NAMES[n]);
            target.by_dn(&dn).map(|(anchor, _)| anchor)
        }
    };
    found.map(nickname)
}

/// Puts items into another order.
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed | 1;
    for i in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let at = state % (i as u64 + 1);
        items.swap(i, usize::try_from(at).expect("lists are short"));
    }
}
