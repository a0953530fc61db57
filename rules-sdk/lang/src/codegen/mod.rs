//! IR to WASM: one function per output, and `run`, which evaluates a batch.
//!
//! Invariants: the module imports nothing but the runtime and exports nothing but `run`; equal parts give equal bytes;
//! every fallible call is followed by a test that leaves the output with its error cell.

mod body;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use syncline_rules_guest::{Fn, abi};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, FunctionSection,
    GlobalSection, GlobalType, ImportSection, MemoryType, Module, TypeSection, ValType,
};

use crate::check::Checked;
use crate::ir::{Ir, Step};

/// First address of literals; the runtime's own data lies below (checked by a test).
pub(crate) const LITERALS: u32 = 256 << 10;
/// Most bytes of literals of one part.
pub(crate) const LITERAL_BYTES_MAX: u32 = 1 << 20;

/// Parts up to this size are one function, which saves a call for each output and row. Cranelift's work grows faster than a
/// function, so outputs of larger parts have functions of their own.
const FUSED_INSTRUCTIONS_MAX: usize = 4_000;

/// The global with the header's address.
const HEADER: u32 = 0;
/// The global with the address of the row's counters.
const COUNTERS: u32 = 1;

/// A module and where its literals end.
pub(crate) struct Emitted {
    pub wasm: Vec<u8>,
    pub literals_end: u32,
}

/// The text that a node needs in memory.
pub(crate) fn text_of(ir: &Ir) -> Option<&String> {
    match ir {
        Ir::Text(text) => Some(text),
        Ir::Table(table) => table.text.as_ref(),
        _ => None,
    }
}

/// Calls `each` for every node.
pub(crate) fn visit(ir: &Ir, each: &mut dyn FnMut(&Ir)) {
    each(ir);
    match ir {
        Ir::Word(_) | Ir::Text(_) | Ir::Table(_) | Ir::Slot(_) | Ir::Local(_) | Ir::Exit(_) => {}
        Ir::Let(_, a, b) | Ir::Else(a, b) => {
            visit(a, each);
            visit(b, each);
        }
        Ir::If(a, b, c) => {
            visit(a, each);
            visit(b, each);
            visit(c, each);
        }
        Ir::Call(_, items, _)
        | Ir::Op(_, items, _)
        | Ir::Concat(items, _)
        | Ir::Items(items, _) => {
            items.iter().for_each(|item| visit(item, each));
        }
        Ir::IsNull(a)
        | Ir::Same(a, _)
        | Ir::Begins(a, _)
        | Ir::NonNull(a, ..)
        | Ir::Boxed(a, _)
        | Ir::Unbox(a)
        | Ir::Trace(_, a) => visit(a, each),
        Ir::Loop(inner) => {
            visit(&inner.list, each);
            visit(&inner.body, each);
        }
        Ir::Block(steps) => visit_steps(steps, each),
    }
}

fn visit_steps(steps: &[Step], each: &mut dyn FnMut(&Ir)) {
    for step in steps {
        match step {
            Step::Let(_, value) | Step::Return(value) => visit(value, each),
            Step::If(condition, then, other) => {
                visit(condition, each);
                visit_steps(then, each);
                visit_steps(other, each);
            }
        }
    }
}

/// The runtime functions a node calls.
fn needs(ir: &Ir, out: &mut BTreeSet<Fn>) {
    match ir {
        Ir::Call(function, ..) => drop(out.insert(*function)),
        Ir::Concat(parts, _) => match parts.len() {
            0..=2 => drop(out.insert(Fn::Concat2)),
            3 => drop(out.insert(Fn::Concat3)),
            _ => out.extend([Fn::NewList, Fn::ConcatList]),
        },
        Ir::Boxed(..) => drop(out.insert(Fn::BoxWord)),
        Ir::Items(..) => drop(out.insert(Fn::NewList)),
        Ir::Loop(_) => drop(out.insert(Fn::NewList)),
        _ => {}
    }
}

/// Indexes that function bodies use.
struct Layout {
    functions: BTreeMap<Fn, u32>,
    /// Says where the counters of a row lie.
    counters: u32,
    /// The first output's function.
    outputs: u32,
    /// Literal cells by text.
    texts: BTreeMap<String, i64>,
    slots: u32,
}

/// The module of a part. `scoped`: the first output is the scope.
pub(crate) fn emit(outputs: &[&Checked], slots: u32, scoped: bool) -> Emitted {
    let mut used = BTreeSet::new();
    let (mut texts, mut data) = (BTreeMap::new(), Vec::new());
    for output in outputs {
        visit(&output.ir, &mut |node| {
            needs(node, &mut used);
            if let Some(text) = text_of(node)
                && !texts.contains_key(text)
            {
                let address = LITERALS + data.len() as u32;
                texts.insert(text.clone(), abi::literal_cell(address, text.as_bytes()));
                data.extend_from_slice(text.as_bytes());
            }
        });
    }

    let mut types = TypeSection::new();
    let mut by_arity = BTreeMap::new();
    for function in &used {
        let arity = function.info().arity;
        by_arity.entry(arity).or_insert_with(|| {
            types
                .ty()
                .function(vec![ValType::I64; arity], [ValType::I64]);
            types.len() - 1
        });
    }
    let nullary = types.len();
    types.ty().function([], [ValType::I32]);
    types.ty().function([ValType::I32], [ValType::I64]);
    types.ty().function([ValType::I32, ValType::I32], []);

    let mut imports = ImportSection::new();
    let memory = MemoryType {
        minimum: 32,
        maximum: Some(1024),
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import("rt", "memory", memory);
    let mut functions = BTreeMap::new();
    for function in &used {
        functions.insert(*function, functions.len() as u32);
        imports.import(
            "rt",
            function.info().name,
            EntityType::Function(by_arity[&function.info().arity]),
        );
    }
    let counters = functions.len() as u32;
    imports.import("rt", "counters", EntityType::Function(nullary));

    let layout = Layout {
        functions,
        counters,
        outputs: counters + 1,
        texts,
        slots,
    };
    let mut declared = FunctionSection::new();
    let mut code = CodeSection::new();
    let bodies: Vec<_> = outputs.iter().map(|o| body::code(&layout, o)).collect();
    let size: usize = bodies.iter().map(|body| body.instructions.len()).sum();
    let apart = size > FUSED_INSTRUCTIONS_MAX;
    if apart {
        for body in &bodies {
            declared.function(nullary + 1);
            code.function(&body::function(body));
        }
    }
    declared.function(nullary + 2);
    code.function(&run::function(&layout, &bodies, scoped, apart));

    let mut globals = GlobalSection::new();
    for _ in [HEADER, COUNTERS] {
        globals.global(
            GlobalType {
                val_type: ValType::I32,
                mutable: true,
                shared: false,
            },
            &ConstExpr::i32_const(0),
        );
    }
    let mut exports = ExportSection::new();
    exports.export(
        "run",
        ExportKind::Func,
        layout.outputs + if apart { outputs.len() as u32 } else { 0 },
    );
    let literals_end = LITERALS + data.len() as u32;
    let mut segments = DataSection::new();
    if !data.is_empty() {
        segments.active(0, &ConstExpr::i32_const(LITERALS as i32), data);
    }

    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&declared)
        .section(&globals)
        .section(&exports)
        .section(&code)
        .section(&segments);
    Emitted {
        wasm: module.finish(),
        literals_end,
    }
}
