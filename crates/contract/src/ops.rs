//! The operation table: every route of both processes, one folder file a surface.
//!
//! Invariants: ids and (method, path) pairs are unique over all surfaces; `/v1/tenants/{tenant}/…` belongs to a
//! member right; only [`internal`] paths lie under `/internal/`, and no door from outside routes them.

pub mod agent;
pub mod control;
pub mod internal;
pub mod tenant;

use http::Method;

use crate::operation::Operation;

/// Every operation of every surface.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    [control::TABLE, tenant::TABLE, agent::TABLE, internal::TABLE]
        .into_iter()
        .flatten()
        .copied()
}

/// The tenant operation behind a request line, if there is one: what the proxy may pass on.
pub fn tenant_operation(method: &Method, path: &str) -> Option<&'static Operation> {
    tenant::TABLE
        .iter()
        .copied()
        .find(|op| op.method.as_str() == method.as_str() && matches(op.path, path))
}

/// Whether a path fits a route: literal parts equal, parameters non-empty.
pub fn matches(route: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    for expected in route.split('/') {
        match parts.next() {
            Some(part) if expected.starts_with('{') && !part.is_empty() => {}
            Some(part) if part == expected => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::operation::{Access, Idempotency, SurfaceKind, Verb};

    #[test]
    fn no_id_and_no_route_stands_twice_in_the_table() {
        let ids: BTreeSet<_> = all().map(|op| op.id).collect();
        let routes: BTreeSet<_> = all().map(|op| (op.method.as_str(), op.path)).collect();

        assert_eq!((ids.len(), routes.len()), (all().count(), all().count()));
    }

    #[test]
    fn every_route_under_a_tenant_needs_a_right_of_that_tenant() {
        let open: Vec<_> = all()
            .filter(|op| op.in_tenant())
            .filter(|op| !matches!(op.access, Access::Member(_)))
            .map(|op| op.id)
            .collect();

        assert_eq!(open, Vec::<&str>::new());
    }

    #[test]
    fn tenant_and_internal_routes_keep_to_their_own_side() {
        for op in all() {
            match op.surface {
                SurfaceKind::Tenant => assert!(op.in_tenant(), "{}", op.id),
                SurfaceKind::Internal => {
                    assert!(op.path.starts_with("/internal/"), "{}", op.id);
                    assert_eq!(op.access, Access::System, "{}", op.id);
                }
                _ => assert!(!op.path.starts_with("/internal"), "{}", op.id),
            }
        }
    }

    #[test]
    fn a_read_takes_no_key_and_no_body() {
        for op in all().filter(|op| op.method == Verb::Get) {
            assert_eq!(
                (op.idempotency, op.max_body),
                (Idempotency::Safe, 0),
                "{}",
                op.id
            );
        }
    }

    #[test]
    fn a_request_line_finds_its_operation_and_nothing_else() {
        let found = |method, path| tenant_operation(&method, path).map(|op| op.id);

        assert_eq!(
            found(Method::GET, "/v1/tenants/ten_1/directories"),
            Some("directories.list")
        );
        assert_eq!(
            found(Method::GET, "/v1/tenants/ten_1/what-ifs/wif_1/operations"),
            Some("what-ifs.operations")
        );
        assert_eq!(found(Method::GET, "/v1/tenants//directories"), None);
        assert_eq!(found(Method::GET, "/v1/tenants/ten_1/directories/"), None);
        assert_eq!(found(Method::POST, "/internal/health"), None);
    }
}
