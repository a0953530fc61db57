//! `eval`: one expression and one object per line, one answer per line.
//!
//! Invariants: every value comes out of the sandbox; a line that cannot be read gets an error answer of its own and
//! stops nothing; compile errors name the first diagnostic, row errors their kind, message and place.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use syncline_model::rules::{Dialect, RuleValue};
use syncline_rules::diag::Diagnostic;
use syncline_rules::object::{Row, declare, given};
use syncline_rules::part::CheckedPart;
use syncline_rules::request::ExprSource;
use syncline_rules::resources::Prepared;
use syncline_rules::{Env, RUNTIME_WASM, part};
use syncline_sandbox::{Answer, BatchInput, Column, Compiler, In};

use crate::values;

/// One question.
#[derive(Debug, Deserialize)]
pub struct Question {
    /// Comes back in the answer.
    #[serde(default)]
    pub id: Json,
    /// `csharp` or `entra`.
    #[serde(default = "csharp")]
    pub dialect: String,
    /// The expression, or a rule tree.
    #[serde(default)]
    pub expr: Option<String>,
    /// A rule tree in place of an expression.
    #[serde(default)]
    pub rule: Option<Json>,
    /// The object: its keys are the schema, `%Name%` is a parameter.
    #[serde(default)]
    pub input: BTreeMap<String, Json>,
    /// Types that differ from what the values say.
    #[serde(default)]
    pub schema: BTreeMap<String, Json>,
    /// The run's clock, as ISO 8601; the present when it is not given.
    #[serde(default)]
    pub now: Option<String>,
}

impl Question {
    /// What the expression is written in, if there is such a dialect.
    pub fn dialect(&self) -> Option<Dialect> {
        match self.dialect.as_str() {
            "csharp" => Some(Dialect::Csharp),
            "entra" => Some(Dialect::Entra),
            _ => None,
        }
    }

    /// The expression or rule tree.
    ///
    /// # Errors
    ///
    /// When there are both, or neither.
    pub fn source(&self, dialect: Dialect) -> anyhow::Result<ExprSource> {
        match (self.expr.clone(), self.rule.clone()) {
            (Some(expr), None) => Ok(ExprSource::Expr { expr, dialect }),
            (None, Some(rule)) => Ok(ExprSource::Rule { rule, dialect }),
            _ => anyhow::bail!("a line has exactly one of `expr` and `rule`"),
        }
    }

    /// The run's clock, in ticks.
    ///
    /// # Errors
    ///
    /// When it is no date.
    pub fn now(&self) -> anyhow::Result<i64> {
        match &self.now {
            Some(text) => values::ticks(text).with_context(|| format!("`now`: {text} is no date")),
            None => Ok(values::present()),
        }
    }
}

fn csharp() -> String {
    "csharp".to_owned()
}

/// Evaluates questions with one compiled runtime.
pub struct Evaluator {
    compiler: Compiler,
    pub(crate) resources: Arc<Prepared>,
}

/// An answer and the module it came out of.
pub struct Evaluated {
    /// The line to print.
    pub answer: Json,
    /// The module, when the expression compiled.
    pub wasm: Option<Vec<u8>>,
}

