//! The hosts beside both forests and beside an HR system's folder, for a story that is played by clicks: whoever comes
//! to the reception with a side and a one-time key gets a running agent and its fingerprint.
//!
//! Invariants: the agents are children of the test and end with the [`Hosts`], however the story went; a failure is
//! answered in words, never by silence.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, bail};
use syncline_lab::Lab;
use syncline_ldap_proxy::{Proxy, ProxyOptions};
use tempfile::TempDir;

use syncline_api_tests::Folder;

use crate::agent::{Agent, Writes};

/// The variable that tells `syncline-enrol` where the reception is.
pub const RECEPTION: &str = "E2E_RECEPTION";
/// What an answer begins with when the agent runs.
pub const FINGERPRINT: &str = "fingerprint ";

const SILENCE_MAX: Duration = Duration::from_secs(10);

/// A reception at which agents are enrolled.
pub struct Hosts {
    folder: TempDir,
    closed: Arc<AtomicBool>,
    keeper: Option<JoinHandle<()>>,
}

impl Hosts {
    /// Opens the reception for agents of these forests that serve this Syncline.
    pub fn open(lab: Arc<Lab>, url: &str) -> anyhow::Result<Self> {
        Self::of(
            Places::Forests {
                doors: Box::new([
                    Proxy::in_front_of(&lab.contoso, ProxyOptions::windows(1))?,
                    Proxy::in_front_of(&lab.fabrikam, ProxyOptions::windows(2))?,
                ]),
                lab,
            },
            url,
        )
    }

    /// Opens the reception for the agent of a folder into which an HR system drops files.
    pub fn of_folder(folder: &Path, url: &str) -> anyhow::Result<Self> {
        Self::of(Places::Folder(folder.to_owned()), url)
    }

    fn of(places: Places, url: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let listener = UnixListener::bind(socket(&folder))?;
        let closed = Arc::new(AtomicBool::new(false));
        let mut desk = Desk {
            agents: Vec::new(),
            places,
            url: url.to_owned(),
        };
        let is_closed = Arc::clone(&closed);
        let keeper = std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                if is_closed.load(Ordering::SeqCst) {
                    return;
                }
                // A caller that went away has failed its story already.
                let _ = desk.serve(caller);
            }
        });
        Ok(Self {
            folder,
            closed,
            keeper: Some(keeper),
        })
    }

    /// Where the reception is.
    pub fn reception(&self) -> PathBuf {
        socket(&self.folder)
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        // Wakes the keeper, which then sees that it is closed; the agents end with it.
        let woken = UnixStream::connect(self.reception());
        if let (Ok(_), Some(keeper)) = (woken, self.keeper.take()) {
            let _ = keeper.join();
        }
    }
}

fn socket(folder: &TempDir) -> PathBuf {
    folder.path().join("reception")
}

struct Desk {
    // Fields drop in this order: the agents end before their directories.
    agents: Vec<Agent>,
    places: Places,
    url: String,
}

/// What the agents serve.
enum Places {
    Forests {
        /// In front of the source, and of the target.
        doors: Box<[Proxy; 2]>,
        lab: Arc<Lab>,
    },
    Folder(PathBuf),
}

impl Places {
    /// Prepares the host of an agent for its side.
    fn prepare(&self, side: &str, agent: &Agent) -> anyhow::Result<()> {
        match (self, side) {
            (Self::Forests { doors, lab }, "source") => {
                agent.serve_forest(&lab.contoso, &doors[0], Writes::Off)
            }
            (Self::Forests { doors, lab }, "target") => {
                agent.serve_forest(&lab.fabrikam, &doors[1], Writes::Synced)
            }
            (Self::Folder(folder), "folder") => agent.serve_folder(folder),
            (_, other) => bail!("no host is of the side {other:?}"),
        }
    }
}

impl Desk {
    fn serve(&mut self, mut caller: UnixStream) -> anyhow::Result<()> {
        caller.set_read_timeout(Some(SILENCE_MAX))?;
        let mut asked = String::new();
        caller.read_to_string(&mut asked)?;
        let answer = match self.enrol(&asked) {
            Ok(fingerprint) => format!("{FINGERPRINT}{fingerprint}"),
            Err(error) => format!("{error:#}"),
        };
        caller.write_all(answer.as_bytes())?;
        Ok(())
    }

    fn enrol(&mut self, asked: &str) -> anyhow::Result<String> {
        let (side, key) = asked.split_once('\n').context("a side and a key")?;
        let (mut agent, fingerprint) = Agent::enrol(Folder::below(None, side)?, &self.url, key)?;
        self.places.prepare(side, &agent)?;
        // It waits outside until a person has confirmed it.
        agent.run()?;
        self.agents.push(agent);
        Ok(fingerprint)
    }
}
