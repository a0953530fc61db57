//! Methods of lists and of patterns.

use super::Row;

/// Methods of lists, and of texts as lists of characters.
pub(in crate::service) const OF_LISTS: &[Row] = &[
    (
        "Aggregate",
        "(T seed, (total, x) => T): T",
        "One value out of all elements, from left to right.",
    ),
    ("All", "(x => bool): bool", "Whether every element passes."),
    (
        "Any",
        "(x => bool): bool",
        "Whether there is an element, or one that passes.",
    ),
    (
        "Append",
        "(T item): List<T>",
        "The list with one more element at its end.",
    ),
    ("AsEnumerable", "(): List<T>", "The list itself."),
    ("Average", "(x => number): double", "The average."),
    ("Cast", "(): List<T>", "The list itself."),
    (
        "Chunk",
        "(int size): List<List<T>>",
        "The list in pieces of a size.",
    ),
    (
        "Concat",
        "(List<T> other): List<T>",
        "Both lists, one behind the other.",
    ),
    (
        "Contains",
        "(T item): bool",
        "Whether the element is there.",
    ),
    (
        "ConvertAll",
        "(x => U): List<U>",
        "What becomes of each element.",
    ),
    (
        "Count",
        "(x => bool): int",
        "How many elements there are, or how many pass.",
    ),
    (
        "DefaultIfEmpty",
        "(T item): List<T>",
        "The list, or one with this element where it is empty.",
    ),
    (
        "Distinct",
        "(): List<T>",
        "The elements without repetitions.",
    ),
    (
        "DistinctBy",
        "(x => key): List<T>",
        "The first element of each key.",
    ),
    (
        "ElementAt",
        "(int index): T",
        "The element at a place; fails where there is none.",
    ),
    (
        "ElementAtOrDefault",
        "(int index): T?",
        "The element at a place, or no value.",
    ),
    (
        "Except",
        "(List<T> other): List<T>",
        "The elements that the other list does not have.",
    ),
    ("Exists", "(x => bool): bool", "Whether an element passes."),
    (
        "Find",
        "(x => bool): T?",
        "The first element that passes, or no value.",
    ),
    ("FindAll", "(x => bool): List<T>", "The elements that pass."),
    (
        "FindIndex",
        "(x => bool): int",
        "The place of the first element that passes, or -1.",
    ),
    (
        "FindLast",
        "(x => bool): T?",
        "The last element that passes, or no value.",
    ),
    (
        "FindLastIndex",
        "(x => bool): int",
        "The place of the last element that passes, or -1.",
    ),
    (
        "First",
        "(x => bool): T",
        "The first element, or the first that passes; fails where there is none.",
    ),
    (
        "FirstOrDefault",
        "(x => bool): T?",
        "The first element, or the first that passes, or no value.",
    ),
    (
        "GetRange",
        "(int index, int count): List<T>",
        "A part of the list; fails where it ends before.",
    ),
    (
        "GroupBy",
        "(x => key): List<IGrouping>",
        "The elements by a key: groups with `Key`.",
    ),
    (
        "IndexOf",
        "(T item): int",
        "The place of the element, or -1.",
    ),
    (
        "Intersect",
        "(List<T> other): List<T>",
        "The elements that both lists have.",
    ),
    (
        "Last",
        "(x => bool): T",
        "The last element, or the last that passes; fails where there is none.",
    ),
    (
        "LastIndexOf",
        "(T item): int",
        "The last place of the element, or -1.",
    ),
    (
        "LastOrDefault",
        "(x => bool): T?",
        "The last element, or the last that passes, or no value.",
    ),
    (
        "LongCount",
        "(x => bool): long",
        "How many elements there are, or how many pass.",
    ),
    (
        "Max",
        "(x => value): T",
        "The greatest element, or what it becomes.",
    ),
    (
        "MaxBy",
        "(x => key): T?",
        "The element with the greatest key.",
    ),
    (
        "Min",
        "(x => value): T",
        "The smallest element, or what it becomes.",
    ),
    (
        "MinBy",
        "(x => key): T?",
        "The element with the smallest key.",
    ),
    ("OfType", "(): List<T>", "The list itself."),
    ("Order", "(): List<T>", "The elements in order."),
    (
        "OrderBy",
        "(x => key): List<T>",
        "The elements in the order of a key.",
    ),
    (
        "OrderByDescending",
        "(x => key): List<T>",
        "The elements in the order of a key, the greatest first.",
    ),
    (
        "OrderDescending",
        "(): List<T>",
        "The elements in order, the greatest first.",
    ),
    (
        "Prepend",
        "(T item): List<T>",
        "The list with one more element at its beginning.",
    ),
    (
        "Reverse",
        "(): List<T>",
        "The elements from the last to the first.",
    ),
    (
        "Select",
        "(x => U): List<U>",
        "What becomes of each element.",
    ),
    (
        "SelectMany",
        "(x => List<U>): List<U>",
        "The lists that the elements become, as one list.",
    ),
    (
        "SequenceEqual",
        "(List<T> other): bool",
        "Whether both lists have the same elements in the same order.",
    ),
    (
        "Single",
        "(x => bool): T",
        "The only element; fails where there is none, or another one.",
    ),
    (
        "SingleOrDefault",
        "(x => bool): T?",
        "The only element, or no value; fails where there is another one.",
    ),
    (
        "Skip",
        "(int count): List<T>",
        "The list without its first elements.",
    ),
    (
        "SkipLast",
        "(int count): List<T>",
        "The list without its last elements.",
    ),
    (
        "SkipWhile",
        "(x => bool): List<T>",
        "The list from the first element on that does not pass.",
    ),
    ("Sum", "(x => number): number", "The sum."),
    ("Take", "(int count): List<T>", "The first elements."),
    ("TakeLast", "(int count): List<T>", "The last elements."),
    (
        "TakeWhile",
        "(x => bool): List<T>",
        "The elements before the first that does not pass.",
    ),
    (
        "ThenBy",
        "(x => key): List<T>",
        "A second key for what has the same order.",
    ),
    (
        "ThenByDescending",
        "(x => key): List<T>",
        "A second key, the greatest first.",
    ),
    ("ToArray", "(): List<T>", "The list itself."),
    (
        "ToHashSet",
        "(): List<T>",
        "The elements without repetitions.",
    ),
    ("ToList", "(): List<T>", "The list itself."),
    (
        "TrueForAll",
        "(x => bool): bool",
        "Whether every element passes.",
    ),
    (
        "Union",
        "(List<T> other): List<T>",
        "The elements of both lists without repetitions.",
    ),
    (
        "Where",
        "(x => bool): List<T>",
        "The elements that pass a test.",
    ),
    (
        "Zip",
        "(List<U> other, (x, y) => V): List<V>",
        "What becomes of pairs of elements.",
    ),
];

/// Methods of C# that rules do not have, and say so.
#[cfg(test)]
pub(in crate::service) const NOT_HERE: &[&str] = &[
    "ExceptBy",
    "ForEach",
    "IntersectBy",
    "Join",
    "ToDictionary",
    "ToLookup",
    "UnionBy",
];

/// Methods of a pattern made with `new Regex`.
pub(in crate::service) const OF_REGEX: &[Row] = &[
    (
        "IsMatch",
        "(string input): bool",
        "Whether the pattern is found.",
    ),
    (
        "Match",
        "(string input): Match",
        "The first place where the pattern is found.",
    ),
    (
        "Matches",
        "(string input): List<Match>",
        "Every place where the pattern is found.",
    ),
    (
        "Replace",
        "(string input, string replacement): string",
        "The text with every match replaced.",
    ),
    (
        "Split",
        "(string input): List<string>",
        "The text, cut at every match.",
    ),
];
