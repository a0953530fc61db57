//! Modules made by hand, and how they are run.

use syncline_model::rules::{
    ABI_VERSION, AttrType, ErrorKind, FlowPlan, FlowSource, LIBRARY_VERSION, OnError, Output,
    ProgramManifest, Role, RuleType, Slot, SlotSource,
};
use syncline_sandbox::{Answer, BatchInput, Column, Compiler, In, Program, RowOutput};
use wasm_encoder::{
    BlockType, CodeSection, CustomSection, DataSection, ElementSection, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, ImportSection, Instruction as I, MemArg,
    MemorySection, MemoryType, Module, StartSection, TableSection, TypeSection, ValType,
};

/// Where literals of these programs end.
const LITERALS_END: u32 = 1 << 20;
/// Memory that no batch of these tests reaches.
pub const FREE: i32 = 48 << 20;

pub fn memory(maximum: u64) -> MemoryType {
    MemoryType {
        minimum: 32,
        maximum: Some(maximum),
        memory64: false,
        shared: false,
        page_size_log2: None,
    }
}

/// A runtime with a memory, `reset`, and `length` as (i64) -> (i64).
pub fn runtime() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I32], []);
    types.ty().function([ValType::I64], [ValType::I64]);
    let mut functions = FunctionSection::new();
    functions.function(0).function(1);
    let mut memories = MemorySection::new();
    memories.memory(memory(1024));
    let mut exports = ExportSection::new();
    exports
        .export("memory", ExportKind::Memory, 0)
        .export("reset", ExportKind::Func, 0)
        .export("length", ExportKind::Func, 1);
    let mut code = CodeSection::new();
    code.function(&empty());
    let mut length = Function::new([]);
    length.instruction(&I::LocalGet(0)).instruction(&I::End);
    code.function(&length);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&memories)
        .section(&exports)
        .section(&code);
    module.finish()
}

pub fn empty() -> Function {
    let mut body = Function::new([]);
    body.instruction(&I::End);
    body
}

pub fn mem(offset: u64, align: u32) -> MemArg {
    MemArg {
        offset,
        align,
        memory_index: 0,
    }
}

/// A program with one output; see [`program_of`].
pub fn program(evil: &[I<'static>]) -> Vec<u8> {
    program_of(1, evil)
}

/// A program whose `run` does `evil` when the first column of a row is 13, and answers every row with "in scope".
///
/// One slot: header = slot base, slot stride, base of each output, state base. Local 2 is the row.
pub fn program_of(outputs: u32, evil: &[I<'static>]) -> Vec<u8> {
    let mut body = Function::new([(1, ValType::I32)]);
    let mut all = vec![
        I::Block(BlockType::Empty),
        I::Loop(BlockType::Empty),
        I::LocalGet(2),
        I::LocalGet(1),
        I::I32GeU,
        I::BrIf(1),
    ];
    all.extend(status(outputs, 1));
    all.extend([
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
    ]);
    all.extend_from_slice(evil);
    all.extend([
        I::End,
        I::LocalGet(2),
        I::I32Const(1),
        I::I32Add,
        I::LocalSet(2),
        I::Br(0),
        I::End,
        I::End,
        I::End,
    ]);
    for instruction in &all {
        body.instruction(instruction);
    }
    sections(&body).finish()
}

/// Says this of the row: 0 out of scope, 1 in scope.
pub fn status(outputs: u32, status: i32) -> Vec<I<'static>> {
    vec![
        I::LocalGet(0),
        I::I32Load(mem(8 + u64::from(outputs) * 4, 2)),
        I::LocalGet(2),
        I::I32Const(4),
        I::I32Mul,
        I::I32Add,
        I::I32Const(status),
        I::I32Store(mem(0, 2)),
    ]
}

/// Writes this cell as the first output of the row.
pub fn answer(cell: i64) -> Vec<I<'static>> {
    answer_of(0, 0, cell)
}

/// Writes this word at an offset in the cell of this output.
pub fn answer_of(output: u32, offset: u64, word: i64) -> Vec<I<'static>> {
    vec![
        I::LocalGet(0),
        I::I32Load(mem(8 + u64::from(output) * 4, 2)),
        I::LocalGet(2),
        I::I32Const(16),
        I::I32Mul,
        I::I32Add,
        I::I64Const(word),
        I::I64Store(mem(offset, 3)),
    ]
}

/// Writes these words from an address on.
pub fn put(at: i32, words: &[i64]) -> Vec<I<'static>> {
    let store = |(index, word): (usize, &i64)| {
        [
            I::I32Const(at + index as i32 * 8),
            I::I64Const(*word),
            I::I64Store(mem(0, 0)),
        ]
    };
    words.iter().enumerate().flat_map(store).collect()
}

/// The cell of a text or list at this address.
pub const fn cell(at: i32, len: i64) -> i64 {
    at as i64 | len << 32
}

