//! `credential set` and `credential clear`: the directory password stays on this host.

use std::io::{IsTerminal as _, Read as _};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::error::AgentError;
use crate::home::{self, Home};

/// Longer than any password a directory takes.
const PASSWORD_BYTES_MAX: u64 = 4096;

pub(super) fn set(home: &Home) -> Result<(), AgentError> {
    let password = read_secret("Password: ")?;
    if password.is_empty() {
        return Err(AgentError::new(
            "agent.credential_empty",
            "No password came on standard input.",
            "Pipe it in or type it: `syncline-agent credential set < password-file`.",
        ));
    }
    home::write_private(&home.credential(), password.as_bytes())?;
    println!("The password is set; a running agent uses it from now on.");
    Ok(())
}

pub(super) fn clear(home: &Home) -> Result<(), AgentError> {
    let path = home.credential();
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(AgentError::file("removed", &path, &e))
        }
        _ => {
            println!("No password is kept on this host.");
            Ok(())
        }
    }
}

/// The first line of standard input, without echo when a person types it.
pub(super) fn read_secret(prompt: &str) -> Result<Zeroizing<String>, AgentError> {
    let failed = |e: std::io::Error| {
        AgentError::new(
            "agent.stdin",
            format!("Standard input cannot be read: {e}."),
            "Pipe the secret in.",
        )
    };
    let stdin = std::io::stdin();
    let mut text = Zeroizing::new(String::new());
    if stdin.is_terminal() {
        eprint!("{prompt}");
        let modes = tcgetattr(&stdin).map_err(|e| failed(e.into()))?;
        let mut quiet = modes.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Now, &quiet).map_err(|e| failed(e.into()))?;
        let read = stdin.read_line(&mut text);
        // Whatever was read, the terminal gets its echo back.
        let restored = tcsetattr(&stdin, OptionalActions::Now, &modes);
        eprintln!();
        read.map_err(failed)?;
        restored.map_err(|e| failed(e.into()))?;
    } else {
        stdin
            .lock()
            .take(PASSWORD_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(failed)?;
    }
    let first = text.lines().next().unwrap_or_default();
    Ok(Zeroizing::new(first.to_owned()))
}
