//! The walk: one function per form of node.
//!
//! Invariants: `Err` carries the final cell of the output: an error, an exit, or the value of a `return`.

use std::collections::BTreeMap;

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::abi;
use syncline_rules_guest::mem::Str;
use syncline_rules_guest::{Fn, Rt};

use super::ops;
use crate::cell;
use crate::check::Checked;
use crate::ir::{Ir, Loop, LoopKind, Site, Step};

pub(crate) struct Machine<'m> {
    pub rt: Rt<'m>,
    slots: Vec<i64>,
    locals: Vec<i64>,
    texts: BTreeMap<String, i64>,
    /// What points of an explanation gave, in the order of time: a cell, or none where the value never came.
    pub told: Vec<(u32, Option<i64>)>,
    /// How many nodes may still be evaluated. The runtime counts the work; what costs it nothing costs the walk a node.
    pub nodes_left: u64,
}

/// Values of points that are kept; a loop may have very many.
const TOLD_MAX: usize = 10_000;

type Flow = Result<i64, i64>;

impl<'m> Machine<'m> {
    pub fn new(rt: Rt<'m>, slots: Vec<i64>) -> Self {
        Self {
            rt,
            slots,
            locals: Vec::new(),
            texts: BTreeMap::new(),
            told: Vec::new(),
            nodes_left: u64::MAX,
        }
    }

    /// Puts the literals into memory, as the data segment of a module does.
    pub fn intern(&mut self, ir: &Ir) {
        crate::codegen::visit(ir, &mut |node| {
            if let Some(text) = crate::codegen::text_of(node)
                && !self.texts.contains_key(text)
            {
                // More literals than a row may touch are still literals.
                self.rt.row();
                let made = self.rt.text(text.as_bytes());
                self.texts.insert(text.clone(), abi::Ret::into_cell(made));
            }
        });
    }

    /// The cell of a column.
    pub fn slot(&self, slot: u32) -> i64 {
        self.slots[slot as usize]
    }

    /// The final cell of an output.
    pub fn output(&mut self, checked: &Checked) -> i64 {
        self.locals = vec![0; checked.locals as usize];
        self.eval(&checked.ir).unwrap_or_else(|cell| cell)
    }

    fn eval(&mut self, ir: &Ir) -> Flow {
        match self.nodes_left.checked_sub(1) {
            Some(left) => self.nodes_left = left,
            None => return Err(cell::error(ErrorKind::Budget, 0)),
        }
        match ir {
            Ir::Word(word) => Ok(*word),
            Ir::Text(_) | Ir::Table(_) => {
                Ok(crate::codegen::text_of(ir).map_or(0, |text| self.texts[text]))
            }
            Ir::Slot(slot) => Ok(self.slots[*slot as usize]),
            Ir::Local(local) => Ok(self.locals[*local as usize]),
            Ir::Let(local, value, body) => {
                self.locals[*local as usize] = self.eval(value)?;
                self.eval(body)
            }
            Ir::If(condition, then, other) => {
                let chosen = if self.eval(condition)? != 0 {
                    then
                } else {
                    other
                };
                self.eval(chosen)
            }
            Ir::Call(function, args, site) => {
                let cells = args
                    .iter()
                    .map(|arg| self.eval(arg))
                    .collect::<Result<Vec<_>, _>>()?;
                self.call(*function, &cells, *site)
            }
            Ir::Op(op, args, site) => {
                let cells = args
                    .iter()
                    .map(|arg| self.eval(arg))
                    .collect::<Result<Vec<_>, _>>()?;
                ops::run(*op, &cells).map_err(|kind| cell::error(kind, *site))
            }
            Ir::Concat(parts, site) => {
                let mut cells = parts
                    .iter()
                    .map(|part| self.eval(part))
                    .collect::<Result<Vec<_>, _>>()?;
                match cells.len() {
                    0..=2 => {
                        cells.resize(2, 0);
                        self.call(Fn::Concat2, &cells, *site)
                    }
                    3 => self.call(Fn::Concat3, &cells, *site),
                    _ => {
                        let list = self.items(&cells, *site)?;
                        self.call(Fn::ConcatList, &[list], *site)
                    }
                }
            }
            Ir::IsNull(value) => Ok(i64::from(self.eval(value)? == 0)),
            Ir::Same(value, wanted) => {
                let text = self.text(value)?;
                Ok(i64::from(text == Some(wanted.as_bytes())))
            }
            Ir::Begins(value, wanted) => {
                let text = self.text(value)?;
                Ok(i64::from(
                    text.is_some_and(|t| t.starts_with(wanted.as_bytes())),
                ))
            }
            Ir::NonNull(value, kind, site) => match self.eval(value)? {
                0 => Err(cell::error(*kind, *site)),
                cell => Ok(cell),
            },
            Ir::Boxed(value, site) => {
                let word = self.eval(value)?;
                self.call(Fn::BoxWord, &[word], *site)
            }
            Ir::Unbox(value) => {
                let boxed = self.eval(value)?;
                Ok(self.rt.unbox(<_ as abi::Arg>::from_cell(boxed)) as i64)
            }
            Ir::Items(items, site) => {
                let cells = items
                    .iter()
                    .map(|item| self.eval(item))
                    .collect::<Result<Vec<_>, _>>()?;
                self.items(&cells, *site)
            }
            Ir::Loop(inner) => self.run_loop(inner),
            Ir::Exit(exit) => Err(cell::exit(*exit)),
            Ir::Trace(point, inner) => {
                let result = self.eval(inner);
                if self.told.len() < TOLD_MAX {
                    self.told.push((*point, result.ok()));
                }
                result
            }
            Ir::Else(value, default) => {
                let cell = self.eval(value).unwrap_or_else(|cell| cell);
                match cell::gives_way(cell) {
                    true => self.eval(default),
                    false => Err(cell),
                }
            }
            Ir::Block(steps) => {
                self.steps(steps)?;
                Err(cell::error(ErrorKind::InvalidOperation, 0))
            }
        }
    }

