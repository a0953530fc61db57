//! Sending one write to its end: repeated where it may be, waited for where the directory is not there yet.
//!
//! Invariants: what may have been carried out and must not be repeated ends as `Lost`, and so does what is answered
//! with 409 again and again, which may stand beside a success; a 404 that names something that we wrote lately is
//! waited out and never means gone; nothing waits for ever.

use std::sync::Arc;
use std::time::Duration;

use syncline_model::AttrName;
use syncline_model::connector::{Fault, OpOutcome};
use syncline_model::error::ErrorKind;

use super::backoff::LONGEST_WAITED;
use super::batch::{Answered, Batcher};
use super::client::{Answer, Ask, Client, Failure, is_final};
use super::errors::{self, Meaning};
use super::id;
use super::refusal::Refusal;
use super::settle::Settling;

/// How often a request is sent that is answered with 409 each time.
const CONFLICTS_MAX: u32 = 3;

/// Whether a request may be carried out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The second time changes nothing.
    Harmless,
    /// The second time could make a second object.
    Never,
}

/// How a write ended.
#[derive(Debug)]
pub(super) enum Written {
    Done(Answer),
    Refused(Box<Refusal>),
    /// Nothing was done; to be tried again later.
    Later {
        after: Duration,
        fault: Fault,
    },
    /// It may have been done.
    Lost(Fault),
}

/// Why an operation stops.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    Rejected(Fault),
    Later { after: Duration, fault: Fault },
    Unknown(Fault),
}

impl Stop {
    /// The fault of a part, when other parts were done.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::Rejected(fault) | Self::Later { fault, .. } | Self::Unknown(fault) => fault,
        }
    }

    /// The same of one attribute. What may have been written is no error: it is derived again.
    pub(super) fn into_fault_of(self, attr: &AttrName) -> Fault {
        let is_unknown = matches!(self, Self::Unknown(_));
        let mut fault = self.into_fault().on_attr(attr.clone());
        if is_unknown {
            fault.kind = ErrorKind::OutcomeUnknown;
        }
        fault
    }
}

impl From<Stop> for OpOutcome {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Rejected(fault) => Self::Rejected(fault),
            Stop::Later { after, fault } => Self::Throttled { after, fault },
            Stop::Unknown(fault) => Self::Unknown(fault),
        }
    }
}

impl Written {
    /// Why the operation `what` stops; `None` when it was done.
    pub(super) fn into_stop(self, what: &str) -> Option<Stop> {
        match self {
            Self::Done(_) => None,
            Self::Refused(refusal) => Some(Stop::Rejected(errors::export(what, &refusal))),
            Self::Later { after, fault } => Some(Stop::Later { after, fault }),
            Self::Lost(fault) => Some(Stop::Unknown(fault)),
        }
    }
}

/// Sends writes and the reads around them.
pub(super) struct Writer {
    pub(super) client: Arc<Client>,
    pub(super) batcher: Arc<Batcher>,
    pub(super) settling: Arc<Settling>,
}

