//! The log of requests: what came, what was answered, what it cost, what was wrong with it.
//!
//! Invariant: no token is ever in it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::VecDeque;

/// One request and its answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When it came, by the simulator's clock.
    pub at: String,
    /// The directory tenant, when it was signed in.
    pub tenant: Option<String>,
    /// The application, when it was signed in.
    pub application: Option<String>,
    /// The number of the batch request it came in.
    pub batch: Option<u64>,
    /// The method.
    pub method: String,
    /// The path below `/v1.0`, decoded; as it came when it is not below.
    pub path: String,
    /// The query options.
    pub query: Vec<(String, String)>,
    /// The headers, but for the token.
    pub headers: Vec<(String, String)>,
    /// The body, when it was JSON.
    pub body: Option<Value>,
    /// The status of the answer; none when the connection was dropped without one.
    pub status: Option<u16>,
    /// The code of the refusal.
    pub code: Option<String>,
    /// Resource units it cost.
    pub units: u32,
    /// Writes it cost.
    pub writes: u32,
    /// The fault that struck it.
    pub fault: Option<String>,
    /// What the vendor's contract says against the request.
    pub request_violations: Vec<String>,
    /// What the vendor's contract says against the simulator's answer.
    pub answer_violations: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Record {
    entries: VecDeque<Entry>,
    kept_max: usize,
    written: u64,
    violations: Violations,
}

/// How many requests and answers the contract had something against, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violations {
    /// Violations of requests.
    pub requests: u64,
    /// Violations of answers.
    pub answers: u64,
}

impl Record {
    pub(crate) fn new(kept_max: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            kept_max: kept_max.max(1),
            written: 0,
            violations: Violations::default(),
        }
    }

    /// The number for the next request.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.written += 1;
        self.written
    }

    pub(crate) fn add(&mut self, entry: Entry) {
        self.violations.requests += entry.request_violations.len() as u64;
        self.violations.answers += entry.answer_violations.len() as u64;
        if self.entries.len() >= self.kept_max {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// The requests after a number.
    pub(crate) fn since(&self, number: u64) -> Vec<&Entry> {
        let later = self.entries.iter();
        later.filter(|entry| entry.number > number).collect()
    }

    pub(crate) fn violations(&self) -> Violations {
        self.violations
    }

    /// Forgets the requests; what was counted stays counted.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
