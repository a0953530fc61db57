//! Functions that are called without a receiver.

use super::Row;

/// Functions of both dialects that no signature describes.
pub(in crate::service) const FUNCTIONS: &[Row] = &[
    (
        "Coalesce",
        "(value, default, …): value",
        "The first value that there is.",
    ),
    (
        "Lookup",
        "(string table, string? key): string?",
        "The value of a key in a lookup table, which a literal names; nothing where the table does not have the key.",
    ),
    ("IsNull", "(value): bool", "Whether there is no value."),
    (
        "IsEmpty",
        "(value): bool",
        "Whether there is a value, and it is empty.",
    ),
    (
        "IsNullOrEmpty",
        "(value): bool",
        "Whether there is no value, or an empty one.",
    ),
    ("IsString", "(value): bool", "Whether the value is a text."),
    ("Not", "(value): bool", "The opposite."),
    ("CRef", "(string text): reference", "A text as a reference."),
    (
        "Replace",
        "(string text, string old, string new): string",
        "The text with every occurrence replaced.",
    ),
    (
        "Join",
        "(string separator, value, …): string",
        "Texts in one piece with a separator; or a list and its separator.",
    ),
    ("Error", "(string message): never", "Refuses the object."),
    (
        "Switch",
        "(condition, value, …): value",
        "The value behind the first condition that holds; or by the values of a text: text, default, key, value, …",
    ),
    (
        "ImportedValue",
        "(\"attribute\"): value",
        "The attribute as it was imported and confirmed.",
    ),
    (
        "ValueCount",
        "(\"attribute\"): long",
        "How many values an attribute has.",
    ),
    ("Count", "(list): long", "How many values there are."),
    (
        "Item",
        "(list, long index): value",
        "One value of a list, from 1 on; fails where there is none.",
    ),
    (
        "ItemOrNull",
        "(list, long index): value?",
        "One value of a list, from 1 on, or no value.",
    ),
    (
        "CBool",
        "(value): bool",
        "A number or a text as a truth value.",
    ),
    ("CStr", "(value): string", "The value as text."),
    ("CNum", "(string text): long", "The text as a number."),
    (
        "BitAnd",
        "(long a, long b): long",
        "The bits that both have.",
    ),
    (
        "BitOr",
        "(long a, long b): long",
        "The bits that one of them has.",
    ),
    (
        "IsBitSet",
        "(long value, long flag): bool",
        "Whether a bit is set.",
    ),
    (
        "IgnoreFlowIfNullOrEmpty",
        "(value): value",
        "The value; where there is none, the target stays as it is.",
    ),
    ("Redact", "(value): value", "The value itself."),
];

/// What the parser of the `entra` dialect knows.
pub(in crate::service) const OF_ENTRA: &[Row] = &[
    (
        "IIF",
        "(condition, value, value): value",
        "One of two values.",
    ),
    (
        "Select",
        "($item, list, expression): list",
        "What becomes of each value.",
    ),
    (
        "Where",
        "($item, list, condition): list",
        "The values that pass.",
    ),
    (
        "With",
        "($name, value, expression): value",
        "An expression with a name for a value.",
    ),
];
