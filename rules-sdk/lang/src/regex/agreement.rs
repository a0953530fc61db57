//! Tables against the machine, on patterns and texts that a die makes.

use syncline_rules_guest::mem::{List, Str};
use syncline_rules_guest::{Fn, Rt, abi};

use super::*;
use crate::ir::{Ir, canonical};

/// A small generator, the same every time.
struct Die(u64);

impl Die {
    fn of(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % sides
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.of(of.len())]
    }

    fn pattern(&mut self, depth: usize) -> String {
        const ATOMS: &[&str] = &[
            "a", "b", "é", "Ж", "ab", "-", "[ab]", "[^a]", ".", r"\w", r"\d", r"\s", r"\S", "😀",
        ];
        const PLACES: &[&str] = &["^", "$", r"\b", r"\B", r"\A", r"\z", r"\Z"];
        const TIMES: &[&str] = &[
            "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{1,}?",
        ];
        let parts = 1 + self.of(3);
        let mut out = String::new();
        for _ in 0..parts {
            match self.of(if depth == 0 { 6 } else { 9 }) {
                0 => out.push_str(self.one(PLACES)),
                1..6 => {
                    out.push_str(self.one(ATOMS));
                    out.push_str(self.one(TIMES));
                }
                kind => {
                    let open = if kind == 6 { "(?:" } else { "(" };
                    let (first, second) = (self.pattern(depth - 1), self.pattern(depth - 1));
                    let either = self.of(2) == 0;
                    let inner = if either {
                        format!("{first}|{second}")
                    } else {
                        first
                    };
                    out.push_str(&format!("{open}{inner}){}", self.one(TIMES)));
                }
            }
        }
        out
    }

    fn text(&mut self) -> String {
        const PIECES: &[&str] = &["a", "b", "ab", "é", "Ж", "\n", " ", "-", "1", "A", "😀"];
        let len = self.of(24);
        (0..len).map(|_| self.one(PIECES)).collect()
    }
}

/// The program without its table.
fn without_table(program: &str) -> String {
    format!("{}0000", instructions(program))
}

/// The octets of the table of a program.
fn table_len(program: &str) -> usize {
    program.len() - 4 - instructions(program).len()
}

/// What every function gives that goes by a pattern, and the work of the dearest one; nothing where that is too much.
fn answers(program: &str, text: &str) -> Option<(Vec<String>, u64)> {
    let mut memory = vec![0; 1 << 20];
    let mut rt = Rt::new(&mut memory);
    let cells = [text, program, "<$1$&>"].map(|s| abi::Ret::into_cell(rt.text(s.as_bytes())));
    let mut work = 0;
    let mut call = |rt: &mut Rt<'_>, function, cells: &[i64]| {
        rt.row();
        let cell = abi::call(rt, function, cells);
        work = work.max(1_000_000 - rt.work_left());
        cell
    };
    let is_match = call(&mut rt, Fn::RegexIsMatch, &cells[..2]);
    let first: List = abi::Arg::from_cell(call(&mut rt, Fn::RegexFirst, &cells[..2]));
    let all: List = abi::Arg::from_cell(call(&mut rt, Fn::RegexAll, &cells[..2]));
    let replaced: Str = abi::Arg::from_cell(call(&mut rt, Fn::RegexReplace, &cells));
    if work == 1_000_000 {
        return None;
    }
    let mut out = vec![format!("{is_match}"), rt.str(replaced).to_owned()];
    let all = (0..all.len()).map(|one| abi::Arg::from_cell(rt.item(all, one) as i64));
    for one in std::iter::once(first).chain(all) {
        let groups = (0..(one.len() / 2).saturating_sub(1)).map(|group| {
            let (value, index) = (rt.item(one, group * 2), rt.item(one, group * 2 + 1));
            let value = (value != 0).then(|| rt.str(abi::Arg::from_cell(value as i64)));
            format!("{value:?} at {index}")
        });
        out.push(groups.collect::<Vec<_>>().join(", "));
    }
    Some((out, work))
}

