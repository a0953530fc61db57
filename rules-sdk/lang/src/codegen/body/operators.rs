//! Operators: arithmetic, bits, conversions of numbers.
//!
//! Invariants: what would trap is tested before it and leaves the output with its error cell; NaN has one bit pattern.

use syncline_model::rules::ErrorKind;
use wasm_encoder::{BlockType, Instruction as I};

use super::Body;
use super::condition::comparison;
use crate::cell;
use crate::ir::{Ir, Op, Site};

impl Body<'_> {
    pub(super) fn op(&mut self, op: Op, args: &[Ir], site: Site) {
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
}
