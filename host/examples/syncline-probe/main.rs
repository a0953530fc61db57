//! Stands where runner, API or compiler would, and does what a test tells it, from inside.
//!
//! By what lies on descriptor 3 it knows its part: a socket makes it a runner, a pipe the API,
//! nothing a compiler. Runner and API answer one JSON line a request, on their own socket.
//! It is built for tests only and never installed.

mod attempts;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;

use serde_json::{Value, json};
use syncline_wire::boot::{self, ApiBoot, Boot, Ready};
use syncline_wire::{compile, host};

fn main() {
    match kind_of_descriptor_3() {
        libc::S_IFSOCK => runner(),
        libc::S_IFIFO => api(),
        _ => compiler(),
    }
}

fn kind_of_descriptor_3() -> libc::mode_t {
    // SAFETY: `stat` is plain data, and the call fills it or fails.
    let mut about: libc::stat = unsafe { std::mem::zeroed() };
    let answer = unsafe { libc::fstat(3, &mut about) };
    if answer < 0 {
        0
    } else {
        about.st_mode & libc::S_IFMT
    }
}

fn runner() {
    let open = attempts::open_descriptors();
    let start = boot::take_runner().expect("a boot document");
    for peer in start.listener.incoming() {
        let (Ok(peer), Ok(channel), boot, open) = (
            peer,
            start.compile.try_clone(),
            start.boot.clone(),
            open.clone(),
        ) else {
            return;
        };
        std::thread::spawn(move || {
            serve(
                peer.try_clone().expect("a clone"),
                peer,
                |request| match request["do"].as_str() {
                    Some("boot") => runner_facts(&boot),
                    Some("compile") => {
                        let text = request["request"].as_str().unwrap_or_default();
                        match compile::request(&channel, text.as_bytes(), boot.limits.compile_bytes)
                        {
                            Ok(compile::Reply::Done(answer)) => {
                                json!({ "done": String::from_utf8_lossy(&answer) })
                            }
                            Ok(compile::Reply::Failed(why)) => json!({ "failed": why }),
                            Err(e) => json!({ "broken": e.to_string() }),
                        }
                    }
                    _ => attempts::perform(request, &open),
                },
            );
        });
    }
}

/// The whole document, secrets included: the test that asks holds them anyway.
fn runner_facts(boot: &Boot) -> Value {
    serde_json::to_value(boot).expect("a document is JSON")
}

fn api() {
    let open = attempts::open_descriptors();
    let start = boot::take_api().expect("a boot document");
    let listener = TcpListener::bind(&start.boot.listen).expect("a listener");
    let listen = listener.local_addr().expect("an address").to_string();
    Ready { listen }
        .send(start.ready)
        .expect("someone who waits");
    for peer in listener.incoming() {
        let Ok(peer) = peer else { return };
        let (boot, open) = (start.boot.clone(), open.clone());
        std::thread::spawn(move || {
            serve(
                peer.try_clone().expect("a clone"),
                peer,
                |request| match request["do"].as_str() {
                    Some("boot") => serde_json::to_value(&boot).expect("a document is JSON"),
                    Some("host") => ask_host(&boot, request),
                    Some("runner") => relay(&boot, request),
                    _ => attempts::perform(request, &open),
                },
            );
        });
    }
}

/// Sends a line to the host's socket, as it is.
fn ask_host(boot: &ApiBoot, request: &Value) -> Value {
    let line = request["line"].as_str().unwrap_or_default();
    talk(UnixStream::connect(&boot.host_socket), line)
}

/// Sends a request to a tenant's runner, as the API would.
fn relay(boot: &ApiBoot, request: &Value) -> Value {
    let socket = boot
        .runners_dir
        .join(request["tenant"].as_str().unwrap_or_default())
        .join("api.sock");
    talk(UnixStream::connect(socket), &request["request"].to_string())
}

fn talk(stream: std::io::Result<UnixStream>, line: &str) -> Value {
    let mut answer = String::new();
    let talked = stream.and_then(|mut stream| {
        stream.write_all(format!("{line}\n").as_bytes())?;
        BufReader::new(stream)
            .take(host::LINE_BYTES_MAX as u64)
            .read_line(&mut answer)
    });
    match talked {
        Ok(0) => json!({ "closed": true }),
        Ok(_) => serde_json::from_str(&answer).unwrap_or(Value::Null),
        Err(e) => json!({ "error": e.to_string() }),
    }
}

fn compiler() {
    if std::env::args().nth(1).as_deref() == Some(compile::RUNTIME) {
        return print!("no code");
    }
    let open = attempts::open_descriptors();
    let mut request = String::new();
    let _ = std::io::stdin().read_to_string(&mut request);
    match request.split_once(' ').unwrap_or((request.as_str(), "")) {
        ("echo", text) => print!("{text}"),
        ("exit", code) => std::process::exit(code.parse().unwrap_or(1)),
        ("spin", _) => loop {
            std::hint::spin_loop();
        },
        ("flood", bytes) => print!("{}", "x".repeat(bytes.parse().unwrap_or(0))),
        ("do", text) => {
            let request = serde_json::from_str(text).unwrap_or(Value::Null);
            print!("{}", attempts::perform(&request, &open));
        }
        _ => std::process::abort(),
    }
}

fn serve(from: impl Read, mut to: impl Write, answer: impl Fn(&Value) -> Value) {
    for line in BufReader::new(from).lines() {
        let Ok(line) = line else { return };
        let request: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        if to
            .write_all(format!("{}\n", answer(&request)).as_bytes())
            .is_err()
        {
            return;
        }
    }
}
