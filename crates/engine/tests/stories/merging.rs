//! Merged attributes: S-35, S-36 and what follows from them (D-33).

use std::collections::BTreeSet;

use syncline_engine::ruleset::{self, FlowPlace, Mixed};
use syncline_model::Value;
use syncline_model::profile::Profile;

use crate::world::directory::{Directory, Entry, anchor};
use crate::world::{HR, PROFILE, SRC, TGT, Target, World, in_both_worlds};

/// Two sources of people and groups, whose addresses and members are united.
pub const MERGING: &str = r#"{"name":"merging","inbound":[
  {"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision",
   "match":[[{"source":"employeeID","metaverse":"employeeID"}]],"scope":{"expr":"fail-on title broken"},"flows":[
    {"to":"employeeID","from":"employeeID"},{"to":"displayName","from":"displayName"},
    {"to":"proxyAddresses","from":"proxyAddresses","merge":true}]},
  {"directory":"dir_3","type":"user","metaverse_type":"person","link":"join",
   "match":[[{"source":"employeeID","metaverse":"employeeID"}]],"scope":{"expr":"fail-on title broken"},"flows":[
    {"to":"proxyAddresses","from":"proxyAddresses","merge":true}]},
  {"directory":"dir_1","type":"group","metaverse_type":"group","link":"provision","flows":[
    {"to":"name","from":"name"},{"to":"member","from":"member","merge":true}]},
  {"directory":"dir_3","type":"group","metaverse_type":"group","link":"join",
   "match":[[{"source":"name","metaverse":"name"}]],"scope":{"expr":"fail-on title broken"},"flows":[
    {"to":"member","from":"member","merge":true}]}],
 "outbound":[
  {"directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
   "match":[[{"metaverse":"employeeID","target":"employeeID"}]],
   "dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"employeeID","from":"employeeID"},{"to":"displayName","from":"displayName"},
    {"to":"proxyAddresses","from":"proxyAddresses"}]},
  {"directory":"dir_2","type":"group","metaverse_type":"group","action":"create-or-update",
   "match":[[{"metaverse":"name","target":"name"}]],
   "dn":{"expr":"CN=<name>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"name","from":"name"},{"to":"member","from":"member"}]}]}"#;

in_both_worlds!(
    s35_addresses_of_two_sources_are_one_set,
    s35b_what_a_profile_that_does_not_run_gave_stays_part_of_the_merge,
    members_of_two_sources_are_one_set_and_each_goes_with_its_last_giver,
    a_source_whose_scope_fails_keeps_what_it_gave_to_a_merge,
);

pub fn world(target: Target, profile: &str) -> World {
    let mut w = target.with(profile);
    let hr = Directory::new("hr", &["OU=Staff,DC=hr"]);
    w.directories.insert(HR, hr);
    w.configure(PROFILE, &target.profile(profile));
    w
}

fn user(n: &str, addresses: &[&str]) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .values("proxyAddresses", addresses)
}

fn person(n: &str, addresses: &[&str]) -> Entry {
    Entry::new("user", &format!("CN={n},OU=Staff,DC=hr"))
        .set("employeeID", n)
        .values("proxyAddresses", addresses)
}

fn addresses(w: &mut World, id: syncline_model::DirectoryId, n: &str, addresses: &[&str]) {
    let values: BTreeSet<Value> = addresses.iter().map(|a| Value::text(*a)).collect();
    w.dir(id).write(&anchor(n), "proxyAddresses", values);
}

fn s35_addresses_of_two_sources_are_one_set(target: Target) {
    let mut w = world(target, MERGING);
    w.dir(SRC).put("A", user("Ann", &["SMTP:a@x", "smtp:b@x"]));
    w.dir(HR).put("H", person("Ann", &["smtp:A@X", "smtp:c@x"]));
    w.full_import(SRC);
    w.full_import(HR);
    w.sync();

    insta::assert_snapshot!(w.metaverse(), @r"
    person A
        displayName: Ann (dir_1)
        employeeID: Ann (dir_1)
        proxyAddresses: SMTP:a@x | smtp:b@x (dir_1) | smtp:c@x (dir_3)
        <- A Target; CN=Ann,OU=People,DC=src Provision; CN=Ann,OU=Staff,DC=hr Join
    ");
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user A
        displayName: - -> Ann
        employeeID: - -> Ann
        proxyAddresses: - -> SMTP:a@x | smtp:b@x | smtp:c@x
            SMTP:a@x | smtp:b@x (dir_1)
            smtp:c@x (dir_3)
    ");
    w.cycle();

    addresses(&mut w, SRC, "A", &[]);
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        proxyAddresses: SMTP:a@x | smtp:b@x | smtp:c@x -> smtp:A@X | smtp:c@x
    ");
    w.cycle();
    w.dir(HR).delete("H");
    w.cycle();
    assert!(
        !w.metaverse().contains("proxyAddresses"),
        "{}",
        w.metaverse()
    );
    assert_eq!(w.errors(), "(none)\n");
}

fn s35b_what_a_profile_that_does_not_run_gave_stays_part_of_the_merge(target: Target) {
    let other = syncline_model::ProfileId(11);
    let hr = r#"{"name":"HR","inbound":[
      {"directory":"dir_3","type":"user","metaverse_type":"person","link":"join",
       "match":[[{"source":"employeeID","metaverse":"employeeID"}]],"flows":[
        {"to":"proxyAddresses","from":"proxyAddresses","merge":true}]}]}"#;
    let mut w = world(target, MERGING);
    let own: serde_json::Value = serde_json::from_str(&target.profile(MERGING)).unwrap();
    let mut without_hr = own.clone();
    let parts = without_hr["inbound"].as_array_mut().unwrap();
    parts.retain(|part| part["directory"] != "dir_3");
    w.configure(PROFILE, &without_hr.to_string());
    w.configure(other, hr);
    let both = |w: &mut World| {
        for profile in [PROFILE, other, PROFILE] {
            let seen = w.db.work.clone();
            for part in w.sync_profile(profile) {
                w.db.apply_plan(&part, &seen);
            }
        }
    };
    w.dir(SRC).put("A", user("Ann", &["SMTP:a@x"]));
    w.dir(HR).put("H", person("Ann", &["smtp:A@X", "smtp:c@x"]));
    w.dir(SRC).put("B", user("Bob", &[]));
    w.dir(HR).put("I", person("Bob", &[]));
    w.full_import(SRC);
    w.full_import(HR);
    both(&mut w);

    addresses(&mut w, HR, "H", &["smtp:d@x"]);
    addresses(&mut w, SRC, "A", &["smtp:b@x"]);
    addresses(&mut w, HR, "I", &["smtp:e@x"]);
    w.dir(SRC).edit("B", "title", Some("Dr"));
    w.delta_import(HR);
    w.delta_import(SRC);
    w.sync();

    let of_both = |w: &World| {
        let printed = w.metaverse();
        let line = printed.lines().find(|line| line.contains("proxyAddresses"));
        line.unwrap().trim().to_owned()
    };
    assert_eq!(
        of_both(&w),
        "proxyAddresses: smtp:b@x (dir_1) | smtp:A@X | smtp:c@x (dir_3)"
    );
    assert!(!w.metaverse().contains("e@x"), "{}", w.metaverse());
    both(&mut w);
    assert_eq!(
        of_both(&w),
        "proxyAddresses: smtp:b@x (dir_1) | smtp:d@x (dir_3)"
    );
    assert!(w.metaverse().contains("proxyAddresses: smtp:e@x (dir_3)"));
}

