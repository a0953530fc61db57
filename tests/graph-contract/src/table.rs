//! The table of operations: templates, permissions and deviations read into one.
//!
//! Invariants: a deviation only adds an operation that the other files do not grant; an operation with an
//! alternate key in its template is what the same operation by id is.

use crate::bound::Bound;
use crate::operation::{Body, Row, Status};
use crate::path::{Slot, skeleton, slots};
use crate::permission::Permissions;
use crate::returns::{Returns, known_type, of_bound};
use crate::schema::Schema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One template with its operations by method.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) slots: Vec<Slot>,
    pub(crate) rows: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
struct PathsDocument {
    paths: BTreeMap<String, PathRow>,
}

#[derive(Deserialize)]
struct PathRow {
    query: Vec<String>,
    #[serde(default)]
    body: BTreeMap<String, String>,
    #[serde(default)]
    returns: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct OperationsDocument {
    operations: BTreeMap<String, BTreeMap<String, Grant>>,
}

#[derive(Deserialize)]
struct Grant {
    status: Status,
    #[serde(default)]
    application: Vec<String>,
    #[serde(default)]
    least: Vec<String>,
}

/// The hand-kept rows, as far as the contract reads them.
#[derive(Debug, Deserialize)]
pub(crate) struct Deviations {
    pub(crate) undeclared_properties: Vec<UndeclaredProperty>,
    undeclared_operations: Vec<UndeclaredOperation>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct UndeclaredProperty {
    #[serde(rename = "type")]
    pub(crate) of: String,
    pub(crate) property: String,
    pub(crate) like: String,
}

#[derive(Debug, Deserialize)]
struct UndeclaredOperation {
    path: String,
    method: String,
}

impl Deviations {
    pub(crate) fn published() -> Self {
        serde_json::from_str(include_str!("../data/v1.0.deviations.json"))
            .expect("v1.0.deviations.json is readable")
    }
}

pub(crate) fn read(schema: &Schema, bound: &Bound, deviations: &Deviations) -> Vec<Template> {
    let paths: PathsDocument = serde_json::from_str(include_str!("../data/v1.0.paths.json"))
        .expect("v1.0.paths.json is readable");
    let operations: OperationsDocument =
        serde_json::from_str(include_str!("../data/v1.0.operations.json"))
            .expect("v1.0.operations.json is readable");
    let reader = Reader {
        schema,
        bound,
        paths: &paths.paths,
    };
    let mut templates: Vec<Template> = operations
        .operations
        .into_iter()
        .map(|(path, grants)| reader.template(&path, grants))
        .collect();
    for deviation in &deviations.undeclared_operations {
        add(&mut templates, deviation, bound);
    }
    templates
}

struct Reader<'a> {
    schema: &'a Schema,
    bound: &'a Bound,
    paths: &'a BTreeMap<String, PathRow>,
}

impl Reader<'_> {
    fn template(&self, path: &str, grants: BTreeMap<String, Grant>) -> Template {
        let slots = slots(path, self.bound);
        let rows = grants
            .into_iter()
            .map(|(method, grant)| {
                let row = self.row(path, &slots, &method, grant);
                (method, row)
            })
            .collect();
        Template { slots, rows }
    }

    fn row(&self, path: &str, slots: &[Slot], method: &str, grant: Grant) -> Row {
        let declared = &self.paths[path];
        let query = match method {
            "GET" => declared.query.clone(),
            _ => Vec::new(),
        };
        Row {
            template: path.to_owned(),
            method: method.to_owned(),
            status: grant.status,
            permissions: Permissions::new(grant.application, grant.least, method, path),
            query,
            body: self.body(declared, slots, method),
            returns: self.returns(declared, path, slots, method),
        }
    }

    fn body(&self, declared: &PathRow, slots: &[Slot], method: &str) -> Body {
        if let Some(parameters) = self.action_parameters(slots, method) {
            return Body::Type(parameters);
        }
        let sibling = match method {
            "PUT" => "PATCH",
            "PATCH" => "PUT",
            _ => method,
        };
        let class = declared.body.get(method).or(declared.body.get(sibling));
        match class.map(String::as_str) {
            Some("ReferenceCreate" | "ReferenceUpdate") => Body::Reference,
            Some(class) => known_type(class, self.schema).map_or(Body::Unknown, Body::Type),
            None if declared.returns.contains_key(method) => Body::Nothing,
            None => Body::Unknown,
        }
    }

    fn action_parameters(&self, slots: &[Slot], method: &str) -> Option<String> {
        let (name, after_key) = action(slots)?;
        let (parameters, _) = self.bound.action(name, after_key)?;
        (method == "POST").then_some(parameters)
    }

    fn returns(&self, declared: &PathRow, path: &str, slots: &[Slot], method: &str) -> Returns {
        let Some(class) = declared.returns.get(method) else {
            return Returns::Unknown;
        };
        if class == "DeltaGetResponse" {
            return Returns::Delta(self.walked_by(path));
        }
        match (Returns::named(class, self.schema), action(slots)) {
            (Returns::Unknown, Some((name, after_key))) => of_bound(self.bound, name, after_key),
            (named, _) => named,
        }
    }

    /// The type of what a delta function walks.
    fn walked_by(&self, path: &str) -> Option<String> {
        let collection = self.paths.get(path.strip_suffix("/delta()")?)?;
        let class = collection.returns.get("GET")?;
        Returns::named(class, self.schema)
            .entity_type()
            .map(ToOwned::to_owned)
    }
}

/// The bound action that a template ends in, and whether it follows a key.
fn action(slots: &[Slot]) -> Option<(&str, bool)> {
    match slots {
        [.., before, Slot::Action(name)] => Some((name, before.is_key())),
        _ => None,
    }
}

fn add(templates: &mut Vec<Template>, deviation: &UndeclaredOperation, bound: &Bound) {
    let slots = slots(&deviation.path, bound);
    let by_id = skeleton(&deviation.path);
    let known = templates.iter().any(|template| {
        template.rows.get(&deviation.method).is_some_and(|row| {
            row.status.is_granted() && skeleton(&row.template).trim_end_matches("()") == by_id
        })
    });
    if known {
        return;
    }
    let alike = by_id
        .split_once('(')
        .map(|(collection, _)| format!("{collection}/{{}}"))
        .and_then(|path| {
            templates
                .iter()
                .filter_map(|template| template.rows.get(&deviation.method))
                .find(|row| skeleton(&row.template) == path)
        });
    let row = Row {
        template: deviation.path.clone(),
        method: deviation.method.clone(),
        status: Status::Deviation,
        ..alike.cloned().unwrap_or_else(Row::batch)
    };
    templates.push(Template {
        slots,
        rows: BTreeMap::from([(deviation.method.clone(), row)]),
    });
}
