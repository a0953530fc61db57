//! OpenLDAP as a second kind of directory, and as a large one: `slapd` with generated entries.
//!
//! Needs no root. Writes are logged (`cn=accesslog`) and can be followed (RFC 4533).

use crate::{
    LabCa, LabError, LdapTools, LoopbackAddress, Result,
    ca::write_private,
    child::{Child, run_with_input},
    dirs::{self, RunDir},
    error::tail,
    ldif::Entry,
};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

const SUFFIX: &str = "dc=lab,dc=test";
const PASSWORD: &str = "secret";
const LDAP_PORT: u16 = 3_389;
const LDAPS_PORT: u16 = 6_636;
const READY_WITHIN: Duration = Duration::from_secs(30);

/// What the directory holds.
#[derive(Debug, Clone, Copy)]
pub struct SlapdOptions {
    /// Generated people, spread over 20 OUs, each managed by another.
    pub people: usize,
}

/// A running `slapd`.
#[derive(Debug)]
pub struct Slapd {
    process: Child,
    address: LoopbackAddress,
    ca: LabCa,
    run: RunDir,
}

impl Slapd {
    /// Makes a directory with generated entries and starts it.
    pub fn start(options: SlapdOptions) -> Result<Self> {
        let run = RunDir::temporary()?;
        let address = LoopbackAddress::take()?;
        let ca = LabCa::open()?;
        for name in ["db", "log"] {
            dirs::create(&run.path().join(name))?;
        }
        let identity = ca.issue(&["slapd.lab.test", &address.ip().to_string()])?;
        write_private(&run.path().join("server.pem"), &identity.certificate_pem)?;
        write_private(&run.path().join("server.key"), &identity.key_pem)?;
        let configuration = run.path().join("slapd.conf");
        write_private(&configuration, &configure(run.path(), &ca.file()))?;

        let mut load = Command::new("/usr/sbin/slapadd");
        load.args(["-q", "-w", "-b", SUFFIX, "-l", "/dev/stdin", "-f"])
            .arg(&configuration);
        run_with_input(&mut load, generate(options.people).as_bytes())?;

        let ip = address.ip();
        let urls = format!("ldap://{ip}:{LDAP_PORT} ldaps://{ip}:{LDAPS_PORT}");
        let configuration = configuration.to_string_lossy();
        let process = Child::start(
            "/usr/sbin/slapd",
            &["-f", &configuration, "-h", &urls, "-d", "0"],
            &run.path().join("out.log"),
        )?;
        let mut slapd = Self {
            process,
            address,
            ca,
            run,
        };
        slapd.wait_until_ready()?;
        Ok(slapd)
    }

    /// The address it listens on.
    #[must_use]
    pub fn ip(&self) -> Ipv4Addr {
        self.address.ip()
    }

    /// `ldap://127.x.y.z:3389`.
    #[must_use]
    pub fn ldap_url(&self) -> String {
        format!("ldap://{}:{LDAP_PORT}", self.ip())
    }

    /// `ldaps://127.x.y.z:6636`.
    #[must_use]
    pub fn ldaps_url(&self) -> String {
        format!("ldaps://{}:{LDAPS_PORT}", self.ip())
    }

    /// The certificate of who signed its own.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.ca.file()
    }

    /// The suffix: `dc=lab,dc=test`.
    #[must_use]
    pub fn base_dn(&self) -> &'static str {
        SUFFIX
    }

    /// The DN and password of the administrator.
    #[must_use]
    pub fn administrator_account(&self) -> (String, &'static str) {
        (format!("cn=admin,{SUFFIX}"), PASSWORD)
    }

    /// The LDAP tools, bound as the administrator.
    pub fn administrator(&self) -> Result<LdapTools> {
        let (dn, password) = self.administrator_account();
        LdapTools::new(
            &self.ldaps_url(),
            &dn,
            password,
            &self.ca.file(),
            self.run.path(),
        )
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline && self.process.is_alive() {
            let open = |port| {
                TcpStream::connect_timeout(
                    &SocketAddr::from((self.ip(), port)),
                    Duration::from_secs(1),
                )
                .is_ok()
            };
            if open(LDAP_PORT) && open(LDAPS_PORT) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(LabError::NotReady {
            what: format!("slapd on {}", self.ip()),
            seconds: READY_WITHIN.as_secs(),
            log: tail(&fs::read_to_string(self.run.path().join("out.log")).unwrap_or_default()),
        })
    }
}

