//! A document on its way to something that can run: checked, compiled, findings in one list.
//!
//! Invariants: expressions are compiled only when the rest of the document is sound, so that one mistake is
//! one finding; every finding names its field in the document.

use std::collections::BTreeMap;

use syncline_model::profile::Profile;
use syncline_model::{DirectoryId, PartId};
use syncline_rules::diag;
use syncline_rules::request::CompileResponse;
use syncline_store::tenant::TenantRead;

use super::check::check;
use super::schemas::{DirectorySchema, Schemas};
use super::source::{PartRef, ProfileSource, Side, source};
use crate::compiler::{CompileFailure, Compiler};
use crate::resource::profile::{Diagnostic, DiagnosticSeverity, Fix};

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

/// Checks and compiles.
pub async fn build(
    profile: &Profile,
    schemas: &Schemas,
    compiler: &Compiler,
) -> Result<Built, CompileFailure> {
    let diagnostics = check(profile, schemas);
    let source = source(profile, schemas);
    let mut built = Built {
        diagnostics,
        programs: Vec::new(),
        source,
    };
    if !built.ok() {
        return Ok(built);
    }
    let response = compiler.compile(&built.source.request).await?;
    built.take(response);
    Ok(built)
}

impl Built {
    fn take(&mut self, response: CompileResponse) {
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

fn diagnostic(found: &diag::Diagnostic, at: String) -> Diagnostic {
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
