//! What-if and approval: S-61, S-62, D-63 to D-67, D-69, and what guards and approvals make of a plan.

use std::collections::{BTreeMap, BTreeSet};

use syncline_engine::approval::{Held, PlanApproval, Standing};
use syncline_engine::config::{ConfigHash, Meanings, config_hash};
use syncline_model::approval::{ReleasedBy, ReviewState};
use syncline_model::profile::{Profile, Then};
use syncline_model::schema::Schema;
use syncline_model::{ApprovalId, DirectoryId, PartId};

use crate::world::directory::Entry;
use crate::world::{PROFILE, SRC, STANDARD, TGT, Target, World, in_both_worlds};

const HOUR: i64 = 3600;

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

fn world(target: Target, users: usize) -> World {
    let mut w = target.world();
    for n in 0..users {
        w.dir(SRC)
            .put(&format!("u{n:03}"), user(&format!("User {n:03}")));
    }
    w.full_import(SRC);
    w
}

const THIS: ConfigHash = ConfigHash([1; 32]);
const OTHER: ConfigHash = ConfigHash([2; 32]);

fn standing() -> Standing {
    Standing {
        config: THIS,
        approval: None,
        live: None,
        last_exported: None,
        guards: Vec::new(),
    }
}

in_both_worlds!(
    a_what_if_changes_nothing_and_a_run_does_exactly_what_it_said,
    s61_nothing_goes_before_the_plan_is_approved_and_then_exactly_the_plan,
    a_profile_is_live_once_its_plan_is_sent_if_what_came_since_is_little_and_alike,
    too_much_since_the_approval_asks_again,
    an_approval_that_was_never_used_expires,
    every_released_operation_has_one_reason_and_live_takes_all,
);

fn a_what_if_changes_nothing_and_a_run_does_exactly_what_it_said(target: Target) {
    let mut w = world(target, 5);
    let before = w.db.clone();

    let what_if = w.sync_profile(PROFILE);
    assert_eq!(w.db, before, "no byte of live state");
    let run = w.sync();

    let hashes = |parts: &[syncline_model::plan::PlanPart]| -> BTreeSet<_> {
        parts
            .iter()
            .flat_map(|p| &p.pending)
            .flat_map(|set| &set.ops)
            .map(|op| op.hash)
            .collect()
    };
    assert_eq!(
        hashes(&what_if),
        hashes(&run),
        "ids differ, operations do not"
    );
    assert_eq!(hashes(&run).len(), 5);
    let sent: BTreeSet<_> = w.export(TGT).iter().map(|op| op.hash).collect();
    assert_eq!(sent, hashes(&what_if), "what is sent is the plan (D-69)");
}

fn s61_nothing_goes_before_the_plan_is_approved_and_then_exactly_the_plan(target: Target) {
    let mut w = world(target, 5);
    w.sync();
    let mut standing = standing();

    assert_eq!(standing.state(w.now), ReviewState::NeedsReview);
    let held = w.release(&standing);
    assert!(held.send.is_empty());
    assert!(held.held.iter().all(|(_, why)| *why == Held::Unapproved));

    standing.approval = Some(w.approve(THIS));
    w.dir(SRC).put("late", user("Late"));
    w.delta_import(SRC);
    w.sync();
    let release = w.release(&standing);

    assert_eq!(standing.state(w.now), ReviewState::ApprovedPlan);
    assert_eq!((release.send.len(), release.held.len()), (5, 1));
    assert_eq!(release.held[0].1, Held::NewSinceApproval);
    assert!(
        release
            .send
            .iter()
            .all(|(_, by)| matches!(by, ReleasedBy::Plan(_)))
    );
}

