//! One agent's tunnel from its hello to its end.
//!
//! Invariants: the first identity a directory shows is pinned; an agent that reaches another one is
//! quarantined, its tunnel closed, and the directory is left as it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;
use syncline_model::{AgentId, DirectoryId};
use syncline_store::StoreError;
use syncline_store::chain::Act;
use syncline_store::tenant::{Agent, AgentDoc, AgentState, Directory, Durability};
use syncline_wire::enrol::Fingerprint;
use syncline_wire::link::{Capability, CredentialState, HelloAnswer};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::app::App;
use crate::ca::CaError;
use crate::http::context::now_ms;
use crate::http::settings_of;
use crate::tunnel::{AgentLink, LinkError};

/// A tunnel that is up.
#[derive(Clone)]
pub struct Session {
    /// The agent at its other end.
    pub agent: AgentId,
    /// The directory it serves.
    pub directory: DirectoryId,
    /// The link.
    pub link: AgentLink,
    /// What its host holds.
    pub credential: CredentialState,
    /// Whether its host's policy allows writes at all.
    pub writes: bool,
    /// What the agent said it can do, as bits of [`Capability`].
    pub capabilities: u64,
    /// Distinguishes this tunnel from an earlier one of the same agent.
    pub number: u64,
}

impl Session {
    /// Whether the directory accepts the host's credential, as far as is known.
    pub fn credential_works(&self) -> bool {
        matches!(self.credential, CredentialState::Present)
    }

    /// Whether the agent said that it can do this.
    pub fn offers(&self, what: Capability) -> bool {
        what.is_in(self.capabilities)
    }
}

/// Why a tunnel did not come up.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// There is no such agent, or it may not connect.
    #[error("the agent is not confirmed (agents.not_confirmed)")]
    NotConfirmed,
    /// It reached another domain than the directory is pinned to.
    #[error(
        "the agent reached another domain than the directory is pinned to (agents.domain_mismatch)"
    )]
    OtherDomain,
    /// The inner connection.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// This runner's certificate.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

static NUMBER: AtomicU64 = AtomicU64::new(1);

/// Makes a tunnel over relayed bytes usable, and keeps listening for change notices until it closes.
pub async fn open<S>(app: &Arc<App>, agent: AgentId, stream: S) -> Result<(), SessionError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let row = app
        .db
        .read()
        .await?
        .agent(agent)
        .await?
        .ok_or(SessionError::NotConfirmed)?;
    let (AgentState::Confirmed, Some(public_key)) = (row.state, &row.public_key) else {
        return Err(SessionError::NotConfirmed);
    };
    let fingerprint = Fingerprint::of_spki(public_key);
    let link = AgentLink::connect(stream, &*app.trust.identity()?, agent, fingerprint).await?;
    let directory = app.db.read().await?.directory(row.directory).await?;
    let format = directory.and_then(|directory| settings_of(&directory).file);
    let hello = link.hello_with(row.directory, format).await?;
    pin(app, &row, &hello).await?;
    describe(app, row.directory, &link, &hello).await?;
    let session = Session {
        agent,
        directory: row.directory,
        link,
        credential: hello.credential,
        writes: hello.policy.writes,
        capabilities: hello.capabilities,
        number: NUMBER.fetch_add(1, Ordering::Relaxed),
    };
    app.hub.put(session.clone());
    tracing::info!(agent = %agent, directory = %row.directory, "agent connected");
    tokio::spawn(listen(app.clone(), session));
    Ok(())
}

/// Compares what the agent reached with what the directory is pinned to; pins it the first time.
async fn pin(app: &App, row: &Agent, hello: &HelloAnswer) -> Result<(), SessionError> {
    let mut tx = app.db.write(Durability::Durable).await?;
    let mut doc = AgentDoc {
        name: row.doc.name.clone(),
        computer: hello.computer.clone(),
        domain: row.doc.domain.clone(),
        version: hello.build.clone(),
        credentials: credential_word(hello.credential).to_owned(),
        detail: json!({"writes": hello.policy.writes}),
    };
    let Ok(identity) = &hello.identity else {
        tx.agent_seen(row.id, now_ms(), &doc).await?;
        return Ok(tx.commit().await?);
    };
    let mut directory = tx
        .directory(row.directory)
        .await?
        .ok_or(SessionError::NotConfirmed)?;
    let pinned = directory
        .doc
        .identity
        .as_ref()
        .map(|identity| identity.pin.clone());
    let other = pinned.as_ref().is_some_and(|pin| *pin != identity.pin);
    if other {
        doc.detail["quarantined"] = json!(true);
    }
    if pinned.is_none() {
        directory.doc.identity = Some(identity.clone());
        tx.directory_change(row.directory, directory.version, &directory.doc)
            .await?;
        tx.audit(act(
            row,
            "directories.pin",
            "done",
            json!({"pin": identity.pin}),
        ));
    }
    if other {
        tx.audit(act(
            row,
            "agents.connect",
            "agents.domain_mismatch",
            json!({"pin": pinned, "reached": identity.pin}),
        ));
    }
    tx.agent_seen(row.id, now_ms(), &doc).await?;
    tx.commit().await?;
    app.outbox_grew();
    if other {
        Err(SessionError::OtherDomain)
    } else {
        Ok(())
    }
}

/// Keeps what the connector says the directory can hold, when it can say it.
async fn describe(
    app: &App,
    directory: DirectoryId,
    link: &AgentLink,
    hello: &HelloAnswer,
) -> Result<(), SessionError> {
    if hello.identity.is_err() {
        return Ok(());
    }
    let schema = link.schema().await?;
    let known = app.db.read().await?.directory_schema(directory).await?;
    if known.as_deref() != Some(&schema) {
        let mut tx = app.db.write(Durability::Durable).await?;
        tx.directory_set_schema(directory, &schema).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Tells a connected agent how the files of its folder are read now, and asks what they hold.
pub async fn tell_format(app: &App, row: &Directory) {
    let Some(session) = app.hub.of(row.id).filter(|_| row.kind == "hr-file") else {
        return;
    };
    let told = async {
        let format = settings_of(row).file;
        let hello = session.link.hello_with(row.id, format).await?;
        describe(app, row.id, &session.link, &hello).await
    };
    if let Err(error) = told.await {
        // It is told at its next hello.
        tracing::warn!(directory = %row.id, "the agent was not told how files are read: {error}");
    }
}

/// Hands change notices to the desk until the tunnel closes.
async fn listen(app: Arc<App>, session: Session) {
    app.desk.reachable(session.directory);
    if let Ok(mut notices) = session.link.changes().await {
        while let Ok(Some(_)) = notices.next_item().await {
            app.desk.changed(session.directory);
        }
    }
    session.link.closed().await;
    app.hub.remove(&session);
    tracing::info!(agent = %session.agent, "agent disconnected");
}

/// How an agent's credential is written in its row.
pub fn credential_word(credential: CredentialState) -> &'static str {
    match credential {
        CredentialState::Present => "present",
        CredentialState::Missing => "missing",
        CredentialState::RefusedSince { .. } => "refused",
    }
}

fn act(row: &Agent, action: &str, result: &str, detail: serde_json::Value) -> Act {
    Act {
        at_ms: now_ms(),
        actor: row.id.to_string(),
        action: action.into(),
        target: Some(row.directory.to_string()),
        result: result.into(),
        request_id: None,
        detail,
    }
}
