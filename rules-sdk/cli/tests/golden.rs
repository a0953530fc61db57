//! What mono's C# answers, replayed in the sandbox: every expression of `golden/csharp.jsonl` on every row of its table.
//!
//! Invariants: expected answers come from the file and are never computed by our own code; an answer that is meant to differ
//! stands in `golden/differences.tsv` with its reason, and a line there that no longer differs is an error too.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use syncline_model::rules::{AttrType, Dialect, RuleType, RuleValue, SlotSource};
use syncline_rules::diag::Diagnostic;
use syncline_rules::part::{self, CheckedPart};
use syncline_rules::request::{ExprSource, FlowText, PartKind, PartSource, Schema};
use syncline_rules::{Env, RUNTIME_WASM};
use syncline_rules_cli::values;
use syncline_sandbox::{Answer, BatchInput, Column, Compiler, In};

/// Expressions of one module: those of a row share its budget, and numbers of 300 digits are dear.
const EXPRESSIONS_A_PART: usize = 3;

/// Inputs, and what was asked about them.
struct Table {
    name: String,
    schema: Schema,
    columns: Vec<String>,
    prelude: String,
    rows: Vec<Json>,
    questions: Vec<(String, Vec<Json>)>,
}

fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in include_str!("golden/csharp.jsonl").lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        if let Some(name) = line["table"].as_str() {
            let columns = line["columns"].as_array().unwrap();
            let name_of = |column: &Json| column[0].as_str().unwrap().to_owned();
            let typed = |column| (name_of(column), values::schema_type(&column[1]).unwrap());
            tables.push(Table {
                name: name.to_owned(),
                schema: columns.iter().map(typed).collect(),
                columns: columns.iter().map(name_of).collect(),
                prelude: line["prelude"].as_str().unwrap().to_owned(),
                rows: line["rows"].as_array().unwrap().clone(),
                questions: Vec::new(),
            });
        } else {
            let expr = line["expr"].as_str().unwrap().to_owned();
            let out = line["out"].as_array().unwrap().clone();
            tables.last_mut().unwrap().questions.push((expr, out));
        }
    }
    tables
}

impl Table {
    fn source(&self, expr: &str) -> String {
        if self.prelude.is_empty() {
            return expr.to_owned();
        }
        format!("{{ {} return {expr}; }}", self.prelude)
    }

    fn value(&self, row: usize, column: &str) -> RuleValue {
        let at = self.columns.iter().position(|c| c == column).unwrap();
        let attr: AttrType = self.schema[column];
        match self.rows[row][at]
            .as_str()
            .filter(|_| attr.ty == RuleType::Double)
        {
            Some("NaN") => RuleValue::Double(f64::NAN),
            Some("Infinity") => RuleValue::Double(f64::INFINITY),
            Some("-Infinity") => RuleValue::Double(f64::NEG_INFINITY),
            _ => values::parse(&self.rows[row][at], attr).unwrap(),
        }
    }

    /// Why an expression does not compile.
    fn refusal(&self, expr: &str) -> Option<String> {
        let env = Env {
            source: self.schema.clone(),
            ..Env::default()
        };
        let source = ExprSource::Text(self.source(expr));
        let checked = part::check_expression(&env, &source);
        let error = checked
            .diagnostics
            .iter()
            .find(|d| Diagnostic::is_error(d))?;
        Some(format!("refused:{}", error.message))
    }

    fn part(&self, expressions: &[&str]) -> CheckedPart {
        let flow = |(index, expr): (usize, &&str)| FlowText {
            to: format!("f{index}"),
            from: None,
            expr: Some(self.source(expr)),
            rule: None,
            dialect: Dialect::Csharp,
            default: None,
            on_error: Default::default(),
            cases: Vec::new(),
            picks: false,
        };
        part::check(&PartSource {
            id: self.name.clone(),
            kind: PartKind::Inbound,
            source: self.schema.clone(),
            target: Schema::new(),
            target_image: Schema::new(),
            parameters: BTreeMap::new(),
            scope: None,
            keys: Vec::new(),
            dn: None,
            flows: expressions.iter().enumerate().map(flow).collect(),
        })
    }

