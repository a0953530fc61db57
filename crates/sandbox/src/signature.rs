//! What a deserialised module asks for and gives, compared with what it must be.
//!
//! The artifact holds native code that the validator let through before it was compiled. This is the second look, at what
//! wasmtime recorded beside that code: it catches an artifact whose halves do not belong together.
//!
//! Invariants: nothing of the module has run when it is looked at.

use wasmtime::{ExternType, FuncType, Module, ValType};

use crate::limits;

/// The module name of the runtime.
pub(crate) const RUNTIME: &str = "rt";
/// Its memory.
pub(crate) const MEMORY: &str = "memory";
/// The one function of the runtime that is the host's and no program's.
pub(crate) const HOST_ONLY: &str = "reset";
/// The one export of a program.
pub(crate) const RUN: &str = "run";

/// Says what is wrong with a runtime module.
pub(crate) fn runtime(module: &Module) -> Result<(), String> {
    if let Some(import) = module.imports().next() {
        return Err(format!(
            "its runtime imports `{}.{}`",
            import.module(),
            import.name()
        ));
    }
    match module.get_export(MEMORY) {
        Some(ExternType::Memory(memory))
            if !memory.is_64()
                && !memory.is_shared()
                && memory
                    .maximum()
                    .is_some_and(|m| m <= limits::MEMORY_PAGES_MAX) => {}
        _ => return Err("its runtime exports no bounded memory".into()),
    }
    match module.get_export(HOST_ONLY) {
        Some(ExternType::Func(function)) if is_call(&function) => Ok(()),
        _ => Err(format!("its runtime has no `{HOST_ONLY}`")),
    }
}

/// Says what is wrong with a program that is to run on this runtime.
pub(crate) fn program(runtime: &Module, module: &Module) -> Result<(), String> {
    for import in module.imports() {
        let given = (import.module() == RUNTIME && import.name() != HOST_ONLY)
            .then(|| runtime.get_export(import.name()))
            .flatten();
        let fits = match (import.ty(), given) {
            (ExternType::Func(wanted), Some(ExternType::Func(given))) => {
                FuncType::eq(&wanted, &given)
            }
            (ExternType::Memory(_), Some(ExternType::Memory(_))) => import.name() == MEMORY,
            _ => false,
        };
        if !fits {
            return Err(format!(
                "its program imports `{}.{}`, which the runtime does not give so",
                import.module(),
                import.name()
            ));
        }
    }
    let mut exports = module.exports();
    match (exports.next(), exports.next()) {
        (Some(export), None) if export.name() == RUN => match export.ty() {
            ExternType::Func(function) if is_call(&function) => Ok(()),
            _ => Err(format!("its `{RUN}` is not (i32, i32) -> ()")),
        },
        _ => Err(format!("its program does not export exactly `{RUN}`")),
    }
}

fn is_call(ty: &FuncType) -> bool {
    ty.results().len() == 0
        && ty.params().len() == 2
        && ty.params().all(|p| matches!(p, ValType::I32))
}
