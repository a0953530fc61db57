//! Modules that are refused before Cranelift sees them, each with its code and what it met.

use syncline_sandbox::{CompileError, Compiler, Refusal, limits};
use wasm_encoder::{
    BlockType, ConstExpr, ElementMode, ElementSegment, Elements, EntityType, ExportKind,
    ExportSection, Function, GlobalType, Instruction as I, MemoryType, RefType, TableType, ValType,
};

use crate::hands::{Sections, empty, manifest, memory, runtime, sections, text};

/// The refusal of these bytes; the same for ours and for uploads.
pub fn refused(wasm: &[u8]) -> Refusal {
    let compilers = [
        Compiler::new(&runtime()).unwrap(),
        Compiler::for_uploads(&runtime()).unwrap(),
    ];
    let [ours, upload] = compilers.map(|c| match c.compile(manifest(text()), wasm) {
        Err(CompileError::Refused(refusal)) => refusal,
        Err(error) => panic!("refused for another reason: {error}"),
        Ok(_) => panic!("the module was compiled"),
    });
    assert_eq!(ours, upload);
    ours
}

/// Changes a module that would be let in, and expects this code and this in the sentence.
#[track_caller]
pub fn check(code: &str, sentence: &str, change: impl FnOnce(&mut Sections)) {
    let mut all = sections(&empty());
    change(&mut all);
    let refusal = refused(&all.finish());
    let spoken = refusal.to_string();
    assert_eq!(refusal.code(), code, "{spoken}");
    assert!(spoken.contains(sentence), "{spoken}");
    assert!(spoken.ends_with(&format!("(`{code}`)")), "{spoken}");
}

fn table(minimum: u64, maximum: Option<u64>) -> TableType {
    TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum,
        maximum,
        shared: false,
    }
}

pub fn i32_global() -> GlobalType {
    GlobalType {
        val_type: ValType::I32,
        mutable: false,
        shared: false,
    }
}

#[test]
fn the_module_that_these_tests_change_is_let_in() {
    let compiler = Compiler::for_uploads(&runtime()).unwrap();
    let mut all = sections(&empty());
    all.tables.table(table(1, Some(1)));
    let start = limits::LITERALS_START as i32;
    all.data
        .active(0, &ConstExpr::i32_const(start), *b"literal");

    compiler.compile(manifest(text()), &all.finish()).unwrap();
}

#[test]
fn a_module_imports_nothing_but_the_runtime() {
    let import = |module: &'static str, name: &'static str, ty: u32| {
        move |all: &mut Sections| {
            all.imports.import(module, name, EntityType::Function(ty));
        }
    };
    let code = "rules.module_import";

    check(
        code,
        "`wasi_snapshot_preview1.fd_write`",
        import("wasi_snapshot_preview1", "fd_write", 0),
    );
    check(code, "`rt.steal`", import("rt", "steal", 0));
    check(code, "`env.length`", import("env", "length", 1));
    check(
        code,
        "`rt.length` as (i32, i32) -> (), allowed is (i64) -> (i64)",
        import("rt", "length", 0),
    );
    // The arena is the host's to place.
    check(code, "`rt.reset`", import("rt", "reset", 0));
    check(code, "a global", |all| {
        all.imports
            .import("rt", "memory", EntityType::Global(i32_global()));
    });
    check(code, "a table", |all| {
        all.imports
            .import("rt", "length", EntityType::Table(table(1, Some(1))));
    });
}

#[test]
fn a_module_has_the_memory_of_the_runtime_and_no_other() {
    let code = "rules.module_memory";
    let only = |ty: MemoryType| {
        move |all: &mut Sections| {
            all.imports = wasm_encoder::ImportSection::new();
            all.imports.import("rt", "memory", ty);
        }
    };

    check(code, "0 imported and 1 of its own", |all| {
        all.imports = wasm_encoder::ImportSection::new();
        all.memories.memory(memory(1024));
    });
    check(code, "0 imported and 0 of its own", |all| {
        all.imports = wasm_encoder::ImportSection::new();
    });
    check(
        code,
        "32 to 65536 pages, allowed is `rt.memory`, 32 to 1024 pages",
        only(memory(65_536)),
    );
    check(
        code,
        "32 to without end pages",
        only(MemoryType {
            maximum: None,
            ..memory(0)
        }),
    );
    check(
        code,
        "33 to 1024 pages",
        only(MemoryType {
            minimum: 33,
            ..memory(1024)
        }),
    );
    check("rules.module_import", "`env.memory`", |all| {
        all.imports = wasm_encoder::ImportSection::new();
        all.imports.import("env", "memory", memory(1024));
    });
}

