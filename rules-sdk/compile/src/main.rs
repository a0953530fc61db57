//! `syncline-compile`: reads one request on standard input, writes one response on standard output, ends. With the
//! argument `runtime` it reads nothing and writes the native code that programs import.
//!
//! Invariants: limits CPU and memory of itself before it reads a byte; reads and writes no more than the caps; started by
//! the host, holds no key and opens no file or socket.

use std::io::{Read as _, Write as _, stdin, stdout};
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Resource, Rlimit, setrlimit};
use syncline_rules_compile::{REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX, Request, runtime};

/// CPU of a request, and of each part in it that becomes a program.
const CPU_SECONDS: u64 = 2;
/// CPU of one child, whatever it was asked.
const CPU_SECONDS_MAX: u64 = 20;
/// Address space of one compile.
const MEMORY_BYTES_MAX: u64 = 512 << 20;
/// Stack of the working thread: expressions at the depth limit are walked recursively.
const STACK_BYTES: usize = 64 << 20;

fn limit() -> anyhow::Result<()> {
    let hard = |value| Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    for (resource, value) in [
        (Resource::As, MEMORY_BYTES_MAX),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
    ] {
        setrlimit(resource, hard(value)).with_context(|| format!("cannot limit {resource:?}"))?;
    }
    limit_cpu(CPU_SECONDS)
}

/// The kernel ends the process that crosses it.
fn limit_cpu(seconds: u64) -> anyhow::Result<()> {
    let limit = Rlimit {
        current: Some(seconds.min(CPU_SECONDS_MAX)),
        maximum: Some(CPU_SECONDS_MAX),
    };
    setrlimit(Resource::Cpu, limit).context("cannot limit CPU")
}

fn work() -> anyhow::Result<()> {
    let answer = match std::env::args_os().nth(1) {
        None => response()?,
        Some(wanted) if wanted == "runtime" => runtime()?,
        Some(other) => bail!("{} is no argument of this program", other.display()),
    };
    let mut out = stdout().lock();
    out.write_all(&answer)
        .and_then(|()| out.flush())
        .context("cannot write the response")
}

fn response() -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    stdin()
        .lock()
        .take(REQUEST_BYTES_MAX + 1)
        .read_to_end(&mut text)
        .context("cannot read the request")?;
    ensure!(
        text.len() as u64 <= REQUEST_BYTES_MAX,
        "the request is larger than {REQUEST_BYTES_MAX} bytes"
    );
    let request = Request::read(&text)?;
    limit_cpu(CPU_SECONDS * (1 + request.programs() as u64))?;
    let response = request.answer()?;
    ensure!(
        response.len() <= RESPONSE_BYTES_MAX,
        "the response is larger than {RESPONSE_BYTES_MAX} bytes"
    );
    Ok(response)
}

fn main() -> ExitCode {
    let run = || {
        limit()?;
        let worker = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(work)?;
        worker
            .join()
            .map_err(|_| anyhow::anyhow!("the compiler stopped unexpectedly"))?
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("syncline-compile: {error:#}");
            ExitCode::FAILURE
        }
    }
}
