//! From text to rows of cells, strictly (RFC 4180).
//!
//! The library for such files repairs what it can: it drops empty lines and takes `"a"b` for `ab`. Here a person's
//! job may hang on a row, so nothing is repaired: what is not as it should be is told with its line. What is as it
//! should be reads exactly as that library reads it (a test holds this).
//!
//! Invariants: a line number is what an editor shows, whichever line ends the file has; memory is bounded by the
//! longest row, and that by [`ROW_BYTES_MAX`]; every character of the text is in some row or in none at all.

use std::io::Read;

use syncline_model::hr_file::Dialect;

use super::text::{BadText, Text};

/// A row longer than this is a quote that somebody forgot to close.
pub(super) const ROW_BYTES_MAX: usize = 1024 * 1024;

/// Why a file's rows cannot be read on.
#[derive(Debug)]
pub(super) enum RowsError {
    /// What stands here is no text.
    Text {
        line: u64,
        /// In characters, from 1.
        column: u64,
        bad: BadText,
    },
    /// The text ends inside a quoted cell that begins on this line.
    OpenQuote { line: u64 },
    /// The row that begins on this line does not end.
    TooLong { line: u64 },
}

/// What is known of a row beside its cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RowFacts {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Empty lines right before it.
    pub empty_before: u64,
    /// A quote stands where none may: the cells may be cut otherwise than they were meant.
    pub stray_quote: bool,
    /// A cell goes over a line end.
    pub multiline: bool,
    /// A line end follows; false only for the last row of a text that does not end in one.
    pub ended: bool,
}

/// A row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub facts: RowFacts,
    text: &'a str,
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// How many cells.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// A cell; empty beyond the last.
    pub fn cell(&self, at: usize) -> &'a str {
        let start = at.checked_sub(1).map_or(0, |before| {
            self.ends.get(before).copied().unwrap_or(self.text.len())
        });
        let end = self.ends.get(at).copied().unwrap_or(self.text.len());
        &self.text[start..end]
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> + '_ {
        (0..self.width()).map(|at| self.cell(at))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character of a cell.
    Begin,
    /// In a cell that is not wrapped.
    Plain,
    /// In a wrapped one.
    Wrapped,
    /// Behind a quote in a wrapped cell: its end, or half of a doubled one.
    Quote,
}

/// The rows of a text.
pub(super) struct Rows<R> {
    text: Text<R>,
    at: usize,
    /// Bytes that end a stretch of a plain cell.
    special: [bool; 256],
    delimiter: u8,
    quote: Option<u8>,
    /// The line the next character is on.
    line: u64,
    /// Characters of that line in chunks that are gone.
    column: u64,
    /// The last character was a carriage return: a line feed right behind it is the same line end.
    after_return: bool,
    record: Vec<u8>,
    ends: Vec<usize>,
}

