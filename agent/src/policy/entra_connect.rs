//! `[entra_connect]` of the policy file: whether, which and where cycles of Entra Connect may be started.
//!
//! Invariants: without the section none may; the server and the account are this file's alone, the cloud
//! cannot name any; both hold only characters that mean nothing in a script or on a command line.

use serde::Deserialize;
use syncline_wire::link::CycleKind;

/// The section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntraConnectPolicy {
    /// The cycles that may be started.
    pub allow: Vec<CycleKind>,
    /// Where Entra Connect runs; `None` is this host.
    pub server: Option<Server>,
    /// Whether a cycle is started although its own scheduler is switched off: right where cycles are
    /// started from outside only, wrong where somebody switched it off to change the configuration.
    pub while_disabled: bool,
}

/// The host that Entra Connect runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name.
    pub name: String,
    /// How it is reached.
    pub remoting: Remoting,
    /// The account on it; `None` is the agent's own.
    pub user: Option<String>,
}

/// PowerShell's two ways to a remote session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Remoting {
    /// Over SSH: the way that Microsoft supports from Linux.
    #[default]
    Ssh,
    /// Over WinRM, as the account that the agent runs as.
    Winrm,
}

impl Remoting {
    /// Its word, in the policy file and for the script.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
            Self::Winrm => "winrm",
        }
    }
}

/// The section as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Text {
    allow: Vec<String>,
    server: Option<String>,
    remoting: Option<Remoting>,
    user: Option<String>,
    while_disabled: bool,
}

impl Text {
    /// The section, or what is wrong with it.
    pub(super) fn checked(self) -> Result<EntraConnectPolicy, String> {
        let mut allow = Vec::new();
        for word in &self.allow {
            allow.push(CycleKind::parse(word).ok_or_else(|| {
                format!(
                    "`{word}` in `entra_connect.allow` is no cycle; possible are delta, initial"
                )
            })?);
        }
        let server = match self.server {
            Some(name) if !is_host(&name) => {
                return Err(format!(
                    "`{name}` in `entra_connect.server` is no host name"
                ));
            }
            Some(name) => Some(Server {
                name,
                remoting: self.remoting.unwrap_or_default(),
                user: self.user,
            }),
            None if self.remoting.is_some() || self.user.is_some() => {
                return Err("`entra_connect` names `remoting` or `user` without a `server`".into());
            }
            None => None,
        };
        if let Some(Server {
            user: Some(user),
            remoting,
            ..
        }) = &server
        {
            if !is_account(user) {
                return Err(format!("`{user}` in `entra_connect.user` is no account"));
            }
            if *remoting == Remoting::Winrm {
                return Err(
                    "`entra_connect.user` goes with `remoting = \"ssh\"`; over winrm it is the account that the agent runs as"
                        .into(),
                );
            }
        }
        Ok(EntraConnectPolicy {
            allow,
            server,
            while_disabled: self.while_disabled,
        })
    }
}

impl EntraConnectPolicy {
    /// Whether this cycle may be started.
    pub fn allows(&self, kind: CycleKind) -> bool {
        self.allow.contains(&kind)
    }

    /// The section in words, for `policy show`.
    pub fn describe(&self) -> String {
        if self.allow.is_empty() {
            return "never started".into();
        }
        let kinds: Vec<_> = self.allow.iter().map(|kind| kind.as_str()).collect();
        let place = match &self.server {
            None => "on this host".into(),
            Some(server) => {
                let user = server.user.as_ref().map(|user| format!(" as {user}"));
                format!(
                    "on {} over {}{}",
                    server.name,
                    server.remoting.as_str(),
                    user.unwrap_or_default()
                )
            }
        };
        let disabled = if self.while_disabled {
            ", also while its scheduler is switched off"
        } else {
            ""
        };
        format!(
            "{} cycles may be started {place}{disabled}",
            kinds.join(" and ")
        )
    }
}

fn is_host(name: &str) -> bool {
    (1..=253).contains(&name.len())
        && name.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

fn is_account(user: &str) -> bool {
    (1..=256).contains(&user.len())
        && !user.starts_with('-')
        && user
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-@\\$".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<EntraConnectPolicy, String> {
        toml::from_str::<Text>(text)
            .map_err(|error| error.message().to_owned())?
            .checked()
    }

    #[test]
    fn an_empty_section_allows_nothing() {
        let policy = read("").unwrap();

        assert!(!policy.allows(CycleKind::Delta) && !policy.allows(CycleKind::Initial));
        assert_eq!(policy.describe(), "never started");
    }

    #[test]
    fn what_is_named_is_allowed_and_nothing_else() {
        let policy =
            read("allow = ['delta']\nserver = 'sync01.contoso.com'\nuser = 'CONTOSO\\svc-sync$'")
                .unwrap();

        assert!(policy.allows(CycleKind::Delta) && !policy.allows(CycleKind::Initial));
        assert_eq!(
            policy.describe(),
            "delta cycles may be started on sync01.contoso.com over ssh as CONTOSO\\svc-sync$"
        );
    }

    #[test]
    fn what_could_mean_something_to_a_shell_is_refused() {
        for text in [
            "allow = ['Delta']",
            "allow = ['unspecified']",
            "server = ''",
            "server = '-oProxyCommand=x'",
            "server = \"a'; Remove-Item\"",
            "server = 'a b'",
            "server = 'a..b'",
            "server = 'a'\nuser = '-x'",
            "server = 'a'\nuser = \"x'y\"",
            "server = 'a'\nuser = 'x$(y)'",
            "server = 'a'\nremoting = 'telnet'",
            "server = 'a'\nremoting = 'winrm'\nuser = 'x'",
            "user = 'x'",
            "remoting = 'ssh'",
            "allowed = ['delta']",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
