//! Random valid modules: of all of WebAssembly, and of the shape that a program has.

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

use crate::dice::Dice;

/// Decisions of a module, in bytes.
const DECISIONS: usize = 8 << 10;

/// With every feature that there is: nearly all of them ask for what no program may have.
pub fn any(dice: &mut Dice) -> Option<Vec<u8>> {
    let config = Config {
        allow_start_export: dice.below(2) == 0,
        generate_custom_sections: dice.below(4) == 0,
        max_memories: 3,
        max_tables: 3,
        ..Config::default()
    };
    made(dice, config)
}

/// With the imports and the export of a program, and the features that programs may use; its code is anything.
pub fn shaped(dice: &mut Dice, program: &[u8]) -> Option<Vec<u8>> {
    let config = Config {
        module_shape: Some(program.to_vec()),
        allow_start_export: false,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        multi_value_enabled: false,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        extended_const_enabled: false,
        table_max_size_required: true,
        max_table_elements: 100,
        max_memories: 1,
        max_tables: 1,
        max_data_segments: 0,
        max_instructions: 60 + dice.below(400),
        ..Config::default()
    };
    made(dice, config)
}

fn made(dice: &mut Dice, config: Config) -> Option<Vec<u8>> {
    let mut bytes = vec![0; DECISIONS];
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&dice.throw().to_le_bytes());
    }
    let module = Module::new(config, &mut Unstructured::new(&bytes)).ok()?;
    Some(module.to_bytes())
}
