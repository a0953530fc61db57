//! The wall in front of Cranelift: which WebAssembly becomes native code. Feature `compile` only.
//!
//! Invariants: an allow-list, so what is not named here is refused; our own programs pass the same wall as uploaded ones;
//! a program imports only what the runtime gives, exactly as it gives it, and never `reset`, which is the host's.

use std::collections::BTreeMap;

use wasmparser::{ExternalKind, FuncType, MemoryType, TypeRef, ValType, WasmFeatures};

use crate::limits;
use crate::refusal::Refusal;
use crate::scan::{Scan, Segment};
use crate::signature::{HOST_ONLY, MEMORY, RUN, RUNTIME};
use crate::weight::Weight;

/// What a program may use.
const PROGRAM: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIMD);

/// What the runtime may use besides: rustc writes table indexes in the long form.
const OWN: WasmFeatures = PROGRAM
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG)
    .union(WasmFeatures::MULTI_VALUE);

/// What the runtime module gives to programs.
pub(crate) struct Interface {
    functions: BTreeMap<String, FuncType>,
    memory: MemoryType,
}

/// Judges a runtime module and says what it gives.
pub(crate) fn runtime(wasm: &[u8]) -> Result<Interface, Refusal> {
    let scan = Scan::of(wasm, OWN)?;
    if let Some(import) = scan.imports.first() {
        return Err(Refusal::Import {
            module: import.module.into(),
            name: import.name.into(),
            found: kind(&scan, import.ty),
            allowed: "nothing".into(),
        });
    }
    inside(&scan)?;
    let [memory] = scan.memories[..] else {
        return Err(Refusal::Memory {
            found: format!("{} memories", scan.memories.len()),
            allowed: "one".into(),
        });
    };
    if memory.maximum.is_none_or(|m| m > limits::MEMORY_PAGES_MAX) {
        return Err(Refusal::Memory {
            found: pages(&memory),
            allowed: format!("at most {} pages", limits::MEMORY_PAGES_MAX),
        });
    }
    segments("data", &scan.data, 0, u64::from(limits::LITERALS_START))?;
    let mut functions = BTreeMap::new();
    for export in &scan.exports {
        if export.kind == ExternalKind::Func
            && let Some(ty) = scan.function(export.index)
        {
            functions.insert(export.name.to_owned(), ty.clone());
        }
    }
    let gives_memory = scan
        .exports
        .iter()
        .any(|e| e.kind == ExternalKind::Memory && e.name == MEMORY);
    let reset = functions.get(HOST_ONLY);
    if !gives_memory || !reset.is_some_and(is_call) {
        return Err(Refusal::Export {
            found: "no runtime".into(),
            allowed: "`memory` and `reset` as (i32, i32) -> ()",
        });
    }
    functions.remove(HOST_ONLY);
    Ok(Interface { functions, memory })
}

/// Judges a program whose literals end at this address.
pub(crate) fn program(wasm: &[u8], runtime: &Interface, literals_end: u32) -> Result<(), Refusal> {
    let scan = Scan::of(wasm, PROGRAM)?;
    if let Some(name) = scan.customs.first() {
        return Err(Refusal::Section((*name).into()));
    }
    inside(&scan)?;
    imports(&scan, runtime)?;
    let mut weight = Weight::default();
    for body in &scan.bodies {
        weight.add(body)?;
    }
    let literals = u64::from(limits::LITERALS_START)..u64::from(literals_end);
    segments("data", &scan.data, literals.start, literals.end)?;
    exports(&scan)
}

/// What holds for every module: no start function, a table with an end, and elements inside it.
fn inside(scan: &Scan<'_>) -> Result<(), Refusal> {
    if scan.starts {
        return Err(Refusal::Start);
    }
    let elements = match scan.tables[..] {
        [] => 0,
        [table] => {
            if table.maximum.is_none_or(|m| m > limits::TABLE_ELEMENTS_MAX) {
                let found = match table.maximum {
                    Some(max) => format!("one that may grow to {max} elements"),
                    None => "one without a maximum".into(),
                };
                return Err(Refusal::Table { found });
            }
            table.initial
        }
        ref tables => {
            return Err(Refusal::Table {
                found: format!("{} tables", tables.len()),
            });
        }
    };
    segments("element", &scan.elements, 0, elements)
}

