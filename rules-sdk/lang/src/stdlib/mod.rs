//! The library of the language: one file per function or tight family, and the registry the checker asks.
//!
//! Invariants: a function is described once: signature, errors, cost and examples stand together, the reference is
//! generated from them and every example runs as a test in both evaluators; names follow .NET where .NET has them.

mod char_classes;
mod chars;
mod circles;
mod comparisons;
mod convert;
mod convert_numbers;
pub(crate) mod date_only;
mod dates;
mod decimals;
mod directory;
mod encoding;
mod entra_certificates;
mod entra_convert;
mod entra_dates;
mod entra_provisioning;
mod entra_text;
mod entra_values;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod forms;
mod guid;
mod lists;
mod math;
pub(crate) mod narrow_numbers;
mod number_formats;
mod numbers;
mod regexes;
mod remove_diacritics;
mod run;
mod signature;
pub(crate) mod spans;
mod text_build;
mod text_case;
mod text_compare;
mod text_search;
mod text_slice;
mod text_split;
mod text_static;
mod text_trim;
mod transliterate;

pub(crate) use entra_dates::PROVISIONING_DATE;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use syncline_model::rules::{Dialect, ErrorKind};
use syncline_rules_guest::Fn;

use crate::ir::{Ir, Site};
use crate::types::{Base, Ty};

