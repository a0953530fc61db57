//! The database server: the embedded one, or one that someone else runs on this machine.
//!
//! Runners have no internet sockets, so both are reached over a unix socket: a server that listens
//! on a loopback address gets one from the host, which copies bytes and reads none.
//! Invariants: no database is reached across a network without TLS, which this release does not
//! speak; where the server does not know our uids, the API's roles get passwords.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use syncline_store::admin::Server;
use syncline_wire::host::DatabaseStatus;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::bind;
use crate::config::HostConfig;
use crate::dirs::{self, Dirs};
use crate::error::{HostError, Result};
use crate::identities::Identities;
use crate::postgres::{EmbeddedPostgres, PORT, PostgresConfig};

/// What is kept running for the database.
#[derive(Debug)]
pub(crate) struct Database {
    embedded: Option<EmbeddedPostgres>,
    relay: Option<JoinHandle<()>>,
    /// How the host reaches it.
    pub server: Server,
    /// How everyone else does.
    pub door: Door,
}

/// The socket of the database.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// Its directory.
    pub socket_dir: PathBuf,
    /// The number in its name.
    pub port: u16,
    /// Whether the server knows the API by its uid.
    pub knows_uids: bool,
}

impl Database {
    /// Starts the embedded server, or finds the other one.
    pub async fn start(config: &HostConfig, dirs: &Dirs, who: &Identities) -> Result<Self> {
        let Some(url) = &config.database_url else {
            let embedded = EmbeddedPostgres::start(PostgresConfig {
                cluster: dirs.cluster(),
                socket_dir: dirs.database_socket_dir(),
                binaries: config.postgres_bin.clone(),
                identities: who.clone(),
            })
            .await?;
            let server = embedded.server().clone();
            let door = Door {
                socket_dir: dirs.database_socket_dir(),
                port: PORT,
                knows_uids: true,
            };
            return Ok(Self {
                embedded: Some(embedded),
                relay: None,
                server,
                door,
            });
        };

        let server = Server::from_url(url)?;
        let (relay, door) = match server.address() {
            None => {
                let socket_dir = server.socket_dir().unwrap_or_default();
                (
                    None,
                    Door {
                        socket_dir,
                        port: server.port(),
                        knows_uids: false,
                    },
                )
            }
            Some((machine, port)) => {
                let socket_dir = dirs.database_socket_dir();
                let relay = relay(&socket_dir, loopback(&machine, port).await?, who)?;
                (
                    Some(relay),
                    Door {
                        socket_dir,
                        port: PORT,
                        knows_uids: false,
                    },
                )
            }
        };
        Ok(Self {
            embedded: None,
            relay,
            server,
            door,
        })
    }

    /// The state of the embedded server.
    pub fn status(&self) -> Option<watch::Receiver<DatabaseStatus>> {
        self.embedded.as_ref().map(EmbeddedPostgres::status)
    }

    /// Ends what was started.
    pub async fn stop(self) {
        if let Some(relay) = self.relay {
            relay.abort();
        }
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

/// The address of a machine that must be this one.
async fn loopback(machine: &str, port: u16) -> Result<SocketAddr> {
    let found = tokio::net::lookup_host((machine, port)).await;
    let mut found = found.map_err(|e| {
        HostError::new("host.database_address", format!("{machine} is not known")).because(e)
    })?;
    found.find(|address| is_loopback(address.ip())).ok_or_else(|| {
        HostError::new(
            "host.database_remote",
            format!("the database on {machine} lies across a network, and this release does not speak TLS to it: run it on this machine, or end a TLS tunnel on a loopback address and name that"),
        )
    })
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Gives a server behind an address a unix socket that only the clients' group may reach.
fn relay(socket_dir: &Path, to: SocketAddr, who: &Identities) -> Result<JoinHandle<()>> {
    dirs::make(socket_dir, 0o710, who.clients_gid().map(|gid| (0, gid)))?;
    let socket = socket_dir.join(format!(".s.PGSQL.{PORT}"));
    let listener = bind::tokio_listener(&socket, None, 0o777)?;
    Ok(tokio::spawn(async move {
        let mut talks = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                peer = listener.accept() => match peer {
                    Ok((client, _)) => { talks.spawn(copy(client, to)); }
                    Err(e) => {
                        tracing::error!(error = %e, "the socket of the database cannot accept");
                        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    }
                },
                Some(_) = talks.join_next(), if !talks.is_empty() => {}
            }
        }
    }))
}

async fn copy(mut client: UnixStream, to: SocketAddr) {
    match TcpStream::connect(to).await {
        Ok(mut server) => {
            let _ = server.set_nodelay(true);
            // Either end closing is the ordinary end.
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        }
        Err(e) => tracing::warn!(error = %e, "the database does not answer"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn clients_of_a_loopback_server_get_a_socket() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let dir = tempfile::tempdir().unwrap();
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let who = Identities::Shared {
            uid: 0,
            gid: 0,
            name: "root".into(),
        };
        let relay = relay(&dir.path().join("pg"), server.local_addr().unwrap(), &who).unwrap();

        let mut client = UnixStream::connect(dir.path().join("pg/.s.PGSQL.5432"))
            .await
            .unwrap();
        client.write_all(b"question").await.unwrap();
        let (mut peer, _) = server.accept().await.unwrap();
        let mut heard = [0; 8];
        peer.read_exact(&mut heard).await.unwrap();
        peer.write_all(b"answer").await.unwrap();
        drop(peer);
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();

        assert_eq!((&heard[..], answer.as_str()), (&b"question"[..], "answer"));
        relay.abort();
    }

    #[tokio::test]
    async fn a_database_across_a_network_is_refused() {
        assert_eq!(
            loopback("192.0.2.1", 5432).await.unwrap_err().code(),
            "host.database_remote"
        );
        assert!(loopback("127.0.0.1", 5432).await.is_ok());
        assert!(loopback("::ffff:127.0.0.1", 5432).await.is_ok());
    }
}
