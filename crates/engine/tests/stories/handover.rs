//! Names and values that change hands, and the order in which that is sent (D-50): S-37, S-58, exchanges.

use syncline_engine::export::in_order;
use syncline_model::plan::{PlannedOp, Verb};

use crate::unique;
use crate::world::directory::{Directory, Entry, anchor};
use crate::world::{HR, SRC, TGT, World};

fn user(n: &str, name: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", name)
        .set("employeeID", n)
}

/// People of these names, with accounts.
fn people(names: &[(&str, &str)]) -> World {
    let mut w = World::standard();
    for (n, name) in names {
        w.dir(SRC).put(n, user(n, name));
    }
    w.start();
    w
}

/// Who has which name in the target.
fn names(w: &mut World) -> Vec<String> {
    let mut names: Vec<String> = w
        .dir(TGT)
        .objects
        .values()
        .filter(|entry| entry.object_type != "ou")
        .map(|entry| {
            let id = entry.attrs.get(&"employeeID".into()).into_iter().flatten();
            let id: Vec<&str> = id.filter_map(|value| value.as_text()).collect();
            format!("{} {}", id.join(""), entry.dn)
        })
        .collect();
    names.sort();
    names
}

/// One cycle does all of it: nothing is refused, and nothing is left.
fn one_cycle(w: &mut World) -> Vec<PlannedOp> {
    let sent = w.cycle();
    assert_eq!(
        (w.plan(), w.errors()),
        ("(nothing)\n".into(), "(none)\n".into())
    );
    w.settle();
    w.requeue();
    assert!(w.cycle().is_empty(), "{}", w.plan());
    sent
}

#[test]
fn s58_a_value_is_given_up_before_another_object_takes_it() {
    for (giver, taker) in [("u1", "u2"), ("u2", "u1")] {
        let mut w = unique::world_by("mail");
        w.dir(SRC).put(giver, user(giver, giver).set("mail", "m"));
        w.dir(SRC).put(taker, user(taker, taker).set("mail", "o"));
        w.start();
        w.dir(SRC).edit(giver, "mail", Some("n"));
        w.dir(SRC).edit(taker, "mail", Some("m"));

        let sent = one_cycle(&mut w);

        assert_eq!(sent.len(), 2);
        let held = |w: &mut World, value| w.dir(TGT).by_value("mail", value).cloned();
        let of = |w: &mut World, n| w.dir(TGT).by_value("employeeID", n).cloned();
        assert_eq!(held(&mut w, "m"), of(&mut w, taker));
        assert_eq!(held(&mut w, "n"), of(&mut w, giver));
    }
}

