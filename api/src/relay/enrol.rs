//! `POST /agents/v1/enrol`: trades a one-time key and a certificate request for a certificate.
//!
//! The API only reads which tenant the key names; the runner judges it. A malformed key, an unknown
//! tenant and a wrong key get the same answer.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use syncline_contract::{Problem, codes};
use syncline_wire::enrol::{EnrolRequest, EnrolResponse, EnrolmentKey};

use super::Relay;

pub(super) async fn enrol(
    State(relay): State<Relay>,
    body: Bytes,
) -> Result<Json<EnrolResponse>, Problem> {
    let request: EnrolRequest = serde_json::from_slice(&body).map_err(|_| {
        // The parser's words could repeat the key.
        Problem::new(
            &codes::BODY_INVALID,
            "The enrolment request cannot be read.",
        )
    })?;
    let key: EnrolmentKey = request.key.parse().map_err(|_| {
        Problem::new(
            &codes::ENROLMENT_REFUSED,
            "The enrolment key is not accepted.",
        )
    })?;
    let (tenant, agent) = (key.tenant, key.agent);
    match relay.inner.tenants.enrol(key, request).await {
        Ok(response) => {
            tracing::info!(%tenant, %agent, fingerprint = %response.fingerprint, "agent enrolled");
            Ok(Json(response))
        }
        Err(problem) => {
            tracing::info!(%tenant, %agent, code = problem.code().code, "enrolment refused");
            Err(problem)
        }
    }
}
