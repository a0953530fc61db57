//! What the sign-in service says when it refuses, by its AADSTS numbers.
//!
//! The numbers are those of "Microsoft Entra authentication and authorization error codes".

use serde_json::Value;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

use super::config::GraphConfig;

type Row = (
    &'static [u64],
    &'static str,
    ErrorKind,
    &'static str,
    &'static str,
);

const ROWS: &[Row] = &[
    (
        &[700_027, 7_000_222, 700_030],
        "graph.signin_certificate_refused",
        ErrorKind::Authentication,
        "the certificate is not registered with the application, or its key is another one",
        "Upload the certificate that the directory shows to the app registration, or renew it here.",
    ),
    (
        &[700_016, 700_038],
        "graph.signin_application_unknown",
        ErrorKind::Authentication,
        "there is no such application in this tenant",
        "Check the application id and the tenant id; an application of another tenant needs an administrator's consent first.",
    ),
    (
        &[90_002, 900_023, 900_021, 50_020],
        "graph.signin_tenant_unknown",
        ErrorKind::Authentication,
        "there is no such tenant in this cloud",
        "Check the tenant id, and that the cloud is the one the tenant lives in.",
    ),
    (
        &[7_000_229, 65_001, 500_011, 650_052, 650_057],
        "graph.signin_consent_missing",
        ErrorKind::Permission,
        "no administrator of the tenant has consented to the application",
        "Open the consent page of the directory as an administrator and accept the listed permissions.",
    ),
    (
        &[7_000_112, 7_000_116, 50_105],
        "graph.signin_application_disabled",
        ErrorKind::Permission,
        "the application is disabled in this tenant",
        "Enable it under Enterprise applications.",
    ),
    (
        &[53_003, 53_000, 530_034, 530_035],
        "graph.signin_blocked_by_policy",
        ErrorKind::Permission,
        "a conditional access policy of the tenant does not let the application in",
        "Ask the tenant's administrator to allow the workload identity from this place.",
    ),
    (
        &[700_024, 700_023, 700_021, 50_027],
        "graph.signin_assertion_refused",
        ErrorKind::Authentication,
        "the signed assertion is not accepted; its times or its audience do not fit",
        "Check this machine's clock, and that the cloud is the one the tenant lives in.",
    ),
    (
        &[50_012],
        "graph.signin_assertion_used",
        ErrorKind::Busy,
        "the signed assertion was used before",
        "Nothing to do: a new one is made.",
    ),
    (
        &[1_002_012, 70_011],
        "graph.signin_scope_refused",
        ErrorKind::Authentication,
        "the cloud does not know the address of Graph that a token was asked for",
        "Check that the cloud is the one the tenant lives in.",
    ),
    (
        &[90_033, 90_006, 90_055, 50_196, 90_012],
        "graph.signin_busy",
        ErrorKind::Busy,
        "the sign-in service is busy",
        "Nothing to do: it is tried again.",
    ),
];

/// A refused sign-in.
pub(super) fn refusal(config: &GraphConfig, status: u16, body: &[u8]) -> Fault {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let description = body["error_description"].as_str().unwrap_or_default();
    let number = body["error_codes"][0]
        .as_u64()
        .or_else(|| number_in(description));
    let row = ROWS
        .iter()
        .find(|row| number.is_some_and(|number| row.0.contains(&number)));
    let (code, kind, why, next) = match row {
        Some((_, code, kind, why, next)) => (*code, *kind, *why, *next),
        None if status == 429 => (
            "graph.signin_throttled",
            ErrorKind::Throttled,
            "the sign-in service asks to slow down",
            "Nothing to do: it is tried again.",
        ),
        None if status >= 500 => (
            "graph.signin_busy",
            ErrorKind::Busy,
            "the sign-in service failed",
            "Nothing to do: it is tried again.",
        ),
        None => (
            "graph.signin_refused",
            ErrorKind::Authentication,
            "the sign-in service refused it",
            "Look at the evidence; it names the service's own reason.",
        ),
    };
    let message = format!(
        "Signing in application {} to tenant {} failed: {why}.",
        config.client_id, config.tenant
    );
    Fault::new(code, kind, message, next).with_evidence(evidence(status, &body, description))
}

/// A refusal that asks to wait longer than anybody waits.
pub(super) fn held(fault: Fault, time: &str) -> Fault {
    Fault {
        code: "graph.signin_throttled".into(),
        kind: ErrorKind::Throttled,
        message: format!("{} It asks to wait {time}.", fault.message),
        next_step: "Nothing to do: it goes on after that time.".to_owned(),
        ..fault
    }
}

/// The number after `AADSTS`.
fn number_in(description: &str) -> Option<u64> {
    let (_, rest) = description.split_once("AADSTS")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn evidence(status: u16, body: &Value, description: &str) -> String {
    let error = body["error"].as_str().unwrap_or_default();
    // What follows the first line are trace ids and a time.
    let description: String = description.chars().take(600).collect();
    format!("{status} {error}: {description}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Credential;
    use serde_json::json;
    use zeroize::Zeroizing;

    fn refused(status: u16, body: &Value) -> Fault {
        let credential = Credential::new(Vec::new(), Zeroizing::new(Vec::new()));
        let cloud = crate::graph::cloud::table()[0].clone();
        let config = GraphConfig::new(cloud, "t", "c", credential, "/");
        refusal(&config, status, body.to_string().as_bytes())
    }

    #[test]
    fn each_number_is_in_one_row_and_each_code_used_once() {
        let mut numbers: Vec<u64> = ROWS.iter().flat_map(|row| row.0).copied().collect();
        let mut codes: Vec<&str> = ROWS.iter().map(|row| row.1).collect();
        let (many, kinds) = (numbers.len(), codes.len());

        numbers.sort_unstable();
        numbers.dedup();
        codes.sort_unstable();
        codes.dedup();

        assert_eq!((numbers.len(), codes.len()), (many, kinds));
    }

    #[test]
    fn the_number_decides_also_when_it_stands_in_the_text_only() {
        let listed = refused(
            401,
            &json!({"error": "invalid_client", "error_codes": [700_027]}),
        );
        let told = refused(
            400,
            &json!({"error_description": "AADSTS700016: Application …"}),
        );

        assert_eq!(listed.code, "graph.signin_certificate_refused");
        assert_eq!(told.code, "graph.signin_application_unknown");
        assert_eq!(refused(503, &json!(null)).kind, ErrorKind::Busy);
        assert_eq!(refused(429, &json!(null)).kind, ErrorKind::Throttled);
        assert_eq!(refused(400, &json!({})).code, "graph.signin_refused");
    }
}
