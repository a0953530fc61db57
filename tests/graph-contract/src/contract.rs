//! The contract as a whole: the data, loaded once, and the questions it answers.

use crate::bound::Bound;
use crate::clouds::{self, Cloud};
use crate::cost::{Cost, Throttling};
use crate::examples::{self, Example};
use crate::operation::{Operation, Status};
use crate::path::{Part, Slot, parts};
use crate::request::Request;
use crate::schema::{Formats, Schema};
use crate::table::{self, Deviations, Template};
use crate::violation::Violation;
use crate::{batch, body, cost, query, response};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// The vendor's published contract, loaded once.
#[derive(Debug)]
pub struct Contract {
    schema: Schema,
    bound: Bound,
    templates: Vec<Template>,
    /// Templates by their number of steps and their first word.
    by_start: BTreeMap<(usize, String), Vec<usize>>,
    throttling: Throttling,
    clouds: Vec<Cloud>,
    examples: Vec<Example>,
}

impl Contract {
    /// The contract of Graph v1.0.
    pub fn vendor() -> &'static Contract {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(Contract::load)
    }

    fn load() -> Self {
        let bound = Bound::published();
        let deviations = Deviations::published();
        let mut schema = Schema::as_published(Formats::Asserted).with(bound.parameters());
        for row in &deviations.undeclared_properties {
            if schema.knows(&row.like) {
                schema = schema.with_property(&row.of, &row.property, &row.like);
            }
        }
        let templates = table::read(&schema, &bound, &deviations);
        let mut by_start: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
        for (number, template) in templates.iter().enumerate() {
            if let Some(Slot::Word(first)) = template.slots.first() {
                let start = (template.slots.len(), first.clone());
                by_start.entry(start).or_default().push(number);
            }
        }
        Self {
            schema,
            bound,
            templates,
            by_start,
            throttling: Throttling::published(),
            clouds: clouds::published(),
            examples: examples::published(),
        }
    }

    /// The operation that a request is, by method and path below `/v1.0` (without query).
    ///
    /// # Errors
    /// `operation.undeclared` when no file of the vendor's has it. Whether it may be called is in its status.
    pub fn operation(&self, method: &str, path: &str) -> Result<Operation<'_>, Violation> {
        for template in self.candidates(&parts(path)) {
            if let Some(row) = template.rows.get(method) {
                return Ok(row.operation());
            }
            if !matches!(template.slots.last(), Some(Slot::Alternate(_))) {
                let methods: Vec<&str> = template.rows.keys().map(String::as_str).collect();
                let known = methods.join(", ");
                let what = format!("{method} {path} is not declared, only {known}");
                return Err(Violation::new("operation.undeclared", what));
            }
        }
        let what = format!("{method} {path}: no template has this path");
        Err(Violation::new("operation.undeclared", what))
    }

    /// The templates a path follows, those with fewer and later keys first.
    fn candidates(&self, parts: &[Part]) -> Vec<&Template> {
        let Some(Part::Word(first)) = parts.first() else {
            return Vec::new();
        };
        let start = (parts.len(), first.clone());
        let mut fitting: Vec<&Template> = self
            .by_start
            .get(&start)
            .into_iter()
            .flatten()
            .map(|number| &self.templates[*number])
            .filter(|template| {
                let mut steps = template.slots.iter().zip(parts);
                steps.all(|(slot, part)| slot.takes(part, &self.bound))
            })
            .collect();
        fitting.sort_by_key(|template| {
            let keys: Vec<bool> = template.slots.iter().map(Slot::is_key).collect();
            keys
        });
        fitting
    }

    /// Everything that is wrong with a request; `granted` are the application permissions of the token.
    pub fn check_request(
        &self,
        request: &Request<'_>,
        granted: &BTreeSet<String>,
    ) -> Vec<Violation> {
        let operation = match self.operation(request.method, request.path) {
            Ok(operation) => operation,
            Err(undeclared) => return vec![undeclared],
        };
        if let Some(refusal) = operation.refusal() {
            return vec![refusal];
        }
        let mut found = query::check(&self.schema, request, &operation);
        if batch::is_batch(&operation) {
            found.extend(batch::check_request(self, request, granted));
        } else {
            found.extend(body::check(&self.schema, request, &operation));
            found.extend(operation.permissions.check(&request.line(), granted));
        }
        found
    }

    /// Everything that is wrong with a response: entities, pages, changes, errors, and what has no body.
    pub fn check_response(
        &self,
        request: &Request<'_>,
        status: u16,
        body: Option<&Value>,
    ) -> Vec<Violation> {
        match self.operation(request.method, request.path) {
            Err(undeclared) if status < 400 => vec![undeclared],
            operation => response::check(self, request, operation.ok().as_ref(), status, body),
        }
    }

    /// What a request costs: resource units and writes.
    pub fn cost(&self, request: &Request<'_>) -> Cost {
        cost::of(self, request)
    }

    /// The quotas, the costs and the headers that tell of them.
    pub fn throttling(&self) -> &Throttling {
        &self.throttling
    }

    /// The vendor's clouds.
    pub fn clouds(&self) -> &[Cloud] {
        &self.clouds
    }

    /// The documented pairs of request and response.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// The types, with what the documentation adds to the metadata.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Every operation, in the order of the templates.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        self.templates
            .iter()
            .flat_map(|template| template.rows.values().map(|row| row.operation()))
    }

    /// How many operations have each status.
    pub fn census(&self) -> BTreeMap<Status, usize> {
        let mut counts = BTreeMap::new();
        for operation in self.operations() {
            *counts.entry(operation.status).or_default() += 1;
        }
        counts
    }
}
