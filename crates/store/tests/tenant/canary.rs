//! What a person could read is nowhere to be read: neither in a dump nor in the files nor in the server's log.
//!
//! Values planted in every kind of row are searched as UTF-8, UTF-16, hexadecimal and base64, after a checkpoint, in a
//! dump of the database and in every file of the cluster, the log of changes included.

use std::path::Path;

use base64::Engine as _;
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::Subject;
use syncline_model::plan::{PendingSet, PlanPart, Verb};
use syncline_model::rule_resource::{LookupRow, LookupTable, RuleResource};
use syncline_model::stage::{ErrorEntry, ErrorSet, StagePart};
use syncline_model::{
    AgentId, AttrId, Attrs, CsId, MessageId, ProfileId, RuleResourceId, RunId, Value, Values,
    WhatIfId,
};
use syncline_store::tenant::{
    AgentDoc, Artifact, DirectoryDoc, Durability, Lane, Message, MessageBody, TenantDb, WhatIf,
    WhatIfOp, WhatIfState, WorkSeen,
};

use crate::given::{NOW, SOURCE, TARGET, mv_object, object, part_of, planned, step};
use crate::support::Cluster;

/// Every planted value begins with this and goes on with a number.
const MARK: &str = "Zq7wKanarienvogel";

fn canary(n: u32) -> String {
    format!("{MARK}{n:04}")
}

/// The forms a careless store could leave the mark in. Base64 is searched at each of its three alignments.
fn forms() -> Vec<(String, Vec<u8>)> {
    let mut forms = vec![
        ("UTF-8".to_owned(), MARK.as_bytes().to_vec()),
        (
            "UTF-16LE".to_owned(),
            MARK.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("hexadecimal".to_owned(), hex::encode(MARK).into_bytes()),
        (
            "upper-case hexadecimal".to_owned(),
            hex::encode_upper(MARK).into_bytes(),
        ),
        (
            "hexadecimal of UTF-16LE".to_owned(),
            hex::encode(
                MARK.encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<_>>(),
            )
            .into_bytes(),
        ),
    ];
    for shift in 0..3 {
        let text = base64::engine::general_purpose::STANDARD
            .encode([vec![b'x'; shift], MARK.as_bytes().to_vec()].concat());
        // The first and last characters depend on what stands around the value.
        forms.push((
            format!("base64 at {shift}"),
            text.as_bytes()[4..text.len() - 4].to_vec(),
        ));
    }
    forms
}

fn found_in(bytes: &[u8]) -> Vec<String> {
    forms()
        .into_iter()
        .filter(|(_, form)| {
            bytes
                .windows(form.len())
                .any(|window| window == form.as_slice())
        })
        .map(|(name, _)| name)
        .collect()
}

fn search(directory: &Path, hits: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            search(&path, hits);
        } else if let Ok(bytes) = std::fs::read(&path) {
            hits.extend(
                found_in(&bytes)
                    .into_iter()
                    .map(|form| format!("{form} in {}", path.display())),
            );
        }
    }
}

