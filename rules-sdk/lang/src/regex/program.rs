//! A parsed pattern as a program of the runtime.
//!
//! Invariants: the first way of a split is the one that .NET tries first; a loop whose body may be empty ends, because the
//! machine follows no instruction twice at one place.

use std::collections::BTreeMap;

use regex_syntax::hir::{Class, Hir, HirKind, Look as HirLook, Repetition};
use syncline_rules_guest::regex_machine::{Look, Op, SLOTS_MAX, encoded};

use super::RegexError;
use super::table::tabulate;

/// Most instructions: what a machine keeps for each is in the arena of a batch.
const INSTRUCTIONS_MAX: usize = 4_096;
/// Most ranges of all classes.
const RANGES_MAX: usize = 16_384;

pub(super) type Instruction = (Op, u32, u32);

struct Assembler<'p> {
    code: Vec<Instruction>,
    ranges: Vec<(u32, u32)>,
    /// Classes that were met, by their ranges.
    classes: BTreeMap<Vec<(u32, u32)>, u32>,
    places: &'p [usize],
    /// How many groups are kept.
    groups: usize,
}

/// The program of a pattern; `places` says where each group of the parser is kept.
pub(super) fn assemble(hir: &Hir, places: &[usize], groups: usize) -> Result<String, RegexError> {
    if groups * 2 > SLOTS_MAX {
        return Err(RegexError::TooLarge("more than 31 groups"));
    }
    let mut assembler = Assembler {
        code: Vec::new(),
        ranges: Vec::new(),
        classes: BTreeMap::new(),
        places,
        groups,
    };
    assembler.push((Op::Save, 0, 0))?;
    assembler.node(hir)?;
    assembler.push((Op::Save, 1, 0))?;
    assembler.push((Op::Match, 0, 0))?;
    Ok(assembler.text())
}

impl Assembler<'_> {
    fn text(&self) -> String {
        let slots = self.groups * 2;
        let header = 3 + self.code.len() * 3;
        let mut words = vec![self.code.len(), slots, header];
        for (op, a, b) in &self.code {
            words.extend([*op as usize, *a as usize, *b as usize]);
        }
        for (from, to) in &self.ranges {
            words.extend([*from as usize, *to as usize]);
        }
        let words = words.into_iter().flat_map(|word| encoded(word as u32));
        let mut text: String = words.map(char::from).collect();
        let table = tabulate(&self.code, &self.ranges, slots).unwrap_or_default();
        text.extend(table.iter().copied().map(char::from));
        text.extend(encoded(table.len() as u32 / 4).map(char::from));
        text
    }

    fn push(&mut self, instruction: Instruction) -> Result<usize, RegexError> {
        if self.code.len() == INSTRUCTIONS_MAX {
            return Err(RegexError::TooLarge(
                "more than 4,096 steps; shorten what is repeated",
            ));
        }
        self.code.push(instruction);
        Ok(self.code.len() - 1)
    }

    fn here(&self) -> u32 {
        self.code.len() as u32
    }

    fn node(&mut self, hir: &Hir) -> Result<(), RegexError> {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0)
                    .map_err(|_| RegexError::Malformed("it names octets".to_owned()))?;
                for c in text.chars() {
                    self.push((Op::Char, u32::from(c), 0))?;
                }
            }
            HirKind::Class(class) => self.class(class)?,
            HirKind::Look(look) => {
                let look = look_of(*look)?;
                self.push((Op::Look, look as u32, 0))?;
            }
            HirKind::Repetition(repetition) => self.repetition(repetition)?,
            HirKind::Capture(capture) => {
                let slot = self.places[capture.index as usize] as u32 * 2;
                self.push((Op::Save, slot, 0))?;
                self.node(&capture.sub)?;
                self.push((Op::Save, slot + 1, 0))?;
            }
            HirKind::Concat(parts) => {
                for part in parts {
                    self.node(part)?;
                }
            }
            HirKind::Alternation(parts) => self.alternation(parts)?,
        }
        Ok(())
    }

    fn class(&mut self, class: &Class) -> Result<(), RegexError> {
        let ranges: Vec<(u32, u32)> = match class {
            Class::Unicode(class) => class
                .ranges()
                .iter()
                .map(|range| (u32::from(range.start()), u32::from(range.end())))
                .collect(),
            Class::Bytes(class) => class
                .ranges()
                .iter()
                .map(|range| (u32::from(range.start()), u32::from(range.end())))
                .collect(),
        };
        let instruction = match ranges.as_slice() {
            [] => (Op::Fail, 0, 0),
            [(from, to)] if from == to => (Op::Char, *from, 0),
            _ => {
                let count = ranges.len() as u32;
                let from = match self.classes.get(&ranges) {
                    Some(from) => *from,
                    None => {
                        let from = self.ranges.len() as u32;
                        if self.ranges.len() + ranges.len() > RANGES_MAX {
                            return Err(RegexError::TooLarge("its classes have too many ranges"));
                        }
                        self.ranges.extend(&ranges);
                        self.classes.insert(ranges, from);
                        from
                    }
                };
                (Op::Class, from, count)
            }
        };
        self.push(instruction).map(drop)
    }

    fn alternation(&mut self, parts: &[Hir]) -> Result<(), RegexError> {
        let mut ends = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if index + 1 == parts.len() {
                self.node(part)?;
                break;
            }
            let split = self.push((Op::Split, self.here() + 1, 0))?;
            self.node(part)?;
            ends.push(self.push((Op::Jump, 0, 0))?);
            self.code[split].2 = self.here();
        }
        for end in ends {
            self.code[end].1 = self.here();
        }
        Ok(())
    }

    fn repetition(&mut self, repetition: &Repetition) -> Result<(), RegexError> {
        for _ in 0..repetition.min {
            self.node(&repetition.sub)?;
        }
        match repetition.max {
            None => {
                let split = self.push((Op::Split, 0, 0))?;
                self.node(&repetition.sub)?;
                self.push((Op::Jump, split as u32, 0))?;
                self.branch(split, repetition.greedy);
            }
            Some(max) => {
                let mut splits = Vec::new();
                for _ in repetition.min..max {
                    splits.push(self.push((Op::Split, 0, 0))?);
                    self.node(&repetition.sub)?;
                }
                for split in splits {
                    self.branch(split, repetition.greedy);
                }
            }
        }
        Ok(())
    }

    /// A split between what follows it and here.
    fn branch(&mut self, split: usize, greedy: bool) {
        let (body, after) = (split as u32 + 1, self.here());
        let (first, second) = if greedy { (body, after) } else { (after, body) };
        (self.code[split].1, self.code[split].2) = (first, second);
    }
}

fn look_of(look: HirLook) -> Result<Look, RegexError> {
    Ok(match look {
        HirLook::Start => Look::Start,
        HirLook::End => Look::End,
        HirLook::StartLF => Look::StartOfLine,
        HirLook::EndLF => Look::EndOfLine,
        HirLook::WordUnicode => Look::WordBoundary,
        HirLook::WordUnicodeNegate => Look::NotWordBoundary,
        // As the translation writes what the parser cannot say.
        HirLook::WordEndHalfUnicode => Look::EndOrLastLine,
        _ => {
            return Err(RegexError::Malformed(
                "it names a place that is not known".to_owned(),
            ));
        }
    })
}
