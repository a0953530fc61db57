//! HR files: the format that a person confirmed, and what an inspection of a file found.
//!
//! An HR system hands over a file of delimited text. Its encoding, dialect and columns are proposed by whoever
//! looks at the file and become a [`FileFormat`] only when an administrator confirms them.
//!
//! Invariants: a file is read only under a confirmed format that is valid ([`FileFormat::validate`]); an inspection
//! holds cells of a few rows, which are directory data: shown to who may read the directory, never logged.

mod date;
mod name;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::attrs::AttrName;
use crate::schema::ObjectType;

pub use date::{DateFormat, DateFormatError};
pub use name::{is_attr_name, safe_attr_name};

/// More columns than this are no table of people.
pub const COLUMNS_MAX: usize = 500;

/// How the bytes of a file stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TextEncoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low octet first, with or without a byte order mark.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high octet first, with or without a byte order mark.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Central Europe.
    #[serde(rename = "windows-1250")]
    Windows1250,
    /// Cyrillic.
    #[serde(rename = "windows-1251")]
    Windows1251,
    /// Western Europe, as Windows writes it.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// Greek.
    #[serde(rename = "windows-1253")]
    Windows1253,
    /// Turkish.
    #[serde(rename = "windows-1254")]
    Windows1254,
    /// Baltic.
    #[serde(rename = "windows-1257")]
    Windows1257,
    /// Central Europe, as Unix wrote it.
    #[serde(rename = "iso-8859-2")]
    Iso8859_2,
    /// Western Europe with the euro sign, as Unix wrote it.
    #[serde(rename = "iso-8859-15")]
    Iso8859_15,
}

impl TextEncoding {
    /// Every encoding.
    pub const ALL: [Self; 11] = [
        Self::Utf8,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Windows1250,
        Self::Windows1251,
        Self::Windows1252,
        Self::Windows1253,
        Self::Windows1254,
        Self::Windows1257,
        Self::Iso8859_2,
        Self::Iso8859_15,
    ];

    /// Its name, as the Encoding Standard writes it in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1250 => "windows-1250",
            Self::Windows1251 => "windows-1251",
            Self::Windows1252 => "windows-1252",
            Self::Windows1253 => "windows-1253",
            Self::Windows1254 => "windows-1254",
            Self::Windows1257 => "windows-1257",
            Self::Iso8859_2 => "iso-8859-2",
            Self::Iso8859_15 => "iso-8859-15",
        }
    }

    /// Whether every character is one octet. Then nearly every file can be decoded, rightly or not.
    pub fn is_single_byte(self) -> bool {
        !matches!(self, Self::Utf8 | Self::Utf16Le | Self::Utf16Be)
    }
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a file's text is cut into rows and cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// What stands between two cells: `,`, `;`, `|` or a tab.
    pub delimiter: char,
    /// What a cell may be wrapped in, `"` or `'`; doubled inside. Absent: no cell is wrapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<char>,
    /// Whether the first row names the columns. Without it columns are known by their place.
    pub header: bool,
    /// Whether spaces around a value are no part of it.
    #[serde(default)]
    pub trim: bool,
}

impl Dialect {
    /// What may stand between two cells.
    pub const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
    /// What a cell may be wrapped in.
    pub const QUOTES: [char; 2] = ['"', '\''];
}

/// What the cells of a column are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Content {
    /// One text, kept as it stands.
    #[default]
    Text,
    /// Several texts in one cell. Spaces around each are no part of it.
    Multi {
        /// What stands between them.
        separator: String,
    },
    /// The key of another row.
    Reference,
    /// A date, or a date and time.
    Date {
        /// How it is written, such as `yyyy-MM-dd` (see [`DateFormat`]). Without an offset it is UTC.
        format: String,
    },
    /// Not read.
    Ignored,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its header, exactly as it stands in the file; a label where the file has no header.
    pub header: String,
    /// The attribute that it becomes: a letter or `_`, then letters, digits and `_`.
    pub attribute: AttrName,
    /// What its cells are.
    #[serde(default)]
    pub content: Content,
}

