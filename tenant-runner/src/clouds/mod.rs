//! Cloud directories: those that this process reaches by itself, through the host's way out.
//!
//! Invariants: nothing is dialled but hosts of the cloud that a directory names; a directory is used only with a
//! credential that was made here for it; a directory stays with the directory tenant it was first checked against.

pub mod check;
pub mod connect;
pub mod consent;
pub mod credential;
pub mod dial;
mod poll;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use syncline_connectors::contract::Connector;
use syncline_connectors::graph::GraphConnector;
use syncline_connectors::graph::permissions::is_extension;
use syncline_model::DirectoryId;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_model::schema::Schema;
use syncline_store::StoreError;
use syncline_store::chain::Act;
use syncline_store::tenant::{Directory, Durability, TenantRead};
use time::OffsetDateTime;

use crate::app::App;
use crate::http::context::now_ms;
use crate::http::settings_of;
use crate::resource::directory::CloudConnection;

pub use connect::{Ground, SharedByAll};
pub use poll::poll;

use check::{Check, Told};
use credential::{Credential, CredentialError, Credentials};

/// The connectors of the tenant's cloud directories.
pub struct Clouds {
    /// What they share.
    pub ground: Ground,
    /// `None` where a directory is known and has no credential that can be used.
    connectors: Mutex<BTreeMap<DirectoryId, Option<Opened>>>,
    /// Directories that are no cloud and are reached from here all the same.
    others: Mutex<BTreeMap<DirectoryId, Arc<dyn Connector>>>,
}

/// A connector, and what it was made of.
#[derive(Clone)]
struct Opened {
    connection: CloudConnection,
    certificate: Vec<u8>,
    connector: Arc<GraphConnector>,
}

/// Why something about a cloud directory was not done.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// The directory is none that is reached from here.
    #[error("the directory is no cloud directory (clouds.not_a_cloud)")]
    NotACloud,
    /// A next key was made before and no token was acquired with it yet.
    #[error("the next key waits for its certificate (directories.next_certificate_waits)")]
    NextKeyWaits,
    /// Its key.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Clouds {
    /// No directory yet.
    pub fn new(ground: Ground) -> Self {
        Self {
            ground,
            connectors: Mutex::default(),
            others: Mutex::default(),
        }
    }

    fn connectors(&self) -> MutexGuard<'_, BTreeMap<DirectoryId, Option<Opened>>> {
        self.connectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The connector of a directory, if it has one.
    pub fn get(&self, directory: DirectoryId) -> Option<Arc<dyn Connector>> {
        if let Some(found) = self.graph(directory) {
            return Some(found);
        }
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.get(&directory).cloned()
    }

    /// Reaches a directory by this connector from now on, without agent and credential: where a measurement is to hold
    /// nothing but our own work.
    pub fn reach_by(&self, directory: DirectoryId, connector: Arc<dyn Connector>) {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.insert(directory, connector);
    }

    /// The same, as what it is.
    pub fn graph(&self, directory: DirectoryId) -> Option<Arc<GraphConnector>> {
        let connectors = self.connectors();
        let opened = connectors.get(&directory)?.as_ref()?;
        Some(opened.connector.clone())
    }

    /// Whether a directory is reached from here at all.
    pub fn is_known(&self, directory: DirectoryId) -> bool {
        self.connectors().contains_key(&directory)
    }

    /// The directories that are reached from here.
    pub fn known(&self) -> Vec<DirectoryId> {
        self.connectors().keys().copied().collect()
    }

    /// Takes a directory in with what its row and its credential say. Where both are as before, so is the connector: it
    /// knows its token, whose objects are synchronised, and what it deleted.
    pub async fn open(&self, read: &mut TenantRead, row: &Directory) -> Result<(), CloudError> {
        let Some(connection) = settings_of(row).cloud else {
            return Ok(());
        };
        let credentials = credentials(read, row.id).await?;
        let Some(credential) = credentials.map(|credentials| credentials.current) else {
            self.connectors().insert(row.id, None);
            return Ok(());
        };
        let known = self.connectors().get(&row.id).cloned().flatten();
        if known.is_some_and(|known| {
            known.connection == connection && known.certificate == credential.certificate
        }) {
            return Ok(());
        }
        let made = self.ground.connector(&connection, &credential);
        let made = made.inspect_err(|fault| {
            tracing::error!(directory = %row.id, "a cloud directory cannot be used: {fault}");
        });
        let opened = made.ok().map(|connector| Opened {
            connection,
            certificate: credential.certificate,
            connector: Arc::new(connector),
        });
        self.connectors().insert(row.id, opened);
        Ok(())
    }

    /// Forgets a directory.
    pub fn forget(&self, directory: DirectoryId) {
        self.connectors().remove(&directory);
    }
}

