//! The message log: one entry for the same thing said again, over objects, directories and profiles.

use std::collections::BTreeMap;

use syncline_model::error::{ErrorClass, ErrorKind, Stage};
use syncline_model::message::{self, Entry, Severity, jobs};
use syncline_model::object::Subject;
use syncline_model::plan::PlanPart;
use syncline_model::run::{Progress, RunKind, RunStatus};
use syncline_model::stage::{ErrorEntry, ErrorSet, StagePart};
use syncline_model::{CsId, DirectoryId, MessageId, ProfileId, RunId};
use syncline_store::tenant::{
    Durability, Lane, LogFilter, LogPlace, Logged, Message, MessageBody, Run, RunDoc, StageStep,
    TenantDb, TenantTx, WorkSeen,
};

use crate::given::{NOW, PART, PROFILE, SOURCE, TARGET, directories, object, part_of};
use crate::records::profile;
use crate::support::tenant;

const MINUTE: i64 = 60_000;
const WEEK: i64 = 7 * 24 * 60 * MINUTE;

pub async fn write(db: &TenantDb) -> TenantTx {
    db.write(Durability::Durable).await.unwrap()
}

pub fn run(id: i64, kind: RunKind, directory: DirectoryId) -> Run {
    Run {
        id: RunId(id),
        kind,
        directory: Some(directory),
        profile: None,
        cycle: None,
        progress: Progress::Queued,
        status: None,
        queued_ms: NOW,
        started_ms: None,
        ended_ms: None,
        doc: RunDoc::default(),
    }
}

/// Ends a run as the runner does: it says something, and what its lane said before and it did not say again is over.
pub async fn ends(db: &TenantDb, run: &Run, status: RunStatus, said: &[&Entry], at_ms: i64) {
    let mut tx = write(db).await;
    tx.run_add(&Run {
        status: Some(status),
        ..run.clone()
    })
    .await
    .unwrap();
    let messages: Vec<Message> = said
        .iter()
        .map(|entry| Message {
            id: MessageId(0),
            at_ms,
            severity: entry.severity,
            code: entry.code.into(),
            lane: Lane::of(run.kind),
            topic: None,
            stops: !status.completed(),
            run: Some(run.id),
            directory: run.directory,
            profile: run.profile,
            object: None,
            body: MessageBody {
                text: format!("{} as {} says", entry.what, run.id),
                detail: serde_json::Value::Null,
            },
        })
        .collect();
    let (first, _) = db.new_ids(messages.len()).await.unwrap().bounds();
    let messages: Vec<Message> = (first..)
        .zip(messages)
        .map(|(id, message)| Message {
            id: MessageId(id),
            ..message
        })
        .collect();
    tx.messages_say(&messages).await.unwrap();
    tx.messages_judged(run, status, at_ms).await.unwrap();
    tx.commit().await.unwrap();
}

async fn all(db: &TenantDb, filter: LogFilter) -> Vec<Logged> {
    let mut read = db.read().await.unwrap();
    read.log(&filter, None, 1000).await.unwrap()
}

pub async fn open(db: &TenantDb) -> Vec<Logged> {
    all(
        db,
        LogFilter {
            open: Some(true),
            ..LogFilter::default()
        },
    )
    .await
}

fn told(entries: &[Logged]) -> Vec<(&str, i64)> {
    entries.iter().map(|e| (e.code.as_str(), e.count)).collect()
}

#[tokio::test]
async fn a_directory_that_is_down_for_a_week_is_one_entry_with_a_count() {
    let db = tenant().await.db;
    directories(&db).await;
    let unreachable = message::find("connect.unreachable").unwrap();
    let every = 30 * MINUTE;
    let tries = WEEK / every;

    for n in 0..tries {
        let import = run(1000 + n, RunKind::DeltaImport, SOURCE);
        let stopped = RunStatus::NoStartConnection;
        ends(&db, &import, stopped, &[&unreachable], NOW + n * every).await;
    }
    let down = open(&db).await;
    let back = run(5000, RunKind::FullImport, SOURCE);
    ends(&db, &back, RunStatus::Success, &[], NOW + WEEK).await;
    let mended = all(&db, LogFilter::default()).await;
    let again = run(5001, RunKind::DeltaImport, SOURCE);
    let later = NOW + WEEK + every;
    ends(
        &db,
        &again,
        RunStatus::NoStartConnection,
        &[&unreachable],
        later,
    )
    .await;

    assert_eq!(told(&down), [("connect.unreachable", tries)]);
    let entry = &down[0];
    assert_eq!(
        (entry.first_ms, entry.last_ms, entry.run),
        (NOW, NOW + WEEK - every, Some(RunId(1000 + tries - 1)))
    );
    assert!(open(&db).await.iter().all(|e| e.id != entry.id));
    assert_eq!(mended[0].ended_ms, Some(NOW + WEEK));
    assert!(!mended[0].is_open());
    let anew = open(&db).await;
    assert_eq!(told(&anew), [("connect.unreachable", 1)]);
    assert_eq!(anew[0].first_ms, later, "what comes back is told anew");
}

