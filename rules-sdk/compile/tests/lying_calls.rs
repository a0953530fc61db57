//! Uploads that call the real runtime with cells no compiler would pass: pointers to nowhere, lengths without end, errors.
//!
//! The runtime trusts the cells of our own programs. An upload owes it nothing, and whatever then happens stays inside.

use syncline_model::rules::{
    ABI_VERSION, AttrType, FlowPlan, FlowSource, LIBRARY_VERSION, OnError, Output, ProgramManifest,
    Role, RuleType, Slot, SlotSource,
};
use syncline_rules::RUNTIME_WASM;
use syncline_sandbox::{Answer, BatchInput, Column, Compiler, In, Scope, limits};
use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction as I, MemArg, MemoryType, Module, TypeSection, ValType,
};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

/// The runtime's functions of cells: name and number of arguments.
fn functions() -> Vec<(String, usize)> {
    let (mut types, mut functions, mut exports) = (Vec::new(), Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(RUNTIME_WASM) {
        match payload.unwrap() {
            Payload::TypeSection(all) => {
                types.extend(all.into_iter_err_on_gc_types().map(Result::unwrap));
            }
            Payload::ImportSection(all) => {
                let imports = all.into_imports().map(Result::unwrap);
                assert!(
                    !imports
                        .into_iter()
                        .any(|i| matches!(i.ty, TypeRef::Func(_)))
                );
            }
            Payload::FunctionSection(all) => functions.extend(all.into_iter().map(Result::unwrap)),
            Payload::ExportSection(all) => exports.extend(all.into_iter().map(Result::unwrap)),
            _ => {}
        }
    }
    exports
        .into_iter()
        .filter(|e| e.kind == ExternalKind::Func)
        .filter_map(|e| {
            let ty = &types[functions[e.index as usize] as usize];
            let cells = ty.params().iter().all(|p| *p == wasmparser::ValType::I64);
            (cells && ty.results() == [wasmparser::ValType::I64])
                .then(|| (e.name.to_owned(), ty.params().len()))
        })
        .collect()
}

fn mem(offset: u64, align: u32) -> MemArg {
    MemArg {
        offset,
        align,
        memory_index: 0,
    }
}

/// For every row, calls the function with the row's number as the arguments that `lies` names, 3 as the others, and answers
/// what it gives.
fn caller(name: &str, arity: usize, lies: impl Fn(usize) -> bool) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I32], []);
    types
        .ty()
        .function(vec![ValType::I64; arity], [ValType::I64]);
    let mut imports = ImportSection::new();
    let memory = MemoryType {
        minimum: 32,
        maximum: Some(limits::MEMORY_PAGES_MAX),
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports
        .import("rt", "memory", memory)
        .import("rt", name, EntityType::Function(1));
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut exports = ExportSection::new();
    exports.export("run", ExportKind::Func, 1);

    let column = |offset: u64, stride: i32| {
        [
            I::LocalGet(0),
            I::I32Load(mem(offset, 2)),
            I::LocalGet(2),
            I::I32Const(stride),
            I::I32Mul,
            I::I32Add,
        ]
    };
    let mut all = vec![
        I::Block(BlockType::Empty),
        I::Loop(BlockType::Empty),
        I::LocalGet(2),
        I::LocalGet(1),
        I::I32GeU,
        I::BrIf(1),
    ];
    all.extend(column(12, 4));
    all.extend([I::I32Const(1), I::I32Store(mem(0, 2))]);
    all.extend(column(8, 16));
    for argument in 0..arity {
        if lies(argument) {
            all.extend(column(0, 8));
            all.push(I::I64Load(mem(0, 3)));
        } else {
            all.push(I::I64Const(3));
        }
    }
    all.extend([
        I::Call(0),
        I::I64Store(mem(0, 3)),
        I::LocalGet(2),
        I::I32Const(1),
        I::I32Add,
        I::LocalSet(2),
        I::Br(0),
        I::End,
        I::End,
        I::End,
    ]);
    let mut run = Function::new([(1, ValType::I32)]);
    for instruction in &all {
        run.instruction(instruction);
    }
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
        literals_end: limits::LITERALS_START,
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

/// Cells that lie.
const LIES: [i64; 12] = [
    0,
    -1,
    i64::MIN,
    i64::MAX,
    i64::MIN | 250,
    // Where the runtime keeps its own data and stack.
    16 | 64 << 32,
    4_096 | 1_000 << 32,
    // Written by nobody; longer than the memory; across its end; an error's length.
    (40 << 20) | 100_000 << 32,
    (1 << 20) | 0x7fff_ffff << 32,
    ((64 << 20) - 4) | 8 << 32,
    i64::MIN | (2 << 20) | 17 << 32,
    0x7ff8_0000_dead_beef,
];

#[test]
fn a_runtime_call_with_lying_cells_stays_inside() {
    let compiler = Compiler::for_uploads(RUNTIME_WASM).unwrap();
    let functions = functions();
    assert!(functions.len() > 100, "{functions:?}");
    let (mut answered, mut stopped) = (0, 0);

    for (name, arity) in &functions {
        let attrs = [
            AttrType::optional(RuleType::String),
            AttrType::list(RuleType::String),
        ];
        for (first_only, attr) in [true, false].into_iter().zip(attrs) {
            let wasm = caller(name, *arity, |argument| !first_only || argument == 0);
            let mut program = compiler.program(manifest(attr), &wasm).unwrap();
            let column = Column::Rows(LIES.map(In::Int).to_vec());

            let output = program.run(&BatchInput {
                rows: LIES.len(),
                columns: vec![column],
            });

            let rows = output.unwrap_or_else(|e| panic!("{name}: {e}")).rows;
            assert_eq!(rows.len(), LIES.len(), "{name}");
            for row in rows {
                assert_eq!(row.scope, Scope::In, "{name}");
                match row.flows[0] {
                    Answer::Error(_) => stopped += 1,
                    _ => answered += 1,
                }
            }
        }
    }

    assert!(
        answered > 100 && stopped > 100,
        "{answered} answered, {stopped} stopped"
    );
}
