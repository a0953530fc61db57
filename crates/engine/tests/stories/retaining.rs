//! Retained contributions (D-32): a source goes, and what it gave stays.

use crate::merging::{MERGING, world};
use crate::world::directory::Entry;
use crate::world::{HR, PROFILE, SRC, TGT, Target, World, in_both_worlds};

/// HR is stronger than the source, says what people do, and keeps it; so does it with the members of its groups.
const RETAINING: &str = r#"{"name":"retaining","inbound":[
  {"directory":"dir_3","type":"user","metaverse_type":"person","link":"join","scope":{"expr":"info != left"},
   "match":[[{"source":"employeeID","metaverse":"employeeID"}]],"flows":[
    {"to":"department","from":"department","retain":true},{"to":"title","expr":"<title>","retain":true},
    {"to":"mail","from":"mail"}]},
  {"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision",
   "match":[[{"source":"employeeID","metaverse":"employeeID"}]],"flows":[
    {"to":"employeeID","from":"employeeID"},{"to":"displayName","from":"displayName"},
    {"to":"department","from":"department"},{"to":"mail","from":"mail"}]},
  {"directory":"dir_3","type":"group","metaverse_type":"group","link":"join",
   "match":[[{"source":"name","metaverse":"name"}]],"flows":[
    {"to":"member","from":"member","retain":true}]},
  {"directory":"dir_1","type":"group","metaverse_type":"group","link":"provision",
   "match":[[{"source":"name","metaverse":"name"}]],"flows":[{"to":"name","from":"name"}]}],
 "outbound":[
  {"directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
   "match":[[{"metaverse":"employeeID","target":"employeeID"}]],
   "dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"employeeID","from":"employeeID"},{"to":"displayName","from":"displayName"},
    {"to":"department","from":"department"},{"to":"title","from":"title"},{"to":"mail","from":"mail"}]},
  {"directory":"dir_2","type":"group","metaverse_type":"group","action":"create-or-update",
   "match":[[{"metaverse":"name","target":"name"}]],
   "dn":{"expr":"CN=<name>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"name","from":"name"},{"to":"member","from":"member"}]}]}"#;

in_both_worlds!(
    what_a_deleted_source_gave_stays_where_the_flow_retains_it,
    a_returning_source_speaks_for_itself_and_a_stronger_one_ends_what_was_retained,
    retained_members_stay_until_they_die,
    what_one_source_gave_to_a_merge_stays_in_it,
);

fn started(target: Target) -> World {
    let mut w = world(target, RETAINING);
    let user = Entry::new("user", "CN=Ann,OU=People,DC=src");
    w.dir(SRC).put(
        "A",
        user.set("displayName", "Ann")
            .set("employeeID", "Ann")
            .set("department", "src"),
    );
    w.dir(HR).put("H", person());
    w.start();
    w
}

fn person() -> Entry {
    Entry::new("user", "CN=Ann,OU=Staff,DC=hr")
        .set("employeeID", "Ann")
        .set("department", "hr")
        .set("title", "Dr")
        .set("mail", "a@hr")
}

/// What the metaverse says of a person, but for what names it.
fn said(w: &World) -> String {
    let printed = w.metaverse();
    let said = printed.lines().map(str::trim).filter(|line| {
        ["department", "title", "mail", "member"]
            .iter()
            .any(|attr| line.starts_with(attr))
    });
    said.collect::<Vec<_>>().join("; ")
}

fn what_a_deleted_source_gave_stays_where_the_flow_retains_it(target: Target) {
    for leaves in [
        |w: &mut World| w.dir(HR).delete("H"),
        |w: &mut World| w.dir(HR).edit("H", "info", Some("left")),
    ] {
        let mut w = started(target);
        assert_eq!(
            said(&w),
            "department: hr (dir_3); mail: a@hr (dir_3); title: Dr (dir_3)"
        );

        leaves(&mut w);
        w.delta_import(HR);
        w.sync();

        insta::assert_snapshot!(w.plan(), @r"
        pass 1 update user A <tgt-new1>
            mail: a@hr -> -
        ");
        w.cycle();
        w.requeue();
        let quiet = w
            .sync()
            .iter()
            .all(syncline_model::plan::PlanPart::is_quiet);
        assert!(quiet, "a full sync changes nothing");
        let kept = said(&w).replace("(?)", "(dir_3)");
        assert_eq!(kept, "department: hr (dir_3); title: Dr (dir_3)");
    }
}

fn a_returning_source_speaks_for_itself_and_a_stronger_one_ends_what_was_retained(target: Target) {
    let mut w = started(target);
    w.dir(HR).edit("H", "info", Some("left"));
    w.cycle();

    w.dir(HR).edit("H", "info", None);
    w.dir(HR).edit("H", "title", None);
    w.cycle();
    assert_eq!(
        said(&w),
        "department: hr (dir_3); mail: a@hr (dir_3)",
        "it has no title now"
    );

    // The source becomes the stronger one, and its word ends what HR left behind.
    w.dir(HR).delete("H");
    w.cycle();
    let mut turned: serde_json::Value = serde_json::from_str(&target.profile(RETAINING)).unwrap();
    turned["inbound"].as_array_mut().unwrap().swap(0, 1);
    w.configure(PROFILE, &turned.to_string());
    // Parts keep their ids when they move.
    let profile = w.profiles.get_mut(&PROFILE).unwrap();
    let (first, second) = (profile.inbound[0].id, profile.inbound[1].id);
    (profile.inbound[0].id, profile.inbound[1].id) = (second, first);
    w.cycle();
    assert_eq!(said(&w), "department: src (dir_1)");
    w.dir(SRC).edit("A", "department", None);
    w.cycle();
    assert_eq!(said(&w), "", "what was ended does not come back");
}

fn retained_members_stay_until_they_die(target: Target) {
    let mut w = started(target);
    for (nick, n) in [("B", "Bob"), ("C", "Cid")] {
        let dn = format!("CN={n},OU=People,DC=src");
        let user = Entry::new("user", &dn).set("displayName", n);
        w.dir(SRC).put(nick, user.set("employeeID", n));
        let dn = format!("CN={n},OU=Staff,DC=hr");
        let person = Entry::new("user", &dn).set("employeeID", n);
        w.dir(HR).put(&format!("H{nick}"), person);
    }
    w.dir(SRC).put(
        "G",
        Entry::new("group", "CN=Team,OU=Groups,DC=src").set("name", "Team"),
    );
    w.dir(HR).put(
        "T",
        Entry::new("group", "CN=Team,OU=Staff,DC=hr").set("name", "Team"),
    );
    w.dir(HR).refer("T", "member", &["HB", "HC"]);
    w.cycle();
    w.cycle();
    let members = |w: &World| {
        let said = said(w);
        said.split("; ")
            .find(|line| line.starts_with("member"))
            .map(str::to_owned)
    };
    assert_eq!(members(&w).as_deref(), Some("member: [B][C]"));

    w.dir(HR).delete("T");
    w.dir(HR).delete("HB");
    w.cycle();
    assert_eq!(members(&w).as_deref(), Some("member: [B][C]"));

    w.dir(SRC).delete("B");
    w.cycle();
    assert_eq!(members(&w).as_deref(), Some("member: [C]"));
    let team = w
        .dir(TGT)
        .objects
        .values()
        .find(|entry| entry.object_type == "group");
    assert_eq!(team.unwrap().refs[&"member".into()].len(), 1);
}

fn what_one_source_gave_to_a_merge_stays_in_it(target: Target) {
    let profile = MERGING.replacen(
        r#""flows":[
    {"to":"proxyAddresses","from":"proxyAddresses","merge":true}]"#,
        r#""flows":[
    {"to":"proxyAddresses","from":"proxyAddresses","merge":true,"retain":true}]"#,
        1,
    );
    assert_ne!(profile, MERGING);
    let mut w = world(target, &profile);
    let user = Entry::new("user", "CN=Ann,OU=People,DC=src").set("displayName", "Ann");
    let person = Entry::new("user", "CN=Ann,OU=Staff,DC=hr").set("employeeID", "Ann");
    let addresses = |entry: Entry, all: &[&str]| entry.values("proxyAddresses", all);
    w.dir(SRC)
        .put("A", addresses(user.set("employeeID", "Ann"), &["SMTP:a@x"]));
    w.dir(HR)
        .put("H", addresses(person, &["smtp:A@x", "smtp:c@x"]));
    w.start();

    w.dir(HR).delete("H");
    w.cycle();
    w.dir(SRC).edit("A", "proxyAddresses", Some("smtp:b@x"));
    w.cycle();

    let printed = w.metaverse();
    assert!(
        printed.contains("proxyAddresses: smtp:b@x (dir_1) | smtp:A@x | smtp:c@x (?)"),
        "{printed}"
    );
}
