//! Sign-in, sign-up and everything around them, on real processes.

use std::collections::HashSet;
use std::sync::Mutex;

use reqwest::Method;
use serde_json::{Value, json};
use syncline_api_tests::{Answer, Browser, Program, Stack};
use syncline_contract::ops;
use syncline_host::tenant::Gate;
use syncline_store::chain::{Link, START, verify};

const ADA: &str = "ada.byron@contoso.test";
const BEN: &str = "ben.costa@contoso.test";
const OLGA: &str = "olga.tanaka@fabrikam.test";
const PAT: &str = "pat@outlook.example";

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_signs_up_and_the_tenant_becomes_active() {
    let stack = Stack::start().await;
    let ada = Browser::signed_in(&stack, ADA).await;

    let me = ada.get("/v1/me").await.expect(200);
    assert_eq!(
        (
            me["kind"].as_str(),
            me["memberships"].as_array().unwrap().len()
        ),
        (Some("user"), 0)
    );
    let key = [("idempotency-key", "first-try")];
    let sign_up = |body: Value| {
        let request = ada
            .request(Method::POST, "/v1/tenants")
            .header(key[0].0, key[0].1)
            .json(&body);
        Answer::of(request)
    };
    let first = sign_up(json!({"organisation": "Contoso"})).await;
    let again = sign_up(json!({"organisation": "Contoso"})).await;
    let other = sign_up(json!({"organisation": "Fabrikam"})).await;
    assert_eq!((first.status, again.status), (202, 202));
    assert_eq!(first.text, again.text);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(
        (other.status, other.code()),
        (422, "request.idempotency_key_reused")
    );
    let location = first.headers["location"].to_str().unwrap().to_owned();
    let id = first.json["id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("/v1/tenants/{id}"));

    let tenant = stack
        .until(
            "an active tenant",
            || ada.get(&location),
            |answer| answer.json["state"] == "active",
        )
        .await
        .json;
    let steps: Vec<&str> = tenant["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["step"].as_str().unwrap())
        .collect();
    assert!(
        steps.contains(&"health") && steps.contains(&"runner") && steps.len() > 4,
        "{steps:?}"
    );

    let isolation = ada.get(&format!("{location}/isolation")).await.expect(200);
    assert_eq!(
        (isolation["level"].as_str(), isolation["running"].as_bool()),
        (Some("standard"), Some(true))
    );
    let through = ada
        .get(&format!("{location}/directories"))
        .await
        .expect(200);
    assert_eq!(through["items"], json!([]));
    let members = ada.get(&format!("{location}/members")).await.expect(200);
    assert_eq!(members["items"][0]["role"], "owner");

    the_audit_chain_verifies(&ada, &location).await;
    refusals_are_problems(&stack, &ada, &location).await;
    changes_need_the_page_s_token(&stack, &ada, &location).await;
    usage_is_counted(&stack, &ada, &location).await;
    signing_out_ends_the_session(&stack, ada).await;
    stack.stop().await;
}

async fn the_audit_chain_verifies(ada: &Browser, tenant: &str) {
    let page = ada
        .get(&format!("{tenant}/audit?limit=200"))
        .await
        .expect(200);
    let mut entries = page["items"].as_array().unwrap().clone();
    entries.reverse();
    let actions: Vec<&str> = entries
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions[..2], ["tenants.create", "lifecycle.active"]);
    let hash = |value: &Value| -> [u8; 32] {
        let text = value.as_str().unwrap();
        std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
    };
    let links: Vec<Link> = entries
        .iter()
        .map(|entry| Link {
            seq: entry["seq"].as_i64().unwrap(),
            act: entry["act"].as_str().unwrap().into(),
            prev_hash: hash(&entry["prev_hash"]),
            hash: hash(&entry["hash"]),
        })
        .collect();
    verify(0, START, &links).unwrap();
}

async fn refusals_are_problems(stack: &Stack, ada: &Browser, tenant: &str) {
    for (path, status, code) in [
        ("/v1/nothing", 404, "request.not_found"),
        ("/internal/health", 404, "request.not_found"),
        ("/v1/tenants/ten_1", 404, "request.not_found"),
        ("/v1/tenants/..%2f..%2fetc", 404, "request.not_found"),
        (
            &format!("{tenant}/usage?from=yesterday"),
            400,
            "request.query_invalid",
        ),
        (
            &format!("{tenant}/members?cursor=AAAA"),
            400,
            "request.cursor_invalid",
        ),
    ] {
        let answer = ada.get(path).await;

        assert_eq!((answer.status, answer.code()), (status, code), "{path}");
        assert_eq!(
            answer.headers["content-type"], "application/problem+json",
            "{path}"
        );
        assert_eq!(
            answer.json["instance"],
            answer.headers["syncline-request-id"].to_str().unwrap(),
            "{path}"
        );
    }
    let answer = Answer::of(ada.request(Method::DELETE, "/v1/me")).await;
    assert_eq!(
        (answer.status, answer.code()),
        (405, "request.method_not_allowed")
    );
    let slug = ada
        .post(
            "/v1/tenants",
            &json!({"organisation": "Contoso", "slug": "../../etc/passwd"}),
        )
        .await;
    assert_eq!(
        (slug.status, slug.json["errors"][0]["at"].as_str()),
        (422, Some("/slug"))
    );
    let long = ada
        .post("/v1/tenants", &json!({"organisation": "x".repeat(300_000)}))
        .await;
    assert_eq!((long.status, long.code()), (413, "request.body_too_large"));
    let long = ada
        .post(
            &format!("{tenant}/directories"),
            &json!({"name": "x".repeat(300_000)}),
        )
        .await;
    assert_eq!((long.status, long.code()), (413, "request.body_too_large"));
    let nobody = Browser::new(stack).get("/v1/me").await;
    assert_eq!((nobody.status, nobody.code()), (401, "auth.required"));
}

async fn changes_need_the_page_s_token(stack: &Stack, ada: &Browser, tenant: &str) {
    let url = format!("{}{tenant}/scheduler/pause", stack.url);
    let bare = Answer::of(ada.client.post(&url)).await;
    assert_eq!((bare.status, bare.code()), (403, "auth.csrf"));
    let foreign = ada
        .request(Method::POST, &format!("{tenant}/scheduler/pause"))
        .header("origin", "https://evil.example");
    assert_eq!(Answer::of(foreign).await.code(), "auth.csrf");
    let cross = ada
        .request(Method::POST, &format!("{tenant}/scheduler/pause"))
        .header("sec-fetch-site", "cross-site");
    assert_eq!(Answer::of(cross).await.code(), "auth.csrf");
}

async fn usage_is_counted(stack: &Stack, ada: &Browser, tenant: &str) {
    let program = Program::of_user(stack, ADA).await;
    let calls = |usage: &Value, meter: &str, field: &str| -> i64 {
        let totals = usage["totals"].as_array().unwrap();
        totals
            .iter()
            .filter(|total| total["meter"] == meter)
            .map(|total| total[field].as_i64().unwrap())
            .sum()
    };
    let before = ada.get(&format!("{tenant}/usage")).await.expect(200);
    for _ in 0..3 {
        program.get(&format!("{tenant}/members")).await.expect(200);
    }
    let after = ada.get(&format!("{tenant}/usage")).await.expect(200);

    assert_eq!(
        calls(&after, "api_calls", "billable") - calls(&before, "api_calls", "billable"),
        3
    );
    assert!(
        calls(&after, "console_calls", "quantity") > calls(&before, "console_calls", "quantity")
    );
    assert_eq!(calls(&after, "console_calls", "billable"), 0);
}

async fn signing_out_ends_the_session(stack: &Stack, ada: Browser) {
    assert_eq!(
        Answer::of(ada.request(Method::POST, "/auth/sign-out"))
            .await
            .status,
        204
    );
    assert_eq!(ada.get("/v1/me").await.status, 401);
    let signed_in = ada.get("/auth/session").await.expect(200);
    assert_eq!(signed_in["signed_in"], false);
    let unknown = Answer::of(ada.client.get(format!(
        "{}/auth/front-channel-logout?sid=nobody",
        stack.url
    )))
    .await;
    assert_eq!((unknown.status, unknown.text.as_str()), (200, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_tenant_owns_answers_like_what_never_existed() {
    let stack = Stack::start().await;
    let (ada, olga) = (
        Browser::signed_in(&stack, ADA).await,
        Browser::signed_in(&stack, OLGA).await,
    );
    let contoso = ada.sign_up(&stack, "Contoso").await;
    let fabrikam = olga.sign_up(&stack, "Fabrikam").await;
    let program = Program::of_user(&stack, OLGA).await;

    let operations = ops::control::TABLE
        .iter()
        .chain(ops::tenant::TABLE)
        .filter(|op| op.in_tenant());
    let mut asked = 0;
    for operation in operations {
        let path = |tenant: &str| {
            let mut path = operation.path.replace("{tenant}", tenant);
            for (name, id) in [
                ("directory", "dir_1"),
                ("agent", "agt_1"),
                ("profile", "prf_1"),
                ("template", "tpl_1"),
                ("wait", "AAAA"),
                ("cycle", "cyc_1"),
                ("run", "run_1"),
                ("what_if", "wif_1"),
                ("approval", "apr_1"),
                ("object", "obj_1"),
                ("metaverse_object", "mvo_1"),
                ("member", "usr_1"),
            ] {
                path = path.replace(&format!("{{{name}}}"), id);
            }
            path
        };
        for as_program in [false, true] {
            let send = |tenant: &str| {
                let request = if as_program {
                    program.request(operation.method.http(), &path(tenant))
                } else {
                    olga.request(operation.method.http(), &path(tenant))
                };
                Answer::of(
                    request
                        .header("idempotency-key", "k")
                        .header("if-match", "\"v1\"")
                        .json(&json!({})),
                )
            };
            let (foreign, absent) = (send(&contoso).await, send("ten_zzzzzz").await);

            assert_eq!(
                (foreign.status, foreign.code()),
                (404, "request.not_found"),
                "{}",
                operation.id
            );
            let bare = |answer: &Answer| {
                let mut body = answer.json.clone();
                body["instance"] = Value::Null;
                body
            };
            assert_eq!(bare(&foreign), bare(&absent), "{}", operation.id);
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
    let mine = olga.get("/v1/tenants").await.expect(200);
    assert_eq!(
        mine["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t["id"].clone())
            .collect::<Vec<_>>(),
        [json!(fabrikam)]
    );
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_programs_and_strangers_get_what_their_role_allows() {
    let stack = Stack::start().await;
    let ada = Browser::signed_in(&stack, ADA).await;
    let contoso = ada.sign_up(&stack, "Contoso").await;
    let path = format!("/v1/tenants/{contoso}");

    // A colleague is nobody here until he is added, by object id.
    let ben = Browser::signed_in(&stack, BEN).await;
    assert_eq!(ben.get(&path).await.status, 404);
    let taken = ben
        .post("/v1/tenants", &json!({"organisation": "Contoso again"}))
        .await;
    assert_eq!(
        (taken.status, taken.code()),
        (409, "tenant.organisation_exists")
    );
    let oid = stack.idp.user(BEN).oid.clone();
    let by_mail = ada
        .post(
            &format!("{path}/members"),
            &json!({"object_id": BEN, "role": "viewer"}),
        )
        .await;
    assert_eq!(by_mail.status, 422);
    let added = ada
        .post(
            &format!("{path}/members"),
            &json!({"object_id": oid, "role": "viewer"}),
        )
        .await
        .expect(201);
    assert_eq!(
        ada.post(
            &format!("{path}/members"),
            &json!({"object_id": oid, "role": "admin"})
        )
        .await
        .code(),
        "members.exists"
    );

    // A viewer reads, and his attempt to change is refused and written down.
    assert_eq!(ben.get(&path).await.status, 200);
    assert_eq!(
        ben.get(&format!("{path}/usage")).await.code(),
        "auth.no_right"
    );
    let refused = ben
        .post(&format!("{path}/directories"), &json!({"name": "x"}))
        .await;
    assert_eq!((refused.status, refused.code()), (403, "auth.no_right"));
    let audit = ada.get(&format!("{path}/audit")).await.expect(200);
    assert_eq!(
        (&audit["items"][0]["action"], &audit["items"][0]["result"]),
        (&json!("directories.create"), &json!("auth.no_right"))
    );

    // Removed, he is nobody again; the last owner stays.
    let member = added["id"].as_str().unwrap();
    let remove = |who: String| ada.request(Method::DELETE, &format!("{path}/members/{who}"));
    assert_eq!(Answer::of(remove(member.into())).await.status, 204);
    assert_eq!(ben.get(&path).await.status, 404);
    let me = ada.get("/v1/me").await.expect(200);
    let last = Answer::of(remove(me["id"].as_str().unwrap().into())).await;
    assert_eq!((last.status, last.code()), (409, "members.last_owner"));

    // Programs: a person's token, a workload's token, and tokens that are not for us.
    let program = Program::of_user(&stack, ADA).await;
    assert_eq!(program.get("/v1/me").await.expect(200)["id"], me["id"]);
    let both = ada
        .request(Method::GET, "/v1/me")
        .bearer_auth(&program.token);
    assert_eq!(Answer::of(both).await.code(), "auth.two_credentials");
    let workload = Program::of_its_own(&stack, &stack.idp.user(ADA).tid).await;
    let itself = workload.get("/v1/me").await.expect(200);
    assert_eq!(itself["kind"], "application");
    assert_eq!(workload.get(&path).await.status, 404);
    assert_eq!(
        workload
            .post("/v1/tenants", &json!({"organisation": "Bots"}))
            .await
            .code(),
        "auth.account_refused"
    );
    let automation =
        json!({"object_id": itself["object_id"], "role": "automation", "application": true});
    ada.post(&format!("{path}/members"), &automation)
        .await
        .expect(201);
    assert_eq!(
        workload.get(&format!("{path}/directories")).await.status,
        200
    );
    let roleless = Program::of_its_own(&stack, &stack.idp.user(OLGA).tid).await;
    assert_eq!(
        (
            roleless.get("/v1/me").await.status,
            roleless.get("/v1/me").await.json["code"].clone()
        ),
        (401, json!("auth.token_invalid"))
    );
    let mut bent = Program::of_user(&stack, ADA).await;
    bent.token.replace_range(bent.token.len() - 8.., "AAAAAAAA");
    assert_eq!(bent.get("/v1/me").await.code(), "auth.token_invalid");

    // A personal account never gets in.
    let pat = Browser::new(&stack);
    let landed = pat.sign_in(&stack, PAT).await;
    assert!(
        landed
            .url()
            .as_str()
            .ends_with("/sign-in?problem=auth.account_refused"),
        "{}",
        landed.url()
    );
    assert_eq!(pat.get("/v1/me").await.status, 401);
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_runner_comes_back_under_a_higher_generation() {
    let mut stack = Stack::start().await;
    let ada = Browser::signed_in(&stack, ADA).await;
    let contoso = ada.sign_up(&stack, "Contoso").await;
    let path = format!("/v1/tenants/{contoso}");
    let before = ada.get(&path).await.expect(200)["generation"]
        .as_i64()
        .unwrap();

    let runner = stack
        .host()
        .status()
        .runners
        .into_iter()
        .find_map(|runner| runner.pid)
        .expect("a running runner");
    std::process::Command::new("kill")
        .args(["-KILL", &runner.to_string()])
        .status()
        .unwrap();
    let after = stack
        .until(
            "the runner to come back",
            || ada.get(&path),
            |answer| {
                answer.json["state"] == "active"
                    && answer.json["generation"].as_i64() > Some(before)
            },
        )
        .await;
    assert_eq!(after.json["generation"].as_i64(), Some(before + 1));
    assert_eq!(ada.get(&format!("{path}/directories")).await.status, 200);

    let directories = format!("{path}/directories");
    // The same after the whole machine: sessions, tenants and the ledger are still there.
    stack.restart().await;
    stack
        .until(
            "the tenant to come back",
            || ada.get(&directories),
            |answer| answer.status == 200,
        )
        .await;
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn provisioning_gets_there_through_failing_steps_and_a_killed_api() {
    let failed = Mutex::new(HashSet::new());
    let stack = Stack::start_with(|config| {
        // Each of the first five points fails once: before a step's effect, then after it.
        config.gate = Gate::asking(move |step, moment| {
            let mut failed = failed.lock().unwrap();
            failed.len() >= 5 || !failed.insert((step, moment))
        });
    })
    .await;
    let ada = Browser::signed_in(&stack, ADA).await;

    let view = ada
        .post("/v1/tenants", &json!({"organisation": "Contoso"}))
        .await
        .expect(202);
    let path = format!("/v1/tenants/{}", view["id"].as_str().unwrap());
    let failing = |answer: &Answer| answer.json["state"] == "failing";
    let seen = stack
        .until("an attempt to fail", || ada.get(&path), failing)
        .await;
    assert!(
        seen.json["reason"]
            .as_str()
            .unwrap()
            .contains("host.step_failed"),
        "{}",
        seen.text
    );
    stack.kill_api();
    let back = || async {
        ada.client
            .get(format!("{}/healthz", stack.url))
            .send()
            .await
            .is_ok_and(|a| a.status() == 200)
    };
    stack
        .until("the API to come back", back, |is_back| *is_back)
        .await;

    let active = stack
        .until(
            "an active tenant",
            || ada.get(&path),
            |answer| answer.json["state"] == "active",
        )
        .await;
    assert_eq!(active.json["reason"], Value::Null);
    let mut made: Vec<_> = active.json["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["outcome"] == "made")
        .collect();
    made.sort_by_key(|step| step["step"].to_string());
    let distinct = made
        .iter()
        .map(|step| step["step"].to_string())
        .collect::<HashSet<_>>();
    assert!(
        made.len() >= distinct.len() && distinct.contains("\"runner\""),
        "{made:?}"
    );
    stack.stop().await;
}
