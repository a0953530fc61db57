//! Attributes that nobody has read yet: unknown is not absent (D-21, S-23).

use syncline_model::plan::EventKind;
use syncline_model::{AttrName, DirectoryId};

use crate::world::directory::{Directory, Entry};
use crate::world::{HR, PROFILE, SRC, STANDARD, TGT, Target, World, in_both_worlds};

in_both_worlds!(
    s23_a_rule_that_reads_what_is_unknown_keeps_what_it_gave,
    s23_a_scope_that_reads_what_is_unknown_ends_and_begins_nothing,
    s23_what_rests_on_an_unknown_value_is_not_decided,
    s23_what_is_unknown_of_a_target_is_not_overwritten,
    s23_nothing_is_created_where_matches_are_unknown,
);

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

/// From now on this attribute is asked for, and was not before.
fn unread(w: &mut World, id: DirectoryId, attr: &str) {
    let mut read = w.read.remove(&id).unwrap_or_else(|| {
        let types = w.dir(id).schema().types.into_iter();
        types
            .map(|(name, def)| (name, def.attrs.into_keys().collect()))
            .collect()
    });
    for attrs in read.values_mut() {
        attrs.remove(&AttrName::new(attr));
    }
    w.read.insert(id, read);
    w.dir(id).unread.insert(attr.into());
}

/// Everything is read in full.
fn read(w: &mut World, id: DirectoryId) {
    w.read.remove(&id);
    w.dir(id).unread.clear();
    w.full_import(id);
    w.requeue();
    w.sync();
}

fn waiting(w: &World) -> u64 {
    let events = &w.last.events;
    events
        .get(&EventKind::WaitingForAttribute)
        .copied()
        .unwrap_or(0)
}

fn given(target: Target, text: &str) -> World {
    let mut w = target.with(text);
    w.dir(SRC).put("A", user("Ann").set("title", "Dr"));
    w.start();
    w
}

/// The standard rules with these parts of them replaced.
fn rules(target: Target, changes: &[(&str, &str)]) -> String {
    let replaced = |text: String, (old, new): &(&str, &str)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    };
    target.profile(&changes.iter().fold(STANDARD.to_owned(), replaced))
}

