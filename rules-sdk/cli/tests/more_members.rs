//! Members of .NET that are asked for less often: ranges as arguments, sets with a comparer, one match after another, spans.
//!
//! Invariants: the expected answers were worked out by hand from the documentation of .NET.

#[path = "common/ask.rs"]
mod ask;

use ask::check;
use serde_json::json;

#[test]
fn ranges_and_places_from_the_end_are_arguments() {
    let list = || json!({"l": ["a", "b", "c", "d"]});
    check(&[
        ("l.Take(1..3)", list(), json!(["b", "c"])),
        ("l.Take(^2..)", list(), json!(["c", "d"])),
        ("l.Take(..^3)", list(), json!(["a"])),
        ("l.Take(2..99)", list(), json!(["c", "d"])),
        ("l.Take(^99..1)", list(), json!(["a"])),
        ("l.Take(3..1)", list(), json!([])),
        ("l.ElementAt(^1)", list(), json!("d")),
        ("l.ElementAt(^5)", list(), json!("error:out_of_range")),
        ("l.ElementAtOrDefault(^5)", list(), json!(null)),
        ("l.Skip(1..2)", list(), json!("error:type")),
        ("l.Take(^1)", list(), json!("error:type")),
    ]);
}

#[test]
fn lists_meet_by_their_keys() {
    let lists = || json!({"l": ["a", "bb", "cc", "ddd"], "m": ["x", "yyyy"]});
    check(&[
        (
            "l.UnionBy(m, x => x.Length)",
            lists(),
            json!(["a", "bb", "ddd", "yyyy"]),
        ),
        (
            "l.ExceptBy(m.Select(x => x.Length), x => x.Length)",
            lists(),
            json!(["bb", "ddd"]),
        ),
        (
            "l.IntersectBy(new[] { 2, 3 }, x => x.Length)",
            lists(),
            json!(["bb", "ddd"]),
        ),
        (
            "m.SelectMany(x => l.Take(2), (x, y) => x + y)",
            lists(),
            json!(["xa", "xbb", "yyyya", "yyyybb"]),
        ),
        (
            "m.SelectMany(x => x.ToUpper(), (x, c) => $\"{x.Length}{c}\").Last()",
            lists(),
            json!("4Y"),
        ),
        (
            "string.Join(\"-\", l.ToArray(), 1, 2)",
            lists(),
            json!("bb-cc"),
        ),
        (
            "string.Join(\"-\", l, 3, 2)",
            lists(),
            json!("error:out_of_range"),
        ),
        ("Enumerable.Empty<string>().Count()", json!({}), json!(0)),
        (
            "(l.Count > 9 ? l : Enumerable.Empty<string>()).Any()",
            lists(),
            json!(false),
        ),
    ]);
}

#[test]
fn a_set_keeps_its_comparer() {
    let one = || json!({"l": ["Ann", "bob"]});
    check(&[
        (
            "new HashSet<string>(l, StringComparer.OrdinalIgnoreCase).Contains(\"ANN\")",
            one(),
            json!(true),
        ),
        (
            "new HashSet<string>(StringComparer.OrdinalIgnoreCase) { \"x\", \"X\" }.Count",
            one(),
            json!(1),
        ),
        (
            "var set = l.ToHashSet(StringComparer.InvariantCultureIgnoreCase); return set.Contains(\"BOB\");",
            one(),
            json!(true),
        ),
        (
            "new HashSet<string>(l, StringComparer.Ordinal).Contains(\"ANN\")",
            one(),
            json!(false),
        ),
        (
            "l.Distinct(StringComparer.OrdinalIgnoreCase).Contains(\"ANN\")",
            one(),
            json!(false),
        ),
    ]);
}

