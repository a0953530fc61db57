//! The scripted scheduler, its file, and the calls that reached it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::wait::until;

/// The scheduler of an Entra Connect server, and what goes wrong on the way to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scheduler {
    /// `SyncCycleEnabled`.
    pub enabled: bool,
    /// `StagingModeEnabled`.
    pub staging: bool,
    /// `SchedulerSuspended`.
    pub suspended: bool,
    /// For how many looks a cycle that nobody here ordered is at work.
    pub foreign: u32,
    /// For how many looks a connector is at work outside any cycle.
    pub connector: u32,
    /// How many looks an ordered cycle takes to begin.
    pub begins_after: u32,
    /// For how many looks it is at work.
    pub lasts: u32,
    /// Whether the history can be asked.
    pub history: bool,
    /// The result of an ordered cycle's exports.
    pub result: String,
    /// The server's name, when it is reached over a session.
    pub server: Option<String>,
    /// What goes wrong with the next looks, one after the other.
    pub looks: Vec<Fault>,
    /// What goes wrong with the next orders, one after the other.
    pub orders_meet: Vec<Fault>,
    /// The orders that were taken.
    pub orders: Vec<String>,
    /// The ids of the runs in the history.
    pub runs: Vec<String>,
    /// Looks since the last order, until its cycle is over.
    pub since_order: Option<u32>,
}

/// What goes wrong with one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Fault {
    /// Nothing.
    None,
    /// There is no module ADSync.
    NoModule,
    /// The account has no right.
    NotElevated,
    /// There is no session to the server.
    NoSession,
    /// The cmdlet fails with this.
    Refuses(Refusal),
    /// The order's `Result` is this word.
    Result(String),
    /// Bytes that are no text.
    Garbage,
    /// A hundred megabytes.
    Huge,
    /// Nothing is said.
    Silent,
    /// The answer comes twice.
    Twice,
    /// The answer is cut.
    Cut,
    /// It complains and ends with an error.
    Crash,
    /// It never ends. A child of it reads from it until its end, as ssh does.
    Hangs,
    /// It never ends, and neither does a child that waits for nobody.
    HangsWithChild,
}

/// An exception of a cmdlet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Its message.
    pub message: String,
}

impl Refusal {
    /// The report of an order while a connector is at work.
    pub fn busy() -> Fault {
        Self::saying(
            "System.InvalidOperationException: Connector: contoso.onmicrosoft.com - AAD is busy.",
        )
    }

    /// The report of an order while the scheduler is suspended.
    pub fn suspended() -> Fault {
        Self::saying(
            "System.InvalidOperationException: Scheduler is already suspended via global parameters.",
        )
    }

    /// In other words.
    pub fn saying(message: &str) -> Fault {
        Fault::Refuses(Self {
            message: message.into(),
        })
    }
}

impl Default for Scheduler {
    fn default() -> Self {
        Self {
            enabled: true,
            staging: false,
            suspended: false,
            foreign: 0,
            connector: 0,
            begins_after: 1,
            lasts: 2,
            history: true,
            result: "success".into(),
            server: None,
            looks: vec![],
            orders_meet: vec![],
            orders: vec![],
            runs: vec!["before".into()],
            since_order: None,
        }
    }
}

/// One call that reached the double.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// `look`, `start-delta`, `start-initial`.
    pub task: String,
    /// Its command line, without the program.
    pub arguments: Vec<String>,
    /// The names of its environment.
    pub environment: Vec<String>,
    /// Whether another call was under way.
    pub overlaps: bool,
}

/// The processes of a call that hangs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Hanging {
    /// The double.
    pub pid: i32,
    /// Its child.
    pub child: i32,
}

/// The double in a directory of its own.
#[derive(Debug, Clone)]
pub struct Pwsh {
    directory: PathBuf,
}

impl Pwsh {
    /// Puts it there; `program` is the double's binary.
    pub fn install(directory: &Path, program: &str) -> Self {
        fs::create_dir_all(directory).unwrap();
        let pwsh = Self::at(directory);
        pwsh.write(&Scheduler::default());
        let script = format!(
            "#!/bin/sh\nexec '{program}' '{}' \"$@\"\n",
            directory.display()
        );
        fs::write(pwsh.program(), script).unwrap();
        fs::set_permissions(pwsh.program(), fs::Permissions::from_mode(0o700)).unwrap();
        pwsh
    }

    /// The one in a directory.
    pub fn at(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }

    /// What stands as `powershell` in the agent's configuration.
    pub fn program(&self) -> PathBuf {
        self.directory.join("pwsh")
    }

    /// The scheduler as it stands now; of one that nobody has written, what it is by itself.
    pub fn scheduler(&self) -> Scheduler {
        fs::read(self.file("scheduler.json"))
            .map(|text| serde_json::from_slice(&text).unwrap())
            .unwrap_or_default()
    }

    /// Changes it.
    pub fn set(&self, change: impl FnOnce(&mut Scheduler)) {
        let mut scheduler = self.scheduler();
        change(&mut scheduler);
        self.write(&scheduler);
    }

    /// Every call so far.
    pub fn calls(&self) -> Vec<Call> {
        let text = fs::read_to_string(self.file("calls")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The processes of a call that hangs, once there is one.
    pub async fn hanging(&self) -> Hanging {
        let file = self.file("hanging");
        until("a call hangs", || file.exists()).await;
        serde_json::from_slice(&fs::read(&file).unwrap()).unwrap()
    }

    /// A file of the double's.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Replaces a file whole.
    pub fn replace(&self, name: &str, content: &impl Serialize) {
        let new = self.file(&format!("{name}.{}.new", std::process::id()));
        fs::write(&new, serde_json::to_vec(content).unwrap()).unwrap();
        fs::rename(&new, self.file(name)).unwrap();
    }

    /// Replaces the scheduler.
    pub fn write(&self, scheduler: &Scheduler) {
        self.replace("scheduler.json", scheduler);
    }
}

/// Whether a process has ended. One that nobody has reaped yet has.
pub fn has_ended(pid: i32) -> bool {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Err(_) => true,
        Ok(stat) => stat
            .rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.starts_with('Z')),
    }
}
