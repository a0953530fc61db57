//! The compile child's work: a request in, artifacts and diagnostics out; or a question of an editor in, its answer out.
//!
//! Invariants: holds no key and no tenant's values, only rule text, the names of attributes and how many objects have
//! them; the same request gives the same artifacts; a part that cannot be compiled never costs another part its artifact.

use anyhow::{Context as _, bail};
use syncline_model::rules::Span;
use syncline_rules::RUNTIME_WASM;
use syncline_rules::diag::{Diagnostic, codes};
use syncline_rules::part;
use syncline_rules::request::{
    CompileRequest, CompileResponse, LanguageRequest, PartResult, PartSource,
};
use syncline_rules::resources::Resources;
use syncline_rules::service::json::Question;
use syncline_sandbox::Compiler;

/// Largest request.
pub const REQUEST_BYTES_MAX: u64 = 8 << 20;
/// Largest response.
pub const RESPONSE_BYTES_MAX: usize = 64 << 20;

/// What the child is asked.
pub enum Request {
    /// To compile or check.
    Compile(CompileRequest),
    /// What an editor asks.
    Language(Box<LanguageRequest>),
}

impl Request {
    /// Reads one: `{"parts":[…],"strict":…}` or `{"language":{…}}`.
    pub fn read(text: &[u8]) -> anyhow::Result<Self> {
        #[derive(serde::Deserialize)]
        struct Either {
            parts: Option<Vec<PartSource>>,
            programs_of: Option<Vec<String>>,
            #[serde(default)]
            strict: bool,
            #[serde(default)]
            resources: Resources,
            language: Option<Question>,
        }
        let either = serde_json::from_slice(text);
        match either.context("the request is no compile request")? {
            Either {
                language: Some(language),
                parts: None,
                ..
            } => Ok(Self::Language(Box::new(LanguageRequest { language }))),
            Either {
                parts: Some(parts),
                programs_of,
                resources,
                strict,
                language: None,
            } => Ok(Self::Compile(CompileRequest {
                parts,
                resources,
                strict,
                programs_of,
            })),
            _ => bail!(
                "the request is no compile request: it has neither parts nor a question, or both"
            ),
        }
    }

    /// How many parts become programs, if nothing is wrong with them.
    pub fn programs(&self) -> usize {
        match self {
            Self::Compile(request) => {
                let parts = request.parts.iter();
                parts.filter(|part| request.wants(&part.id)).count()
            }
            Self::Language(_) => 0,
        }
    }

    /// The answer, as JSON.
    pub fn answer(self) -> anyhow::Result<Vec<u8>> {
        Ok(match self {
            Self::Compile(request) => serde_json::to_vec(&compile(&request)?)?,
            Self::Language(asked) => {
                let answer = asked.language.answer();
                serde_json::to_vec(&answer.map_err(anyhow::Error::msg)?)?
            }
        })
    }
}

/// Compiles every part.
pub fn compile(request: &CompileRequest) -> anyhow::Result<CompileResponse> {
    let (checked, resources) = part::check_all(request);
    let checked: Vec<_> = request.parts.iter().zip(checked).collect();
    // What only asks for findings, as the editor does after every key, never starts Cranelift.
    let becomes_program =
        |source: &PartSource, part: &part::CheckedPart| request.wants(&source.id) && part.ok();
    let compiler = if checked.iter().any(|(s, p)| becomes_program(s, p)) {
        Some(compiler()?)
    } else {
        None
    };
    let parts = checked
        .into_iter()
        .map(|(source, part)| {
            let compiler = compiler.as_ref().filter(|_| becomes_program(source, &part));
            one(source, part, compiler)
        })
        .collect();
    Ok(CompileResponse {
        parts,
        resources: resources.diagnostics().to_vec(),
    })
}

/// The runtime that programs import, for `syncline_sandbox::Runtime`.
pub fn runtime() -> anyhow::Result<Vec<u8>> {
    compiler()?
        .native_runtime()
        .context("the rule runtime could not be compiled")
}

fn compiler() -> anyhow::Result<Compiler> {
    Compiler::new(RUNTIME_WASM).context("the rule runtime is not what a program may import")
}

fn one(
    source: &PartSource,
    mut part: part::CheckedPart,
    compiler: Option<&Compiler>,
) -> PartResult {
    let mut result = PartResult {
        id: source.id.clone(),
        artifact: None,
        meaning: String::new(),
        reads: part.reads(),
        reads_target: part.reads_target(),
        diagnostics: std::mem::take(&mut part.diagnostics),
    };
    let Some(compiler) = compiler else {
        return result;
    };
    let emitted = part.emit();
    match compiler.compile(emitted.manifest.clone(), &emitted.wasm) {
        Ok(artifact) => {
            result.artifact = Some(artifact);
            result.meaning = emitted.manifest.meaning;
        }
        Err(error) => {
            result.diagnostics.push(Diagnostic::error(
                codes::TOO_LONG,
                Span::default(),
                error.to_string(),
            ));
        }
    }
    result
}
