//! A document on its way to something that can run: checked, compiled, findings in one list.
//!
//! Invariants: expressions are compiled only when the rest of the document is sound, so that one mistake is
//! one finding; every finding names its field in the document.

use std::collections::BTreeMap;

use syncline_contract::{Problem, codes};
use syncline_model::profile::Profile;
use syncline_model::{DirectoryId, PartId};
use syncline_rules::diag;
use syncline_rules::request::{CompileRequest, CompileResponse, PartSource};
use syncline_store::tenant::{TenantRead, TenantTx};

use super::check::check;
use super::schemas::{DirectorySchema, Schemas};
use super::source::{PartRef, ProfileSource, Side, source};
use crate::compiler::{CompileFailure, Compiler};
use crate::http::context::refused;
use crate::resource::profile::{Diagnostic, DiagnosticSeverity, Fix};
use crate::rule_resources::Library;

/// One compiled program of a part.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The part, by its place in the document.
    pub part: PartRef,
    /// Which of its programs.
    pub side: Side,
    /// The artifact.
    pub artifact: Vec<u8>,
    /// SHA-256 of what it means, in hex.
    pub meaning: String,
}

/// A document with everything known about it.
#[derive(Debug, Clone)]
pub struct Built {
    /// Findings in document order.
    pub diagnostics: Vec<Diagnostic>,
    /// Programs; empty when there are errors.
    pub programs: Vec<Compiled>,
    /// The request's shape, for previews.
    pub source: ProfileSource,
    /// The revision of the tenant's resources that it was made with.
    pub revision: i64,
}

impl Built {
    /// Whether the document can be saved.
    pub fn ok(&self) -> bool {
        self.diagnostics
            .iter()
            .all(|d| d.severity != DiagnosticSeverity::Error)
    }
}

/// The schemas of the directories that a tenant has.
pub async fn schemas(read: &mut TenantRead) -> Result<Schemas, syncline_store::StoreError> {
    let mut directories: BTreeMap<DirectoryId, DirectorySchema> = BTreeMap::new();
    for row in read.directories().await? {
        let schema = read.directory_schema(row.id).await?;
        let hierarchical = !matches!(row.kind.as_str(), "entra-id" | "hr-file");
        directories.insert(
            row.id,
            DirectorySchema {
                name: row.doc.name,
                schema,
                hierarchical,
                takes_passwords: matches!(row.kind.as_str(), "active-directory" | "entra-id"),
            },
        );
    }
    Ok(Schemas::new(directories))
}

impl Built {
    /// What is known without the compiler.
    pub fn of(profile: &Profile, schemas: &Schemas, library: &Library) -> Self {
        let mut source = source(profile, schemas);
        source.request.resources = library.only(profile, &source.request.parts);
        Self {
            diagnostics: check(profile, schemas),
            programs: Vec::new(),
            source,
            revision: library.revision,
        }
    }

    /// Keeps the resources that it was made with as they are until the commit.
    pub async fn hold(&self, tx: &mut TenantTx) -> Result<(), Problem> {
        tx.rule_resources_hold().await.map_err(refused)?;
        if tx.rule_resources_revision().await.map_err(refused)? == self.revision {
            return Ok(());
        }
        let message = "A table or a named expression changed while the profile was compiled.";
        Err(Problem::new(&codes::CONFLICT, message).retry_after(1))
    }

    /// With what the compiler finds in the expressions.
    pub async fn checked(mut self, compiler: &Compiler) -> Result<Self, CompileFailure> {
        if self.ok() {
            let request = CompileRequest {
                programs_of: Some(Vec::new()),
                ..self.source.request.clone()
            };
            self.take(compiler.compile(&request).await?);
        }
        Ok(self)
    }

    /// With all its programs, if nothing is wrong.
    pub async fn compiled(mut self, compiler: &Compiler) -> Result<Self, CompileFailure> {
        if self.ok() {
            self.take(compiler.compile(&self.source.request).await?);
        }
        Ok(self)
    }

    /// With what the compiler finds, and the artifact of one part that stands for itself, if nothing is wrong in that.
    pub async fn checked_beside(
        mut self,
        alone: PartSource,
        compiler: &Compiler,
    ) -> Result<(Self, Option<Vec<u8>>), CompileFailure> {
        if !self.ok() {
            return Ok((self, None));
        }
        let mut request = self.source.request.clone();
        request.programs_of = Some(vec![alone.id.clone()]);
        request.parts.push(alone);
        let mut response = compiler.compile(&request).await?;
        let alone = response.parts.pop().and_then(|part| part.artifact);
        self.take(response);
        Ok((self, alone))
    }

    fn take(&mut self, response: CompileResponse) {
        // What is wrong with a table or a named expression is an error of whoever uses it; parameters are the profile's own.
        let own = |d: &&diag::Diagnostic| d.path.starts_with("resources.parameters");
        let found = response.resources.iter().filter(own);
        (self.diagnostics).extend(found.map(|d| diagnostic(d, parameter(&d.path))));
        for (program, result) in response.parts.into_iter().enumerate() {
            let (part, side) = self.source.programs[program];
            let found = result
                .diagnostics
                .iter()
                .map(|d| diagnostic(d, self.source.pointer(program, &d.path)));
            self.diagnostics.extend(found);
            if let Some(artifact) = result.artifact {
                self.programs.push(Compiled {
                    part,
                    side,
                    artifact,
                    meaning: result.meaning,
                });
            }
        }
        if !self.ok() {
            self.programs.clear();
        }
    }
}

/// The pointer of a parameter, whose name may have dots.
fn parameter(path: &str) -> String {
    match path.strip_prefix("resources.parameters.") {
        Some(name) => format!("/parameters/{}", name.replace('~', "~0").replace('/', "~1")),
        None => "/parameters".to_owned(),
    }
}

/// A finding of the compiler, at its place in a document.
pub fn diagnostic(found: &diag::Diagnostic, at: String) -> Diagnostic {
    Diagnostic {
        at,
        severity: match found.severity {
            diag::Severity::Error => DiagnosticSeverity::Error,
            diag::Severity::Warning => DiagnosticSeverity::Warning,
        },
        code: found.code.clone(),
        csharp: found.csharp.clone(),
        message: found.message.clone(),
        note: found.note.clone(),
        from: Some(found.span.from),
        to: Some(found.span.to),
        fix: found.fix.as_ref().map(|fix| Fix {
            title: fix.title.clone(),
            replacement: fix.replacement.clone(),
            from: Some(fix.span.from),
            to: Some(fix.span.to),
        }),
    }
}

/// The id of a part by its place, once the document has ids.
pub fn part_id(profile: &Profile, part: PartRef) -> Option<PartId> {
    if part.inbound {
        profile.inbound.get(part.index)?.id
    } else {
        profile.outbound.get(part.index)?.id
    }
}
