//! Asking the agent to start a cycle of Entra Connect beside it, and what it tells meanwhile.
//!
//! Invariants: all that the asker can say is one of two words and a number of its own; a cycle that was
//! not waited for to its end is a fault, never an end; what came from Entra Connect is bounded.

use bytes::Bytes;

use super::{Message, WireError, decode, encode};

/// The most runs of connectors that one answer lists.
pub const RUNS_MAX: usize = 64;
/// The longest name or result of one, in bytes.
const TEXT_BYTES_MAX: usize = 256;

/// Which cycle: the two policy types of `Start-ADSyncSyncCycle` that are asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CycleKind {
    /// Delta import, delta synchronisation, export.
    Delta,
    /// Full import, full synchronisation, export.
    Initial,
}

impl CycleKind {
    /// Its word, on the wire and in the policy file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delta => "delta",
            Self::Initial => "initial",
        }
    }

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Delta, Self::Initial]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// Start a cycle and wait for its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CycleRequest {
    /// Which.
    pub kind: CycleKind,
    /// The asker's number for this wish. The same number again, over another connection, is the same
    /// wish: it goes on with the cycle that was ordered for it, or is told how that ended, and orders none of
    /// its own. Only what was refused before an order is tried again by the same number. The agent remembers
    /// the last cycle, until it restarts.
    pub wish: u64,
    /// Whether the asker knows that a cycle was ordered for it: an agent that does not know of it orders no second
    /// one and says so.
    pub ordered: bool,
}

/// What is told while it is waited for. The last one is [`CycleEvent::Ended`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CycleEvent {
    /// Another cycle, or a connector, was at work when we came: its end is waited for.
    WaitingForRunningCycle,
    /// Entra Connect took the order.
    Started {
        /// Which cycle was ordered; a wish for a delta is fulfilled by an initial one as well.
        kind: CycleKind,
        /// What whoever reads this should know.
        warnings: Vec<CycleWarning>,
    },
    /// It was seen at work.
    Running {
        /// Since the order, in seconds.
        seconds: u64,
    },
    /// It is over.
    Ended {
        /// From the order to the moment its end was seen, in seconds.
        seconds: u64,
        /// How the runs of the connectors ended, in no order; `None` when Entra Connect does not say.
        runs: Option<Vec<ConnectorRun>>,
    },
}

/// Something that does not stop a cycle and changes what it is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleWarning {
    /// Stable code.
    pub code: String,
    /// What is the case.
    pub message: String,
    /// What to do.
    pub next_step: String,
}

/// One step of one connector within the cycle, in Entra Connect's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorRun {
    /// The connector's name.
    pub connector: String,
    /// The run profile's name, such as `Export`.
    pub profile: String,
    /// Its result, such as `success` or `completed-export-errors`.
    pub result: String,
}

impl ConnectorRun {
    /// Whether it ended without an error.
    pub fn succeeded(&self) -> bool {
        self.result.eq_ignore_ascii_case("success")
    }
}

impl Message for CycleRequest {
    fn to_wire(&self) -> Bytes {
        encode(&pb::CycleRequest {
            kind: self.kind.as_str().into(),
            wish: self.wish,
            ordered: self.ordered,
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let request: pb::CycleRequest = decode(bytes)?;
        Ok(Self {
            kind: kind(&request.kind)?,
            wish: request.wish,
            ordered: request.ordered,
        })
    }
}

impl Message for CycleEvent {
    fn to_wire(&self) -> Bytes {
        let mut event = pb::CycleEvent::default();
        match self {
            Self::WaitingForRunningCycle => event.state = "waiting-for-running-cycle".into(),
            Self::Started { kind, warnings } => {
                event.state = "started".into();
                event.kind = kind.as_str().into();
                event.warnings = warnings
                    .iter()
                    .map(|warning| pb::Warning {
                        code: warning.code.clone(),
                        message: warning.message.clone(),
                        next_step: warning.next_step.clone(),
                    })
                    .collect();
            }
            Self::Running { seconds } => {
                event.state = "running".into();
                event.seconds = *seconds;
            }
            Self::Ended { seconds, runs } => {
                event.state = "ended".into();
                event.seconds = *seconds;
                event.history = runs.is_some();
                event.runs = runs
                    .iter()
                    .flatten()
                    .take(RUNS_MAX)
                    .map(|run| pb::Run {
                        connector: cut(&run.connector),
                        profile: cut(&run.profile),
                        result: cut(&run.result),
                    })
                    .collect();
            }
        }
        encode(&event)
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let event: pb::CycleEvent = decode(bytes)?;
        match event.state.as_str() {
            "waiting-for-running-cycle" => Ok(Self::WaitingForRunningCycle),
            "started" => Ok(Self::Started {
                kind: kind(&event.kind)?,
                warnings: event
                    .warnings
                    .into_iter()
                    .map(|warning| CycleWarning {
                        code: warning.code,
                        message: warning.message,
                        next_step: warning.next_step,
                    })
                    .collect(),
            }),
            "running" => Ok(Self::Running {
                seconds: event.seconds,
            }),
            "ended" => Ok(Self::Ended {
                seconds: event.seconds,
                runs: event.history.then(|| {
                    let runs = event.runs.into_iter();
                    runs.map(|run| ConnectorRun {
                        connector: run.connector,
                        profile: run.profile,
                        result: run.result,
                    })
                    .collect()
                }),
            }),
            _ => Err(WireError::new("a cycle is in no known state")),
        }
    }
}

fn kind(word: &str) -> Result<CycleKind, WireError> {
    CycleKind::parse(word).ok_or_else(|| WireError::new("a cycle is of no known kind"))
}

/// The text, cut at a character's border.
fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(TEXT_BYTES_MAX)].to_owned()
}

