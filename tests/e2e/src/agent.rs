//! An agent as a host's administrator sets it up: enrol, configuration, policy, credential, run.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context as _, ensure};
use syncline_api_tests::Folder;
use syncline_lab::{DomainController, Slapd};
use syncline_ldap_proxy::Proxy;

/// One agent with its own data directory.
pub struct Agent {
    home: Folder,
    process: Option<Child>,
}

/// What the policy of an agent's host allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// Nothing: how every agent starts.
    Off,
    /// Users, groups and contacts below OU=Synced and OU=Existing, with ceilings that a whole first plan fits under.
    Synced,
}

const ATTRIBUTES: &str = r#"["accountDisabled", "cn", "comment", "company", "department", "description", "displayName", "employeeID",
  "employeeType", "givenName", "groupType", "l", "mail", "manager", "managedBy", "member", "mobile", "otherTelephone",
  "physicalDeliveryOfficeName", "postalCode", "sAMAccountName", "sn", "st", "streetAddress", "telephoneNumber",
  "thumbnailPhoto", "title", "userPrincipalName", "info", "initials"]"#;

/// An agent that lost the service is back soon.
const SERVICE: &str = "[service]\nreconnect_min_ms = 50\nreconnect_max_ms = 1000\n";

impl Agent {
    /// Enrols with a one-time key; does not run yet. Answers the fingerprint it printed.
    pub fn enrol(home: Folder, url: &str, key: &str) -> anyhow::Result<(Self, String)> {
        let data = home.path().join("agent");
        let printed = feed(
            program()
                .arg("enrol")
                .args(["--url", url, "--data"])
                .arg(&data),
            key,
        )?;
        let fingerprint = printed
            .split_whitespace()
            .find(|word| {
                word.len() >= 64
                    && word
                        .chars()
                        .all(|c| c.is_ascii_hexdigit() || matches!(c, '-' | ':'))
            })
            .map(str::to_owned)
            .or_else(|| groups_of_eight(&printed))
            .with_context(|| format!("no fingerprint in what enrol printed: {printed}"))?;
        let agent = Self {
            home,
            process: None,
        };
        Ok((agent, fingerprint))
    }

    /// Prepares the host for a forest, to which the way leads through `door`.
    pub fn serve_forest(
        &self,
        forest: &DomainController,
        door: &Proxy,
        writes: Writes,
    ) -> anyhow::Result<()> {
        let data = self.data();
        let account = forest.service_account();
        let config = format!(
            "[directory]\nkind = \"active-directory\"\nurl = \"{}\"\nbind = \"{}\"\nca_file = \"{}\"\n\n{SERVICE}",
            door.ldaps_url(),
            account.user,
            forest.ca_file().display()
        );
        std::fs::write(data.join("config.toml"), config)?;
        std::fs::write(data.join("policy.toml"), policy(forest, door, writes))?;
        feed(
            program().args(["credential", "set", "--data"]).arg(&data),
            &account.password,
        )?;
        Ok(())
    }

    /// Prepares the host for an OpenLDAP server. As a target its people and groups may be written.
    pub fn serve_openldap(&self, server: &Slapd, target: bool) -> anyhow::Result<()> {
        let data = self.data();
        let (bind, password) = server.administrator_account();
        let config = format!(
            "[directory]\nkind = \"openldap\"\nurl = \"{}\"\nbind = \"{bind}\"\nca_file = \"{}\"\nbase_dn = \"{}\"\n\n{SERVICE}",
            server.ldaps_url(),
            server.ca_file().display(),
            server.base_dn(),
        );
        std::fs::write(data.join("config.toml"), config)?;
        let (host, base) = (server.ip(), server.base_dn());
        let mut policy = format!("hosts = [\"{host}\"]\n");
        if target {
            policy.push_str(&format!(
                "writes = true\nbases = [\"ou=people,{base}\", \"ou=groups,{base}\", \"ou=disabled,{base}\"]\n\
                 types = [\"inetOrgPerson\", \"groupOfNames\"]\n\n[attributes]\ninetOrgPerson = [\"uid\", \"cn\", \"sn\", \
                 \"displayName\", \"mail\", \"title\", \"employeeNumber\", \"employeeType\", \"manager\"]\n\
                 groupOfNames = [\"member\", \"description\"]\n"
            ));
        }
        std::fs::write(data.join("policy.toml"), policy)?;
        feed(
            program().args(["credential", "set", "--data"]).arg(&data),
            password,
        )?;
        Ok(())
    }

