//! Members that mono's C# 7 cannot be asked about: newer C# and .NET, and our own helpers.
//!
//! Invariants: the expected answers were worked out by hand from the documentation of .NET or of the helper.

#[path = "common/ask.rs"]
mod ask;

use ask::check;
use serde_json::json;

#[test]
fn patterns_of_newer_csharp_take_values_apart() {
    let list = || json!({"l": ["a", "b", "c"]});
    check(&[
        ("l is [\"a\", ..]", list(), json!(true)),
        ("l is [_, _]", list(), json!(false)),
        ("l is [_, \"b\", _]", list(), json!(true)),
        ("l is [.., \"c\"]", list(), json!(true)),
        ("l is []", json!({"l": [], "x": 1}), json!(true)),
        (
            "l is [var head, .. var rest] ? head + rest.Count : \"-\"",
            list(),
            json!("a2"),
        ),
        (
            "l is [var head, .., var last] ? head + last : \"-\"",
            list(),
            json!("ac"),
        ),
        (
            "l is [var only] ? only : \"-\"",
            json!({"l": ["x"]}),
            json!("x"),
        ),
        (
            "mail.Split('@') switch { [var user, \"contoso.com\"] => user, [var user, _] => user + \"!\", _ => \"none\" }",
            json!({"mail": "ada@contoso.com"}),
            json!("ada"),
        ),
        (
            "mail.Split('@') switch { [var user, \"contoso.com\"] => user, [var user, _] => user + \"!\", _ => \"none\" }",
            json!({"mail": "ada"}),
            json!("none"),
        ),
        ("s is ['a', .., 'c']", json!({"s": "abc"}), json!(true)),
        ("s is ['a', ..]", json!({"s": null}), json!(false)),
        ("n is 5", json!({"n": 5}), json!(true)),
        ("n is int k && k > 3", json!({"n": 4}), json!(true)),
        ("n is null", json!({"n": null}), json!(true)),
        ("s is null or \"\"", json!({"s": ""}), json!(true)),
        (
            "s is { Length: > 2 and < 5 }",
            json!({"s": "abcd"}),
            json!(true),
        ),
        (
            "n switch { < 0 => \"neg\", 0 => \"zero\", > 0 and < 10 => \"small\", _ => \"big\" }",
            json!({"n": 7}),
            json!("small"),
        ),
        ("d is double.NaN", json!({"d": 1.5}), json!(false)),
    ]);
}

