//! The small calls: hello, schema, targeted reads, inspections, traces, notices, certificate renewal.

use syncline_connectors::contract::{Capabilities, ChangeNotice, Fault, ReadRequest};
use syncline_model::error::ErrorKind;
use syncline_wire::link::{
    Capability, CertificateInstall, CertificateRequest, Empty, Hello, HelloAnswer, InspectAnswer,
    InspectFile, SchemaAnswer, TraceAdd,
};

use super::body::{Answer, Questions};
use super::import::no_secrets;
use crate::agent::Agent;
use crate::directory::local;
use crate::stop::Stopping;

pub(super) async fn hello(
    agent: &Agent,
    mut questions: Questions,
    answer: &Answer,
) -> Result<(), Fault> {
    let hello: Hello = questions.one().await?;
    let protocol = hello.common_protocol().ok_or_else(|| {
        Fault::new(
            "agent.protocol_unknown",
            ErrorKind::Internal,
            "Agent and service speak no common version of the protocol.",
            "Update the agent.",
        )
    })?;
    if hello.directory != agent.identity.enrolment.directory {
        return Err(Fault::new(
            "agent.other_directory",
            ErrorKind::PolicyRefused,
            "The agent was enrolled for another directory.",
            "Enrol the host anew for this directory.",
        ));
    }
    agent.directory.confirm(hello.format);
    let identity = agent.directory.identity().await;
    let connector = agent.directory.connector();
    // After the directory was asked: only now is it known whether it takes the credential.
    let standing = agent.standing();
    agent.tell(Some(standing));
    let capabilities = match agent.entra_connect.is_allowed() {
        true => Capability::OURS,
        false => Capability::EntraConnect.without(Capability::OURS),
    };
    let said = HelloAnswer {
        protocol,
        capabilities,
        build: env!("CARGO_PKG_VERSION").into(),
        computer: agent.computer.clone(),
        credential: standing.credential,
        identity: identity.map(|identity| (*identity).clone()),
        connector: connector.map_or(Capabilities::default(), |c| c.capabilities()),
        policy: standing.policy,
        certificate_expires_s: agent.identity.certificate_expires_s(),
    };
    answer.item(&said).await?;
    Ok(answer.end(&Empty).await?)
}

pub(super) async fn schema(agent: &Agent, answer: &Answer) -> Result<(), Fault> {
    agent.directory.identity().await?;
    let connector = agent.directory.connector()?;
    let schema = connector
        .describe()
        .await
        .map_err(|fault| agent.directory.noted(fault))?;
    answer.item(&SchemaAnswer(schema)).await?;
    Ok(answer.end(&Empty).await?)
}

pub(super) async fn read(
    agent: &Agent,
    mut questions: Questions,
    answer: &Answer,
) -> Result<(), Fault> {
    let request: ReadRequest = questions.one().await?;
    no_secrets(request.types.iter().flat_map(|(_, attrs)| attrs))?;
    agent.directory.known().await?;
    let connector = agent.directory.connector()?;
    let answers = connector
        .read(request)
        .await
        .map_err(|fault| agent.directory.noted(fault))?;
    for found in &answers {
        answer.item(found).await?;
    }
    Ok(answer.end(&Empty).await?)
}

pub(super) async fn inspect(
    agent: &Agent,
    mut questions: Questions,
    answer: &Answer,
) -> Result<(), Fault> {
    let question: InspectFile = questions.one().await?;
    let inspection = agent.directory.inspect(question.draft).await?;
    tracing::info!(
        rows = inspection.rows,
        problems = inspection.problems_total,
        "HR file inspected"
    );
    answer.item(&InspectAnswer(inspection)).await?;
    Ok(answer.end(&Empty).await?)
}

pub(super) async fn trace_add(
    agent: &Agent,
    mut questions: Questions,
    answer: &Answer,
) -> Result<(), Fault> {
    let trace: TraceAdd = questions.one().await?;
    let found = agent.lane.lock().await.trace_add(&trace).await?;
    answer.item(&found).await?;
    Ok(answer.end(&Empty).await?)
}

/// Notices until the caller leaves or the agent stops; several changes may come as one.
pub(super) async fn changes(
    agent: &Agent,
    stopping: Stopping,
    answer: &Answer,
) -> Result<(), Fault> {
    let mut changes = agent.directory.changes();
    loop {
        tokio::select! {
            changed = changes.changed() => {
                if changed.is_err() {
                    break;
                }
                answer.item(&ChangeNotice::default()).await?;
            }
            () = stopping.told() => break,
        }
    }
    Ok(answer.end(&Empty).await?)
}

pub(super) async fn certificate_request(agent: &Agent, answer: &Answer) -> Result<(), Fault> {
    let csr_pem = agent.identity.renewal_request().map_err(|e| local(&e))?;
    answer.item(&CertificateRequest { csr_pem }).await?;
    Ok(answer.end(&Empty).await?)
}

pub(super) async fn certificate_install(
    agent: &Agent,
    mut questions: Questions,
    answer: &Answer,
) -> Result<(), Fault> {
    let new: CertificateInstall = questions.one().await?;
    agent
        .identity
        .install(&new.certificate_pem)
        .map_err(|e| local(&e))?;
    tracing::info!("new certificate taken");
    answer.item(&Empty).await?;
    Ok(answer.end(&Empty).await?)
}
