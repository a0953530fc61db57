//! The commands, one file each.

mod credential;
mod enrol;
mod policy;
mod run;
mod show;

use crate::cli::{Cli, Command, Credential, Policy};
use crate::error::AgentError;
use crate::home::Home;
use crate::identity::AgentIdentity;

/// Carries out a command.
pub fn run(cli: Cli) -> Result<(), AgentError> {
    match cli.command {
        Command::Enrol(options) => enrol::enrol(&options),
        Command::Fingerprint(data) => {
            let identity = AgentIdentity::load(&Home::open(&data.data)?)?;
            println!("{}", identity.fingerprint());
            Ok(())
        }
        Command::Credential(Credential::Set(data)) => credential::set(&Home::open(&data.data)?),
        Command::Credential(Credential::Clear(data)) => credential::clear(&Home::open(&data.data)?),
        Command::Policy(Policy::Check(data)) => policy::check(&Home::open(&data.data)?),
        Command::Policy(Policy::Show(data)) => policy::show(&Home::open(&data.data)?),
        Command::Run(options) => run::run(&options),
        Command::Hold(data) => {
            Home::open(&data.data)?.hold(true)?;
            println!("All writes of this agent are stopped.");
            Ok(())
        }
        Command::Release(data) => {
            Home::open(&data.data)?.hold(false)?;
            println!("This agent writes again what its policy allows.");
            Ok(())
        }
        Command::Status(data) => show::status(&Home::open(&data.data)?),
    }
}

/// A runtime for commands that need one.
fn runtime() -> Result<tokio::runtime::Runtime, AgentError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| {
            AgentError::new(
                "agent.runtime",
                format!("The agent cannot start its threads: {e}."),
                "Check the limits of the agent's user.",
            )
        })
}
