//! Passwords of database roles: random, sealed in the host's database, known to the server as verifiers.

use syncline_store::admin::{ApiRole, HostConnection, Outcome, TenantConnection};
use zeroize::Zeroizing;

use crate::error::Result;
use crate::keys::{self, KeyFile, Purpose, Secret32};
use crate::scram;

/// Gives a tenant's role a verifier of this secret, unless it has one.
pub(crate) async fn ensure_tenant(
    cell: &mut TenantConnection,
    secret: &Secret32,
) -> Result<Outcome> {
    match wanting(cell.verifier().await?, secret) {
        None => Ok(Outcome::Found),
        Some(verifier) => {
            cell.set_verifier(&verifier).await?;
            Ok(Outcome::Made)
        }
    }
}

/// Finds or makes the password of one of the API's roles, and makes the server know it.
pub(crate) async fn ensure_api(
    host: &mut HostConnection,
    keys: &KeyFile,
    role: ApiRole,
) -> Result<Zeroizing<String>> {
    let purpose = match role {
        ApiRole::Api => Purpose::ApiPassword,
        ApiRole::Collector => Purpose::CollectorPassword,
    };
    let (secret, _) = keys.find_or_make(host, keys::HOST, purpose).await?;
    if let Some(verifier) = wanting(host.api_verifier(role).await?, &secret) {
        host.set_api_verifier(role, &verifier).await?;
    }
    Ok(scram::password(&secret))
}

/// A new verifier, if the stored one is not of this secret.
fn wanting(stored: Option<String>, secret: &Secret32) -> Option<String> {
    let password = scram::password(secret);
    if stored.is_some_and(|stored| scram::matches(&stored, &password)) {
        return None;
    }
    let random = keys::random();
    let salt: [u8; 16] = random[..16].try_into().expect("16 of 32 bytes");
    Some(scram::verifier(&password, &salt))
}
