//! Forms in which C# may be written: named arguments, blocks of lambdas, spreads, casts, `default`; and which elements of a list
//! are asked for.
//!
//! Invariants: the expected answers were worked out by hand from the documentation of .NET.

#[path = "common/ask.rs"]
mod ask;

use ask::check;
use serde_json::json;

#[test]
fn arguments_are_named_as_dotnet_names_them() {
    let s = || json!({"s": "abcdef", "l": ["a", "b"]});
    check(&[
        (r#"int.Parse(s: "42")"#, json!({}), json!(42)),
        (
            r#"int.Parse(style: NumberStyles.HexNumber, s: "ff", provider: null)"#,
            json!({}),
            json!(255),
        ),
        ("Math.Max(val1: 1, val2: 2)", json!({}), json!(2)),
        ("Math.Clamp(max: 3, min: 1, value: 9)", json!({}), json!(3)),
        ("Math.Pow(y: 3, x: 2)", json!({}), json!(8.0)),
        (
            r#"string.Join(separator: "-", values: l)"#,
            s(),
            json!("a-b"),
        ),
        (
            r#"string.Join(separator: "-", s, "x")"#,
            s(),
            json!("abcdef-x"),
        ),
        (
            r#"string.Format(format: "{0}{1}", arg0: s, arg1: 1)"#,
            s(),
            json!("abcdef1"),
        ),
        (
            r#"string.Compare(strB: "a", strA: "b")"#,
            json!({}),
            json!(1),
        ),
        (
            r#"s.Contains(value: "CD", comparisonType: StringComparison.OrdinalIgnoreCase)"#,
            s(),
            json!(true),
        ),
        (
            r#"int.TryParse(s: s, result: out var n) ? n : -1"#,
            s(),
            json!(-1),
        ),
        (
            r#"Regex.Replace(pattern: "[ab]", input: s, replacement: "")"#,
            s(),
            json!("cdef"),
        ),
        ("new string(count: 3, c: 'x')", json!({}), json!("xxx")),
        (
            r#"l.Aggregate(func: (a, x) => a + x, seed: ">")"#,
            s(),
            json!(">ab"),
        ),
        (r#"Math.Max(a: 1, b: 2)"#, json!({}), json!("error:type")),
        (r#"s.Substring(start: 1)"#, s(), json!("error:type")),
    ]);
}

#[test]
fn the_block_of_a_lambda_is_what_it_returns() {
    let list = || json!({"l": ["a", "bbb", ""]});
    check(&[
        (
            "l.Select(x => { return x.Length; })",
            list(),
            json!([1, 3, 0]),
        ),
        (
            "l.Select(x => { var n = x.Length; int m = n + 1; return n * m; })",
            list(),
            json!([2, 12, 0]),
        ),
        (
            r#"l.Select(x => { if (x == "") { return "none"; } else if (x.Length > 1) return "long"; return x; })"#,
            list(),
            json!(["a", "long", "none"]),
        ),
        (
            r#"l.Select(x => { if (x != "") return x[0]; throw new Exception("empty"); }).Count()"#,
            list(),
            json!("error:custom"),
        ),
        (
            "l.Select(x => { if (x == null) return 1; })",
            list(),
            json!("error:syntax"),
        ),
        (
            "l.Select(x => { x.Length; })",
            list(),
            json!("error:syntax"),
        ),
    ]);
}

#[test]
fn lists_are_spread_sized_and_empty() {
    let lists = || json!({"l": ["a", "b"], "none": null});
    check(&[
        (r#"[.. l, "c"]"#, lists(), json!(["a", "b", "c"])),
        (
            r#"["z", .. l.Where(x => x != "a"), .. l]"#,
            lists(),
            json!(["z", "b", "a", "b"]),
        ),
        (
            r#"new string([.. "abc".Reverse()])"#,
            json!({}),
            json!("cba"),
        ),
        ("[.. l, 1]", lists(), json!("error:type")),
        ("[1..2]", json!({}), json!("error:type")),
        ("new int[3].Sum()", json!({}), json!(0)),
        ("new string[2].Count(x => x == null)", json!({}), json!(2)),
        ("Enumerable.Empty<int>().Sum()", json!({}), json!(0)),
        (
            "Enumerable.Empty<int>().DefaultIfEmpty(7).First()",
            json!({}),
            json!(7),
        ),
        ("Array.Empty<string>().Length", json!({}), json!(0)),
        ("Enumerable.Concat(l, l).Count()", lists(), json!(4)),
        (
            r#"Enumerable.Where(l, x => x == "a")"#,
            lists(),
            json!(["a"]),
        ),
        (r#"l.Count > 2 ? l : []"#, lists(), json!([])),
    ]);
}

#[test]
fn casts_name_lists_and_enumerations() {
    check(&[
        ("(List<string>)null == null", json!({}), json!(true)),
        ("(IEnumerable<string>)l", json!({"l": ["a"]}), json!(["a"])),
        (
            r#"" a ,, b".Split(',', (StringSplitOptions)3)"#,
            json!({}),
            json!(["a", "b"]),
        ),
        (
            r#"Regex.IsMatch("ABC", "b", (RegexOptions)1)"#,
            json!({}),
            json!(true),
        ),
        (
            "((DayOfWeek)(n + 1)).ToString()",
            json!({"n": 1}),
            json!("Tuesday"),
        ),
        ("(bool)b", json!({"b": true}), json!(true)),
        (
            "(bool)b",
            json!({"b": null}),
            json!("error:invalid_operation"),
        ),
        (
            r#"Convert.ToString(true, CultureInfo.InvariantCulture)"#,
            json!({}),
            json!("True"),
        ),
        (
            "true.ToString(CultureInfo.InvariantCulture)",
            json!({}),
            json!("True"),
        ),
    ]);
}

#[test]
fn absent_numbers_do_not_count_and_have_a_default() {
    check(&[
        ("new int?[] { 1, null, 3 }.Average()", json!({}), json!(2.0)),
        (
            "new decimal?[] { 1m, null, 2m }.Average() == 1.5m",
            json!({}),
            json!(true),
        ),
        (
            "new int?[] { null }.Average() == null",
            json!({}),
            json!(true),
        ),
        ("((int?)null ?? default) + 1", json!({}), json!(1)),
        ("s ?? default", json!({"s": null}), json!(null)),
    ]);
}

#[test]
fn a_helper_on_an_absent_text_has_no_receiver() {
    let none = || json!({"s": null});
    check(&[
        (
            "s.RemoveDiacritics()",
            none(),
            json!("error:null_reference"),
        ),
        ("s.TitleCase()", none(), json!("error:null_reference")),
        ("s.Transliterate()", none(), json!("error:null_reference")),
        (
            r#"s.ReplaceDomain("x.test")"#,
            none(),
            json!("error:null_reference"),
        ),
        ("RemoveDiacritics(s)", none(), json!("error:argument")),
        ("s?.TitleCase()", none(), json!(null)),
    ]);
}

#[test]
fn what_is_not_asked_for_cannot_fail() {
    let list = || json!({"l": ["1", "x", "2"]});
    check(&[
        ("l.Select(int.Parse).First()", list(), json!(1)),
        (
            "l.Select(x => int.Parse(x)).FirstOrDefault()",
            list(),
            json!(1),
        ),
        (
            "l.Select(x => int.Parse(x)).Select(n => 10 / n).First()",
            list(),
            json!(10),
        ),
        ("l.Select(x => int.Parse(x)).ElementAt(0)", list(), json!(1)),
        (
            "l.Select(x => int.Parse(x)).ElementAt(1)",
            list(),
            json!("error:format"),
        ),
        ("l.Select(x => int.Parse(x)).Take(1)", list(), json!([1])),
        (
            "l.Select(x => int.Parse(x)).Take(2).Count()",
            list(),
            json!("error:format"),
        ),
        ("l.Select(x => int.Parse(x)).Any()", list(), json!(true)),
        (
            "l.Select(x => int.Parse(x)).Any(n => n == 1)",
            list(),
            json!(true),
        ),
        (
            "l.Select(x => int.Parse(x)).Any(n => n == 2)",
            list(),
            json!("error:format"),
        ),
        (
            "l.Select(x => int.Parse(x)).All(n => n > 1)",
            list(),
            json!(false),
        ),
        ("l.Where(x => int.Parse(x) > 0).Any()", list(), json!(true)),
        ("l.Where(x => int.Parse(x) > 0).First()", list(), json!("1")),
        (
            "l.Where(x => int.Parse(x) > 1).First()",
            list(),
            json!("error:format"),
        ),
        (
            r#"l.Where(x => x != "x").Where(x => int.Parse(x) > 1).Select(x => x + "!").First()"#,
            list(),
            json!("2!"),
        ),
        (
            r#"l.Where((x, i) => i > 0).Where(x => x != "x").First(x => x.Length == 1)"#,
            list(),
            json!("2"),
        ),
        (
            r#"l.Where(x => x == "q").Select(x => x[1]).Any()"#,
            list(),
            json!(false),
        ),
        (
            r#"l.Where(x => x == "q").First()"#,
            list(),
            json!("error:invalid_operation"),
        ),
        (
            r#"l.Where(x => x == "q").Select(x => x[1]).All(c => c == 'a')"#,
            list(),
            json!(true),
        ),
        (
            "l.Select(x => int.Parse(x)).First(n => n == 1)",
            list(),
            json!(1),
        ),
        (
            "l.Select(x => int.Parse(x)).First(n => n == 2)",
            list(),
            json!("error:format"),
        ),
        (
            "l.Select(x => x.Length).Select(n => n + 1).Where(n => n == 2).Select(n => n * 3).FirstOrDefault()",
            list(),
            json!(6),
        ),
        (
            r#"l.Select((x, i) => x + i).Where(x => x != "10").First()"#,
            list(),
            json!("x1"),
        ),
        (
            "l.Select((x, i) => i == 0 ? 0 : int.Parse(x)).First()",
            list(),
            json!(0),
        ),
        (
            "l.Select(x => int.Parse(x)).Count()",
            list(),
            json!("error:format"),
        ),
    ]);
}

#[test]
fn more_hours_than_a_day_has_are_days() {
    check(&[
        (
            r#"TimeSpan.Parse("24:00:00").ToString()"#,
            json!({}),
            json!("24.00:00:00"),
        ),
        (
            r#"TimeSpan.Parse("-30:01:59").ToString()"#,
            json!({}),
            json!("-30.01:59:00"),
        ),
        (
            r#"TimeSpan.Parse("23:59:59").ToString()"#,
            json!({}),
            json!("23:59:59"),
        ),
        (
            r#"TimeSpan.Parse("24:00").ToString()"#,
            json!({}),
            json!("error:overflow"),
        ),
        (
            r#"TimeSpan.Parse("0.24:00:00").ToString()"#,
            json!({}),
            json!("error:overflow"),
        ),
        (
            r#"TimeSpan.Parse("24:24:00").ToString()"#,
            json!({}),
            json!("error:overflow"),
        ),
    ]);
}