    /// Prepares the host for a folder into which an HR system drops files.
    pub fn serve_folder(&self, folder: &Path) -> anyhow::Result<()> {
        let config = format!(
            "[directory]\nkind = \"hr-file\"\nname = \"Contoso HR\"\nfolder = \"{}\"\nsettle_ms = 100\npoll_ms = 200\n\n{SERVICE}",
            folder.display()
        );
        std::fs::write(self.data().join("config.toml"), config)?;
        Ok(())
    }

    /// An agent that was enrolled there before.
    pub fn enrolled(home: Folder) -> Self {
        Self {
            home,
            process: None,
        }
    }

    /// The agent's data directory.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("agent")
    }

    /// Runs it.
    pub fn run(&mut self) -> anyhow::Result<()> {
        let log = std::env::var("SYNCLINE_TEST_LOG").unwrap_or_else(|_| "warn".into());
        let child = program()
            .args(["run", "--log", &log, "--data"])
            .arg(self.data())
            .stdin(Stdio::null())
            .spawn()?;
        self.process = Some(child);
        Ok(())
    }

    /// Kills it at once.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The fingerprint as eight groups of eight digits with spaces.
fn groups_of_eight(printed: &str) -> Option<String> {
    let words: Vec<&str> = printed.split_whitespace().collect();
    let digits = |word: &&str| word.len() == 8 && word.chars().all(|c| c.is_ascii_hexdigit());
    words
        .windows(8)
        .find(|window| window.iter().all(digits))
        .map(|window| window.join(" "))
}

fn policy(forest: &DomainController, door: &Proxy, writes: Writes) -> String {
    let host = door.address().ip();
    let base = forest.base_dn();
    match writes {
        Writes::Off => format!("hosts = [\"{host}\"]\n"),
        Writes::Synced => format!(
            "writes = true\nhosts = [\"{host}\"]\nbases = [\"OU=Synced,{base}\", \"OU=Existing,{base}\"]\n\
             types = [\"user\", \"group\", \"contact\"]\n\n[attributes]\nuser = {ATTRIBUTES}\ngroup = {ATTRIBUTES}\n\
             contact = {ATTRIBUTES}\n\n[ceilings]\nadd = 5000\nupdate = 20000\nmove = 3000\ndelete = 500\ndisable = 500\n\
             member = 100000\n"
        ),
    }
}

/// Runs a command with this on its standard input; answers what it printed.
fn feed(command: &mut Command, input: &str) -> anyhow::Result<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child
        .stdin
        .take()
        .context("its standard input")?
        .write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{command:?} failed: {printed} {said}"
    );
    Ok(printed)
}

/// The agent's program, built once a test process.
fn program() -> Command {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    Command::new(BUILT.get_or_init(|| built("syncline-agent", "syncline-agent")))
}

/// A program of this workspace, built when the binaries are not given.
pub fn built(package: &str, program: &str) -> PathBuf {
    if let Some(built) = std::env::var_os("SYNCLINE_BIN_DIR") {
        return PathBuf::from(built).join(program);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "-p", package, "--bin", program])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(
        built.is_ok_and(|status| status.success()),
        "{program} does not build"
    );
    beside().join(program)
}

/// The folder of the programs: that of this executable, or above it for tests.
pub fn beside() -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    let folder = exe.parent().unwrap_or(Path::new("."));
    if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder).to_owned()
    } else {
        folder.to_owned()
    }
}
