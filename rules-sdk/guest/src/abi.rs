//! The functions that compiled code and the interpreter call, and how cells become their arguments.
//!
//! Invariants: every function takes and gives 64-bit cells; one that can fail never gives a bare `long` or `double`,
//! because those could look like an error cell: it gives a box; an entry is never removed or renumbered.

use crate::mem::{Boxed, Dec, ERROR_BASE, Fault, List, NON_ASCII, Octets, R, Rt, Str, When};
use crate::{
    binary, case, certificate, class, collate, date, date_format, date_parse, decimal_ops, digest,
    directory, draw, entra_dates, entra_octets, entra_text, latin, list, list_more, lookup, math,
    math_more, normal, number, number_base, number_format, number_parse, regex, regex_more, span,
    span_exact, text_build, text_find, text_search, text_slice, text_split, transliterate,
    trigonometry,
};

/// What a function is called in wasm and how many cells it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// The function.
    pub id: Fn,
    /// The export of the runtime module.
    pub name: &'static str,
    /// Number of cells.
    pub arity: usize,
    /// Whether it can give an error cell.
    pub fallible: bool,
}

/// From a cell to an argument.
pub trait Arg: Sized {
    /// The checker guarantees that the cell is of this type.
    fn from_cell(cell: i64) -> Self;
}

/// From a result to a cell.
pub trait Ret {
    /// Whether it can be an error.
    const FALLIBLE: bool;
    /// The cell.
    fn into_cell(self) -> i64;
}

macro_rules! arg {
    ($($ty:ty: $cell:ident => $from:expr;)*) => {
        $(impl Arg for $ty { fn from_cell($cell: i64) -> Self { $from } })*
    };
}

arg! {
    i64: cell => cell;
    i32: cell => cell as i32;
    u64: cell => cell as u64;
    bool: cell => cell != 0;
    f64: cell => f64::from_bits(cell as u64);
    Str: cell => Str(cell as u64);
    Option<Str>: cell => (cell != 0).then_some(Str(cell as u64));
    Octets: cell => Octets(cell as u64);
    Option<Octets>: cell => (cell != 0).then_some(Octets(cell as u64));
    List: cell => List(cell as u64);
    Option<List>: cell => (cell != 0).then_some(List(cell as u64));
    Boxed: cell => Boxed(cell as u64);
    When: cell => When(cell as u64);
    Dec: cell => Dec(cell as u64);
    Option<Dec>: cell => (cell != 0).then_some(Dec(cell as u64));
}

macro_rules! ret {
    ($($ty:ty: $value:ident => $into:expr;)*) => {
        $(impl Ret for $ty {
            const FALLIBLE: bool = false;
            fn into_cell(self) -> i64 { let $value = self; $into }
        })*
    };
}

ret! {
    i64: value => value;
    u64: value => value as i64;
    i32: value => i64::from(value);
    bool: value => i64::from(value);
    f64: value => value.to_bits() as i64;
    Str: value => value.0 as i64;
    Octets: value => value.0 as i64;
    List: value => value.0 as i64;
    Boxed: value => value.0 as i64;
    When: value => value.0 as i64;
    Dec: value => value.0 as i64;
}

impl<T: Ret> Ret for Option<T> {
    const FALLIBLE: bool = T::FALLIBLE;
    fn into_cell(self) -> i64 {
        self.map_or(0, T::into_cell)
    }
}

impl<T: Ret> Ret for R<T> {
    const FALLIBLE: bool = true;
    fn into_cell(self) -> i64 {
        match self {
            Ok(value) => value.into_cell(),
            Err(fault) => error_cell(fault),
        }
    }
}

impl Ret for () {
    const FALLIBLE: bool = false;
    fn into_cell(self) -> i64 {
        0
    }
}

/// The error cell of a fault, without a site.
pub const fn error_cell(fault: Fault) -> i64 {
    ERROR_BASE | fault as i64
}

