//! `syncline-enrol source|target|folder`: what a story in a browser calls where a person would go to the host.
//!
//! Hands the one-time key on standard input to the test that plays the story, which enrols a real agent, runs it and
//! ends it with itself ([`syncline_tests::hosts`]), and prints the fingerprint.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use anyhow::{Context as _, bail};
use syncline_tests::hosts::{FINGERPRINT, RECEPTION};

fn main() -> anyhow::Result<()> {
    let side = std::env::args().nth(1).context(
        "usage: syncline-enrol source|target|folder, with the one-time key on standard input",
    )?;
    let reception = std::env::var_os(RECEPTION).with_context(|| {
        format!("{RECEPTION} is missing: the test that runs the agents sets it")
    })?;
    let mut key = String::new();
    std::io::stdin().read_to_string(&mut key)?;

    let mut test = UnixStream::connect(reception)?;
    test.write_all(format!("{side}\n{}", key.trim()).as_bytes())?;
    test.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    test.read_to_string(&mut answer)?;

    let Some(fingerprint) = answer.strip_prefix(FINGERPRINT) else {
        bail!("the agent was not enrolled: {answer}");
    };
    println!("{fingerprint}");
    Ok(())
}
