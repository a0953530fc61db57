//! Builders: objects, staging parts, plan parts and operations of these tests.

use syncline_model::contributors::Contributors;
use syncline_model::object::{
    ContentHash, CsBody, CsFlags, CsKind, CsObject, CsRow, Disjoin, Hashing as _, Lineage, MvBody,
    MvObject, MvState, MvValue, Provenance, SourceKey, TypeId,
};
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation, Placement};
use syncline_model::plan::{
    AttrChange, AttrEffect, Effect, GuardFact, GuardKind, Place, PlannedOp, Verb,
};
use syncline_model::stage::{StagePart, StageRow};
use syncline_model::{
    Anchor, AttrId, Attrs, CsId, DirectoryId, MvId, PartId, ProfileId, RunId, Value, Values,
};
use syncline_store::tenant::{DirectoryDoc, Durability, StageStep, TenantDb};

pub const SOURCE: DirectoryId = DirectoryId(101);
pub const TARGET: DirectoryId = DirectoryId(102);
pub const PROFILE: ProfileId = ProfileId(201);
pub const PART: PartId = PartId(301);
pub const RUN: RunId = RunId(401);
pub const USER: TypeId = TypeId(0);
pub const MAIL: AttrId = AttrId(3);
pub const MEMBER: AttrId = AttrId(7);
/// An instant of these tests.
pub const NOW: i64 = 1_790_000_000_000;

pub fn step(chunk: i32) -> StageStep {
    StageStep {
        run: RUN,
        chunk,
        now_ms: NOW,
    }
}

pub fn anchor(n: u8) -> Anchor {
    Anchor::Guid([n; 16])
}

pub fn one(text: &str) -> Values {
    Values::one(Value::text(text)).unwrap()
}

/// An object as an import brings it: `CN=<name>` below `parent`, with a mail address.
pub fn object(db: &TenantDb, id: i64, name: &str, parent: Option<CsId>) -> CsObject {
    let rdn = format!("CN={name}");
    let key = |domain: &str| {
        db.keys().key(
            domain,
            format!("{parent:?}/{}", rdn.to_lowercase()).as_bytes(),
        )
    };
    CsObject {
        row: CsRow {
            id: CsId(id),
            directory: SOURCE,
            imported: Some(ContentHash::new(db.keys().content(name.as_bytes()))),
            retired: None,
            synced: None,
            name: Some(key("name")),
            unique: Some(key("unique")),
            parent,
            link: None,
            object_type: Some(USER),
            kind: CsKind::Staging,
            provenance: Provenance::Discovered,
            disjoin: Disjoin::Normal,
            flags: CsFlags(0),
        },
        body: CsBody {
            anchor: Some(anchor(id as u8)),
            rdn: Some(rdn),
            attrs: Attrs::from_pairs([(MAIL, one(&format!("{name}@contoso.test")))]),
        },
    }
}

pub fn new_row(object: &CsObject) -> StageRow {
    StageRow {
        row: object.row,
        body: Some(object.body.clone()),
        new: true,
    }
}

pub fn part_of(objects: &[&CsObject]) -> StagePart {
    StagePart {
        rows: objects.iter().map(|object| new_row(object)).collect(),
        seen: objects.iter().map(|object| object.row.id).collect(),
        ..StagePart::new(SOURCE, vec![PROFILE])
    }
}

pub fn mv_object(id: i64, mail: &str) -> MvObject {
    MvObject {
        id: MvId(id),
        mv_type: TypeId(1),
        state: MvState::Live,
        since: None,
        body: MvBody {
            origin: SourceKey {
                directory: SOURCE,
                anchor: anchor(1),
            },
            values: vec![MvValue {
                attr: MAIL,
                values: one(mail),
                lineage: lineage(),
            }],
            held: vec![],
            remembered: vec![],
            merged: vec![],
        },
    }
}

pub fn lineage() -> Lineage {
    Lineage {
        part: PART,
        flow: 1,
        cs: CsId(1),
    }
}

/// An operation on a target object, whole.
pub fn planned(cs: i64, verb: Verb, mail: &str) -> PlannedOp {
    let object_type = "user".to_owned();
    let place = Some(Placement {
        parent: ObjectKey::Anchor(anchor(99)),
        rdn: "CN=Ann".into(),
    });
    let op = Operation {
        directory: TARGET,
        pass: 1,
        object: ObjectKey::Anchor(anchor(cs as u8)),
        kind: match verb {
            Verb::Add => OpKind::Add {
                object_type,
                place,
                password: None,
            },
            Verb::Update => OpKind::Update {
                object_type,
                place: None,
            },
            Verb::Delete => OpKind::Delete { object_type },
        },
        deltas: vec![(
            "mail".into(),
            Change::Set(vec![OpValue::Value(Value::text(mail))]),
        )],
    };
    PlannedOp {
        cs: CsId(cs),
        mv: Some(MvId(cs + 1000)),
        directory: TARGET,
        profile: PROFILE,
        part: PART,
        object_type: USER,
        depth: 2,
        hash: op.hash(),
        op,
        effect: Effect {
            verb,
            place: (verb == Verb::Add).then(|| Place {
                parent: CsId(99),
                rdn: "CN=Ann".into(),
            }),
            attrs: vec![(MAIL, AttrEffect::Set(one(mail)))],
            refs: vec![],
        },
        place_before: None,
        changes: vec![AttrChange {
            attr: "mail".into(),
            before: None,
            after: Some(one(mail)),
            added: vec![],
            removed: vec![],
            references_before: 0,
            removed_by_deletion: 0,
            part: PART,
            flow: 1,
            source: Contributors::One(lineage()),
        }],
        facts: vec![GuardFact {
            kind: if verb == Verb::Delete {
                GuardKind::Delete
            } else {
                GuardKind::Change
            },
            attr: (verb != Verb::Delete).then_some(MAIL),
        }],
        blocked: None,
    }
}

/// Adds the two directories of these tests.
pub async fn directories(db: &TenantDb) {
    let mut tx = db.write(Durability::Durable).await.unwrap();
    for (id, name) in [(SOURCE, "Contoso"), (TARGET, "Fabrikam")] {
        let doc = DirectoryDoc {
            name: name.into(),
            ..DirectoryDoc::default()
        };
        tx.directory_add(id, "active-directory", &doc)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

/// Applies a staging part in a transaction of its own.
pub async fn stage(db: &TenantDb, part: &StagePart, chunk: i32) {
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.apply_stage(part, &step(chunk)).await.unwrap();
    tx.commit().await.unwrap();
}
