//! A protocol double of PowerShell on an Entra Connect server, named as such: `syncline-pwsh-double`.
//!
//! It is a program of its own that the agent starts in PowerShell's place. It takes nothing but the agent's
//! own script on the agent's own command line, and answers as that script would over the cmdlets of the module
//! ADSync, out of a scheduler that a test has written. The properties are those of Microsoft's page on the
//! scheduler; the words of errors are those of public reports. It is no PowerShell: that the script itself runs
//! in one is not shown by it.
//!
//! Invariants: time passes by looks, one step a look, never by a clock; every call is written down before it
//! is answered; two calls at once are written down as such.

pub mod answer;
pub mod world;

pub use world::{Fault, Pwsh, Refusal, Scheduler, has_ended};