#[test]
fn a_module_exports_run_as_it_is_called_and_nothing_else() {
    let exports = |name: &'static str, kind, index| {
        move |all: &mut Sections| {
            all.exports = ExportSection::new();
            all.exports.export(name, kind, index);
        }
    };
    let code = "rules.module_export";

    check(code, "exports nothing", |all| {
        all.exports = ExportSection::new()
    });
    check(
        code,
        "`main` as (i32, i32) -> ()",
        exports("main", ExportKind::Func, 0),
    );
    check(
        code,
        "`run` as a memory",
        exports("run", ExportKind::Memory, 0),
    );
    check(code, "2 things, `memory` among them", |all| {
        all.exports.export("memory", ExportKind::Memory, 0);
    });
    check(code, "`run` as (i64) -> (i64)", |all| {
        all.functions.function(1);
        let mut same = Function::new([]);
        same.instruction(&I::LocalGet(0)).instruction(&I::End);
        all.code.function(&same);
        exports("run", ExportKind::Func, 1)(all);
    });
}

#[test]
fn nothing_runs_before_run() {
    check("rules.module_start", "start function", |all| {
        all.types.ty().function([], []);
        all.functions.function(2);
        all.code.function(&empty());
        all.start = Some(1);
    });
}

#[test]
fn a_table_has_an_end() {
    let code = "rules.module_table";

    check(code, "without a maximum", |all| {
        all.tables.table(table(1, None));
    });
    check(code, "may grow to 10001 elements", |all| {
        all.tables.table(table(1, Some(10_001)));
    });
    check("rules.module_invalid", "multiple tables", |all| {
        all.tables.table(table(1, Some(1)));
        all.tables.table(table(1, Some(1)));
    });
}

#[test]
fn a_segment_lies_where_it_belongs() {
    let data = |at: u32, len: usize| {
        move |all: &mut Sections| {
            let at = ConstExpr::i32_const(at as i32);
            all.data.active(0, &at, vec![7; len]);
        }
    };
    let code = "rules.module_segment";

    // Below lies the runtime's own data and stack, above what the host packs.
    check(
        code,
        "to 262143..262144, allowed is 262144..1048576",
        data(262_143, 1),
    );
    check(code, "to 1048575..1048577", data(1_048_575, 2));
    check(code, "to 4294967295..4294967296", data(u32::MAX, 1));
    check(code, "to 0..0", data(0, 0));
    check(code, "a element segment to 1..3, allowed is 0..2", |all| {
        all.tables.table(table(2, Some(2)));
        all.elements.segment(ElementSegment {
            mode: ElementMode::Active {
                table: None,
                offset: &ConstExpr::i32_const(1),
            },
            elements: Elements::Functions((&[0, 0]).into()),
        });
    });
}

#[test]
fn bytes_that_are_no_module_are_refused() {
    for bytes in [
        &b""[..],
        b"\0asm",
        b"\0asm\x0d\0\x01\0",
        b"\x7fELF\x02\x01\x01\0",
        b"\0asm\x01\0\0\0\x0a\xff\xff\xff\xff\x0f",
    ] {
        assert_eq!(refused(bytes).code(), "rules.module_invalid", "{bytes:?}");
    }
    check("rules.module_section", "`name`", |all| {
        all.custom = Some("name")
    });
}

/// So many of these, then the end.
fn long(times: usize, locals: u32, instruction: &I<'static>) -> Function {
    let mut body = Function::new([(locals, ValType::I64)]);
    for _ in 0..times {
        body.instruction(instruction);
    }
    body.instruction(&I::End);
    body
}

/// So many blocks within one another, around so many assignments.
fn knot(blocks: u32, locals: u32) -> Function {
    let mut body = Function::new([(locals, ValType::I64)]);
    for _ in 0..blocks {
        body.instruction(&I::LocalGet(0))
            .instruction(&I::If(BlockType::Empty));
    }
    for local in 0..locals {
        body.instruction(&I::I64Const(1))
            .instruction(&I::LocalSet(2 + local));
    }
    for _ in 0..=blocks {
        body.instruction(&I::End);
    }
    body
}