impl<R: Read> Rows<R> {
    /// Over a text in this dialect. The delimiter and the quote are ASCII.
    pub fn new(text: Text<R>, dialect: Dialect) -> Self {
        let byte = |c: char| u8::try_from(c).unwrap_or(b',');
        let (delimiter, quote) = (byte(dialect.delimiter), dialect.quote.map(byte));
        let mut special = [false; 256];
        for byte in [Some(delimiter), quote, Some(b'\n'), Some(b'\r')]
            .into_iter()
            .flatten()
        {
            special[usize::from(byte)] = true;
        }
        Self {
            text,
            at: 0,
            special,
            delimiter,
            quote,
            line: 1,
            column: 0,
            after_return: false,
            record: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The next row; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, RowsError> {
        self.record.clear();
        self.ends.clear();
        let mut facts = RowFacts::default();
        let mut state = State::Begin;
        let mut begun = false;
        let mut opened = self.line;
        'row: loop {
            if self.record.len() > ROW_BYTES_MAX {
                return Err(RowsError::TooLong { line: facts.line });
            }
            if self.at == self.text.chunk().len() && !self.fill()? {
                match (state, begun) {
                    (State::Wrapped, _) => return Err(RowsError::OpenQuote { line: opened }),
                    (_, false) => return Ok(None),
                    (_, true) => self.ends.push(self.record.len()),
                }
                break;
            }
            let rest = &self.text.chunk()[self.at..];
            if !begun {
                // Line ends before the row: the second half of the last one, or empty lines.
                match rest[0] {
                    b'\n' if self.after_return => self.after_return = false,
                    b'\n' => {
                        self.line += 1;
                        facts.empty_before += 1;
                    }
                    b'\r' => {
                        self.line += 1;
                        self.after_return = true;
                        facts.empty_before += 1;
                    }
                    _ => {
                        begun = true;
                        self.after_return = false;
                        facts.line = self.line;
                        continue;
                    }
                }
                self.at += 1;
                continue;
            }
            match state {
                State::Wrapped => {
                    let quote = self.quote.unwrap_or(b'"');
                    let length = memchr::memchr(quote, rest).unwrap_or(rest.len());
                    let inside = &rest[..length];
                    self.record.extend_from_slice(inside);
                    for at in memchr::memchr2_iter(b'\n', b'\r', inside) {
                        facts.multiline = true;
                        let second = inside[at] == b'\n'
                            && match at.checked_sub(1) {
                                Some(before) => inside[before] == b'\r',
                                None => self.after_return,
                            };
                        self.line += u64::from(!second);
                    }
                    if let Some(last) = inside.last() {
                        self.after_return = *last == b'\r';
                    }
                    self.at += length;
                    if length < rest.len() {
                        self.at += 1;
                        self.after_return = false;
                        state = State::Quote;
                    }
                }
                State::Begin if Some(rest[0]) == self.quote => {
                    opened = self.line;
                    self.at += 1;
                    state = State::Wrapped;
                }
                State::Quote if Some(rest[0]) == self.quote => {
                    self.record.push(rest[0]);
                    self.at += 1;
                    state = State::Wrapped;
                }
                State::Begin | State::Plain | State::Quote => {
                    let stretch = rest
                        .iter()
                        .position(|byte| self.special[usize::from(*byte)])
                        .unwrap_or(rest.len());
                    if stretch > 0 {
                        facts.stray_quote |= state == State::Quote;
                        self.record.extend_from_slice(&rest[..stretch]);
                        self.at += stretch;
                        state = State::Plain;
                        continue;
                    }
                    let byte = rest[0];
                    self.at += 1;
                    match byte {
                        b'\n' | b'\r' => {
                            self.ends.push(self.record.len());
                            self.line += 1;
                            self.after_return = byte == b'\r';
                            facts.ended = true;
                            break 'row;
                        }
                        _ if byte == self.delimiter => {
                            self.ends.push(self.record.len());
                            state = State::Begin;
                        }
                        // A quote inside a cell that is not wrapped.
                        _ => {
                            facts.stray_quote = true;
                            self.record.push(byte);
                            state = State::Plain;
                        }
                    }
                }
            }
        }
        Ok(Some(Row {
            facts,
            text: std::str::from_utf8(&self.record)
                .expect("the decoder gives UTF-8, and cells end at ASCII"),
            ends: &self.ends,
        }))
    }

    /// The next chunk; false at the end of the text.
    fn fill(&mut self) -> Result<bool, RowsError> {
        let chunk = self.text.chunk();
        let characters = |bytes: &[u8]| {
            let starts = bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80);
            starts.count() as u64
        };
        match memchr::memrchr2(b'\n', b'\r', chunk) {
            Some(last) => self.column = characters(&chunk[last + 1..]),
            None => self.column += characters(chunk),
        }
        self.at = 0;
        self.text.advance().map_err(|bad| RowsError::Text {
            line: self.line,
            column: self.column + 1,
            bad,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use syncline_model::hr_file::TextEncoding;

    use super::*;

    const COMMA: Dialect = Dialect {
        delimiter: ',',
        quote: Some('"'),
        header: false,
        trim: false,
    };

    fn rows(text: &[u8]) -> (Vec<(RowFacts, Vec<String>)>, Option<RowsError>) {
        /// One byte at a time: every chunk border is somewhere.
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let Some((first, rest)) = self.0.split_first() else {
                    return Ok(0);
                };
                buffer[0] = *first;
                self.0 = rest;
                Ok(1)
            }
        }
        let mut slow = Rows::new(Text::new(Slow(text), TextEncoding::Utf8), COMMA);
        let mut quick = Rows::new(Text::new(text, TextEncoding::Utf8), COMMA);
        let mut all = Vec::new();
        loop {
            let owned = |row: Row<'_>| {
                let cells = row.cells().map(str::to_owned).collect::<Vec<_>>();
                (row.facts, cells)
            };
            match (quick.next(), slow.next()) {
                (Ok(Some(a)), Ok(Some(b))) => {
                    let (a, b) = (owned(a), owned(b));
                    assert_eq!(a, b, "chunks decide nothing");
                    all.push(a);
                }
                (Ok(None), Ok(None)) => return (all, None),
                (Err(a), Err(b)) => {
                    assert_eq!(format!("{a:?}"), format!("{b:?}"));
                    return (all, Some(a));
                }
                (a, b) => panic!("{a:?} and {b:?}"),
            }
        }
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        let (rows, error) = rows(text.as_bytes());
        assert!(error.is_none(), "{error:?}");
        rows.into_iter().map(|(_, cells)| cells).collect()
    }

