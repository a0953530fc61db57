//! `POST /v1/tenants`: signs up. Organisation, tenant, owner, audit row, usage row and the first answer of the
//! Idempotency-Key are one transaction; provisioning follows, level-triggered.
//!
//! Invariants: an organisation belongs to the directory tenant of the person who signed it up, and a directory
//! tenant has one; a workload cannot sign up.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use syncline_contract::idempotency::{IdempotencyKey, fingerprint};
use syncline_contract::{Described, JsonBytes, Problem, Role, codes, extract, ops};
use syncline_model::TenantId;
use syncline_store::control::{ControlTx, FirstAnswer, NewTenant, PrincipalKind, Scope};
use utoipa::ToSchema;

use super::tenants::TenantView;
use crate::answer::{act, stored};
use crate::app::AppState;
use crate::caller::Caller;
use crate::clock::now_ms;
use crate::guard::{fresh_id, meter_of};

/// What to sign up.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// The organisation's name, such as `Contoso`.
    #[schema(min_length = 1, max_length = 100)]
    organisation: String,
    /// The tenant's name; the organisation's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    name: Option<String>,
    /// The tenant's name for addresses: lower-case letters, digits and hyphens; made from the name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z0-9](-?[a-z0-9]){0,39}$")]
    slug: Option<String>,
}

pub(super) fn describe(described: Described) -> Described {
    described
        .body::<SignUp>()
        .returns::<TenantView>(
            202,
            "Signed up; provisioning has begun. Poll the tenant until its state is `active`.",
        )
        .fails(&[
            &codes::INVALID,
            &codes::DIRECTORY_TENANT_TAKEN,
            &codes::SLUG_TAKEN,
            &codes::ACCOUNT_REFUSED,
        ])
}

pub(super) async fn post(
    State(app): State<AppState>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    JsonBytes(body): JsonBytes,
) -> Result<Response, Problem> {
    let print = fingerprint("POST", ops::control::TENANTS_CREATE.path, &body);
    let sign_up = Checked::new(extract::parse(&body)?)?;
    if caller.kind == PrincipalKind::Application {
        return Err(Problem::new(
            &codes::ACCOUNT_REFUSED,
            "A person signs an organisation up, not a workload.",
        ));
    }
    let mut tx = app
        .control
        .tx(Scope::principal(caller.principal))
        .await
        .map_err(stored)?;
    if let Some(first) = tx
        .first_answer(caller.principal, &key)
        .await
        .map_err(running)?
    {
        return replay(first, &print);
    }
    let view = sign_up.write(&app, &mut tx, &caller).await?;
    let answer = FirstAnswer {
        fingerprint: print.to_vec(),
        status: StatusCode::ACCEPTED.as_u16(),
        body: serde_json::to_vec(&view).map_err(|_| Problem::internal())?,
    };
    tx.keep_answer(caller.principal, &key, &answer, now_ms())
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    app.wake.now();
    Ok(answered(answer, false))
}

fn running(error: syncline_store::StoreError) -> Problem {
    if error.is_transient() {
        Problem::new(
            &codes::KEY_RUNNING,
            "The first request with this key has not ended.",
        )
        .retry_after(1)
    } else {
        stored(error)
    }
}

fn replay(first: FirstAnswer, print: &[u8; 32]) -> Result<Response, Problem> {
    if first.fingerprint != print {
        return Err(Problem::new(
            &codes::KEY_REUSED,
            "The key came before with another body.",
        ));
    }
    Ok(answered(first, true))
}