/// How a call becomes IR.
#[derive(Clone, Copy)]
pub(crate) enum Lower {
    /// The runtime function with the arguments as they are.
    Rt(Fn),
    /// The runtime function with constants after the arguments.
    Then(Fn, &'static [i64]),
    /// The runtime function, characters turned into texts, with constants after the arguments.
    Chars(Fn, &'static [i64]),
    /// What the checker does by itself, because types depend on constants.
    Checker,
    /// Something with the seed of a draw in front.
    Drawn(fn(Ir, Vec<Ir>, Site) -> Ir),
    /// Something else.
    With(fn(Vec<Ir>, Site) -> Ir),
}

/// One overload as its file writes it.
pub(crate) struct Overload {
    /// `string.Substring(int startIndex, int length): string`; `static` or `helper` in front.
    pub signature: &'static str,
    /// How it is called.
    pub lower: Lower,
    /// What it may fail with, apart from absent arguments and the budget.
    pub errors: &'static [ErrorKind],
}

impl Overload {
    pub(crate) const fn of(
        signature: &'static str,
        lower: Lower,
        errors: &'static [ErrorKind],
    ) -> Self {
        Self {
            signature,
            lower,
            errors,
        }
    }

    /// One that cannot fail.
    pub(crate) const fn sure(signature: &'static str, lower: Lower) -> Self {
        Self::of(signature, lower, &[])
    }
}

/// One example: source, input as JSON, and the answer: a JSON value, or `error:kind`.
pub struct Example {
    /// The expression.
    pub expr: &'static str,
    /// The attributes.
    pub input: &'static str,
    /// What comes out.
    pub result: &'static str,
}

impl Example {
    /// Without attributes.
    const fn of(expr: &'static str, result: &'static str) -> Self {
        Self::with(expr, "{}", result)
    }

    const fn with(expr: &'static str, input: &'static str, result: &'static str) -> Self {
        Self {
            expr,
            input,
            result,
        }
    }
}

/// One entry of the library.
pub struct Entry {
    /// What it does, in one line.
    pub summary: &'static str,
    /// What it costs, in words.
    pub cost: &'static str,
    /// How to avoid its errors.
    pub advice: &'static str,
    pub(crate) overloads: &'static [Overload],
    /// Examples, at least one with an empty or missing value.
    pub examples: &'static [Example],
}

impl Entry {
    /// What its examples are written in.
    pub fn dialect(&self) -> Dialect {
        let is_entra = |o: &Overload| o.signature.starts_with("entra ");
        match self.overloads.iter().any(is_entra) {
            true => Dialect::Entra,
            false => Dialect::Csharp,
        }
    }

    /// What it may fail with.
    pub fn errors(&self) -> Vec<ErrorKind> {
        let mut kinds: Vec<ErrorKind> = Vec::new();
        for kind in self.overloads.iter().flat_map(|o| o.errors) {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
        kinds
    }

    /// The signatures, for the reference.
    pub fn signatures(&self) -> impl Iterator<Item = &'static str> {
        self.overloads.iter().map(|o| o.signature)
    }
}

/// A parameter.
pub(crate) struct Param {
    pub ty: Ty,
    pub default: Option<i64>,
    /// Takes the rest of the arguments.
    pub array: bool,
}

/// An overload, understood.
pub(crate) struct Function {
    pub signature: &'static str,
    pub params: Vec<Param>,
    pub returns: Ty,
    pub lower: Lower,
    pub errors: &'static [ErrorKind],
    pub advice: &'static str,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments.
    pub most: usize,
    /// 1 for a method on a value, else 0.
    pub receivers: usize,
}

/// Every entry, in the order of the reference.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        text_case::ENTRIES,
        text_search::ENTRIES,
        text_slice::ENTRIES,
        text_trim::ENTRIES,
        text_build::ENTRIES,
        text_split::ENTRIES,
        text_static::ENTRIES,
        text_compare::ENTRIES,
        chars::ENTRIES,
        numbers::ENTRIES,
        number_formats::ENTRIES,
        decimals::ENTRIES,
        math::ENTRIES,
        circles::ENTRIES,
        narrow_numbers::ENTRIES,
        comparisons::ENTRIES,
        char_classes::ENTRIES,
        transliterate::ENTRIES,
        convert_numbers::ENTRIES,
        convert::ENTRIES,
        encoding::ENTRIES,
        guid::ENTRIES,
        dates::ENTRIES,
        date_only::ENTRIES,
        spans::ENTRIES,
        regexes::ENTRIES,
        directory::ENTRIES,
        remove_diacritics::ENTRIES,
        lists::ENTRIES,
        entra_text::ENTRIES,
        entra_values::ENTRIES,
        entra_provisioning::ENTRIES,
        entra_convert::ENTRIES,
        entra_dates::ENTRIES,
        entra_certificates::ENTRIES,
        run::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

/// Where functions are found.
#[derive(Default)]
struct Registry {
    /// (type, name) of methods on values.
    instance: BTreeMap<(&'static str, &'static str), Vec<Function>>,
    /// (type, name) of properties.
    properties: BTreeMap<(&'static str, &'static str), Vec<Function>>,
    /// (type, name) of static methods.
    statics: BTreeMap<(&'static str, &'static str), Vec<Function>>,
    /// Our own functions, called with or without a receiver.
    helpers: BTreeMap<&'static str, Vec<Function>>,
    /// The functions of the `entra` dialect.
    entra: BTreeMap<&'static str, Vec<Function>>,
}

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let mut registry = Registry::default();
    for entry in entries() {
        for overload in entry.overloads {
            let parsed = signature::parse(overload, entry.advice);
            match parsed.form {
                signature::Form::Instance => registry.instance.entry((parsed.owner, parsed.name)),
                signature::Form::Property => registry.properties.entry((parsed.owner, parsed.name)),
                signature::Form::Static => registry.statics.entry((parsed.owner, parsed.name)),
                signature::Form::Helper | signature::Form::Entra => {
                    let functions = match parsed.form {
                        signature::Form::Entra => &mut registry.entra,
                        _ => &mut registry.helpers,
                    };
                    let functions = functions.entry(parsed.name).or_default();
                    functions.push(parsed.function);
                    continue;
                }
            }
            .or_default()
            .push(parsed.function);
        }
    }
    registry
});

/// The runtime functions that always give an address: texts, octets and lists that are never absent.
pub(crate) fn never_null() -> &'static BTreeSet<Fn> {
    static NEVER: LazyLock<BTreeSet<Fn>> = LazyLock::new(|| {
        let (mut never, mut may) = (BTreeSet::new(), BTreeSet::new());
        let registry = &*REGISTRY;
        let methods = [&registry.instance, &registry.properties, &registry.statics];
        let named = [&registry.helpers, &registry.entra];
        let methods = methods.into_iter().flat_map(|map| map.values());
        let named = named.into_iter().flat_map(|map| map.values());
        for function in methods.chain(named).flatten() {
            let (Lower::Rt(f) | Lower::Then(f, _) | Lower::Chars(f, _)) = function.lower else {
                continue;
            };
            let is_address = !function.returns.base.is_word();
            let set = match is_address && !function.returns.nullable {
                true => &mut never,
                false => &mut may,
            };
            set.insert(f);
        }
        never.retain(|f| !may.contains(f));
        never
    });
    &NEVER
}

