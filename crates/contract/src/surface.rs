//! A surface under construction: route and documentation of an operation are registered in one call.
//!
//! Invariants: method and path come from the operation's constant, never from the handler's file; every handler
//! runs behind the surface's guard and finds its `&'static Operation` in the request's extensions; a body larger
//! than the operation allows is refused.

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Extension, Router};
use utoipa::openapi::OpenApi;

use crate::codes;
use crate::document::{self, Described};
use crate::operation::{Operation, Verb};
use crate::problem::Problem;

type Guard<S> = Box<dyn Fn(MethodRouter<S>) -> MethodRouter<S> + Send>;

/// Collects the routes and the document of one HTTP surface.
pub struct Surface<S = ()> {
    router: Router<S>,
    document: OpenApi,
    registered: Vec<&'static Operation>,
    guard: Guard<S>,
}

impl<S: Clone + Send + Sync + 'static> Surface<S> {
    /// An empty surface. `guard` wraps every handler (authentication, authorisation, metering); inside it the
    /// operation is already known: `Extension<&'static Operation>`.
    pub fn new(guard: impl Fn(MethodRouter<S>) -> MethodRouter<S> + Send + 'static) -> Self {
        Surface {
            router: Router::new(),
            document: document::empty(),
            registered: Vec::new(),
            guard: Box::new(guard),
        }
    }

    /// Serves one operation of the table with this handler and describes it in the document.
    pub fn serve<H, T>(
        mut self,
        operation: &'static Operation,
        handler: H,
        describe: impl FnOnce(Described) -> Described,
    ) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let filter = match operation.method {
            Verb::Get => MethodFilter::GET,
            Verb::Post => MethodFilter::POST,
            Verb::Put => MethodFilter::PUT,
            Verb::Patch => MethodFilter::PATCH,
            Verb::Delete => MethodFilter::DELETE,
        };
        let limited: MethodRouter<S> =
            (self.guard)(on(filter, handler)).layer(DefaultBodyLimit::max(operation.max_body));
        let route: MethodRouter<S> = limited.layer(Extension(operation));
        self.router = self.router.route(operation.path, route);
        describe(Described::new(operation)).write_to(&mut self.document);
        self.registered.push(operation);
        self
    }

    /// The operations served so far.
    pub fn registered(&self) -> &[&'static Operation] {
        &self.registered
    }

    /// The router alone, to be merged into another that has its own fallbacks.
    pub fn into_router(self) -> Router<S> {
        self.router
    }

    /// The router, with problem answers for unknown paths and methods, and the document.
    pub fn finish(self) -> (Router<S>, OpenApi) {
        let router = self
            .router
            .fallback(async || Problem::not_found())
            .method_not_allowed_fallback(method_not_allowed);
        (router, self.document)
    }
}

/// What a path answers to a method it does not take.
pub async fn method_not_allowed() -> Problem {
    Problem::new(
        &codes::METHOD_NOT_ALLOWED,
        "The path exists, the method does not.",
    )
}
