//! Faults: what goes wrong with which requests, how often, and by chance or by count.

use crate::{dice::Dice, options::RetryAfter};
use serde::{Deserialize, Serialize};

/// Something that goes wrong with the requests it is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Only requests with this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests whose path contains this.
    #[serde(default)]
    pub path: Option<String>,
    /// How many matching requests pass before it strikes.
    #[serde(default)]
    pub after: u64,
    /// How often it strikes; for ever when absent.
    #[serde(default)]
    pub times: Option<u64>,
    /// The share of matching requests that it strikes.
    #[serde(default = "always")]
    pub rate: f64,
}

fn always() -> f64 {
    1.0
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The connection ends and nothing was done.
    DropBefore,
    /// The request was carried out, and the connection ends without an answer.
    DropAfter,
    /// The request was carried out, and its answer ends after so many octets.
    Truncate(usize),
    /// The answer comes in pieces, with a pause before each.
    Drip {
        /// Octets of a piece.
        octets: usize,
        /// The pause, in milliseconds.
        pause_ms: u64,
    },
    /// This status, and nothing was done.
    Status(u16),
    /// The request was carried out, and its answer is this status.
    StatusAfter(u16),
    /// 429, and nothing was done, whatever the quotas say.
    Throttle {
        /// How many seconds to wait.
        seconds: i64,
        /// How that is written.
        #[serde(default)]
        form: RetryAfter,
    },
    /// The links in the answer lead to another host.
    ForeignLink(String),
    /// 302 to this address, and nothing was done.
    Redirect(String),
    /// 401: the token has expired.
    ExpiredToken,
    /// 401 with a claims challenge: only a token issued later is accepted.
    ClaimsChallenge,
}

impl Fault {
    /// A fault that strikes the next request, once.
    #[must_use]
    pub fn once(kind: FaultKind) -> Self {
        Self {
            times: Some(1),
            ..Self::always(kind)
        }
    }

    /// A fault that strikes every request.
    #[must_use]
    pub fn always(kind: FaultKind) -> Self {
        Self {
            kind,
            method: None,
            path: None,
            after: 0,
            times: None,
            rate: 1.0,
        }
    }

    /// Only for requests with this method whose path contains this.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(path.to_owned());
        self
    }

    fn is_for(&self, method: &str, path: &str) -> bool {
        let of_method = self.method.as_ref();
        let of_path = self.path.as_ref();
        of_method.is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && of_path.is_none_or(|wanted| path.contains(wanted.as_str()))
    }
}

#[derive(Debug)]
pub(crate) struct Faults {
    armed: Vec<Fault>,
    dice: Dice,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            armed: Vec::new(),
            dice: Dice::new(seed, "faults"),
        }
    }

    pub(crate) fn arm(&mut self, fault: Fault) {
        self.armed.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn armed(&self) -> &[Fault] {
        &self.armed
    }

    /// What goes wrong with a request: the first armed fault that strikes it.
    pub(crate) fn strike(&mut self, method: &str, path: &str) -> Option<FaultKind> {
        let mut struck = None;
        for fault in &mut self.armed {
            if struck.is_some() || !fault.is_for(method, path) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
            } else if fault.rate >= 1.0 || self.dice.chance(fault.rate) {
                struck = Some(fault.kind.clone());
                fault.times = fault.times.map(|times| times.saturating_sub(1));
            }
        }
        self.armed.retain(|fault| fault.times != Some(0));
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_its_requests_after_those_it_lets_pass_and_as_often_as_it_should() {
        let mut faults = Faults::new(1);
        let mut fault = Fault::once(FaultKind::Status(503)).on("POST", "/users");
        fault.after = 1;
        faults.arm(fault);

        assert_eq!(faults.strike("GET", "/users"), None);
        assert_eq!(faults.strike("POST", "/users"), None);
        assert_eq!(
            faults.strike("POST", "/users"),
            Some(FaultKind::Status(503))
        );
        assert_eq!(faults.strike("POST", "/users"), None);
        assert!(faults.armed().is_empty());
    }

    #[test]
    fn the_same_seed_strikes_the_same_requests() {
        let strikes = |seed| {
            let mut faults = Faults::new(seed);
            let mut fault = Fault::always(FaultKind::DropAfter);
            fault.rate = 0.3;
            faults.arm(fault);
            let strike = |_| faults.strike("GET", "/users").is_some();
            (0..200).map(strike).collect::<Vec<bool>>()
        };

        assert_eq!(strikes(5), strikes(5));
        assert_ne!(strikes(5), strikes(6));
        let count = strikes(5).into_iter().filter(|struck| *struck).count();
        assert!((30..90).contains(&count), "{count}");
    }
}
