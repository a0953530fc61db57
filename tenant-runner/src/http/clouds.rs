//! Clouds: which there are, and the sign-in of a cloud directory: its key, its check, its permissions.

use std::sync::Arc;

use serde_json::json;
use syncline_connectors::graph::permissions::{Need, is_covered};
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PathParams, Problem, codes};
use syncline_model::profile::Profile;
use syncline_model::{DirectoryId, TenantId};
use syncline_store::tenant::{Directory as Row, TenantRead};

use super::Tenant;
use super::context::{Context, refused};
use super::directories::{load, settings_of};
use crate::clouds::credential::Credential;
use crate::clouds::{self, CloudError, check, consent};
use crate::jobs::selection::Selection;
use crate::resource::cloud::*;
use crate::resource::directory::{Directory, DirectorySettings};
use crate::resource::instant::Instant;
use crate::resource::template::DirectoryPermissions;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::CLOUDS_LIST, list, |d| {
            d.returns::<Page<CloudOption>>(200, "All of them.")
        })
        .serve(&ops::DIRECTORIES_CERTIFICATE, certificate, |d| {
            d.returns::<Directory>(200, "The directory, with the certificate to upload.")
                .fails(&[&codes::NOT_A_CLOUD, &codes::NEXT_CERTIFICATE_WAITS])
        })
        .serve(&ops::DIRECTORIES_CHECK, check_now, |d| {
            d.returns::<Directory>(200, "The directory, with what was found.")
                .fails(&[&codes::NOT_A_CLOUD])
        })
}

async fn list(context: Context) -> Result<Body<Page<CloudOption>>, Problem> {
    let clouds = context.app.clouds.ground.clouds.iter();
    let items = clouds.map(|cloud| CloudOption {
        name: cloud.name.clone(),
        label: cloud.label.clone(),
        simulated: cloud.simulated,
    });
    Ok(Body(Page::last(items.collect())))
}

async fn certificate(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, DirectoryId)>,
) -> Result<Body<Directory>, Problem> {
    load(&context, id).await?;
    let act = context.act("directories.certificate", id, json!({}));
    clouds::make_key(&context.app, id, act)
        .await
        .map_err(failed)?;
    Ok(Body(load(&context, id).await?))
}

async fn check_now(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, DirectoryId)>,
) -> Result<Body<Directory>, Problem> {
    load(&context, id).await?;
    let act = context.act("directories.check", id, json!({}));
    clouds::check(&context.app, id, act).await.map_err(failed)?;
    Ok(Body(load(&context, id).await?))
}

/// What a failure means to a caller.
pub(super) fn failed(error: CloudError) -> Problem {
    match error {
        CloudError::NotACloud => {
            Problem::new(&codes::NOT_A_CLOUD, "An agent reaches this directory.")
        }
        CloudError::NextKeyWaits => Problem::new(
            &codes::NEXT_CERTIFICATE_WAITS,
            "The directory's page shows its certificate as the next one; the tenant has not accepted it yet.",
        ),
        CloudError::Store(error) => refused(error),
        CloudError::Credential(error) => {
            tracing::error!("{error}");
            Problem::internal()
        }
    }
}