/// A text cell at a fixed address, for literals.
pub const fn literal_cell(address: u32, bytes: &[u8]) -> i64 {
    let flag = if bytes.is_ascii() { 0 } else { NON_ASCII };
    (address as u64 | (bytes.len() as u64) << 32 | flag) as i64
}

macro_rules! runtime {
    ($($id:ident $name:ident ($($arg:ident: $ty:ty),*) -> $ret:ty = $path:path;)*) => {
        /// A runtime function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Fn { $($id),* }

        /// Every function, in the order of [`Fn`].
        pub const TABLE: &[Info] = &[$(Info {
            id: Fn::$id,
            name: stringify!($name),
            arity: <[&str]>::len(&[$(stringify!($arg)),*]),
            fallible: <$ret as Ret>::FALLIBLE,
        }),*];

        /// Calls a function natively.
        ///
        /// # Panics
        ///
        /// When the number of cells is wrong.
        pub fn call(rt: &mut Rt<'_>, id: Fn, cells: &[i64]) -> i64 {
            match id {
                $(Fn::$id => {
                    let [$($arg),*] = cells else { panic!("wrong number of cells for {id:?}") };
                    let result: $ret = $path(rt, $(<$ty>::from_cell(*$arg)),*);
                    result.into_cell()
                })*
            }
        }

        #[cfg(runtime)]
        mod exports {
            use super::*;
            use crate::wasm::runtime;
            $(
                #[unsafe(no_mangle)]
                extern "C" fn $name($($arg: i64),*) -> i64 {
                    let result: $ret = $path(runtime(), $(<$ty>::from_cell($arg)),*);
                    result.into_cell()
                }
            )*
        }
    };
}

impl Fn {
    /// Its entry in [`TABLE`].
    pub fn info(self) -> &'static Info {
        &TABLE[self as usize]
    }
}

