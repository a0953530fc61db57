//! Putting the process together and running it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::any;
use syncline_store::control::Control;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::agents::ApiTenants;
use crate::app::{App, AppState};
use crate::clock::now_ms;
use crate::collector::{Collector, collect_forever};
use crate::config::Config;
use crate::events::listen_forever;
use crate::identity::{Identities, SignInFlow};
use crate::known::KnownPrincipals;
use crate::lifecycle::{HostClient, Wake, reconcile_forever, watch_forever};
use crate::relay::{Relay, RelayConfig};
use crate::runners::Runners;
use crate::session::Cookies;
use crate::usage::UsageMeter;
use crate::{console, request, routes};

/// How long requests under way may take to end when the process stops.
const GRACE: Duration = Duration::from_secs(10);
const SWEEP: Duration = Duration::from_secs(600);

/// Why the process cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {why} (api.listen)")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        why: std::io::Error,
    },
    /// The server ended with an error.
    #[error("the server ended: {0} (api.serve)")]
    Serve(std::io::Error),
}

/// A running API.
pub struct Api {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
    background: Vec<JoinHandle<()>>,
    control: Control,
    relay: Relay,
}

impl Api {
    /// Binds and starts everything; returns once requests are taken.
    pub async fn start(config: Config) -> Result<Api, ServeError> {
        let address = config.listen;
        let listen = |why| ServeError::Listen { address, why };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let control = Control::new(&config.database, &config.collector);
        let incarnation = format!("{:016x}", rand::random::<u64>());
        let app: AppState = Arc::new(App {
            cookies: Cookies::new(config.origin(), config.is_https(), &config.api_key),
            identities: Identities::new(&config.identity),
            sign_in: SignInFlow::new(&config),
            runners: Runners::new(&config.runners_dir, &config.assertion_seed),
            host: HostClient::new(&config.host_socket),
            wake: Wake::default(),
            collector: Collector::new(),
            usage: UsageMeter::start(control.clone(), &incarnation),
            known: KnownPrincipals::default(),
            control: control.clone(),
            config,
        });
        // The same after a restart, so that a crashed process's leases are taken over at once.
        let owner = blake3::derive_key("syncline 2026 lease owner", &app.config.api_key);
        let owner = owner[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut background = vec![
            tokio::spawn(reconcile_forever(app.clone(), owner)),
            tokio::spawn(watch_forever(app.clone())),
            tokio::spawn(collect_forever(app.clone())),
            tokio::spawn(sweep_forever(app.clone())),
        ];
        let tenants = Arc::new(ApiTenants::new(app.clone()));
        let relay = Relay::new(
            tenants.clone(),
            RelayConfig::new(hosts(&app.config, address)),
        );
        background.push(tokio::spawn(listen_forever(
            app.clone(),
            tenants,
            relay.clone(),
        )));
        let router = router(&app, relay.router());
        let (stop, mut stopped) = watch::channel(false);
        let ended = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let server = tokio::spawn(async move {
            axum::serve(listener, router)
                .with_graceful_shutdown(ended)
                .await
        });
        tracing::info!(%address, "serving");
        Ok(Api {
            address,
            stop,
            server,
            background,
            control,
            relay,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, lets those under way end, and stops everything.
    pub async fn stop(mut self) -> Result<(), ServeError> {
        self.relay.shut_down();
        for task in &self.background {
            task.abort();
        }
        let _ = self.stop.send(true);
        let ended = match tokio::time::timeout(GRACE, &mut self.server).await {
            Ok(Ok(ended)) => ended.map_err(ServeError::Serve),
            Ok(Err(_)) => Ok(()),
            Err(_) => {
                self.server.abort();
                Ok(())
            }
        };
        self.control.close().await;
        ended
    }
}

/// All routes: control, tenant, the agents' door, and the console for whatever is none of them.
fn router(app: &AppState, door: Router) -> Router {
    let console = any(console::serve).with_state(app.clone());
    routes::control(app)
        .into_router()
        .merge(routes::tenant(app))
        .with_state(app.clone())
        .merge(door)
        .fallback_service(console)
        .method_not_allowed_fallback(syncline_contract::surface::method_not_allowed)
        .layer(from_fn(request::frame))
}

/// What agents may have dialled: the public address, and the address itself where it is a loopback one.
fn hosts(config: &Config, listening: SocketAddr) -> Vec<String> {
    let mut hosts = Vec::new();
    if let Some(host) = config.public_url.host_str() {
        hosts.push(
            config
                .public_url
                .port()
                .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
        );
    }
    if listening.ip().is_loopback() {
        hosts.push(listening.to_string());
    }
    hosts
}

async fn sweep_forever(app: AppState) {
    loop {
        match app.control.sweep(now_ms()).await {
            Ok(removed) => tracing::debug!(removed, "what has passed its time was removed"),
            Err(error) => tracing::warn!(code = error.code(), "nothing was swept: {error}"),
        }
        tokio::time::sleep(SWEEP).await;
    }
}
