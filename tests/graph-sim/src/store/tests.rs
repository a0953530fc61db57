//! The store: what a replica shows, and what an ending takes with it.

use super::*;
use serde_json::json;

fn user(id: &str, name: &str) -> Object {
    let mut user = Object::new(id, Class::User);
    user.properties
        .insert("userPrincipalName".to_owned(), json!(name));
    user
}

fn with_users(store: &mut Store, ids: &[&str], at: Moment) {
    for id in ids {
        let object = user(id, &format!("{id}@contoso.test"));
        store.put(&object.id.clone(), Class::User, Some(object), at);
    }
}

#[test]
fn a_replica_shows_a_change_when_it_is_as_old_as_its_lag() {
    let mut store = Store::new(2);
    store.set_lags(&[0, 500]);

    with_users(&mut store, &["ada"], 1_000);

    store.follow(0, 1_000);
    store.follow(1, 1_499);
    assert!(store.replica(0).live("ada").is_some());
    assert!(store.replica(1).live("ada").is_none());
    assert_eq!(store.slowest(), 1);
    store.follow(1, 1_500);
    assert!(store.replica(1).live("ada").is_some());
}

#[test]
fn an_object_that_ends_takes_its_references_with_it() {
    let mut store = Store::new(1);
    with_users(&mut store, &["ada", "grace"], 1);
    let group = Object::new("team", Class::Group);
    store.put(&group.id.clone(), Class::Group, Some(group), 2);
    store.link(&"team".into(), Link::Members, &"ada".into(), true, 3);
    let mut report = user("grace", "grace@contoso.test");
    report.manager = Some("ada".into());
    store.put(&"grace".into(), Class::User, Some(report), 4);

    store.put(&"ada".into(), Class::User, None, 5);

    assert!(!store.primary().is_linked("team", Link::Members, "ada"));
    assert_eq!(store.primary().object("grace").unwrap().manager, None);
    assert!(store.primary().groups_of("ada").is_empty());
    let sequences: Vec<u64> = store.changes(0, 99).iter().map(|c| c.sequence).collect();
    assert_eq!(sequences, [1, 2, 3, 4, 5, 6, 7, 8][..sequences.len()]);
}

#[test]
fn a_key_is_found_without_its_case_and_is_free_when_its_holder_gave_it_up() {
    let mut store = Store::new(1);
    let key = Key::UserPrincipalName("ada@contoso.test".to_owned());
    let object = user("1", "Ada@Contoso.test");
    store.put(&"1".into(), Class::User, Some(object), 1);
    assert_eq!(&*store.primary().holder(&key).unwrap().id, "1");

    let renamed = user("1", "byron@contoso.test");
    store.put(&"1".into(), Class::User, Some(renamed), 2);

    assert!(store.primary().holder(&key).is_none());
    assert_eq!(store.newest_before(1), 1);
}
