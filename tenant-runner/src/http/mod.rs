//! The tenant's HTTP surface: every operation of the table that belongs to the runner, behind one guard.
//!
//! Invariants: a route exists only through the operation table; `openapi.yaml` comes from the same calls
//! that make the routes.

mod after_export;
mod agents;
mod approvals;
mod by_hand;
mod checklist;
mod clouds;
pub mod context;
mod cycles;
mod directories;
mod drafts;
mod guard;
mod guards;
mod hr_files;
mod idempotent;
mod internal;
mod messages;
mod notifications;
mod objects;
mod passwords;
mod profiles;
mod require;
mod rule_resources;
mod runs;
mod scheduler;
mod schedules;
mod templates;
mod waits;
mod what_ifs;

use std::sync::Arc;

use axum::Router;
use axum::routing::MethodRouter;
use syncline_contract::Surface;
use utoipa::openapi::OpenApi;

use crate::app::App;

pub use directories::settings_of;
pub use passwords::fingerprint;

/// The surface under construction.
type Tenant = Surface<Arc<App>>;

fn assemble(surface: Tenant) -> Tenant {
    [
        checklist::serve,
        directories::serve,
        guards::serve,
        require::serve,
        clouds::serve,
        hr_files::serve,
        agents::serve,
        profiles::serve,
        rule_resources::serve,
        templates::serve,
        drafts::serve,
        cycles::serve,
        waits::serve,
        runs::serve,
        messages::serve,
        notifications::serve,
        what_ifs::serve,
        approvals::serve,
        objects::serve,
        by_hand::serve,
        passwords::serve,
        scheduler::serve,
        schedules::serve,
    ]
    .into_iter()
    .fold(surface, |surface, serve| serve(surface))
}

/// The router of a runner.
pub fn router(app: Arc<App>) -> Router {
    let guarded = app.clone();
    let guard = move |route: MethodRouter<Arc<App>>| {
        route
            .layer(axum::middleware::from_fn_with_state(
                guarded.clone(),
                idempotent::once,
            ))
            .layer(axum::middleware::from_fn_with_state(
                guarded.clone(),
                guard::guard,
            ))
    };
    let surface = internal::serve(assemble(Surface::new(guard)));
    let (router, _) = surface.finish();
    router.with_state(app)
}

/// The part of `openapi.yaml` that this process answers.
pub fn openapi() -> OpenApi {
    assemble(Surface::new(|route| route)).finish().1
}

/// The operations this process answers towards people and workloads.
pub fn operations() -> Vec<&'static syncline_contract::Operation> {
    assemble(Surface::new(|route| route)).registered().to_vec()
}
