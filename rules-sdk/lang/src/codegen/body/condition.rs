//! Conditions: a boolean as an i32, without the way over a cell where possible.
//!
//! Invariants: what is read beyond the end of a text is memory too (`Rt::set_arena`), and decides nothing.

use syncline_rules_guest::abi;
use wasm_encoder::{BlockType, Instruction as I, ValType};

use super::{Body, mem};
use crate::ir::{Ir, Op};

impl Body<'_> {
    /// A boolean as an i32, without the way over a cell where possible.
    pub(super) fn test(&mut self, ir: &Ir) {
        match ir {
            Ir::Word(word) => self.push([I::I32Const(i32::from(*word != 0))]),
            Ir::IsNull(value) => {
                self.value(value);
                self.push([I::I64Eqz]);
            }
            Ir::Same(value, text) => {
                // The length with the flag, so that no text of another length or kind is looked at.
                let (length, text) = (abi::literal_cell(0, text.as_bytes()), text.as_bytes());
                self.compare(value, text, (0, (length as u64 >> 32) as i64), I::I64Eq);
            }
            Ir::Begins(value, text) => {
                let text = text.as_bytes();
                self.compare(value, text, (0x7fff_ffff, text.len() as i64), I::I64GeU);
            }
            Ir::Op(Op::Not, args, _) => {
                self.test(&args[0]);
                self.push([I::I32Eqz]);
            }
            Ir::Op(op, args, _) => match comparison(*op) {
                Some((instruction, doubles)) => {
                    for arg in args {
                        self.value(arg);
                        if doubles {
                            self.push([I::F64ReinterpretI64]);
                        }
                    }
                    self.push([instruction]);
                }
                None => {
                    self.value(ir);
                    self.push([I::I32WrapI64]);
                }
            },
            Ir::If(condition, then, other) => {
                self.test(condition);
                self.push([I::If(BlockType::Result(ValType::I32))]);
                self.test(then);
                self.push([I::Else]);
                self.test(other);
                self.push([I::End]);
            }
            _ => {
                self.value(ir);
                self.push([I::I32WrapI64]);
            }
        }
    }

    /// Compares the first bytes of a text with these, in whole words: what lies beyond a text is memory too (`Rt::set_arena`).
    /// Before that, its length, under a mask other than 0, with a number.
    fn compare(&mut self, value: &Ir, wanted: &[u8], (mask, length): (i64, i64), by: I<'static>) {
        let text = self.temp();
        self.value(value);
        self.push([I::LocalTee(text), I::I64Const(32), I::I64ShrU]);
        if mask != 0 {
            self.push([I::I64Const(mask), I::I64And]);
        }
        self.push([I::I64Const(length), by]);
        self.push([I::If(BlockType::Result(ValType::I32))]);
        for (index, chunk) in wanted.chunks(8).enumerate() {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let load = I::I64Load(mem(index as u64 * 8, 0));
            self.push([I::LocalGet(text), I::I32WrapI64, load]);
            if chunk.len() < 8 {
                self.push([I::I64Const((1 << (8 * chunk.len())) - 1), I::I64And]);
            }
            self.push([I::I64Const(i64::from_le_bytes(word)), I::I64Eq]);
            if index > 0 {
                self.push([I::I32And]);
            }
        }
        self.push([I::Else, I::I32Const(0), I::End]);
    }
}

/// The instruction of a comparison, and whether it compares doubles.
pub(super) fn comparison(op: Op) -> Option<(I<'static>, bool)> {
    Some(match op {
        Op::Eq => (I::I64Eq, false),
        Op::Ne => (I::I64Ne, false),
        Op::Lt => (I::I64LtS, false),
        Op::Le => (I::I64LeS, false),
        Op::Gt => (I::I64GtS, false),
        Op::Ge => (I::I64GeS, false),
        Op::EqD => (I::F64Eq, true),
        Op::NeD => (I::F64Ne, true),
        Op::LtD => (I::F64Lt, true),
        Op::LeD => (I::F64Le, true),
        Op::GtD => (I::F64Gt, true),
        Op::GeD => (I::F64Ge, true),
        _ => return None,
    })
}