fn answered(answer: FirstAnswer, replayed: bool) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::ACCEPTED);
    let id = serde_json::from_slice::<TenantView>(&answer.body).map(|view| view.id);
    let mut response = (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        answer.body,
    )
        .into_response();
    if let Ok(id) = id
        && let Ok(location) = HeaderValue::from_str(&format!("/v1/tenants/{id}"))
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if replayed {
        response
            .headers_mut()
            .insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

struct Checked {
    organisation: String,
    name: String,
    slug: String,
}

impl Checked {
    fn new(sign_up: SignUp) -> Result<Self, Problem> {
        let refuse = |at: &str, message: &str| {
            Problem::new(&codes::INVALID, "The sign-up cannot be accepted.")
                .field(at, "value", message)
        };
        let name_of = |at: &str, text: &str| {
            let text = text.trim();
            let fits =
                (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
            fits.then(|| text.to_owned())
                .ok_or_else(|| refuse(at, "1 to 100 characters, no control characters"))
        };
        let organisation = name_of("/organisation", &sign_up.organisation)?;
        let name = name_of("/name", sign_up.name.as_deref().unwrap_or(&organisation))?;
        let slug = sign_up.slug.unwrap_or_else(|| slug_of(&name));
        if !is_slug(&slug) {
            return Err(refuse(
                "/slug",
                "1 to 40 lower-case letters and digits, single hyphens between them",
            ));
        }
        Ok(Checked {
            organisation,
            name,
            slug,
        })
    }

    async fn write(
        self,
        app: &AppState,
        tx: &mut ControlTx,
        caller: &Caller,
    ) -> Result<TenantView, Problem> {
        let now = now_ms();
        let by = caller.principal;
        let owned = tx
            .owned_organisation(by, &caller.directory_tenant)
            .await
            .map_err(stored)?;
        let organisation = match owned {
            Some(organisation) => organisation,
            None => {
                let fresh = fresh_id(|id| id);
                let made = tx
                    .make_organisation(fresh, &self.organisation, &caller.directory_tenant, by, now)
                    .await;
                if !made.map_err(stored)? {
                    let detail =
                        "The directory tenant of your account belongs to an organisation already.";
                    return Err(Problem::new(&codes::DIRECTORY_TENANT_TAKEN, detail));
                }
                fresh
            }
        };
        let id: TenantId = fresh_id(TenantId);
        tx.enter_tenant(id).await.map_err(stored)?;
        let new = NewTenant {
            id,
            organisation,
            name: &self.name,
            slug: &self.slug,
            by,
        };
        if !tx.make_tenant(&new, now).await.map_err(stored)? {
            let detail = format!("The organisation has a tenant `{}`.", self.slug);
            return Err(Problem::new(&codes::SLUG_TAKEN, detail));
        }
        tx.add_member(id, by, Role::Owner.name(), by, now)
            .await
            .map_err(stored)?;
        let detail = json!({"slug": self.slug, "directory_tenant": caller.directory_tenant});
        tx.audit(
            id,
            &act(caller, ops::control::TENANTS_CREATE.id, id, "done", detail),
        )
        .await
        .map_err(stored)?;
        tx.count_usage(&app.usage.row(id, meter_of(caller), caller.request, now))
            .await
            .map_err(stored)?;
        let tenant = tx
            .tenant(id)
            .await
            .map_err(stored)?
            .ok_or_else(Problem::internal)?;
        Ok(TenantView::of(tenant, Some(Role::Owner), Vec::new()))
    }
}

fn is_slug(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(40);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "tenant".into()
    } else {
        slug.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_up(organisation: &str, slug: Option<&str>) -> Result<Checked, Problem> {
        Checked::new(SignUp {
            organisation: organisation.into(),
            name: None,
            slug: slug.map(Into::into),
        })
    }

    #[test]
    fn a_name_becomes_a_slug() {
        for (name, slug) in [
            ("Contoso", "contoso"),
            ("Ada & Söhne GmbH", "ada-s-hne-gmbh"),
            ("…", "tenant"),
        ] {
            assert_eq!(
                sign_up(name, None).map(|checked| checked.slug).unwrap(),
                slug
            );
        }
    }

    #[test]
    fn a_slug_with_a_path_in_it_is_refused_by_field() {
        for bad in [
            "../etc",
            "a/b",
            "a.b",
            "-a",
            "a--b",
            "A",
            "",
            "a%2fb",
            &"x".repeat(41),
        ] {
            let problem = sign_up("Contoso", Some(bad)).err().unwrap();

            assert_eq!(
                (problem.code(), problem.body().errors[0].at.as_str()),
                (&codes::INVALID, "/slug"),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_empty_long_or_controlled_name_is_refused() {
        for bad in ["", "   ", "a\nb", &"x".repeat(101)] {
            assert!(sign_up(bad, None).is_err(), "{bad:?}");
        }
    }
}
