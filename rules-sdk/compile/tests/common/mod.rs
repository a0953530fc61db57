//! Runs the compile child and what it made, as the runner does.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use syncline_model::rules::SlotSource;
use syncline_rules::request::{CompileResponse, PartResult};
use syncline_sandbox::{BatchInput, Column, In, Origin, Program, RowOutput, Runtime};

/// Runs the real child.
pub fn child(request: &str) -> Result<CompileResponse, String> {
    answer(request).map(|answer| serde_json::from_value(answer).unwrap())
}

/// What the real child writes.
pub fn answer(request: &str) -> Result<Json, String> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_syncline-compile"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The child may refuse a request before it has read all of it.
    let _ = child.stdin.take().unwrap().write_all(request.as_bytes());
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr).unwrap());
    }
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

/// The runtime as another child makes it.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let child = Command::new(env!("CARGO_BIN_EXE_syncline-compile"))
            .arg("runtime")
            .output()
            .unwrap();
        assert!(child.status.success(), "{child:?}");
        // SAFETY: the bytes come from our own child, over its pipe.
        unsafe { Runtime::load(Origin::Compiler, &child.stdout) }.unwrap()
    });
    &RUNTIME
}

/// The result of a request with one part.
pub fn compiled(part: Json) -> PartResult {
    let response = child(&json!({ "parts": [part] }).to_string()).unwrap();
    response.parts.into_iter().next().unwrap()
}

/// The attributes that are present.
pub type Object<'a> = &'a [(&'a str, In<'a>)];

/// The answers for these objects; what an object does not name is absent.
pub fn run<'a>(part: &PartResult, objects: &[Object<'a>]) -> Vec<RowOutput> {
    let artifact = part
        .artifact
        .as_ref()
        .unwrap_or_else(|| panic!("{:#?}", part.diagnostics));
    // SAFETY: the bytes come from our own child, over its pipe.
    let mut program = unsafe { Program::load(artifact, runtime()) }.unwrap();
    let columns = (program.manifest().slots.iter())
        .map(|slot| match &slot.source {
            SlotSource::Parameter(_) => Column::Constant(In::Str("fabrikam.test")),
            SlotSource::Clock => Column::Constant(In::Int(639_028_512_000_000_000)),
            SlotSource::Draw(_) => Column::Constant(In::Bytes(&[7; 32])),
            SlotSource::Attribute(name) | SlotSource::Target(name) => {
                let value = |object: &&Object<'a>| {
                    let found = object.iter().find(|(n, _)| n == name);
                    found.map_or(In::Null, |(_, value)| value.clone())
                };
                Column::Rows(objects.iter().map(|object| value(&object)).collect())
            }
        })
        .collect();
    program
        .run(&BatchInput {
            rows: objects.len(),
            columns,
        })
        .unwrap()
        .rows
}
