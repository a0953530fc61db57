//! A directory in memory, for what no real one can be made to do: endless pages, waiting at will,
//! counting exactly how far it was asked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use syncline_connectors::contract::{
    AddTrace, Applied, Capabilities, ChangeNotice, Connector, DirectoryIdentity, Fault, ImportEnd,
    ImportPage, Names, ObjectStanding, OpOutcome, PageSink, ReadAnswer, ReadRequest,
};
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportEntry, ImportObject, ImportRequest, ObjectName};
use syncline_model::op::{OpKind, Operation};
use syncline_model::password::Sealed;
use syncline_model::schema::{Schema, TypeDef};
use syncline_model::{Anchor, Dn, Value, Values};
use tokio::sync::{Notify, mpsc};

/// The domain head.
pub const HEAD: &str = "DC=fabrikam,DC=test";

/// The directory.
#[derive(Default)]
pub struct MemoryDirectory {
    /// Pages an import hands out before it ends.
    pub pages: AtomicU64,
    /// Bytes of each page's one entry.
    pub entry_bytes: AtomicU64,
    /// Pages that were handed out.
    pub handed_out: AtomicU64,
    /// Imports that are under way.
    pub importing: AtomicU64,
    /// Every operation that reached it.
    pub written: Mutex<Vec<Operation>>,
    /// Whether a write waits for [`MemoryDirectory::let_write`].
    pub slow_writes: AtomicBool,
    /// Lets one write through.
    pub let_write: Notify,
    /// Whether an Add is refused once its password was sealed.
    pub refuses_adds: AtomicBool,
    /// Whether an Add is carried out and its answer lost.
    pub loses_answers: AtomicBool,
    /// Something changed.
    pub changed: Notify,
    objects: Mutex<HashMap<Anchor, ObjectStanding>>,
    next: AtomicU64,
}

impl MemoryDirectory {
    /// A directory with a container `OU=Synced` and a user in it.
    pub fn new() -> Arc<Self> {
        let directory = Self::default();
        directory.put(
            guid(1),
            "OU=Synced,DC=fabrikam,DC=test",
            "organizationalUnit",
            None,
        );
        directory.put(
            guid(2),
            "CN=Ann,OU=Synced,DC=fabrikam,DC=test",
            "user",
            Some(1106),
        );
        directory.put(
            guid(3),
            "CN=Boss,OU=Synced,DC=fabrikam,DC=test",
            "user",
            Some(500),
        );
        directory.next.store(100, Ordering::SeqCst);
        directory.pages.store(3, Ordering::SeqCst);
        directory.entry_bytes.store(100, Ordering::SeqCst);
        Arc::new(directory)
    }

    /// Puts an object there.
    pub fn put(&self, anchor: Anchor, dn: &str, object_type: &str, rid: Option<u32>) {
        let standing = ObjectStanding {
            anchor: anchor.clone(),
            dn: dn.parse().unwrap(),
            object_type: Some(object_type.into()),
            sid: rid.map(|rid| format!("S-1-5-21-1-2-3-{rid}")),
            account_name: None,
            admin_count: false,
            critical: false,
            primary_group: None,
            account_control: 0x200,
            member_of: vec![],
            member_of_cut: false,
        };
        self.objects.lock().unwrap().insert(anchor, standing);
    }

    /// How many operations reached it.
    pub fn writes(&self) -> usize {
        self.written.lock().unwrap().len()
    }
}

/// An id.
pub fn guid(n: u8) -> Anchor {
    Anchor::Guid([n; 16])
}

/// Counts an import for as long as it lives.
struct Importing<'a>(&'a AtomicU64);

