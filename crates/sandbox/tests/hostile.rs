//! Programs that our compiler would never write: what they try, and what becomes of the rows around them.
//!
//! Invariants: whatever a module does, the host answers every row, and rows that the module treats well keep their answers.

use syncline_model::rules::{
    ABI_VERSION, AttrType, ErrorKind, FlowPlan, FlowSource, LIBRARY_VERSION, OnError, Output,
    ProgramManifest, Role, RuleType, Slot, SlotSource,
};
use syncline_sandbox::{Answer, BatchInput, Column, CompileError, Compiler, In, Program};
use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction as I, MemArg, MemorySection, MemoryType, Module, StartSection,
    TypeSection, ValType,
};

const BASE: i32 = 1 << 20;

fn memory(maximum: u64) -> MemoryType {
    MemoryType {
        minimum: 32,
        maximum: Some(maximum),
        memory64: false,
        shared: false,
        page_size_log2: None,
    }
}

/// A runtime with nothing but a memory and `reset`.
fn runtime() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I32], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut memories = MemorySection::new();
    memories.memory(memory(1024));
    let mut exports = ExportSection::new();
    exports
        .export("memory", ExportKind::Memory, 0)
        .export("reset", ExportKind::Func, 0);
    let mut code = CodeSection::new();
    let mut body = Function::new([]);
    body.instruction(&I::End);
    code.function(&body);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&memories)
        .section(&exports)
        .section(&code);
    module.finish()
}

fn mem(offset: u64, align: u32) -> MemArg {
    MemArg {
        offset,
        align,
        memory_index: 0,
    }
}

/// A program whose `run` does `evil` when the first column of a row is 13, and answers every row with "in scope".
///
/// One slot and one output: header = slot base, slot stride, output base, state base.
fn program(evil: &[I<'static>]) -> Vec<u8> {
    let mut body = Function::new([(1, ValType::I32)]);
    let all = [
        I::Block(BlockType::Empty),
        I::Loop(BlockType::Empty),
        I::LocalGet(2),
        I::LocalGet(1),
        I::I32GeU,
        I::BrIf(1),
        // state = 1
        I::LocalGet(0),
        I::I32Load(mem(12, 2)),
        I::LocalGet(2),
        I::I32Const(4),
        I::I32Mul,
        I::I32Add,
        I::I32Const(1),
        I::I32Store(mem(0, 2)),
        // evil?
        I::LocalGet(0),
        I::I32Load(mem(0, 2)),
        I::LocalGet(2),
        I::I32Const(8),
        I::I32Mul,
        I::I32Add,
        I::I64Load(mem(0, 3)),
        I::I64Const(13),
        I::I64Eq,
        I::If(BlockType::Empty),
    ];
    for instruction in all.iter().chain(evil) {
        body.instruction(instruction);
    }
    for instruction in [
        I::End,
        I::LocalGet(2),
        I::I32Const(1),
        I::I32Add,
        I::LocalSet(2),
        I::Br(0),
        I::End,
        I::End,
        I::End,
    ] {
        body.instruction(&instruction);
    }
    module(body, |_| {})
}

fn module(run: Function, extra: impl FnOnce(&mut ImportSection)) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I32], []);
    let mut imports = ImportSection::new();
    imports.import("rt", "memory", memory(1024));
    extra(&mut imports);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut exports = ExportSection::new();
    exports.export("run", ExportKind::Func, 0);
    let mut code = CodeSection::new();
    code.function(&run);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&exports)
        .section(&code);
    module.finish()
}

fn manifest(attr: AttrType) -> ProgramManifest {
    ProgramManifest {
        abi: ABI_VERSION,
        library: LIBRARY_VERSION,
        meaning: String::new(),
        runtime: String::new(),
        literals_end: BASE as u32,
        slots: vec![Slot {
            source: SlotSource::Attribute("n".into()),
            attr: AttrType::required(RuleType::Long),
        }],
        outputs: vec![Output {
            role: Role::Flow(0),
            attr,
            path: "flows[0]".into(),
        }],
        keys: 0,
        flows: vec![FlowPlan {
            to: "x".into(),
            source: FlowSource::Computed(0),
            on_error: OnError::FailObject,
        }],
        sites: vec![],
    }
}

