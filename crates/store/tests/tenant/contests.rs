//! Contests: kept with the intent of an object, and gone with it.

use syncline_model::contest::{Claim, Contest, ContestSet};
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::Subject;
use syncline_model::plan::{Intent, PlanPart};
use syncline_model::stage::{ErrorEntry, ErrorSet, StagePart};
use syncline_model::{AttrId, CsId};
use syncline_store::tenant::{Durability, TenantDb, WorkSeen};

use crate::given::{NOW, PART, TARGET, directories, one, stage};
use crate::support::tenant;

const ANN: CsId = CsId(50);

fn contested() -> Vec<Contest> {
    vec![Contest {
        claim: Claim::Attr(AttrId(4)),
        exported: Some(one("512")),
        imported: Some(one("546")),
        count: 3,
        first: 1,
        last: 3,
    }]
}

async fn apply(db: &TenantDb, part: &PlanPart) {
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    let seen = WorkSeen::default();
    tx.apply_plan(part, &seen, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

async fn contests(db: &TenantDb) -> Vec<ContestSet> {
    let mut read = db.read().await.unwrap();
    read.contests(&[ANN, CsId(51)]).await.unwrap()
}

/// What an import contradicted of what is wanted of Ann, and of one of whom nothing is.
async fn given() -> TenantDb {
    let db = tenant().await.db;
    directories(&db).await;
    let wanted = PlanPart {
        intents: vec![Intent {
            cs: ANN,
            part: PART,
            place: None,
            attrs: Vec::new(),
            refs: Vec::new(),
        }],
        ..PlanPart::default()
    };
    apply(&db, &wanted).await;
    let mut part = StagePart::new(TARGET, vec![]);
    part.contests = [ANN, CsId(51)]
        .map(|cs| ContestSet {
            cs,
            contests: contested(),
        })
        .into();
    part.errors = vec![ErrorSet {
        subject: Subject::Cs(ANN),
        stage: Stage::Confirm,
        part: None,
        entries: vec![ErrorEntry {
            kind: ErrorKind::NotReimported,
            attr: Some(AttrId(4)),
            message: "the directory shows 546".into(),
            others: Vec::new(),
            op: None,
        }],
    }];
    stage(&db, &part, 0).await;
    // What is wanted is written again: the contest stays.
    apply(&db, &wanted).await;
    db
}

#[tokio::test]
async fn a_contest_stands_with_an_intent_and_goes_with_it() {
    let db = given().await;
    let (cs, contests_of_ann) = (ANN, contested());
    assert_eq!(
        contests(&db).await,
        [ContestSet {
            cs,
            contests: contests_of_ann
        }]
    );

    let gone = PlanPart {
        intents_removed: vec![ANN],
        ..PlanPart::default()
    };
    apply(&db, &gone).await;

    assert_eq!(contests(&db).await, []);
}

#[tokio::test]
async fn synchronisation_and_people_end_contests() {
    let db = given().await;
    let part = PlanPart {
        contests: vec![ContestSet {
            cs: ANN,
            contests: Vec::new(),
        }],
        ..PlanPart::default()
    };
    apply(&db, &part).await;
    assert_eq!(contests(&db).await, []);

    let db = given().await;
    let mut tx = db.write(Durability::Durable).await.unwrap();
    assert!(tx.contests_end(ANN).await.unwrap());
    assert!(!tx.contests_end(ANN).await.unwrap());
    tx.commit().await.unwrap();

    assert_eq!(contests(&db).await, []);
    let mut read = db.read().await.unwrap();
    let errors = read.errors_of(&[Subject::Cs(ANN)]).await.unwrap();
    assert_eq!(errors, [], "its error goes with it");
}