    fn text(&mut self, ir: &Ir) -> Result<Option<&'m [u8]>, i64> {
        let text: Option<Str> = abi::Arg::from_cell(self.eval(ir)?);
        Ok(text.map(|text| self.rt.bytes(text)))
    }

    fn call(&mut self, function: Fn, cells: &[i64], site: Site) -> Flow {
        let result = abi::call(&mut self.rt, function, cells);
        if function.info().fallible && cell::is_special(result) {
            return Err(result | cell::site_bits(site));
        }
        Ok(result)
    }

    fn items(&mut self, cells: &[i64], site: Site) -> Flow {
        let list = self.call(Fn::NewList, &[cells.len() as i64], site)?;
        for (index, cell) in cells.iter().enumerate() {
            self.rt
                .set_item(<_ as abi::Arg>::from_cell(list), index, *cell as u64);
        }
        Ok(list)
    }

    fn steps(&mut self, steps: &[Step]) -> Result<(), i64> {
        for step in steps {
            match step {
                Step::Let(local, value) => self.locals[*local as usize] = self.eval(value)?,
                Step::If(condition, then, other) => {
                    let chosen = if self.eval(condition)? != 0 {
                        then
                    } else {
                        other
                    };
                    self.steps(chosen)?;
                }
                Step::Return(value) => return Err(self.eval(value)?),
            }
        }
        Ok(())
    }

    fn run_loop(&mut self, inner: &Loop) -> Flow {
        let list_cell = self.eval(&inner.list)?;
        let list: syncline_rules_guest::mem::List = abi::Arg::from_cell(list_cell);
        let collects = matches!(inner.kind, LoopKind::Where | LoopKind::Select);
        let out = if collects {
            self.call(Fn::NewList, &[list.len() as i64], inner.site)?
        } else {
            0
        };
        let out_list: syncline_rules_guest::mem::List = abi::Arg::from_cell(out);
        let mut kept = 0;
        let mut last = -1;
        for index in 0..list.len() {
            self.call(Fn::Turn, &[], inner.site)?;
            let element = self.rt.item(list, index) as i64;
            self.locals[inner.element as usize] = element;
            if let Some(local) = inner.index {
                self.locals[local as usize] = index as i64;
            }
            let result = self.eval(&inner.body)?;
            match inner.kind {
                LoopKind::Where if result != 0 => {
                    self.rt.set_item(out_list, kept, element as u64);
                    kept += 1;
                }
                LoopKind::Select => self.rt.set_item(out_list, index, result as u64),
                LoopKind::Any if result != 0 => return Ok(1),
                LoopKind::All if result == 0 => return Ok(0),
                LoopKind::Count if result != 0 => kept += 1,
                LoopKind::FirstIndex if result != 0 => return Ok(index as i64),
                LoopKind::LastIndex if result != 0 => last = index as i64,
                LoopKind::Fold(local) => self.locals[local as usize] = result,
                _ => {}
            }
        }
        Ok(match inner.kind {
            LoopKind::Where => abi::Ret::into_cell(self.rt.truncated(out_list, kept)),
            LoopKind::Select => out,
            LoopKind::Any => 0,
            LoopKind::All => 1,
            LoopKind::Count => kept as i64,
            LoopKind::FirstIndex => -1,
            LoopKind::LastIndex => last,
            LoopKind::Fold(local) => self.locals[local as usize],
        })
    }
}
