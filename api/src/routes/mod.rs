//! The control plane's own operations, one file each, and the routes of the tenant operations it passes on.
//!
//! Invariants: every operation of the table is served here or by the relay, and nothing else is; the document comes
//! from the same calls that make the routes.

mod audit;
mod auth;
mod health;
mod isolation;
mod me;
mod members;
mod openapi;
mod tenants;
mod tenants_create;
mod usage;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use syncline_contract::{Surface, ops};
use utoipa::openapi::OpenApi;

use crate::app::AppState;
use crate::guard::guard;
use crate::proxy;

/// The operations the API answers itself.
pub fn control(app: &AppState) -> Surface<AppState> {
    described(guarded(app))
}

/// The document of the operations the API answers itself.
pub fn document() -> OpenApi {
    described(Surface::new(|route| route)).finish().1
}

fn guarded(app: &AppState) -> Surface<AppState> {
    let app = app.clone();
    Surface::new(move |route: MethodRouter<AppState>| {
        route.layer(from_fn_with_state(app.clone(), guard))
    })
}

fn described(surface: Surface<AppState>) -> Surface<AppState> {
    let surface = surface
        .serve(&ops::control::HEALTH, health::get, health::describe)
        .serve(&ops::control::OPENAPI, openapi::get, openapi::describe)
        .serve(
            &ops::control::SIGN_IN,
            auth::sign_in::get,
            auth::sign_in::describe,
        )
        .serve(
            &ops::control::SIGN_IN_CALLBACK,
            auth::callback::get,
            auth::callback::describe,
        )
        .serve(
            &ops::control::SIGN_OUT,
            auth::sign_out::post,
            auth::sign_out::describe,
        )
        .serve(
            &ops::control::FRONT_CHANNEL_LOGOUT,
            auth::front_channel_logout::get,
            auth::front_channel_logout::describe,
        )
        .serve(
            &ops::control::SESSION,
            auth::session::get,
            auth::session::describe,
        );
    surface
        .serve(&ops::control::ME, me::get, me::describe)
        .serve(
            &ops::control::TENANTS_CREATE,
            tenants_create::post,
            tenants_create::describe,
        )
        .serve(
            &ops::control::TENANTS_LIST,
            tenants::list,
            tenants::describe_list,
        )
        .serve(
            &ops::control::TENANTS_GET,
            tenants::get,
            tenants::describe_get,
        )
        .serve(
            &ops::control::MEMBERS_LIST,
            members::list,
            members::describe_list,
        )
        .serve(
            &ops::control::MEMBERS_ADD,
            members::add,
            members::describe_add,
        )
        .serve(
            &ops::control::MEMBERS_REMOVE,
            members::remove,
            members::describe_remove,
        )
        .serve(&ops::control::USAGE_GET, usage::get, usage::describe)
        .serve(&ops::control::AUDIT_LIST, audit::list, audit::describe)
        .serve(
            &ops::control::ISOLATION_GET,
            isolation::get,
            isolation::describe,
        )
}

/// The routes of every tenant operation, each passed to the tenant's runner.
pub fn tenant(app: &AppState) -> Router<AppState> {
    let mut surface = guarded(app);
    for operation in ops::tenant::TABLE.iter().copied() {
        // Documented by the runner, which answers it.
        surface = surface.serve(operation, proxy::forward, |described| described);
    }
    surface.into_router()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_api_serves_every_control_operation_of_the_table_and_no_other() {
        let surface = described(Surface::new(|route| route));
        let served: BTreeSet<_> = surface.registered().iter().map(|op| op.id).collect();
        let table: BTreeSet<_> = ops::control::TABLE.iter().map(|op| op.id).collect();

        assert_eq!(served, table);
    }

    #[test]
    fn the_document_has_exactly_the_routes_of_the_table() {
        let written = serde_json::to_value(document()).unwrap();
        let documented: BTreeSet<(String, String)> = written["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                let methods = item
                    .as_object()
                    .unwrap()
                    .keys()
                    .filter(|key| *key != "parameters");
                methods
                    .map(|method| (method.to_uppercase(), path.clone()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let table: BTreeSet<_> = ops::control::TABLE
            .iter()
            .map(|op| (op.method.as_str().to_owned(), op.path.to_owned()))
            .collect();

        assert_eq!(documented, table);
    }
}
