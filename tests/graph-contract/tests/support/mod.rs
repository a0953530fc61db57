//! A request in the making, and what the contract finds wrong with it.

use serde_json::Value;
use std::collections::BTreeSet;
use syncline_graph_contract::{Contract, Cost, Request, Violation, split_url};

/// A request that a test builds.
pub struct Call {
    method: &'static str,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
    granted: BTreeSet<String>,
}

/// A request of an application that may read and write the whole directory.
pub fn call(method: &'static str, url: &str) -> Call {
    let (path, query) = split_url(url);
    let all = [
        "Application.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Group.ReadWrite.All",
        "GroupMember.ReadWrite.All",
        "User.ReadWrite.All",
    ];
    Call {
        method,
        path,
        query,
        body: None,
        granted: all.map(ToOwned::to_owned).into(),
    }
}

#[allow(dead_code, reason = "each test file uses its own part")]
impl Call {
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub fn granted(mut self, permissions: &[&str]) -> Self {
        self.granted = permissions.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    pub fn wrong(&self) -> Vec<&'static str> {
        codes(Contract::vendor().check_request(&self.request(), &self.granted))
    }

    pub fn answered(&self, status: u16, body: Value) -> Vec<&'static str> {
        codes(Contract::vendor().check_response(&self.request(), status, Some(&body)))
    }

    pub fn answered_with_nothing(&self, status: u16) -> Vec<&'static str> {
        codes(Contract::vendor().check_response(&self.request(), status, None))
    }

    pub fn cost(&self) -> (u32, u32) {
        let Cost { units, writes } = Contract::vendor().cost(&self.request());
        (units, writes)
    }

    fn request(&self) -> Request<'_> {
        Request {
            method: self.method,
            path: &self.path,
            query: &self.query,
            headers: &[],
            body: self.body.as_ref(),
        }
    }
}

fn codes(found: Vec<Violation>) -> Vec<&'static str> {
    found.into_iter().map(|violation| violation.code).collect()
}