#[test]
fn raw_texts_keep_what_stands_in_them() {
    check(&[
        (
            r####""""a "quoted" \n b""""####,
            json!({}),
            json!(r#"a "quoted" \n b"#),
        ),
        (
            r####"$"""<{s}> "x" {1 + 2}""""####,
            json!({"s": "v"}),
            json!("<v> \"x\" 3"),
        ),
        (
            r####"$$"""{"k": "{{s}}"}""""####,
            json!({"s": "v"}),
            json!("{\"k\": \"v\"}"),
        ),
        (
            "\"\"\"\n    one\n      two\n    \"\"\"",
            json!({}),
            json!("one\n  two"),
        ),
        (
            "$\"\"\"\n    one {s}\n      two\n    \"\"\"",
            json!({"s": "v"}),
            json!("one v\n  two"),
        ),
    ]);
}

#[test]
fn ranges_and_indexes_count_from_both_ends() {
    let list = || json!({"l": ["a", "b", "c", "d"]});
    check(&[
        ("l[^1]", list(), json!("d")),
        ("l[1..3]", list(), json!(["b", "c"])),
        ("l[..^2]", list(), json!(["a", "b"])),
        ("l[2..]", list(), json!(["c", "d"])),
        ("l[3..1]", list(), json!("error:out_of_range")),
        ("s[..3]", json!({"s": "abcdef"}), json!("abc")),
        ("s[^3..^1]", json!({"s": "abcdef"}), json!("de")),
        ("s[..9]", json!({"s": "abc"}), json!("error:out_of_range")),
        ("s[^4]", json!({"s": "abc"}), json!("error:out_of_range")),
    ]);
}

#[test]
fn linq_of_newer_versions() {
    let list = || json!({"l": ["pear", "fig", "apple", "kiwi"], "e": []});
    check(&[
        ("l.MinBy(x => x.Length)", list(), json!("fig")),
        ("l.MaxBy(x => x.Length)", list(), json!("apple")),
        ("e.MaxBy(x => x.Length)", list(), json!(null)),
        ("new[] { 3, 1, 2 }.MinBy(x => -x)", json!({}), json!(3)),
        (
            "l.DistinctBy(x => x.Length)",
            list(),
            json!(["pear", "fig", "apple"]),
        ),
        (
            "l.DistinctBy(x => x.Substring(1, 1), StringComparer.OrdinalIgnoreCase).Count()",
            list(),
            json!(3),
        ),
        (
            "l.Chunk(3).Select(c => string.Join(\"+\", c))",
            list(),
            json!(["pear+fig+apple", "kiwi"]),
        ),
        ("l.Chunk(0).Count()", list(), json!("error:out_of_range")),
        ("l.Order()", list(), json!(["apple", "fig", "kiwi", "pear"])),
        ("l.OrderDescending().First()", list(), json!("pear")),
        ("l.TakeLast(2)", list(), json!(["apple", "kiwi"])),
        ("l.SkipLast(3)", list(), json!(["pear"])),
        (
            "l.FirstOrDefault(x => x == \"x\", \"none\")",
            list(),
            json!("none"),
        ),
        ("l.ElementAtOrDefault(9) ?? \"-\"", list(), json!("-")),
        (
            "\"a, b ,,c\".Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)",
            json!({}),
            json!(["a", "b", "c"]),
        ),
        ("\"a-b-c\".Split('-', 2)", json!({}), json!(["a", "b-c"])),
        (
            "\"axxbxxc\".Split(\"xx\")",
            json!({}),
            json!(["a", "b", "c"]),
        ),
        ("\"Abc\".Contains('A')", json!({}), json!(true)),
        (
            "\"Abc\".IndexOf('B', StringComparison.OrdinalIgnoreCase)",
            json!({}),
            json!(1),
        ),
        ("Math.Clamp(15, 0, 10)", json!({}), json!(10)),
        ("double.IsFinite(1.0 / 3)", json!({}), json!(true)),
        (
            "string.Join(\",\", new List<string> { l[0], n }.Where(x => !string.IsNullOrEmpty(x)))",
            json!({"l": ["a"], "n": null}),
            json!("a"),
        ),
        (
            "l[0].StartsWith(\"P\", true, CultureInfo.InvariantCulture)",
            list(),
            json!(true),
        ),
        (
            "Convert.ToHexString(x)",
            json!({"x": {"$b64": "AAH/"}}),
            json!("0001FF"),
        ),
    ]);
}

#[test]
fn groups_of_a_list_are_read_by_key_and_elements() {
    let list = || json!({"l": ["b1", "a1", "b2", "c1"]});
    check(&[
        (
            "l.GroupBy(x => x[0]).Select(g => g.Key + \":\" + g.Count())",
            list(),
            json!(["b:2", "a:1", "c:1"]),
        ),
        (
            "l.GroupBy(x => x[0], x => x.Substring(1)).Select(g => g.Key + string.Join(\"\", g))",
            list(),
            json!(["b12", "a1", "c1"]),
        ),
        (
            "l.GroupBy(x => x[0], (k, all) => k + all.Last())",
            list(),
            json!(["bb2", "aa1", "cc1"]),
        ),
        (
            "l.GroupBy(x => x[0]).Where(g => g.Count() > 1).SelectMany(g => g)",
            list(),
            json!(["b1", "b2"]),
        ),
        (
            "l.GroupBy(x => x[0]).OrderByDescending(g => g.Count()).First().Key",
            list(),
            json!("b"),
        ),
        ("l.GroupBy(x => x.Length).Single().Key", list(), json!(2)),
        (
            "l.GroupBy(x => \"k\").First().ToList()",
            list(),
            json!(["b1", "a1", "b2", "c1"]),
        ),
    ]);
}

#[test]
fn answers_without_a_form_of_their_own_are_texts() {
    let at = || json!({"w": {"$date": "2026-11-23T00:00:00Z"}, "n": null});
    check(&[
        ("w.DayOfWeek", at(), json!("Monday")),
        ("TimeSpan.FromHours(26)", at(), json!("1.02:00:00")),
        ("Regex.Match(\"ab12\", @\"\\d+\")", at(), json!("12")),
        ("DateOnly.FromDateTime(w)", at(), json!("11/23/2026")),
        (
            "n == null ? w.DayOfWeek : DayOfWeek.Friday",
            at(),
            json!("Monday"),
        ),
        (
            "{ if (w.Year > 2000) return w - w; return TimeSpan.MaxValue; }",
            at(),
            json!("00:00:00"),
        ),
    ]);
}

#[test]
fn helpers_are_called_with_and_without_a_receiver() {
    check(&[
        (
            "sn.Transliterate().ToLower()",
            json!({"sn": "Größe"}),
            json!("groesse"),
        ),
        (
            "RemoveDiacritics(sn)",
            json!({"sn": "Čapek Żółw"}),
            json!("Capek Zolw"),
        ),
        (
            "TitleCase(sn)",
            json!({"sn": "o'neil-SMITH"}),
            json!("O'neil-Smith"),
        ),
        (
            "Dn.Rdn(d)",
            json!({"d": "CN=Byron\\, Ada,OU=x"}),
            json!("CN=Byron\\, Ada"),
        ),
        (
            "Dn.Parent(d)",
            json!({"d": "CN=Byron\\, Ada,OU=x,DC=y"}),
            json!("OU=x,DC=y"),
        ),
        (
            "Dn.Escape(s)",
            json!({"s": "#a,b+c\"d "}),
            json!("\\#a\\,b\\+c\\\"d\\ "),
        ),
        ("Bits.Has(uac, 2)", json!({"uac": 514}), json!(true)),
        ("Bits.Has(uac, 3)", json!({"uac": 2}), json!(false)),
        (
            "proxyAddresses.PrimarySmtp()",
            json!({"proxyAddresses": ["smtp:a@x", "SMTP:b@y"]}),
            json!("b@y"),
        ),
        (
            "mail.ReplaceDomain(\"new.test\")",
            json!({"mail": "ada@old.test"}),
            json!("ada@new.test"),
        ),
        (
            "Coalesce(a, b, \"c\")",
            json!({"a": null, "b": null}),
            json!("c"),
        ),
        ("IsPresent(a)", json!({"a": ""}), json!(false)),
        (
            "Sid.ToString(x)",
            json!({"x": {"$b64": "AQIAAAAAAAUgAAAAIAIAAA=="}}),
            json!("S-1-5-32-544"),
        ),
    ]);
}

#[test]
fn what_the_language_does_not_have_is_named_with_what_to_use() {
    let evaluator = syncline_rules_cli::eval::Evaluator::new().unwrap();
    let message = |expr: &str| {
        let line = json!({"id": 1, "expr": expr, "input": {"l": ["a"], "n": 1}}).to_string();
        evaluator.line(&line).answer["message"]
            .as_str()
            .unwrap_or("none")
            .to_owned()
    };

    for (expr, wanted) in [
        (
            "new CultureInfo(\"de-DE\")",
            "use CultureInfo.InvariantCulture",
        ),
        ("float.Parse(\"1\")", "use double"),
        ("(ulong)n", "use long"),
        ("l.ToDictionary(x => x, x => 1)", "use GroupBy"),
        ("l.ForEach(x => x)", "use Select"),
        ("l.Zip(l)", "(x, y) =>"),
        ("l.Join(l, x => x, x => x, (x, y) => x)", "use Where"),
        ("Math.DivRem(7, 2)", "use `/` and `%`"),
        (
            "l.DistinctBy(x => x[0], StringComparer.Ordinal)",
            "compares texts",
        ),
        ("(byte)300", "unchecked"),
        ("new Guid(\"x\").ToString(\"Q\")", "no format"),
        ("new DateTime(2026, 1, 1).ToString(\"q\")", "no format"),
    ] {
        assert!(message(expr).contains(wanted), "{expr}: {}", message(expr));
    }
}