impl Evaluator {
    /// Compiles the runtime.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            compiler: Compiler::new(RUNTIME_WASM)
                .context("the rule runtime could not be compiled")?,
            resources: Arc::default(),
        })
    }

    /// With what a tenant brings along.
    pub fn using(mut self, resources: Arc<Prepared>) -> Self {
        self.resources = resources;
        self
    }

    /// The answer to one line.
    pub fn line(&self, line: &str) -> Evaluated {
        let question: Question = match serde_json::from_str(line) {
            Ok(question) => question,
            Err(error) => {
                let id = serde_json::from_str::<Json>(line)
                    .ok()
                    .and_then(|v| v.get("id").cloned())
                    .unwrap_or_default();
                return refused(&id, "input", format!("the line cannot be read: {error}"));
            }
        };
        self.ask(&question)
    }

    /// The answer to a question.
    pub fn ask(&self, question: &Question) -> Evaluated {
        let id = &question.id;
        self.question(question)
            .unwrap_or_else(|error| refused(id, "input", format!("{error:#}")))
    }

    fn question(&self, question: &Question) -> anyhow::Result<Evaluated> {
        let id = &question.id;
        let Some(dialect) = question.dialect() else {
            let other = &question.dialect;
            let message = format!("there is no dialect `{other}`; use `csharp` or `entra`");
            return Ok(refused(id, "unsupported_dialect", message));
        };
        let source = question.source(dialect)?;
        let now = question.now()?;
        let Fitting { checked, row, .. } = fitting(
            (&question.input, &question.schema),
            &source,
            &self.resources,
        )?;
        if let Some(error) = checked.diagnostics.iter().find(|d| d.is_error()) {
            let mut answer = json!({
                "id": id, "error": error.kind.as_str(), "message": spoken(error),
                "span": [error.span.from, error.span.to], "code": error.code,
            });
            if !error.path.is_empty() {
                answer["path"] = json!(error.path);
            }
            return Ok(Evaluated { answer, wasm: None });
        }
        let emitted = checked.emit();
        let wasm = emitted.wasm;
        let mut program = match self.compiler.program(emitted.manifest, &wasm) {
            Ok(program) => program,
            Err(error) => return Ok(refused(id, "budget", error.to_string())),
        };
        let slots = program.manifest().slots.iter();
        let cells: Vec<RuleValue> = slots.map(|slot| given(&slot.source, &row, now)).collect();
        let columns = cells
            .iter()
            .map(|value| Column::Rows(vec![In::from(value)]));
        let input = BatchInput {
            rows: 1,
            columns: columns.collect(),
        };
        let output = program.run(&input)?;
        let answer = output
            .rows
            .into_iter()
            .next()
            .and_then(|row| row.flows.into_iter().next());
        Ok(Evaluated {
            answer: print(id, answer.unwrap_or(Answer::Null)),
            wasm: Some(wasm),
        })
    }
}

fn refused(id: &Json, kind: &str, message: impl Into<String>) -> Evaluated {
    let answer = json!({ "id": id, "error": kind, "message": message.into(), "span": [0, 0] });
    Evaluated { answer, wasm: None }
}

fn print(id: &Json, answer: Answer) -> Json {
    match answer {
        Answer::Value(value) => json!({ "id": id, "value": values::to_json(&value) }),
        Answer::Null | Answer::Direct => json!({ "id": id, "value": null }),
        Answer::AuthoritativeNull => json!({ "id": id, "flow": "authoritative-null" }),
        Answer::Ignore => json!({ "id": id, "flow": "ignore" }),
        Answer::Error(error) => json!({
            "id": id, "error": error.kind.as_str(), "message": error.message, "span": [error.span.from, error.span.to],
        }),
    }
}

/// The message with its fix, where one is known.
fn spoken(diagnostic: &Diagnostic) -> String {
    match &diagnostic.fix {
        Some(fix) if !fix.replacement.is_empty() => {
            format!(
                "{}; {}: `{}`",
                diagnostic.message,
                fix.title,
                fix.replacement.trim()
            )
        }
        _ => diagnostic.message.clone(),
    }
}

/// A question's object as it fits its expression.
pub struct Fitting {
    /// The schema.
    pub env: Env,
    /// The expression, checked.
    pub checked: CheckedPart,
    /// The object.
    pub row: Row,
}