impl Drop for Importing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Connector for MemoryDirectory {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            delta: true,
            change_notices: true,
            export: true,
            settle_ms: 0,
            rename: true,
        }
    }

    async fn identity(&self) -> Result<DirectoryIdentity, Fault> {
        Ok(DirectoryIdentity {
            kind: "memory".into(),
            pin: "S-1-5-21-1-2-3".into(),
            base_dn: HEAD.into(),
            naming_contexts: vec![HEAD.into()],
            forest: None,
            functional_level: None,
            server: "memory".into(),
        })
    }

    async fn describe(&self) -> Result<Schema, Fault> {
        let user = TypeDef {
            name: "user".into(),
            attrs: Default::default(),
            rdn_attr: Some("CN".into()),
            unique: None,
            container: false,
        };
        Ok(Schema {
            types: [("user".into(), user)].into(),
        })
    }

    async fn import(&self, _: ImportRequest, sink: PageSink) -> Result<ImportEnd, Fault> {
        self.importing.fetch_add(1, Ordering::SeqCst);
        let _importing = Importing(&self.importing);
        let mut end = ImportEnd {
            watermark: Some(b"mark".to_vec()),
            ..ImportEnd::default()
        };
        while end.counts.pages < self.pages.load(Ordering::SeqCst) {
            end.counts.pages += 1;
            let bytes = self.entry_bytes.load(Ordering::SeqCst) as usize;
            let entry = ImportEntry::Object(ImportObject {
                anchor: guid(2),
                dn: format!("CN=o{},DC=x", end.counts.pages).parse().unwrap(),
                object_type: "user".into(),
                attrs: vec![(
                    "photo".into(),
                    Values::one(Value::Bytes(vec![7; bytes].into())).unwrap(),
                )],
                refs: vec![],
            });
            sink.send(ImportPage {
                entries: vec![entry],
            })
            .await?;
            self.handed_out.fetch_add(1, Ordering::SeqCst);
        }
        end.counts.objects = end.counts.pages;
        Ok(end)
    }

    async fn read(&self, request: ReadRequest) -> Result<Vec<ReadAnswer>, Fault> {
        Ok(request
            .objects
            .into_iter()
            .map(ReadAnswer::Missing)
            .collect())
    }

    async fn export(&self, operation: &Operation, names: &dyn Names) -> OpOutcome {
        if self.slow_writes.load(Ordering::SeqCst) {
            self.let_write.notified().await;
        }
        self.written.lock().unwrap().push(operation.clone());
        match &operation.kind {
            OpKind::Add {
                object_type, place, ..
            } => {
                let place = place.as_ref().unwrap();
                let parent = names.anchor(&place.parent).unwrap();
                let parent: Dn = self.objects.lock().unwrap()[&parent].dn.clone();
                let n = self.next.fetch_add(1, Ordering::SeqCst);
                if operation.password().is_some() {
                    // Sealing is the connector's own business and tested there; what counts here is where it stays.
                    let envelope = format!("age-encryption.org/v1\nenvelope {n}");
                    let kept = names.keep_sealed(operation, Sealed(envelope.into())).await;
                    kept.expect("the agent has a place for it");
                }
                let told = |code, kind| Fault::new(code, kind, "as it was told to", "none");
                if self.refuses_adds.load(Ordering::SeqCst) {
                    let kind = ErrorKind::ConstraintViolation;
                    return OpOutcome::Rejected(told("memory.refused", kind));
                }
                let dn = parent.child(place.rdn.parse().unwrap());
                self.put(
                    guid(n as u8),
                    &dn.to_string(),
                    object_type,
                    Some(2_000 + n as u32),
                );
                if self.loses_answers.load(Ordering::SeqCst) {
                    return OpOutcome::Unknown(told("memory.lost", ErrorKind::OutcomeUnknown));
                }
                done(guid(n as u8), dn)
            }
            OpKind::Update { .. } => {
                let anchor = names.anchor(&operation.object).unwrap();
                let dn = self.objects.lock().unwrap()[&anchor].dn.clone();
                done(anchor, dn)
            }
            OpKind::Delete { .. } => {
                let anchor = names.anchor(&operation.object).unwrap();
                let gone = self.objects.lock().unwrap().remove(&anchor).unwrap();
                done(anchor, gone.dn)
            }
        }
    }

    async fn trace_add(&self, add: &Operation, names: &dyn Names) -> Result<AddTrace, Fault> {
        let OpKind::Add {
            place: Some(place), ..
        } = &add.kind
        else {
            return Ok(AddTrace::Absent);
        };
        let objects = self.objects.lock().unwrap();
        let parent = objects[&names.anchor(&place.parent).unwrap()].dn.clone();
        let dn = parent.child(place.rdn.parse().unwrap());
        let found = objects.values().find(|object| object.dn == dn);
        Ok(found.map_or(AddTrace::Absent, |object| AddTrace::Present {
            anchor: object.anchor.clone(),
            dn: object.dn.clone(),
            created: None,
            differing: vec![],
            unfinished: vec![],
            sealed: None,
        }))
    }

    async fn standing(&self, object: &ObjectName) -> Result<Option<ObjectStanding>, Fault> {
        let objects = self.objects.lock().unwrap();
        Ok(match object {
            ObjectName::Anchor(anchor) => objects.get(anchor).cloned(),
            ObjectName::Dn(dn) => objects.values().find(|o| o.dn == *dn).cloned(),
        })
    }

    async fn changes(&self, notices: mpsc::Sender<ChangeNotice>) -> Result<(), Fault> {
        loop {
            tokio::select! {
                () = self.changed.notified() => {}
                () = notices.closed() => return Ok(()),
            }
            if notices.send(ChangeNotice { objects: 1 }).await.is_err() {
                return Err(Fault::new("x", ErrorKind::Connection, "gone", "retry"));
            }
        }
    }
}

fn done(anchor: Anchor, dn: Dn) -> OpOutcome {
    OpOutcome::Done(Applied {
        anchor,
        dn: Some(dn),
        refused: vec![],
        no_op: false,
    })
}
