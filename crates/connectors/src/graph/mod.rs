//! Microsoft Entra ID through Microsoft Graph v1.0: users, groups with members, managers, and contacts to read.
//!
//! A flat directory: no names but ids, no containers, ids that arrive after the create, reads that lag behind writes,
//! soft deletes and quotas. Invariants: only the hosts of the configured cloud are dialled, and no link or redirect
//! changes that; nothing is written but what an operation says; nothing that may have been created is created again
//! before it was looked for; absence is never concluded from a read that lags.

mod assertion;
mod authority;
mod backoff;
mod batch;
mod chance;
mod client;
pub mod cloud;
mod config;
mod conflict;
mod create;
mod dial;
mod doubts;
mod errors;
mod estimate;
mod export;
mod groups;
mod id;
mod import;
mod lookup;
mod manager;
mod members;
mod pace;
pub mod permissions;
mod pieces;
mod properties;
mod refusal;
mod removal;
#[doc(hidden)]
pub mod replay;
mod rows;
mod select;
mod settle;
mod shared;
mod signin;
mod spool;
mod syntax;
mod targeted;
#[cfg(test)]
mod testing;
mod token;
mod trace;
mod transport;
mod walk;
mod watermark;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::Method;
use serde_json::json;
use syncline_model::error::ErrorKind;
use syncline_model::import::ImportRequest;
use syncline_model::op::Operation;
use syncline_model::schema::Schema;
use syncline_model::{Anchor, AttrName};
use tokio::sync::mpsc;

use crate::contract::{
    AddTrace, Capabilities, ChangeNotice, Connector, DirectoryIdentity, Fault, ImportEnd, Names,
    OpOutcome, PageSink, ReadAnswer, ReadRequest,
};

pub use authority::Authority;
pub use cloud::Cloud;
pub use config::{Credential, GraphConfig, Patience};
pub use dial::{ByteStream, Dial, TcpDial};
pub use estimate::OperationCounts;
pub use pace::{Charged, TenantSize};
pub use shared::Shared;
pub use token::Granted;

use authority::Authorities;
use batch::Batcher;
use client::{Ask, Client, Failure};
use doubts::Doubts;
use properties::{Catalogue, Class, Extension};
use transport::Transport;
use writer::{Writer, fault_of};

/// Permissions with which an application may read `/organization` (the vendor's permission table).
const SEE_THE_TENANT: [&str; 5] = [
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "User.Read.All",
];

/// What every directory tenant can hold: the schema without a tenant's own extensions.
pub fn usual_schema() -> Schema {
    Catalogue::new(&[]).schema()
}

/// One Entra tenant.
pub struct GraphConnector {
    client: Arc<Client>,
    writer: Writer,
    authorities: Authorities,
    catalogue: tokio::sync::Mutex<Option<Arc<Catalogue>>>,
    doubts: Doubts,
}

/// What a tenant can hold, as far as it may be asked.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The types with their attributes.
    pub schema: Schema,
    /// Whether the tenant's directory extensions are among them; without Directory.Read.All they cannot be listed.
    pub has_extensions: bool,
}

impl GraphConnector {
    /// A connector that signs in when it is first used. Connectors of one application in one tenant take one `shared`.
    ///
    /// # Errors
    /// When the configuration cannot be one.
    pub fn new(
        config: GraphConfig,
        shared: &Shared,
        dial: Arc<dyn Dial>,
        tls: Arc<rustls::ClientConfig>,
    ) -> Result<Self, Fault> {
        config.check()?;
        let settling = shared.settling.clone();
        let transport = Transport::new(dial, &tls, config.patience);
        let pacer = shared.pacer.clone();
        let client = Arc::new(Client::new(Arc::new(config), transport, pacer));
        Ok(Self {
            writer: Writer {
                batcher: Batcher::new(client.clone()),
                client: client.clone(),
                settling,
            },
            client,
            authorities: Authorities::default(),
            catalogue: tokio::sync::Mutex::default(),
            doubts: Doubts::default(),
        })
    }

