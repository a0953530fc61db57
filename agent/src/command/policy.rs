//! `policy check` and `policy show`.

use crate::error::AgentError;
use crate::home::Home;
use crate::policy::Policy;

pub(super) fn check(home: &Home) -> Result<(), AgentError> {
    let policy = Policy::load(&home.policy())?;
    let verdict = if policy.writes {
        "writes are allowed as listed"
    } else {
        "read-only"
    };
    println!("{} is valid: {verdict}.", home.policy().display());
    Ok(())
}

pub(super) fn show(home: &Home) -> Result<(), AgentError> {
    print!("{}", Policy::load(&home.policy())?.describe());
    if home.is_held() {
        println!("HELD: all writes are stopped until `syncline-agent release`.");
    }
    Ok(())
}
