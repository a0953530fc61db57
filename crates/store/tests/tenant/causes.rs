//! Causes: what the message log says is wrong, taken together by code, directory and profile.

use syncline_model::MessageId;
use syncline_model::message::{self, Severity, jobs, notifications};
use syncline_model::run::{RunKind, RunStatus};
use syncline_store::tenant::{Lane, Message, MessageBody};

use crate::given::{NOW, PROFILE, SOURCE, TARGET};
use crate::log::{ends, given, open, run, write};
use crate::support::tenant;

#[tokio::test]
async fn what_is_said_of_many_is_one_cause_until_none_of_them_holds() {
    let db = given().await;
    let offline = message::find("agents.offline").unwrap();
    let stopped = RunStatus::StoppedAgentOffline;
    let export = run(7, RunKind::Export, TARGET);
    let import = run(8, RunKind::DeltaImport, TARGET);
    ends(&db, &export, stopped, &[&offline, &jobs::RESTING], NOW + 1).await;
    ends(&db, &import, stopped, &[&offline], NOW + 2).await;

    let causes = db.read().await.unwrap().log_causes().await.unwrap();

    let told: Vec<_> = causes
        .iter()
        .map(|(cause, s)| (cause.code.as_str(), cause.directory, s.entries, s.count))
        .collect();
    assert_eq!(
        told,
        [
            ("agents.offline", Some(TARGET), 2, 2),
            ("rule-error", Some(SOURCE), 1, 1),
            ("unreadable-entry", Some(SOURCE), 2, 2),
        ],
        "what is for the record is no cause"
    );
    let of_export = causes.values().next().unwrap();
    assert_eq!(of_export.since_ms, NOW + 1);
    let rule = causes.keys().find(|c| c.code == "rule-error").unwrap();
    assert_eq!(rule.profile, Some(PROFILE));

    let again = run(9, RunKind::DeltaImport, TARGET);
    ends(&db, &again, RunStatus::Success, &[], NOW + 3).await;
    let causes = db.read().await.unwrap().log_causes().await.unwrap();
    let stands = causes.iter().find(|(c, _)| c.code == "agents.offline");
    assert_eq!(
        stands.unwrap().1.entries,
        1,
        "the export has not succeeded yet"
    );
}

#[tokio::test]
async fn what_is_said_of_a_receiver_is_ended_by_what_it_is_about() {
    let db = tenant().await.db;
    let code = notifications::MAIL_FAILED.code;
    let said = |id, topic: &str| Message {
        id: MessageId(id),
        at_ms: NOW,
        severity: Severity::Warning,
        code: code.into(),
        lane: Lane::None,
        topic: Some(topic.into()),
        stops: false,
        run: None,
        directory: None,
        profile: None,
        object: None,
        body: MessageBody::default(),
    };
    let first = db.new_ids(2).await.unwrap().bounds().0;
    let mut tx = write(&db).await;
    let both = [
        said(first, "ada@contoso.test"),
        said(first + 1, "bob@contoso.test"),
    ];
    tx.messages_say(&both).await.unwrap();

    tx.messages_end_of(code, "ada@contoso.test", NOW + 1)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let open: Vec<MessageId> = open(&db).await.into_iter().map(|e| e.id).collect();
    assert_eq!(open, [MessageId(first + 1)]);
}