fn owner(base: &Base) -> &'static str {
    match base {
        Base::String | Base::Reference => "string",
        Base::Int => "int",
        Base::Long => "long",
        Base::Double => "double",
        Base::Decimal => "decimal",
        Base::Bool => "bool",
        Base::Char => "char",
        Base::Guid => "Guid",
        Base::Binary => "byte[]",
        Base::Date => "DateTime",
        Base::Span => "TimeSpan",
        Base::Day => "DateOnly",
        Base::Match(_) | Base::Group => "Match",
        Base::Enum(name) => name,
        _ => "",
    }
}

/// Methods of a value.
pub(crate) fn instance(base: &Base, name: &str) -> Vec<&'static Function> {
    let owner = owner(base);
    REGISTRY
        .instance
        .iter()
        .filter(|((o, n), _)| *o == owner && *n == name)
        .flat_map(|(_, f)| f)
        .collect()
}

/// A property of a value.
pub(crate) fn property(base: &Base, name: &str) -> Option<&'static Function> {
    let owner = owner(base);
    let found = REGISTRY
        .properties
        .iter()
        .find(|((o, n), _)| *o == owner && *n == name);
    found.and_then(|(_, functions)| functions.first())
}

/// The names of the properties of a value.
pub(crate) fn property_names(base: &Base) -> Vec<&'static str> {
    let owner = owner(base);
    REGISTRY
        .properties
        .keys()
        .filter(|(o, _)| *o == owner)
        .map(|(_, n)| *n)
        .collect()
}

/// Static methods of a type.
pub(crate) fn statics(owner: &str, name: &str) -> Vec<&'static Function> {
    REGISTRY
        .statics
        .iter()
        .filter(|((o, n), _)| *o == owner && *n == name)
        .flat_map(|(_, f)| f)
        .collect()
}

/// Our own functions.
pub(crate) fn helpers(name: &str) -> Vec<&'static Function> {
    REGISTRY.helpers.get(name).into_iter().flatten().collect()
}

/// The functions of the `entra` dialect.
pub(crate) fn entra(name: &str) -> Vec<&'static Function> {
    REGISTRY.entra.get(name).into_iter().flatten().collect()
}

/// The names of the functions of the `entra` dialect.
pub(crate) fn entra_names() -> impl Iterator<Item = &'static str> {
    REGISTRY.entra.keys().copied()
}

/// The names of the methods of a value.
pub(crate) fn instance_names(base: &Base) -> Vec<&'static str> {
    let owner = owner(base);
    REGISTRY
        .instance
        .keys()
        .filter(|(o, _)| *o == owner)
        .map(|(_, n)| *n)
        .collect()
}

/// The names of the static methods of a type.
pub(crate) fn static_names(owner: &str) -> Vec<&'static str> {
    let special: &[&'static str] = match owner {
        "string" => &["Join", "Concat", "Format", "Empty"],
        "int" | "long" | "double" | "decimal" => {
            &["TryParse", "Min", "Max", "Abs", "Sign", "Clamp"]
        }
        "bool" | "char" | "byte" | "sbyte" | "short" | "ushort" | "uint" => &["TryParse"],
        "DateTime" | "DateOnly" | "Guid" | "TimeSpan" => &["TryParse", "TryParseExact"],
        "Enumerable" => &["Range", "Repeat", "Empty"],
        "Math" => &["Min", "Max", "Abs", "Sign", "Clamp"],
        _ => &[],
    };
    REGISTRY
        .statics
        .keys()
        .filter(|(o, _)| *o == owner)
        .map(|(_, n)| *n)
        .chain(special.iter().copied())
        .collect()
}

/// The names of our own functions.
pub(crate) fn helper_names() -> Vec<&'static str> {
    REGISTRY
        .helpers
        .keys()
        .copied()
        .chain(["Coalesce", "Lookup"])
        .collect()
}