/// How the files of a folder are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FileFormat {
    /// The encoding.
    pub encoding: TextEncoding,
    /// The dialect.
    pub dialect: Dialect,
    /// The object type of every row.
    #[serde(default = "worker")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub object_type: ObjectType,
    /// The header of the column that tells one row from another. It becomes the anchor.
    pub key: String,
    /// Every column of the file; in the file's order where it has no header.
    pub columns: Vec<Column>,
    /// Whether every row ends with a line end, the last one too. Then a file whose last row has none is cut off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_with_newline: bool,
}

fn worker() -> ObjectType {
    FileFormat::OBJECT_TYPE.into()
}

/// A format under which no file can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file format is not valid: {0} (csv.format_invalid)")]
pub struct FormatError(String);

impl FileFormat {
    /// The object type where nobody says another.
    pub const OBJECT_TYPE: &str = "worker";

    /// Where the key column stands among [`FileFormat::columns`].
    pub fn key_at(&self) -> Option<usize> {
        self.columns.iter().position(|c| c.header == self.key)
    }

    /// Whether a file can be read under it.
    pub fn validate(&self) -> Result<(), FormatError> {
        let wrong = |what: String| Err(FormatError(what));
        let Dialect {
            delimiter, quote, ..
        } = self.dialect;
        if !Dialect::DELIMITERS.contains(&delimiter) {
            return wrong(format!("{delimiter:?} cannot stand between cells"));
        }
        if let Some(quote) = quote.filter(|quote| !Dialect::QUOTES.contains(quote)) {
            return wrong(format!("{quote:?} cannot wrap a cell"));
        }
        if !is_attr_name(&self.object_type) {
            return wrong(format!("`{}` is no object type", self.object_type));
        }
        if self.columns.is_empty() || self.columns.len() > COLUMNS_MAX {
            return wrong(format!("it has not between 1 and {COLUMNS_MAX} columns"));
        }
        let mut headers = BTreeSet::new();
        let mut attributes = BTreeSet::new();
        for Column {
            header,
            attribute,
            content,
        } in &self.columns
        {
            if header.is_empty() || !headers.insert(AttrName::new(header)) {
                return wrong(format!("the header `{header}` is empty or occurs twice"));
            }
            if *content == Content::Ignored {
                continue;
            }
            if !is_attr_name(attribute.as_str()) {
                return wrong(format!("`{attribute}` is no attribute name"));
            }
            if !attributes.insert(attribute.clone()) {
                return wrong(format!("two columns become the attribute `{attribute}`"));
            }
            match content {
                Content::Multi { separator }
                    if separator.trim().is_empty() || separator.contains(['\r', '\n']) =>
                {
                    return wrong(format!("the values of `{header}` have no separator"));
                }
                Content::Date { format } => {
                    if let Err(error) = format.parse::<DateFormat>() {
                        return wrong(format!("the dates of `{header}`: {error}"));
                    }
                }
                _ => {}
            }
        }
        match self.key_at().map(|at| &self.columns[at].content) {
            Some(Content::Text) => Ok(()),
            Some(_) => wrong(format!("the key column `{}` is not text", self.key)),
            None => wrong(format!("the key `{}` is none of its columns", self.key)),
        }
    }
}

/// One thing that was found out about a file, and from what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// What it is about: `encoding`, `line-ends`, `delimiter`, `quote`, `header`, `trim`, `file-end`, `key`, or a
    /// column's header.
    pub about: String,
    /// What was found.
    pub found: String,
    /// From what; holds no cell.
    pub because: String,
}

/// Something in a file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileProblem {
    /// Stable code, such as `csv.row_width`.
    pub code: String,
    /// The line it begins on, from 1; absent where it is about the whole file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What is wrong; holds no cell.
    pub message: String,
    /// What to do.
    pub next_step: String,
    /// Whether the file is refused for it; otherwise its row is.
    pub refuses_file: bool,
}

