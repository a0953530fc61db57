//! Which entries of the message log are listed.
//!
//! Invariants: one filter says the same of entries of objects (table `error`) and of all others (table `message`); a code
//! has one class and, of objects, one severity, so that both are asked for by code.

use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use syncline_model::error::{ErrorClass, ErrorKind};
use syncline_model::message::{self, Entry, Severity};
use syncline_model::{CsId, DirectoryId, ProfileId, RunId};

use super::row::word;

/// Which entries to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// That this run said, or that stood before it and were said again since.
    pub run: Option<RunId>,
    /// About one directory.
    pub directory: Option<DirectoryId>,
    /// About one profile.
    pub profile: Option<ProfileId>,
    /// About one object, or the metaverse object that it is linked to.
    pub object: Option<CsId>,
    /// With one code.
    pub code: Option<String>,
    /// Of one class.
    pub class: Option<ErrorClass>,
    /// At least as severe.
    pub at_least: Option<Severity>,
    /// Those that still hold, or those that do not.
    pub open: Option<bool>,
}

/// A filter as the queries take it.
pub(super) struct Wanted {
    pub run: Option<i64>,
    pub directory: Option<i64>,
    pub profile: Option<i64>,
    pub object: Option<i64>,
    pub open: Option<bool>,
    /// Kinds of object errors; all where `None`.
    pub kinds: Option<Vec<String>>,
    /// Codes of messages; all where `None`.
    pub codes: Option<Vec<String>>,
    pub severities: Vec<String>,
    pub stages: Option<Vec<String>>,
    pub lanes: Option<Vec<String>>,
}

impl LogFilter {
    fn takes(&self, entry: &Entry) -> bool {
        self.class.is_none_or(|class| entry.class == class)
            && self.code.as_ref().is_none_or(|code| entry.code == code)
    }

    fn severities(&self) -> impl Iterator<Item = Severity> {
        let least = self.at_least.unwrap_or(Severity::Info);
        [Severity::Info, Severity::Warning, Severity::Error]
            .into_iter()
            .filter(move |severity| *severity >= least)
    }

    pub(super) fn wanted(&self) -> Wanted {
        let kinds = ErrorKind::ALL.iter().filter(|kind| {
            let entry = message::of_kind(**kind);
            self.takes(&entry) && self.severities().any(|s| s == entry.severity)
        });
        let kinds: Vec<String> = kinds.map(|kind| kind.code().to_owned()).collect();
        let codes = match (&self.code, self.class) {
            (Some(code), None) => Some(vec![code.clone()]),
            (_, Some(_)) => {
                let all = message::chapters().into_iter().flat_map(|c| c.entries);
                let taken = all.filter(|entry| self.takes(entry));
                Some(taken.map(|entry| entry.code.to_owned()).collect())
            }
            (None, None) => None,
        };
        Wanted {
            run: self.run.map(RunId::get),
            directory: self.directory.map(DirectoryId::get),
            profile: self.profile.map(ProfileId::get),
            object: self.object.map(CsId::get),
            open: self.open,
            kinds: (kinds.len() < ErrorKind::ALL.len()).then_some(kinds),
            codes,
            severities: self.severities().map(|severity| word(&severity)).collect(),
            stages: None,
            lanes: None,
        }
    }
}

/// A statement with its arguments so far.
type Bound<'a> = Query<'a, Postgres, PgArguments>;

impl Wanted {
    /// A statement over rows of `error` that begins with [`OF_ERROR`]; the next free argument is `$8`.
    pub(super) fn of_errors<'a>(&'a self, statement: String) -> Bound<'a> {
        self.of_both(statement).bind(&self.kinds).bind(&self.stages)
    }

    /// A statement over rows of `message` that begins with [`OF_MESSAGE`]; the next free argument is `$9`.
    pub(super) fn of_messages<'a>(&'a self, statement: String) -> Bound<'a> {
        self.of_both(statement)
            .bind(&self.codes)
            .bind(&self.lanes)
            .bind(&self.severities)
    }

    fn of_both<'a>(&self, statement: String) -> Bound<'a> {
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(self.run)
            .bind(self.directory)
            .bind(self.profile)
            .bind(self.object)
            .bind(self.open)
    }
}

/// The condition on a row of `error`; `$1` to `$7`.
pub(super) const OF_ERROR: &str = "
    ($1::int8 is null or since_run <= $1 and run >= $1)
    and ($2::int8 is null or directory = $2) and ($3::int8 is null or profile = $3)
    and ($4::int8 is null or object in ($4, (select mv from cs_link where cs = $4)))
    and ($5::bool is null or (ended_ms is null) = $5)
    and ($6::text[] is null or kind = any ($6)) and ($7::text[] is null or stage = any ($7))";

/// The condition on a row of `message`; `$1` to `$8`.
pub(super) const OF_MESSAGE: &str = "
    ($1::int8 is null or since_run <= $1 and run >= $1)
    and ($2::int8 is null or directory = $2) and ($3::int8 is null or profile = $3)
    and ($4::int8 is null or object = $4)
    and ($5::bool is null or (ended_ms is null and severity <> 'info') = $5)
    and ($6::text[] is null or code = any ($6)) and ($7::text[] is null or lane = any ($7))
    and severity = any ($8)";
