//! The control face from a test's side.

use crate::{
    Credential, DeltaOptions, Domain, Entry, Fault, ResetForm, Switches, ThrottleOptions,
    Violations, http_client,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::io;

/// Why a control request failed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The simulator did not answer.
    #[error("The Graph simulator did not answer: {0} (`graph_sim.unreachable`)")]
    Unreachable(#[from] io::Error),
    /// It refused.
    #[error("The Graph simulator refused {what}: {reason} (`graph_sim.refused`)")]
    Refused {
        /// What was asked.
        what: String,
        /// Its reason.
        reason: String,
    },
}

type Result<T> = std::result::Result<T, ControlError>;

/// Steers a simulator.
#[derive(Debug, Clone)]
pub struct Control {
    address: String,
}

impl Control {
    /// Steers the simulator whose control face is at this address.
    #[must_use]
    pub fn at(address: &str) -> Self {
        Self {
            address: address.to_owned(),
        }
    }

    /// Sends any control request.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        let url = format!("{}{path}", self.address);
        // A body that nobody reads makes the server reset the connection, and the answer may go with it.
        let body = match method {
            "GET" => Vec::new(),
            _ => serde_json::to_vec(body).map_err(io::Error::other)?,
        };
        let headers = [("content-type", "application/json")];
        let reply = http_client::request(method, &url, &headers, &body)?;
        let refused = |reason: String| ControlError::Refused {
            what: format!("{method} {path}"),
            reason,
        };
        if reply.status != 200 {
            let reason = String::from_utf8_lossy(&reply.body).into_owned();
            return Err(refused(format!("{} {reason}", reply.status)));
        }
        serde_json::from_slice(&reply.body).map_err(|error| refused(error.to_string()))
    }

    fn tell(&self, method: &str, path: &str, body: &impl Serialize) -> Result<()> {
        self.call::<Value>(method, path, body).map(|_| ())
    }

    fn new_id(&self, path: &str, body: &Value) -> Result<String> {
        let answer: Value = self.call("POST", path, body)?;
        Ok(answer["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Makes a tenant and answers its id.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn new_tenant(&self, domains: &[Domain]) -> Result<String> {
        self.new_id("/tenants", &json!({ "domains": domains }))
    }

    /// Registers an application with a credential, and answers its id.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn register(&self, credential: &Credential) -> Result<String> {
        let certificates = [credential.certificate_pem()];
        self.new_id("/apps", &json!({ "certificates": certificates }))
    }

    /// Consents to application permissions.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn grant(&self, tenant: &str, application: &str, roles: &[&str]) -> Result<()> {
        let path = format!("/tenants/{tenant}/grants/{application}");
        self.tell("PUT", &path, &roles)
    }

    /// Puts objects into a tenant: `{users: […], groups: […], contacts: […]}`; answers their ids.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn seed(&self, tenant: &str, objects: &Value) -> Result<Value> {
        self.call("POST", &format!("/tenants/{tenant}/seed"), objects)
    }

    /// Makes so many users and groups, each group with so many members; answers their ids.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn generate(
        &self,
        tenant: &str,
        users: usize,
        groups: usize,
        members: usize,
    ) -> Result<Value> {
        let wanted = json!({ "users": users, "groups": groups, "members": members });
        self.call("POST", &format!("/tenants/{tenant}/generate"), &wanted)
    }

    /// Changes objects as somebody else: `[{"do": "update", "id": …, "properties": {…}}, …]`.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn mutate(&self, tenant: &str, changes: &Value) -> Result<Value> {
        self.call("POST", &format!("/tenants/{tenant}/mutate"), changes)
    }

    /// Sets how the rules behave.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn set_switches(&self, tenant: &str, switches: &Switches) -> Result<()> {
        self.tell("PUT", &format!("/tenants/{tenant}/switches"), switches)
    }

    /// Sets how delta queries behave.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn set_delta(&self, tenant: &str, options: &DeltaOptions) -> Result<()> {
        self.tell("PUT", &format!("/tenants/{tenant}/delta"), options)
    }

    /// Makes the delta tokens of a collection useless, or those of all.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn expire_tokens(
        &self,
        tenant: &str,
        collection: Option<&str>,
        form: ResetForm,
    ) -> Result<()> {
        let expire = json!({ "collection": collection, "form": form });
        self.tell("POST", &format!("/tenants/{tenant}/delta/expire"), &expire)
    }

    /// Sets the lag of each replica, in milliseconds.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn set_lag(&self, tenant: &str, milliseconds: &[i64]) -> Result<()> {
        let lag = json!({ "milliseconds": milliseconds });
        self.tell("PUT", &format!("/tenants/{tenant}/lag"), &lag)
    }

    /// Sets how a tenant is throttled.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn set_throttle(&self, tenant: &str, options: &ThrottleOptions) -> Result<()> {
        self.tell("PUT", &format!("/tenants/{tenant}/throttle"), options)
    }

    /// Registers directory extensions: `[{"name": "extension_…", "targetObjects": ["User"]}, …]`.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn set_extensions(&self, tenant: &str, extensions: &Value) -> Result<()> {
        self.tell("PUT", &format!("/tenants/{tenant}/extensions"), extensions)
    }

    /// Arms a fault.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn arm(&self, fault: &Fault) -> Result<()> {
        self.tell("POST", "/faults", fault)
    }

    /// The faults that have not struck for the last time.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn armed(&self) -> Result<Vec<Fault>> {
        self.call("GET", "/faults", &json!({}))
    }

    /// Takes back every fault.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn disarm(&self) -> Result<()> {
        self.tell("DELETE", "/faults", &json!({}))
    }

    /// Answers every token that was issued so far with a claims challenge.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn challenge(&self, application: &str) -> Result<()> {
        self.tell(
            "POST",
            &format!("/apps/{application}/challenge"),
            &json!({}),
        )
    }

    /// Moves the clock forward.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn advance(&self, milliseconds: i64) -> Result<()> {
        self.tell("POST", "/time", &json!({ "advance_ms": milliseconds }))
    }

    /// Sets how far the time that is told is off.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn set_skew(&self, milliseconds: i64) -> Result<()> {
        self.tell("POST", "/time", &json!({ "skew_ms": milliseconds }))
    }

    /// The time that the simulator tells, in milliseconds since 1970.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn now(&self) -> Result<i64> {
        let time: Value = self.call("GET", "/time", &json!({}))?;
        Ok(time["claimed_ms"].as_i64().unwrap_or_default())
    }

    /// The requests after a number, 0 for all that are kept.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn log(&self, since: u64) -> Result<Vec<Entry>> {
        self.call("GET", &format!("/log?since={since}"), &json!({}))
    }

    /// How often the contract had something against a request or an answer.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn violations(&self) -> Result<Violations> {
        self.call("GET", "/violations", &json!({}))
    }

    /// What the primary holds: `{users, groups, contacts, deletedItems}`.
    ///
    /// # Errors
    /// When the simulator is gone or refuses.
    pub fn snapshot(&self, tenant: &str) -> Result<Value> {
        self.call("GET", &format!("/tenants/{tenant}/snapshot"), &json!({}))
    }
}