fn credential_setting(directory: DirectoryId) -> String {
    format!("cloud credential of {directory}")
}

/// The keys of a directory.
pub async fn credentials(
    read: &mut TenantRead,
    directory: DirectoryId,
) -> Result<Option<Credentials>, CloudError> {
    let stored = read.setting(&credential_setting(directory)).await?;
    let opened = stored.map(|setting| Credentials::from_secret(&setting.value));
    Ok(opened.transpose()?)
}

/// Makes a key for a directory: its first, or the one that comes next. A next key that waits is not replaced: its
/// certificate may be on its way into the tenant. One that has expired is.
pub async fn make_key(app: &App, directory: DirectoryId, act: Act) -> Result<(), CloudError> {
    let tenant = app.db.tenant();
    // Finding two primes takes a second: not on a thread that others wait for.
    let made = tokio::task::spawn_blocking(move || {
        Credential::create(tenant, directory, OffsetDateTime::now_utc())
    });
    let made = made
        .await
        .map_err(|died| CredentialError::Failed(died.to_string()))??;
    let mut tx = app.db.write(Durability::Durable).await?;
    let row = tx.directory(directory).await?;
    let row = row.ok_or(CloudError::NotACloud)?;
    if settings_of(&row).cloud.is_none() {
        return Err(CloudError::NotACloud);
    }
    let name = credential_setting(directory);
    let stored = tx.setting(&name).await?;
    let version = stored.as_ref().map_or(0, |setting| setting.version);
    let credentials = match stored {
        Some(setting) => {
            let held = Credentials::from_secret(&setting.value)?;
            if held.next.as_ref().is_some_and(|n| n.expires_ms > now_ms()) {
                return Err(CloudError::NextKeyWaits);
            }
            Credentials {
                next: Some(made),
                ..held
            }
        }
        None => Credentials {
            current: made,
            next: None,
        },
    };
    tx.setting_put(&name, version, &credentials.to_secret())
        .await?;
    tx.audit(act);
    tx.commit().await?;
    app.outbox_grew();
    app.clouds.open(&mut app.db.read().await?, &row).await
}

/// Signs in, asks the directory tenant who it is and what it can hold, and keeps what was found. A next key that is
/// accepted takes the current one's place.
pub async fn check(app: &App, directory: DirectoryId, act: Act) -> Result<Check, CloudError> {
    let mut read = app.db.read().await?;
    let row = read.directory(directory).await?;
    let row = row.ok_or(CloudError::NotACloud)?;
    let connection = settings_of(&row).cloud.ok_or(CloudError::NotACloud)?;
    let credentials = credentials(&mut read, directory).await?;
    drop(read);
    let mut check = Check {
        at_ms: now_ms(),
        granted: None,
        fault: None,
        next_fault: None,
    };
    match credentials {
        None => check.fault = Some(Told::from(&no_key())),
        Some(credentials) => {
            if let Err(fault) = try_out(app, &row, &connection, credentials, &mut check).await? {
                check.fault = Some(Told::from(&fault));
            }
        }
    }
    let mut tx = app.db.write(Durability::Durable).await?;
    check::keep(&mut tx, directory, &check).await?;
    tx.audit(Act {
        detail: json!({"accepted": check.fault.is_none(), "code": check.fault.as_ref().map(|f| &f.code)}),
        ..act
    });
    tx.commit().await?;
    app.outbox_grew();
    if check.fault.is_none() {
        app.desk.reachable(directory);
    }
    Ok(check)
}

fn no_key() -> Fault {
    Fault::new(
        "clouds.no_key",
        ErrorKind::Authentication,
        "No key was made for this directory yet.",
        "Make one, and upload its certificate to the application's registration.",
    )
}