    /// The answers of the sandbox: one list per row.
    fn run(&self, compiler: &Compiler, expressions: &[&str]) -> Vec<Vec<Json>> {
        let emitted = self.part(expressions).emit();
        let mut program = compiler.program(emitted.manifest, &emitted.wasm).unwrap();
        let column = |source: &SlotSource| {
            let SlotSource::Attribute(name) = source else {
                panic!("a table has attributes only");
            };
            let values: Vec<RuleValue> =
                (0..self.rows.len()).map(|r| self.value(r, name)).collect();
            values
        };
        let columns: Vec<Vec<RuleValue>> = (program.manifest().slots.iter())
            .map(|slot| column(&slot.source))
            .collect();
        let columns = (columns.iter())
            .map(|values| Column::Rows(values.iter().map(In::from).collect()))
            .collect();
        let rows = self.rows.len();
        let output = program.run(&BatchInput { rows, columns }).unwrap();
        let show = |answer: &Answer| match answer {
            Answer::Value(value) => values::to_json(value),
            Answer::Null => Json::Null,
            Answer::Error(error) => json!(format!("error:{}", error.kind)),
            other => panic!("no value: {other:?}"),
        };
        (output.rows.iter())
            .map(|row| row.flows.iter().map(show).collect())
            .collect()
    }
}

/// Doubles may differ by their last bit; nothing else may.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(x), Json::Number(y)) if x.is_f64() || y.is_f64() => {
            let (x, y) = (x.as_f64().unwrap(), y.as_f64().unwrap());
            x.to_bits().abs_diff(y.to_bits()) <= 1 || x == y
        }
        (Json::Array(x), Json::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y))
        }
        _ => a == b,
    }
}

/// Expression and row to our answer, for answers that are meant to differ; the row `*` stands for a refused expression.
type Differences = BTreeMap<(String, String, String), String>;

fn differences() -> Differences {
    let lines = include_str!("golden/differences.tsv").lines();
    lines
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [table, expr, row, ours, _reason] = fields[..] else {
                panic!("a difference has five fields: {line}");
            };
            let key = (table.to_owned(), expr.to_owned(), row.to_owned());
            (key, ours.to_owned())
        })
        .collect()
}

#[test]
fn every_answer_is_that_of_csharp_or_a_difference_with_a_reason() {
    let compiler = Compiler::new(RUNTIME_WASM).unwrap();
    let mut known = differences();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for table in tables() {
        let mut differs = |expr: &str, row: String, wanted: &Json, found: String| {
            let key = (table.name.clone(), expr.to_owned(), row);
            if known.remove(&key).as_ref() != Some(&found) {
                let (table, expr, row) = key;
                wrong.push(format!("{table}\t{expr}\t{row}\t{found}\t{wanted}"));
            }
        };
        let mut questions = Vec::new();
        let all: Vec<&str> = table.questions.iter().map(|(e, _)| e.as_str()).collect();
        for (chunk, asked) in
            (all.chunks(EXPRESSIONS_A_PART)).zip(table.questions.chunks(EXPRESSIONS_A_PART))
        {
            // Which ones are refused is only looked for where some are.
            let clean = !table
                .part(chunk)
                .diagnostics
                .iter()
                .any(Diagnostic::is_error);
            for (expr, out) in asked {
                match (!clean).then(|| table.refusal(expr)).flatten() {
                    Some(message) => differs(expr, "*".into(), &Json::Null, message),
                    None => questions.push((expr.as_str(), out)),
                }
            }
        }
        for chunk in questions.chunks(EXPRESSIONS_A_PART) {
            let expressions: Vec<&str> = chunk.iter().map(|(expr, _)| *expr).collect();
            let answers = table.run(&compiler, &expressions);
            for (column, (expr, out)) in chunk.iter().enumerate() {
                for (row, wanted) in out.iter().enumerate() {
                    compared += 1;
                    let found = &answers[row][column];
                    if !same(found, wanted) {
                        differs(expr, table.rows[row].to_string(), wanted, found.to_string());
                    }
                }
            }
        }
    }
    if let Ok(path) = std::env::var("GOLDEN_REPORT") {
        std::fs::write(path, wrong.join("\n")).unwrap();
    }
    wrong.truncate(60);
    assert!(wrong.is_empty(), "of {compared}:\n{}", wrong.join("\n"));
    assert!(known.is_empty(), "these no longer differ: {known:#?}");
    assert!(compared > 5000, "only {compared}");
}