/// The expression, checked with the types that input and schema say. A null without a type in the schema says nothing of its
/// type: it has the first one with which the expression is one, a text where none is.
///
/// # Errors
///
/// When a value does not fit its type.
pub fn fitting(
    (input, schema): (&BTreeMap<String, Json>, &BTreeMap<String, Json>),
    source: &ExprSource,
    resources: &Arc<Prepared>,
) -> anyhow::Result<Fitting> {
    let fits = |schema: &BTreeMap<String, Json>| {
        let (mut env, row) = environment(input, schema)?;
        env.resources = Arc::clone(resources);
        let checked = part::check_expression(&env, source);
        anyhow::Ok(Fitting { env, checked, row })
    };
    let first = fits(schema)?;
    let untyped = |name: &&String| input[*name].is_null() && !schema.contains_key(*name);
    let untyped: Vec<&String> = input.keys().filter(untyped).collect();
    if untyped.is_empty() || first.checked.ok() {
        return Ok(first);
    }
    for ty in ["long?", "bool?", "string[]?", "date?", "binary?"] {
        let mut schema = schema.clone();
        let entries = untyped.iter().map(|name| ((*name).clone(), json!(ty)));
        schema.extend(entries);
        let other = fits(&schema)?;
        if other.checked.ok() {
            return Ok(other);
        }
    }
    Ok(first)
}

/// The schema and the row that the keys of `input` and `schema` describe.
fn environment(
    input: &BTreeMap<String, Json>,
    schema: &BTreeMap<String, Json>,
) -> anyhow::Result<(Env, Row)> {
    let mut env = Env::default();
    let mut row = Row::new();
    for name in input
        .keys()
        .chain(schema.keys().filter(|name| !input.contains_key(*name)))
    {
        let value = input.get(name).unwrap_or(&Json::Null);
        let mut attr = match schema.get(name) {
            Some(entry) => values::schema_type(entry)?,
            None => values::infer(value).with_context(|| format!("`{name}`"))?,
        };
        // A value that is not there makes its attribute optional, whatever the schema says.
        attr.nullable |= value.is_null();
        let parsed = values::parse(value, attr).with_context(|| format!("`{name}`"))?;
        let source = declare(&mut env, name, attr);
        row.insert(source, parsed);
    }
    Ok((env, row))
}

/// The resources of a file, which must be without mistakes.
pub(crate) fn sound_resources(path: &Path) -> anyhow::Result<Arc<Prepared>> {
    let resources = crate::check::read_resources(path)?;
    if let Some(first) = resources.diagnostics().iter().find(|d| d.is_error()) {
        let name = path.display();
        anyhow::bail!("{name}, {}: {} ({})", first.path, first.message, first.code);
    }
    Ok(resources)
}

/// Answers every line of `input`.
///
/// # Errors
///
/// When the resources or the input cannot be read, or a module cannot be written. What a line holds is no reason.
pub fn run(
    input: impl BufRead,
    output: &mut impl Write,
    (emit, resources): (Option<&Path>, Option<&Path>),
) -> anyhow::Result<()> {
    if let Some(dir) = emit {
        std::fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    }
    let resources = resources.map(sound_resources).transpose()?;
    let evaluator = Evaluator::new()?.using(resources.unwrap_or_default());
    for (number, line) in input.split(b'\n').enumerate() {
        let line = line.context("standard input cannot be read")?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let evaluated = match str::from_utf8(&line) {
            Ok(line) => evaluator.line(line),
            Err(error) => {
                let message = format!("the line cannot be read: {error}");
                refused(&Json::Null, "input", message)
            }
        };
        if let (Some(dir), Some(wasm)) = (emit, &evaluated.wasm) {
            let path = dir.join(file_name(&evaluated.answer["id"], number));
            std::fs::write(&path, wasm)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        writeln!(output, "{}", evaluated.answer)?;
        output.flush()?;
    }
    Ok(())
}

/// A file name from an id that anybody may have chosen.
fn file_name(id: &Json, number: usize) -> String {
    let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
            c
        } else {
            '_'
        }
    };
    let name: String = text.chars().take(100).map(safe).collect();
    if id.is_null() || name.trim_matches('.').is_empty() {
        format!("line-{}.wasm", number + 1)
    } else {
        format!("{name}.wasm")
    }
}
