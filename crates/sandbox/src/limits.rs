//! What one program may use, be and give.
//!
//! Invariants: every number stands here once, with what it bounds; a refusal names the number it met.

use std::time::Duration;

/// Linear memory of one instance.
pub const MEMORY_BYTES_MAX: u32 = 64 << 20;
/// The same in pages of WebAssembly.
pub const MEMORY_PAGES_MAX: u64 = MEMORY_BYTES_MAX as u64 / 65_536;
/// Packed input of one call; a larger batch is split, a larger row is refused.
pub const INPUT_BYTES_MAX: usize = 16 << 20;
/// Rows of one call: few enough that all they touch stays in a processor's nearer cache.
pub const CALL_ROWS: usize = 256;
/// Fuel per row and call: the net below the runtime's own work units.
pub const FUEL_PER_ROW: u64 = 8_000_000;
/// Stack of compiled code.
pub const STACK_BYTES_MAX: usize = 512 << 10;

/// How long one call of an uploaded module may take.
pub const CALL_TIME_MAX: Duration = Duration::from_millis(250);
/// How often the clock of uploaded modules is looked at.
pub const TICK: Duration = Duration::from_millis(5);

/// One value on its way out.
pub const VALUE_BYTES_MAX: usize = 1 << 20;
/// Values of one attribute on their way out.
pub const VALUES_MAX: usize = 5_000;
/// All values of one row on their way out.
pub const ROW_BYTES_MAX: usize = 4 << 20;
/// All values of one batch on their way out.
pub const BATCH_BYTES_MAX: usize = 32 << 20;
/// The text of a `throw`, in characters.
pub const MESSAGE_CHARS_MAX: usize = 1_000;

/// First address of a program's literals; the runtime's own data and stack lie below.
pub const LITERALS_START: u32 = 256 << 10;
/// Literals of one program.
pub const LITERAL_BYTES_MAX: u32 = 1 << 20;
/// Input columns of one program.
pub const SLOTS_MAX: usize = 4_096;
/// Outputs of one program.
pub const OUTPUTS_MAX: usize = 1_024;

/// The module before compilation.
pub const MODULE_BYTES_MAX: usize = 1 << 20;
/// One function body before compilation.
pub const FUNCTION_BYTES_MAX: usize = 64 << 10;
/// Functions of a module.
pub const FUNCTIONS_MAX: usize = 4_096;
/// Function types of a module.
pub const TYPES_MAX: usize = 512;
/// Parameters of a function type.
pub const PARAMS_MAX: usize = 32;
/// Imports of a module.
pub const IMPORTS_MAX: usize = 1_024;
/// Globals of a module.
pub const GLOBALS_MAX: usize = 64;
/// Data and element segments of a module.
pub const SEGMENTS_MAX: usize = 1_024;
/// Elements of a table.
pub const TABLE_ELEMENTS_MAX: u64 = 10_000;
/// Locals of a function.
pub const LOCALS_MAX: usize = 8_192;
/// Blocks within one another in a function.
pub const NESTING_MAX: usize = 512;
/// What our compiler makes has about one for 20 bytes: locals assigned within each block, over all blocks of a module (see `weight.rs`).
pub const MEETINGS_MAX: usize = 64 << 10;
/// What our compiler makes has about two a byte: blocks times locals of each function, over all functions of a module (see `weight.rs`).
pub const REACHES_MAX: usize = 16 << 20;