#[test]
fn matches_follow_one_another() {
    let text = || json!({"s": "é1-22-333"});
    check(&[
        (
            r#"Regex.Match(s, @"\d+").NextMatch().Value"#,
            text(),
            json!("22"),
        ),
        (
            r#"var m = Regex.Match(s, @"\d+"); return m.NextMatch().NextMatch().Index;"#,
            text(),
            json!(6),
        ),
        (
            r#"Regex.Match(s, "x*").NextMatch().Index"#,
            text(),
            json!(1),
        ),
        (
            r#"Regex.Matches(s, @"(\d)\d")[1].NextMatch().Success"#,
            text(),
            json!(false),
        ),
        (
            r#"new Regex(@"\d").Replace(s, "*", 2)"#,
            text(),
            json!("é*-*2-333"),
        ),
        (
            r#"new Regex(@"\d").Replace(s, "*", -1, 4)"#,
            text(),
            json!("é1-2*-***"),
        ),
        (
            r#"new Regex(@"\d").Replace(s, "*", -2)"#,
            text(),
            json!("error:out_of_range"),
        ),
        (r#"new Regex("^1").IsMatch(s, 1)"#, text(), json!(false)),
        (r#"new Regex(@"\d").Matches(s, 3).Count"#, text(), json!(5)),
        (
            r#"Regex.IsMatch(s, "É", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1))"#,
            text(),
            json!(true),
        ),
        (
            r#"Regex.Match(s, @"(?<d>\d)-(\d)").Result("$1${d}$$")"#,
            text(),
            json!("21$"),
        ),
        (
            r#"Regex.Replace(s.Normalize(NormalizationForm.FormD), @"\p{IsCombiningDiacriticalMarks}", "")"#,
            text(),
            json!("e1-22-333"),
        ),
    ]);
}

#[test]
fn spans_are_read_in_a_format_and_multiplied() {
    check(&[
        (
            r#"TimeSpan.ParseExact(s, new[] { @"h\:mm", "c" }, null).TotalMinutes"#,
            json!({"s": "01:30:00"}),
            json!(90.0),
        ),
        (
            r#"TimeSpan.ParseExact(s, @"d\.hh\:mm\:ss\.ff", null).Ticks"#,
            json!({"s": "1.02:03:04.05"}),
            json!(937_840_500_000_i64),
        ),
        (
            r#"TimeSpan.TryParseExact(s, "%h", null, TimeSpanStyles.AssumeNegative, out var t) ? t.Hours : 99"#,
            json!({"s": "7"}),
            json!(-7),
        ),
        (
            r#"TimeSpan.TryParseExact(s, "hh", null, out var t)"#,
            json!({"s": "24"}),
            json!(false),
        ),
        (
            r#"TimeSpan.ParseExact(s, "hh", null)"#,
            json!({"s": "24"}),
            json!("error:overflow"),
        ),
        (
            "1.5 * TimeSpan.FromMinutes(1)",
            json!({}),
            json!("00:01:30"),
        ),
        ("TimeSpan.FromHours(1) / 4", json!({}), json!("00:15:00")),
        (
            "TimeSpan.FromHours(1).Divide(0)",
            json!({}),
            json!("error:overflow"),
        ),
        (
            "TimeSpan.FromDays(1).Ticks / TimeSpan.TicksPerHour",
            json!({}),
            json!(24),
        ),
    ]);
}

#[test]
fn names_of_namespaces_and_constants_change_nothing() {
    check(&[
        (
            "System.Text.Encoding.UTF8.GetBytes(s).Length",
            json!({"s": "é"}),
            json!(2),
        ),
        (
            "System.Text.RegularExpressions.Regex.IsMatch(s, \"^é$\")",
            json!({"s": "é"}),
            json!(true),
        ),
        (
            "new System.Guid(s).ToString(\"N\").Length",
            json!({"s": "00112233-4455-6677-8899-aabbccddeeff"}),
            json!(32),
        ),
        (
            "nameof(s) + nameof(s.Length)",
            json!({"s": "x"}),
            json!("sLength"),
        ),
        (
            "const string p = \"x\"; return p + s;",
            json!({"s": "y"}),
            json!("xy"),
        ),
        (
            "int.Max(n, 3) + long.Abs(-4) + int.Clamp(9, 1, 2)",
            json!({"n": 1}),
            json!(9),
        ),
        (
            "\" a b \".Split((char[])null, StringSplitOptions.RemoveEmptyEntries).Length",
            json!({}),
            json!(2),
        ),
        (
            "\" a b \".Split((string[]?)null, StringSplitOptions.RemoveEmptyEntries).Length",
            json!({}),
            json!(2),
        ),
        ("((string)null)?.Length ?? 7", json!({}), json!(7)),
        (
            "IsPresent(l) && IsPresent(n)",
            json!({"l": ["a"], "n": 1}),
            json!(true),
        ),
        ("IsPresent(l)", json!({"l": []}), json!(false)),
        (
            "IIF(n > 1, \"many\", \"one\")",
            json!({"n": 2}),
            json!("many"),
        ),
    ]);
}
