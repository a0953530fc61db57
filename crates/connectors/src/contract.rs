//! The connector contract: what every connected system offers, whatever it is.
//!
//! Used by the agent (LDAP) and by the tenant runner (cloud systems). Invariants: an import hands out
//! pages only as fast as they are taken and ends with either an [`ImportEnd`] or a [`Fault`], never
//! with silence; its watermark was read before its first page; an export answers for every operation
//! exactly once and never repeats by itself what may have taken effect; no method logs a value.

use async_trait::async_trait;
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportRequest, ObjectName};
use syncline_model::op::{ObjectKey, Operation};
use syncline_model::password::Sealed;
use syncline_model::schema::{ObjectType, Schema};
use syncline_model::{Anchor, Dn};
use tokio::sync::mpsc;

pub use syncline_model::connector::*;

/// Pages that may wait between a connector and whoever takes them.
const PAGES_IN_FLIGHT: usize = 2;

/// A connected system.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Who the directory says it is; connects and authenticates.
    async fn identity(&self) -> Result<DirectoryIdentity, Fault>;

    /// What the directory can hold.
    async fn describe(&self) -> Result<Schema, Fault>;

    /// Reads everything, or what changed since a watermark, into the sink. A sink that is closed ends it with
    /// `import.cancelled`.
    async fn import(&self, request: ImportRequest, sink: PageSink) -> Result<ImportEnd, Fault>;

    /// Reads these objects, each answered once and in order.
    async fn read(&self, request: ReadRequest) -> Result<Vec<ReadAnswer>, Fault>;

    /// Carries out one operation. Object keys are resolved through `names`; one that is not known is
    /// `export.reference_unresolved` for that object.
    async fn export(&self, operation: &Operation, names: &dyn Names) -> OpOutcome;

    /// What lies where an Add with unknown outcome would have put its object.
    async fn trace_add(&self, operation: &Operation, names: &dyn Names) -> Result<AddTrace, Fault>;

    /// How one object stands with the directory's own protections, read now; `None` when there is no such
    /// object. The agent's local policy decides by it, so a connector that cannot say so cannot be written through.
    async fn standing(&self, object: &ObjectName) -> Result<Option<ObjectStanding>, Fault> {
        let _ = object;
        Err(Fault::new(
            "connector.standing_unsupported",
            ErrorKind::Internal,
            "This kind of directory does not tell which of its objects are protected.",
            "Write to it by another connector.",
        ))
    }

    /// Tells of changes until the receiver is dropped or the directory is lost. Several changes may come as one notice.
    async fn changes(&self, notices: mpsc::Sender<ChangeNotice>) -> Result<(), Fault>;
}

/// What decides whether an object may be written at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectStanding {
    /// Its immutable id.
    pub anchor: Anchor,
    /// Where it lies.
    pub dn: Dn,
    /// Its type; `None` for kinds of objects that connectors do not offer.
    pub object_type: Option<ObjectType>,
    /// Its security identifier, as `S-1-5-21-…`.
    pub sid: Option<String>,
    /// Its account name.
    pub account_name: Option<String>,
    /// Whether the directory guards it as an administrator (adminCount).
    pub admin_count: bool,
    /// Whether the directory calls it critical to itself.
    pub critical: bool,
    /// The relative id of its primary group.
    pub primary_group: Option<u32>,
    /// The bits of userAccountControl; zero for what is no account.
    pub account_control: u32,
    /// The groups it is directly in.
    pub member_of: Vec<Dn>,
    /// Whether the directory cut that list: then nothing may be concluded from it.
    pub member_of_cut: bool,
}

/// What an export needs of whoever asked for it: under which id the directory knows the object of a key, and a
/// safe place for the sealed password of a new account.
#[async_trait]
pub trait Names: Send + Sync {
    /// The id, or `None` for an object that was never seen or never added.
    fn anchor(&self, key: &ObjectKey) -> Option<Anchor>;

    /// Keeps the sealed password of the account that this Add makes, in place of an earlier one. Comes back when it
    /// survives a crash; only then is the account made. Who has no safe place creates no such account.
    async fn keep_sealed(&self, add: &Operation, sealed: Sealed) -> Result<(), Fault> {
        let (_, _) = (add, sealed);
        Err(Fault::new(
            "export.password_unkept",
            ErrorKind::Internal,
            "The account was not created: there is no place to keep its sealed password.",
            "Report this.",
        ))
    }

    /// Forgets what was kept for this Add: the account turned out to be another than a newly made one.
    async fn drop_sealed(&self, add: &Operation) -> Result<(), Fault> {
        let _ = add;
        Ok(())
    }
}

/// Only what the directory already knew: keys that are ids. Enough where no plan adds an object.
pub struct KnownNames;

impl Names for KnownNames {
    fn anchor(&self, key: &ObjectKey) -> Option<Anchor> {
        match key {
            ObjectKey::Anchor(anchor) => Some(anchor.clone()),
            ObjectKey::New { .. } => None,
        }
    }
}

/// Where an import puts its pages. Waits while the taker is busy.
#[derive(Debug, Clone)]
pub struct PageSink(mpsc::Sender<ImportPage>);

impl PageSink {
    /// A sink and the end where its pages come out.
    pub fn channel() -> (Self, mpsc::Receiver<ImportPage>) {
        let (sender, pages) = mpsc::channel(PAGES_IN_FLIGHT);
        (Self(sender), pages)
    }

    /// Hands over a page when there is room.
    pub async fn send(&self, page: ImportPage) -> Result<(), Fault> {
        self.0.send(page).await.map_err(|_| {
            Fault::new(
                "import.cancelled",
                ErrorKind::Connection,
                "The import was stopped by whoever asked for it.",
                "Start it again; it begins at the last committed watermark.",
            )
        })
    }
}
