//! What can happen, outside and by our own doing.

use proptest::prelude::*;
use syncline_scenarios::House;
use syncline_scenarios::house::How;
use syncline_scenarios::world::directory::{Directory, Entry, anchor, nickname};
use syncline_scenarios::world::{HR, SRC, TGT};

use crate::worlds::has_hr;

/// Who there is.
pub const NAMES: [&str; 5] = ["Ann", "Bob", "Cid", "Dan", "Eve"];
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
    TargetMail(usize, usize),
    Title(usize),
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
    Pass(i64),
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
        1 => (who.clone(), 0..MAILS.len()).prop_map(|(n, m)| Edit::TargetMail(n, m)),
        1 => who.clone().prop_map(Edit::Title),
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
        1 => (1..9i64).prop_map(Step::Pass),
    ]
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
            Self::Pass(days) => house.pass(*days),
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

/// Takes all of these steps.
pub fn play(house: &mut dyn House, steps: &[Step]) {
    steps.iter().for_each(|step| step.take(house));
}

/// Cycles until nothing is sent.
pub fn rest(house: &mut dyn House) {
    for _ in 0..6 {
        if cycle(house) == 0 {
            return;
        }
    }
    let (facts, name) = (house.facts(), house.name());
    panic!("no fixed point after six cycles in the {name} (P-01): {facts:#?}");
}

fn knows(directory: &Directory, name: &str) -> bool {
    directory.objects.contains_key(&anchor(name))
}

/// Lets something happen outside, if it can.
pub fn outside(house: &mut dyn House, edit: &Edit) {
    let with_hr = has_hr(house);
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
        Edit::TargetMail(n, m) => {
            if let Some(nick) = account_of(house.directory(TGT), *n) {
                let target = house.directory(TGT);
                target.edit(&nick, "mail", Some(MAILS[*m]));
            }
        }
        Edit::Title(n) => {
            if let Some(nick) = account_of(house.directory(TGT), *n) {
                let target = house.directory(TGT);
                target.edit(&nick, "title", Some("unmanaged"));
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