    /// What the application was granted, proven by a token that is acquired now.
    ///
    /// # Errors
    /// When no token is to be had.
    pub async fn granted(&self) -> Result<Granted, Fault> {
        self.client.tokens.granted().await
    }

    /// The types as this tenant has them now, and whether its directory extensions could be listed.
    ///
    /// # Errors
    /// When the tenant cannot be asked. That the application may not list extensions is none.
    pub async fn listing(&self) -> Result<Listing, Fault> {
        let catalogue = Arc::new(self.read_catalogue().await?);
        *self.catalogue.lock().await = Some(catalogue.clone());
        Ok(Listing {
            schema: catalogue.schema(),
            has_extensions: catalogue.is_listed,
        })
    }

    /// How long these operations will take in a tenant of this size.
    pub fn estimate(&self, operations: &OperationCounts, size: TenantSize) -> Duration {
        operations.duration(size, self.writer.batcher.measured())
    }

    /// The size of the tenant as far as imports have shown.
    pub fn size(&self) -> TenantSize {
        self.client.pacer.size()
    }

    /// What this application asked of the tenant's quotas so far.
    pub fn charged(&self) -> Charged {
        self.client.pacer.charged()
    }

    /// Which system accepts a write of an attribute of an object, as far as can be told before writing.
    ///
    /// # Errors
    /// When there is no such attribute, or the object's anchor is none of Entra's.
    pub async fn authority(
        &self,
        object_type: &str,
        object: &Anchor,
        attr: &AttrName,
    ) -> Result<Authority, Fault> {
        let class = Class::of(object_type)?;
        let property = self.catalogue().await?.property(class, attr)?;
        let Anchor::Guid(guid) = object else {
            return Err(Fault::new(
                "graph.id_malformed",
                ErrorKind::InvalidValue,
                "An object of Entra is named by a GUID.",
                "Report this.",
            ));
        };
        if class == Class::Contact {
            return Ok(Authority::Exchange);
        }
        if self.authorities.is_synced(*guid) && self.authorities.cloud_managed(*guid).is_none() {
            self.ask_cloud_managed(class, *guid).await;
        }
        Ok(self.authorities.of(class, *guid, &property))
    }

    /// Asks whether a synchronised object is managed in the cloud; `None` when the application may not ask.
    async fn ask_cloud_managed(&self, class: Class, guid: [u8; 16]) -> Option<bool> {
        let role = match class {
            Class::Group => "Group-OnPremisesSyncBehavior.ReadWrite.All",
            _ => "User-OnPremisesSyncBehavior.ReadWrite.All",
        };
        if self.client.tokens.carries(role).await.ok()? == Some(false) {
            return None;
        }
        let key = writer::key_of(guid);
        let path = format!("/{}/{key}/onPremisesSyncBehavior", class.collection());
        let ask = Ask::get(path);
        let answer = self.client.ask(&ask).await.ok()?;
        let body: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
        let managed = body["isCloudManaged"].as_bool()?;
        self.authorities.learn_cloud_managed(guid, managed);
        Some(managed)
    }

    /// The types as this tenant has them, read once.
    async fn catalogue(&self) -> Result<Arc<Catalogue>, Fault> {
        let mut slot = self.catalogue.lock().await;
        if let Some(catalogue) = slot.as_ref() {
            return Ok(catalogue.clone());
        }
        let catalogue = Arc::new(self.read_catalogue().await?);
        *slot = Some(catalogue.clone());
        Ok(catalogue)
    }

