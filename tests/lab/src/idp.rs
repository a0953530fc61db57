//! The development identity provider of `infra/dev-idp`, running on an address of its own.
//!
//! Invariant: `start` returns when it answers; dropping it ends it.

use crate::{LabError, LoopbackAddress, Result, child::Child, dirs::RunDir, error::tail};
use serde::Deserialize;
use std::{
    fs,
    io::{BufRead, BufReader},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::ChildStdout,
    sync::mpsc,
    thread,
    time::Duration,
};

const READY_WITHIN: Duration = Duration::from_secs(60);

/// How the provider is set up. The default suits an API on any loopback port.
#[derive(Debug, Clone, Default)]
pub struct DevIdpOptions {
    /// The address to take if it is free: that of an earlier run, which clients remember.
    pub prefer: Option<Ipv4Addr>,
    /// The port; any free one when 0.
    pub port: u16,
    /// Path of the sign-in client's redirect address, `/auth/callback` when absent. Host and port are not compared.
    pub redirect_path: Option<String>,
    /// Path people return to after signing out, `/` when absent.
    pub post_logout_path: Option<String>,
    /// Called in a frame with `?sid=…` when somebody signs out.
    pub frontchannel_logout_uri: Option<String>,
    /// The sign-in client's certificate, public key (PEM) or JWK: it then uses `private_key_jwt`, not its secret.
    pub client_key: Option<PathBuf>,
}

/// A running identity provider and what it said about itself.
#[derive(Debug)]
pub struct DevIdp {
    about: About,
    process: Child,
    _output: BufReader<ChildStdout>,
    _address: LoopbackAddress,
    _run: RunDir,
}

/// The line that the provider prints when it is ready.
#[derive(Debug, Clone, Deserialize)]
pub struct About {
    /// `http://127.x.y.z:port`.
    pub origin: String,
    /// The shared authority, `<origin>/organizations/v2.0`; its metadata has a templated issuer.
    pub authority: String,
    /// The sign-in client.
    pub client: SignInClient,
    /// The API's registration.
    pub api: ApiRegistration,
    /// A public client that asks for tokens in a user's name.
    pub cli: PublicClient,
    /// A client with permissions of its own.
    pub daemon: ConfidentialClient,
    /// The directory tenants; the last one is that of personal accounts.
    pub tenants: Vec<DirectoryTenant>,
    /// Everybody who can sign in.
    pub users: Vec<IdpUser>,
}

/// The confidential client of the browser's sign-in.
#[derive(Debug, Clone, Deserialize)]
pub struct SignInClient {
    /// Its client id, a GUID.
    pub id: String,
    /// Its secret; none when it was set up with a key.
    pub secret: Option<String>,
}

/// The API that access tokens are for.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiRegistration {
    /// `api://syncline`: scopes are written `<uri>/<scope>`, applications ask for `<uri>/.default`.
    pub uri: String,
    /// The audience of its access tokens.
    pub audience: String,
    /// The scopes that users can be asked for.
    pub scopes: Vec<String>,
}

/// A client without a secret.
#[derive(Debug, Clone, Deserialize)]
pub struct PublicClient {
    /// Its client id, a GUID.
    pub id: String,
}

/// A client with a secret.
#[derive(Debug, Clone, Deserialize)]
pub struct ConfidentialClient {
    /// Its client id, a GUID.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// A directory tenant.
#[derive(Debug, Clone, Deserialize)]
pub struct DirectoryTenant {
    /// Its id, a GUID.
    pub tid: String,
    /// Its name.
    pub name: String,
    /// The issuer of its tokens.
    pub issuer: String,
}

/// A user of a directory tenant.
#[derive(Debug, Clone, Deserialize)]
pub struct IdpUser {
    /// The directory tenant.
    pub tid: String,
    /// The user's object id, a GUID; what the account page's form posts as `oid`.
    pub oid: String,
    /// The name shown.
    pub name: String,
    /// `preferred_username`.
    pub username: String,
    /// App roles.
    pub roles: Vec<String>,
}

impl DevIdp {
    /// Starts the provider.
    pub fn start(options: &DevIdpOptions) -> Result<Self> {
        let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/dev-idp");
        if !room.join("node_modules").is_dir() {
            let missing = "its npm packages are missing: run `make install`";
            return Err(LabError::command("infra/dev-idp/server.mjs", missing));
        }
        let address = LoopbackAddress::take_or(options.prefer)?;
        let run = RunDir::temporary()?;
        let log = run.path().join("idp.log");
        let (process, output) =
            Child::start_piped("node", &arguments(&room, &address, options), &log)?;
        let (line, output) = first_line(output, &log)?;
        let about = serde_json::from_str(&line)
            .map_err(|error| LabError::command("node server.mjs", format!("{error}: {line}")))?;
        Ok(Self {
            about,
            process,
            _output: output,
            _address: address,
            _run: run,
        })
    }

    /// Origin, clients, tenants and users.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The user with this name.
    ///
    /// # Panics
    /// When there is none: the users are fixed.
    #[must_use]
    pub fn user(&self, username: &str) -> &IdpUser {
        let found = self
            .about
            .users
            .iter()
            .find(|user| user.username == username);
        found.unwrap_or_else(|| panic!("the identity provider has no user {username}"))
    }

    /// Ends the provider at once: an outage.
    pub fn kill(&mut self) {
        self.process.kill();
    }
}

fn arguments(room: &Path, address: &LoopbackAddress, options: &DevIdpOptions) -> Vec<String> {
    let mut arguments = vec![room.join("server.mjs").to_string_lossy().into_owned()];
    let mut option = |name: &str, value: Option<String>| {
        arguments.extend(
            value
                .into_iter()
                .flat_map(|value| [format!("--{name}"), value]),
        );
    };
    option("address", Some(address.ip().to_string()));
    option("port", Some(options.port.to_string()));
    option("redirect-path", options.redirect_path.clone());
    option("post-logout-path", options.post_logout_path.clone());
    option(
        "frontchannel-logout-uri",
        options.frontchannel_logout_uri.clone(),
    );
    option(
        "client-key",
        options
            .client_key
            .as_ref()
            .map(|path| path.to_string_lossy().into_owned()),
    );
    arguments
}

fn first_line(output: ChildStdout, log: &Path) -> Result<(String, BufReader<ChildStdout>)> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = String::new();
        let read = output.read_line(&mut line);
        // Nobody listens any more after the deadline.
        let _ = sender.send(read.map(|_| (line, output)));
    });
    match receiver.recv_timeout(READY_WITHIN) {
        Ok(Ok((line, output))) if !line.is_empty() => Ok((line, output)),
        _ => Err(LabError::NotReady {
            what: "The development identity provider".to_owned(),
            seconds: READY_WITHIN.as_secs(),
            log: tail(&fs::read_to_string(log).unwrap_or_default()),
        }),
    }
}
