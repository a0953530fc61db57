//! HR files: a folder on the agent's host into which an HR system puts its export.
//!
//! The newest complete file is the whole truth: imports are always full, and what a file no longer holds is gone.
//! Whether so much may be gone is not judged here but by the guard on vanishing objects. `pickup` takes a file
//! atomically, `text` and `rows` read it strictly, `layout` and `values` turn rows into objects under the format that
//! a person confirmed, `detect` and `propose` look at a file before anybody did.
//!
//! Invariants: a file is read only under a confirmed format; what does not fit the format is refused as a whole, with
//! its line; a row that cannot be read is a read error, and where its key is not certain nothing is taken for gone;
//! nothing is repaired, nothing is written; no cell is logged.

mod config;
mod detect;
mod entries;
mod faults;
mod folder;
mod import;
mod inspect;
mod layout;
mod notices;
mod pickup;
mod propose;
mod rows;
mod survey;
mod targeted;
mod text;
mod values;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use syncline_model::ValueType;
use syncline_model::error::ErrorKind;
use syncline_model::hr_file::{Content, FileFormat, FileInspection};
use syncline_model::import::ImportRequest;
use syncline_model::op::Operation;
use syncline_model::schema::{AttrDef, Confirmation, Schema, TypeDef};
use tokio::sync::mpsc;

use crate::contract::{
    AddTrace, Capabilities, ChangeNotice, Connector, DirectoryIdentity, Fault, ImportEnd, Names,
    OpOutcome, PageSink, ReadAnswer, ReadRequest,
};

pub use config::FolderConfig;

use pickup::Pickup;

/// One folder of HR files.
#[derive(Debug)]
pub struct CsvConnector {
    pickup: Arc<Pickup>,
    format: Mutex<Result<Option<Arc<FileFormat>>, Fault>>,
}

impl CsvConnector {
    /// A connector that reads nothing until a format is confirmed.
    pub fn new(config: FolderConfig) -> Self {
        Self {
            pickup: Arc::new(Pickup::new(config)),
            format: Mutex::new(Ok(None)),
        }
    }

    /// Takes the format that a person confirmed; `None` takes it back. One that is not valid is a fault now and of
    /// every import until another comes.
    pub fn confirm(&self, format: Option<FileFormat>) -> Result<(), Fault> {
        let judged = match format {
            None => Ok(None),
            Some(format) => match format.validate() {
                Ok(()) => Ok(Some(Arc::new(format))),
                Err(error) => Err(Fault::new(
                    "csv.format_invalid",
                    ErrorKind::TypeMismatch,
                    format!("Nothing can be read by the confirmed format: {error}."),
                    "Inspect the newest file in the console and confirm the format again.",
                )),
            },
        };
        let answer = judged.clone().map(|_| ());
        *self.format.lock().unwrap_or_else(PoisonError::into_inner) = judged;
        answer
    }

    /// What the newest complete file looks like, and how it would read under a draft or else under what it looks like.
    /// Holds cells of a few rows: not to be logged.
    pub async fn inspect(&self, draft: Option<FileFormat>) -> Result<FileInspection, Fault> {
        let candidate = self.pickup.complete().await?;
        let pickup = Arc::clone(&self.pickup);
        import::blocking(move || {
            let snapshot = pickup.take(&candidate)?;
            inspect::inspect(&snapshot, draft.as_ref())
        })
        .await
    }

    fn confirmed(&self) -> Result<Option<Arc<FileFormat>>, Fault> {
        let format = self.format.lock().unwrap_or_else(PoisonError::into_inner);
        format.clone()
    }

    fn format(&self) -> Result<Arc<FileFormat>, Fault> {
        self.confirmed()?.ok_or_else(faults::unconfirmed)
    }
}

#[async_trait]
impl Connector for CsvConnector {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            change_notices: true,
            ..Capabilities::default()
        }
    }

    async fn identity(&self) -> Result<DirectoryIdentity, Fault> {
        let config = self.pickup.config();
        std::fs::read_dir(&config.folder).map_err(|e| faults::unreachable("The folder", &e))?;
        Ok(DirectoryIdentity {
            kind: "hr-file".into(),
            pin: format!("hr-file:{}", config.name),
            server: config.name.clone(),
            ..DirectoryIdentity::default()
        })
    }

    /// The columns of the confirmed format; nothing before one was confirmed.
    async fn describe(&self) -> Result<Schema, Fault> {
        Ok(self
            .confirmed()?
            .map_or_else(Schema::default, |format| schema(&format)))
    }

    async fn import(&self, request: ImportRequest, sink: PageSink) -> Result<ImportEnd, Fault> {
        import::import(&self.pickup, self.format()?, request, sink).await
    }

    async fn read(&self, request: ReadRequest) -> Result<Vec<ReadAnswer>, Fault> {
        targeted::read(&self.pickup, self.format()?, request).await
    }

    async fn export(&self, _: &Operation, _: &dyn Names) -> OpOutcome {
        OpOutcome::Rejected(read_only())
    }

    async fn trace_add(&self, _: &Operation, _: &dyn Names) -> Result<AddTrace, Fault> {
        Err(read_only())
    }

    async fn changes(&self, notices: mpsc::Sender<ChangeNotice>) -> Result<(), Fault> {
        notices::listen(&self.pickup, notices).await
    }
}

fn read_only() -> Fault {
    Fault::new(
        "csv.read_only",
        ErrorKind::Permission,
        "An HR file is a source; nothing is written to it.",
        "Take the outbound part of this directory out of the profile.",
    )
}

/// What objects of a format can hold.
fn schema(format: &FileFormat) -> Schema {
    let mut attrs = BTreeMap::new();
    for column in &format.columns {
        let (value_type, multi) = match &column.content {
            Content::Ignored => continue,
            Content::Text => (ValueType::String, false),
            Content::Multi { .. } => (ValueType::String, true),
            Content::Reference => (ValueType::Reference, false),
            Content::Date { .. } => (ValueType::Datetime, false),
        };
        let definition = AttrDef {
            name: column.attribute.clone(),
            value_type,
            multi,
            required: column.header == format.key,
            writable: false,
            max_length: None,
            confirmation: Confirmation::Exact,
            sensitive: false,
        };
        attrs.insert(column.attribute.clone(), definition);
    }
    let object_type = TypeDef {
        name: format.object_type.clone(),
        attrs,
        rdn_attr: None,
        unique: None,
        container: false,
    };
    Schema {
        types: [(format.object_type.clone(), object_type)].into(),
    }
}