/// The sections of a module, to be changed before it is written.
pub struct Sections {
    pub types: TypeSection,
    pub imports: ImportSection,
    pub functions: FunctionSection,
    pub tables: TableSection,
    pub memories: MemorySection,
    pub globals: GlobalSection,
    pub exports: ExportSection,
    pub start: Option<u32>,
    pub elements: ElementSection,
    pub code: CodeSection,
    pub data: DataSection,
    pub custom: Option<&'static str>,
}

/// What the validator lets in: the runtime's memory, and this `run`. Types: 0 is (i32, i32) -> (), 1 is (i64) -> (i64).
pub fn sections(run: &Function) -> Sections {
    let mut all = Sections {
        types: TypeSection::new(),
        imports: ImportSection::new(),
        functions: FunctionSection::new(),
        tables: TableSection::new(),
        memories: MemorySection::new(),
        globals: GlobalSection::new(),
        exports: ExportSection::new(),
        start: None,
        elements: ElementSection::new(),
        code: CodeSection::new(),
        data: DataSection::new(),
        custom: None,
    };
    all.types.ty().function([ValType::I32, ValType::I32], []);
    all.types.ty().function([ValType::I64], [ValType::I64]);
    all.imports.import("rt", "memory", memory(1024));
    all.functions.function(0);
    all.exports.export("run", ExportKind::Func, 0);
    all.code.function(run);
    all
}

impl Sections {
    /// The bytes; sections without content are left out.
    pub fn finish(self) -> Vec<u8> {
        let mut module = Module::new();
        module.section(&self.types);
        if !self.imports.is_empty() {
            module.section(&self.imports);
        }
        module.section(&self.functions);
        if !self.tables.is_empty() {
            module.section(&self.tables);
        }
        if !self.memories.is_empty() {
            module.section(&self.memories);
        }
        if !self.globals.is_empty() {
            module.section(&self.globals);
        }
        if !self.exports.is_empty() {
            module.section(&self.exports);
        }
        if let Some(function_index) = self.start {
            module.section(&StartSection { function_index });
        }
        if !self.elements.is_empty() {
            module.section(&self.elements);
        }
        module.section(&self.code);
        if !self.data.is_empty() {
            module.section(&self.data);
        }
        if let Some(name) = self.custom {
            module.section(&CustomSection {
                name: name.into(),
                data: (&[]).into(),
            });
        }
        module.finish()
    }
}

/// One flow of this type.
pub fn manifest(attr: AttrType) -> ProgramManifest {
    manifest_of(1, attr)
}

/// So many flows of this type, over one column of numbers.
pub fn manifest_of(outputs: u32, attr: AttrType) -> ProgramManifest {
    ProgramManifest {
        abi: ABI_VERSION,
        library: LIBRARY_VERSION,
        meaning: String::new(),
        runtime: String::new(),
        literals_end: LITERALS_END,
        slots: vec![Slot {
            source: SlotSource::Attribute("n".into()),
            attr: AttrType::required(RuleType::Long),
        }],
        outputs: (0..outputs)
            .map(|index| Output {
                role: Role::Flow(index),
                attr,
                path: format!("flows[{index}]"),
            })
            .collect(),
        keys: 0,
        flows: (0..outputs)
            .map(|index| FlowPlan {
                to: "x".into(),
                source: FlowSource::Computed(index),
                on_error: OnError::FailObject,
            })
            .collect(),
        sites: vec![],
    }
}

/// The module as one of ours and as an upload.
pub fn loaded(manifest: &ProgramManifest, wasm: &[u8]) -> [Program; 2] {
    let compilers = [
        Compiler::new(&runtime()).unwrap(),
        Compiler::for_uploads(&runtime()).unwrap(),
    ];
    compilers.map(|compiler| compiler.program(manifest.clone(), wasm).unwrap())
}

/// A batch of rows with these numbers.
pub fn numbers(values: &[i64]) -> BatchInput<'static> {
    BatchInput {
        rows: values.len(),
        columns: vec![Column::Rows(values.iter().map(|n| In::Int(*n)).collect())],
    }
}

/// The rows 1, 2, 13, 4, which both origins answer the same.
pub fn rows(manifest: &ProgramManifest, wasm: &[u8]) -> Vec<RowOutput> {
    let [ours, upload] =
        loaded(manifest, wasm).map(|mut p| p.run(&numbers(&[1, 2, 13, 4])).unwrap().rows);
    assert_eq!(format!("{ours:?}"), format!("{upload:?}"));
    ours
}

/// The first flow of rows 1, 2, 13, 4.
pub fn answers(wasm: &[u8], attr: AttrType) -> Vec<Answer> {
    rows(&manifest(attr), wasm)
        .into_iter()
        .map(|row| row.flows.into_iter().next().unwrap())
        .collect()
}

pub fn only_the_third_fails(answers: &[Answer]) {
    assert_eq!([&answers[0], &answers[1], &answers[3]], [&Answer::Null; 3]);
    assert!(
        matches!(&answers[2], Answer::Error(e) if e.kind == ErrorKind::Budget),
        "{:?}",
        answers[2]
    );
}

pub fn text() -> AttrType {
    AttrType::optional(RuleType::String)
}
