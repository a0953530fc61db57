//! The function of one output: row number in, cell out.
//!
//! Invariants: every node leaves exactly one i64 on the stack or leaves the function; locals of the IR come first, the
//! emitter's own after them.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::mem::TURN;
use syncline_rules_guest::{Fn, abi};
use wasm_encoder::{BlockType, Function, Instruction as I, MemArg, ValType};

use super::{COUNTERS, HEADER, Layout, visit};
use crate::cell::{self, SPECIAL_END};
use crate::check::Checked;
use crate::ir::{Ir, Loop, LoopKind, Op, Site, Step};

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

fn mem(offset: u64, align: u32) -> MemArg {
    MemArg {
        offset,
        align,
        memory_index: 0,
    }
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

    /// A boolean as an i32, without the way over a cell where possible.
    fn test(&mut self, ir: &Ir) {
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

    /// A call, and the way out when it gives an error cell.
    fn call(&mut self, function: Fn, site: Site) {
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

    fn items(&mut self, items: &[Ir], site: Site) {
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

    fn op(&mut self, op: Op, args: &[Ir], site: Site) {
        if op == Op::Not || comparison(op).is_some() {
            self.test(&Ir::Op(op, args.to_vec(), site));
            self.push([I::I64ExtendI32U]);
            return;
        }
        let doubles = matches!(
            op,
            Op::AddD
                | Op::SubD
                | Op::MulD
                | Op::DivD
                | Op::NegD
                | Op::DoubleToLong
                | Op::DoubleToInt
        );
        for arg in args {
            self.value(arg);
            if doubles {
                self.push([I::F64ReinterpretI64]);
            }
        }
        let extend = I::I64Extend32S;
        match op {
            Op::AddI => self.push([I::I64Add, extend]),
            Op::SubI => self.push([I::I64Sub, extend]),
            Op::MulI => self.push([I::I64Mul, extend]),
            Op::ShlI => self.push([I::I64Const(31), I::I64And, I::I64Shl, extend]),
            Op::ShrI => self.push([I::I64Const(31), I::I64And, I::I64ShrS]),
            Op::UShrI => {
                let (count, low) = (self.temp(), 0xffff_ffff);
                self.push([
                    I::LocalSet(count),
                    I::I64Const(low),
                    I::I64And,
                    I::LocalGet(count),
                ]);
                self.push([I::I64Const(31), I::I64And, I::I64ShrU, extend]);
            }
            Op::AddL => self.push([I::I64Add]),
            Op::SubL => self.push([I::I64Sub]),
            Op::MulL => self.push([I::I64Mul]),
            Op::ShlL => self.push([I::I64Shl]),
            Op::ShrL => self.push([I::I64ShrS]),
            Op::UShrL => self.push([I::I64ShrU]),
            Op::DivI => self.divide(i64::from(i32::MIN), I::I64DivS, site),
            Op::RemI => self.divide(i64::from(i32::MIN), I::I64RemS, site),
            Op::DivL => self.divide(i64::MIN, I::I64DivS, site),
            Op::RemL => self.divide(i64::MIN, I::I64RemS, site),
            Op::And => self.push([I::I64And]),
            Op::Or => self.push([I::I64Or]),
            Op::Xor => self.push([I::I64Xor]),
            Op::BitNot => self.push([I::I64Const(-1), I::I64Xor]),
            Op::AddD => self.double(I::F64Add),
            Op::SubD => self.double(I::F64Sub),
            Op::MulD => self.double(I::F64Mul),
            Op::DivD => self.double(I::F64Div),
            Op::NegD => self.double(I::F64Neg),
            Op::Narrow => self.push([extend]),
            Op::NarrowChar => self.push([I::I64Const(0xffff), I::I64And]),
            Op::LongToDouble => self.push([I::F64ConvertI64S, I::I64ReinterpretF64]),
            Op::DoubleToLong => self.push([I::I64TruncSatF64S]),
            Op::DoubleToInt => self.push([I::I32TruncSatF64S, I::I64ExtendI32S]),
            Op::Len => self.push([
                I::I64Const(32),
                I::I64ShrU,
                I::I64Const(0x7fff_ffff),
                I::I64And,
            ]),
            Op::Not | Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => {}
            Op::EqD | Op::NeD | Op::LtD | Op::LeD | Op::GtD | Op::GeD => {}
        }
    }

    /// An operation on doubles whose NaN has one bit pattern, whatever the engine does.
    fn double(&mut self, instruction: I<'static>) {
        let temp = self.temp();
        self.push([instruction, I::I64ReinterpretF64, I::LocalSet(temp)]);
        self.push([I::I64Const(f64::NAN.to_bits() as i64), I::LocalGet(temp)]);
        self.push([
            I::LocalGet(temp),
            I::F64ReinterpretI64,
            I::LocalGet(temp),
            I::F64ReinterpretI64,
            I::F64Ne,
            I::Select,
        ]);
    }

    fn divide(&mut self, least: i64, instruction: I<'static>, site: Site) {
        let (a, b) = (self.temp(), self.temp());
        self.push([
            I::LocalSet(b),
            I::LocalTee(a),
            I::LocalGet(b),
            I::I64Eqz,
            I::If(BlockType::Empty),
        ]);
        self.push([
            I::I64Const(cell::error(ErrorKind::DivideByZero, site)),
            I::Return,
            I::End,
        ]);
        self.push([
            I::LocalGet(a),
            I::I64Const(least),
            I::I64Eq,
            I::LocalGet(b),
            I::I64Const(-1),
            I::I64Eq,
            I::I32And,
        ]);
        self.push([
            I::If(BlockType::Empty),
            I::I64Const(cell::error(ErrorKind::Overflow, site)),
            I::Return,
            I::End,
        ]);
        self.push([I::LocalGet(b), instruction]);
    }

    fn run_loop(&mut self, inner: &Loop) {
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

/// The instruction of a comparison, and whether it compares doubles.
fn comparison(op: Op) -> Option<(I<'static>, bool)> {
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
