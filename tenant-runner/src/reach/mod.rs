//! How a directory is reached: through an agent's tunnel, or by a connector of this process.
//!
//! Invariants: jobs do not know which; a stream that was cut is a fault and never an end; what was handed over is
//! answered once, or has an unknown outcome.

mod outcomes;
mod pages;

use std::sync::Arc;

use bytes::Bytes;
use futures::stream;
use syncline_connectors::contract::Connector;
use syncline_model::DirectoryId;
use syncline_model::connector::{AddTrace, Fault, OpOutcome, ReadAnswer, ReadRequest};
use syncline_model::error::ErrorKind;
use syncline_model::import::ImportRequest;
use syncline_model::op::{OpHash, Operation};
use syncline_wire::link::{Capability, ExportContext, ExportOp, OpResult, TraceAdd};

use crate::agents::Session;
use crate::app::App;
use crate::jobs::KnownAs;

pub use outcomes::Outcomes;
pub use pages::Pages;

/// A directory that can be reached now.
#[derive(Clone)]
pub struct Reach {
    /// The directory.
    pub directory: DirectoryId,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Agent(Session),
    Own(Arc<dyn Connector>),
}

/// An operation that is handed over.
pub struct Handed {
    /// What is to be done.
    pub operation: Operation,
    /// Its hash, by which it is answered.
    pub hash: OpHash,
    /// Who let it pass, and when.
    pub context: ExportContext,
}

impl Reach {
    /// A way to a directory. Where an agent was connected a moment ago its return is waited for.
    pub async fn soon(app: &App, directory: DirectoryId) -> Option<Self> {
        let way = match app.clouds.get(directory) {
            Some(connector) => Way::Own(connector),
            None => Way::Agent(app.hub.soon(directory).await?),
        };
        Some(Self { directory, way })
    }

    /// A way to go on with after a stream of this one broke.
    pub async fn after(&self, app: &App) -> Option<Self> {
        let way = match &self.way {
            Way::Agent(broken) => Way::Agent(app.hub.after(broken).await?),
            Way::Own(_) => return Self::soon(app, self.directory).await,
        };
        Some(Self {
            directory: self.directory,
            way,
        })
    }

    /// Why there is no way to a directory.
    pub fn none(app: &App, directory: DirectoryId) -> Fault {
        let (code, message, next) = if app.clouds.is_known(directory) {
            (
                "clouds.not_connected",
                "The cloud directory has no working connection yet.",
                "Upload the certificate, grant the permissions and check the connection.",
            )
        } else {
            (
                "agents.offline",
                "No confirmed agent of this directory is connected.",
                "Check the agent's service on its host.",
            )
        };
        Fault::new(code, ErrorKind::AgentOffline, message, next)
    }

    /// How long after an acknowledged write a read may still show what was before, in milliseconds.
    pub fn settle_ms(&self) -> u64 {
        match &self.way {
            // An agent's connectors read where they wrote.
            Way::Agent(_) => 0,
            Way::Own(connector) => connector.capabilities().settle_ms,
        }
    }

    /// Reads everything, or what changed; pages come as fast as they are taken.
    pub async fn import(&self, request: ImportRequest) -> Result<Pages, Fault> {
        match &self.way {
            Way::Agent(session) => {
                let pages = session.link.import(request).await;
                Ok(Pages::through(pages.map_err(|error| error.into_fault())?))
            }
            Way::Own(connector) => Ok(Pages::of(connector.clone(), request)),
        }
    }

    /// Hands operations over; each is answered once, in any order. What has no answer when the stream fails has an
    /// unknown outcome.
    pub async fn export(&self, handed: Vec<Handed>, known: KnownAs) -> Result<Outcomes, Fault> {
        match &self.way {
            Way::Agent(session) => {
                let knows = Capability::InitialPassword.is_in(session.capabilities);
                let (handed, too_old): (Vec<_>, Vec<_>) = handed
                    .into_iter()
                    .partition(|one| knows || one.operation.password().is_none());
                let operations = handed.into_iter().map(|one| ExportOp {
                    canonical: Bytes::from(one.operation.canonical()),
                    hash: one.hash,
                    context: one.context,
                });
                // The agent remembers by itself what it added.
                let operations: Vec<_> = operations.collect();
                let results = session.link.export(stream::iter(operations)).await;
                let refused = too_old.into_iter().map(|one| OpResult {
                    hash: one.hash,
                    outcome: OpOutcome::Rejected(too_old_for_passwords()),
                    sealed: None,
                });
                Ok(Outcomes::through(
                    results.map_err(|error| error.into_fault())?,
                    refused.collect(),
                ))
            }
            Way::Own(connector) => Ok(Outcomes::of(connector.clone(), handed, known)),
        }
    }

    /// What lies where an Add with unknown outcome would have put its object.
    pub async fn trace_add(
        &self,
        operation: &Operation,
        hash: OpHash,
        known: &KnownAs,
    ) -> Result<AddTrace, Fault> {
        match &self.way {
            Way::Agent(session) => {
                let add = TraceAdd {
                    canonical: Bytes::from(operation.canonical()),
                    hash,
                };
                let trace = session.link.trace_add(add).await;
                trace.map_err(|error| error.into_fault())
            }
            Way::Own(connector) => connector.trace_add(operation, known).await,
        }
    }

    /// Reads these objects, each answered once and in order.
    pub async fn read(&self, request: ReadRequest) -> Result<Vec<ReadAnswer>, Fault> {
        match &self.way {
            Way::Agent(session) => {
                let answers = session.link.read(request).await;
                answers.map_err(|error| error.into_fault())
            }
            Way::Own(connector) => connector.read(request).await,
        }
    }
}

fn too_old_for_passwords() -> Fault {
    Fault::new(
        "agents.too_old",
        ErrorKind::ConstraintViolation,
        "The account was not created: the directory's agent is of a build that knows no initial passwords.",
        "Install the present agent on its host.",
    )
}
