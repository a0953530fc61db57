//! The OpenAPI side of an operation: what the constant knows is written for it, the handler adds its types.
//!
//! Invariants: operation id, parameters of the path, right, meter, idempotency and body limit in `openapi.yaml`
//! come from the operation table; schemas come from the types the handlers use.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, ContentBuilder, HeaderBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder,
    PathsBuilder, Ref, RefOr, Required, ResponseBuilder, Schema,
};
use utoipa::{IntoParams, ToSchema};

use crate::codes::{self, Code};
use crate::operation::{Access, Idempotency, Meter, Operation, SurfaceKind, Verb};
use crate::problem::{FieldError, ProblemBody};

/// Name of the header that proves a change came from the console.
pub const CSRF_HEADER: &str = "Syncline-Csrf";
/// Name of the session cookie over https; over plain loopback http the prefix is left out.
pub const SESSION_COOKIE: &str = "__Host-syncline";

/// A document without operations.
pub(crate) fn empty() -> OpenApi {
    let mut components = Components::new();
    let session = ApiKeyValue::with_description(
        SESSION_COOKIE,
        "The console's session; changes also need Syncline-Csrf.",
    );
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "An access token of the identity provider for this API.",
        ))
        .build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    add_schema::<FieldError>(&mut components.schemas);
    add_schema::<ProblemBody>(&mut components.schemas);
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Syncline")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Keeps directories in step. Errors are RFC 9457 problems with stable codes.",
                ))
                .build(),
        )
        .paths(PathsBuilder::new().build())
        .components(Some(components))
        .build()
}

type Schemas = BTreeMap<String, RefOr<Schema>>;

fn add_schema<T: ToSchema>(into: &mut Schemas) -> Ref {
    let mut found = Vec::new();
    T::schemas(&mut found);
    let name = T::name().into_owned();
    found.push((name.clone(), T::schema()));
    into.extend(found);
    Ref::from_schema_name(name)
}

/// One operation while its handler describes it.
pub struct Described {
    operation: &'static Operation,
    builder: OperationBuilder,
    schemas: Schemas,
    fails: BTreeMap<u16, Vec<&'static Code>>,
}

impl Described {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        let tag = operation.id.split('.').next().unwrap_or_default();
        let mut builder = OperationBuilder::new()
            .operation_id(Some(operation.id))
            .summary(Some(operation.summary.trim()))
            .tag(tag)
            .extensions(Some(extensions(operation)));
        for name in operation.parameters() {
            builder = builder.parameter(path_parameter(name));
        }
        if operation.idempotency == Idempotency::Key {
            let about =
                "A fresh random text; a repeat with the same key and body gets the first answer.";
            builder = builder.parameter(header("Idempotency-Key", about, Required::True));
        }
        if operation.precondition {
            let about = "The ETag of the version that was read.";
            builder = builder.parameter(header("If-Match", about, Required::True));
        }
        let mut described = Described {
            operation,
            builder,
            schemas: Schemas::new(),
            fails: BTreeMap::new(),
        };
        if matches!(operation.access, Access::SignedIn | Access::Member(_)) {
            described.builder = described.builder.securities(Some([
                SecurityRequirement::new("session", Vec::<String>::new()),
                SecurityRequirement::new("bearer", Vec::<String>::new()),
            ]));
            described = described.fails(&[&codes::SIGN_IN_REQUIRED, &codes::TOKEN_INVALID]);
        }
        if operation.right().is_some() {
            described = described.fails(&[&codes::NO_RIGHT, &codes::NOT_FOUND]);
        }
        if operation.idempotency == Idempotency::Key {
            described = described.fails(&[
                &codes::KEY_REQUIRED,
                &codes::KEY_RUNNING,
                &codes::KEY_REUSED,
            ]);
        }
        if operation.precondition {
            described =
                described.fails(&[&codes::PRECONDITION_REQUIRED, &codes::PRECONDITION_FAILED]);
        }
        if operation.surface == SurfaceKind::Tenant {
            described = described.fails(&[&codes::TENANT_NOT_READY, &codes::RUNNER_UNAVAILABLE]);
        }
        described
    }

    /// More than the summary says.
    pub fn says(mut self, description: &str) -> Self {
        self.builder = self.builder.description(Some(description));
        self
    }

    /// Query parameters.
    pub fn query<T: IntoParams>(mut self) -> Self {
        for parameter in T::into_params(|| Some(ParameterIn::Query)) {
            self.builder = self.builder.parameter(parameter);
        }
        self
    }

    /// The JSON body the operation takes.
    pub fn body<T: ToSchema>(mut self) -> Self {
        let schema = add_schema::<T>(&mut self.schemas);
        let body = RequestBodyBuilder::new()
            .required(Some(Required::True))
            .content(
                "application/json",
                ContentBuilder::new().schema(Some(schema)).build(),
            )
            .build();
        self.builder = self.builder.request_body(Some(body));
        self.fails(&[
            &codes::BODY_INVALID,
            &codes::BODY_TOO_LARGE,
            &codes::MEDIA_TYPE,
        ])
    }

    /// A JSON answer.
    pub fn returns<T: ToSchema>(mut self, status: u16, about: &str) -> Self {
        let schema = add_schema::<T>(&mut self.schemas);
        let response = ResponseBuilder::new()
            .description(about)
            .content(
                "application/json",
                ContentBuilder::new().schema(Some(schema)).build(),
            )
            .build();
        self.builder = self.builder.response(status.to_string(), response);
        self
    }

    /// A JSON answer that carries an ETag.
    pub fn returns_versioned<T: ToSchema>(mut self, status: u16, about: &str) -> Self {
        let schema = add_schema::<T>(&mut self.schemas);
        let text = ObjectBuilder::new().schema_type(Type::String).build();
        let etag = HeaderBuilder::new()
            .schema(Some(text))
            .description(Some("The version; send it back as If-Match."))
            .build();
        let response = ResponseBuilder::new()
            .description(about)
            .content(
                "application/json",
                ContentBuilder::new().schema(Some(schema)).build(),
            )
            .header("ETag", etag)
            .build();
        self.builder = self.builder.response(status.to_string(), response);
        self
    }

    /// An answer without a body, or with one that is not JSON.
    pub fn answers(mut self, status: u16, about: &str) -> Self {
        self.builder = self.builder.response(
            status.to_string(),
            ResponseBuilder::new().description(about).build(),
        );
        self
    }

    /// The refusals particular to this operation.
    pub fn fails(mut self, codes: &[&'static Code]) -> Self {
        for code in codes {
            let at = self.fails.entry(code.status).or_default();
            if !at.contains(code) {
                at.push(code);
            }
        }
        self
    }

    pub(crate) fn write_to(self, document: &mut OpenApi) {
        let Described {
            operation,
            mut builder,
            mut schemas,
            fails,
        } = self;
        let problem = add_schema::<ProblemBody>(&mut schemas);
        for (status, codes) in &fails {
            let lines: Vec<_> = codes
                .iter()
                .map(|c| format!("`{}`: {}.", c.code, c.title))
                .collect();
            builder = builder.response(
                status.to_string(),
                problem_response(&lines.join(" "), &problem),
            );
        }
        builder = builder.response("default", problem_response("Any other refusal.", &problem));
        let method = match operation.method {
            Verb::Get => HttpMethod::Get,
            Verb::Post => HttpMethod::Post,
            Verb::Put => HttpMethod::Put,
            Verb::Patch => HttpMethod::Patch,
            Verb::Delete => HttpMethod::Delete,
        };
        document
            .paths
            .add_path_operation(operation.path, vec![method], builder.build());
        document
            .components
            .get_or_insert_with(Components::new)
            .schemas
            .extend(schemas);
    }
}

