//! Calls of the runtime, and lists that are made of their items.
//!
//! Invariants: every call that may fail is followed by a test that leaves the output with its error cell.

use syncline_rules_guest::Fn;
use wasm_encoder::{BlockType, Instruction as I};

use super::{Body, mem};
use crate::cell::{self, SPECIAL_END};
use crate::ir::{Ir, Site};

impl Body<'_> {
    /// A call, and the way out when it gives an error cell.
    pub(super) fn call(&mut self, function: Fn, site: Site) {
        self.push([I::Call(self.layout.functions[&function])]);
        if !function.info().fallible {
            return;
        }
        let temp = self.temp();
        self.push([
            I::LocalTee(temp),
            I::I64Const(SPECIAL_END),
            I::I64LtS,
            I::If(BlockType::Empty),
            I::LocalGet(temp),
            I::I64Const(cell::site_bits(site)),
            I::I64Or,
            I::Return,
            I::End,
            I::LocalGet(temp),
        ]);
    }

    pub(super) fn items(&mut self, items: &[Ir], site: Site) {
        // Items first: their own allocations must not fall between the list and its elements.
        let temps: Vec<u32> = items
            .iter()
            .map(|item| {
                self.value(item);
                let temp = self.temp();
                self.push([I::LocalSet(temp)]);
                temp
            })
            .collect();
        self.push([I::I64Const(items.len() as i64)]);
        self.call(Fn::NewList, site);
        let list = self.temp();
        self.push([I::LocalSet(list)]);
        for (index, temp) in temps.into_iter().enumerate() {
            self.push([
                I::LocalGet(list),
                I::I32WrapI64,
                I::LocalGet(temp),
                I::I64Store(mem(index as u64 * 8, 0)),
            ]);
        }
        self.push([I::LocalGet(list)]);
    }
}
