//! What a module holds, read from its bytes: the facts that [`validate`](crate::validate) judges. Feature `compile` only.
//!
//! Invariants: only a module that wasmparser finds valid under the given features is read; counts and sizes are bounded
//! while they are read; a section that is not known here is refused.

use wasmparser::{
    ConstExpr, DataKind, ElementItems, ElementKind, Export, FuncType, FunctionBody, Import,
    MemoryType, Operator, Parser, Payload, TableType, TypeRef, Validator, WasmFeatures,
};

use crate::limits;
use crate::refusal::{Refusal, at_most};

/// A segment that is written when the module is instantiated.
pub(crate) struct Segment {
    /// First address, or `None` where that is not one constant.
    pub at: Option<u32>,
    pub len: u64,
}

/// The facts of a module.
#[derive(Default)]
pub(crate) struct Scan<'a> {
    pub types: Vec<FuncType>,
    /// Type indexes of all functions, the imported ones first.
    pub functions: Vec<u32>,
    pub imports: Vec<Import<'a>>,
    pub exports: Vec<Export<'a>>,
    /// Memories of its own.
    pub memories: Vec<MemoryType>,
    /// Tables of its own.
    pub tables: Vec<TableType>,
    pub data: Vec<Segment>,
    pub elements: Vec<Segment>,
    pub customs: Vec<&'a str>,
    pub bodies: Vec<FunctionBody<'a>>,
    pub starts: bool,
}

impl<'a> Scan<'a> {
    /// Reads a module that is valid under these features.
    pub fn of(wasm: &'a [u8], features: WasmFeatures) -> Result<Self, Refusal> {
        at_most("bytes", wasm.len(), limits::MODULE_BYTES_MAX)?;
        Validator::new_with_features(features)
            .validate_all(wasm)
            .map_err(invalid)?;
        let mut scan = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            scan.section(payload.map_err(invalid)?)?;
        }
        at_most("functions", scan.functions.len(), limits::FUNCTIONS_MAX)?;
        Ok(scan)
    }

    /// The type of a function, by its index.
    pub fn function(&self, index: u32) -> Option<&FuncType> {
        self.types
            .get(*self.functions.get(index as usize)? as usize)
    }

    fn section(&mut self, payload: Payload<'a>) -> Result<(), Refusal> {
        match payload {
            Payload::TypeSection(types) => {
                at_most("types", types.count() as usize, limits::TYPES_MAX)?;
                for ty in types.into_iter_err_on_gc_types() {
                    let ty = ty.map_err(invalid)?;
                    let cells = ty.params().len().max(ty.results().len());
                    at_most("parameters in one type", cells, limits::PARAMS_MAX)?;
                    self.types.push(ty);
                }
            }
            Payload::ImportSection(imports) => {
                at_most("imports", imports.count() as usize, limits::IMPORTS_MAX)?;
                for import in imports.into_imports() {
                    let import = import.map_err(invalid)?;
                    if let TypeRef::Func(ty) = import.ty {
                        self.functions.push(ty);
                    }
                    self.imports.push(import);
                }
            }
            Payload::FunctionSection(functions) => {
                at_most(
                    "functions",
                    functions.count() as usize,
                    limits::FUNCTIONS_MAX,
                )?;
                for ty in functions {
                    self.functions.push(ty.map_err(invalid)?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    self.tables.push(table.map_err(invalid)?.ty);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    self.memories.push(memory.map_err(invalid)?);
                }
            }
            Payload::GlobalSection(globals) => {
                at_most("globals", globals.count() as usize, limits::GLOBALS_MAX)?;
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    self.exports.push(export.map_err(invalid)?);
                }
            }
            Payload::StartSection { .. } => self.starts = true,
            Payload::ElementSection(elements) => {
                at_most("segments", elements.count() as usize, limits::SEGMENTS_MAX)?;
                for element in elements {
                    let element = element.map_err(invalid)?;
                    let len = match &element.items {
                        ElementItems::Functions(items) => items.count(),
                        ElementItems::Expressions(_, items) => items.count(),
                    };
                    if let ElementKind::Active { offset_expr, .. } = &element.kind {
                        self.elements.push(segment(offset_expr, len as usize)?);
                    }
                }
            }
            Payload::DataSection(segments) => {
                at_most("segments", segments.count() as usize, limits::SEGMENTS_MAX)?;
                for data in segments {
                    let data = data.map_err(invalid)?;
                    if let DataKind::Active { offset_expr, .. } = &data.kind {
                        self.data.push(segment(offset_expr, data.data.len())?);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(section) => self.customs.push(section.name()),
            Payload::Version { .. }
            | Payload::DataCountSection { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::End(_) => {}
            _ => return Err(Refusal::Invalid("it has an unknown section".into())),
        }
        Ok(())
    }
}

pub(crate) fn invalid(error: wasmparser::Error) -> Refusal {
    Refusal::Invalid(error.to_string())
}

fn segment(offset: &ConstExpr<'_>, len: usize) -> Result<Segment, Refusal> {
    let mut operators = offset.get_operators_reader();
    let first = operators.read().map_err(invalid)?;
    let second = operators.read().map_err(invalid)?;
    let at = match (first, second) {
        (Operator::I32Const { value }, Operator::End) => Some(value as u32),
        _ => None,
    };
    Ok(Segment {
        at,
        len: len as u64,
    })
}