impl Writer {
    /// Sends a write about an object, with `what` for people.
    pub(super) async fn write(
        &self,
        ask: &Ask,
        object: &str,
        repeat: Repeat,
        what: &str,
    ) -> Written {
        let mut backoff = self.client.backoff();
        let mut may_be_done = None;
        let mut conflicts = 0;
        let mut tries = 0;
        loop {
            tries += 1;
            let failure = match self.batcher.send(ask.clone(), object).await {
                Ok(answer) => return Written::Done(answer),
                Err(failure) => failure,
            };
            let is_last = tries >= self.client.config.patience.tries;
            let told = match &failure {
                Failure::Refused(refusal) if refusal.status == 429 => refusal.wait,
                // A refused token is no fault of the object; another one is on its way.
                Failure::Refused(refusal) if refusal.status == 401 => None,
                Failure::Refused(refusal) if refusal.is_passing() => {
                    let fault = errors::export(what, refusal);
                    if repeat == Repeat::Never {
                        return Written::Lost(fault);
                    }
                    may_be_done = Some(fault);
                    refusal.wait
                }
                Failure::Refused(refusal)
                    if repeat == Repeat::Harmless
                        && errors::meaning(refusal) == Meaning::Doubtful =>
                {
                    let fault = errors::export(what, refusal);
                    conflicts += 1;
                    if conflicts == CONFLICTS_MAX {
                        return Written::Lost(fault);
                    }
                    may_be_done = Some(fault);
                    None
                }
                Failure::Refused(refusal) => return Written::Refused(refusal.clone()),
                Failure::Unanswered(fault) => {
                    if repeat == Repeat::Never {
                        return Written::Lost(fault.clone());
                    }
                    may_be_done = Some(fault.clone());
                    None
                }
                Failure::NotSent(_) => None,
            };
            let wait = backoff.wait(told, &self.client.jitter);
            self.client.slow_down(&failure, wait);
            let is_final = matches!(&failure, Failure::NotSent(fault) if is_final(fault));
            if is_last || is_final || wait > LONGEST_WAITED {
                return match may_be_done {
                    Some(fault) => Written::Lost(fault),
                    None => Written::Later {
                        after: self.pause_of(wait.max(Duration::from_secs(1))),
                        fault: fault_of(failure, what),
                    },
                };
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// The same about objects some of which we may have written lately: what is not visible yet is waited for.
    pub(super) async fn write_settled(
        &self,
        ask: &Ask,
        object: [u8; 16],
        others: &[[u8; 16]],
        what: &str,
    ) -> Written {
        let key = key_of(object);
        let mut backoff = self.client.backoff();
        let mut tries = 0;
        loop {
            tries += 1;
            let written = self.write(ask, &key, Repeat::Harmless, what).await;
            let refusal = match written {
                Written::Refused(refusal) if errors::meaning(&refusal) == Meaning::NotFound => {
                    refusal
                }
                Written::Done(answer) => {
                    self.settling.wrote(object);
                    return Written::Done(answer);
                }
                other => return other,
            };
            if !self.is_not_yet_visible(&refusal, object, others) {
                return Written::Refused(refusal);
            }
            let wait = backoff.wait(None, &self.client.jitter);
            if tries >= self.client.config.patience.tries {
                return Written::Later {
                    after: self.settle_pause(),
                    fault: not_yet_visible(what, &refusal),
                };
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Whether a 404 is about something that we wrote lately. Where the message names no id of ours, all count.
    fn is_not_yet_visible(&self, refusal: &Refusal, object: [u8; 16], others: &[[u8; 16]]) -> bool {
        let all = || others.iter().chain([&object]);
        let named: Vec<&[u8; 16]> = all().filter(|guid| names(refusal, **guid)).collect();
        match named.is_empty() {
            true => all().any(|guid| self.settling.is_settling(*guid)),
            false => named.iter().any(|guid| self.settling.is_settling(**guid)),
        }
    }

    /// Reads once through the batcher, repeated within limits.
    pub(super) async fn read(&self, ask: &Ask, object: &str) -> Answered {
        let mut backoff = self.client.backoff();
        let mut tries = 0;
        loop {
            tries += 1;
            let failure = match self.batcher.send(ask.clone(), object).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let told = match &failure {
                Failure::Refused(refusal) if refusal.is_passing() => refusal.wait,
                Failure::Refused(refusal) if refusal.status == 401 => None,
                Failure::Refused(_) => return Err(failure),
                Failure::NotSent(fault) if is_final(fault) => return Err(failure),
                Failure::NotSent(_) | Failure::Unanswered(_) => None,
            };
            let wait = backoff.wait(told, &self.client.jitter);
            self.client.slow_down(&failure, wait);
            if tries >= self.client.config.patience.tries || wait > LONGEST_WAITED {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to leave what does not show yet.
    pub(super) fn settle_pause(&self) -> Duration {
        Duration::from_secs(30).min(self.client.config.settle)
    }

    /// This pause, or what is left of the one that the service asked for.
    fn pause_of(&self, pause: Duration) -> Duration {
        pause.max(self.client.pacer.paused_for())
    }

    /// The stop of an operation whose read before writing failed: nothing was written.
    pub(super) fn unread(&self, failure: Failure, what: &str) -> Stop {
        match failure {
            Failure::Refused(refusal) if !refusal.is_passing() => {
                Stop::Rejected(errors::export(what, &refusal))
            }
            failure => Stop::Later {
                after: self.pause_of(Duration::from_secs(10)),
                fault: fault_of(failure, what),
            },
        }
    }
}

/// Whether a refusal's message names this id.
pub(super) fn names(refusal: &Refusal, guid: [u8; 16]) -> bool {
    refusal.says(&key_of(guid))
}

/// What keeps two writes to one object apart: its id.
pub(super) fn key_of(guid: [u8; 16]) -> String {
    syncline_model::Anchor::Guid(guid).to_string()
}

pub(super) fn not_yet_visible(what: &str, refusal: &Refusal) -> Fault {
    Fault::new(
        "export.not_yet_visible",
        ErrorKind::Busy,
        format!(
            "{what} has to wait: Entra does not show an object yet that was written a moment ago."
        ),
        "Nothing to do: it is tried again.",
    )
    .with_evidence(refusal.evidence())
}

/// What a failure says of an operation.
pub(super) fn fault_of(failure: Failure, what: &str) -> Fault {
    match failure {
        Failure::NotSent(fault) | Failure::Unanswered(fault) => fault,
        Failure::Refused(refusal) => errors::export(what, &refusal),
    }
}

/// The id in an answer to a creation.
pub(super) fn created_id(answer: &Answer) -> Option<[u8; 16]> {
    answer.body["id"].as_str().and_then(id::parse)
}
