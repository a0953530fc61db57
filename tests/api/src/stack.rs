//! Starting everything.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::json;
use syncline_host::config::{ApiConfig, Programs};
use syncline_host::postgres::Binaries;
use syncline_host::{Host, HostConfig};
use syncline_lab::{DevIdp, DevIdpOptions, LoopbackAddress};
use syncline_model::cloud::{Cloud, with_simulated};
use syncline_model::outlet::Outlets;
use syncline_store::admin::SUPERUSER;

use crate::folder::Folder;

/// No condition may take longer.
const PATIENCE: Duration = Duration::from_secs(60);
const PORT: u16 = 8080;

/// A running Syncline.
pub struct Stack {
    /// The identity provider.
    pub idp: DevIdp,
    /// Where the API serves, without a trailing slash.
    pub url: String,
    host: Option<Host>,
    config: HostConfig,
    _address: LoopbackAddress,
    data: Folder,
    _keys: Folder,
}

/// How a [`Stack`] is started.
#[derive(Debug, Clone, Default)]
pub struct StackOptions {
    /// The built console to serve.
    pub console: Option<PathBuf>,
    /// Port 8080 of 127.0.0.1 instead of an address of its own: what people are told to open.
    pub well_known: bool,
    /// Keep everything below this directory, and continue what lies there.
    pub home: Option<PathBuf>,
    /// Where the identity provider was when what lies there was written.
    pub identity: Option<SocketAddrV4>,
    /// Simulated clouds beside the built-in ones.
    pub clouds: Vec<Cloud>,
    /// Where notifications may go.
    pub outlets: Outlets,
    /// The file with the password at the mail relay.
    pub mail_password: Option<PathBuf>,
}

impl Stack {
    /// Starts one and waits until it serves.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one whose host is told something else.
    pub async fn start_with(change: impl FnOnce(&mut HostConfig)) -> Self {
        Self::start_as(StackOptions::default(), change).await
    }

    /// Starts one as asked and waits until it serves.
    pub async fn start_as(options: StackOptions, change: impl FnOnce(&mut HostConfig)) -> Self {
        assert!(
            nix::unistd::Uid::effective().is_root(),
            "the host gives every process its own user: run as root"
        );
        // Only the first caller of the process installs it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let programs = programs();
        let idp = DevIdp::start(&DevIdpOptions {
            prefer: options.identity.map(|at| *at.ip()),
            port: options.identity.map_or(0, |at| at.port()),
            ..DevIdpOptions::default()
        })
        .expect("the identity provider starts");
        let address = LoopbackAddress::take().expect("a free loopback address");
        let home = options.home.as_deref();
        let data = Folder::below(home, "data").unwrap();
        let keys = Folder::below(home, "keys").unwrap();
        open_to_all(data.path());
        let secret = keys.path().join("identity-client");
        std::fs::write(
            &secret,
            idp.about()
                .client
                .secret
                .clone()
                .expect("the sign-in client has a secret"),
        )
        .unwrap();
        let listen = if options.well_known {
            format!("127.0.0.1:{PORT}")
        } else {
            format!("{}:{PORT}", address.ip())
        };
        let url = if options.well_known {
            format!("http://localhost:{PORT}")
        } else {
            format!("http://{listen}")
        };
        let mut config = HostConfig::new(data.path());
        config.key_file = keys.path().join("host.key");
        config.programs = programs;
        config.log.filter = std::env::var("SYNCLINE_TEST_LOG").unwrap_or_else(|_| "warn".into());
        config.api = Some(ApiConfig {
            listen,
            public_url: Some(url.clone()),
            console: options.console,
            settings: json!({"identity": {"authority": idp.about().origin, "client_id": idp.about().client.id}}),
            secrets: BTreeMap::from([("identity_client_secret".to_owned(), secret)]),
        });
        config.clouds = with_simulated(options.clouds).expect("they are on this machine");
        config.outlets = options.outlets;
        config.mail_password = options.mail_password;
        change(&mut config);
        let host = Host::start(config.clone()).await.expect("the host starts");
        Stack {
            idp,
            url,
            host: Some(host),
            config,
            _address: address,
            data,
            _keys: keys,
        }
    }

