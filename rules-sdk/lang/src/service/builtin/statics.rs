//! Members of types.

use super::Row;

/// Static methods that no signature describes: type, then as the others.
pub(in crate::service) const STATICS: &[(&str, Row)] = &[
    (
        "string",
        (
            "Join",
            "(string separator, List<string> values): string",
            "Texts in one piece with a separator.",
        ),
    ),
    (
        "string",
        (
            "Concat",
            "(string a, string b, …): string",
            "Texts in one piece.",
        ),
    ),
    (
        "string",
        (
            "Format",
            "(string format, …): string",
            "A text with `{0}` holes filled.",
        ),
    ),
    (
        "int",
        ("TryParse", "(string text, out int value): bool", PARSES),
    ),
    (
        "long",
        ("TryParse", "(string text, out long value): bool", PARSES),
    ),
    (
        "double",
        ("TryParse", "(string text, out double value): bool", PARSES),
    ),
    (
        "decimal",
        ("TryParse", "(string text, out decimal value): bool", PARSES),
    ),
    (
        "bool",
        ("TryParse", "(string text, out bool value): bool", PARSES),
    ),
    (
        "byte",
        ("TryParse", "(string text, out int value): bool", PARSES),
    ),
    (
        "sbyte",
        ("TryParse", "(string text, out int value): bool", PARSES),
    ),
    (
        "short",
        ("TryParse", "(string text, out int value): bool", PARSES),
    ),
    (
        "ushort",
        ("TryParse", "(string text, out int value): bool", PARSES),
    ),
    (
        "uint",
        ("TryParse", "(string text, out long value): bool", PARSES),
    ),
    (
        "Guid",
        ("TryParse", "(string text, out Guid value): bool", PARSES),
    ),
    (
        "TimeSpan",
        (
            "TryParse",
            "(string text, out TimeSpan value): bool",
            PARSES,
        ),
    ),
    (
        "DateOnly",
        (
            "TryParse",
            "(string text, out DateOnly value): bool",
            PARSES,
        ),
    ),
    (
        "DateTime",
        (
            "TryParse",
            "(string text, out DateTime value): bool",
            PARSES,
        ),
    ),
    (
        "DateTime",
        (
            "TryParseExact",
            "(string text, string format, CultureInfo provider, DateTimeStyles styles, out DateTime value): bool",
            PARSES,
        ),
    ),
    (
        "decimal",
        (
            "Abs",
            "(decimal value): decimal",
            "The number without its sign.",
        ),
    ),
    ("decimal", ("Sign", "(decimal value): int", "-1, 0 or 1.")),
    (
        "Math",
        ("Min", "(number a, number b): number", "The smaller number."),
    ),
    (
        "Math",
        ("Max", "(number a, number b): number", "The greater number."),
    ),
    (
        "Math",
        (
            "Abs",
            "(number value): number",
            "The number without its sign.",
        ),
    ),
    ("Math", ("Sign", "(number value): int", "-1, 0 or 1.")),
    (
        "Math",
        (
            "Clamp",
            "(number value, number min, number max): number",
            "The nearest number within bounds.",
        ),
    ),
    (
        "Enumerable",
        (
            "Range",
            "(int start, int count): List<int>",
            "Numbers in a row.",
        ),
    ),
    (
        "Enumerable",
        (
            "Repeat",
            "(T item, int count): List<T>",
            "The same element several times.",
        ),
    ),
    (
        "Regex",
        (
            "IsMatch",
            "(string input, string pattern): bool",
            "Whether the pattern is found.",
        ),
    ),
    (
        "Regex",
        (
            "Match",
            "(string input, string pattern): Match",
            "The first place where the pattern is found.",
        ),
    ),
    (
        "Regex",
        (
            "Matches",
            "(string input, string pattern): List<Match>",
            "Every place where the pattern is found.",
        ),
    ),
    (
        "Regex",
        (
            "Replace",
            "(string input, string pattern, string replacement): string",
            "The text with every match replaced.",
        ),
    ),
    (
        "Regex",
        (
            "Split",
            "(string input, string pattern): List<string>",
            "The text, cut at every match.",
        ),
    ),
    (
        "Regex",
        (
            "Escape",
            "(string text): string",
            "A pattern for exactly this text.",
        ),
    ),
];