/// The steps of a check that talk to the cloud. The inner error is the cloud's.
async fn try_out(
    app: &App,
    row: &Directory,
    connection: &CloudConnection,
    mut credentials: Credentials,
    check: &mut Check,
) -> Result<Result<(), Fault>, CloudError> {
    let ground = &app.clouds.ground;
    if let Some(next) = credentials.next.take() {
        let accepted = match ground.connector(connection, &next) {
            Ok(connector) => connector.granted().await,
            Err(fault) => Err(fault),
        };
        match accepted {
            Ok(_) => promote(app, row, next.clone()).await?,
            // Not uploaded yet, or refused: the current one goes on, and the page says why.
            Err(fault) => {
                tracing::info!(directory = %row.id, "the next key is not accepted yet: {fault}");
                check.next_fault = Some(Told::from(&fault));
            }
        }
    }
    let Some(connector) = app.clouds.graph(row.id) else {
        return Ok(Err(crate::reach::Reach::none(app, row.id)));
    };
    let found = async {
        let granted = connector.granted().await?;
        check.granted = granted.readable.then_some(granted.roles);
        let identity = connector.identity().await?;
        let listing = connector.listing().await?;
        Ok((identity, listing))
    };
    let (identity, listing) = match found.await {
        Ok(found) => found,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut tx = app.db.write(Durability::Durable).await?;
    let mut current = tx.directory(row.id).await?.ok_or(CloudError::NotACloud)?;
    match &current.doc.identity {
        Some(pinned) if pinned.pin != identity.pin => {
            return Ok(Err(Fault::new(
                "clouds.another_tenant",
                ErrorKind::Authentication,
                "The application signs in to another directory tenant than this directory was first checked against.",
                "Connect the other directory tenant as a directory of its own.",
            )));
        }
        Some(_) => {}
        None => {
            current.doc.identity = Some(identity.clone());
            tx.directory_change(row.id, current.version, &current.doc)
                .await?;
        }
    }
    let stored = tx.directory_schema(row.id).await?;
    let schema = match (&stored, listing.has_extensions) {
        (Some(stored), false) => with_extensions_of(listing.schema, stored),
        _ => listing.schema,
    };
    if stored.as_deref() != Some(&schema) {
        tx.directory_set_schema(row.id, &schema).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// A schema with the directory extensions of an earlier one. Where they may not be listed any more they are not gone:
/// what profiles use of them stays wanted, so that its import says which permission is missing.
fn with_extensions_of(mut schema: Schema, earlier: &Schema) -> Schema {
    for (name, definition) in &mut schema.types {
        let known = earlier.types.get(name).into_iter().flat_map(|t| &t.attrs);
        for (attr, known) in known.filter(|(attr, _)| is_extension(attr)) {
            let slot = definition.attrs.entry(attr.clone());
            slot.or_insert_with(|| known.clone());
        }
    }
    schema
}

/// Puts the next key in the current one's place.
async fn promote(app: &App, row: &Directory, next: Credential) -> Result<(), CloudError> {
    let name = credential_setting(row.id);
    let mut tx = app.db.write(Durability::Durable).await?;
    let version = tx
        .setting(&name)
        .await?
        .map_or(0, |setting| setting.version);
    let credentials = Credentials {
        current: next,
        next: None,
    };
    tx.setting_put(&name, version, &credentials.to_secret())
        .await?;
    tx.commit().await?;
    app.clouds.open(&mut app.db.read().await?, row).await
}

#[cfg(test)]
mod tests {
    use syncline_connectors::graph::usual_schema;
    use syncline_model::AttrName;

    use super::*;

    #[test]
    fn extensions_outlive_the_permission_to_list_them_and_nothing_else_does() {
        let mut earlier = usual_schema();
        let user = earlier.types.get_mut("user").unwrap();
        let mut mail = user.attrs[&AttrName::new("mail")].clone();
        for name in [
            "extension_0123456789abcdef0123456789abcdef_grade",
            "shoeSize",
        ] {
            mail.name = name.into();
            user.attrs.insert(name.into(), mail.clone());
        }

        let schema = with_extensions_of(usual_schema(), &earlier);

        let grade = "extension_0123456789abcdef0123456789abcdef_grade".into();
        assert!(schema.attr("user", &grade).is_some());
        assert_eq!(schema.attr("user", &"shoeSize".into()), None);
        assert_eq!(schema.attr("group", &grade), None);
    }
}