fn a_profile_is_live_once_its_plan_is_sent_if_what_came_since_is_little_and_alike(target: Target) {
    let mut w = world(target, 5);
    w.sync();
    let mut standing = standing();
    let mut approval = w.approve(THIS);
    w.cycle();
    approval.exported = true;
    standing.approval = Some(approval.clone());
    standing.last_exported = Some(THIS);

    w.dir(SRC).put("late", user("Late"));
    w.delta_import(SRC);
    w.sync();
    let release = w.release(&standing);
    assert_eq!(release.goes_live, Some(approval.id));
    assert!(matches!(release.send[..], [(0, ReleasedBy::Live(_))]));

    w.dir(SRC).edit("u001", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    let unlike = w.release(&standing);
    assert!(
        unlike.asks_again && unlike.send.is_empty(),
        "the plan contained no update"
    );

    let hold = Standing {
        approval: Some(PlanApproval {
            then: Then::Hold,
            ..approval
        }),
        ..standing.clone()
    };
    assert!(w.release(&hold).send.is_empty());
}

fn too_much_since_the_approval_asks_again(target: Target) {
    let mut w = world(target, 3);
    w.sync();
    let approval = w.approve(THIS);
    w.cycle();
    for n in 0..21 {
        w.dir(SRC)
            .put(&format!("n{n:03}"), user(&format!("New {n:03}")));
    }
    w.delta_import(SRC);
    w.sync();

    let standing = Standing {
        approval: Some(PlanApproval {
            exported: true,
            ..approval
        }),
        last_exported: Some(THIS),
        ..standing()
    };

    assert!(w.release(&standing).asks_again);
}

fn an_approval_that_was_never_used_expires(target: Target) {
    let mut w = world(target, 2);
    w.sync();
    let standing = Standing {
        approval: Some(w.approve(THIS)),
        ..standing()
    };

    assert_eq!(w.release(&standing).send.len(), 2);
    w.now += 24 * HOUR + 1;
    assert_eq!(standing.state(w.now), ReviewState::NeedsReview);
    assert!(w.release(&standing).send.is_empty());
}

#[test]
fn s62_another_configuration_withdraws_and_its_return_restores() {
    let live = Standing {
        live: Some((THIS, ApprovalId(7))),
        last_exported: Some(THIS),
        ..standing()
    };
    let changed = Standing {
        config: OTHER,
        ..live.clone()
    };
    let exported_meanwhile = Standing {
        last_exported: Some(OTHER),
        ..live.clone()
    };

    assert_eq!(live.state(0), ReviewState::Live);
    assert_eq!(changed.state(0), ReviewState::NeedsReview);
    assert_eq!(exported_meanwhile.state(0), ReviewState::NeedsReview);
    let w = world(Target::Tree, 0);
    assert_eq!(w.release(&live).send.len(), 0);
}

fn every_released_operation_has_one_reason_and_live_takes_all(target: Target) {
    let mut w = world(target, 4);
    w.sync();
    let live = Standing {
        live: Some((THIS, ApprovalId(7))),
        last_exported: Some(THIS),
        ..standing()
    };

    let release = w.release(&live);

    let positions: BTreeSet<usize> = release.send.iter().map(|(n, _)| *n).collect();
    assert_eq!((positions.len(), release.held.len()), (4, 0));
    assert!(
        release
            .send
            .iter()
            .all(|(_, by)| *by == ReleasedBy::Live(ApprovalId(7)))
    );
}

struct Config {
    profile: Profile,
    meanings: BTreeMap<PartId, Meanings>,
    schema: Schema,
}

impl Config {
    fn new() -> Self {
        let mut profile: Profile = serde_json::from_str(STANDARD).unwrap();
        let mut next = 0;
        let mut id = || {
            next += 1;
            Some(PartId(next))
        };
        profile.inbound.iter_mut().for_each(|part| part.id = id());
        profile.outbound.iter_mut().for_each(|part| part.id = id());
        let meaning = |n: i64| {
            (
                PartId(n),
                Meanings {
                    disable: String::new(),
                    own: format!("m{n}"),
                    other_keys: String::new(),
                },
            )
        };
        let schema = crate::world::Directory::new("x", &[]).schema();
        Self {
            profile,
            meanings: (1..=5).map(meaning).collect(),
            schema,
        }
    }

    fn hash(&self) -> ConfigHash {
        let schemas: BTreeMap<DirectoryId, &Schema> =
            [(SRC, &self.schema), (TGT, &self.schema)].into();
        config_hash(&self.profile, &self.meanings, &schemas)
    }
}

#[test]
fn what_can_alter_an_operation_alters_the_configuration_hash() {
    use syncline_model::profile::{Action, Deprovision, FlowMode, LinkType, OnError};
    type Edit = fn(&mut Config);
    let edits: &[(&str, Edit)] = &[
        ("link", |c| c.profile.inbound[0].link = LinkType::Sticky),
        ("meaning of a rule", |c| {
            c.meanings.get_mut(&PartId(4)).unwrap().own = "x".into()
        }),
        ("meaning of keys", |c| {
            c.meanings.get_mut(&PartId(4)).unwrap().other_keys = "x".into()
        }),
        ("source attribute", |c| {
            c.profile.inbound[0].flows[0].from = Some("sn".into())
        }),
        ("target attribute", |c| {
            c.profile.outbound[0].flows[0].to = "sn".into()
        }),
        ("mode", |c| {
            c.profile.outbound[0].flows[0].mode = FlowMode::Initial
        }),
        ("another mode", |c| {
            c.profile.outbound[0].flows[0].mode = FlowMode::OnChange
        }),
        ("a weak mode", |c| {
            c.profile.outbound[0].flows[0].mode = FlowMode::IfEmpty
        }),
        ("on error", |c| {
            c.profile.outbound[0].flows[0].on_error = OnError::Null
        }),
        ("pick", |c| {
            c.profile.outbound[0].flows[0].pick = Some(syncline_model::profile::Pick::First)
        }),
        ("another pick", |c| {
            c.profile.outbound[0].flows[0].pick = Some(syncline_model::profile::Pick::OnlyOne)
        }),
        ("retain", |c| c.profile.inbound[0].flows[0].retain = true),
        ("merge", |c| c.profile.inbound[0].flows[0].merge = true),
        ("order of flows", |c| c.profile.outbound[0].flows.swap(0, 1)),
        ("order of parts", |c| c.profile.outbound.swap(0, 1)),
        ("action", |c| {
            c.profile.outbound[0].action = Action::UpdateOnly
        }),
        ("deprovision", |c| {
            c.profile.outbound[0].deprovision = Deprovision::Leave
        }),
        ("delete adopted", |c| {
            c.profile.outbound[0].delete_adopted = true
        }),
        ("initial password", |c| {
            c.profile.outbound[0].initial_password = Some(password("age1desk"))
        }),
        ("recipient of the initial password", |c| {
            c.profile.outbound[0].initial_password = Some(password("age1other"))
        }),
        ("adopt on conflict", |c| {
            c.profile.outbound[0].adopt_on_conflict = true
        }),
        ("match", |c| drop(c.profile.outbound[0].match_groups.pop())),
        ("match order", |c| {
            c.profile.outbound[0].match_groups.swap(0, 1)
        }),
        ("scope", |c| {
            c.profile.outbound[0].scope = c.profile.outbound[0].dn.clone()
        }),
        ("name", |c| c.profile.outbound[0].dn = None),
        ("directory", |c| c.profile.outbound[0].directory = SRC),
        ("type", |c| {
            c.profile.outbound[0].object_type = "contact".into()
        }),
        ("metaverse type", |c| {
            c.profile.outbound[0].metaverse_type = "group".into()
        }),
        ("a part more", |c| {
            c.profile.outbound.push(c.profile.outbound[0].clone())
        }),
        ("schema", |c| {
            let user = c.schema.types.get_mut("user").unwrap();
            user.attrs.get_mut(&"mail".into()).unwrap().multi = true;
        }),
    ];

    let mut seen = BTreeSet::from([Config::new().hash()]);
    for (what, edit) in edits {
        let mut config = Config::new();
        edit(&mut config);
        assert!(seen.insert(config.hash()), "{what} is not in the hash");
    }
}

#[test]
fn names_triggers_and_policy_are_not_in_the_configuration_hash() {
    let mut config = Config::new();
    let before = config.hash();

    config.profile.name = "another".into();
    config.profile.description = Some("text".into());
    config.profile.triggers.on_change = true;
    config.profile.triggers.every = Some("PT5M".into());
    config.profile.approval.then = Then::Hold;

    assert_eq!(config.hash(), before);
    let text = serde_json::to_string(&before).unwrap();
    assert_eq!(serde_json::from_str::<ConfigHash>(&text).unwrap(), before);
}

#[test]
fn wrong_profiles_are_told_all_at_once_with_the_place_and_a_hint() {
    let text = STANDARD
        .replacen(
            r#""to":"mail","from":"mail"}"#,
            r#""to":"mail","from":"mial"}"#,
            1,
        )
        .replacen(
            r#""dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"#,
            "",
            1,
        )
        .replacen(
            r#""directory":"dir_2","type":"group""#,
            r#""directory":"dir_2","type":"grp""#,
            1,
        );
    let profile: Profile = serde_json::from_str(&text).unwrap();
    let schema = crate::world::Directory::new("x", &[]).schema();
    let schemas: BTreeMap<DirectoryId, &Schema> = [(SRC, &schema), (TGT, &schema)].into();

    let found: Vec<String> = syncline_engine::ruleset::check(&profile, &schemas)
        .into_iter()
        .map(|p| format!("{} at {}: {}", p.code, p.path, p.message))
        .collect();

    insta::assert_snapshot!(found.join("\n"), @r"
    profile.unknown_attribute at inbound[0].flows[4].from: objects of type user have no attribute `mial`; did you mean `mail`?
    profile.name_rule_missing at outbound[0].dn: objects of this type lie in a hierarchy: a part that creates them needs a `dn` rule
    profile.unknown_type at outbound[1].type: the directory has no object type `grp`: it has contact, group, ou, user
    ");
    assert!(
        syncline_engine::ruleset::check(&serde_json::from_str(STANDARD).unwrap(), &schemas)
            .is_empty()
    );
}

fn password(key: &str) -> syncline_model::password::InitialPassword {
    syncline_model::password::InitialPassword::usual(syncline_model::password::Recipient {
        name: "Service desk".into(),
        key: key.into(),
    })
}
