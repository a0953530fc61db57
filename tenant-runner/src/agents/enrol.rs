//! Enrolment: a slot's one-time key for a certificate.
//!
//! Invariants: a key works once and for its own slot; wrong, used and expired keys get the same answer
//! outside and different ones in the audit; the certificate lets nobody in before the fingerprint is confirmed.

use rand::RngCore as _;
use serde_json::json;
use syncline_model::{AgentId, DirectoryId};
use syncline_store::StoreError;
use syncline_store::chain::Act;
use syncline_store::tenant::{AgentDoc, Durability, Enrolment, KeyCheck, TenantDb};
use syncline_wire::enrol::{EnrolRequest, EnrolResponse, EnrolmentKey, SECRET_BYTES};
use time::OffsetDateTime;

use crate::ca::CaError;
use crate::http::context::now_ms;
use crate::trust::Trust;

/// How long an enrolment key works, in milliseconds.
pub const KEY_LIFETIME_MS: i64 = 3_600_000;

/// Why an enrolment was refused.
#[derive(Debug, thiserror::Error)]
pub enum EnrolRefused {
    /// The key: wrong, used or expired.
    #[error("the enrolment key is {0} (agents.enrolment_refused)")]
    Key(&'static str),
    /// The certificate request.
    #[error(transparent)]
    Request(#[from] CaError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new slot of a directory, with the key that fills it.
pub fn new_slot(db: &TenantDb, agent: AgentId) -> EnrolmentKey {
    let mut random = [0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut random);
    EnrolmentKey::new(db.tenant(), agent, random)
}

/// Fills a slot.
pub async fn enrol(
    db: &TenantDb,
    trust: &Trust,
    request: &EnrolRequest,
) -> Result<EnrolResponse, EnrolRefused> {
    let key: EnrolmentKey = request
        .key
        .parse()
        .map_err(|_| EnrolRefused::Key("not one of ours"))?;
    if key.tenant != db.tenant() {
        return Err(EnrolRefused::Key("not one of ours"));
    }
    let now = now_ms();
    let secret = key.digest();
    let directory = match db
        .read()
        .await?
        .enrolment_key(key.agent, &secret, now)
        .await?
    {
        KeyCheck::Good(directory) => directory,
        KeyCheck::Wrong => return refuse(db, key.agent, "wrong").await,
        KeyCheck::Used => return refuse(db, key.agent, "used").await,
        KeyCheck::Expired => return refuse(db, key.agent, "expired").await,
    };
    let certificate =
        trust
            .ca()
            .issue_agent(&request.csr_pem, key.agent, OffsetDateTime::now_utc())?;
    let enrolment = Enrolment {
        public_key: certificate.public_key.clone(),
        serial: certificate.serial.clone(),
        not_after_ms: certificate.not_after.unix_timestamp() * 1000,
        doc: AgentDoc {
            computer: short(&request.computer),
            domain: short(&request.domain),
            version: short(&request.version),
            ..AgentDoc::default()
        },
    };
    let mut tx = db.write(Durability::Durable).await?;
    if !tx.agent_enrol(key.agent, &secret, now, &enrolment).await? {
        return refuse(db, key.agent, "used").await;
    }
    tx.audit(act(
        key.agent,
        "done",
        json!({"fingerprint": certificate.fingerprint.to_string(), "directory": directory}),
    ));
    tx.commit().await?;
    Ok(response(db, trust, key.agent, directory, certificate))
}

fn response(
    db: &TenantDb,
    trust: &Trust,
    agent: AgentId,
    directory: DirectoryId,
    certificate: crate::ca::AgentCertificate,
) -> EnrolResponse {
    EnrolResponse {
        tenant: db.tenant(),
        agent,
        directory,
        certificate_pem: certificate.pem,
        ca_pem: trust.ca().certificate_pem(),
        fingerprint: certificate.fingerprint,
    }
}

async fn refuse<T>(db: &TenantDb, agent: AgentId, why: &'static str) -> Result<T, EnrolRefused> {
    let mut tx = db.write(Durability::Durable).await?;
    tx.audit(act(agent, "agents.enrolment_refused", json!({"why": why})));
    tx.commit().await?;
    Err(EnrolRefused::Key(why))
}

fn act(agent: AgentId, result: &str, detail: serde_json::Value) -> Act {
    Act {
        at_ms: now_ms(),
        actor: agent.to_string(),
        action: "agents.enrol".into(),
        target: Some(agent.to_string()),
        result: result.into(),
        request_id: None,
        detail,
    }
}

/// What a host claims about itself is shown to people: cut to a line.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}