#[tokio::test]
async fn a_run_that_stopped_says_nothing_of_what_others_found() {
    let db = tenant().await.db;
    directories(&db).await;
    let lost = message::find("connect.lost").unwrap();
    let refused = message::find("connect.credentials_refused").unwrap();
    let codes = async |db: &TenantDb| {
        let open = open(db).await;
        let codes: Vec<String> = open.into_iter().map(|e| e.code).collect();
        codes
    };
    let import = |id| run(id, RunKind::DeltaImport, SOURCE);
    let warned = RunStatus::CompletedWarnings;

    ends(&db, &import(1), warned, &[&jobs::READ_ERRORS_MORE], NOW).await;
    ends(
        &db,
        &import(2),
        RunStatus::StoppedConnectivity,
        &[&lost],
        NOW + 1,
    )
    .await;
    assert_eq!(
        codes(&db).await,
        ["connect.lost", "import.read_errors_more"]
    );

    ends(
        &db,
        &import(3),
        RunStatus::StoppedAuthentication,
        &[&refused],
        NOW + 2,
    )
    .await;
    let expected = ["connect.credentials_refused", "import.read_errors_more"];
    assert_eq!(codes(&db).await, expected, "one reason at a time");

    // Runs of another lane and of another directory judge other things.
    ends(
        &db,
        &run(4, RunKind::Export, SOURCE),
        RunStatus::Success,
        &[],
        NOW + 3,
    )
    .await;
    ends(
        &db,
        &run(5, RunKind::FullImport, TARGET),
        RunStatus::Success,
        &[],
        NOW + 3,
    )
    .await;
    assert_eq!(codes(&db).await, expected);

    ends(&db, &import(6), RunStatus::Success, &[], NOW + 4).await;
    assert_eq!(codes(&db).await, [] as [&str; 0]);
}

#[tokio::test]
async fn a_run_is_asked_for_what_it_said() {
    let db = tenant().await.db;
    directories(&db).await;
    let lost = message::find("connect.lost").unwrap();
    let stopped = RunStatus::StoppedConnectivity;
    ends(
        &db,
        &run(1, RunKind::DeltaImport, SOURCE),
        stopped,
        &[&lost],
        NOW,
    )
    .await;
    ends(
        &db,
        &run(2, RunKind::DeltaImport, TARGET),
        stopped,
        &[&lost],
        NOW,
    )
    .await;
    ends(
        &db,
        &run(3, RunKind::DeltaImport, SOURCE),
        stopped,
        &[&lost],
        NOW + 1,
    )
    .await;
    let of = |id| LogFilter {
        run: Some(RunId(id)),
        ..LogFilter::default()
    };

    assert_eq!(told(&all(&db, of(1)).await), [("connect.lost", 2)]);
    assert_eq!(told(&all(&db, of(2)).await), [("connect.lost", 1)]);
    assert_eq!(told(&all(&db, of(3)).await), [("connect.lost", 2)]);
    assert_eq!(all(&db, of(99)).await, [], "a run that never was");
    let elsewhere = LogFilter {
        directory: Some(TARGET),
        ..of(1)
    };
    assert_eq!(all(&db, elsewhere).await, []);
}

fn error(kind: ErrorKind, text: &str) -> ErrorEntry {
    ErrorEntry {
        kind,
        attr: None,
        message: text.into(),
        others: Vec::new(),
        op: None,
    }
}

/// Two objects with errors of an import, and one of a sync.
pub async fn given() -> TenantDb {
    let db = tenant().await.db;
    directories(&db).await;
    let mut tx = write(&db).await;
    tx.profile_save(PROFILE, 0, &profile(PART.get()), [1; 32], "usr_1", NOW)
        .await
        .unwrap();
    tx.run_add(&run(1, RunKind::FullImport, SOURCE))
        .await
        .unwrap();
    let sync = Run {
        profile: Some(PROFILE),
        directory: None,
        ..run(2, RunKind::Sync, SOURCE)
    };
    tx.run_add(&sync).await.unwrap();
    let (ann, bob) = (object(&db, 1, "Ann", None), object(&db, 2, "Bob", None));
    let mut part = part_of(&[&ann, &bob]);
    part.errors = [CsId(1), CsId(2)]
        .map(|cs| ErrorSet {
            subject: Subject::Cs(cs),
            stage: Stage::Import,
            part: None,
            entries: vec![error(ErrorKind::Unreadable, "a value cannot be read")],
        })
        .into();
    tx.apply_stage(&part, &at(1, NOW)).await.unwrap();
    tx.commit().await.unwrap();
    synchronised(&db, 2, vec![error(ErrorKind::Rule, "mail failed")], NOW + 5).await;
    db
}

