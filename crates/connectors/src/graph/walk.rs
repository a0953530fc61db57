//! Fetching a walk or a round of one class: page after page into the spool, as fast as the service gives them.
//!
//! Invariants: links are followed until the delta link, however empty a page is; a link is taken only from the
//! cloud's own host, before anything is dialled; an expired page token proves nothing and ends the read.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use tokio::task::AbortHandle;

use super::client::{Ask, Client, Failure};
use super::cloud::below_version;
use super::errors;
use super::properties::Class;
use super::refusal::Refusal;
use super::select::Selection;
use super::spool::Spool;
use super::watermark::expired;

/// Where the read of a class starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// A first walk.
    Walk,
    /// A round, from a delta link below the version.
    Round(String),
}

/// A read that runs beside whoever takes its pages.
pub(super) struct Walk {
    pub(super) spool: Arc<Spool>,
    outcome: Arc<Mutex<Option<Result<String, Fault>>>>,
    task: AbortHandle,
}

/// What of a page says where the read goes on.
#[derive(Deserialize)]
pub(super) struct Links {
    #[serde(rename = "@odata.nextLink")]
    pub(super) next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    pub(super) delta: Option<String>,
}

impl Links {
    /// Those of a page of a class.
    pub(super) fn of(class: Class, page: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(page).map_err(|error| {
            Fault::new(
                "graph.answer_malformed",
                ErrorKind::Connection,
                format!("A page of {} cannot be read.", class.collection()),
                "Nothing to do if it stays alone; else look at who answers under Graph's name.",
            )
            .with_evidence(error.to_string())
        })
    }
}

impl Walk {
    /// Begins to fetch.
    pub(super) fn begin(
        client: &Arc<Client>,
        selection: &Selection,
        start: Start,
    ) -> Result<Self, Fault> {
        let config = &client.config;
        let spool = Spool::open(&config.spool_dir, config.patience.spool_max)?;
        let outcome = Arc::new(Mutex::new(None));
        let fetch = Fetch {
            client: client.clone(),
            spool: spool.clone(),
            class: selection.class,
        };
        let (written, filled) = (outcome.clone(), spool.clone());
        let select = selection.delta_select();
        let task = tokio::spawn(async move {
            let ended = fetch.run(&select, start).await;
            *written.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
            filled.close();
        });
        Ok(Self {
            spool,
            outcome,
            task: task.abort_handle(),
        })
    }

    /// The delta link, once the spool is empty and closed.
    pub(super) fn delta_link(&self) -> Result<String, Fault> {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.take().unwrap_or_else(|| {
            Err(Fault::new(
                "import.cancelled",
                ErrorKind::Connection,
                "The read was stopped before its end.",
                "Start it again; it begins at the last committed watermark.",
            ))
        })
    }
}

/// Whether a class that could not be read still cannot: the fault, or `None` where it can by now.
pub(super) async fn still_refused(
    client: &Arc<Client>,
    selection: &Selection,
) -> Result<Option<Fault>, Fault> {
    let collection = selection.class.collection();
    let path = format!("/{collection}/delta?$select={}", selection.delta_select());
    match client.read(&Ask::get(path)).await {
        Ok(_) => Ok(None),
        Err(Failure::Refused(refusal)) if refusal.status == 403 => {
            Ok(Some(errors::import(selection.class, &refusal)))
        }
        Err(Failure::Refused(refusal)) => Err(errors::import(selection.class, &refusal)),
        Err(Failure::NotSent(fault) | Failure::Unanswered(fault)) => Err(fault),
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Fetch {
    client: Arc<Client>,
    spool: Arc<Spool>,
    class: Class,
}

impl Fetch {
    async fn run(&self, select: &str, start: Start) -> Result<String, Fault> {
        let collection = self.class.collection();
        let is_round = matches!(start, Start::Round(_));
        let mut path = match start {
            Start::Walk => format!("/{collection}/delta?$select={select}"),
            Start::Round(link) => link,
        };
        let mut is_first = true;
        loop {
            let ask = Ask::get(path.as_str());
            let page = match self.client.read(&ask).await {
                Ok(page) => page.body,
                Err(failure) => return Err(self.fault(failure, is_round, is_first)),
            };
            let links = Links::of(self.class, &page)?;
            let graph = &self.client.config.cloud.graph;
            let next = links
                .next
                .map(|link| below_version(graph, &link))
                .transpose()?;
            let delta = links
                .delta
                .map(|link| below_version(graph, &link))
                .transpose()?;
            self.spool.put(&page).await?;
            match (next, delta) {
                (Some(next), _) if next == path => {
                    return Err(self.no_end("a page leads to itself"));
                }
                (Some(next), _) => path = next,
                (None, Some(delta)) => return Ok(delta),
                (None, None) => return Err(self.no_end("a page leads nowhere")),
            }
            is_first = false;
        }
    }

    fn no_end(&self, why: &str) -> Fault {
        Fault::new(
            "import.walk_broken",
            ErrorKind::Connection,
            format!(
                "Reading {} did not come to an end: {why}.",
                self.class.collection()
            ),
            "Nothing to do: it is read anew. Nothing was taken for gone.",
        )
    }

    fn fault(&self, failure: Failure, is_round: bool, is_first: bool) -> Fault {
        let refusal = match failure {
            Failure::NotSent(fault) | Failure::Unanswered(fault) => return fault,
            Failure::Refused(refusal) => refusal,
        };
        let evidence = refusal.evidence();
        let is_token = is_reset(&refusal)
            || (refusal.status == 400 && refusal.says("token") && (is_round || !is_first));
        if is_token && is_round {
            return expired("Entra does not know the place any more").with_evidence(evidence);
        }
        if is_token {
            return Fault::new(
                "import.walk_expired",
                ErrorKind::Connection,
                format!(
                    "Reading all {} was cut off: a page's token had expired.",
                    self.class.collection()
                ),
                "Nothing to do: it is read anew. Nothing was taken for gone.",
            )
            .with_evidence(evidence);
        }
        errors::import(self.class, &refusal)
    }
}

/// The forms in which the service says that a place in a walk or round is lost (delta query overview,
/// "Synchronization reset"; expired page tokens).
fn is_reset(refusal: &Refusal) -> bool {
    refusal.status == 410
        || [
            "syncStateNotFound",
            "syncStateInvalid",
            "resyncRequired",
            "Directory_ExpiredPageToken",
            "Directory_ResultSizeLimitExceeded",
        ]
        .iter()
        .any(|code| refusal.is(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_reset_form_is_known_in_either_letter_case() {
        let refused = |status, code: &str| {
            let body = json!({"error": {"code": code, "message": ""}});
            is_reset(&Refusal::read(status, &body, None))
        };

        assert!(refused(410, ""));
        assert!(refused(400, "syncStateNotFound") && refused(404, "SyncStateNotFound"));
        assert!(refused(400, "resyncRequired") && refused(400, "Directory_ExpiredPageToken"));
        assert!(refused(400, "SyncStateInvalid"));
        assert!(refused(400, "Directory_ResultSizeLimitExceeded"));
        assert!(!refused(403, "Authorization_RequestDenied"));
    }
}
