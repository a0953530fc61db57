//! A tenant on this machine: made, started, stopped, removed.
//!
//! Invariants: verbs on one tenant never overlap; each may be repeated after any crash; a runner
//! runs only with the generation of the last complete `ensure`.

mod ensure;
mod gate;
mod remove;
mod runners;
mod start;

pub use gate::{Gate, Moment};
pub use runners::Runners;

use syncline_store::admin::Outcome;
use syncline_wire::host::{StepOutcome, StepReport};

use crate::error::Result;

/// The steps of a verb, as they are done.
struct Steps<'a> {
    gate: &'a Gate,
    done: Vec<StepReport>,
}

impl<'a> Steps<'a> {
    fn new(gate: &'a Gate) -> Self {
        Self {
            gate,
            done: Vec::new(),
        }
    }

    /// Does one step between the two sides of the gate.
    async fn step<T>(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<(T, Outcome)>>,
    ) -> Result<T> {
        self.gate.pass(name, Moment::Before)?;
        let (value, outcome) = work.await?;
        self.gate.pass(name, Moment::After)?;
        let outcome = match outcome {
            Outcome::Found => StepOutcome::Found,
            Outcome::Made => StepOutcome::Made,
        };
        self.done.push(StepReport {
            step: name.to_owned(),
            outcome,
        });
        Ok(value)
    }
}

/// For steps that yield nothing but their outcome.
fn only<E: Into<crate::HostError>>(outcome: Result<Outcome, E>) -> Result<((), Outcome)> {
    outcome.map(|o| ((), o)).map_err(Into::into)
}
