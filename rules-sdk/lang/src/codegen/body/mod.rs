//! The function of one output: row number in, cell out.
//!
//! Invariants: every node leaves exactly one i64 on the stack or leaves the function; locals of the IR come first, the
//! emitter's own after them.

mod call;
mod condition;
mod loops;
mod operators;

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;
use wasm_encoder::{BlockType, Function, Instruction as I, MemArg, ValType};

use super::{HEADER, Layout, visit};
use crate::cell::{self, SPECIAL_END};
use crate::check::Checked;
use crate::ir::{Ir, Step};

const WORD: BlockType = BlockType::Result(ValType::I64);

struct Body<'l> {
    layout: &'l Layout,
    code: Vec<I<'static>>,
    /// i64 locals in use, the IR's own included.
    locals: u32,
}

/// The instructions of an output: they leave its cell on the stack, or return with it.
pub(super) struct Code {
    pub instructions: Vec<I<'static>>,
    /// i64 locals, behind the row.
    pub locals: u32,
    /// How many of them are the IR's own.
    pub of_ir: u32,
    /// Whether a `throw` is among them.
    pub throws: bool,
}

pub(super) fn code(layout: &Layout, output: &Checked) -> Code {
    let mut body = Body {
        layout,
        code: Vec::new(),
        locals: output.locals,
    };
    body.value(&output.ir);
    let mut throws = false;
    visit(&output.ir, &mut |node| {
        throws |= matches!(node, Ir::Call(Fn::Throw, ..));
    });
    Code {
        instructions: body.code,
        locals: body.locals,
        of_ir: output.locals,
        throws,
    }
}

pub(super) fn function(code: &Code) -> Function {
    let mut function = Function::new([(code.locals, ValType::I64)]);
    for instruction in &code.instructions {
        function.instruction(instruction);
    }
    function.instruction(&I::End);
    function
}

impl Body<'_> {
    fn push(&mut self, instructions: impl IntoIterator<Item = I<'static>>) {
        self.code.extend(instructions);
    }

    /// The wasm index of a local of the IR: parameter 0 is the row.
    fn index(local: u32) -> u32 {
        local + 1
    }

    fn temp(&mut self) -> u32 {
        self.locals += 1;
        self.locals
    }

    fn value(&mut self, ir: &Ir) {
        match ir {
            Ir::Word(word) => self.push([I::I64Const(*word)]),
            Ir::Text(_) | Ir::Table(_) => {
                let cell = super::text_of(ir).map(|text| self.layout.texts[text]);
                self.push([I::I64Const(cell.unwrap_or(0))]);
            }
            Ir::Slot(slot) => {
                let at = u64::from(*slot) * 8;
                self.push([
                    I::GlobalGet(HEADER),
                    I::I32Load(mem(at, 2)),
                    I::LocalGet(0),
                    I::GlobalGet(HEADER),
                    I::I32Load(mem(at + 4, 2)),
                    I::I32Mul,
                    I::I32Add,
                    I::I64Load(mem(0, 3)),
                ]);
            }
            Ir::Local(local) => self.push([I::LocalGet(Self::index(*local))]),
            Ir::Let(local, value, body) => {
                self.value(value);
                self.push([I::LocalSet(Self::index(*local))]);
                self.value(body);
            }
            Ir::If(condition, then, other) => {
                self.test(condition);
                self.push([I::If(WORD)]);
                self.value(then);
                self.push([I::Else]);
                self.value(other);
                self.push([I::End]);
            }
            Ir::Call(function, args, site) => {
                args.iter().for_each(|arg| self.value(arg));
                self.call(*function, *site);
            }
            Ir::Op(op, args, site) => self.op(*op, args, *site),
            Ir::Concat(parts, site) => match parts.len() {
                0..=2 => {
                    parts.iter().for_each(|part| self.value(part));
                    (parts.len()..2).for_each(|_| self.push([I::I64Const(0)]));
                    self.call(Fn::Concat2, *site);
                }
                3 => {
                    parts.iter().for_each(|part| self.value(part));
                    self.call(Fn::Concat3, *site);
                }
                _ => {
                    self.items(parts, *site);
                    self.call(Fn::ConcatList, *site);
                }
            },
            Ir::NonNull(value, kind, site) => {
                let temp = self.temp();
                self.value(value);
                self.push([I::LocalTee(temp), I::I64Eqz, I::If(BlockType::Empty)]);
                self.push([
                    I::I64Const(cell::error(*kind, *site)),
                    I::Return,
                    I::End,
                    I::LocalGet(temp),
                ]);
            }
            Ir::Boxed(value, site) => {
                self.value(value);
                self.call(Fn::BoxWord, *site);
            }
            Ir::Unbox(value) => {
                self.value(value);
                self.push([I::I32WrapI64, I::I64Load(mem(0, 0))]);
            }
            Ir::Items(items, site) => self.items(items, *site),
            Ir::Loop(inner) => self.run_loop(inner),
            Ir::Exit(exit) => self.push([I::I64Const(cell::exit(*exit)), I::Return]),
            Ir::Trace(_, inner) => self.value(inner),
            Ir::Else(value, default) => self.or_default(value, default),
            Ir::Block(steps) => {
                self.steps(steps);
                self.push([
                    I::I64Const(cell::error(ErrorKind::InvalidOperation, 0)),
                    I::Return,
                ]);
            }
            Ir::IsNull(_) | Ir::Same(..) | Ir::Begins(..) => {
                self.test(ir);
                self.push([I::I64ExtendI32U]);
            }
        }
    }

    /// What leaves the first leaves a block instead, so that its cell can be looked at.
    fn or_default(&mut self, value: &Ir, default: &Ir) {
        let temp = self.temp();
        let outer = std::mem::take(&mut self.code);
        self.value(value);
        let inner = std::mem::replace(&mut self.code, outer);
        self.push([I::Block(WORD)]);
        let mut depth = 0;
        for instruction in inner {
            match instruction {
                I::Block(_) | I::Loop(_) | I::If(_) => depth += 1,
                I::End => depth -= 1,
                _ => {}
            }
            self.push([match instruction {
                I::Return => I::Br(depth),
                other => other,
            }]);
        }
        self.push([
            I::End,
            I::LocalTee(temp),
            I::I64Const(SPECIAL_END),
            I::I64LtS,
        ]);
        self.push([I::LocalGet(temp), I::I64Const(0xff), I::I64And]);
        self.push([I::I64Const(cell::DEFAULTED_END), I::I64LtS, I::I32And]);
        self.push([I::If(WORD)]);
        self.value(default);
        self.push([I::Else, I::LocalGet(temp), I::End]);
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Let(local, value) => {
                    self.value(value);
                    self.push([I::LocalSet(Self::index(*local))]);
                }
                Step::If(condition, then, other) => {
                    self.test(condition);
                    self.push([I::If(BlockType::Empty)]);
                    self.steps(then);
                    self.push([I::Else]);
                    self.steps(other);
                    self.push([I::End]);
                }
                Step::Return(value) => {
                    self.value(value);
                    self.push([I::Return]);
                }
            }
        }
    }
}

fn mem(offset: u64, align: u32) -> MemArg {
    MemArg {
        offset,
        align,
        memory_index: 0,
    }
}
