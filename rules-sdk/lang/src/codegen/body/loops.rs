//! Loops over lists.
//!
//! Invariants: each turn is charged before its body runs; the list is not changed by what runs inside.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;
use syncline_rules_guest::mem::TURN;
use wasm_encoder::{BlockType, Instruction as I};

use super::{Body, mem};
use crate::cell;
use crate::codegen::COUNTERS;
use crate::ir::{Loop, LoopKind, Site};

impl Body<'_> {
    /// One turn of a loop: what `Fn::Turn` does, without the call.
    fn turn(&mut self, site: Site) {
        let left = self.temp();
        self.push([
            I::GlobalGet(COUNTERS),
            I::I64Load(mem(0, 3)),
            I::LocalTee(left),
        ]);
        self.push([I::I64Const(TURN as i64), I::I64LtU, I::If(BlockType::Empty)]);
        self.push([
            I::GlobalGet(COUNTERS),
            I::I64Const(0),
            I::I64Store(mem(0, 3)),
        ]);
        self.push([
            I::I64Const(cell::error(ErrorKind::Budget, site)),
            I::Return,
            I::End,
        ]);
        self.push([
            I::GlobalGet(COUNTERS),
            I::LocalGet(left),
            I::I64Const(TURN as i64),
        ]);
        self.push([I::I64Sub, I::I64Store(mem(0, 3))]);
    }

    pub(super) fn run_loop(&mut self, inner: &Loop) {
        let [list, len, index, out, kept] = [(); 5].map(|()| self.temp());
        let element = Self::index(inner.element);
        self.value(&inner.list);
        self.push([
            I::LocalTee(list),
            I::I64Const(32),
            I::I64ShrU,
            I::I64Const(0x7fff_ffff),
            I::I64And,
        ]);
        self.push([I::LocalSet(len)]);
        if matches!(inner.kind, LoopKind::Where | LoopKind::Select) {
            self.push([I::LocalGet(len)]);
            self.call(Fn::NewList, inner.site);
            self.push([I::LocalSet(out)]);
        }
        let start = match inner.kind {
            LoopKind::All => 1,
            LoopKind::FirstIndex | LoopKind::LastIndex => -1,
            _ => 0,
        };
        self.push([
            I::I64Const(start),
            I::LocalSet(kept),
            I::I64Const(0),
            I::LocalSet(index),
        ]);
        self.push([I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
        self.push([I::LocalGet(index), I::LocalGet(len), I::I64GeU, I::BrIf(1)]);
        self.turn(inner.site);
        self.address(list, index);
        self.push([I::I64Load(mem(0, 0)), I::LocalSet(element)]);
        if let Some(position) = inner.index {
            self.push([I::LocalGet(index), I::LocalSet(Self::index(position))]);
        }
        match inner.kind {
            LoopKind::Select => {
                let result = self.temp();
                self.value(&inner.body);
                self.push([I::LocalSet(result)]);
                self.address(out, index);
                self.push([I::LocalGet(result), I::I64Store(mem(0, 0))]);
            }
            LoopKind::Fold(local) => {
                self.value(&inner.body);
                self.push([I::LocalSet(Self::index(local))]);
            }
            LoopKind::All => {
                self.test(&inner.body);
                self.push([
                    I::I32Eqz,
                    I::If(BlockType::Empty),
                    I::I64Const(0),
                    I::LocalSet(kept),
                    I::Br(2),
                    I::End,
                ]);
            }
            kind => {
                // The body may itself be a loop with a local of this element; the test comes after it.
                self.test(&inner.body);
                self.push([I::If(BlockType::Empty)]);
                match kind {
                    LoopKind::Where => {
                        self.address(out, kept);
                        self.push([I::LocalGet(element), I::I64Store(mem(0, 0))]);
                        self.push([
                            I::LocalGet(kept),
                            I::I64Const(1),
                            I::I64Add,
                            I::LocalSet(kept),
                        ]);
                    }
                    LoopKind::Count => self.push([
                        I::LocalGet(kept),
                        I::I64Const(1),
                        I::I64Add,
                        I::LocalSet(kept),
                    ]),
                    LoopKind::LastIndex => self.push([I::LocalGet(index), I::LocalSet(kept)]),
                    LoopKind::FirstIndex => {
                        self.push([I::LocalGet(index), I::LocalSet(kept), I::Br(2)])
                    }
                    _ => self.push([I::I64Const(1), I::LocalSet(kept), I::Br(2)]),
                }
                self.push([I::End]);
            }
        }
        self.push([
            I::LocalGet(index),
            I::I64Const(1),
            I::I64Add,
            I::LocalSet(index),
            I::Br(0),
            I::End,
            I::End,
        ]);
        match inner.kind {
            LoopKind::Where => {
                self.push([I::LocalGet(out), I::I64Const(0xffff_ffff), I::I64And]);
                self.push([I::LocalGet(kept), I::I64Const(32), I::I64Shl, I::I64Or]);
            }
            LoopKind::Select => self.push([I::LocalGet(out)]),
            LoopKind::Fold(local) => self.push([I::LocalGet(Self::index(local))]),
            _ => self.push([I::LocalGet(kept)]),
        }
    }

    /// The address of an element: the list's address and eight bytes an element.
    fn address(&mut self, list: u32, index: u32) {
        self.push([
            I::LocalGet(list),
            I::I32WrapI64,
            I::LocalGet(index),
            I::I32WrapI64,
        ]);
        self.push([I::I32Const(3), I::I32Shl, I::I32Add]);
    }
}