mod pb {
    use prost::Message;

    #[derive(Clone, PartialEq, Message)]
    pub struct CycleRequest {
        #[prost(string, tag = "1")]
        pub kind: String,
        #[prost(uint64, tag = "2")]
        pub wish: u64,
        #[prost(bool, tag = "3")]
        pub ordered: bool,
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct CycleEvent {
        #[prost(string, tag = "1")]
        pub state: String,
        #[prost(string, tag = "2")]
        pub kind: String,
        #[prost(uint64, tag = "3")]
        pub seconds: u64,
        #[prost(message, repeated, tag = "4")]
        pub warnings: Vec<Warning>,
        /// Whether `runs` is what Entra Connect said, or it said nothing.
        #[prost(bool, tag = "5")]
        pub history: bool,
        #[prost(message, repeated, tag = "6")]
        pub runs: Vec<Run>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Warning {
        #[prost(string, tag = "1")]
        pub code: String,
        #[prost(string, tag = "2")]
        pub message: String,
        #[prost(string, tag = "3")]
        pub next_step: String,
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Run {
        #[prost(string, tag = "1")]
        pub connector: String,
        #[prost(string, tag = "2")]
        pub profile: String,
        #[prost(string, tag = "3")]
        pub result: String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(connector: &str, result: &str) -> ConnectorRun {
        ConnectorRun {
            connector: connector.into(),
            profile: "Export".into(),
            result: result.into(),
        }
    }

    #[test]
    fn requests_and_events_read_back() {
        for (kind, ordered) in [(CycleKind::Delta, false), (CycleKind::Initial, true)] {
            let request = CycleRequest {
                kind,
                wish: u64::MAX,
                ordered,
            };
            assert_eq!(CycleRequest::from_wire(request.to_wire()), Ok(request));
        }
        for event in [
            CycleEvent::WaitingForRunningCycle,
            CycleEvent::Started {
                kind: CycleKind::Initial,
                warnings: vec![CycleWarning {
                    code: "entra_connect.staging_mode".into(),
                    message: "It exports nothing.".into(),
                    next_step: "Ask the other server.".into(),
                }],
            },
            CycleEvent::Running { seconds: 3 },
            CycleEvent::Ended {
                seconds: 40,
                runs: None,
            },
            CycleEvent::Ended {
                seconds: 40,
                runs: Some(vec![]),
            },
            CycleEvent::Ended {
                seconds: 40,
                runs: Some(vec![run("contoso.com", "success")]),
            },
        ] {
            assert_eq!(CycleEvent::from_wire(event.to_wire()), Ok(event));
        }
    }

    #[test]
    fn anything_but_the_two_words_is_refused() {
        for kind in ["", "Delta", "unspecified", "delta; Remove-Item", "delta\0"] {
            let request = pb::CycleRequest {
                kind: kind.into(),
                wish: 1,
                ordered: false,
            };
            assert!(CycleRequest::from_wire(encode(&request)).is_err(), "{kind}");
        }
        let event = pb::CycleEvent {
            state: "exploded".into(),
            ..pb::CycleEvent::default()
        };
        assert!(CycleEvent::from_wire(encode(&event)).is_err());
    }

    #[test]
    fn what_entra_connect_says_is_bounded() {
        let runs = vec![run(&"ä".repeat(4000), "success"); 1000];
        let event = CycleEvent::Ended {
            seconds: 1,
            runs: Some(runs),
        };

        let Ok(CycleEvent::Ended {
            runs: Some(runs), ..
        }) = CycleEvent::from_wire(event.to_wire())
        else {
            panic!("{event:?}");
        };

        assert_eq!(runs.len(), RUNS_MAX);
        assert_eq!(runs[0].connector.len(), TEXT_BYTES_MAX);
        assert!(runs[0].succeeded());
    }
}
