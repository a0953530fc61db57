//! The vendor's clouds and their roots.

use serde::Deserialize;

/// One of the vendor's clouds; a token of one is worth nothing in another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Cloud {
    /// The vendor's name for it, for example `global`.
    pub name: String,
    /// Where tokens come from.
    pub login: String,
    /// Where Graph is.
    pub graph: String,
    /// Where Exchange is.
    pub exchange: String,
    /// What else lives there.
    pub also: Option<String>,
}

#[derive(Deserialize)]
struct Document {
    clouds: Vec<Cloud>,
}

pub(crate) fn published() -> Vec<Cloud> {
    let document: Document =
        serde_json::from_str(include_str!("../data/clouds.json")).expect("clouds.json is readable");
    document.clouds
}
