//! The runtime of compiled rules: texts, lists, numbers and directory helpers over cells in one memory.
//!
//! Invariants: one source, built twice: native for the interpreter, wasm32 for programs, so both give the same answers
//! and count the same work; nothing here reads a clock, a locale or a table that the library version does not pin;
//! `unsafe` lives in `bulk`, `mem` and `wasm` only.
//!
//! `cfg(runtime)` is the build for programs, which `rules-sdk/lang/build.rs` makes. The processor does not tell: the
//! interpreter may be compiled for wasm32 as well, and is then a library as anywhere.

#![no_std]

pub mod abi;
mod binary;
mod bulk;
mod case;
pub use case::lower as lower_case;
pub use date_parse::DATE_ALONE;
pub mod category_table;
mod certificate;
mod class;
mod collate;
mod compatibility_table;
mod date;
pub mod date_format;
mod date_parse;
pub mod decimal;
mod decimal_ops;
mod digest;
mod digits;
mod directory;
mod draw;
mod entra_dates;
mod entra_octets;
mod entra_text;
mod latin;
mod latin_table;
mod list;
mod list_more;
pub mod lookup;
mod math;
mod math_more;
pub mod mem;
mod normal;
mod number;
mod number_base;
mod number_custom;
pub mod number_format;
mod number_parse;
mod number_plain;
pub mod regex;
pub mod regex_machine;
mod regex_more;
pub mod regex_table;
mod regex_template;
mod span;
mod span_exact;
mod text_build;
mod text_find;
mod text_search;
mod text_slice;
mod text_split;
mod transliterate;
mod trigonometry;
mod utf16;
#[cfg(runtime)]
mod wasm;
mod wide;

pub use abi::{Fn, Info, TABLE};
pub use mem::{Fault, Rt};