fn at(run: i64, now_ms: i64) -> StageStep {
    StageStep {
        run: RunId(run),
        chunk: 0,
        now_ms,
    }
}

/// What a sync says of Ann.
async fn synchronised(db: &TenantDb, run: i64, entries: Vec<ErrorEntry>, now_ms: i64) {
    let part = PlanPart {
        errors: vec![ErrorSet {
            subject: Subject::Cs(CsId(1)),
            stage: Stage::Inbound,
            part: Some(PART),
            entries,
        }],
        ..PlanPart::default()
    };
    let mut tx = write(db).await;
    tx.on_behalf_of(RunId(run));
    tx.apply_plan(&part, &WorkSeen::default(), now_ms)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_an_object_is_found_by_all_it_is_about() {
    let db = given().await;
    let rule = LogFilter {
        code: Some("rule-error".into()),
        ..LogFilter::default()
    };
    let found = async |filter: LogFilter| -> Vec<(String, Option<Subject>)> {
        let entries = all(&db, filter).await;
        entries.into_iter().map(|e| (e.code, e.object)).collect()
    };
    let of = |code: &str, cs| (code.to_owned(), Some(Subject::Cs(CsId(cs))));

    let [entry] = all(&db, rule).await.try_into().unwrap();

    assert_eq!(
        (entry.directory, entry.profile, entry.run, entry.stage),
        (
            Some(SOURCE),
            Some(PROFILE),
            Some(RunId(2)),
            Some(Stage::Inbound)
        )
    );
    assert_eq!(entry.retry_ms, None, "not before the configuration changes");
    let everything = [
        of("rule-error", 1),
        of("unreadable-entry", 2),
        of("unreadable-entry", 1),
    ];
    for (filter, expected) in [
        (LogFilter::default(), &everything[..]),
        (
            LogFilter {
                directory: Some(SOURCE),
                ..LogFilter::default()
            },
            &everything,
        ),
        (
            LogFilter {
                directory: Some(TARGET),
                ..LogFilter::default()
            },
            &[],
        ),
        (
            LogFilter {
                profile: Some(PROFILE),
                ..LogFilter::default()
            },
            &everything[..1],
        ),
        (
            LogFilter {
                profile: Some(ProfileId(9)),
                ..LogFilter::default()
            },
            &[],
        ),
        (
            LogFilter {
                object: Some(CsId(2)),
                ..LogFilter::default()
            },
            &everything[1..2],
        ),
        (
            LogFilter {
                run: Some(RunId(1)),
                ..LogFilter::default()
            },
            &everything[1..],
        ),
        (
            LogFilter {
                run: Some(RunId(2)),
                ..LogFilter::default()
            },
            &everything[..1],
        ),
        (
            LogFilter {
                class: Some(ErrorClass::Config),
                ..LogFilter::default()
            },
            &everything[..1],
        ),
        (
            LogFilter {
                at_least: Some(Severity::Error),
                ..LogFilter::default()
            },
            &everything,
        ),
        (
            LogFilter {
                open: Some(false),
                ..LogFilter::default()
            },
            &[],
        ),
    ] {
        assert_eq!(found(filter.clone()).await, expected, "{filter:?}");
    }
    let mut read = db.read().await.unwrap();
    assert_eq!(read.logged(entry.id).await.unwrap().as_ref(), Some(&entry));
    assert_eq!(
        read.log_counts(&LogFilter::default()).await.unwrap(),
        BTreeMap::from([("rule-error".into(), 1), ("unreadable-entry".into(), 2)])
    );
}

#[tokio::test]
async fn an_error_that_is_over_stays_to_be_looked_at_and_comes_back_as_a_new_one() {
    let db = given().await;
    let rule = || LogFilter {
        code: Some("rule-error".into()),
        ..LogFilter::default()
    };
    let [first] = all(&db, rule()).await.try_into().unwrap();

    synchronised(&db, 2, vec![error(ErrorKind::Rule, "again")], NOW + 6).await;
    let [repeated] = all(&db, rule()).await.try_into().unwrap();
    synchronised(&db, 2, Vec::new(), NOW + 7).await;
    let [over] = all(&db, rule()).await.try_into().unwrap();
    let standing = {
        let mut read = db.read().await.unwrap();
        read.errors_of(&[Subject::Cs(CsId(1))]).await.unwrap()
    };
    synchronised(&db, 2, vec![error(ErrorKind::Rule, "back")], NOW + 8).await;
    let [back] = all(&db, rule()).await.try_into().unwrap();

    assert_eq!((repeated.id, repeated.count), (first.id, 2));
    assert_eq!((over.id, over.ended_ms), (first.id, Some(NOW + 7)));
    assert!(standing.iter().all(|e| e.entry.kind != ErrorKind::Rule));
    assert_ne!(back.id, first.id);
    assert_eq!(
        (back.first_ms, back.count, back.ended_ms),
        (NOW + 8, 1, None)
    );
    assert_eq!(back.text, "back");
}

#[tokio::test]
async fn pages_follow_one_another_over_both_tables_and_within_one_instant() {
    let db = given().await;
    let lost = message::find("connect.lost").unwrap();
    let import = run(7, RunKind::DeltaImport, TARGET);
    ends(&db, &import, RunStatus::StoppedConnectivity, &[&lost], NOW).await;
    let expected: Vec<MessageId> = all(&db, LogFilter::default())
        .await
        .iter()
        .map(|e| e.id)
        .collect();

    let mut read = db.read().await.unwrap();
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = read.log(&LogFilter::default(), before, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        found.push(last.id);
        before = Some(LogPlace {
            last_ms: last.last_ms,
            id: last.id,
        });
    }

    assert_eq!(found.len(), 4);
    assert_eq!(found, expected);
}

#[tokio::test]
async fn what_is_said_of_a_profile_ends_with_it_and_what_is_over_expires_by_age() {
    let db = given().await;
    let mut tx = write(&db).await;
    tx.profile_delete(PROFILE, 1, NOW + 9).await.unwrap();
    tx.commit().await.unwrap();

    let of_profile = LogFilter {
        profile: Some(PROFILE),
        ..LogFilter::default()
    };
    let [over] = all(&db, of_profile.clone()).await.try_into().unwrap();
    let mut tx = write(&db).await;
    let kept = tx.log_expire(NOW + 9).await.unwrap();
    let gone = tx.log_expire(NOW + 10).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(over.ended_ms, Some(NOW + 9));
    assert_eq!((kept, gone), (0, 1));
    assert_eq!(all(&db, of_profile).await, []);
    assert_eq!(
        all(&db, LogFilter::default()).await.len(),
        2,
        "what stands stays"
    );
}

#[tokio::test]
async fn what_is_said_outside_of_runs_is_ended_by_hand() {
    let db = given().await;
    let mut tx = write(&db).await;
    let said = Message {
        id: MessageId(db.new_id().await.unwrap()),
        at_ms: NOW,
        severity: Severity::Warning,
        code: jobs::PASSWORD_EXPIRED.code.into(),
        lane: Lane::None,
        topic: None,
        stops: false,
        run: None,
        directory: Some(TARGET),
        profile: Some(PROFILE),
        object: Some(2),
        body: MessageBody::default(),
    };
    let first = tx.messages_say(std::slice::from_ref(&said)).await.unwrap();
    let again = Message {
        id: MessageId(said.id.get() + 1),
        ..said.clone()
    };
    let second = tx.messages_say(&[again]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(first, second, "said twice of one object, it is one entry");
    let of_bob = LogFilter {
        object: Some(CsId(2)),
        code: Some(said.code.clone()),
        ..LogFilter::default()
    };
    let [entry] = all(&db, of_bob.clone()).await.try_into().unwrap();
    assert_eq!((entry.count, entry.is_open()), (2, true));

    let mut tx = write(&db).await;
    tx.messages_end_about(2, NOW + 1).await.unwrap();
    tx.commit().await.unwrap();

    let [entry] = all(&db, of_bob).await.try_into().unwrap();
    assert_eq!(entry.ended_ms, Some(NOW + 1));
}

#[tokio::test]
async fn the_errors_of_an_object_go_with_the_object() {
    let db = given().await;
    let gone = StagePart {
        removed: vec![CsId(2)],
        ..StagePart::new(SOURCE, vec![])
    };
    let mut tx = write(&db).await;
    tx.apply_stage(&gone, &at(1, NOW + 9)).await.unwrap();
    tx.commit().await.unwrap();

    let of_bob = LogFilter {
        object: Some(CsId(2)),
        ..LogFilter::default()
    };
    assert_eq!(all(&db, of_bob).await, []);
}
