//! `GET /agents/v1/connect`: lets a confirmed agent in by proof of possession and upgrades to WebSocket.
//!
//! Invariants: nothing is looked up before the token parses, nothing about an agent is said before its
//! signature verifies; a token is taken once.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use syncline_contract::{Problem, codes};
use syncline_model::{AgentId, TenantId};
use syncline_wire::outer::{FRAME_BYTES_MAX, SUBPROTOCOL};
use syncline_wire::proof::{self, Proof, p256_point};

use super::{Relay, Standing, connection};

/// Seconds an agent that waits for its confirmation is asked to wait.
const UNCONFIRMED_RETRY_S: u32 = 1;

pub(super) async fn connect(
    State(relay): State<Relay>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let (tenant, agent) = match admit(&relay, &headers, now_s()).await {
        Ok(admitted) => admitted,
        Err(problem) => return problem.into_response(),
    };
    match upgrade {
        Ok(upgrade) => upgrade
            .protocols([SUBPROTOCOL])
            .max_frame_size(FRAME_BYTES_MAX)
            .max_message_size(FRAME_BYTES_MAX)
            .on_upgrade(move |socket| connection::serve(relay, tenant, agent, socket)),
        Err(rejection) => rejection.into_response(),
    }
}

/// Judges the proof of possession.
async fn admit(
    relay: &Relay,
    headers: &HeaderMap,
    now_s: i64,
) -> Result<(TenantId, AgentId), Problem> {
    let refused = |why: &str| Problem::new(&codes::AGENT_PROOF, why);
    let token = headers
        .get(proof::HEADER)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| refused("The request carries no proof of possession."))?;
    let proof = Proof::parse(token).map_err(|error| refused(&error.to_string()))?;
    proof
        .check(now_s, &relay.inner.config.hosts)
        .map_err(|error| refused(&error.to_string()))?;
    let (tenant, agent) = (proof.claims.tenant, proof.claims.agent);
    let known = relay.inner.tenants.agent(tenant, agent).await?;
    // An agent that does not exist answers like one whose key is another.
    let known = known
        .filter(|known| signature_holds(&known.public_key, &proof))
        .ok_or_else(|| refused("The proof of possession is not by a key of this agent."))?;
    if !relay
        .inner
        .nonces
        .take(&proof.claims.nonce, proof.claims.exp, now_s)
    {
        return Err(refused("This proof of possession was used before."));
    }
    match known.standing {
        Standing::Confirmed => Ok((tenant, agent)),
        Standing::Pending => Err(Problem::new(
            &codes::AGENT_UNCONFIRMED,
            "The agent's fingerprint is not confirmed yet.",
        )
        .retry_after(UNCONFIRMED_RETRY_S)),
        Standing::Revoked => Err(Problem::new(
            &codes::AGENT_REVOKED,
            "This agent is revoked.",
        )),
    }
}

fn signature_holds(public_key: &[u8], proof: &Proof) -> bool {
    p256_point(public_key).is_some_and(|point| {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
            .verify(&proof.signed, &proof.signature)
            .is_ok()
    })
}

fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// Nonces of verified tokens until those tokens end. Only holders of a confirmed key can add one.
#[derive(Default)]
pub(super) struct Nonces(Mutex<HashMap<String, i64>>);

impl Nonces {
    /// Whether this nonce was not taken before.
    fn take(&self, nonce: &str, expires_s: i64, now_s: i64) -> bool {
        let mut taken = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        taken.retain(|_, expires| *expires > now_s);
        taken.insert(nonce.to_owned(), expires_s).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_taken_once_while_its_token_lives() {
        let nonces = Nonces::default();

        assert!(nonces.take("a", 160, 100));
        assert!(!nonces.take("a", 160, 159));
        assert!(nonces.take("b", 160, 159));
        assert!(nonces.take("a", 260, 160));
    }
}
