//! Refused sign-ins in Entra's shape: an OAuth error, and an AADSTS number that says which.

use crate::clock::{self, Moment};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInError {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) number: u32,
    pub(crate) message: String,
}

impl SignInError {
    fn new(status: u16, error: &'static str, number: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            error,
            number,
            message: message.into(),
        }
    }

    fn client(number: u32, message: impl Into<String>) -> Self {
        Self::new(401, "invalid_client", number, message)
    }

    pub(super) fn no_tenant(tenant: &str) -> Self {
        let message = format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."
        );
        Self::new(400, "invalid_request", 90_002, message)
    }

    pub(super) fn missing(field: &str) -> Self {
        let message = format!("The request body must contain the following parameter: '{field}'.");
        Self::new(400, "invalid_request", 900_144, message)
    }

    pub(super) fn grant_type(given: &str) -> Self {
        let message = format!("The app requested an unsupported grant type '{given}'.");
        Self::new(400, "unsupported_grant_type", 70_003, message)
    }

    pub(super) fn scope(scope: &str) -> Self {
        let message = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier."
        );
        Self::new(400, "invalid_scope", 1_002_012, message)
    }

    pub(super) fn no_credential() -> Self {
        let message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        Self::client(7_000_218, message)
    }

    pub(super) fn no_application(client: &str, tenant: &str) -> Self {
        let message = format!(
            "Application with identifier '{client}' was not found in the directory '{tenant}'."
        );
        Self::new(400, "unauthorized_client", 700_016, message)
    }

    pub(super) fn no_consent(client: &str, tenant: &str) -> Self {
        let message = format!(
            "The client application {client} is missing service principal in the tenant {tenant}."
        );
        Self::new(401, "unauthorized_client", 7_000_229, message)
    }

    pub(super) fn malformed() -> Self {
        Self::client(50_027, "JWT token is invalid or malformed.")
    }

    pub(super) fn bad_signature(thumbprint: &str) -> Self {
        let message = format!(
            "The certificate with identifier used to sign the client assertion is not registered on application, or its signature is wrong. [Thumbprint of key used by client: '{thumbprint}']"
        );
        Self::client(700_027, message)
    }

    pub(super) fn issuer() -> Self {
        let message = "Client assertion does not contain the client ID as issuer and subject.";
        Self::client(700_021, message)
    }

    pub(super) fn audience() -> Self {
        let message = "Client assertion audience claim does not match Realm issuer.";
        Self::client(700_023, message)
    }

    pub(super) fn not_in_time() -> Self {
        Self::client(
            700_024,
            "Client assertion is not within its valid time range.",
        )
    }

    pub(super) fn replayed() -> Self {
        let message = "Authentication failed: the client assertion was used before.";
        Self::client(50_012, message)
    }

    pub(super) fn body(&self, now: Moment, trace: &str) -> Value {
        let timestamp = clock::timestamp(now).replace('T', " ");
        let description = format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {trace} Timestamp: {timestamp}",
            self.number, self.message
        );
        json!({
            "error": self.error,
            "error_description": description,
            "error_codes": [self.number],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": trace,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.number),
        })
    }
}
