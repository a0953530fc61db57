//! Exports and what undoes them.

use proptest::prelude::*;
use syncline_model::attrs::Attrs;
use syncline_model::object::TypeId;
use syncline_model::op::{ObjectKey, OpKind, Operation};
use syncline_model::plan::{AttrChange, Effect};
use syncline_model::{DirectoryId, ProfileId};

use super::*;
use crate::sync::believed::overlay;

const MAIL: AttrId = AttrId(0);
const PROXY: AttrId = AttrId(1);
const MEMBER: AttrId = AttrId(2);
const NAMES: [&str; 3] = ["mail", "proxyAddresses", "member"];
const ME: CsId = CsId(50);

struct World {
    attrs: AttrTable,
    types: TypeTable,
    anchors: BTreeMap<CsId, Anchor>,
    now: Believed,
}

fn text(text: &str) -> Option<Values> {
    Values::new([Value::text(text)])
}

fn place(parent: i64, rdn: &str) -> Place {
    Place {
        parent: CsId(parent),
        rdn: rdn.into(),
    }
}

/// An object with a mail address, two proxy addresses and two members.
fn world() -> World {
    let proxies = Values::new(["a", "b"].map(Value::text));
    let attrs = [(MAIL, text("old@a.test")), (PROXY, proxies)];
    World {
        attrs: AttrTable::new(NAMES.map(AttrName::new)),
        types: TypeTable::new(["group".to_owned()]),
        anchors: (50..60)
            .map(|n| (CsId(n), Anchor::Guid([n as u8; 16])))
            .collect(),
        now: Believed {
            exists: true,
            place: Some(place(58, "CN=A")),
            attrs: Attrs::from_pairs(attrs.into_iter().filter_map(|(id, v)| Some((id, v?)))),
            refs: [(MEMBER, CsId(51)), (MEMBER, CsId(52))].into(),
        },
    }
}

impl World {
    /// Sends an operation: what it does happens.
    fn send(&mut self, effect: Effect) -> PlannedOp {
        let change = |attr: AttrId| AttrChange {
            attr: NAMES[usize::from(attr.0)].into(),
            before: self.now.attrs.get(attr).cloned(),
            after: None,
            added: Vec::new(),
            removed: Vec::new(),
            references_before: 0,
            removed_by_deletion: 0,
            part: PartId(7),
            flow: attr.0,
            source: Default::default(),
        };
        let several = |name: &str| {
            let (add, remove) = (Vec::new(), Vec::new());
            (AttrName::new(name), Change::Values { add, remove })
        };
        let object_type = "group".to_owned();
        let op = Operation {
            directory: DirectoryId(2),
            pass: 1,
            object: ObjectKey::Anchor(Anchor::Guid([50; 16])),
            kind: OpKind::Update {
                object_type,
                place: None,
            },
            deltas: vec![several("member"), several("proxyAddresses")],
        };
        let sent = PlannedOp {
            cs: ME,
            mv: None,
            directory: DirectoryId(2),
            profile: ProfileId(1),
            part: PartId(7),
            object_type: TypeId(0),
            depth: 1,
            hash: op.hash(),
            op,
            place_before: self.now.place.clone(),
            changes: effect.attrs.iter().map(|(attr, _)| change(*attr)).collect(),
            effect: effect.clone(),
            facts: Vec::new(),
            blocked: None,
        };
        overlay(&mut self.now, &effect);
        sent
    }

    fn undo(&self, sent: &[PlannedOp]) -> Undone {
        let known = Known {
            attrs: &self.attrs,
            types: &self.types,
            anchors: &self.anchors,
        };
        undo(sent, &self.now, known)
    }
}

fn update() -> Effect {
    Effect {
        verb: Verb::Update,
        place: None,
        attrs: Vec::new(),
        refs: Vec::new(),
    }
}

fn left(attr: Option<&str>, why: Why) -> Left {
    Left {
        attr: attr.map(AttrName::new),
        why,
    }
}

