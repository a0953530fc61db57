//! `cargo xtask messages`: the page of message codes from the catalogue.
//!
//! Invariant: the page is the catalogue and nothing else; a test of the catalogue compares the committed one.

use anyhow::Context as _;

use crate::checks::root;

const FILE: &str = "docs/messages.md";

/// Write docs/messages.md.
#[derive(clap::Args)]
pub struct Messages {}

impl Messages {
    /// Writes it.
    pub fn run(&self) -> anyhow::Result<()> {
        let path = root().join(FILE);
        std::fs::write(&path, syncline_model::message::page())
            .with_context(|| format!("{} cannot be written", path.display()))?;
        println!("wrote {}", path.display());
        Ok(())
    }
}
