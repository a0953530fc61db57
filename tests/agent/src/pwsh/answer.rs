//! What the script answers, over the scheduler of the test.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::world::{Fault, Scheduler};

/// The agent's script.
const SCRIPT: &str = include_str!("../../../../agent/src/entra_connect/script.ps1");
/// The only command line that is answered, but for the script.
const ARGUMENTS: [&str; 6] = [
    "-NoLogo",
    "-NoProfile",
    "-NonInteractive",
    "-OutputFormat",
    "Text",
    "-EncodedCommand",
];

/// What the script is told.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// `look`, `start-delta`, `start-initial`.
    pub task: String,
    /// The server's name; empty is this host.
    pub server: String,
}

/// Reads a command line. Anything but the agent's own is refused.
pub fn told(arguments: &[String]) -> Result<Told, String> {
    let (command, fixed) = arguments.split_last().ok_or("no arguments")?;
    if fixed != ARGUMENTS {
        return Err(format!("unknown arguments {fixed:?}"));
    }
    let bytes = STANDARD.decode(command).map_err(|e| e.to_string())?;
    let units: Vec<u16> = bytes
        .chunks(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let text = String::from_utf16(&units).map_err(|e| e.to_string())?;
    let head = text
        .strip_suffix(SCRIPT)
        .ok_or("the script is not the agent's")?;
    let mut values = head
        .lines()
        .zip(["what", "server", "remoting", "user"])
        .map(|(line, name)| {
            line.strip_prefix(&format!("${name} = '"))
                .and_then(|rest| rest.strip_suffix('\''))
                .filter(|value| !value.contains('\''))
                .map(str::to_owned)
                .ok_or(format!("no ${name} in {line:?}"))
        });
    let mut next = || values.next().ok_or("a variable is missing".to_owned())?;
    let (task, server) = (next()?, next()?);
    if !["look", "start-delta", "start-initial"].contains(&task.as_str()) {
        return Err(format!("unknown task {task}"));
    }
    Ok(Told { task, server })
}

/// What goes wrong with this call.
pub fn meets(scheduler: &mut Scheduler, told: &Told) -> Fault {
    let faults = match told.task.as_str() {
        "look" => &mut scheduler.looks,
        _ => &mut scheduler.orders_meet,
    };
    if faults.is_empty() {
        return Fault::None;
    }
    faults.remove(0)
}

/// The script's answer.
pub fn answer(scheduler: &mut Scheduler, told: &Told, fault: &Fault) -> Value {
    let order = told.task.starts_with("start");
    let stage = if order { "start" } else { "look" };
    if scheduler.server.as_deref().unwrap_or_default() != told.server || *fault == Fault::NoSession
    {
        return failed(
            "remote",
            "System.Management.Automation.Remoting.PSRemotingTransportException",
            "2,PSSessionOpenFailed",
            "OpenError",
            "The background process reported an error with the following message: The SSH client session has ended with error message: Permission denied (publickey).",
        );
    }
    match fault {
        Fault::NoModule => failed(
            "module",
            "System.IO.FileNotFoundException",
            "Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand",
            "ResourceUnavailable",
            "The specified module 'ADSync' was not loaded because no valid module file was found in any module directory.",
        ),
        Fault::NotElevated => failed(
            stage,
            "System.UnauthorizedAccessException",
            "System.UnauthorizedAccessException",
            "PermissionDenied",
            "Access is denied. (Exception from HRESULT: 0x80070005 (E_ACCESSDENIED))",
        ),
        Fault::Refuses(refusal) => failed(
            stage,
            "System.InvalidOperationException",
            &refusal.message,
            "WriteError",
            &refusal.message,
        ),
        Fault::Result(result) => json!({ "started": result }),
        _ if order => ordered(scheduler, &told.task),
        _ => look(scheduler),
    }
}

/// `Start-ADSyncSyncCycle`: refused while something is at work or the scheduler is suspended.
fn ordered(scheduler: &mut Scheduler, task: &str) -> Value {
    let refused = |message: &str| {
        let type_name = "System.InvalidOperationException";
        failed("start", type_name, message, "WriteError", message)
    };
    if scheduler.suspended {
        return refused(
            "System.InvalidOperationException: Scheduler is already suspended via global parameters.",
        );
    }
    if in_progress(scheduler) || scheduler.connector > 0 {
        return refused(
            "System.InvalidOperationException: Connector: contoso.onmicrosoft.com - AAD is busy.",
        );
    }
    scheduler
        .orders
        .push(task.trim_start_matches("start-").into());
    scheduler.since_order = Some(0);
    json!({ "started": "Success" })
}

fn in_progress(scheduler: &Scheduler) -> bool {
    let own = scheduler.since_order.is_some_and(|looks| {
        (scheduler.begins_after..scheduler.begins_after + scheduler.lasts).contains(&looks)
    });
    own || scheduler.foreign > 0
}

/// The history, the connectors, the scheduler; then one step of time.
fn look(scheduler: &mut Scheduler) -> Value {
    let end = scheduler.begins_after + scheduler.lasts;
    if scheduler.since_order.is_some_and(|looks| looks >= end) {
        scheduler.since_order = None;
        let order = scheduler.orders.len();
        for step in ["Delta Import", "Delta Synchronization", "Export"] {
            scheduler.runs.push(format!("{order} {step}"));
        }
    }
    let runs = scheduler.runs.iter().map(|id| {
        let profile = id.split_once(' ').map_or("Export", |(_, profile)| profile);
        let result = if profile == "Export" {
            scheduler.result.as_str()
        } else {
            "success"
        };
        json!({"id": id, "connector": "contoso.com", "profile": profile, "result": result})
    });
    let answer = json!({
        "scheduler": {
            "in_progress": in_progress(scheduler),
            "enabled": scheduler.enabled,
            "staging": scheduler.staging,
            "suspended": scheduler.suspended,
        },
        "connectors_busy": u32::from(scheduler.connector > 0),
        "runs": scheduler.history.then(|| runs.collect::<Vec<_>>()),
    });
    scheduler.foreign = scheduler.foreign.saturating_sub(1);
    scheduler.connector = scheduler.connector.saturating_sub(1);
    if let Some(looks) = &mut scheduler.since_order {
        *looks += 1;
    }
    answer
}

fn failed(stage: &str, exception: &str, id: &str, category: &str, message: &str) -> Value {
    json!({"failed": {
        "stage": stage, "type": exception, "id": id, "category": category, "message": message,
        "elevated": null,
    }})
}
