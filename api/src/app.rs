//! What every request can reach.

use std::sync::Arc;

use crate::collector::Collector;
use crate::config::Config;
use crate::identity::{Identities, SignInFlow};
use crate::known::KnownPrincipals;
use crate::lifecycle::{HostClient, Wake};
use crate::runners::Runners;
use crate::session::Cookies;
use crate::usage::UsageMeter;
use syncline_store::control::Control;

/// The state of the process, shared by all requests.
pub struct App {
    /// What it was told.
    pub config: Config,
    /// The control database.
    pub control: Control,
    /// Judges tokens.
    pub identities: Identities,
    /// Signs people in.
    pub sign_in: SignInFlow,
    /// Names and attributes of our cookies; anti-forgery tokens.
    pub cookies: Cookies,
    /// The tenants' processes.
    pub runners: Runners,
    /// The host.
    pub host: HostClient,
    /// Asks the reconciler to look now.
    pub wake: Wake,
    /// Copies runners' outboxes.
    pub collector: Collector,
    /// Counts API calls.
    pub usage: UsageMeter,
    /// Principals seen before.
    pub known: KnownPrincipals,
}

/// The state as handlers hold it.
pub type AppState = Arc<App>;
