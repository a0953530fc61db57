//! `syncline-pwsh-double DIRECTORY ARGUMENTS…`: see `syncline_agent_tests::pwsh`.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use syncline_agent_tests::pwsh::answer;
use syncline_agent_tests::pwsh::world::{Call, Fault, Hanging, Pwsh};

/// The mark before an answer.
const MARK: &str = "syncline-entra-connect:1 ";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(directory) = arguments.next() else {
        return refuse("no directory");
    };
    let pwsh = Pwsh::at(Path::new(&directory));
    let arguments: Vec<String> = arguments.collect();
    let told = match answer::told(&arguments) {
        Ok(told) => told,
        Err(why) => return refuse(&why),
    };
    // Left behind by a call that was killed: its process is looked for.
    let under_way = pwsh.file("under-way");
    let overlaps = fs::read_to_string(&under_way)
        .is_ok_and(|pid| Path::new("/proc").join(pid.trim()).exists());
    fs::write(&under_way, std::process::id().to_string()).expect("its directory is there");
    note(&pwsh, &told.task, arguments, overlaps);

    let mut scheduler = pwsh.scheduler();
    let fault = answer::meets(&mut scheduler, &told);
    let said = answer::answer(&mut scheduler, &told, &fault);
    pwsh.write(&scheduler);
    let code = say(&pwsh, &fault, &said.to_string());
    let _ = fs::remove_file(&under_way);
    code
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("syncline-pwsh-double: {why}");
    ExitCode::from(64)
}

fn note(pwsh: &Pwsh, task: &str, arguments: Vec<String>, overlaps: bool) {
    let call = Call {
        task: task.into(),
        arguments,
        environment: std::env::vars().map(|(name, _)| name).collect(),
        overlaps,
    };
    let mut line = serde_json::to_vec(&call).expect("plain values");
    line.push(b'\n');
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(pwsh.file("calls"))
        .and_then(|mut file| file.write_all(&line))
        .expect("its directory is there");
}

/// Prints the answer, or what this fault makes of it.
fn say(pwsh: &Pwsh, fault: &Fault, answer: &str) -> ExitCode {
    let line = format!("{MARK}{answer}\r\n");
    let printed = match fault {
        Fault::Garbage => print(&[0xde, 0xad, 0, 0xff].repeat(5000)),
        Fault::Huge => {
            let part = [b'x'; 1024 * 1024];
            (0..100).try_for_each(|_| print(&part))
        }
        Fault::Silent => Ok(()),
        Fault::Twice => print(line.repeat(2).as_bytes()),
        Fault::Cut => print(&line.as_bytes()[..line.len() / 2]),
        Fault::Crash => {
            eprintln!(
                "Process terminated. Couldn't find a valid ICU package installed on the system."
            );
            return ExitCode::from(134);
        }
        Fault::Hangs => hang(pwsh, Command::new("cat").stdin(Stdio::piped())),
        Fault::HangsWithChild => hang(pwsh, Command::new("sleep").arg("1000000")),
        _ => print(b"WARNING: a module says hello\r\n").and_then(|()| print(line.as_bytes())),
    };
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error.to_string()),
    }
}

fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Starts a child and never ends.
fn hang(pwsh: &Pwsh, child: &mut Command) -> io::Result<()> {
    let child = child.spawn()?;
    let pid = |id: u32| i32::try_from(id).expect("process ids are small");
    pwsh.replace(
        "hanging",
        &Hanging {
            pid: pid(std::process::id()),
            child: pid(child.id()),
        },
    );
    loop {
        std::thread::park();
    }
}