    /// The host.
    pub fn host(&self) -> &Host {
        self.host.as_ref().expect("it runs until it is stopped")
    }

    /// Stops the host with all its processes and starts it again on the same data.
    pub async fn restart(&mut self) {
        if let Some(host) = self.host.take() {
            host.stop().await;
        }
        self.host = Some(
            Host::start(self.config.clone())
                .await
                .expect("the host starts again"),
        );
    }

    /// Ends everything.
    pub async fn stop(mut self) {
        if let Some(host) = self.host.take() {
            host.stop().await;
        }
    }

    /// The host's data directory: the database's, the API's and the runners' are in it.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// A program of the database's own (`psql`, `pg_dump`), which comes as the superuser.
    pub fn database_program(&self, program: &str) -> Command {
        let cluster = self.data.path().join("postgres");
        // The database says itself where it listens: port and socket directory are lines four and five.
        let about = std::fs::read_to_string(cluster.join("postmaster.pid")).unwrap();
        let lines: Vec<&str> = about.lines().collect();
        let binaries = Binaries::find(None, None).expect("it runs");
        let mut command = Command::new(binaries.program(program));
        command
            .env("PGPORT", lines[3])
            .env("PGHOST", lines[4])
            .env("PGUSER", SUPERUSER);
        command
    }

    /// What the database answers to its superuser.
    pub fn sql(&self, database: &str, statement: &str) -> std::io::Result<String> {
        let mut psql = self.database_program("psql");
        let done = psql.args(["-XAtqc", statement, database]).output()?;
        if done.status.success() {
            Ok(String::from_utf8_lossy(&done.stdout).into_owned())
        } else {
            Err(std::io::Error::other(String::from_utf8_lossy(&done.stderr)))
        }
    }

    /// Kills the API's process at once; the host starts another.
    pub fn kill_api(&self) {
        let mine = std::process::id().to_string();
        let api = std::fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .find_map(|entry| {
                let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
                let (name, rest) = stat.split_once('(')?.1.rsplit_once(") ")?;
                let parent = rest.split(' ').nth(1)?;
                // Tests beside this one have an API too, below the same process.
                let here = || {
                    std::fs::read_link(entry.path().join("cwd"))
                        .is_ok_and(|cwd| cwd.starts_with(self.data.path()))
                };
                (name == "syncline-api" && parent == mine && here()).then(|| entry.file_name())
            });
        let api = api.expect("the API runs as a child of this process");
        let killed = Command::new("kill")
            .arg("-KILL")
            .arg(api)
            .status()
            .expect("kill runs");
        assert!(killed.success());
    }

    /// Asks until the answer is as wanted.
    pub async fn until<T, F: Future<Output = T>>(
        &self,
        what: &str,
        mut ask: impl FnMut() -> F,
        is_so: impl Fn(&T) -> bool,
    ) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = ask().await;
            if is_so(&answer) {
                return answer;
            }
            assert!(Instant::now() < end, "waited {PATIENCE:?} for: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The programs the host starts: those in `SYNCLINE_BIN_DIR`, or built once a test process (`cargo test` alone builds
/// only its own package's).
fn programs() -> Programs {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        if let Some(built) = std::env::var_os("SYNCLINE_BIN_DIR") {
            return built.into();
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let packages = [
            "syncline-host",
            "syncline-api",
            "syncline-runner",
            "syncline-rules-compile",
        ];
        let mut build = Command::new(cargo);
        build
            .args(["build", "--quiet", "--bins"])
            .args(packages.iter().flat_map(|package| ["-p", package]));
        let built = build
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(built.success(), "the programs do not build");
        // target/debug/deps/<this test>
        let test = std::env::current_exe().unwrap();
        test.ancestors()
            .nth(2)
            .expect("a target directory")
            .to_owned()
    });
    Programs {
        runner: folder.join("syncline-runner"),
        compile: folder.join("syncline-compile"),
        api: folder.join("syncline-api"),
        host: folder.join("syncline-host"),
    }
}