fn imports(scan: &Scan<'_>, runtime: &Interface) -> Result<(), Refusal> {
    let allowed_memory = format!(
        "`{RUNTIME}.{MEMORY}`, {}, imported once",
        pages(&runtime.memory)
    );
    let wrong_memory = |found: String| Refusal::Memory {
        found,
        allowed: allowed_memory.clone(),
    };
    let mut memories = 0;
    for import in &scan.imports {
        let function = (import.module == RUNTIME)
            .then(|| runtime.functions.get(import.name))
            .flatten();
        match import.ty {
            TypeRef::Memory(memory) if import.module == RUNTIME && import.name == MEMORY => {
                if memory.shared
                    || memory.memory64
                    || memory.initial > runtime.memory.initial
                    || memory.maximum != runtime.memory.maximum
                {
                    return Err(wrong_memory(pages(&memory)));
                }
                memories += 1;
            }
            TypeRef::Func(ty)
                if function.is_some_and(|f| scan.types.get(ty as usize) == Some(f)) => {}
            _ => {
                return Err(Refusal::Import {
                    module: import.module.into(),
                    name: import.name.into(),
                    found: kind(scan, import.ty),
                    allowed: function.map_or("nothing".into(), signature),
                });
            }
        }
    }
    if memories != 1 || !scan.memories.is_empty() {
        return Err(wrong_memory(format!(
            "{memories} imported and {} of its own",
            scan.memories.len()
        )));
    }
    Ok(())
}

fn exports(scan: &Scan<'_>) -> Result<(), Refusal> {
    let found = match &scan.exports[..] {
        [] => "nothing".into(),
        [export] => match export.kind {
            ExternalKind::Func => {
                let ty = scan.function(export.index);
                if export.name == RUN && ty.is_some_and(is_call) {
                    return Ok(());
                }
                format!(
                    "`{}` as {}",
                    export.name,
                    ty.map_or_else(String::new, signature)
                )
            }
            other => format!("`{}` as a {other:?}", export.name).to_lowercase(),
        },
        [_, .., last] => format!("{} things, `{}` among them", scan.exports.len(), last.name),
    };
    Err(Refusal::Export {
        found,
        allowed: "exactly `run` as (i32, i32) -> ()",
    })
}

fn segments(kind: &'static str, segments: &[Segment], from: u64, to: u64) -> Result<(), Refusal> {
    for segment in segments {
        let inside = segment.at.is_some_and(|at| {
            let at = u64::from(at);
            from <= at && at + segment.len <= to
        });
        if !inside {
            let found = segment.at.map_or("a computed address".into(), |at| {
                format!("{at}..{}", u64::from(at) + segment.len)
            });
            return Err(Refusal::Segment {
                kind,
                found,
                allowed: format!("{from}..{to}"),
            });
        }
    }
    Ok(())
}

/// Whether it is `(i32, i32) -> ()`, as the host calls it.
fn is_call(ty: &FuncType) -> bool {
    ty.params() == [ValType::I32, ValType::I32] && ty.results().is_empty()
}

fn pages(memory: &MemoryType) -> String {
    let most = memory
        .maximum
        .map_or("without end".into(), |max| format!("{max}"));
    let kind = match (memory.shared, memory.memory64) {
        (false, false) => "",
        _ => ", shared or of 64 bits",
    };
    format!("{} to {most} pages{kind}", memory.initial)
}

fn kind(scan: &Scan<'_>, ty: TypeRef) -> String {
    match ty {
        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => scan
            .types
            .get(ty as usize)
            .map_or_else(|| "a function".into(), signature),
        TypeRef::Table(_) => "a table".into(),
        TypeRef::Memory(memory) => format!("a memory of {}", pages(&memory)),
        TypeRef::Global(_) => "a global".into(),
        TypeRef::Tag(_) => "a tag".into(),
    }
}

/// `(i64, i64) -> (i64)`.
fn signature(ty: &FuncType) -> String {
    let list = |types: &[ValType]| {
        let names: Vec<String> = types.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    format!("({}) -> ({})", list(ty.params()), list(ty.results()))
}
