//! The fixed script, as PowerShell takes it on its command line.
//!
//! Invariants: what goes before the script are words of our own and the names of the policy file, which
//! hold no quote; nothing that the cloud said is in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use syncline_wire::link::CycleKind;

use crate::policy::entra_connect::Server;

/// The script.
const BODY: &str = include_str!("script.ps1");

/// The mark before an answer.
pub const MARK: &str = "syncline-entra-connect:1 ";

/// What the script is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Ask the scheduler how it stands.
    Look,
    /// Order a cycle.
    Start(CycleKind),
}

impl Task {
    /// Its word in the script.
    fn word(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Start(CycleKind::Delta) => "start-delta",
            Self::Start(CycleKind::Initial) => "start-initial",
        }
    }
}

/// PowerShell's arguments for a task.
pub fn arguments(task: Task, server: Option<&Server>) -> Vec<String> {
    let units: Vec<u8> = text(task, server)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    [
        "-NoLogo",
        "-NoProfile",
        "-NonInteractive",
        "-OutputFormat",
        "Text",
        "-EncodedCommand",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([STANDARD.encode(units)])
    .collect()
}

fn text(task: Task, server: Option<&Server>) -> String {
    let (name, remoting, user) = match server {
        None => ("", "", ""),
        Some(server) => (
            server.name.as_str(),
            server.remoting.as_str(),
            server.user.as_deref().unwrap_or_default(),
        ),
    };
    let mut text = String::new();
    for (variable, value) in [
        ("what", task.word()),
        ("server", name),
        ("remoting", remoting),
        ("user", user),
    ] {
        debug_assert!(!value.contains('\''), "the policy file refuses quotes");
        text.push_str(&format!("${variable} = '{}'\n", value.replace('\'', "''")));
    }
    text.push_str(BODY);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::entra_connect::Remoting;

    #[test]
    fn the_command_line_is_fixed_but_for_the_task_and_the_policys_names() {
        let server = Server {
            name: "sync01.contoso.com".into(),
            remoting: Remoting::Ssh,
            user: Some("CONTOSO\\svc".into()),
        };

        assert_eq!(
            text(Task::Start(CycleKind::Delta), Some(&server))
                .lines()
                .take(4)
                .collect::<Vec<_>>(),
            [
                "$what = 'start-delta'",
                "$server = 'sync01.contoso.com'",
                "$remoting = 'ssh'",
                "$user = 'CONTOSO\\svc'"
            ]
        );
        assert!(text(Task::Look, None).starts_with("$what = 'look'\n$server = ''\n"));
        assert!(text(Task::Look, None).ends_with(BODY));
    }

    #[test]
    fn it_fits_on_a_command_line_of_windows() {
        let arguments = arguments(Task::Start(CycleKind::Initial), None);

        // CreateProcess takes 32,767 characters.
        assert!(arguments.concat().len() < 30_000);
        assert_eq!(arguments.len(), 7);
    }

    #[test]
    fn it_orders_a_cycle_in_two_places_and_changes_nothing_else() {
        let orders = BODY.matches("Start-ADSyncSyncCycle -PolicyType").count();

        assert_eq!(orders, 2);
        for verb in [
            "Set-",
            "Stop-ADSync",
            "Remove-Item",
            "Invoke-Expression",
            "Invoke-ADSync",
        ] {
            assert!(!BODY.contains(verb), "{verb}");
        }
        assert!(BODY.contains(MARK));
    }

    #[test]
    fn a_word_orders_its_own_cycle_and_no_unknown_host_is_believed() {
        let (_, rest) = BODY.split_once("$what -eq 'start-delta'").unwrap();
        let (delta, rest) = rest.split_once("$what -eq 'start-initial'").unwrap();
        let (initial, look) = rest.split_once("$stage = 'look'").unwrap();

        for (branch, order) in [
            (delta, "-PolicyType Delta"),
            (initial, "-PolicyType Initial"),
        ] {
            assert_eq!(branch.matches("Start-ADSyncSyncCycle").count(), 1);
            assert!(branch.contains(&format!("Start-ADSyncSyncCycle {order}\n")));
        }
        assert!(!look.contains("Start-ADSync"));
        assert!(BODY.contains("BatchMode = 'yes'; StrictHostKeyChecking = 'yes'"));
    }
}
