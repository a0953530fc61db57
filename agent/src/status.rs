//! What `syncline-agent status` shows of a running agent: a small file, written when something changes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::directory::now_s;
use crate::home::{self, Home};

/// How the running agent stands with the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Connection {
    /// Connected.
    Connected,
    /// Not connected; it is tried again.
    Waiting {
        /// Why.
        because: String,
    },
    /// Revoked; it is not tried again.
    Revoked,
}

/// The file's content.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// Since when, in seconds since 1970.
    pub since_s: i64,
    /// How it stands.
    #[serde(flatten)]
    pub connection: Connection,
}

/// Writes the file.
pub struct Status(PathBuf);

impl Status {
    /// The file in a data directory.
    pub fn new(home: &Home) -> Self {
        Self(home.path("status.json"))
    }

    /// Writes how it stands now.
    pub fn set(&self, connection: &Connection) {
        let report = Report {
            since_s: now_s(),
            connection: connection.clone(),
        };
        if let Ok(json) = serde_json::to_vec(&report)
            && let Err(error) = home::write_private(&self.0, &json)
        {
            tracing::warn!(%error, "the status file cannot be written");
        }
    }

    /// Reads it.
    pub fn read(&self) -> Option<Report> {
        let text = home::read_trusted(&self.0).ok()??;
        serde_json::from_str(&text).ok()
    }
}