/// The canonical spelling of a type that has static members.
pub(crate) fn type_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "string" | "String" => "string",
        "int" | "Int32" => "int",
        "long" | "Int64" => "long",
        "double" | "Double" => "double",
        "decimal" | "Decimal" => "decimal",
        "bool" | "Boolean" => "bool",
        "char" | "Char" => "char",
        "Guid" => "Guid",
        "Random" => "Random",
        "byte" | "Byte" => "byte",
        "sbyte" | "SByte" => "sbyte",
        "short" | "Int16" => "short",
        "ushort" | "UInt16" => "ushort",
        "uint" | "UInt32" => "uint",
        "Math" => "Math",
        "Enumerable" => "Enumerable",
        "UnicodeCategory" => "UnicodeCategory",
        "CharUnicodeInfo" => "char",
        "NormalizationForm" => "NormalizationForm",
        "BitConverter" => "BitConverter",
        "Convert" => "Convert",
        "Dn" => "Dn",
        "Sid" => "Sid",
        "Bits" => "Bits",
        "Environment" => "Environment",
        "Encoding" => "Encoding",
        "StringComparison" => "StringComparison",
        "StringComparer" => "StringComparer",
        "StringSplitOptions" => "StringSplitOptions",
        "MidpointRounding" => "MidpointRounding",
        // Every offset is zero here.
        "DateTime" | "DateTimeOffset" => "DateTime",
        "DateOnly" => "DateOnly",
        "TimeOnly" => "TimeOnly",
        "TimeSpan" => "TimeSpan",
        "TimeSpanStyles" => "TimeSpanStyles",
        "DayOfWeek" => "DayOfWeek",
        "DateTimeKind" => "DateTimeKind",
        "DateTimeStyles" => "DateTimeStyles",
        "NumberStyles" => "NumberStyles",
        "CultureInfo" | "NumberFormatInfo" => "CultureInfo",
        "Regex" => "Regex",
        "RegexOptions" => "RegexOptions",
        "vbCompare" => "vbCompare",
        "EntraEncoding" => "EntraEncoding",
        "X509NameType" => "X509NameType",
        _ => return None,
    })
}

/// Is this the name of a type?
pub(crate) fn is_type(name: &str) -> bool {
    type_name(name).is_some()
}

/// The number of an enumeration's member, as the runtime takes it.
pub(crate) fn enum_member(owner: &str, name: &str) -> Option<i64> {
    Some(match (owner, name) {
        ("StringComparison" | "StringComparer", name) => return position(&COMPARISONS, name),
        ("StringSplitOptions", "None") => 0,
        ("StringSplitOptions", "RemoveEmptyEntries") => 1,
        ("StringSplitOptions", "TrimEntries") => 2,
        ("MidpointRounding", "ToEven") => 3,
        ("MidpointRounding", "AwayFromZero") => 4,
        ("MidpointRounding", "ToZero") => 6,
        ("MidpointRounding", "ToNegativeInfinity") => 7,
        ("MidpointRounding", "ToPositiveInfinity") => 8,
        ("NumberStyles", name) => return numbers::style(name),
        ("UnicodeCategory", name) => return position(&CATEGORIES, name),
        ("NormalizationForm", "FormC") => 1,
        ("NormalizationForm", "FormD") => 0,
        ("NormalizationForm", "FormKC") => 3,
        ("NormalizationForm", "FormKD") => 2,
        ("DayOfWeek", name) => return position(&DAYS_OF_WEEK, name),
        // Midnight is the only time without a day.
        ("TimeOnly", "MinValue") => 0,
        ("TimeSpanStyles", "None") => 0,
        ("TimeSpanStyles", "AssumeNegative") => 1,
        ("DateTimeKind", name) => return position(&KINDS, name),
        ("DateTimeStyles", "None") => 0,
        ("DateTimeStyles", "AllowLeadingWhite") => 1,
        ("DateTimeStyles", "AllowTrailingWhite") => 2,
        ("DateTimeStyles", "AllowInnerWhite") => 4,
        ("DateTimeStyles", "AllowWhiteSpaces") => 7,
        ("DateTimeStyles", "NoCurrentDateDefault") => 8,
        ("DateTimeStyles", "AdjustToUniversal") => 16,
        ("DateTimeStyles", "AssumeLocal") => 32,
        ("DateTimeStyles", "AssumeUniversal") => 64,
        ("DateTimeStyles", "RoundtripKind") => 128,
        ("RegexOptions", "None" | "Compiled" | "CultureInvariant" | "NonBacktracking") => 0,
        ("RegexOptions", "IgnoreCase") => 1,
        ("RegexOptions", "Multiline") => 2,
        ("RegexOptions", "ExplicitCapture") => 4,
        ("RegexOptions", "Singleline") => 16,
        ("RegexOptions", "IgnorePatternWhitespace") => 32,
        ("RegexOptions", "RightToLeft") => 64,
        ("RegexOptions", "ECMAScript") => 256,
        ("vbCompare", "vbBinaryCompare" | "CaseSensitive") => 0,
        ("vbCompare", "vbTextCompare" | "CaseInsensitive") => 1,
        ("X509NameType", name) => return position(&NAME_TYPES, name),
        ("EntraEncoding", "UTF8") => 0,
        ("EntraEncoding", "Unicode") => 1,
        ("EntraEncoding", "ASCII") => 2,
        (
            "CultureInfo",
            "InvariantCulture" | "CurrentCulture" | "InvariantInfo" | "CurrentInfo",
        ) => 0,
        _ => return None,
    })
}

