//! One running domain controller: a clone of a template on an address of its own.
//!
//! Invariants: `start` returns when LDAP and LDAPS answer; a clone never replicates with another
//! (they share domain SID and GUIDs); dropping it kills the process.

use crate::{
    Domain, LabCa, LabError, LdapTools, LoopbackAddress, Result,
    ca::write_private,
    child::Child,
    dirs,
    error::tail,
    template::{self, ADMINISTRATOR_PASSWORD, SERVICE_PASSWORD},
};
use rustix::process::Signal;
use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

const READY_WITHIN: Duration = Duration::from_secs(60);

/// A name and password to bind with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user principal name.
    pub user: String,
    /// Its password.
    pub password: String,
}

/// A Samba Active Directory domain controller.
#[derive(Debug)]
pub struct DomainController {
    domain: Domain,
    directory: PathBuf,
    address: LoopbackAddress,
    ca_file: PathBuf,
    process: Child,
}

impl DomainController {
    /// Clones a template into `directory` (or continues what is there), gives it a certificate and starts it.
    pub(crate) fn start_clone(
        domain: Domain,
        template: &Path,
        directory: &Path,
        address: LoopbackAddress,
        ca: &LabCa,
    ) -> Result<Self> {
        if !directory.is_dir() {
            template::copy(template, directory)?;
        }
        Self::start_in(domain, directory, address, ca)
    }

    /// Starts the forest that lies in `directory`.
    pub(crate) fn start_in(
        domain: Domain,
        directory: &Path,
        address: LoopbackAddress,
        ca: &LabCa,
    ) -> Result<Self> {
        let ip = address.ip().to_string();
        for name in ["run", "ncalrpc", "lock", "cache", "tls"] {
            dirs::create(&directory.join(name))?;
        }
        let identity = ca.issue(&[&format!("dc1.{domain}"), domain.dns_name(), &ip])?;
        write_private(&directory.join("tls/ca.pem"), &ca.pem()?)?;
        write_private(&directory.join("tls/dc.pem"), &identity.certificate_pem)?;
        write_private(&directory.join("tls/dc.key"), &identity.key_pem)?;
        for name in ["etc/smb.conf", "private/krb5.conf"] {
            fill_in(&directory.join(name), directory, &ip)?;
        }
        let process = launch(directory)?;
        let mut controller = Self {
            domain,
            directory: directory.to_owned(),
            address,
            ca_file: ca.file(),
            process,
        };
        controller.wait_until_ready()?;
        Ok(controller)
    }

    /// Which forest this is.
    #[must_use]
    pub fn domain(&self) -> Domain {
        self.domain
    }

    /// The address all its ports are on.
    #[must_use]
    pub fn ip(&self) -> Ipv4Addr {
        self.address.ip()
    }

    /// `ldaps://127.x.y.z:636`; the certificate names the address and `dc1.<domain>`.
    #[must_use]
    pub fn ldaps_url(&self) -> String {
        format!("ldaps://{}:636", self.ip())
    }

    /// The CA certificate that its clients must trust, as a PEM file.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// `DC=contoso,DC=test` or `DC=fabrikam,DC=test`.
    #[must_use]
    pub fn base_dn(&self) -> &'static str {
        self.domain.base_dn()
    }

    /// `svc-syncline`, with the rights of a sync account: read, DS-Replication-Get-Changes, and
    /// writes in OU=Synced and OU=Existing only.
    #[must_use]
    pub fn service_account(&self) -> Account {
        Account {
            user: format!("svc-syncline@{}", self.domain),
            password: SERVICE_PASSWORD.to_owned(),
        }
    }

    /// The domain's administrator, for the test's own hand.
    #[must_use]
    pub fn administrator_account(&self) -> Account {
        Account {
            user: format!("administrator@{}", self.domain),
            password: ADMINISTRATOR_PASSWORD.to_owned(),
        }
    }

    /// The LDAP tools, bound as the administrator.
    pub fn administrator(&self) -> Result<LdapTools> {
        self.tools(&self.administrator_account())
    }

    /// The LDAP tools, bound as this account.
    pub fn tools(&self, account: &Account) -> Result<LdapTools> {
        LdapTools::new(
            &self.ldaps_url(),
            &account.user,
            &account.password,
            &self.ca_file,
            &self.directory,
        )
    }

    /// Ends the controller in good order; its data stays.
    pub fn stop(&mut self) {
        self.process.stop(Duration::from_secs(10));
    }

    /// Ends the controller at once, as a power cut would; its data stays.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again on the same address with the same data.
    pub fn restart(&mut self) -> Result<()> {
        self.process.kill();
        self.process = launch(&self.directory)?;
        self.wait_until_ready()
    }

    /// Freezes the process: connections stay open and nothing answers.
    pub fn pause(&self) {
        self.process.signal(Signal::STOP);
    }

    /// Lets a frozen process go on.
    pub fn resume(&self) {
        self.process.signal(Signal::CONT);
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline && self.process.is_alive() {
            if answers(self.ip()) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(10));
        }
        let read = |name| fs::read_to_string(self.directory.join(name)).unwrap_or_default();
        Err(LabError::NotReady {
            what: format!("The domain controller of {} on {}", self.domain, self.ip()),
            seconds: READY_WITHIN.as_secs(),
            log: tail(&format!("{}\n{}", read("log.samba"), read("out.log"))),
        })
    }
}

fn launch(directory: &Path) -> Result<Child> {
    if !rustix::process::geteuid().is_root() {
        return Err(LabError::NeedsRoot);
    }
    let _ = fs::remove_dir_all(directory.join("run"));
    dirs::create(&directory.join("run"))?;
    // One process for everything starts fastest and is killed whole.
    let configuration = format!("--configfile={}", directory.join("etc/smb.conf").display());
    let arguments = [
        "--foreground",
        "--no-process-group",
        "--model=single",
        &configuration,
    ];
    Child::start("samba", &arguments, &directory.join("out.log"))
}

/// Fills paths and address into a configuration file; one that was filled in before gets the new address.
fn fill_in(file: &Path, directory: &Path, ip: &str) -> Result<()> {
    let text = fs::read_to_string(file).map_err(LabError::file("read", file))?;
    let filled: String = text
        .lines()
        .map(|line| match line.trim_start().starts_with("interfaces =") {
            true => format!("\tinterfaces = {ip}/8\n"),
            false => format!("{}\n", line.replace("@DIR@", &directory.to_string_lossy())),
        })
        .collect();
    fs::write(file, filled).map_err(LabError::file("write", file))
}

/// Whether LDAP answers a rootDSE read and LDAPS accepts connections.
fn answers(ip: Ipv4Addr) -> bool {
    // SearchRequest(base "", scope base, filter (objectClass=*), attributes [1.1]), message id 1.
    const ROOT_DSE: &[u8] =
        b"\x30\x2a\x02\x01\x01\x63\x25\x04\x00\x0a\x01\x00\x0a\x01\x00\x02\x01\x00\
        \x02\x01\x00\x01\x01\x00\x87\x0bobjectClass\x30\x05\x04\x031.1";
    let connect =
        |port| TcpStream::connect_timeout(&SocketAddr::from((ip, port)), Duration::from_secs(1));
    let ask = || -> std::io::Result<u8> {
        let mut connection = connect(389)?;
        connection.set_read_timeout(Some(Duration::from_secs(5)))?;
        connection.write_all(ROOT_DSE)?;
        let mut first = [0];
        connection.read_exact(&mut first)?;
        connect(636)?;
        Ok(first[0])
    };
    ask().is_ok_and(|first| first == 0x30)
}