#[test]
fn s58_a_name_is_given_up_before_another_object_takes_it() {
    let mut w = people(&[("A", "Ann"), ("B", "Bob"), ("C", "Cid")]);
    w.dir(SRC).edit("A", "displayName", Some("Anna"));
    w.dir(SRC).edit("B", "displayName", Some("Ann"));
    w.dir(SRC).edit("C", "displayName", Some("Bob"));
    w.dir(SRC).put("D", user("D", "Cid"));
    w.delta_import(SRC);
    w.sync();
    assert_eq!(w.errors(), "(none)\n");

    let sent = one_cycle(&mut w);

    let verbs: Vec<Verb> = sent.iter().map(PlannedOp::verb).collect();
    assert_eq!(verbs, [Verb::Update, Verb::Update, Verb::Update, Verb::Add]);
    insta::assert_snapshot!(names(&mut w).join("\n"), @r"
    A CN=Anna,OU=Synced,DC=tgt
    B CN=Ann,OU=Synced,DC=tgt
    C CN=Bob,OU=Synced,DC=tgt
    D CN=Cid,OU=Synced,DC=tgt
    ");
}

#[test]
fn who_waits_for_a_name_gets_it_with_the_export_that_frees_it() {
    let mut w = people(&[("A", "Ann")]);
    w.dir(SRC).put("B", user("B", "Ann"));
    w.cycle();
    assert!(w.errors().contains("provision-conflict"), "{}", w.errors());

    w.dir(SRC).delete("A");
    let sent = one_cycle(&mut w);

    let verbs: Vec<Verb> = sent.iter().map(PlannedOp::verb).collect();
    assert_eq!(verbs, [Verb::Delete, Verb::Add]);
}

#[test]
fn who_was_to_give_up_a_name_and_keeps_it_after_all_is_in_the_way_again() {
    let mut w = people(&[("A", "Ann"), ("B", "Bob")]);
    w.dir(SRC).edit("A", "displayName", Some("Anna"));
    w.dir(SRC).edit("B", "displayName", Some("Ann"));
    w.dir(SRC).put("C", user("C", "Bob"));
    w.delta_import(SRC);
    w.sync();
    assert_eq!(w.staged().len(), 3);

    w.dir(SRC).edit("A", "displayName", Some("Ann"));
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user CN=Bob,OU=Synced,DC=tgt
        displayName: Bob -> Ann
    ");
    insta::assert_snapshot!(w.errors(), @r#"
    person B: provision-conflict at Outbound ["CN=Ann,OU=Synced,DC=tgt"]
    person C: provision-conflict at Outbound ["CN=Bob,OU=Synced,DC=tgt"]
    "#);
    let (plan, errors) = (w.plan(), w.errors());
    w.requeue();
    w.sync();
    assert_eq!((w.plan(), w.errors()), (plan, errors));
}

#[test]
fn nobody_takes_a_name_whose_holder_may_not_give_it_up_yet() {
    let mut w = people(&[("A", "Ann"), ("B", "Bob")]);
    w.dir(SRC).edit("A", "displayName", Some("Anna"));
    w.dir(SRC).edit("B", "displayName", Some("Ann"));
    w.delta_import(SRC);
    w.sync();
    let of_bob = |op: &PlannedOp| op.place_before.as_ref().is_some_and(|p| p.rdn == "CN=Bob");

    let sent = w.export_only(TGT, of_bob);

    assert!(sent.is_empty());
    assert_eq!(w.errors(), "(none)\n");
    one_cycle(&mut w);
}

#[test]
fn two_objects_exchange_names_by_way_of_a_third_one() {
    let mut w = people(&[("A", "Ann"), ("B", "Bob")]);
    w.dir(SRC).edit("A", "displayName", Some("Bob"));
    w.dir(SRC).edit("B", "displayName", Some("Ann"));
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user CN=Bob,OU=Synced,DC=tgt
        rename to CN=aside-a0d6332aa678d660 in OU=Synced,DC=tgt
        displayName: Bob -> Ann
    pass 1 update user CN=Ann,OU=Synced,DC=tgt
        rename to CN=Bob in OU=Synced,DC=tgt
        displayName: Ann -> Bob
    pass 2 update user CN=Bob,OU=Synced,DC=tgt
        rename to CN=Ann in OU=Synced,DC=tgt
    ");

    let sent = one_cycle(&mut w);

    assert_eq!(sent.len(), 3);
    insta::assert_snapshot!(names(&mut w).join("\n"), @r"
    A CN=Bob,OU=Synced,DC=tgt
    B CN=Ann,OU=Synced,DC=tgt
    ");
}

#[test]
fn an_exchange_that_stops_between_its_steps_is_finished() {
    for sent_before in 0..3 {
        let mut w = people(&[("A", "Ann"), ("B", "Bob")]);
        w.dir(SRC).edit("A", "displayName", Some("Bob"));
        w.dir(SRC).edit("B", "displayName", Some("Ann"));
        w.delta_import(SRC);
        w.sync();
        let first: Vec<_> = w
            .staged()
            .iter()
            .take(sent_before)
            .map(|op| op.hash)
            .collect();
        w.export_only(TGT, |op| first.contains(&op.hash));

        for _ in 0..3 {
            w.requeue();
            w.cycle();
        }

        one_cycle(&mut w);
        insta::allow_duplicates! {
            insta::assert_snapshot!(names(&mut w).join("\n"), @r"
    A CN=Bob,OU=Synced,DC=tgt
    B CN=Ann,OU=Synced,DC=tgt
    ");
        }
    }
}

#[test]
fn three_objects_pass_their_names_on_in_a_circle() {
    let mut w = people(&[("A", "Ann"), ("B", "Bob"), ("C", "Cid")]);
    for (n, name) in [("A", "Bob"), ("B", "Cid"), ("C", "Ann")] {
        w.dir(SRC).edit(n, "displayName", Some(name));
    }

    let sent = one_cycle(&mut w);

    assert_eq!(sent.len(), 4, "one of them in two steps");
    insta::assert_snapshot!(names(&mut w).join("\n"), @r"
    A CN=Bob,OU=Synced,DC=tgt
    B CN=Cid,OU=Synced,DC=tgt
    C CN=Ann,OU=Synced,DC=tgt
    ");
}

/// Two people with unique values who exchange them.
fn exchanging(required: bool) -> World {
    let mut w = unique::world_by("mail");
    w.dir(TGT).required = required.then(|| "mail".into()).into_iter().collect();
    w.dir(SRC).put("A", user("A", "Ann").set("mail", "a"));
    w.dir(SRC).put("B", user("B", "Bob").set("mail", "b"));
    w.start();
    w.dir(SRC).edit("A", "mail", Some("b"));
    w.dir(SRC).edit("B", "mail", Some("a"));
    w.delta_import(SRC);
    w.sync();
    w
}

#[test]
fn two_objects_exchange_unique_values_and_one_is_without_for_a_moment() {
    let mut w = exchanging(false);
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user <tgt-new2>
        mail: b -> -
    pass 1 update user <tgt-new1>
        mail: a -> b
    pass 2 update user <tgt-new2>
        mail: - -> a
    ");

    assert_eq!(one_cycle(&mut w).len(), 3);
}

#[test]
fn unique_values_that_nobody_can_be_without_are_not_exchanged() {
    let mut w = exchanging(true);

    assert_eq!(w.plan(), "(nothing)\n");
    insta::assert_snapshot!(w.errors(), @r#"
    person A: attribute-must-be-unique on mail at Outbound ["<tgt-new2>"]
    person B: attribute-must-be-unique on mail at Outbound ["<tgt-new1>"]
    "#);

    // A third value for one of the two, and it is no exchange any more.
    w.dir(SRC).edit("A", "mail", Some("c"));
    one_cycle(&mut w);
}

/// A contact of one forest, and the user that another forest has for the same person.
fn promotion() -> World {
    let profile = r#"{"name":"promotion","inbound":[
      {"directory":"dir_3","type":"user","metaverse_type":"person","link":"provision",
       "match":[[{"source":"mail","metaverse":"mail"}]],"flows":[
        {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},{"to":"title","expr":"user"}]},
      {"directory":"dir_1","type":"contact","metaverse_type":"person","link":"provision",
       "match":[[{"source":"mail","metaverse":"mail"}]],"flows":[
        {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},{"to":"title","expr":"contact"}]},
      {"directory":"dir_1","type":"group","metaverse_type":"group","link":"provision","flows":[
        {"to":"name","from":"name"},{"to":"member","from":"member"}]}],
     "outbound":[
      {"directory":"dir_2","type":"contact","metaverse_type":"person","action":"create-or-update",
       "scope":{"expr":"title == contact"},"match":[[{"metaverse":"mail","target":"mail"}]],
       "dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
        {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"}]},
      {"directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
       "scope":{"expr":"title == user"},"match":[[{"metaverse":"mail","target":"mail"}]],
       "dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
        {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"}]},
      {"directory":"dir_2","type":"group","metaverse_type":"group","action":"create-or-update",
       "match":[[{"metaverse":"name","target":"name"}]],
       "dn":{"expr":"CN=<name>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
        {"to":"name","from":"name"},{"to":"member","from":"member"}]}]}"#;
    let mut w = World::new(
        profile,
        vec![
            (SRC, Directory::new("src", &["OU=People,DC=src"])),
            (TGT, Directory::new("tgt", &["OU=Synced,DC=tgt"])),
            (HR, Directory::new("hr", &["OU=Staff,DC=hr"])),
        ],
    );
    let contact = Entry::new("contact", "CN=Ann,OU=People,DC=src");
    let contact = contact.set("displayName", "Ann").set("mail", "m@x");
    w.dir(SRC).put("K", contact);
    let group = Entry::new("group", "CN=G,OU=People,DC=src").set("name", "G");
    w.dir(SRC).put("G", group.refer("member", "K"));
    w.start();
    w
}

#[test]
fn s37_a_contact_that_becomes_a_user_goes_before_the_user_comes() {
    let mut w = promotion();
    let ann = Entry::new("user", "CN=Ann,OU=Staff,DC=hr");
    w.dir(HR)
        .put("U", ann.set("displayName", "Ann").set("mail", "m@x"));
    w.delta_import(HR);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 delete contact CN=Ann,OU=Synced,DC=tgt
    pass 1 add user CN=Ann,OU=Synced,DC=tgt
        displayName: - -> Ann
        mail: - -> m@x
    pass 1 update group CN=G,OU=Synced,DC=tgt
        member: - CN=Ann,OU=Synced,DC=tgt
    pass 2 update group CN=G,OU=Synced,DC=tgt
        member: + CN=Ann,OU=Synced,DC=tgt
    ");

    let sent = one_cycle(&mut w);

    let verbs: Vec<Verb> = sent.iter().map(PlannedOp::verb).collect();
    assert_eq!(verbs[..2], [Verb::Delete, Verb::Add]);
    let (user, entry) = w.dir(TGT).by_dn("CN=Ann,OU=Synced,DC=tgt").unwrap();
    assert_eq!(entry.object_type, "user");
    let user = user.clone();
    let (_, group) = w.dir(TGT).by_dn("CN=G,OU=Synced,DC=tgt").unwrap();
    assert!(
        group.refs[&"member".into()].contains(&user),
        "the group lists the user"
    );
}

#[test]
fn the_order_is_the_same_whatever_order_operations_come_in() {
    let mut w = people(&[("A", "Ann"), ("B", "Bob"), ("C", "Cid"), ("D", "Dan")]);
    for (n, name) in [("A", "Bob"), ("B", "Ann"), ("C", "Eve")] {
        w.dir(SRC).edit(n, "displayName", Some(name));
    }
    w.dir(SRC).delete("D");
    w.dir(SRC).put("E", user("E", "Dan"));
    w.dir(SRC).put("F", user("F", "Cid").refer("manager", "E"));
    w.delta_import(SRC);
    w.sync();
    let staged = w.staged();
    let hashes = |ops: &[PlannedOp]| ops.iter().map(|op| op.hash).collect::<Vec<_>>();

    for n in 0..staged.len() {
        let mut other = staged.clone();
        other.rotate_left(n);
        other.reverse();
        in_order(&mut other);
        assert_eq!(hashes(&other), hashes(&staged));
    }
    assert!(w.dir(TGT).objects.contains_key(&anchor("tgt-new1")));
    one_cycle(&mut w);
}
