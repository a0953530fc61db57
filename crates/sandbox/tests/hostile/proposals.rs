//! Modules of newer WebAssembly than the list allows.

use wasm_encoder::{
    BlockType, ConstExpr, EntityType, Function, HeapType, ImportSection, Instruction as I, MemArg,
    MemoryType, TagKind, TagType,
};

use crate::hands::{mem, memory, sections};
use crate::refused::{check, i32_global, refused};

/// A module with this `run` uses a feature that is not on the list.
#[track_caller]
fn feature(sentence: &str, run: &[I<'_>]) {
    let mut body = Function::new([]);
    for instruction in run {
        body.instruction(instruction);
    }
    body.instruction(&I::End);
    let refusal = refused(&sections(&body).finish());
    assert_eq!(refusal.code(), "rules.module_invalid");
    assert!(refusal.to_string().contains(sentence), "{refusal}");
}

#[test]
fn proposals_outside_the_list_are_refused_by_name() {
    let call = [I::LocalGet(0), I::LocalGet(1)];
    feature(
        "tail calls",
        &[call.as_slice(), &[I::ReturnCall(0)]].concat(),
    );
    feature(
        "threads",
        &[I::I32Const(0), I::I32AtomicLoad(mem(0, 2)), I::Drop],
    );
    feature("exceptions", &[I::Throw(0)]);
    feature("reference types", &[I::RefNull(HeapType::FUNC), I::Drop]);
    feature(
        "multi-value",
        &[
            I::I32Const(0),
            I::Block(BlockType::FunctionType(3)),
            I::Drop,
            I::End,
        ],
    );
    let v128 = [I::V128Const(0), I::V128Const(0)];
    feature(
        "relaxed SIMD",
        &[v128.as_slice(), &[I::I8x16RelaxedSwizzle, I::Drop]].concat(),
    );
    let other = MemArg {
        memory_index: 1,
        ..mem(0, 2)
    };
    feature(
        "malformed memop alignment",
        &[I::I32Const(0), I::I32Load(other), I::Drop],
    );
}

#[test]
fn kinds_of_types_and_memories_outside_the_list_are_refused() {
    let code = "rules.module_invalid";

    check(code, "gc", |all| all.types.ty().struct_([]));
    check(code, "memory64", |all| {
        all.imports = ImportSection::new();
        all.memories.memory(MemoryType {
            memory64: true,
            ..memory(1024)
        });
    });
    check(code, "threads", |all| {
        all.imports = ImportSection::new();
        all.memories.memory(MemoryType {
            shared: true,
            ..memory(1024)
        });
    });
    check(code, "multiple memories", |all| {
        all.memories.memory(memory(1));
    });
    check(code, "exceptions", |all| {
        all.imports.import(
            "rt",
            "tag",
            EntityType::Tag(TagType {
                kind: TagKind::Exception,
                func_type_idx: 0,
            }),
        );
    });
    check(code, "constant expression", |all| {
        let sum = ConstExpr::extended([I::I32Const(1), I::I32Const(1), I::I32Add]);
        all.globals.global(i32_global(), &sum);
    });
}