/// A group in either source.
fn teams(w: &mut World, src: &[&str], hr: &[&str]) {
    for (id, nick, dn, members) in [
        (SRC, "G", "CN=Team,OU=Groups,DC=src", src),
        (HR, "T", "CN=Team,OU=Staff,DC=hr", hr),
    ] {
        w.dir(id)
            .put(nick, Entry::new("group", dn).set("name", "Team"));
        w.dir(id).refer(nick, "member", members);
    }
}

fn people(w: &mut World) {
    for (nick, n) in [("A", "Ann"), ("B", "Bob"), ("C", "Cid")] {
        w.dir(SRC).put(nick, user(n, &[]));
        w.dir(HR).put(&format!("H{nick}"), person(n, &[]));
    }
}

fn members(w: &World) -> String {
    let printed = w.metaverse();
    let line = printed.lines().find(|line| line.contains("member"));
    line.map_or("none".into(), |line| line.trim().to_owned())
}

fn members_of_two_sources_are_one_set_and_each_goes_with_its_last_giver(target: Target) {
    let mut w = world(target, MERGING);
    people(&mut w);
    teams(&mut w, &["A", "B"], &["HB", "HC"]);
    w.start();
    assert_eq!(members(&w), "member: [A][B (dir_1, dir_3)][C]");
    let team = match target {
        Target::Tree => w.dir(TGT).by_dn("CN=Team,OU=Synced,DC=tgt").unwrap().0,
        Target::Flat => w.dir(TGT).by_value("name", "Team").unwrap(),
    };
    let team = team.clone();
    let sent = |w: &mut World| w.dir(TGT).objects[&team].refs[&"member".into()].len();
    assert_eq!(sent(&mut w), 3);

    w.dir(SRC).refer("G", "member", &["A"]);
    w.cycle();
    assert_eq!(
        (members(&w).as_str(), sent(&mut w)),
        ("member: [A][B][C]", 3)
    );

    w.dir(HR).refer("T", "member", &["HC"]);
    w.cycle();
    assert_eq!((members(&w).as_str(), sent(&mut w)), ("member: [A][C]", 2));
}

