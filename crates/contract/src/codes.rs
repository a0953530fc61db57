//! The registry of problem codes: every refusal either process can answer with, in one list.
//!
//! Invariants: a code keeps its meaning and status for ever and is never reused; the title says what happened,
//! `next` what the caller can do about it; details about one occurrence belong to the [`crate::Problem`].

use http::StatusCode;

/// One kind of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable code, `area.reason`.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What happened, in a few words, the same for every occurrence.
    pub title: &'static str,
    /// What the caller can do.
    pub next: &'static str,
}

impl Code {
    /// The status in the form of the HTTP libraries.
    pub fn http(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

macro_rules! codes {
    ($( $name:ident = $status:literal $code:literal, $title:literal, $next:literal; )*) => {
        $(
            #[doc = concat!("`", $code, "` (", $status, "): ", $title, ".")]
            pub const $name: Code = Code { code: $code, status: $status, title: $title, next: $next };
        )*

        /// Every code.
        pub static TABLE: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    // The request itself.
    BODY_INVALID = 400 "request.body_invalid", "The request body is not what this operation takes", "Compare the body with openapi.yaml; `errors` names the field.";
    QUERY_INVALID = 400 "request.query_invalid", "A query parameter is not what this operation takes", "Compare the query with openapi.yaml.";
    CURSOR_INVALID = 400 "request.cursor_invalid", "The cursor does not belong to this list", "Start again without a cursor; a cursor is valid for one list and one filter.";
    KEY_REQUIRED = 400 "request.idempotency_key_required", "This operation needs an Idempotency-Key", "Send a fresh random Idempotency-Key (1 to 128 visible characters) and repeat it on retries.";
    KEY_RUNNING = 409 "request.idempotency_key_running", "The first request with this Idempotency-Key is still running", "Wait a moment and send the same request again.";
    KEY_REUSED = 422 "request.idempotency_key_reused", "This Idempotency-Key was used for another request", "Use a fresh key for a different request.";
    PRECONDITION_REQUIRED = 428 "request.precondition_required", "This operation needs If-Match", "Read the resource and send its ETag as If-Match.";
    PRECONDITION_FAILED = 412 "request.precondition_failed", "The resource has changed since you read it", "Read it again, apply your change to that version, and send the new ETag.";
    BODY_TOO_LARGE = 413 "request.body_too_large", "The request body is larger than this operation takes", "Send a smaller body; the limit stands in the detail.";
    MEDIA_TYPE = 415 "request.media_type", "The request body is not JSON", "Send Content-Type: application/json.";
    NOT_FOUND = 404 "request.not_found", "There is nothing here", "Check the id; what you may not see answers the same way.";
    METHOD_NOT_ALLOWED = 405 "request.method_not_allowed", "This path does not take this method", "See openapi.yaml for the methods of this path.";
    RATE_LIMITED = 429 "request.rate_limited", "Too many requests", "Wait as long as Retry-After says.";
    CONFLICT = 409 "request.conflict", "The resource is not in a state that allows this", "Read the resource; the detail says which state it is in.";
    INVALID = 422 "request.invalid", "The values are understood but cannot be accepted", "`errors` says which value and why.";
    INTERNAL = 500 "internal", "Something went wrong on our side", "Try again; if it stays, report the request id.";
    UNAVAILABLE = 503 "unavailable", "The service is not ready", "Try again in a few seconds.";

    // Who is asking.
    SIGN_IN_REQUIRED = 401 "auth.required", "Sign-in is required", "Sign in, or send an access token as bearer.";
    TOKEN_INVALID = 401 "auth.token_invalid", "The access token is not accepted", "Get a new access token for this API from your identity provider.";
    BOTH_CREDENTIALS = 400 "auth.two_credentials", "The request carries a session and a bearer token", "Send one of the two.";
    CSRF = 403 "auth.csrf", "The request does not prove that it came from the console", "Reload the page; send the token of GET /auth/session as Syncline-Csrf.";
    NO_RIGHT = 403 "auth.no_right", "Your role in this tenant does not allow this", "Ask an owner of the tenant for a role with the right named in the detail.";
    SIGN_IN_FAILED = 400 "auth.sign_in_failed", "Sign-in did not complete", "Start sign-in again; the detail says what the identity provider answered.";
    ACCOUNT_REFUSED = 403 "auth.account_refused", "This account cannot be used here", "Use a work or school account of your organisation.";
    PROVIDER_UNAVAILABLE = 503 "auth.provider_unavailable", "The identity provider does not answer", "Try again in a moment.";

    // The tenant and its process.
    TENANT_NOT_READY = 503 "tenant.not_ready", "The tenant is still being set up", "Poll GET /v1/tenants/{tenant} until its state is `active`.";
    RUNNER_UNAVAILABLE = 503 "tenant.runner_unavailable", "The tenant's process does not answer", "Try again in a few seconds; it is started on demand.";
    GENERATION_STALE = 409 "tenant.generation_stale", "The tenant has moved to another process", "Send the request again.";
    ASSERTION_INVALID = 401 "tenant.assertion_invalid", "The internal assertion is not accepted", "This is a fault on our side: report the request id.";
    SLUG_TAKEN = 409 "tenant.name_taken", "Another tenant of this organisation has this name", "Choose another name.";
    DIRECTORY_TENANT_TAKEN = 409 "tenant.organisation_exists", "Your organisation is already signed up", "Ask an owner of the organisation to add you as a member.";
    LAST_OWNER = 409 "members.last_owner", "The last owner cannot be removed", "Make another member owner first.";
    MEMBER_EXISTS = 409 "members.exists", "This principal is already a member", "Change the member's role instead.";

    // Directories and agents.
    DIRECTORY_IN_USE = 409 "directories.in_use", "A profile uses this directory", "Remove the directory from the profiles named in the detail first.";
    DIRECTORY_NO_AGENT = 409 "directories.no_agent", "No confirmed agent serves this directory", "Enrol an agent for the directory and confirm its fingerprint.";
    AGENT_OFFLINE = 503 "agents.offline", "The directory's agent is not connected", "Check the agent's service on its host and its way out to this address.";
    AGENT_NO_CREDENTIAL = 409 "agents.no_credential", "The agent has no working directory credential", "On the agent's host run `syncline-agent credential set`.";
    ENROLMENT_REFUSED = 403 "agents.enrolment_refused", "The enrolment key is not accepted", "Create a new key: a key works once, for one hour, for one directory.";
    FINGERPRINT_MISMATCH = 409 "agents.fingerprint_mismatch", "The fingerprint is not the one the agent enrolled with", "Compare with `syncline-agent fingerprint` on the host; if it differs there too, revoke the agent.";
    AGENT_UNCONFIRMED = 403 "agents.unconfirmed", "The agent's fingerprint is not confirmed yet", "Compare the fingerprint that `syncline-agent enrol` printed and confirm it in the console.";
    AGENT_REVOKED = 403 "agents.revoked", "This agent is revoked", "Enrol the host again with a new key.";
    AGENT_PROOF = 401 "agents.proof_invalid", "The proof of possession is not accepted", "Check the clock of the agent's host; the proof lives 60 seconds.";
    DOMAIN_MISMATCH = 409 "agents.domain_mismatch", "The agent reached another domain than the directory is pinned to", "Point the agent at the right domain controller, or connect the other domain as its own directory.";
    NOT_A_CLOUD = 409 "directories.not_a_cloud", "This directory is reached by an agent", "Keys and checks belong to cloud directories; enrol an agent instead.";
    NEXT_CERTIFICATE_WAITS = 409 "directories.next_certificate_waits", "A next certificate was made already", "Upload the next certificate that the directory shows to the app registration, then check the directory; it takes the current one's place.";
    NOT_A_FILE = 409 "directories.not_a_file", "This directory is no HR folder", "Inspect a directory of the kind hr-file.";
    FILE_REFUSED = 422 "directories.file_refused", "The file cannot be read", "The detail says what is wrong with it, and what to do.";
    SCHEMA_UNKNOWN = 409 "directories.schema_unknown", "The directory's schema has not been read yet", "Wait for the first import, or start one.";

    // Profiles, plans and approvals.
    PROFILE_INVALID = 422 "profiles.invalid", "The profile has errors", "`errors` names each part, expression and reason.";
    PROFILE_IN_USE = 409 "profiles.in_use", "A cycle of this profile is running", "Wait for it, or pause the scheduler.";
    PROFILE_NAME_TAKEN = 409 "profiles.name_taken", "Another profile has this name", "Choose another name.";
    RULE_RESOURCE_INVALID = 422 "rule-resources.invalid", "The table or named expression has errors", "`errors` names each field and reason.";
    RULE_RESOURCE_IN_USE = 409 "rule-resources.in_use", "Profiles would no longer work", "`errors` names each profile and expression; change these first.";
    RULE_RESOURCE_LIMIT = 409 "rule-resources.limit", "The tenant has as many tables and named expressions as it can have", "Delete what nothing uses, or make tables smaller.";
    TEMPLATE_PARAMETERS = 422 "templates.parameters", "The template cannot be filled in like this", "`errors` names each directory or parameter and says what it takes.";
    DRAFT_SOURCE = 422 "drafts.source", "The files are no configuration that can be drafted", "`errors` names the file; export the configuration again and send its XML files.";
    TEMPLATE_LIMIT = 409 "templates.limit", "The tenant has as many templates of its own as it can have", "Delete one that nobody needs.";
    TEMPLATE_BUILT_IN = 409 "templates.built_in", "This template comes with the service", "Make a profile of it, change that, and save it as a template of your own.";
    COMPILE_FAILED = 503 "profiles.compile_failed", "The rule compiler did not answer in time", "Try again; if it stays, simplify the expression named in the detail.";
    WHAT_IF_NOT_READY = 409 "what-ifs.not_ready", "The what-if is still being computed", "Wait until its state is `ready`.";
    WHAT_IF_UNDO = 409 "what-ifs.undo", "What undoes an export is read, not sent", "Correct the source or the profile so that it wants what was before, and approve that what-if.";
    PLAN_CHANGED = 409 "what-ifs.plan_changed", "The plan is not the one you looked at", "Compute a new what-if and review that one.";
    PLAN_ALREADY_APPROVED = 409 "what-ifs.already_approved", "This plan is already approved", "See the approval named in the detail.";
    PLAN_REJECTED = 409 "what-ifs.rejected", "This plan was rejected", "Compute a new what-if.";
    APPROVAL_SELF = 403 "approvals.own_change", "You cannot approve your own change", "Another member with the approve right has to look at it.";
    APPROVAL_CLOSED = 409 "approvals.closed", "This approval is no longer open", "Read it; a newer one may be waiting.";
    BUSY = 409 "busy", "Another cycle runs or waits", "Wait for the cycle named in the detail, or send `on_busy` as `join` or `queue`.";
    EXPORTS_HELD = 409 "exports.held", "Exports of this tenant are held", "Release them first, or approve without exporting now.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_stands_twice_and_every_one_says_what_to_do() {
        let distinct: BTreeSet<_> = TABLE.iter().map(|c| c.code).collect();

        assert_eq!(distinct.len(), TABLE.len());
        for code in TABLE {
            assert!(
                !code.title.ends_with('.') && code.next.ends_with('.'),
                "{}",
                code.code
            );
            assert!((400..600).contains(&code.status), "{}", code.code);
        }
    }
}