fn configure(directory: &Path, ca: &Path) -> String {
    let (directory, ca) = (directory.display(), ca.display());
    format!(
        "include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {directory}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
moduleload accesslog
TLSCACertificateFile {ca}
TLSCertificateFile {directory}/server.pem
TLSCertificateKeyFile {directory}/server.key
sizelimit unlimited
threads 4
tool-threads 2
loglevel none
database mdb
suffix cn=accesslog
rootdn cn=admin,cn=accesslog
directory {directory}/log
maxsize 2147483648
index reqStart,reqEnd,objectClass,entryCSN eq
overlay syncprov
database mdb
suffix {SUFFIX}
rootdn cn=admin,{SUFFIX}
rootpw {PASSWORD}
directory {directory}/db
maxsize 17179869184
envflags nosync
index objectClass,entryUUID,entryCSN eq
index uid,mail eq
limits dn.exact=cn=admin,{SUFFIX} size=unlimited time=unlimited size.prtotal=unlimited
overlay syncprov
syncprov-checkpoint 100 5
syncprov-sessionlog 10000
overlay accesslog
logdb cn=accesslog
logops writes
logsuccess TRUE
logpurge 07+00:00 01+00:00
"
    )
}

fn generate(people: usize) -> String {
    const GIVEN: [&str; 10] = [
        "Anna", "Ben", "Çiğdem", "Dmitri", "Élodie", "Finn", "Grace", "Håkon", "Ines", "José",
    ];
    const FAMILY: [&str; 10] = [
        "Adams", "Bauer", "Costa", "Dubois", "Fischer", "García", "Huang", "Ivanova", "Jensen",
        "Weiß",
    ];
    let dn = |i: usize| format!("uid=u{i:07},ou=d{},{SUFFIX}", i % 20);
    let mut text = String::new();
    let mut write = |entry: Entry| entry.write(&mut text);
    write(
        Entry::new(SUFFIX)
            .with("objectClass", "dcObject")
            .with("objectClass", "organization")
            .with("dc", "lab")
            .with("o", "Lab"),
    );
    for i in 0..20 {
        let unit = format!("d{i}");
        let dn = format!("ou={unit},{SUFFIX}");
        write(
            Entry::new(dn)
                .with("objectClass", "organizationalUnit")
                .with("ou", unit),
        );
    }
    for i in 0..people {
        let (given, family) = (GIVEN[i % 10], FAMILY[i / 10 % 10]);
        write(
            Entry::new(dn(i))
                .with("objectClass", "inetOrgPerson")
                .with("uid", format!("u{i:07}"))
                .with("cn", format!("{given} {family} {i}"))
                .with("givenName", given)
                .with("sn", family)
                .with("displayName", format!("{given} {family}"))
                .with("mail", format!("u{i:07}@lab.test"))
                .with("telephoneNumber", format!("+44 20 7946 {:04}", i % 10_000))
                .with("mobile", format!("+44 7700 9{:05}", i % 100_000))
                .with("title", "Engineer")
                .with("departmentNumber", format!("d{}", i % 20))
                .with("o", "Lab Ltd")
                .with("street", format!("{i} High Street"))
                .with("l", "London")
                .with("postalCode", format!("{}", 10_000 + i % 80_000))
                .with("employeeNumber", format!("{i}"))
                .with("employeeType", "FTE")
                .with("description", format!("Lab entry {i}"))
                .with("manager", dn(i.saturating_sub(1) / 10)),
        );
    }
    text
}