#[test]
fn what_was_changed_renamed_and_exchanged_goes_back_in_one_operation() {
    let mut world = world();
    let before = world.now.clone();
    let member = |to, added| RefEffect {
        attr: MEMBER,
        to: CsId(to),
        added,
    };
    let sent = [
        world.send(Effect {
            place: Some(place(59, "CN=B")),
            attrs: vec![(MAIL, AttrEffect::Set(text("new@b.test").unwrap()))],
            ..update()
        }),
        world.send(Effect {
            refs: vec![member(51, false), member(53, true)],
            ..update()
        }),
    ];

    let undone = world.undo(&sent);

    assert_eq!(undone.left, []);
    let op = undone.op.unwrap();
    assert_eq!(op.op.deltas.len(), 2, "{:?}", op.op.deltas);
    assert!(matches!(&op.op.kind, OpKind::Update { place: Some(p), .. } if p.rdn == "CN=A"));
    overlay(&mut world.now, &op.effect);
    assert_eq!(world.now, before);
}

#[test]
fn what_somebody_changed_since_is_left_and_named() {
    let mut world = world();
    let mail = AttrEffect::Set(text("new@b.test").unwrap());
    let sent = [world.send(Effect {
        place: Some(place(59, "CN=A")),
        attrs: vec![(MAIL, mail)],
        ..update()
    })];
    world.now.attrs.set(MAIL, text("other@c.test"));
    world.anchors.remove(&CsId(58));

    let undone = world.undo(&sent);

    assert_eq!(undone.op, None);
    let expected = [
        left(None, Why::OtherGone),
        left(Some("mail"), Why::ChangedSince),
    ];
    assert_eq!(undone.left, expected);
}

#[test]
fn what_was_created_is_deleted_and_what_was_deleted_is_not_known_any_more() {
    let mut created = world();
    let add = created.send(Effect {
        verb: Verb::Add,
        ..update()
    });
    let mut deleted = world();
    let delete = deleted.send(Effect {
        verb: Verb::Delete,
        ..update()
    });

    let (add, delete) = (created.undo(&[add]), deleted.undo(&[delete]));

    let op = add.op.unwrap();
    assert_eq!(
        (op.verb(), op.facts[0].kind),
        (Verb::Delete, syncline_model::plan::GuardKind::Delete)
    );
    assert_eq!(
        (delete.op, delete.left),
        (None, vec![left(None, Why::Deleted)])
    );
}

#[test]
fn an_object_that_is_gone_by_now_is_left() {
    let mut world = world();
    let clear = (MAIL, AttrEffect::Clear);
    let sent = [world.send(Effect {
        attrs: vec![clear],
        ..update()
    })];
    world.now = Believed::default();

    let undone = world.undo(&sent);

    assert_eq!(
        (undone.op, undone.left),
        (None, vec![left(None, Why::Gone)])
    );
}

fn effects() -> impl Strategy<Value = Vec<Effect>> {
    let values = proptest::collection::btree_set("[a-d]", 0..4);
    let one =
        (0..4u8, values, 53..58i64, proptest::bool::ANY).prop_map(|(what, values, to, yes)| {
            let set = Values::new(values.iter().map(|v| Value::text(v.as_str())));
            let mut effect = update();
            match (what, set) {
                (0, Some(set)) => effect.attrs.push((MAIL, AttrEffect::Set(set))),
                (0, None) => effect.attrs.push((MAIL, AttrEffect::Clear)),
                (1, _) => effect.place = Some(place(if yes { 58 } else { 59 }, "CN=C")),
                (2, set) => effect
                    .attrs
                    .push((PROXY, set.map_or(AttrEffect::Clear, AttrEffect::Set))),
                _ => effect.refs.push(RefEffect {
                    attr: MEMBER,
                    to: CsId(to),
                    added: true,
                }),
            }
            effect
        });
    proptest::collection::vec(one, 1..6)
}

proptest! {
    /// P-26: in an unchanged world the inverse restores what was.
    #[test]
    fn p26_undoing_an_export_in_an_unchanged_world_restores_the_object(effects in effects()) {
        let mut world = world();
        let before = world.now.clone();
        let mut sent = Vec::new();
        for effect in effects {
            // A value that is there already is not sent (P-24).
            let news = effect.refs.iter().all(|r| !world.now.refs.contains(&(r.attr, r.to)));
            if news {
                sent.push(world.send(effect));
            }
        }

        let undone = world.undo(&sent);

        prop_assert_eq!(undone.left, vec![]);
        if let Some(op) = undone.op {
            overlay(&mut world.now, &op.effect);
        }
        prop_assert_eq!(world.now, before);
    }
}