/// So many blocks one after the other, and so many locals.
fn row(blocks: u32, locals: u32) -> Function {
    let mut body = Function::new([(locals, ValType::I64)]);
    for _ in 0..blocks {
        body.instruction(&I::Block(BlockType::Empty))
            .instruction(&I::End);
    }
    body.instruction(&I::End);
    body
}

#[test]
fn whatever_makes_cranelift_slow_has_a_limit() {
    let run = |body: Function| {
        move |all: &mut Sections| {
            all.functions.function(0);
            all.code.function(&body);
        }
    };
    let code = "rules.module_size";
    let mut deep = Function::new([]);
    for _ in 0..=limits::NESTING_MAX {
        deep.instruction(&I::Loop(BlockType::Empty));
    }
    for _ in 0..=limits::NESTING_MAX {
        deep.instruction(&I::End);
    }
    deep.instruction(&I::End);

    check(
        code,
        "70004 bytes in one function, at most 65536",
        run(long(70_000, 0, &I::Nop)),
    );
    check(
        code,
        "8193 locals in one function, at most 8192",
        run(long(0, 8_193, &I::Nop)),
    );
    check(
        code,
        "513 blocks within one another, at most 512",
        run(deep),
    );
    // Small ones that kept Cranelift busy for seconds.
    check(
        code,
        "65600 meetings of values, at most 65536",
        run(knot(82, 800)),
    );
    check(
        code,
        "16781312 locals times blocks, at most 16777216",
        run(row(4_097, 4_096)),
    );
    check(code, "4097 functions, at most 4096", |all| {
        for _ in 0..limits::FUNCTIONS_MAX {
            run(empty())(all);
        }
    });
    check(code, "513 types", |all| {
        for _ in 2..=limits::TYPES_MAX {
            all.types.ty().function([], []);
        }
    });
    check(code, "33 parameters in one type", |all| {
        all.types.ty().function([ValType::I32; 33], []);
    });
    check(code, "65 globals", |all| {
        for _ in 0..=limits::GLOBALS_MAX {
            all.globals.global(i32_global(), &ConstExpr::i32_const(0));
        }
    });
    check(code, "1025 imports", |all| {
        for _ in 0..limits::IMPORTS_MAX {
            all.imports.import("rt", "length", EntityType::Function(1));
        }
        all.exports = ExportSection::new();
    });
    check(code, "1025 segments", |all| {
        for _ in 0..=limits::SEGMENTS_MAX {
            all.data.passive([]);
        }
    });
    assert_eq!(
        refused(&vec![0; limits::MODULE_BYTES_MAX + 1]).to_string(),
        "the module has 1048577 bytes, at most 1048576 are allowed; split the profile or the expression \
         (`rules.module_size`)"
    );
}

#[test]
fn a_runtime_is_judged_as_well() {
    let judged = |change: fn(&mut Sections)| {
        let mut all = sections(&empty());
        all.imports = wasm_encoder::ImportSection::new();
        all.memories.memory(memory(1024));
        all.exports = ExportSection::new();
        all.exports
            .export("memory", ExportKind::Memory, 0)
            .export("reset", ExportKind::Func, 0);
        change(&mut all);
        match Compiler::new(&all.finish()) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    };

    assert_eq!(judged(|_| {}), "");
    let imports = |all: &mut Sections| {
        all.imports.import("env", "clock", EntityType::Function(0));
    };
    assert!(judged(imports).contains("(`rules.module_import`)"));
    let grows = |all: &mut Sections| {
        all.memories = wasm_encoder::MemorySection::new();
        all.memories.memory(memory(1025));
    };
    assert!(judged(grows).contains("32 to 1025 pages, allowed is at most 1024 pages"));
    assert!(judged(|all| all.exports = ExportSection::new()).contains("`reset`"));
    let high = |all: &mut Sections| {
        let at = ConstExpr::i32_const(limits::LITERALS_START as i32);
        all.data.active(0, &at, *b"x");
    };
    assert!(judged(high).contains("(`rules.module_segment`)"));
}