runtime! {
    // Control
    Turn turn() -> R<()> = list::turn;
    BoxWord box_word(word: u64) -> R<Boxed> = list::box_word;
    Throw throw_text(text: Option<Str>) -> R<()> = text_build::throw;
    // Text: size, comparison, search
    Length length(s: Str) -> R<i32> = text_slice::length;
    Equal equal(a: Option<Str>, b: Option<Str>) -> R<bool> = text_search::equal;
    EqualIgnoreCase equal_ic(a: Option<Str>, b: Option<Str>) -> R<bool> = case::equal;
    Compare compare(a: Option<Str>, b: Option<Str>, ic: bool) -> R<i32> = case::compare;
    StartsWith starts_with(s: Str, part: Str, ic: bool) -> R<bool> = text_search::starts_with;
    EndsWith ends_with(s: Str, part: Str, ic: bool) -> R<bool> = text_search::ends_with;
    Contains contains(s: Str, part: Str, ic: bool) -> R<bool> = text_search::contains;
    IndexOf index_of(s: Str, part: Str, start: i32, ic: bool) -> R<i32> = text_search::index_of;
    LastIndexOf last_index_of(s: Str, part: Str, ic: bool) -> R<i32> = text_search::last_index_of;
    IndexOfAny index_of_any(s: Str, chars: List) -> R<i32> = text_search::index_of_any;
    IsNullOrEmpty is_null_or_empty(s: Option<Str>) -> bool = text_search::is_null_or_empty;
    IsNullOrWhiteSpace is_null_or_white_space(s: Option<Str>) -> R<bool> = text_search::is_null_or_white_space;
    // Text: parts
    CharAt char_at(s: Str, index: i32, from_end: bool) -> R<i32> = text_slice::char_at;
    Substring substring(s: Str, start: i32) -> R<Str> = text_slice::substring;
    SubstringLength substring_length(s: Str, start: i32, len: i32) -> R<Str> = text_slice::substring_length;
    Range range(s: Str, from: i32, from_end: bool, to: i32, to_end: bool) -> R<Str> = text_slice::range;
    Trim trim(s: Str, mode: i32) -> R<Str> = text_slice::trim;
    TrimChars trim_chars(s: Str, chars: List, mode: i32) -> R<Str> = text_slice::trim_chars;
    Remove remove(s: Str, start: i32) -> R<Str> = text_slice::remove;
    RemoveLength remove_length(s: Str, start: i32, len: i32) -> R<Str> = text_slice::remove_length;
    Chars chars(s: Str) -> R<List> = text_slice::chars;
    // Text: building
    ToLower to_lower(s: Str) -> R<Str> = case::to_lower;
    ToUpper to_upper(s: Str) -> R<Str> = case::to_upper;
    Concat2 concat2(a: Option<Str>, b: Option<Str>) -> R<Str> = text_build::concat2;
    Concat3 concat3(a: Option<Str>, b: Option<Str>, c: Option<Str>) -> R<Str> = text_build::concat3;
    ConcatList concat_list(list: List) -> R<Str> = text_build::concat_list;
    Join join(separator: Option<Str>, list: List) -> R<Str> = text_build::join;
    Replace replace(s: Str, old: Str, new: Option<Str>, ic: bool) -> R<Str> = text_build::replace;
    Insert insert(s: Str, at: i32, part: Str) -> R<Str> = text_build::insert;
    Pad pad(s: Str, width: i32, c: i32, left: bool) -> R<Str> = text_build::pad;
    Align align(s: Str, width: i32) -> R<Str> = text_build::align;
    Repeat repeat(c: i32, count: i32) -> R<Str> = text_build::repeat;
    FromChar from_char(c: i32) -> R<Str> = text_build::from_char;
    FromChars from_chars(list: List) -> R<Str> = text_build::from_chars;
    TitleCase title_case(s: Str) -> R<Str> = case::title;
    RemoveDiacritics remove_diacritics(s: Str) -> R<Str> = latin::remove_diacritics;
    SplitChars split_chars(s: Str, chars: Option<List>, count: i32, options: i32) -> R<List> = text_split::by_chars;
    SplitTexts split_texts(s: Str, texts: List, count: i32, options: i32) -> R<List> = text_split::by_texts;
    // Characters
    CharIs char_is(c: i32, class: i32) -> bool = class::is;
    CharLower char_lower(c: i32) -> i32 = case::char_lower;
    CharUpper char_upper(c: i32) -> i32 = case::char_upper;
    // Numbers
    IntToText int_to_text(value: i64) -> R<Str> = number::int_to_text;
    DoubleToText double_to_text(value: f64) -> R<Str> = number_format::double_to_text;
    BoolToText bool_to_text(value: bool) -> R<Str> = number::bool_to_text;
    FormatInt format_int(value: i64, format: Str, bits: i32) -> R<Str> = number_format::format_int;
    FormatDouble format_double(value: f64, format: Str) -> R<Str> = number_format::format_double;
    ParseInt parse_int(s: Str) -> R<i32> = number_parse::parse_int;
    ParseLong parse_long(s: Str) -> R<Boxed> = number_parse::parse_long;
    ParseDouble parse_double(s: Str) -> R<Boxed> = number_parse::parse_double;
    ParseBool parse_bool(s: Str) -> R<bool> = number_parse::parse_bool;
    TryParse try_parse(s: Option<Str>, kind: i32) -> R<Option<Boxed>> = number_parse::try_parse;
    DoubleToInt double_to_int(value: f64) -> R<i32> = number::double_to_int;
    DoubleToLong double_to_long(value: f64) -> R<Boxed> = number::double_to_long;
    Modulo modulo(a: f64, b: f64) -> f64 = number::modulo;
    Math math(value: f64, digits: i32, op: i32) -> R<Boxed> = math::math;
    // Octets and GUIDs
    OctetsEqual octets_equal(a: Option<Octets>, b: Option<Octets>) -> R<bool> = binary::equal;
    OctetsLength octets_length(o: Octets) -> i32 = binary::length;
    OctetAt octet_at(o: Octets, index: i32) -> R<i32> = binary::at;
    ToBase64 to_base64(o: Octets) -> R<Str> = binary::to_base64;
    FromBase64 from_base64(s: Str) -> R<Octets> = binary::from_base64;
    ToHex to_hex(o: Octets) -> R<Str> = binary::to_hex;
    FromHex from_hex(s: Str) -> R<Octets> = binary::from_hex;
    Encode encode(s: Str, encoding: i32) -> R<Octets> = binary::encode;
    Decode decode(o: Octets, encoding: i32) -> R<Str> = binary::decode;
    GuidFromOctets guid_from_octets(o: Octets) -> R<Octets> = binary::guid_from_octets;
    GuidToOctets guid_to_octets(g: Octets) -> R<Octets> = binary::guid_from_octets;
    GuidParse guid_parse(s: Str) -> R<Octets> = binary::guid_parse;
    GuidTryParse guid_try_parse(s: Option<Str>) -> R<Option<Octets>> = binary::guid_try_parse;
    GuidToText guid_to_text(g: Octets, format: Str) -> R<Str> = binary::guid_to_text;
    SidToText sid_to_text(o: Octets) -> R<Str> = binary::sid_to_text;
    // Lists; `kind` says how elements compare (see `list::Kind`)
    NewList new_list(len: i64) -> R<List> = list::new_list;
    ItemAt item_at(l: List, index: i32, from_end: bool) -> R<u64> = list::item_at;
    BoxedItemAt boxed_item_at(l: List, index: i32, from_end: bool) -> R<Boxed> = list::boxed_item_at;
    ListContains list_contains(l: List, item: u64, kind: i32) -> R<bool> = list::contains;
    ListIndexOf list_index_of(l: List, item: u64, kind: i32) -> R<i32> = list::index_of;
    Distinct distinct(l: List, keys: List, kind: i32) -> R<List> = list::distinct;
    ListConcat list_concat(a: List, b: List) -> R<List> = list::concat;
    Append append(l: List, item: u64, front: bool) -> R<List> = list::append;
    Except except(a: List, b: List, kind: i32, keep: bool) -> R<List> = list::except;
    Reverse reverse(l: List) -> R<List> = list::reverse;
    Skip skip(l: List, count: i32) -> List = list::skip;
    Take take(l: List, count: i32) -> List = list::take;
    SkipLast skip_last(l: List, count: i32) -> List = list::skip_last;
    TakeLast take_last(l: List, count: i32) -> List = list::take_last;
    ListRange list_range(l: List, from: i32, from_end: bool, to: i32, to_end: bool) -> R<List> = list::range;
    SortBy sort_by(l: List, keys: List, kind: i32, descending: bool) -> R<List> = list::sort_by;
    Flatten flatten(l: List) -> R<List> = list::flatten;
    SumInt sum_int(l: List) -> R<i32> = list::sum_int;
    SumLong sum_long(l: List) -> R<Boxed> = list::sum_long;
    SumDouble sum_double(l: List) -> R<Boxed> = list::sum_double;
    Extreme extreme(l: List, kind: i32, max: bool) -> R<Boxed> = list::extreme;
    SequenceEqual sequence_equal(a: List, b: List, kind: i32) -> R<bool> = list::sequence_equal;
    TextList text_list(s: Option<Str>) -> R<List> = list::text_list;
    // Directory helpers
    DnEscape dn_escape(s: Str) -> R<Str> = directory::dn_escape;
    DnRdn dn_rdn(s: Str) -> R<Option<Str>> = directory::dn_rdn;
    DnParent dn_parent(s: Str) -> R<Option<Str>> = directory::dn_parent;
    PrimarySmtp primary_smtp(l: Option<List>) -> R<Option<Str>> = directory::primary_smtp;
    ReplaceDomain replace_domain(s: Str, domain: Str) -> R<Str> = directory::replace_domain;
    // Dates and times; a span is a number of ticks
    DateNew date_new(year: i32, month: i32, day: i32, hour: i32, minute: i32, second: i32, ms: i32) -> R<When> = date::new;
    DateFromTicks date_from_ticks(ticks: i64) -> R<When> = date::from_ticks;
    DateTicks date_ticks(at: When) -> i64 = date::ticks;
    DatePart date_part(at: When, part: i32) -> i32 = date::part;
    DateDate date_date(at: When) -> When = date::date;
    DateTimeOfDay date_time_of_day(at: When) -> i64 = date::time_of_day;
    DateAdd date_add(at: When, ticks: i64) -> R<When> = date::add;
    DateSubtract date_subtract(at: When, ticks: i64) -> R<When> = date::subtract;
    DateAddUnits date_add_units(at: When, value: f64, unit: i64) -> R<When> = date::add_units;
    DateAddMonths date_add_months(at: When, months: i32) -> R<When> = date::add_months;
    DateAddYears date_add_years(at: When, years: i32) -> R<When> = date::add_years;
    DateBetween date_between(later: When, earlier: When) -> i64 = date::between;
    DateCompare date_compare(a: When, b: When) -> i32 = date::compare;
    DateWithKind date_with_kind(at: When, utc: bool) -> When = date::with_kind;
    DateToFileTime date_to_file_time(at: When) -> R<Boxed> = date::to_file_time;
    DateFromFileTime date_from_file_time(ticks: i64) -> R<When> = date::from_file_time;
    DateToUnix date_to_unix(at: When, unit: i64) -> i64 = date::to_unix;
    DateFromUnix date_from_unix(value: i64, unit: i64) -> R<When> = date::from_unix;
    DaysInMonth days_in_month(year: i32, month: i32) -> R<i32> = date::days_in_month;
    IsLeapYear is_leap_year(year: i32) -> R<bool> = date::is_leap;
    DateToText date_to_text(at: When, format: Str) -> R<Str> = date_format::to_text;
    DateParse date_parse(s: Str, styles: i32) -> R<When> = date_parse::parse;
    DateTryParse date_try_parse(s: Option<Str>, styles: i32) -> R<Option<Boxed>> = date_parse::try_parse;
    DateParseExact date_parse_exact(s: Str, formats: List, styles: i32) -> R<When> = date_parse::parse_exact;
    DateTryParseExact date_try_parse_exact(s: Option<Str>, formats: List, styles: i32) -> R<Option<Boxed>> = date_parse::try_parse_exact;
    SpanNew span_new(days: i32, hours: i32, minutes: i32, seconds: i32, ms: i32) -> R<Boxed> = span::new;
    SpanFromUnits span_from_units(value: f64, unit: i64) -> R<Boxed> = span::from_units;
    SpanPart span_part(span: i64, part: i32) -> i32 = span::part;
    SpanTotal span_total(span: i64, unit: i64) -> f64 = span::total;
    SpanAdd span_add(a: i64, b: i64, op: i32) -> R<Boxed> = span::add;
    SpanSign span_sign(span: i64, op: i32) -> R<Boxed> = span::sign;
    SpanToText span_to_text(span: i64, format: Str) -> R<Str> = date_format::span_to_text;
    SpanParse span_parse(s: Str) -> R<Boxed> = span::parse;
    SpanTryParse span_try_parse(s: Option<Str>) -> R<Option<Boxed>> = span::try_parse;
    // Regular expressions; a program is a text that the compiler made
    RegexIsMatch regex_is_match(s: Str, program: Str) -> R<bool> = regex::is_match;
    RegexFirst regex_first(s: Str, program: Str) -> R<List> = regex::first;
    RegexAll regex_all(s: Str, program: Str) -> R<List> = regex::all;
    RegexReplace regex_replace(s: Str, program: Str, with: Str) -> R<Str> = regex::replace;
    RegexSplice regex_splice(s: Str, program: Str, texts: List) -> R<Str> = regex::splice;
    RegexSplit regex_split(s: Str, program: Str) -> R<List> = regex::split;
    RegexGroup regex_group(m: List, number: i32) -> R<List> = regex::one_group;
    RegexValue regex_value(m: List) -> Str = regex::value;
    RegexSuccess regex_success(m: List) -> bool = regex::success;
    RegexIndex regex_index(m: List) -> i32 = regex::index;
    RegexLength regex_length(m: List) -> R<i32> = regex::length;
    RegexEscape regex_escape(s: Str) -> R<Str> = regex::escape;
    // Functions of the `entra` dialect
    EntraLeft entra_left(s: Option<Str>, count: i64) -> R<Str> = entra_text::left;
    EntraRight entra_right(s: Option<Str>, count: i64) -> R<Str> = entra_text::right;
    EntraMid entra_mid(s: Option<Str>, start: i64, count: i64) -> R<Str> = entra_text::mid;
    EntraInStr entra_in_str(s: Option<Str>, part: Option<Str>, start: i64, ic: bool) -> R<i32> = entra_text::in_str;
    EntraInStrRev entra_in_str_rev(s: Option<Str>, part: Option<Str>, start: i64, ic: bool) -> R<i32> = entra_text::in_str_rev;
    EntraStripSpaces entra_strip_spaces(s: Str) -> R<Str> = entra_text::strip_spaces;
    EntraPad entra_pad(s: Option<Str>, width: i64, with: Str, left: bool) -> R<Str> = entra_text::pad;
    EntraProperCase entra_proper_case(s: Str, separators: Str) -> R<Str> = entra_text::proper_case;
    EntraReplaceChars entra_replace_chars(s: Str, table: Str) -> R<Str> = entra_text::replace_chars;
    EntraWord entra_word(s: Option<Str>, number: i64, delimiters: Option<Str>) -> R<Str> = entra_text::word;
    EntraUnescaped entra_unescaped(s: Str) -> R<Str> = entra_text::unescaped;
    EntraDnComponent entra_dn_component(s: Str, number: i64, from_right: bool, skip_dc: bool) -> R<Option<Str>> = directory::dn_component;
    EntraMidOctets entra_mid_octets(o: Octets, start: i64, count: i64) -> R<Octets> = entra_octets::mid;
    EntraConcatOctets entra_concat_octets(a: Option<Octets>, b: Option<Octets>) -> R<Octets> = entra_octets::concat;
    EntraOctetsToNumber entra_octets_to_number(o: Octets) -> R<Boxed> = entra_octets::to_number;
    EntraNumberToOctets entra_number_to_octets(value: i64, count: i64) -> R<Octets> = entra_octets::of_number;
    Sha256 sha256(o: Octets) -> R<Octets> = digest::sha256;
    Sha1 sha1(o: Octets) -> R<Octets> = digest::sha1;
    EntraDateAdd entra_date_add(interval: Str, value: i64, at: When) -> R<When> = entra_dates::add;
    EntraDateDiff entra_date_diff(interval: Str, from: When, to: When) -> R<Boxed> = entra_dates::diff;
    RegexReplaceGroup regex_replace_group(s: Str, program: Str, group: i32, with: Str) -> R<Str> = regex::replace_group;
    CertIs cert_is(o: Option<Octets>) -> R<bool> = certificate::is_certificate;
    CertVersion cert_version(o: Octets) -> R<i32> = certificate::version;
    CertDate cert_date(o: Octets, is_end: bool) -> R<When> = certificate::date;
    CertCriticalExtensions cert_critical_extensions(o: Octets) -> R<List> = certificate::critical_extensions;
    CertPart cert_part(o: Octets, part: i32) -> R<Option<Str>> = certificate::part;
    CertOctets cert_octets(o: Octets) -> R<Octets> = certificate::octets;
    CertNameInfo cert_name_info(o: Octets, kind: i32, of_issuer: bool) -> R<Option<Str>> = certificate::name_info;
    EntraContains entra_contains(values: Option<List>, part: Str, ic: bool, exact: bool) -> R<i32> = entra_text::contains;
    // Decimals, number styles, bases and functions of Math
    DecimalNew decimal_new(low: u64, high: u64) -> R<Dec> = decimal_ops::new;
    DecimalFromLong decimal_from_long(value: i64) -> R<Dec> = decimal_ops::from_long;
    DecimalFromDouble decimal_from_double(value: f64) -> R<Dec> = decimal_ops::from_double;
    DecimalToLong decimal_to_long(d: Dec, rounded: bool) -> R<Boxed> = decimal_ops::to_long;
    DecimalToInt decimal_to_int(d: Dec, rounded: bool) -> R<i32> = decimal_ops::to_int;
    DecimalToDouble decimal_to_double(d: Dec) -> f64 = decimal_ops::to_double;
    DecimalArithmetic decimal_arithmetic(a: Dec, b: Dec, op: i32) -> R<Dec> = decimal_ops::arithmetic;
    DecimalCompare decimal_compare(a: Option<Dec>, b: Option<Dec>) -> R<i32> = decimal_ops::compare;
    DecimalRound decimal_round(d: Dec, places: i32, mode: i32) -> R<Dec> = decimal_ops::round;
    DecimalSign decimal_sign(d: Dec, op: i32) -> R<Dec> = decimal_ops::sign;
    DecimalToText decimal_to_text(d: Dec, format: Str) -> R<Str> = decimal_ops::to_text;
    DecimalParse decimal_parse(s: Str, styles: i32) -> R<Dec> = decimal_ops::parse;
    DecimalTryParse decimal_try_parse(s: Option<Str>, styles: i32) -> R<Option<Dec>> = decimal_ops::try_parse;
    SumDecimal sum_decimal(l: List) -> R<Dec> = decimal_ops::sum;
    ParseStyled parse_styled(s: Str, kind: i32, styles: i32) -> R<Boxed> = number_parse::styled;
    TryParseStyled try_parse_styled(s: Option<Str>, kind: i32, styles: i32) -> R<Option<Boxed>> = number_parse::try_styled;
    FromBase from_base(s: Option<Str>, base: i32, bits: i32) -> R<Boxed> = number_base::from_base;
    ToBase to_base(value: i64, base: i32, bits: i32) -> R<Str> = number_base::to_base;
    MathFunction math_function(x: f64, y: f64, op: i32) -> R<Boxed> = math::function;
    // Draws from a seed
    DrawGuid draw_guid(seed: Octets) -> R<Octets> = draw::guid;
    DrawNumber draw_number(seed: Octets, from: i64, to: i64, included: bool) -> R<Boxed> = draw::number;
    DrawText draw_text(seed: Octets, len: i64, digits: i64, special: i64, capitals: i64, small: i64, avoid: Option<Str>) -> R<Str> = draw::text;
    // Windows of texts, the order of a culture, groups, circles
    IndexIn index_in(s: Str, part: Str, start: i32, count: i32, ic: bool) -> R<i32> = text_find::index_in;
    LastIndexIn last_index_in(s: Str, part: Str, start: i32, count: i32, how: i32) -> R<i32> = text_find::last_index_in;
    AnyIn any_in(s: Str, chars: List, start: i32, count: i32, last: bool) -> R<i32> = text_find::any_in;
    CompareParts compare_parts(a: Option<Str>, at_a: i32, b: Option<Str>, at_b: i32, len: i32, how: i32) -> R<i32> = text_find::compare_parts;
    Collate collate(a: Option<Str>, b: Option<Str>, how: i32) -> R<i32> = collate::compare;
    GroupBy group_by(l: List, keys: List, kind: i32) -> R<List> = list_more::group_by;
    Chunk chunk(l: List, size: i32) -> R<List> = list_more::chunk;
    Numbers numbers(start: i32, count: i32) -> R<List> = list_more::range;
    OctetsToList octets_to_list(o: Octets) -> R<List> = list_more::of_octets;
    ListToOctets list_to_octets(l: List) -> R<Octets> = list_more::to_octets;
    Between between(value: i64, least: i64, most: i64) -> R<Boxed> = list_more::between;
    HexPairs hex_pairs(o: Octets) -> R<Str> = binary::hex_pairs;
    CharCategory char_category(c: i32) -> i32 = class::category_of;
    Normalize normalize(s: Str, composed: bool) -> R<Str> = normal::normalize;
    TitleWords title_words(s: Str) -> R<Str> = case::title_words;
    GuidParseExact guid_parse_exact(s: Str, format: Str) -> R<Octets> = binary::guid_parse_exact;
    Transliterate transliterate(s: Str) -> R<Str> = transliterate::transliterate;
    Circle circle(x: f64, y: f64, op: i32) -> R<Boxed> = trigonometry::function;
    EntraDnEscape entra_dn_escape(s: Str) -> R<Str> = directory::dn_escape_component;
    // What the compiler makes of frequent pairs of calls
    SplitPart split_part(s: Str, separator: i32, number: i32) -> R<Str> = text_split::part;
    ReplaceEach replace_each(list: List, old: Str, new: Option<Str>) -> R<List> = text_build::replace_each;
    // One match after another, exact spans, compatible forms, the rest of Math, characters and GUIDs
    RegexFirstFrom regex_first_from(s: Str, program: Str, start: i32) -> R<List> = regex_more::first_from;
    RegexAllFrom regex_all_from(s: Str, program: Str, start: i32) -> R<List> = regex_more::all_from;
    RegexNext regex_next(m: List) -> R<List> = regex_more::next;
    RegexResult regex_result(m: List, with: Str) -> R<Str> = regex_more::result;
    RegexReplaceSome regex_replace_some(s: Str, program: Str, with: Str, count: i32, start: i32) -> R<Str> = regex_more::replace_some;
    RegexSplitSome regex_split_some(s: Str, program: Str, count: i32) -> R<List> = regex_more::split_some;
    SpanScale span_scale(span: i64, factor: f64, divides: bool) -> R<Boxed> = span_exact::scale;
    SpanParseExact span_parse_exact(s: Str, formats: List, styles: i32) -> R<Boxed> = span_exact::parse_exact;
    SpanTryParseExact span_try_parse_exact(s: Option<Str>, formats: List, styles: i32) -> R<Option<Boxed>> = span_exact::try_parse_exact;
    NormalizeAs normalize_as(s: Str, form: i32) -> R<Str> = normal::normalize_as;
    MathMore math_more(x: f64, y: f64, op: i32) -> R<Boxed> = math_more::function;
    GuidTryParseExact guid_try_parse_exact(s: Option<Str>, format: Str) -> R<Option<Octets>> = binary::guid_try_parse_exact;
    GuidCompare guid_compare(a: Octets, b: Octets) -> R<i32> = binary::guid_compare;
    CharNumericValue char_numeric_value(c: i32) -> f64 = class::numeric_value;
    CodePoint code_point(s: Str, index: i32) -> R<i32> = class::code_point;
    CharTryParse char_try_parse(s: Option<Str>) -> R<Option<Boxed>> = class::try_parse;
    // Tables
    Lookup lookup(table: Str, key: Option<Str>, ic: bool) -> R<Option<Str>> = lookup::lookup;
    // Entra
    EntraTruth entra_truth(s: Str) -> R<bool> = entra_text::truth;
    EntraGuid entra_guid(s: Option<Str>) -> R<Option<Octets>> = entra_octets::guid;
}
