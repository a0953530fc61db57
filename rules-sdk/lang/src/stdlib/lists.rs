//! List methods. The checker knows them itself, because their types depend on the elements.
//!
//! Invariants: lists never change; positions start at 0.

use super::{Entry, Example};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Elements that pass a test.",
        cost: "32 units per element",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: r#"proxyAddresses.Where(p => p.StartsWith("smtp:")).Select(p => p.Substring(5))"#,
                input: r#"{"proxyAddresses":["smtp:a","SMTP:b"]}"#,
                result: r#"["a"]"#,
            },
            Example {
                expr: "list.Where((x, i) => i > 0)",
                input: r#"{"list":["a","b"]}"#,
                result: r#"["b"]"#,
            },
            Example {
                expr: r#"list.Where(x => x == "z")"#,
                input: r#"{"list":["a"]}"#,
                result: "[]",
            },
        ],
    },
    Entry {
        summary: "Is there an element, or one that passes?",
        cost: "32 units per element",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: "list.Any()",
                input: r#"{"list":["a"]}"#,
                result: "true",
            },
            Example {
                expr: "list.Any(x => x.Length > 1)",
                input: r#"{"list":[]}"#,
                result: "false",
            },
            Example {
                expr: "list.All(x => x.Length == 1)",
                input: r#"{"list":["a","bb"]}"#,
                result: "false",
            },
            Example {
                expr: r#"list.Count(x => x == "a")"#,
                input: r#"{"list":["a","a"]}"#,
                result: "2",
            },
            Example {
                expr: "list.Count",
                input: r#"{"list":["a"]}"#,
                result: "1",
            },
        ],
    },
    Entry {
        summary: "The first or last element, or a default.",
        cost: "32 units per element",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: "list.First()",
                input: r#"{"list":["a","b"]}"#,
                result: r#""a""#,
            },
            Example {
                expr: "list.Select(int.Parse).First()",
                input: r#"{"list":["1","x"]}"#,
                result: "1",
            },
            Example {
                expr: "list.Select(int.Parse).Last()",
                input: r#"{"list":["x","1"]}"#,
                result: "error:format",
            },
            Example {
                expr: r#"list.Select(x => { var n = x.Length; return n * 2; }).First()"#,
                input: r#"{"list":["abc"]}"#,
                result: "6",
            },
            Example {
                expr: "list.Where(x => false).First()",
                input: r#"{"list":["a"]}"#,
                result: "error:invalid_operation",
            },
            Example {
                expr: r#"list.FirstOrDefault(x => x.StartsWith("q")) ?? "none""#,
                input: r#"{"list":["a"]}"#,
                result: r#""none""#,
            },
            Example {
                expr: r#"list.Last(x => x != "c")"#,
                input: r#"{"list":["a","b","c"]}"#,
                result: r#""b""#,
            },
            Example {
                expr: "list.Single()",
                input: r#"{"list":["a","b"]}"#,
                result: "error:invalid_operation",
            },
            Example {
                expr: "numbers.FirstOrDefault(n => n > 9)",
                input: r#"{"numbers":[1,2]}"#,
                result: "0",
            },
            Example {
                expr: "list.ElementAt(3)",
                input: r#"{"list":["a"]}"#,
                result: "error:out_of_range",
            },
            Example {
                expr: "list.ElementAtOrDefault(3)",
                input: r#"{"list":["a"]}"#,
                result: "null",
            },
        ],
    },
    Entry {
        summary: "Membership and sets.",
        cost: "32 units, 16 per comparison",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: r#"list.Contains("a")"#,
                input: r#"{"list":["a"]}"#,
                result: "true",
            },
            Example {
                expr: r#"list.Contains("A", StringComparer.OrdinalIgnoreCase)"#,
                input: r#"{"list":["a"]}"#,
                result: "true",
            },
            Example {
                expr: "list.Distinct()",
                input: r#"{"list":["a","b","a"]}"#,
                result: r#"["a","b"]"#,
            },
            Example {
                expr: "list.DistinctBy(x => x.ToLower())",
                input: r#"{"list":["a","A","b"]}"#,
                result: r#"["a","b"]"#,
            },
            Example {
                expr: r#"list.Union(new[] { "c" }).Except(new[] { "a" })"#,
                input: r#"{"list":["a","b"]}"#,
                result: r#"["b","c"]"#,
            },
            Example {
                expr: r#"new[] { "HR", "IT" }.Contains(department)"#,
                input: r#"{"department":null}"#,
                result: "false",
            },
            Example {
                expr: r#"list.Intersect(new[] { "b" })"#,
                input: r#"{"list":["a","b"]}"#,
                result: r#"["b"]"#,
            },
        ],
    },
    Entry {
        summary: "Order.",
        cost: "16 units per comparison",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: "list.OrderBy(x => x)",
                input: r#"{"list":["b","a"]}"#,
                result: r#"["a","b"]"#,
            },
            Example {
                expr: "list.OrderByDescending(x => x.Length).ThenBy(x => x)",
                input: r#"{"list":["b","cc","a"]}"#,
                result: r#"["cc","a","b"]"#,
            },
            Example {
                expr: "list.Reverse()",
                input: r#"{"list":["a","b"]}"#,
                result: r#"["b","a"]"#,
            },
        ],
    },
    Entry {
        summary: "Parts.",
        cost: "free",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: "list.Skip(1).Take(1)",
                input: r#"{"list":["a","b","c"]}"#,
                result: r#"["b"]"#,
            },
            Example {
                expr: r#"list.TakeWhile(x => x != "b")"#,
                input: r#"{"list":["a","b","c"]}"#,
                result: r#"["a"]"#,
            },
            Example {
                expr: "list.SkipLast(1)",
                input: r#"{"list":["a"]}"#,
                result: "[]",
            },
            Example {
                expr: "list[^1]",
                input: r#"{"list":["a","b"]}"#,
                result: r#""b""#,
            },
            Example {
                expr: "list[1..]",
                input: r#"{"list":["a","b"]}"#,
                result: r#"["b"]"#,
            },
        ],
    },
    Entry {
        summary: "Numbers over elements.",
        cost: "16 units per element",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: "numbers.Sum()",
                input: r#"{"numbers":[1,2,3]}"#,
                result: "6",
            },
            Example::of(
                "new int?[] { 1, null, 3 }.Max() + new int?[] { 1, null }.Sum()",
                "4",
            ),
            Example::of("new int?[] { null }.Min()", "null"),
            Example::of(
                "new[] { new DateTime(2024, 1, 1), new DateTime(2025, 1, 1) }.Max().Year",
                "2025",
            ),
            Example {
                expr: "numbers.Max(n => n * 2)",
                input: r#"{"numbers":[1,2]}"#,
                result: "4",
            },
            Example {
                expr: "numbers.Average()",
                input: r#"{"numbers":[1,2]}"#,
                result: "1.5",
            },
            Example {
                expr: "numbers.Where(n => n > 5).Min()",
                input: r#"{"numbers":[1]}"#,
                result: "error:invalid_operation",
            },
            Example {
                expr: r#"list.Aggregate("", (a, x) => a + x)"#,
                input: r#"{"list":["a","b"]}"#,
                result: r#""ab""#,
            },
        ],
    },
    Entry {
        summary: "Lists of lists.",
        cost: "16 units per element",
        advice: "",
        overloads: &[],
        examples: &[
            Example {
                expr: "list.SelectMany(x => x.Split(',')).ToList()",
                input: r#"{"list":["a,b","c"]}"#,
                result: r#"["a","b","c"]"#,
            },
            Example {
                expr: "new string(sn.Where(char.IsLetter).ToArray())",
                input: r#"{"sn":"a1b"}"#,
                result: r#""ab""#,
            },
            Example {
                expr: r#"list.Concat(new[] { "z" }).Append("y").Prepend("x")"#,
                input: r#"{"list":["a"]}"#,
                result: r#"["x","a","z","y"]"#,
            },
        ],
    },
];