const PARSES: &str = "Whether the text holds such a value, which goes into the variable.";

/// Static members without parentheses: type, members, what they are; the type of the value if it is another one.
pub(in crate::service) const CONSTANTS: &[(&str, &[&str], &str)] = &[
    ("string", &["Empty"], "string"),
    ("Environment", &["NewLine"], "string"),
    ("Guid", &["Empty"], "Guid"),
    ("int", &["MaxValue", "MinValue"], "int"),
    ("long", &["MaxValue", "MinValue"], "long"),
    (
        "double",
        &[
            "MaxValue",
            "MinValue",
            "Epsilon",
            "PositiveInfinity",
            "NegativeInfinity",
            "NaN",
        ],
        "double",
    ),
    (
        "decimal",
        &["Zero", "One", "MinusOne", "MaxValue", "MinValue"],
        "decimal",
    ),
    ("byte", &["MaxValue", "MinValue"], "int"),
    ("char", &["MaxValue", "MinValue"], "char"),
    ("Math", &["PI", "E"], "double"),
    (
        "DateTime",
        &[
            "UtcNow",
            "Now",
            "Today",
            "MinValue",
            "MaxValue",
            "UnixEpoch",
        ],
        "DateTime",
    ),
    ("DateOnly", &["MinValue", "MaxValue"], "DateOnly"),
    ("TimeSpan", &["Zero", "MinValue", "MaxValue"], "TimeSpan"),
    ("StringComparison", COMPARISONS, "StringComparison"),
    ("StringComparer", COMPARISONS, "StringComparer"),
    (
        "StringSplitOptions",
        &["None", "RemoveEmptyEntries", "TrimEntries"],
        "StringSplitOptions",
    ),
    (
        "MidpointRounding",
        &[
            "ToEven",
            "AwayFromZero",
            "ToZero",
            "ToNegativeInfinity",
            "ToPositiveInfinity",
        ],
        "MidpointRounding",
    ),
    (
        "NumberStyles",
        &[
            "None",
            "AllowLeadingWhite",
            "AllowTrailingWhite",
            "AllowLeadingSign",
            "Integer",
            "AllowTrailingSign",
            "AllowParentheses",
            "AllowDecimalPoint",
            "AllowThousands",
            "Number",
            "AllowExponent",
            "Float",
            "Any",
            "AllowHexSpecifier",
            "HexNumber",
        ],
        "NumberStyles",
    ),
    (
        "NormalizationForm",
        &["FormC", "FormD"],
        "NormalizationForm",
    ),
    (
        "DateTimeStyles",
        &[
            "None",
            "AllowWhiteSpaces",
            "AdjustToUniversal",
            "AssumeLocal",
            "AssumeUniversal",
            "RoundtripKind",
        ],
        "DateTimeStyles",
    ),
    (
        "RegexOptions",
        &[
            "None",
            "IgnoreCase",
            "Multiline",
            "ExplicitCapture",
            "Singleline",
            "IgnorePatternWhitespace",
        ],
        "RegexOptions",
    ),
    ("CultureInfo", &["InvariantCulture"], "CultureInfo"),
    ("Encoding", &["UTF8", "Unicode", "ASCII"], "Encoding"),
    ("Random", &["Shared"], "Random"),
];

const COMPARISONS: &[&str] = &[
    "Ordinal",
    "OrdinalIgnoreCase",
    "InvariantCulture",
    "InvariantCultureIgnoreCase",
    "CurrentCulture",
    "CurrentCultureIgnoreCase",
];
