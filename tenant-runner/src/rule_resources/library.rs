//! All resources of a tenant as the compiler takes them.
//!
//! Invariants: equal rows give an equal library; a profile's request holds what the profile uses and nothing else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syncline_model::RuleResourceId;
use syncline_model::profile::Profile;
use syncline_model::rule_resource::{LookupTable, NamedExpression, RuleResource, RuleResourceKind};
use syncline_model::rules::AttrType;
use syncline_rules::request::PartSource;
use syncline_rules::resources::{self, Parameter, Resources, Row, Table, Uses};
use syncline_store::StoreError;
use syncline_store::tenant::{RuleResourceRow, TenantRead};

use crate::profile::schemas::Schemas;
use crate::profile::source::source;

/// Lookup tables of a tenant at most. The language bounds the rows of each and its named expressions.
pub const TABLES_MAX: usize = 200;
/// Octets of all documents of a tenant together at most: they have to fit into one request to the compiler.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;

/// A tenant's resources at one instant.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Rises with every change of any resource.
    pub revision: i64,
    /// The resources, by id.
    pub rows: Vec<RuleResourceRow>,
    resources: Resources,
}

impl Library {
    /// These resources.
    pub fn of(revision: i64, rows: Vec<RuleResourceRow>) -> Self {
        let mut resources = Resources::default();
        for row in &rows {
            match &row.doc {
                RuleResource::Table(doc) => resources.tables.push(table(doc)),
                RuleResource::Expression(doc) => resources.expressions.push(expression(doc)),
            }
        }
        Self {
            revision,
            rows,
            resources,
        }
    }

    /// As it would be with this document in place of the one that has the id, or without one.
    pub fn with(&self, id: RuleResourceId, doc: Option<&RuleResource>) -> Self {
        let mut rows = self.rows.clone();
        let at = rows.iter().position(|row| row.id == id);
        match (doc, at) {
            (Some(doc), Some(at)) => rows[at].doc = doc.clone(),
            (Some(doc), None) => rows.push(RuleResourceRow {
                id,
                version: 0,
                author: String::new(),
                at_ms: 0,
                doc: doc.clone(),
            }),
            (None, Some(at)) => drop(rows.remove(at)),
            (None, None) => {}
        }
        Self::of(self.revision, rows)
    }

    /// As the compiler takes them.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// What programs of a profile with these parts have to hold.
    pub fn only(&self, profile: &Profile, parts: &[PartSource]) -> Resources {
        let used = match self.rows.is_empty() {
            true => Resources::default(),
            false => self.resources.only(named(parts)),
        };
        Resources {
            parameters: profile.parameters.clone(),
            ..used
        }
    }

    /// What a profile uses, directly or through named expressions; names that nothing has are among them.
    pub fn uses(&self, profile: &Profile, schemas: &Schemas) -> Uses {
        self.resources
            .closure(named(&source(profile, schemas).request.parts))
    }

    /// For the language service, which completes names and shows what they are: the rows of tables stay here.
    pub fn without_rows(&self) -> Resources {
        let tables = self.resources.tables.iter().map(|table| Table {
            name: table.name.clone(),
            ignore_case: table.ignore_case,
            rows: Vec::new(),
        });
        Resources {
            tables: tables.collect(),
            expressions: self.resources.expressions.clone(),
            parameters: Default::default(),
        }
    }

    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.resources
            .tables
            .iter()
            .find(|table| table.name == name)
    }

    /// The place of a resource among those of its kind.
    pub fn place(&self, id: RuleResourceId) -> Option<(RuleResourceKind, usize)> {
        let at = self.rows.iter().position(|row| row.id == id)?;
        let kind = self.rows[at].doc.kind();
        let before = self.rows[..at].iter().filter(|row| row.doc.kind() == kind);
        Some((kind, before.count()))
    }
}

fn named(parts: &[PartSource]) -> Uses {
    parts
        .iter()
        .map(Uses::of_part)
        .fold(Uses::default(), Uses::and)
}

/// Whether a resource is among what is used.
pub fn is_used(uses: &Uses, doc: &RuleResource) -> bool {
    match doc {
        RuleResource::Table(table) => uses.tables.contains(&table.name),
        RuleResource::Expression(expression) => uses.expressions.contains(&expression.name),
    }
}

fn table(doc: &LookupTable) -> Table {
    let rows = doc.rows.iter().map(|row| Row {
        key: row.key.clone(),
        value: row.value.clone(),
    });
    Table {
        name: doc.name.clone(),
        ignore_case: doc.ignore_case,
        rows: rows.collect(),
    }
}

fn expression(doc: &NamedExpression) -> resources::NamedExpression {
    let parameters = doc.parameters.iter().map(|parameter| Parameter {
        name: parameter.name.clone(),
        attr: AttrType {
            ty: parameter.value_type,
            nullable: parameter.nullable,
            multi: parameter.multi,
        },
    });
    resources::NamedExpression {
        name: doc.name.clone(),
        parameters: parameters.collect(),
        expr: doc.expr.clone(),
        dialect: doc.dialect,
        doc: doc.description.clone().unwrap_or_default(),
    }
}

/// The library as it was read last, which holds until a resource changes: an editor asks for it at every key.
#[derive(Default)]
pub struct Libraries {
    last: Mutex<Arc<Library>>,
}

impl Libraries {
    /// The library of this snapshot.
    pub async fn of(&self, read: &mut TenantRead) -> Result<Arc<Library>, StoreError> {
        let revision = read.rule_resources_revision().await?;
        let last = Arc::clone(&self.lock());
        if last.revision == revision {
            return Ok(last);
        }
        let library = Arc::new(Library::of(revision, read.rule_resources().await?));
        *self.lock() = Arc::clone(&library);
        Ok(library)
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Library>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