/// What an inspection of the newest file found. Nothing of it counts until a person confirms a format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileInspection {
    /// The file's name, without its folder.
    pub file: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last changed, in seconds since 1970.
    pub modified_s: i64,
    /// What the file looks like. `key` is empty where no column fits; then it is not valid yet.
    pub proposal: FileFormat,
    /// From what that was concluded.
    pub evidence: Vec<Evidence>,
    /// The first row as it stands.
    pub header: Vec<String>,
    /// The first rows after the header, long cells cut. Directory data.
    pub sample: Vec<Vec<String>>,
    /// Rows after the header.
    pub rows: u64,
    /// Rows that would become objects.
    pub objects: u64,
    /// The first problems, under the draft that was asked about or else the proposal.
    pub problems: Vec<FileProblem>,
    /// How many problems there are in all.
    pub problems_total: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format() -> FileFormat {
        let column = |header: &str, content| Column {
            header: header.into(),
            attribute: safe_attr_name(header).as_str().into(),
            content,
        };
        FileFormat {
            encoding: TextEncoding::Windows1252,
            dialect: Dialect {
                delimiter: ';',
                quote: Some('"'),
                header: true,
                trim: false,
            },
            object_type: "worker".into(),
            key: "Worker ID".into(),
            columns: vec![
                column("Worker ID", Content::Text),
                column("Manager", Content::Reference),
                column(
                    "Hired",
                    Content::Date {
                        format: "dd.MM.yyyy".into(),
                    },
                ),
                column(
                    "Skills",
                    Content::Multi {
                        separator: "/".into(),
                    },
                ),
            ],
            ends_with_newline: false,
        }
    }

    #[test]
    fn a_format_reads_back_and_says_its_encoding_by_the_usual_name() {
        let json = serde_json::to_string(&format()).unwrap();

        assert!(json.contains(r#""encoding":"windows-1252""#), "{json}");
        assert!(json.contains(r#"{"kind":"date","format":"dd.MM.yyyy"}"#));
        assert_eq!(serde_json::from_str::<FileFormat>(&json).unwrap(), format());
        assert!(
            !json.contains("ends_with_newline"),
            "as formats of old: {json}"
        );
        let ended = FileFormat {
            ends_with_newline: true,
            ..format()
        };
        let json = serde_json::to_string(&ended).unwrap();
        assert_eq!(serde_json::from_str::<FileFormat>(&json).unwrap(), ended);
        assert_eq!(format().validate(), Ok(()));
        for encoding in TextEncoding::ALL {
            let name = serde_json::to_value(encoding).unwrap();
            assert_eq!(name, encoding.as_str());
        }
    }

    #[test]
    fn what_cannot_be_read_by_is_refused() {
        let refused = |change: &dyn Fn(&mut FileFormat), expected: &str| {
            let mut format = format();
            change(&mut format);
            let error = format.validate().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(error.contains("csv.format_invalid"), "{error}");
        };

        refused(&|f| f.dialect.delimiter = ' ', "between cells");
        refused(&|f| f.dialect.quote = Some('`'), "wrap");
        refused(&|f| f.object_type = "a b".into(), "object type");
        refused(&|f| f.columns.clear(), "columns");
        refused(&|f| f.columns[1].header = "worker id".into(), "twice");
        refused(&|f| f.columns[1].header = String::new(), "empty");
        refused(
            &|f| f.columns[1].attribute = "WORKERID".into(),
            "two columns",
        );
        refused(&|f| f.columns[1].attribute = "a-b".into(), "attribute name");
        refused(&|f| f.key = "Id".into(), "none of its columns");
        refused(&|f| f.key = "Manager".into(), "not text");
        refused(
            &|f| f.columns[2].content = Content::Date { format: "q".into() },
            "Hired",
        );
        refused(
            &|f| {
                f.columns[3].content = Content::Multi {
                    separator: " ".into(),
                }
            },
            "separator",
        );
    }
}
