//! LDAP directories: Active Directory and OpenLDAP.
//!
//! Invariants: LDAPS only; secrets are never requested, and none is written but the initial password of an account in
//! the Add that makes it ([`secret`]); every DN in a request to Active
//! Directory is a GUID where the protocol takes one, so that a rename in between changes nothing; a write to an object
//! of OpenLDAP names it and holds for its id alone, where the server knows assertions (RFC 4528); nothing is written
//! but what an operation says.

mod ad_schema;
mod ber;
mod change;
mod clock;
mod config;
mod controls;
mod delta;
mod dialect;
mod dirsync;
mod dn_text;
mod encode;
mod entry;
mod errors;
mod export;
mod export_add;
mod export_update;
mod flags;
mod full;
mod image;
mod link;
mod lookup;
mod naming;
mod never;
mod notices;
mod pages;
mod range;
mod references;
mod root;
mod schema;
mod scope;
mod secret;
mod session;
mod stand_in;
mod standing;
mod subschema;
mod syntax;
mod targeted;
mod trace;
mod value_sets;
mod watermark;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use syncline_model::Anchor;
use syncline_model::import::{ImportMode, ImportRequest, ObjectName};
use syncline_model::op::Operation;
use syncline_model::schema::Schema;
use tokio::sync::mpsc;

use crate::contract::{
    AddTrace, Capabilities, ChangeNotice, Connector, DirectoryIdentity, Fault, ImportEnd, Names,
    ObjectStanding, OpOutcome, PageSink, ReadAnswer, ReadRequest,
};

pub use config::{DirectoryKind, LdapConfig, Secret};
pub use never::is_secret;

use link::Link;
use root::Root;
use schema::{DirectorySchema, Selection};
use session::Session;
use watermark::Watermark;

/// One LDAP directory.
pub struct LdapConnector {
    config: Arc<LdapConfig>,
    link: Link,
    schema: tokio::sync::Mutex<Option<Arc<DirectorySchema>>>,
    memory: Mutex<Memory>,
}

/// What is remembered between calls. Everything here can be read again; nothing depends on it being here.
#[derive(Default)]
struct Memory {
    /// Under which container each container was last seen, to tell a move from a rename.
    parents: HashMap<Anchor, Anchor>,
    /// The attributes of the last import: their changes matter.
    watched: Option<Vec<String>>,
    /// Where listening for changes can start.
    cookie: Option<Vec<u8>>,
    /// Names of containers that were just looked up.
    places: lookup::Places,
}

impl LdapConnector {
    /// A connector that connects when it is first used.
    pub fn new(config: LdapConfig) -> Self {
        let config = Arc::new(config);
        Self {
            link: Link::new(Arc::clone(&config)),
            config,
            schema: tokio::sync::Mutex::default(),
            memory: Mutex::default(),
        }
    }

    fn kind(&self) -> DirectoryKind {
        self.config.kind
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // What a panicking holder left behind is at worst a cache entry too few.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers where an import ended and what it read, for the listener.
    fn remember(&self, selection: &Selection, watermark: Option<&Watermark>) {
        let mut memory = self.memory();
        memory.cookie = watermark.map(|mark| mark.cookie.clone());
        memory.watched = Some(selection.requested(&dirsync::TELLING));
    }

    async fn session(&self) -> Result<Session, Fault> {
        self.link.session().await
    }

    async fn root(&self, session: &mut Session) -> Result<Root, Fault> {
        root::read(session, &self.config).await
    }

    /// The directory's schema, read once.
    async fn schema(&self, session: &mut Session) -> Result<Arc<DirectorySchema>, Fault> {
        let mut slot = self.schema.lock().await;
        if let Some(schema) = slot.as_ref() {
            return Ok(Arc::clone(schema));
        }
        let schema = self.read_schema(session).await?;
        *slot = Some(Arc::clone(&schema));
        Ok(schema)
    }

    async fn read_schema(&self, session: &mut Session) -> Result<Arc<DirectorySchema>, Fault> {
        let root = self.root(session).await?;
        let schema = match self.kind() {
            DirectoryKind::ActiveDirectory => ad_schema::read(session, &root.schema).await?,
            DirectoryKind::OpenLdap => subschema::read(session, &root.schema).await?,
        };
        Ok(Arc::new(schema))
    }
}

#[async_trait]
impl Connector for LdapConnector {
    fn capabilities(&self) -> Capabilities {
        let active_directory = self.kind() == DirectoryKind::ActiveDirectory;
        Capabilities {
            delta: active_directory,
            change_notices: active_directory,
            export: true,
            settle_ms: 0,
            rename: true,
        }
    }

    async fn identity(&self) -> Result<DirectoryIdentity, Fault> {
        let mut session = self.session().await?;
        let root = self.root(&mut session).await?;
        let attrs = ["objectSid", "entryUUID"].map(str::to_owned);
        let head = session
            .object(&root.base, &attrs, false)
            .await?
            .unwrap_or_default();
        let pin = head
            .first("objectSid")
            .and_then(dn_text::sid_text)
            .or_else(|| head.text("entryUUID").map(str::to_owned))
            .unwrap_or_default();
        Ok(DirectoryIdentity {
            kind: self.kind().as_str().to_owned(),
            pin,
            base_dn: root.base,
            naming_contexts: root.naming_contexts,
            forest: root.forest,
            functional_level: root.functional_level,
            server: root.server,
        })
    }

    async fn describe(&self) -> Result<Schema, Fault> {
        let mut session = self.session().await?;
        let schema = self.read_schema(&mut session).await?;
        *self.schema.lock().await = Some(Arc::clone(&schema));
        Ok(schema.model.clone())
    }

    async fn import(&self, request: ImportRequest, sink: PageSink) -> Result<ImportEnd, Fault> {
        match &request.mode {
            ImportMode::Full => full::import(self, &request, &sink).await,
            ImportMode::Delta(watermark) => delta::import(self, &request, watermark, &sink).await,
        }
    }

    async fn read(&self, request: ReadRequest) -> Result<Vec<ReadAnswer>, Fault> {
        targeted::read(self, &request).await
    }

    async fn export(&self, operation: &Operation, names: &dyn Names) -> OpOutcome {
        export::export(self, operation, names).await
    }

    async fn trace_add(&self, operation: &Operation, names: &dyn Names) -> Result<AddTrace, Fault> {
        trace::trace_add(self, operation, names).await
    }

    async fn standing(&self, object: &ObjectName) -> Result<Option<ObjectStanding>, Fault> {
        standing::standing(self, object).await
    }

    async fn changes(&self, notices: mpsc::Sender<ChangeNotice>) -> Result<(), Fault> {
        notices::listen(self, notices).await
    }
}