#[test]
fn a_table_finds_what_the_machine_finds() {
    let mut die = Die(0x5eed);
    let (mut tables, mut matched) = (0, 0);
    for _ in 0..1_200 {
        let pattern = die.pattern(2);
        let options = Options {
            ignore_case: die.of(4) == 0,
            multiline: die.of(3) == 0,
            singleline: die.of(3) == 0,
            ..Options::default()
        };
        let Ok(regex) = compile(&pattern, options) else {
            continue;
        };
        if table_len(&regex.program) == 0 {
            continue;
        }
        tables += 1;
        let machine = without_table(&regex.program);
        for _ in 0..4 {
            let text = die.text();

            let (by_table, _) = answers(&regex.program, &text).expect("a table is cheap");
            // The machine is not, for patterns of very many ways.
            let Some((by_machine, _)) = answers(&machine, &text) else {
                continue;
            };

            assert_eq!(
                by_table, by_machine,
                "{pattern} with {options:?} on {text:?}"
            );
            matched += usize::from(by_table.len() > 3);
        }
    }
    // Both are reached often enough to mean something.
    assert!(tables > 900, "{tables} tables");
    assert!(matched > 1_000, "{matched} matches");
}

#[test]
fn patterns_that_people_write_have_a_table() {
    for pattern in [
        "contoso",
        "^(a|aa)+$",
        r"^[\w.+-]+@[\w-]+\.[\w.]+$",
        "[^a-z0-9]",
        r"\d+",
        r"(\w+)\s(\w+)",
        r"^\+?\d{1,3}[\s-]?\(?\d{2,4}\)?[\s\d-]{4,12}$",
        r"\b(OU|CN)=([^,]+)",
        r"(?i)^(adm|svc)[-_].*$",
        r"^\d{4}-\d{2}-\d{2}$",
    ] {
        let regex = compile(pattern, Options::default()).unwrap();

        let len = table_len(&regex.program);

        assert!(len > 0 && len < 64 << 10, "{pattern}: {len} octets");
    }
}

#[test]
fn a_pattern_whose_table_would_be_large_is_left_to_the_machine() {
    let regex = compile(r"(a|b)*a(a|b){14}c", Options::default()).unwrap();

    assert_eq!(table_len(&regex.program), 0);
    let (found, _) = answers(&regex.program, &format!("b{}c", "a".repeat(15))).unwrap();
    assert_eq!(found[0], "1");
}

#[test]
fn what_people_match_in_long_texts_stays_below_the_budget() {
    let words = "ada.byron 42, ".repeat(358);
    let mail = format!("{}@contoso.com", "a".repeat(1_988));
    for (pattern, text, most) in [
        ("contoso", "x".repeat(10_000), 20_000),
        ("^(a|aa)+$", "a".repeat(1_000), 200_000),
        (r"^[\w.+-]+@[\w-]+\.[\w.]+$", mail, 100_000),
        (r"\d+", words.clone(), 500_000),
        ("[^a-z0-9]", words, 950_000),
        (r"(\w+)\s(\w+)", "Ada Byron".to_owned(), 5_000),
    ] {
        let regex = compile(pattern, Options::default()).unwrap();

        let (_, dearest) = answers(&regex.program, &text).expect(pattern);

        assert!(dearest < most, "{pattern}: {dearest} units");
    }
}

#[test]
fn a_table_is_no_part_of_what_a_rule_means() {
    let regex = compile("^a+$", Options::default()).unwrap();
    let meaning = |program: String| {
        let args = vec![Ir::Word(0), Ir::Text(program)];
        canonical(&Ir::Call(Fn::RegexIsMatch, args, 0), &|_| String::new())
    };

    let with = meaning(regex.program.clone());

    assert!(table_len(&regex.program) > 0);
    assert_eq!(with, meaning(without_table(&regex.program)));
    assert_ne!(
        with,
        meaning(compile("^b+$", Options::default()).unwrap().program)
    );
}
