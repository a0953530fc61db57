//! Programs that this release cannot load are compiled again, when the runner starts.
//!
//! An artifact is native code for one build and one processor; the document is what lasts. Invariants: what is compiled
//! again and means the same leaves version, approval and hash as they are; what cannot be compiled stays as it is, and
//! its profile's runs say so.

use syncline_contract::Problem;
use syncline_store::chain::Act;
use syncline_store::tenant::{Durability, ProfileRow};

use super::build::{Built, schemas};
use super::save;
use crate::app::App;
use crate::http::context::{now_ms, refused};
use crate::jobs::config::{ConfigError, programs_of};

/// Looks at every saved profile.
pub async fn programs(app: &App) -> Result<(), Problem> {
    let mut read = app.db.read().await.map_err(refused)?;
    for profile in read.profiles().await.map_err(refused)? {
        match programs_of(&mut read, &profile, &app.runtime).await {
            Ok(_) => {}
            Err(ConfigError::Store(error)) => return Err(refused(error)),
            Err(why @ ConfigError::Program { .. }) => {
                tracing::info!(profile = %profile.id, %why, "compiling it again");
                if let Err(problem) = again(app, &profile).await {
                    tracing::error!(profile = %profile.id, ?problem, "its expressions were not compiled again");
                }
            }
        }
    }
    Ok(())
}

async fn again(app: &App, profile: &ProfileRow) -> Result<(), Problem> {
    let mut read = app.db.read().await.map_err(refused)?;
    let known = schemas(&mut read).await.map_err(refused)?;
    let library = app.libraries.of(&mut read).await.map_err(refused)?;
    drop(read);
    let built = Built::of(&profile.doc, &known, &library)
        .compiled(&app.compiler)
        .await;
    let built = built.map_err(|error| {
        tracing::error!("a profile was not compiled: {error}");
        Problem::internal()
    })?;
    if built.ok() {
        let mut tx = app.db.write(Durability::Durable).await.map_err(refused)?;
        built.hold(&mut tx).await?;
        save::renewed(&mut tx, act(profile), profile, built).await?;
        tx.commit().await.map_err(refused)?;
        app.outbox_grew();
        return Ok(());
    }
    for found in &built.diagnostics {
        tracing::error!(profile = %profile.id, at = found.at, code = found.code, "{}", found.message);
    }
    Err(Problem::internal())
}

fn act(profile: &ProfileRow) -> Act {
    Act {
        at_ms: now_ms(),
        actor: "system".to_owned(),
        action: "profiles.renew".to_owned(),
        target: Some(profile.id.to_string()),
        result: "done".to_owned(),
        request_id: None,
        detail: serde_json::Value::Null,
    }
}
