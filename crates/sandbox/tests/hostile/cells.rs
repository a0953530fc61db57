//! Answers that lie: pointers, lengths, texts, numbers and lists that are not what the manifest says.

use syncline_model::rules::{AttrType, ErrorKind, RuleType, RuleValue};
use syncline_sandbox::{Answer, limits};
use wasm_encoder::Instruction as I;

use crate::hands::{
    FREE, answer, answer_of, answers, cell, only_the_third_fails, program, put, text,
};

/// The answer of the bad row, when it writes these words at [`FREE`] and answers this cell.
fn read(words: &[i64], cell: i64, attr: AttrType) -> Answer {
    let evil: Vec<I<'_>> = [put(FREE, words), answer(cell)].concat();
    let answers = answers(&program(&evil), attr);
    assert_eq!([&answers[0], &answers[1], &answers[3]], [&Answer::Null; 3]);
    answers[2].clone()
}

fn unreadable(words: &[i64], cell: i64, attr: AttrType) {
    let found = read(words, cell, attr);
    assert!(
        matches!(&found, Answer::Error(e) if e.kind == ErrorKind::Budget),
        "{words:x?} {cell:x}: {found:?}"
    );
}

fn word(bytes: &[u8; 8]) -> i64 {
    i64::from_le_bytes(*bytes)
}

#[test]
fn an_answer_that_points_anywhere_else_is_no_answer() {
    let far = 0x7fff_0000_i64;
    let cells = [
        far | 1 << 32,
        1 << 62,
        (60 << 20) | (0x7fff_ffff << 32),
        i64::MIN + 77,
    ];
    for cell in cells {
        only_the_third_fails(&answers(&program(&answer(cell)), text()));
    }
    for (cell, ty) in [
        (far, RuleType::Int),
        (5 | 7 << 32, RuleType::Bool),
        (16 | 3 << 32, RuleType::Guid),
    ] {
        only_the_third_fails(&answers(&program(&answer(cell)), AttrType::optional(ty)));
    }
}

#[test]
fn a_length_that_reaches_beyond_the_memory_is_no_answer() {
    let last = limits::MEMORY_BYTES_MAX as i32 - 4;

    unreadable(&[], cell(last, 5), text());
    unreadable(&[], cell(last, 1), AttrType::list(RuleType::Long));
    unreadable(&[], cell(FREE, 5_001), AttrType::list(RuleType::Long));
    unreadable(&[], cell(FREE, (1 << 20) + 1), text());
}

#[test]
fn a_text_is_utf8_or_no_answer_whatever_its_flag_says() {
    let ascii = cell(FREE, 4);
    let flagged = ascii | i64::MIN;
    let bad = [
        b"\xff\xfe\xfd\xfcxxxx",
        b"\xed\xa0\x80xxxxx",
        b"\xc0\xafxxxxxx",
        b"abc\xc3xxxx",
        b"\xf4\x90\x80\x80xxxx",
    ];

    for bytes in bad {
        unreadable(&[word(bytes)], ascii, text());
        unreadable(&[word(bytes)], flagged, text());
    }
    for cell in [ascii, flagged] {
        let value = RuleValue::String("a\u{e9}b".into());
        assert_eq!(
            read(&[word(b"a\xc3\xa9bxxxx")], cell, text()),
            Answer::Value(value)
        );
    }
}

#[test]
fn texts_that_overlap_are_copies_of_their_own() {
    let words = [word(b"abcdefgh"), cell(FREE, 4), cell(FREE + 2, 4)];

    assert_eq!(
        read(&words, cell(FREE + 8, 2), AttrType::list(RuleType::String)),
        Answer::Value(RuleValue::List(vec![
            RuleValue::String("abcd".into()),
            RuleValue::String("cdef".into())
        ]))
    );
}

#[test]
fn a_list_is_never_walked_deeper_than_its_type() {
    // A list whose only element is the list itself, and one whose element is another list.
    let itself = cell(FREE, 1);
    let list = AttrType::list(RuleType::Binary);
    assert_eq!(
        read(&[itself], itself, list),
        Answer::Value(RuleValue::List(vec![RuleValue::Binary(vec![0])]))
    );

    let inner = cell(FREE + 8, 2);
    unreadable(
        &[inner, -1, -1],
        cell(FREE, 1),
        AttrType::list(RuleType::String),
    );
}

#[test]
fn an_error_within_a_list_is_no_text() {
    // An error cell has length 0 where a text has its own.
    let errors = [i64::MIN | 1, i64::MIN | 200, i64::MIN | 3 << 8 | 9];

    for error in errors {
        for ty in [RuleType::String, RuleType::Reference, RuleType::Binary] {
            unreadable(&[error], cell(FREE, 1), AttrType::list(ty));
        }
    }
}

#[test]
fn no_number_leaves_with_a_payload() {
    let payloads = [0x7ff8_0000_dead_beef_u64, 0xfff0_0000_0000_0001, u64::MAX];

    for bits in payloads {
        let answer = read(
            &[bits as i64],
            i64::from(FREE),
            AttrType::optional(RuleType::Double),
        );
        let Answer::Value(RuleValue::Double(number)) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(number.to_bits(), f64::NAN.to_bits());
    }
}

#[test]
fn numbers_outside_their_type_are_no_answer() {
    for (value, ty) in [
        (2, RuleType::Bool),
        (-1, RuleType::Char),
        (1 << 31, RuleType::Int),
        (-2, RuleType::Date),
        (i64::MAX, RuleType::Date),
    ] {
        unreadable(&[value], i64::from(FREE), AttrType::optional(ty));
    }
}

#[test]
fn the_text_of_a_throw_is_checked_and_cut() {
    let custom = i64::MIN | ErrorKind::Custom as i64;
    let thrown = |fill: i32, thrown: i64| {
        let evil = [
            vec![
                I::I32Const(FREE),
                I::I32Const(fill),
                I::I32Const(1 << 20),
                I::MemoryFill(0),
            ],
            answer(custom),
            answer_of(0, 8, thrown),
        ];
        let answers = answers(&program(&evil.concat()), text());
        match answers.into_iter().nth(2) {
            Some(Answer::Error(error)) if error.kind == ErrorKind::Custom => error.message,
            other => panic!("{other:?}"),
        }
    };

    assert_eq!(thrown(i32::from(b'x'), cell(FREE, 5)), "xxxxx");
    assert_eq!(
        thrown(i32::from(b'x'), cell(FREE, 1 << 20)).chars().count(),
        limits::MESSAGE_CHARS_MAX + 1
    );
    for (fill, text) in [(0xff, cell(FREE, 5)), (0, cell(i32::MAX, 5))] {
        assert!(thrown(fill, text).contains("(`rules.custom`)"));
    }
}
