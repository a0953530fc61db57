//! Artifacts that no validator has seen: what the loader says of them.

use syncline_model::rules::Role;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    Instruction, MemorySection, MemoryType, Module, TypeSection, ValType,
};

use super::*;
use crate::manifest::tests::manifest;

pub(crate) const MEMORY: MemoryType = MemoryType {
    minimum: 32,
    maximum: Some(1024),
    memory64: false,
    shared: false,
    page_size_log2: None,
};

/// A module with one function of this type, under this name, and with these imports.
fn wasm(name: &str, params: &[ValType], imports: &[(&str, EntityType)]) -> Vec<u8> {
    module(name, params, imports, &[])
}

/// The same with these instructions in the function.
pub(crate) fn module(
    name: &str,
    params: &[ValType],
    imports: &[(&str, EntityType)],
    does: &[Instruction<'_>],
) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function(params.iter().copied(), []);
    let mut imported = ImportSection::new();
    for (name, ty) in imports {
        imported.import("rt", name, *ty);
    }
    let functions_before = imports
        .iter()
        .filter(|(_, ty)| matches!(ty, EntityType::Function(_)))
        .count();
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut memories = MemorySection::new();
    let mut exports = ExportSection::new();
    exports.export(name, ExportKind::Func, functions_before as u32);
    if imports.is_empty() {
        memories.memory(MEMORY);
        exports.export("memory", ExportKind::Memory, 0);
    }
    let mut code = CodeSection::new();
    let mut body = Function::new([]);
    for instruction in does {
        body.instruction(instruction);
    }
    body.instruction(&Instruction::End);
    code.function(&body);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imported)
        .section(&functions)
        .section(&memories)
        .section(&exports)
        .section(&code);
    module.finish()
}

pub(crate) const CALL: [ValType; 2] = [ValType::I32; 2];

fn native(origin: Origin, wasm: &[u8]) -> Vec<u8> {
    engine::engine(origin).precompile_module(wasm).unwrap()
}

fn runtime() -> Vec<u8> {
    wasm("reset", &CALL, &[])
}

fn program() -> Vec<u8> {
    wasm("run", &CALL, &[("memory", EntityType::Memory(MEMORY))])
}

/// A name as long as a key is.
const NAME: &str = "a runtime whose name is sixty-four characters long, as a key is.";

/// What the loader says of halves that no validator has seen, where the program names the runtime like this.
fn loaded(origin: Origin, runtime: &[u8], program: &[u8], named: &str) -> String {
    let load = || {
        let mut manifest = manifest(&[Role::Dn]);
        manifest.runtime = named.to_owned();
        let bytes = Artifact {
            origin,
            manifest,
            program,
        }
        .encode();
        // SAFETY: made by the engines of this process, above.
        unsafe {
            let runtime = Runtime::load(origin, &[runtime, NAME.as_bytes()].concat())?;
            Program::load(&bytes, &runtime)
        }
    };
    match load() {
        Ok(program) => {
            assert_eq!(program.origin(), origin);
            String::new()
        }
        Err(error) => error.to_string(),
    }
}

fn ours(runtime: &[u8], program: &[u8]) -> String {
    let native = |wasm| native(Origin::Compiler, wasm);
    let (runtime, program) = (native(runtime), native(program));
    loaded(Origin::Compiler, &runtime, &program, NAME)
}

#[test]
fn an_artifact_of_two_halves_that_fit_is_loaded() {
    assert_eq!(ours(&runtime(), &program()), "");
}

#[test]
fn a_program_for_another_runtime_is_refused() {
    let native = |wasm: &[u8]| native(Origin::Compiler, wasm);
    let (runtime, program) = (native(&runtime()), native(&program()));

    let said = loaded(Origin::Compiler, &runtime, &program, "another");

    assert!(
        said.contains("for the runtime another, this process has a runtime whose"),
        "{said}"
    );
}

#[test]
fn a_program_that_asks_for_more_than_the_runtime_gives_is_refused() {
    let memory = ("memory", EntityType::Memory(MEMORY));
    let refused =
        |import: (&str, EntityType)| ours(&runtime(), &wasm("run", &CALL, &[memory, import]));

    for name in ["reset", "steal"] {
        let said = refused((name, EntityType::Function(0)));
        assert!(said.contains(&format!("imports `rt.{name}`")), "{said}");
    }
    assert!(ours(&wasm("reset", &[], &[]), &program()).contains("has no `reset`"));
    assert!(ours(&program(), &program()).contains("its runtime imports `rt.memory`"));
    assert!(ours(&runtime(), &wasm("main", &CALL, &[memory])).contains("exactly `run`"));
    assert!(ours(&runtime(), &wasm("run", &[], &[memory])).contains("(i32, i32) -> ()"));
}

#[test]
fn an_upload_is_never_loaded_without_the_clock() {
    let native = |origin, wasm: &[u8]| native(origin, wasm);
    let halves = |origin| (native(origin, &runtime()), native(origin, &program()));
    let (ours, uploads) = (halves(Origin::Compiler), halves(Origin::Upload));

    let named = |origin, runtime: &[u8], program: &[u8]| loaded(origin, runtime, program, NAME);
    assert_eq!(named(Origin::Upload, &uploads.0, &uploads.1), "");
    // The label is part of the artifact; code compiled for the other label does not load under it.
    for (origin, halves) in [(Origin::Upload, &ours), (Origin::Compiler, &uploads)] {
        let said = named(origin, &halves.0, &halves.1);
        assert!(said.contains("epoch interruption"), "{said}");
    }
    let said = named(Origin::Upload, &uploads.0, &ours.1);
    assert!(said.contains("epoch interruption"), "{said}");
}

#[test]
fn a_manifest_that_cannot_be_is_refused_before_code_is_loaded() {
    let mut manifest = manifest(&[Role::Dn]);
    manifest.keys = u32::MAX;
    let bytes = Artifact {
        origin: Origin::Compiler,
        manifest,
        program: b"no code",
    }
    .encode();

    let native = native(Origin::Compiler, &runtime());
    // SAFETY: the runtime was made above; the program is refused before any of it is code.
    let error = unsafe {
        let runtime =
            Runtime::load(Origin::Compiler, &[&native, NAME.as_bytes()].concat()).unwrap();
        Program::load(&bytes, &runtime)
    };
    let error = error.err().unwrap();

    assert!(matches!(error, LoadError::Manifest(_)), "{error}");
}