fn a_source_whose_scope_fails_keeps_what_it_gave_to_a_merge(target: Target) {
    let mut w = world(target, MERGING);
    people(&mut w);
    teams(&mut w, &["A", "B"], &["HB", "HC"]);
    addresses(&mut w, SRC, "A", &["smtp:a@x"]);
    addresses(&mut w, HR, "HA", &["smtp:A@x", "smtp:c@x"]);
    w.start();

    w.dir(HR).edit("T", "title", Some("broken"));
    w.dir(HR).edit("HA", "title", Some("broken"));
    w.dir(HR).refer("T", "member", &[]);
    addresses(&mut w, HR, "HA", &["smtp:new@x"]);
    w.dir(SRC).refer("G", "member", &["A"]);
    addresses(&mut w, SRC, "A", &[]);
    w.cycle();

    assert_eq!(members(&w), "member: [A][B][C]");
    assert!(
        w.metaverse()
            .contains("proxyAddresses: smtp:A@x | smtp:c@x (dir_3)"),
        "{}",
        w.metaverse()
    );
    w.dir(HR).edit("T", "title", None);
    w.dir(HR).edit("HA", "title", None);
    w.cycle();
    assert_eq!(members(&w), "member: [A]");
    assert!(w.metaverse().contains("proxyAddresses: smtp:new@x (dir_3)"));
}

#[test]
fn s36_one_flow_that_merges_and_one_that_wins_are_refused_together() {
    let merging: Profile = serde_json::from_str(MERGING).unwrap();
    let mut one_wins = merging.clone();
    one_wins.inbound[1].flows[0].merge = false;
    let other: Profile = serde_json::from_str(
        r#"{"name":"other","inbound":[
          {"directory":"dir_3","type":"user","metaverse_type":"person","link":"join","flows":[
            {"to":"PROXYADDRESSES","from":"proxyAddresses"}]},
          {"directory":"dir_3","type":"user","metaverse_type":"contact","link":"join","flows":[
            {"to":"member","from":"member"}]}]}"#,
    )
    .unwrap();
    let at = |profile, part, flow| FlowPlace {
        profile,
        part,
        flow,
    };

    assert_eq!(ruleset::mixed(&merging, &[&merging]), []);
    let within = ruleset::mixed(&one_wins, &[]);
    assert_eq!(
        within,
        [Mixed {
            flow: at(None, 1, 0),
            other: at(None, 0, 2)
        }]
    );
    let across = ruleset::mixed(&merging, &[&one_wins.clone(), &other]);
    assert_eq!(
        across,
        [
            Mixed {
                flow: at(None, 0, 2),
                other: at(Some(0), 1, 0)
            },
            Mixed {
                flow: at(None, 1, 0),
                other: at(Some(0), 1, 0)
            }
        ]
    );
    assert_eq!(ruleset::mixed(&merging, &[&other]).len(), 2);
}