/// Plants values in every kind of row that holds any.
async fn plant(db: &TenantDb) {
    let mut tx = db.write(Durability::Durable).await.unwrap();
    let doc = DirectoryDoc {
        name: canary(1),
        settings: serde_json::json!({"container": canary(2)}),
        identity: None,
    };
    tx.directory_add(SOURCE, "active-directory", &doc)
        .await
        .unwrap();
    tx.directory_add(TARGET, "active-directory", &doc)
        .await
        .unwrap();
    tx.directory_imported(SOURCE, Some(canary(3).as_bytes()), None)
        .await
        .unwrap();

    let mut objects = Vec::new();
    for n in 1..=200_i64 {
        let mut object = object(db, n, &canary(1000 + n as u32), None);
        object.body.anchor = Some(syncline_model::Anchor::Text(canary(2000 + n as u32).into()));
        object.body.attrs = Attrs::from_pairs([
            (
                AttrId(1),
                Values::one(Value::text(canary(3000 + n as u32))).unwrap(),
            ),
            (
                AttrId(2),
                Values::new((0..3).map(|k| Value::text(canary(4000 + k + 10 * n as u32)))).unwrap(),
            ),
            (
                AttrId(3),
                Values::one(Value::Bytes(canary(7000 + n as u32).into_bytes().into())).unwrap(),
            ),
        ]);
        objects.push(object);
    }
    let mut part: StagePart = part_of(&objects.iter().collect::<Vec<_>>());
    part.errors = vec![ErrorSet {
        subject: Subject::Cs(CsId(1)),
        stage: Stage::Import,
        part: None,
        entries: vec![ErrorEntry {
            kind: ErrorKind::InvalidValue,
            attr: None,
            message: canary(8001),
            others: vec![],
            op: None,
        }],
    }];
    tx.apply_stage(&part, &step(0)).await.unwrap();

    let op = planned(50, Verb::Add, &canary(8002));
    let plan = PlanPart {
        mv: vec![mv_object(5000, &canary(8003))],
        pending: vec![PendingSet {
            cs: CsId(50),
            ops: vec![op.clone()],
        }],
        ..PlanPart::default()
    };
    tx.apply_plan(&plan, &WorkSeen::default(), NOW)
        .await
        .unwrap();
    let whatif = WhatIf {
        id: WhatIfId(8),
        version: 1,
        profile: ProfileId(1),
        state: WhatIfState::Ready,
        config_hash: [0; 32],
        plan_hash: None,
        asked_ms: NOW,
        ended_ms: None,
        undo_of: None,
        doc: serde_json::json!({"sample": canary(8004)}),
    };
    tx.whatif_add(&whatif).await.unwrap();
    let shown = WhatIfOp {
        op: &op,
        pattern: Some(0),
        is_new: true,
    };
    tx.whatif_keep(WhatIfId(8), 1, &[shown], &[]).await.unwrap();
    let patterns = serde_json::json!({"sample": canary(8017)});
    tx.whatif_keep_patterns(WhatIfId(8), &patterns)
        .await
        .unwrap();
    let claim = syncline_store::tenant::Claim {
        pending: op.hash,
        op,
        released_by: syncline_model::approval::ReleasedBy::Plan(syncline_model::ApprovalId(1)),
    };
    let entries = tx
        .export_claim(RunId(1), TARGET, &[claim], NOW)
        .await
        .unwrap();
    assert_eq!(entries.len(), 1);
    let message = Message {
        id: MessageId(1),
        at_ms: NOW,
        severity: syncline_model::message::Severity::Info,
        code: "x".into(),
        lane: Lane::None,
        topic: Some(canary(8016)),
        stops: false,
        run: None,
        directory: None,
        profile: None,
        object: None,
        body: MessageBody {
            text: canary(8005),
            detail: serde_json::Value::Null,
        },
    };
    tx.messages_say(&[message]).await.unwrap();
    let table = RuleResource::Table(LookupTable {
        name: canary(8008),
        description: None,
        ignore_case: false,
        rows: vec![LookupRow {
            key: canary(8009),
            value: canary(8010),
        }],
    });
    tx.rule_resource_save(RuleResourceId(1), 0, Some(&table), "usr_1", NOW)
        .await
        .unwrap();
    tx.setting_put("ca", 0, canary(8006).as_bytes())
        .await
        .unwrap();
    let agent = AgentDoc {
        computer: canary(8007),
        ..AgentDoc::default()
    };
    tx.agent_add(AgentId(1), SOURCE, canary(8008).as_bytes(), NOW, &agent)
        .await
        .unwrap();
    let artifact = Artifact {
        key: [1; 32],
        meaning: [1; 32],
        manifest: canary(8009).into_bytes(),
        module: canary(8010).repeat(20).into_bytes(),
    };
    tx.artifact_put(&artifact, NOW).await.unwrap();
    let key = tx.request_key(&canary(8011), "x", &canary(8012), canary(8013).as_bytes());
    tx.idempotency_claim(&key, NOW, 1000).await.unwrap();
    tx.idempotency_answer(&key, 200, canary(8014).as_bytes())
        .await
        .unwrap();
    tx.commit().await.unwrap();

    // A refused statement reaches the server's log: without its parameters.
    let mut tx = db.write(Durability::Durable).await.unwrap();
    let refused = tx.directory_add(SOURCE, &canary(8015)[..0], &doc).await;
    assert!(refused.unwrap_err().is_duplicate());
}

#[tokio::test]
async fn planted_values_are_in_no_dump_no_file_and_no_log() {
    let cluster = Cluster::start();
    let tenant = cluster.tenant().await;
    plant(&tenant.db).await;
    sqlx::raw_sql("checkpoint")
        .execute(&mut cluster.superuser().await)
        .await
        .unwrap();

    let dump = cluster.command("pg_dump").arg("cell").output().unwrap();
    assert!(
        dump.status.success(),
        "{}",
        String::from_utf8_lossy(&dump.stderr)
    );
    let mut hits: Vec<String> = found_in(&dump.stdout)
        .into_iter()
        .map(|form| format!("{form} in the dump"))
        .collect();
    search(cluster.data().parent().unwrap(), &mut hits);

    assert_eq!(hits, Vec::<String>::new());
    // The search itself works, and the values are there for those who hold the key.
    assert_eq!(found_in(canary(7).as_bytes()), ["UTF-8"]);
    assert_eq!(
        found_in(
            base64::engine::general_purpose::STANDARD
                .encode(canary(7))
                .as_bytes()
        ),
        ["base64 at 0"]
    );
    let objects = tenant
        .db
        .read()
        .await
        .unwrap()
        .cs_objects(&[CsId(7)])
        .await
        .unwrap();
    assert_eq!(
        objects[0].body.rdn.as_deref(),
        Some(format!("CN={}", canary(1007)).as_str())
    );
}
