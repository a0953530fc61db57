//! Anchors that come twice in one full import: S-18.

use syncline_model::import::ImportEntry;

use crate::world::directory::{Entry, anchor};
use crate::world::{Ended, SRC, Target, World, in_both_worlds};

/// Where the second entry lies beside the first: in the same page, or in another one.
const PAGES: [usize; 3] = [1, 3, 100];

in_both_worlds!(
    s18_two_entries_of_one_anchor_that_differ_change_nothing,
    s18_what_was_no_object_before_is_none,
);

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

fn given(target: Target) -> World {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("M", user("Max"));
    w.dir(SRC).refer("A", "manager", &["M"]);
    w.start();
    w
}

/// All of the source, with an object once more as the edit leaves it.
fn twice(w: &mut World, name: &str, edit: impl FnOnce(&mut World)) -> Vec<ImportEntry> {
    let mut entries = w.dir(SRC).full();
    edit(w);
    entries.push(w.dir(SRC).object(&anchor(name)));
    entries
}

fn department(w: &World, name: &str) -> String {
    let object = w.db.by_anchor(SRC, &anchor(name)).expect("a known object");
    let values = object.body.attrs.iter();
    let text: Vec<&str> = values
        .flat_map(|(_, values)| values.iter().filter_map(|value| value.as_text()))
        .filter(|text| ["Sales", "IT", "HR"].contains(text))
        .collect();
    text.join(" ")
}

fn s18_two_entries_of_one_anchor_that_differ_change_nothing(target: Target) {
    for page in PAGES {
        let mut w = given(target);
        let before = w.db.clone();
        w.dir(SRC).edit("A", "department", Some("IT"));
        w.dir(SRC).refer("A", "manager", &[]);
        let mut entries = twice(&mut w, "A", |w| {
            w.dir(SRC).edit("A", "department", Some("HR"));
        });
        w.dir(SRC).edit("A", "department", Some("Third"));
        entries.push(w.dir(SRC).object(&anchor("A")));

        let ended = w.import_pages(SRC, entries, true, true, page);

        assert_eq!(ended, Ended::DiscoveryErrors);
        assert_eq!(department(&w, "A"), "Sales");
        insta::assert_snapshot!(w.object(SRC, "A"), @"user CN=Ann,OU=People,DC=src: PI None, Provision link, Discovered");
        insta::assert_snapshot!(w.errors(), @"CN=Ann,OU=People,DC=src: duplicate-object at Import []");
        assert_eq!(w.counts.read_errors, 1);
        w.sync();
        assert_eq!(w.plan(), "(nothing)\n");
        assert_eq!((&before.cs, &before.refs), (&w.db.cs, &w.db.refs));
        assert!(w.db.work.is_empty(), "{:?}", w.db.work);

        w.dir(SRC).edit("A", "department", Some("IT"));
        assert_eq!(w.full_import(SRC), Ended::Success);
        assert_eq!(department(&w, "A"), "IT");
        assert_eq!(w.errors(), "(none)\n");
    }
}

#[test]
fn s18_the_same_entry_twice_is_one_object() {
    for page in PAGES {
        let mut w = given(Target::Tree);
        w.dir(SRC).edit("A", "department", Some("IT"));
        let entries = twice(&mut w, "A", |_| {});

        let ended = w.import_pages(SRC, entries, true, true, page);

        assert_eq!((ended, department(&w, "A")), (Ended::Success, "IT".into()));
        assert_eq!((w.counts.updated, w.errors()), (1, "(none)\n".into()));
    }
}

fn s18_what_was_no_object_before_is_none(target: Target) {
    for page in PAGES {
        let mut w = given(target);
        w.dir(SRC).put("N", user("New"));
        w.dir(SRC).refer("N", "manager", &["M"]);
        w.dir(SRC).refer("M", "manager", &["N"]);
        let entries = twice(&mut w, "N", |w| {
            w.dir(SRC).edit("N", "department", Some("HR"));
        });

        let ended = w.import_pages(SRC, entries, true, true, page);
        w.sync();

        assert_eq!(ended, Ended::DiscoveryErrors);
        assert_eq!(
            (w.plan(), w.errors()),
            ("(nothing)\n".into(), "(none)\n".into())
        );
        assert!(w.object(SRC, "N").contains("placeholder"), "M refers to it");
        assert!(w.db.work.is_empty(), "{:?}", w.db.work);

        w.dir(SRC).refer("M", "manager", &[]);
        w.dir(SRC).delete("N");
        w.full_import(SRC);
        assert_eq!(w.object(SRC, "N"), "unknown");
    }
}

#[test]
fn s18_a_name_that_another_object_has_by_now_is_not_taken_back() {
    for page in PAGES {
        let mut w = given(Target::Tree);
        w.dir(SRC).rename("A", "CN=Ann2,OU=People,DC=src");
        w.dir(SRC).rename("M", "CN=Ann,OU=People,DC=src");
        let entries = twice(&mut w, "A", |w| {
            w.dir(SRC).edit("A", "department", Some("HR"));
        });

        let ended = w.import_pages(SRC, entries, true, true, page);

        assert_eq!(
            (ended, department(&w, "A")),
            (Ended::DiscoveryErrors, "Sales".into())
        );
        insta::allow_duplicates! {
            insta::assert_snapshot!(w.object(SRC, "A"), @"user CN=Ann,OU=People,DC=src: PI None, Provision link, Discovered, transient");
            insta::assert_snapshot!(w.object(SRC, "M"), @"user CN=Ann,OU=People,DC=src: PI Update, Provision link, Discovered");
        }
    }
}