/// The answers for rows 1, 2, 13, 4.
fn answers(wasm: &[u8], attr: AttrType) -> Vec<Answer> {
    let compiler = Compiler::new(&runtime()).unwrap();
    let artifact = compiler.compile(manifest(attr), wasm).unwrap();
    // SAFETY: made by the compiler above.
    let mut program = unsafe { Program::load(&artifact) }.unwrap();
    let values = [1, 2, 13, 4].map(In::Int).to_vec();
    let output = program
        .run(&BatchInput {
            rows: 4,
            columns: vec![Column::Rows(values)],
        })
        .unwrap();
    output
        .rows
        .into_iter()
        .map(|row| row.flows.into_iter().next().unwrap())
        .collect()
}

fn only_the_third_fails(answers: &[Answer]) {
    assert_eq!([&answers[0], &answers[1], &answers[3]], [&Answer::Null; 3]);
    assert!(
        matches!(&answers[2], Answer::Error(e) if e.kind == ErrorKind::Budget),
        "{:?}",
        answers[2]
    );
}

fn text() -> AttrType {
    AttrType::optional(RuleType::String)
}

/// Writes this cell as the output of the row.
fn answer(cell: i64) -> Vec<I<'static>> {
    vec![
        I::LocalGet(0),
        I::I32Load(mem(8, 2)),
        I::LocalGet(2),
        I::I32Const(16),
        I::I32Mul,
        I::I32Add,
        I::I64Const(cell),
        I::I64Store(mem(0, 3)),
    ]
}

#[test]
fn an_endless_loop_costs_only_its_own_row() {
    let evil = [I::Loop(BlockType::Empty), I::Br(0), I::End];

    only_the_third_fails(&answers(&program(&evil), text()));
}

#[test]
fn endless_recursion_costs_only_its_own_row() {
    let evil = [I::LocalGet(0), I::LocalGet(1), I::Call(0)];

    only_the_third_fails(&answers(&program(&evil), text()));
}

#[test]
fn a_trap_costs_only_its_own_row() {
    for evil in [
        vec![I::Unreachable],
        vec![I::I32Const(-1), I::I64Load(mem(0, 0)), I::Drop],
    ] {
        only_the_third_fails(&answers(&program(&evil), text()));
    }
}

#[test]
fn memory_cannot_grow_beyond_its_limit() {
    // Traps when growing succeeds.
    let evil = [
        I::I32Const(1),
        I::MemoryGrow(0),
        I::I32Const(-1),
        I::I32Ne,
        I::If(BlockType::Empty),
        I::Unreachable,
        I::End,
    ];

    assert_eq!(
        answers(&program(&evil), text()),
        [Answer::Null, Answer::Null, Answer::Null, Answer::Null]
    );
}

#[test]
fn an_answer_that_points_anywhere_else_is_no_answer() {
    let far = 0x7fff_0000_i64;
    let cells = [
        far | 1 << 32,
        1 << 62,
        (60 << 20) | (0x7fff_ffff << 32),
        i64::MIN + 77,
    ];
    for cell in cells {
        only_the_third_fails(&answers(&program(&answer(cell)), text()));
    }
    for (cell, ty) in [
        (far, RuleType::Int),
        (5 | 7 << 32, RuleType::Bool),
        (16 | 3 << 32, RuleType::Guid),
    ] {
        only_the_third_fails(&answers(&program(&answer(cell)), AttrType::optional(ty)));
    }
}

fn refused(wasm: &[u8]) -> String {
    let compiler = Compiler::new(&runtime()).unwrap();
    match compiler.compile(manifest(text()), wasm) {
        Err(error @ (CompileError::Refused(_) | CompileError::Size { .. })) => error.to_string(),
        Err(error) => panic!("refused for another reason: {error}"),
        Ok(_) => panic!("the module was compiled"),
    }
}

