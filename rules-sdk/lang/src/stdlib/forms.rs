//! Forms of C# that belong to no member of the library, in the interpreter: literals, patterns, casts, names of arguments.

use syncline_model::rules::Dialect;

use super::examples::run;
use crate::interp;

/// Each expression with its input gives this.
fn check(cases: &[(&str, &str, &str)]) {
    let mut memory = interp::memory();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(expr, input, wanted)| {
            let found = run(&mut memory, Dialect::Csharp, expr, input);
            (found != *wanted).then(|| format!("{expr}\n    gives {found}\n    wants {wanted}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn literals_are_those_of_csharp() {
    check(&[
        ("-9223372036854775808", "{}", "-9223372036854775808"),
        ("-9223372036854775808L + 1", "{}", "-9223372036854775807"),
        ("- 9223372036854775808 == long.MinValue", "{}", "true"),
        ("-2147483648", "{}", "-2147483648"),
        ("default(Guid) == Guid.Empty", "{}", "true"),
        ("default(TimeSpan) == TimeSpan.Zero", "{}", "true"),
        ("default(DateTime) == DateTime.MinValue", "{}", "true"),
        ("new string[2] { \"a\", \"b\" }", "{}", "[\"a\",\"b\"]"),
        (
            "Convert.ToHexString(new byte[] { 1, 0xff })",
            "{}",
            "\"01FF\"",
        ),
        (
            "Convert.ToHexString(new byte[] { 1, 2, 3, 4 }[1..^1])",
            "{}",
            "\"0203\"",
        ),
        ("new byte[] { 1, 2, 3 }[^1]", "{}", "3"),
        (
            "Encoding.UTF8.GetBytes(\"ab\").SequenceEqual(new byte[] { 97, 98 })",
            "{}",
            "true",
        ),
        (
            "new byte[] { 1, 2 }.Concat(new byte[] { 3 }).Sum(x => x)",
            "{}",
            "6",
        ),
        (
            "string.Join(\" \", Encoding.UTF8.GetBytes(\"abc\"))",
            "{}",
            "\"97 98 99\"",
        ),
    ]);
}

#[test]
fn numbers_out_of_place_are_refused() {
    let mut memory = interp::memory();
    for expr in [
        "9223372036854775808",
        "1 - 9223372036854775808",
        "new string[1] { \"a\", \"b\" }",
        "new byte[] { 256 }",
    ] {
        let found = run(&mut memory, Dialect::Csharp, expr, "{}");

        assert!(found.starts_with("SL"), "{expr}: {found}");
    }
}

#[test]
fn patterns_name_types_and_paths() {
    check(&[
        (
            "s is string { Length: 3 } q ? q : \"no\"",
            r#"{"s":"abc"}"#,
            "\"abc\"",
        ),
        (
            "DateTime.Parse(s) is { Date.Year: 2024, Month: 2 }",
            r#"{"s":"2024-02-29"}"#,
            "true",
        ),
        (
            "DateTime.Parse(s) is DateTime d ? d.Day : 0",
            r#"{"s":"2024-02-29"}"#,
            "29",
        ),
        ("s is string ? s.Length : 0", r#"{"s":"abc"}"#, "3"),
        ("(DateTime?)null == null", "{}", "true"),
        ("((DayOfWeek)1).ToString()", "{}", "\"Monday\""),
    ]);
}

#[test]
fn arguments_go_where_their_names_say() {
    check(&[
        (
            "s.Substring(length: 2, startIndex: 1)",
            r#"{"s":"abc"}"#,
            "\"bc\"",
        ),
        ("Math.Pow(y: 3, x: 2)", "{}", "8.0"),
        ("s.IndexOf(value: 'c')", r#"{"s":"abc"}"#, "2"),
        ("l.Take(count: 1)", r#"{"l":["a","b"]}"#, "[\"a\"]"),
        (
            "Regex.Replace(pattern: \"b\", input: s, replacement: \"x\")",
            r#"{"s":"abc"}"#,
            "\"axc\"",
        ),
    ]);
    let mut memory = interp::memory();
    let found = run(
        &mut memory,
        Dialect::Csharp,
        "s.Substring(foo: 1)",
        r#"{"s":"abc"}"#,
    );
    assert!(found.starts_with("SL"), "{found}");
}

#[test]
fn methods_stand_in_place_of_lambdas() {
    check(&[
        ("l.Any(s.Contains)", r#"{"l":["x","b"],"s":"abc"}"#, "true"),
        (
            "l.Select(s.IndexOf)",
            r#"{"l":["x","b"],"s":"abc"}"#,
            "[-1,1]",
        ),
        (
            "l.Where(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { \"B\" }.Contains)",
            r#"{"l":["x","b"]}"#,
            "[\"b\"]",
        ),
        (
            "l.Select(static x => x + \"!\")",
            r#"{"l":["a"]}"#,
            "[\"a!\"]",
        ),
    ]);
}

#[test]
fn absent_elements_are_of_no_type() {
    check(&[
        (
            "new[] { s, null }.OfType<string>().Count()",
            r#"{"s":"a"}"#,
            "1",
        ),
        ("new int?[] { 1, null }.OfType<int>().Sum()", "{}", "1"),
        (
            "l.SingleOrDefault(x => x == \"z\", \"none\")",
            r#"{"l":["a"]}"#,
            "\"none\"",
        ),
        ("l.SingleOrDefault(\"none\")", r#"{"l":["a"]}"#, "\"a\""),
        (
            "l.Order(StringComparer.Ordinal)",
            r#"{"l":["b","a","B"]}"#,
            "[\"B\",\"a\",\"b\"]",
        ),
    ]);
}

#[test]
fn equality_by_method_asks_for_the_type() {
    check(&[
        ("5.Equals(5L)", "{}", "false"),
        ("5L.Equals(5)", "{}", "true"),
        ("n.Equals(5)", r#"{"n":5}"#, "true"),
        ("double.NaN.Equals(double.NaN)", "{}", "true"),
        ("2.5.Equals(2.5)", "{}", "true"),
    ]);
}

#[test]
fn days_have_no_formats_of_times() {
    check(&[
        ("$\"{new DateOnly(2024, 3, 5):dd'h'MM}\"", "{}", "\"05h03\""),
        (
            "new DateOnly(2024, 3, 5).ToString(\"d\")",
            "{}",
            "\"03/05/2024\"",
        ),
    ]);
    let mut memory = interp::memory();
    for format in ["HH", "yyyy-MM-dd HH:mm", "t", "g"] {
        let expr = format!("new DateOnly(2024, 3, 5).ToString(\"{format}\")");
        let found = run(&mut memory, Dialect::Csharp, &expr, "{}");

        assert!(found.starts_with("SL"), "{expr}: {found}");
    }
}

#[test]
fn formats_take_their_arguments_from_an_array() {
    check(&[
        (
            "string.Format(\"{1}-{0,3}\", new[] { \"a\", \"b\" })",
            "{}",
            "\"b-  a\"",
        ),
        (
            "string.Format(\"{0}-{1}\", new object[] { \"a\", 1 })",
            "{}",
            "\"a-1\"",
        ),
        (
            "string.Format(\"{0}-{1}\", s.Split('@'))",
            r#"{"s":"a@b"}"#,
            "\"a-b\"",
        ),
        (
            "string.Format(\"{0}-{1}\", s.Split('@'))",
            r#"{"s":"a"}"#,
            "error:format",
        ),
    ]);
}
