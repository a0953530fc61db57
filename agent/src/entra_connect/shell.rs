//! PowerShell: one question, one process, one answer.

use std::path::PathBuf;
use std::time::Duration;

use syncline_connectors::contract::Fault;

use super::answer::{self, Answer, Failed};
use super::process::{self, NotSaid};
use super::refusal;
use super::script::{self, Task};
use super::told;
use crate::config::EntraConnectConfig;
use crate::policy::entra_connect::Server;

/// The configured PowerShell.
#[derive(Debug, Clone)]
pub struct Shell {
    program: PathBuf,
    longest: Duration,
}

/// Why a question has no answer.
#[derive(Debug)]
pub enum Failure {
    /// A cmdlet, or the way to it, failed and said why.
    Told(Failed),
    /// PowerShell did not answer, or nothing that can be read.
    NotAnswered(Fault),
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Told(failed) => told::failed(&failed),
            Failure::NotAnswered(fault) => fault,
        }
    }
}

impl Shell {
    /// The configured one.
    pub fn new(config: &EntraConnectConfig) -> Self {
        Self {
            program: config.powershell.clone(),
            longest: Duration::from_millis(config.call_ms),
        }
    }

    /// Asks one question. Dropping the future ends the process.
    pub async fn ask(&self, task: Task, server: Option<&Server>) -> Result<Answer, Failure> {
        let arguments = script::arguments(task, server);
        let said = process::run(&self.program, arguments, self.longest).await;
        let said = said.map_err(|why| {
            if let NotSaid::NotStarted(error) = &why {
                tracing::warn!(program = %self.program.display(), %error, "PowerShell was not started");
            }
            Failure::NotAnswered(refusal::not_said(&why, self.longest))
        })?;
        match answer::read(&said.output) {
            Ok(Answer::Failed(failed)) => Err(Failure::Told(failed)),
            Ok(answer) => Ok(answer),
            Err(why) => {
                let why = format!("{why} (PowerShell ended with {})", said.status);
                let fault = refusal::unreadable(&why);
                Err(Failure::NotAnswered(
                    fault.with_evidence(said.complaint.trim()),
                ))
            }
        }
    }
}
