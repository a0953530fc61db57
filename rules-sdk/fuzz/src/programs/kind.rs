//! What an expression gives, as the generator sees it.

/// The types between which the generator moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `string`
    Text,
    /// `string?`
    Maybe,
    /// `int`
    Int,
    /// `long`
    Long,
    /// `double`
    Double,
    /// `decimal`
    Decimal,
    /// `bool`
    Bool,
    /// `char`
    Char,
    /// `Guid`
    Guid,
    /// `byte[]`
    Octets,
    /// `DateTime`
    Date,
    /// `TimeSpan`
    Span,
    /// `DateOnly`
    Day,
    /// `List<string>`
    Texts,
    /// `List<char>`
    Chars,
    /// `List<int>`
    Ints,
    /// `Match`
    Match,
    /// `List<Match>`
    Matches,
    /// A member of an enumeration.
    Enum(&'static str),
}

impl Kind {
    /// The type of a signature.
    pub fn of(text: &'static str) -> Self {
        match text {
            "string" => Self::Text,
            "string?" => Self::Maybe,
            "int" | "int?" => Self::Int,
            "long" | "long?" => Self::Long,
            "double" | "double?" => Self::Double,
            "decimal" | "decimal?" => Self::Decimal,
            "bool" | "bool?" => Self::Bool,
            "char" | "char?" => Self::Char,
            "Guid" | "Guid?" => Self::Guid,
            "byte[]" | "byte[]?" => Self::Octets,
            "DateTime" | "DateTime?" => Self::Date,
            "TimeSpan" | "TimeSpan?" => Self::Span,
            "DateOnly" | "DateOnly?" => Self::Day,
            "List<string>" | "List<string>?" | "string[]" => Self::Texts,
            "List<char>" | "char[]" => Self::Chars,
            "List<int>" => Self::Ints,
            "Match" => Self::Match,
            "List<Match>" => Self::Matches,
            other => Self::Enum(other.trim_end_matches('?')),
        }
    }
}

/// The members of an enumeration; none of one that the generator does not know.
pub fn members(name: &str) -> &'static [&'static str] {
    match name {
        "StringComparison" | "StringComparer" => &[
            "Ordinal",
            "OrdinalIgnoreCase",
            "InvariantCulture",
            "InvariantCultureIgnoreCase",
            "CurrentCultureIgnoreCase",
        ],
        "StringSplitOptions" => &["None", "RemoveEmptyEntries", "TrimEntries"],
        "MidpointRounding" => &[
            "ToEven",
            "AwayFromZero",
            "ToZero",
            "ToNegativeInfinity",
            "ToPositiveInfinity",
        ],
        "NumberStyles" => &[
            "Any",
            "Integer",
            "Number",
            "Float",
            "Currency",
            "HexNumber",
            "None",
        ],
        "UnicodeCategory" => &["UppercaseLetter", "OtherSymbol"],
        "NormalizationForm" => &["FormC", "FormD"],
        "DayOfWeek" => &["Sunday", "Wednesday"],
        "DateTimeKind" => &["Utc", "Unspecified"],
        "DateTimeStyles" => &[
            "None",
            "AssumeUniversal",
            "AdjustToUniversal",
            "AllowWhiteSpaces",
            "NoCurrentDateDefault",
        ],
        "CultureInfo" => &["InvariantCulture"],
        "RegexOptions" => &[
            "None",
            "IgnoreCase",
            "Multiline",
            "Singleline",
            "ExplicitCapture",
        ],
        "vbCompare" => &["vbBinaryCompare", "vbTextCompare"],
        "EntraEncoding" => &["Unicode", "UTF8", "ASCII"],
        "X509NameType" => &["SimpleName", "EmailName", "UpnName", "DnsName", "UrlName"],
        _ => &[],
    }
}
