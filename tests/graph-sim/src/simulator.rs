//! A running simulator and its handle: a process of its own, or threads of this one.
//!
//! Invariant: it ends when its handle is dropped, and when the process that holds the handle dies.

use crate::{Addresses, Control, Options, server};
use std::{
    env, io,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{LazyLock, Mutex, PoisonError, mpsc},
    thread,
};
use tokio::runtime::Runtime;

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// There is no program to run.
    #[error(
        "The Graph simulator's program is not at {0}: build it with `cargo build -p syncline-graph-sim` (`graph_sim.program`)"
    )]
    NoProgram(PathBuf),
    /// A process, a thread or a port was not to be had.
    #[error("The Graph simulator did not start: {0} (`graph_sim.start`)")]
    NotStarted(#[from] io::Error),
}

/// A running simulator; dropping it ends it.
#[derive(Debug)]
pub struct Simulator {
    addresses: Addresses,
    running: Running,
}

#[derive(Debug)]
enum Running {
    Process(Child),
    Threads(Option<Runtime>),
}

impl Simulator {
    /// Runs the program.
    ///
    /// # Errors
    /// When there is no program, or it does not say where it listens.
    pub fn start(options: &Options) -> Result<Self, SimulatorError> {
        let program = options.program.clone().map_or_else(beside_this_test, Ok)?;
        if !program.is_file() {
            return Err(SimulatorError::NoProgram(program));
        }
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "--"])
            .arg(program)
            .args(["--seed", &options.seed.to_string()])
            .args(["--replicas", &options.replicas.to_string()])
            .args(["--log-max", &options.log_max.to_string()])
            .args(["--port", &options.port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if options.tls {
            command.arg("--tls");
        }
        if let Some(moment) = options.stopped_at {
            command.args(["--stopped-at", &moment.to_string()]);
        }
        let mut process = spawn(command)?;
        let output = process.stdout.take();
        let output = output.ok_or_else(|| io::Error::other("it has no output"))?;
        let mut line = String::new();
        // The program's end ends the wait.
        BufReader::new(output).read_line(&mut line)?;
        match serde_json::from_str(&line) {
            Ok(addresses) => Ok(Self {
                addresses,
                running: Running::Process(process),
            }),
            Err(error) => {
                end(&mut process);
                Err(io::Error::other(format!("it said {line:?}: {error}")).into())
            }
        }
    }

    /// Runs in threads of this process.
    ///
    /// # Errors
    /// When no thread or port is to be had.
    pub fn in_process(options: &Options) -> Result<Self, SimulatorError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("graph-sim")
            .enable_all()
            .build()?;
        let addresses = runtime.block_on(server::start(options))?;
        Ok(Self {
            addresses,
            running: Running::Threads(Some(runtime)),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// What steers it.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::at(&self.addresses.control)
    }

    /// Runs in this thread until the process ends; says where it listens when it does.
    ///
    /// # Errors
    /// When no port is to be had.
    pub fn run(options: &Options, ready: impl FnOnce(&Addresses)) -> Result<(), SimulatorError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        ready(&runtime.block_on(server::start(options))?);
        runtime.block_on(std::future::pending::<()>());
        Ok(())
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        match &mut self.running {
            Running::Process(process) => end(process),
            // In the background: the handle may be dropped inside another runtime.
            Running::Threads(runtime) => {
                if let Some(runtime) = runtime.take() {
                    runtime.shutdown_background();
                }
            }
        }
    }
}

fn end(process: &mut Child) {
    // It may have ended already: that is what was wanted.
    let _ = process.kill();
    let _ = process.wait();
}

/// `target/debug/syncline-graph-sim`, seen from `target/debug/deps/some_test`.
fn beside_this_test() -> io::Result<PathBuf> {
    let test = env::current_exe()?;
    let directory = test
        .ancestors()
        .skip(1)
        .find(|directory| !directory.ends_with("deps"));
    let directory = directory.ok_or_else(|| io::Error::other("this program lies nowhere"))?;
    Ok(directory.join("syncline-graph-sim"))
}

type Job = (Command, mpsc::Sender<io::Result<Child>>);

/// Starts the command from a thread that lives as long as this process: the kernel's signal on a
/// parent's death means the death of the thread that started the child.
fn spawn(command: Command) -> io::Result<Child> {
    static STARTER: LazyLock<Mutex<mpsc::Sender<Job>>> = LazyLock::new(|| {
        let (jobs, inbox) = mpsc::channel::<Job>();
        thread::spawn(move || {
            for (mut command, answer) in inbox {
                let _ = answer.send(command.spawn());
            }
        });
        Mutex::new(jobs)
    });
    let gone = || io::Error::other("the starter thread is gone");
    let (answer, outcome) = mpsc::channel();
    let starter = STARTER.lock().unwrap_or_else(PoisonError::into_inner);
    starter.send((command, answer)).map_err(|_| gone())?;
    drop(starter);
    outcome.recv().map_err(|_| gone())?
}