    fn facts(text: &str) -> Vec<RowFacts> {
        rows(text.as_bytes())
            .0
            .into_iter()
            .map(|(f, _)| f)
            .collect()
    }

    #[test]
    fn cells_come_out_as_they_were_meant() {
        assert_eq!(
            cells("a,b\r\n\"1,\n2\",\"x\"\"y\"\r\n,\n"),
            [["a", "b"], ["1,\n2", "x\"y"], ["", ""]]
        );
        assert_eq!(cells("a"), [["a"]]);
        assert_eq!(cells("\"\",\n"), [["", ""]]);
        assert!(cells("").is_empty());
        assert!(cells("\n\r\n\n").is_empty());
    }

    #[test]
    fn lines_are_those_that_an_editor_shows() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "h\n1\n\"2\n3\"\n\n\n6\n\n".replace('\n', end);
            let facts = facts(&text);

            let lines: Vec<u64> = facts.iter().map(|f| f.line).collect();
            assert_eq!(lines, [1, 2, 3, 7], "{end:?}");
            let empty: Vec<u64> = facts.iter().map(|f| f.empty_before).collect();
            assert_eq!(empty, [0, 0, 0, 2], "{end:?}: at the end they are no rows");
            assert_eq!(
                facts.iter().map(|f| f.multiline).collect::<Vec<_>>(),
                [false, false, true, false]
            );
        }
    }

    #[test]
    fn a_quote_out_of_place_is_told_and_not_repaired() {
        let strays: Vec<bool> = facts("a\"b,c\n\"a\"b,c\n\"a\" ,c\n\"a\",\"\"\"\"\n")
            .into_iter()
            .map(|f| f.stray_quote)
            .collect();

        assert_eq!(strays, [true, true, true, false]);
    }

    #[test]
    fn an_open_quote_an_endless_row_and_bad_bytes_are_told_with_their_place() {
        let (before, error) = rows(b"a,b\n1,\"x\ny\n");
        assert_eq!(before.len(), 1);
        assert!(matches!(error, Some(RowsError::OpenQuote { line: 2 })));

        let endless = [b"a\n\"".to_vec(), vec![b'x'; ROW_BYTES_MAX + 10]].concat();
        let mut rows_of = Rows::new(Text::new(endless.as_slice(), TextEncoding::Utf8), COMMA);
        assert!(rows_of.next().is_ok());
        assert!(matches!(
            rows_of.next(),
            Err(RowsError::TooLong { line: 2 })
        ));

        let (_, error) = rows(
            "ä,b\nöä,"
                .as_bytes()
                .iter()
                .chain(b"\xff\n")
                .copied()
                .collect::<Vec<_>>()
                .as_slice(),
        );
        assert!(
            matches!(
                error,
                Some(RowsError::Text {
                    line: 2,
                    column: 4,
                    ..
                })
            ),
            "{error:?}"
        );
    }

    #[test]
    fn only_the_last_row_can_lack_its_line_end() {
        let ended: Vec<bool> = facts("a\nb").into_iter().map(|f| f.ended).collect();
        assert_eq!(ended, [true, false]);
    }

    proptest! {
        #[test]
        fn what_is_well_formed_reads_as_the_csv_library_reads_it(
            table in (1usize..4).prop_flat_map(|width| prop::collection::vec(
                prop::collection::vec("[ab,\"\r\n é;]{0,4}", width..=width), 0..6)),
            crlf in any::<bool>(),
        ) {
            let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut writer = csv::WriterBuilder::new().terminator(terminator).flexible(true).from_writer(vec![]);
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();

            let (read, error) = rows(&bytes);

            prop_assert!(error.is_none());
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
            let expected: Vec<Vec<String>> = reader.records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            let read: Vec<Vec<String>> = read.into_iter().map(|(facts, cells)| {
                assert!(!facts.stray_quote);
                cells
            }).collect();
            prop_assert_eq!(&read, &expected);
            prop_assert_eq!(&read, &table);
        }
    }
}