/// What is known of the sign-in of a directory; `None` for those behind agents.
pub(super) async fn sign_in(
    context: &Context,
    read: &mut TenantRead,
    row: &Row,
) -> Result<Option<CloudSignIn>, Problem> {
    let settings = settings_of(row);
    let Some(connection) = &settings.cloud else {
        return Ok(None);
    };
    let ground = &context.app.clouds.ground;
    let cloud = ground.cloud(&connection.cloud);
    let keys = clouds::credentials(read, row.id).await.map_err(failed)?;
    let found = check::last(read, row.id).await.map_err(refused)?;
    let profiles = read.profiles().await.map_err(refused)?;
    let docs = profiles.iter().map(|p| &p.doc);
    let permissions = needed(read, row, &settings, found.as_ref(), docs).await?;
    let fault = found.as_ref().and_then(|check| check.fault.clone());
    let next = keys.as_ref().and_then(|keys| keys.next.as_ref());
    let next_fault = next
        .and(found.as_ref())
        .and_then(|check| check.next_fault.clone());
    let is_missing = |p: &CloudPermission| p.grant == Grant::Missing;
    let login = cloud.map(|cloud| cloud.login.to_string());
    Ok(Some(CloudSignIn {
        label: cloud.map_or_else(|| connection.cloud.clone(), |cloud| cloud.label.clone()),
        simulated: cloud.is_some_and(|cloud| cloud.simulated),
        certificate: keys.as_ref().map(|keys| shown(&keys.current)),
        next_fault: next_fault.map(told),
        next_certificate: next.map(shown),
        consent_url: format!(
            "{}/{}/adminconsent?client_id={}",
            login.unwrap_or_default(),
            connection.tenant,
            connection.client_id
        ),
        checked_at: found
            .as_ref()
            .map(|check| Instant::from_unix_ms(check.at_ms)),
        ready: found.is_some() && fault.is_none() && !permissions.iter().any(is_missing),
        permissions,
        fault: fault.map(told),
    }))
}

/// The permissions that a directory needs under these profiles, each with whether it is granted; `None` for those behind
/// agents.
pub(super) async fn permissions<'a>(
    read: &mut TenantRead,
    row: &Row,
    profiles: impl Iterator<Item = &'a Profile> + Clone,
) -> Result<Option<Vec<CloudPermission>>, Problem> {
    let settings = settings_of(row);
    if settings.cloud.is_none() {
        return Ok(None);
    }
    let found = check::last(read, row.id).await.map_err(refused)?;
    needed(read, row, &settings, found.as_ref(), profiles)
        .await
        .map(Some)
}

/// The permissions that one profile needs, by cloud directory.
pub(super) async fn permissions_of(
    read: &mut TenantRead,
    profile: &Profile,
) -> Result<Vec<DirectoryPermissions>, Problem> {
    let named = crate::profile::source::directories(profile);
    let mut all = Vec::new();
    for row in read.directories().await.map_err(refused)? {
        if !named.contains(&row.id) {
            continue;
        }
        let only = std::iter::once(profile);
        if let Some(permissions) = permissions(read, &row, only).await? {
            all.push(DirectoryPermissions {
                directory: row.id,
                permissions,
            });
        }
    }
    Ok(all)
}

async fn needed<'a>(
    read: &mut TenantRead,
    row: &Row,
    settings: &DirectorySettings,
    found: Option<&check::Check>,
    profiles: impl Iterator<Item = &'a Profile> + Clone,
) -> Result<Vec<CloudPermission>, Problem> {
    let schema = read.directory_schema(row.id).await.map_err(refused)?;
    let schema = schema.unwrap_or_else(|| Arc::new(syncline_connectors::graph::usual_schema()));
    let selection = Selection::new(row.id, &schema, settings, profiles.clone());
    let granted = found.and_then(|check| check.granted.as_ref());
    let needs = consent::needs(row.id, &selection, profiles)
        .into_iter()
        .map(|need| {
            let grant = match granted {
                None => Grant::Unknown,
                Some(granted) if is_covered(need.permission, granted) => Grant::Granted,
                Some(_) => Grant::Missing,
            };
            permission(&need, grant)
        });
    Ok(needs.collect())
}

pub(super) fn permission(need: &Need, grant: Grant) -> CloudPermission {
    CloudPermission {
        name: need.permission.to_owned(),
        reasons: need.reasons.iter().map(ToString::to_string).collect(),
        grant,
    }
}

fn told(told: check::Told) -> CloudFault {
    CloudFault {
        code: told.code,
        message: told.message,
        next_step: told.next_step,
    }
}

fn shown(credential: &Credential) -> CloudCertificate {
    CloudCertificate {
        pem: credential.pem(),
        thumbprint: credential.thumbprint(),
        expires_at: Instant::from_unix_ms(credential.expires_ms),
    }
}