fn empty() -> Function {
    let mut body = Function::new([]);
    body.instruction(&I::End);
    body
}

#[test]
fn a_module_may_import_nothing_but_the_runtime() {
    let foreign = module(empty(), |imports| {
        imports.import(
            "wasi_snapshot_preview1",
            "fd_write",
            EntityType::Function(0),
        );
    });

    assert!(refused(&foreign).contains("wasi_snapshot_preview1.fd_write"));
}

#[test]
fn a_module_may_have_no_start_function_and_no_memory_of_its_own() {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut code = CodeSection::new();
    code.function(&empty());
    let mut start = Module::new();
    start
        .section(&types)
        .section(&functions)
        .section(&StartSection { function_index: 0 })
        .section(&code);
    let mut memories = MemorySection::new();
    memories.memory(memory(1024));
    let mut own = Module::new();
    own.section(&memories);

    assert!(refused(&start.finish()).contains("start function"));
    assert!(refused(&own.finish()).contains("own memory"));
}

#[test]
fn a_module_may_not_use_newer_features_or_be_too_large() {
    let mut tail = Function::new([]);
    tail.instruction(&I::LocalGet(0))
        .instruction(&I::LocalGet(1))
        .instruction(&I::ReturnCall(0))
        .instruction(&I::End);
    let mut long = Function::new([]);
    for _ in 0..70_000 {
        long.instruction(&I::Nop);
    }
    long.instruction(&I::End);

    assert!(refused(&module(tail, |_| {})).contains("tail calls"));
    assert!(refused(&module(long, |_| {})).contains("65536"));
    assert!(refused(b"\0asm\x01\0\0\0").contains("`run`"));
    assert!(refused(&vec![0; 2 << 20]).contains("too large"));
}

#[test]
fn a_batch_that_does_not_fit_the_manifest_is_refused_as_a_whole() {
    let compiler = Compiler::new(&runtime()).unwrap();
    let artifact = compiler.compile(manifest(text()), &program(&[])).unwrap();
    // SAFETY: made by the compiler above.
    let mut program = unsafe { Program::load(&artifact) }.unwrap();
    let mut run = |rows, columns| {
        program
            .run(&BatchInput { rows, columns })
            .map_err(|e| e.to_string())
    };

    assert!(run(1, vec![]).unwrap_err().contains("0 columns"));
    assert!(
        run(2, vec![Column::Rows(vec![In::Int(1)])])
            .unwrap_err()
            .contains("one value per row")
    );
    assert!(
        run(1, vec![Column::Rows(vec![In::Str("x")])])
            .unwrap_err()
            .contains("not of the type")
    );
    assert!(
        run(1, vec![Column::Rows(vec![In::Null])])
            .unwrap_err()
            .contains("not of the type")
    );
    assert_eq!(run(0, vec![Column::Rows(vec![])]).unwrap().rows, []);
}

#[test]
fn many_rows_with_one_bad_one_all_get_their_answers() {
    let compiler = Compiler::new(&runtime()).unwrap();
    let artifact = compiler
        .compile(manifest(text()), &program(&[I::Unreachable]))
        .unwrap();
    // SAFETY: made by the compiler above.
    let mut program = unsafe { Program::load(&artifact) }.unwrap();
    let values = (0..1_000)
        .map(|n| In::Int(if n == 700 { 13 } else { 100 + n }))
        .collect();

    let output = program
        .run(&BatchInput {
            rows: 1_000,
            columns: vec![Column::Rows(values)],
        })
        .unwrap();

    let failed: Vec<usize> = (output.rows.iter().enumerate())
        .filter(|(_, row)| matches!(row.flows[0], Answer::Error(_)))
        .map(|(index, _)| index)
        .collect();
    assert_eq!(failed, [700]);
}