const DAYS_OF_WEEK: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
/// Even ones see case; the first four order texts as a culture does.
const COMPARISONS: [&str; 6] = [
    "CurrentCulture",
    "CurrentCultureIgnoreCase",
    "InvariantCulture",
    "InvariantCultureIgnoreCase",
    "Ordinal",
    "OrdinalIgnoreCase",
];
const KINDS: [&str; 3] = ["Unspecified", "Utc", "Local"];

const CATEGORIES: [&str; 30] = [
    "UppercaseLetter",
    "LowercaseLetter",
    "TitlecaseLetter",
    "ModifierLetter",
    "OtherLetter",
    "NonSpacingMark",
    "SpacingCombiningMark",
    "EnclosingMark",
    "DecimalDigitNumber",
    "LetterNumber",
    "OtherNumber",
    "SpaceSeparator",
    "LineSeparator",
    "ParagraphSeparator",
    "Control",
    "Format",
    "Surrogate",
    "PrivateUse",
    "ConnectorPunctuation",
    "DashPunctuation",
    "OpenPunctuation",
    "ClosePunctuation",
    "InitialQuotePunctuation",
    "FinalQuotePunctuation",
    "OtherPunctuation",
    "MathSymbol",
    "CurrencySymbol",
    "ModifierSymbol",
    "OtherSymbol",
    "OtherNotAssigned",
];

const NAME_TYPES: [&str; 6] = [
    "SimpleName",
    "EmailName",
    "UpnName",
    "DnsName",
    "DnsFromAlternativeName",
    "UrlName",
];

/// The enumeration of the `entra` dialect that has this member.
pub(crate) fn entra_enum(member: &str) -> Option<&'static str> {
    const ENUMS: [&str; 3] = ["vbCompare", "EntraEncoding", "X509NameType"];
    ENUMS
        .into_iter()
        .find(|owner| enum_member(owner, member).is_some())
}

/// The names of an enumeration whose members print as their names, in the order of their numbers.
pub(crate) fn enum_names(owner: &str) -> Option<&'static [&'static str]> {
    match owner {
        "DayOfWeek" => Some(&DAYS_OF_WEEK),
        "DateTimeKind" => Some(&KINDS),
        "UnicodeCategory" => Some(&CATEGORIES),
        _ => None,
    }
}

fn position(names: &[&str], name: &str) -> Option<i64> {
    let found = names.iter().position(|n| *n == name)?;
    i64::try_from(found).ok()
}

/// The entry that documents a signature.
pub(crate) fn entry_of(signature: &str) -> Option<&'static Entry> {
    static ENTRIES: LazyLock<BTreeMap<&'static str, &'static Entry>> = LazyLock::new(|| {
        let signatures = entries().flat_map(|entry| entry.signatures().map(move |s| (s, entry)));
        signatures.collect()
    });
    ENTRIES.get(signature).copied()
}