    /// Whether one of the application's permissions lets it see the tenant.
    async fn may_see_the_tenant(&self) -> Result<bool, Fault> {
        for role in SEE_THE_TENANT {
            if self.client.tokens.carries(role).await? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Asks Graph which tenant the token belongs to.
    async fn compare_the_tenant(&self) -> Result<(), Fault> {
        let tenant = &self.client.config.tenant;
        let ask = Ask::get("/organization?$select=id");
        let body = match self.client.read_json(&ask).await {
            Ok(body) => body,
            Err(failure) => return Err(fault_of(failure, "Asking for the tenant")),
        };
        let id = body["value"][0]["id"].as_str().unwrap_or_default();
        if id.eq_ignore_ascii_case(tenant) {
            return Ok(());
        }
        Err(Fault::new(
            "graph.another_tenant",
            ErrorKind::Authentication,
            format!("Graph says that the token belongs to another tenant than {tenant}."),
            "Check the tenant id.",
        ))
    }

    /// Directory extensions belong to the types where the application may list them.
    async fn read_catalogue(&self) -> Result<Catalogue, Fault> {
        let may = self.client.tokens.carries("Directory.Read.All").await?;
        if may == Some(false) {
            tracing::info!("directory extensions cannot be listed without Directory.Read.All");
            return Ok(Catalogue::unlisted());
        }
        let path = "/directoryObjects/getAvailableExtensionProperties";
        // It reads, and the vendor's list does not say that it is no write.
        let ask = Ask::write(Method::POST, path, Some(json!({})));
        let body = match self.client.read_json(&ask).await {
            Ok(body) => body,
            Err(Failure::Refused(refusal)) if refusal.status == 403 => {
                return Ok(Catalogue::unlisted());
            }
            Err(failure) => return Err(fault_of(failure, "Listing directory extensions")),
        };
        let extensions = body["value"].as_array().cloned().unwrap_or_default();
        let extensions = extensions
            .into_iter()
            .map(serde_json::from_value::<Extension>);
        let extensions: Vec<Extension> = extensions.filter_map(Result::ok).collect();
        Ok(Catalogue::new(&extensions))
    }
}

#[async_trait]
impl Connector for GraphConnector {
    fn capabilities(&self) -> Capabilities {
        let settle = self.client.config.settle.as_millis();
        Capabilities {
            delta: true,
            change_notices: false,
            export: true,
            settle_ms: u64::try_from(settle).unwrap_or(u64::MAX),
            rename: true,
        }
    }

    async fn identity(&self) -> Result<DirectoryIdentity, Fault> {
        let config = &self.client.config;
        // The tenant's own endpoint issues the token; with one of these permissions Graph says so too.
        self.client.tokens.current().await?;
        if self.may_see_the_tenant().await? {
            self.compare_the_tenant().await?;
        }
        Ok(DirectoryIdentity {
            kind: "entra-id".to_owned(),
            pin: config.tenant.to_ascii_lowercase(),
            base_dn: String::new(),
            naming_contexts: Vec::new(),
            forest: None,
            functional_level: None,
            server: config.cloud.graph.to_string(),
        })
    }

    async fn describe(&self) -> Result<Schema, Fault> {
        Ok(self.listing().await?.schema)
    }

    async fn import(&self, request: ImportRequest, sink: PageSink) -> Result<ImportEnd, Fault> {
        import::import(self, &request, &sink).await
    }

    async fn read(&self, request: ReadRequest) -> Result<Vec<ReadAnswer>, Fault> {
        targeted::read(self, &request).await
    }

    async fn export(&self, operation: &Operation, names: &dyn Names) -> OpOutcome {
        export::export(self, operation, names).await
    }

    async fn trace_add(
        &self,
        operation: &Operation,
        _names: &dyn Names,
    ) -> Result<AddTrace, Fault> {
        trace::trace_add(self, operation).await
    }

    async fn changes(&self, _notices: mpsc::Sender<ChangeNotice>) -> Result<(), Fault> {
        Err(Fault::new(
            "connector.notices_unsupported",
            ErrorKind::Internal,
            "Entra tells nobody of changes of users and groups without losing some; it is asked instead.",
            "Import on a schedule.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::{Peer, TENANT};

    #[tokio::test]
    async fn the_tenant_is_the_one_that_graph_names_or_nothing_goes_on() {
        let peer = Peer::default();
        let connector = peer.connector();
        let named = |id: &str| json!({ "value": [{ "id": id }] });
        peer.graph_says(200, &[], &named(&TENANT.to_uppercase()));
        peer.graph_says(200, &[], &named("6f0a3c1e-0000-4000-8000-00000000000f"));

        let own = connector.identity().await.unwrap();
        let other = connector.identity().await.unwrap_err();

        assert_eq!(own.pin, TENANT);
        assert_eq!(other.code, "graph.another_tenant");
    }
}