#[test]
fn s23_the_weaker_source_is_heard_until_the_stronger_one_was_read() {
    let two = |flows: &str| {
        format!(
            r#"{{"name":"two","inbound":[
          {{"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision","flows":[
            {{"to":"employeeID","from":"employeeID"}}{flows}]}},
          {{"directory":"dir_3","type":"user","metaverse_type":"person","link":"join",
            "match":[[{{"source":"employeeID","metaverse":"employeeID"}}]],"flows":[{{"to":"jobTitle","from":"title"}}]}}],
         "outbound":[]}}"#
        )
    };
    let source = Directory::new("src", &["OU=People,DC=src"]);
    let hr = Directory::new("hr", &["OU=Staff,DC=hr"]);
    let mut w = World::new(&two(""), vec![(SRC, source), (HR, hr)]);
    unread(&mut w, SRC, "title");
    for (n, title) in [("1", Some("Dr")), ("2", None)] {
        let entry = Entry::new("user", &format!("CN={n},OU=People,DC=src")).set("employeeID", n);
        let entry = title.map_or(entry.clone(), |title| entry.set("title", title));
        w.dir(SRC).put(n, entry);
        let record = Entry::new("user", &format!("CN={n},OU=Staff,DC=hr"));
        let record = record.set("employeeID", n).set("title", "Boss");
        w.dir(HR).put(&format!("h{n}"), record);
    }
    w.full_import(SRC);
    w.full_import(HR);
    w.sync();
    assert_eq!(waiting(&w), 0, "no rule reads it");

    w.configure(PROFILE, &two(r#",{"to":"jobTitle","from":"title"}"#));
    w.sync();
    assert_eq!(w.metaverse().matches("jobTitle: Boss (dir_3)").count(), 2);
    assert_eq!((waiting(&w), w.errors()), (2, "(none)\n".into()));

    read(&mut w, SRC);
    let metaverse = w.metaverse();
    assert!(metaverse.contains("jobTitle: Dr (dir_1)"), "{metaverse}");
    assert!(metaverse.contains("jobTitle: Boss (dir_3)"), "{metaverse}");
    assert_eq!(waiting(&w), 0);
}

/// A scope that says no of an unknown value says nothing: whoever had the say has it until everything was read.
#[test]
fn s23_a_scope_that_reads_what_is_unknown_leaves_the_word_to_nobody_else() {
    let two = |scope: &str| {
        format!(
            r#"{{"name":"two","inbound":[
          {{"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision"{scope},"flows":[
            {{"to":"employeeID","from":"employeeID"}},{{"to":"mail","from":"mail"}}]}},
          {{"directory":"dir_3","type":"user","metaverse_type":"person","link":"join",
            "match":[[{{"source":"employeeID","metaverse":"employeeID"}}]],"flows":[{{"to":"mail","from":"mail"}}]}}],
         "outbound":[]}}"#
        )
    };
    let source = Directory::new("src", &["OU=People,DC=src"]);
    let hr = Directory::new("hr", &["OU=Staff,DC=hr"]);
    let mut w = World::new(&two(""), vec![(SRC, source), (HR, hr)]);
    unread(&mut w, SRC, "title");
    let person = |id: &str, mail: &str| {
        let entry = Entry::new("user", &format!("CN=1,OU={id}"));
        entry.set("employeeID", "1").set("mail", mail)
    };
    let own = person("People,DC=src", "own@src").set("title", "FTE");
    w.dir(SRC).put("1", own);
    w.dir(HR).put("h1", person("Staff,DC=hr", "other@hr"));
    w.full_import(SRC);
    w.full_import(HR);
    w.sync();

    w.configure(PROFILE, &two(r#","scope":{"expr":"title == FTE"}"#));
    w.sync();

    let metaverse = w.metaverse();
    assert!(metaverse.contains("mail: own@src (dir_1)"), "{metaverse}");
    read(&mut w, SRC);
    let metaverse = w.metaverse();
    assert!(metaverse.contains("mail: own@src (dir_1)"), "{metaverse}");
}

fn s23_a_rule_that_reads_what_is_unknown_keeps_what_it_gave(target: Target) {
    let mut w = given(target, STANDARD);
    unread(&mut w, SRC, "title");
    let text = rules(
        target,
        &[(
            r#"{"to":"department","from":"department"}"#,
            r#"{"to":"info","expr":"x"},{"to":"department","expr":"<title>"}"#,
        )],
    );
    w.configure(PROFILE, &text);

    w.sync();
    let metaverse = w.metaverse();
    assert!(metaverse.contains("department: Sales"), "{metaverse}");
    assert_eq!(
        (w.plan(), w.errors()),
        ("(nothing)\n".into(), "(none)\n".into())
    );
    assert!(waiting(&w) > 0);

    read(&mut w, SRC);
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        department: Sales -> Dr
    ");
}

fn s23_a_scope_that_reads_what_is_unknown_ends_and_begins_nothing(target: Target) {
    let mut w = given(target, STANDARD);
    unread(&mut w, SRC, "title");
    let text = rules(
        target,
        &[(
            r#""link":"provision","flows""#,
            r#""link":"provision","scope":{"expr":"title == Dr"},"flows""#,
        )],
    );
    w.configure(PROFILE, &text);
    w.dir(SRC).put("B", user("Ben").set("title", "Dr"));
    w.dir(SRC).put("C", user("Cid"));
    w.delta_import(SRC);
    w.sync();
    assert_eq!(
        (w.plan(), w.errors()),
        ("(nothing)\n".into(), "(none)\n".into())
    );
    assert_eq!(waiting(&w), 4, "three users, and the person of one");

    read(&mut w, SRC);
    let plan = w.plan();
    assert!(
        plan.contains("add user B") && !plan.contains(" A"),
        "{plan}"
    );
    assert!(!plan.contains(" C"), "{plan}");
}

fn s23_what_rests_on_an_unknown_value_is_not_decided(target: Target) {
    let mut w = given(target, STANDARD);
    unread(&mut w, SRC, "title");
    let text = rules(
        target,
        &[
            (
                r#"{"to":"department","from":"department"}"#,
                r#"{"to":"department","from":"department"},{"to":"jobTitle","from":"title"}"#,
            ),
            (
                r#""action":"create-or-update","#,
                r#""action":"create-or-update","scope":{"expr":"jobTitle == Dr"},"#,
            ),
        ],
    );
    w.configure(PROFILE, &text);

    w.sync();
    assert_eq!(w.plan(), "(nothing)\n", "no title is no reason to delete");
    assert!(waiting(&w) > 0);

    read(&mut w, SRC);
    assert_eq!(w.plan(), "(nothing)\n");
    w.dir(SRC).edit("A", "title", None);
    w.delta_import(SRC);
    w.sync();
    assert!(w.plan().contains("delete user A"), "{}", w.plan());
}

fn s23_what_is_unknown_of_a_target_is_not_overwritten(target: Target) {
    let mut w = given(target, STANDARD);
    unread(&mut w, TGT, "info");
    let held = w.dir(TGT).by_value("displayName", "Ann").cloned();
    w.dir(TGT).write(
        &held.expect("Ann in the target"),
        "info",
        [syncline_model::Value::text("by hand")].into(),
    );
    let text = rules(
        target,
        &[
            (
                r#"{"directory":"dir_2","type":"user","metaverse_type":"person","link":"join"}"#,
                r#"{"directory":"dir_2","type":"user","metaverse_type":"person","link":"join","flows":[]}"#,
            ),
            (
                r#"{"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group""#,
                r#"{"to":"department","from":"department"},{"to":"info","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group""#,
            ),
        ],
    );
    w.configure(PROFILE, &text);
    w.dir(SRC).put("B", user("Ben"));
    w.delta_import(SRC);

    w.sync();
    let plan = w.plan();
    assert!(
        plan.contains("add user B") && plan.contains("info: - -> Sales"),
        "{plan}"
    );
    assert!(!plan.contains("A <tgt-new1>"), "{plan}");

    read(&mut w, TGT);
    assert!(w.plan().contains("info: by hand -> Sales"), "{}", w.plan());
}

fn s23_nothing_is_created_where_matches_are_unknown(target: Target) {
    let mut w = given(target, STANDARD);
    unread(&mut w, TGT, "title");
    let stranger = target.entry("user", "Stranger").set("title", "Ben");
    w.dir(TGT).put("Z", stranger);
    w.delta_import(TGT);
    let text = rules(
        target,
        &[(
            r#"[{"metaverse":"mail","target":"mail"}]"#,
            r#"[{"metaverse":"displayName","target":"title"}]"#,
        )],
    );
    w.configure(PROFILE, &text);
    w.dir(SRC).put("B", user("Ben"));
    w.delta_import(SRC);

    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    assert!(waiting(&w) > 0);

    read(&mut w, TGT);
    assert!(
        w.object(TGT, "Z").contains("Target link, Adopted"),
        "{}",
        w.object(TGT, "Z")
    );
}
