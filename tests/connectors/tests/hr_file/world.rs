//! A folder of HR files and a connector over it.

use std::fs::{self, File, FileTimes};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use syncline_connectors::contract::{Connector as _, Fault, ImportEnd, PageSink};
use syncline_connectors::csv::{CsvConnector, FolderConfig};
use syncline_model::Anchor;
use syncline_model::hr_file::{
    Column, Content, Dialect, FileFormat, FileInspection, TextEncoding, safe_attr_name,
};
use syncline_model::import::{
    ImportEntry, ImportMode, ImportObject, ImportRequest, ObjectName, ReadError,
};
use tempfile::TempDir;

/// A file that the vendor published.
pub fn vendor(name: &str) -> Vec<u8> {
    let path = format!("{}/data/hr/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read(path).unwrap()
}

/// The folder, and a connector over it.
pub struct Hr {
    pub connector: CsvConnector,
    pub folder: PathBuf,
    second: AtomicU64,
    _guard: TempDir,
}

/// What an import gave.
#[derive(Debug)]
pub struct Imported {
    pub end: ImportEnd,
    pub objects: Vec<ImportObject>,
    pub errors: Vec<ReadError>,
    pub pages: Vec<usize>,
}

impl Hr {
    /// An empty folder. A file is complete after a millisecond.
    pub fn new() -> Self {
        let guard = tempfile::tempdir().unwrap();
        let folder = guard.path().join("drop");
        fs::create_dir(&folder).unwrap();
        let mut config = FolderConfig::new("HR", &folder, "*.csv", guard.path());
        config.settle = Duration::from_millis(1);
        config.poll = Duration::from_millis(5);
        Self {
            connector: CsvConnector::new(config),
            folder,
            second: AtomicU64::new(1_700_000_000),
            _guard: guard,
        }
    }

    /// A folder with this file under this format.
    pub fn with(format: FileFormat, file: impl AsRef<[u8]>) -> Self {
        let hr = Self::new();
        hr.put("a.csv", file);
        hr.connector.confirm(Some(format)).unwrap();
        hr
    }

    /// Puts a file there as a careful system does: written under another name, then renamed; newer than all before.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let second = self.second.fetch_add(60, Ordering::SeqCst);
        let temporary = self.folder.join(format!("{name}.tmp"));
        fs::write(&temporary, bytes).unwrap();
        let time = UNIX_EPOCH + Duration::from_secs(second);
        let file = File::options().write(true).open(&temporary).unwrap();
        file.set_times(FileTimes::new().set_modified(time)).unwrap();
        fs::rename(temporary, self.folder.join(name)).unwrap();
    }

    /// Inspects the newest file.
    pub async fn inspect(&self) -> FileInspection {
        self.connector.inspect(None).await.unwrap()
    }

    /// A full import of everything.
    pub async fn full(&self) -> Result<Imported, Fault> {
        self.import(ImportMode::Full, 100).await
    }

    /// A delta import.
    pub async fn delta(&self, watermark: &[u8]) -> Result<Imported, Fault> {
        self.import(ImportMode::Delta(watermark.to_vec()), 100)
            .await
    }

    /// An import of everything the schema names.
    pub async fn import(&self, mode: ImportMode, page_size: u32) -> Result<Imported, Fault> {
        let schema = self.connector.describe().await?;
        let types = schema.types.into_values();
        let request = ImportRequest {
            mode,
            containers: vec![],
            types: types
                .map(|t| (t.name, t.attrs.into_keys().collect()))
                .collect(),
            page_size,
        };
        let (sink, mut taken) = PageSink::channel();
        let taking = async {
            let mut pages = Vec::new();
            while let Some(page) = taken.recv().await {
                pages.push(page.entries);
            }
            pages
        };
        let (end, pages) = tokio::join!(self.connector.import(request, sink), taking);
        let mut imported = Imported {
            end: end?,
            objects: vec![],
            errors: vec![],
            pages: pages.iter().map(Vec::len).collect(),
        };
        for entry in pages.into_iter().flatten() {
            match entry {
                ImportEntry::Object(object) => imported.objects.push(object),
                ImportEntry::ReadError(error) => imported.errors.push(error),
                other => panic!("a file tells of no {other:?}"),
            }
        }
        Ok(imported)
    }

    /// The code and the text of the fault that a full import ends with.
    pub async fn refusal(&self) -> (String, String) {
        let fault = self.full().await.expect_err("the file is refused");
        assert!(!fault.next_step.is_empty());
        (fault.code.into_owned(), fault.message)
    }
}

impl Imported {
    /// The object with this key.
    pub fn object(&self, key: &str) -> &ImportObject {
        let is = |object: &&ImportObject| object.anchor == anchor(key);
        self.objects.iter().find(is).unwrap()
    }

    /// The values of an attribute, for people.
    pub fn texts(&self, key: &str, attr: &str) -> Vec<String> {
        let object = self.object(key);
        let values = object.attrs.iter().find(|(name, _)| name.as_str() == attr);
        values.map_or_else(Vec::new, |(_, values)| {
            let text = |v: &syncline_model::Value| v.as_text().unwrap().to_owned();
            values.iter().map(text).collect()
        })
    }

    /// Codes, keys and messages of what could not be read.
    pub fn unreadable(&self) -> Vec<(&str, Option<String>, &str)> {
        let one = |error: &'_ ReadError| error.anchor.as_ref().map(ToString::to_string);
        self.errors
            .iter()
            .map(|error| (error.code.as_str(), one(error), error.message.as_str()))
            .collect()
    }

    /// The keys of the objects, in order.
    pub fn keys(&self) -> Vec<String> {
        self.objects.iter().map(|o| o.anchor.to_string()).collect()
    }
}

/// A key as an anchor.
pub fn anchor(key: &str) -> Anchor {
    Anchor::Text(key.into())
}

/// A key as another row names it.
pub fn name(key: &str) -> ObjectName {
    ObjectName::Anchor(anchor(key))
}

/// A format of UTF-8 and commas whose columns are text, the first of them the key.
pub fn format(headers: &[&str]) -> FileFormat {
    let column = |header: &&str| Column {
        header: (*header).into(),
        attribute: safe_attr_name(header).as_str().into(),
        content: Content::Text,
    };
    FileFormat {
        encoding: TextEncoding::Utf8,
        dialect: Dialect {
            delimiter: ',',
            quote: Some('"'),
            header: true,
            trim: false,
        },
        object_type: "worker".into(),
        key: headers[0].into(),
        columns: headers.iter().map(column).collect(),
        ends_with_newline: false,
    }
}