fn problem_response(about: &str, problem: &Ref) -> utoipa::openapi::Response {
    ResponseBuilder::new()
        .description(about)
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(problem.clone())).build(),
        )
        .build()
}

fn extensions(operation: &Operation) -> Extensions {
    let access = match operation.access {
        Access::Public => "public",
        Access::SignedIn => "signed-in",
        Access::Member(_) => "member",
        Access::Agent => "agent",
        Access::System => "system",
    };
    let idempotency = match operation.idempotency {
        Idempotency::Safe => "safe",
        Idempotency::Repeatable => "repeatable",
        Idempotency::Key => "key",
    };
    let surface = match operation.surface {
        SurfaceKind::Control => "control",
        SurfaceKind::Tenant => "tenant",
        SurfaceKind::Agent => "agent",
        SurfaceKind::Internal => "internal",
    };
    let mut entries = vec![
        ("x-access".to_string(), json!(access)),
        ("x-idempotency".to_string(), json!(idempotency)),
        ("x-surface".to_string(), json!(surface)),
        ("x-max-body".to_string(), json!(operation.max_body)),
        (
            "x-metered".to_string(),
            json!(operation.meter == Meter::ApiCall),
        ),
    ];
    if let Some(right) = operation.right() {
        entries.push(("x-right".to_string(), json!(right.name())));
    }
    entries.into_iter().collect()
}

fn path_parameter(name: &str) -> Parameter {
    // Templates that come with the service have names of their own beside the ids of a tenant's.
    let names = if name == "template" {
        "|[a-z0-9]+(-[a-z0-9]+)*"
    } else {
        ""
    };
    if name == "wait" {
        // A sealed question, which is no row of anything.
        return parameter(name, "^[A-Za-z0-9_-]{1,2048}$".to_owned());
    }
    let prefix = match name {
        "tenant" => "ten",
        "directory" => "dir",
        "agent" => "agt",
        "profile" => "prf",
        "cycle" => "cyc",
        "run" => "run",
        "message" => "msg",
        "what_if" => "wif",
        "approval" => "apr",
        "object" => "obj",
        "metaverse_object" => "mvo",
        "member" => "usr",
        "template" => "tpl",
        "rule_resource" => "res",
        other => unreachable!("the path parameter `{other}` has no id prefix: add it here"),
    };
    let id = format!("{prefix}_[0-9a-hjkmnp-tv-z]{{1,13}}");
    let pattern = if names.is_empty() {
        format!("^{id}$")
    } else {
        format!("^({id}{names})$")
    };
    parameter(name, pattern)
}

fn parameter(name: &str, pattern: String) -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema))
        .build()
}

fn header(name: &str, about: &str, required: Required) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_parameter_of_the_table_is_documented() {
        for operation in crate::ops::all() {
            let described = Described::new(operation);

            let mut document = empty();
            described.write_to(&mut document);
            let written = serde_json::to_value(&document).unwrap();
            let item = &written["paths"][operation.path][operation.method.as_str().to_lowercase()];
            assert_eq!(item["operationId"], operation.id);
            let in_path = item["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|p| p["in"] == "path")
                .count();
            assert_eq!(in_path, operation.parameters().count(), "{}", operation.id);
        }
    }
}
