//! The abuse suite of the language: what a rule may try, from its text to the answer of the row.
//!
//! Each test is named after the attack. What no rule can say, only a module made by hand, is tested in
//! `crates/sandbox/tests/hostile`; the two lists together are the table of `docs/sandbox.md`.

mod common;

use common::{child, compiled, run};
use serde_json::{Value as Json, json};
use syncline_model::rules::{ErrorKind, RuleValue};
use syncline_rules::request::PartResult;
use syncline_sandbox::{Answer, In, Scope, limits};

/// A part with these flows into texts and lists.
fn part(flows: &[Json]) -> Json {
    json!({
        "id": "abuse", "kind": "inbound",
        "source": {
            "s": {"type": "string"}, "secret": {"type": "string"}, "n": {"type": "int", "nullable": false},
            "l": {"type": "string", "multi": true}
        },
        "target": {"text": {"type": "string"}, "number": {"type": "int"}, "yes": {"type": "bool"},
            "list": {"type": "string", "multi": true}},
        "flows": flows
    })
}

fn flow(to: &str, expr: &str) -> Json {
    json!({"to": to, "expr": expr})
}

fn compile(to: &str, expr: &str) -> PartResult {
    compiled(part(&[flow(to, expr)]))
}

/// The codes of the errors in this expression.
fn errors(expr: &str) -> Vec<String> {
    let result = compile("text", expr);
    assert!(result.artifact.is_none(), "{expr} was compiled");
    let errors = result.diagnostics.into_iter().filter(|d| d.is_error());
    errors.map(|d| d.code).collect()
}

/// The answer for a large object, between two small ones that must keep theirs.
fn answer(to: &str, expr: &str) -> Answer {
    let part = compile(to, expr);
    let long = "ab".repeat(5_000);
    let many = || In::List((0..200).map(|_| In::Str("value")).collect());
    let small = [
        ("s", In::Str("ab")),
        ("n", In::Int(1)),
        ("l", In::List(vec![])),
    ];
    let large = [
        ("s", In::Str(&long)),
        ("n", In::Int(i64::from(i32::MAX))),
        ("l", many()),
    ];

    let rows = run(&part, &[&small, &large, &small]);

    assert!(rows.iter().all(|row| row.scope == Scope::In));
    assert_eq!(rows[0].flows, rows[2].flows);
    assert!(
        !matches!(rows[0].flows[0], Answer::Error(_)),
        "{:?}",
        rows[0].flows[0]
    );
    rows.into_iter().nth(1).unwrap().flows.remove(0)
}

/// The large object used up its budget, or met the limit of what a row may give.
#[track_caller]
fn stopped(to: &str, expr: &str) {
    let answer = answer(to, expr);
    assert!(
        matches!(&answer, Answer::Error(e) if e.kind == ErrorKind::Budget && e.message.contains("(`rules.budget`)")),
        "{expr}: {answer:?}"
    );
}

#[test]
fn infinite_loop_and_endless_recursion_cannot_be_said() {
    for expr in [
        "while (true) { } return s;",
        "for (;;) { }",
        "{ again: goto again; }",
        "{ string f(string x) { return f(x); } return f(s); }",
        "{ Func<string, string> f = x => f(x); return f(s); }",
        "{ var f = x => f(x); return f(s); }",
        "System.Threading.Thread.Sleep(1000)",
    ] {
        assert!(!errors(expr).is_empty());
    }
}

#[test]
fn endless_work_over_lists_is_stopped() {
    stopped(
        "number",
        "l.Count(a => l.All(b => l.All(c => (a + b + c).Length >= 0)))",
    );
    stopped(
        "yes",
        "l.Any(a => l.SelectMany(b => l.Select(c => a + b + c)).Contains(\"x\"))",
    );
}

#[test]
fn allocation_bomb_is_stopped() {
    stopped("text", "s.PadLeft(n)");
    stopped("text", "new string('x', n)");
    stopped(
        "text",
        "s.Replace(\"a\", s).Replace(\"b\", s).Replace(\"a\", s)",
    );
    stopped("text", "l.Aggregate(s, (sum, x) => sum + sum)");
    stopped(
        "text",
        "string.Join(s, l.SelectMany(a => l.SelectMany(b => l.Select(c => a + b + c))))",
    );
}

#[test]
fn memory_bomb_of_lists_is_stopped() {
    stopped(
        "number",
        "l.SelectMany(a => l.SelectMany(b => l.SelectMany(c => l))).Count()",
    );
    stopped(
        "number",
        "s.Select(c => s).SelectMany(t => t.Select(c => t)).Count()",
    );
}

#[test]
fn huge_output_is_refused_value_by_value() {
    let large = answer("list", "s.Select(c => c.ToString())");

    assert!(
        matches!(&large, Answer::Error(e) if e.message.contains("larger than an attribute may be")),
        "{large:?}"
    );
    // Just below the limit of values; no text can reach the limit of bytes within the budget.
    let most = format!("s.Select(c => c.ToString()).Take({})", limits::VALUES_MAX);
    assert!(
        matches!(answer("list", &most), Answer::Value(RuleValue::List(l)) if l.len() == limits::VALUES_MAX)
    );
}

#[test]
fn regex_bomb_is_linear_or_refused() {
    // Each takes exponential time in a backtracking engine.
    for pattern in [
        "^(a|ab|b)*c$",
        "^((ab)+)+$x",
        "(a*)*(b*)*c",
        "^(([a-z])+.)+[A-Z]$",
    ] {
        let answer = answer("yes", &format!("Regex.IsMatch(s, \"{pattern}\")"));
        assert!(
            answer == Answer::Value(RuleValue::Bool(false))
                || matches!(&answer, Answer::Error(e) if e.kind == ErrorKind::Budget),
            "{pattern}: {answer:?}"
        );
    }
    for pattern in [
        "(a)\\\\1",
        "(?=a)b",
        "(?<!a)b",
        "((a{1000}){1000}){1000}",
        &"a".repeat(3_000),
    ] {
        assert!(!errors(&format!("Regex.Replace(s, \"{pattern}\", \"\")")).is_empty());
    }
}

#[test]
fn giant_source_is_refused() {
    assert_eq!(errors(&"(".repeat(1_000_000)), ["SL0007"]);
    assert_eq!(errors(&format!("\"{}\"", "x".repeat(1 << 20))), ["SL0007"]);
    let arms = "\"a\" => \"b\", ".repeat(400_000);
    assert_eq!(errors(&format!("s switch {{ {arms} _ => s }}")), ["SL0007"]);
    let million = format!(
        "s switch {{ {} _ => s }}",
        "\"a\" => \"b\", ".repeat(1_000_000)
    );
    let request = json!({"parts": [part(&[flow("text", &million)])]}).to_string();
    assert!(
        child(&request)
            .unwrap_err()
            .contains("larger than 8388608 bytes")
    );
}

#[test]
fn compile_bomb_of_many_expressions_is_refused_before_cranelift() {
    let chain = format!("s{}", ".Replace(\"a\", s).Trim().ToUpper()".repeat(12));
    let text = [&chain[..]; 4].join(" + ");
    let flows: Vec<Json> = (0..512).map(|_| flow("text", &text)).collect();

    let result = compiled(part(&flows));

    let errors: Vec<&str> = result
        .diagnostics
        .iter()
        .filter(|d| d.is_error())
        .map(|d| d.message.as_str())
        .collect();
    assert!(result.artifact.is_none());
    assert!(
        errors
            .iter()
            .any(|e| e.contains("at most 1048576 are allowed")),
        "{:?}",
        errors.first()
    );
}

#[test]
fn unicode_tricks_are_refused_or_an_error() {
    for hidden in ['\u{202e}', '\u{2066}', '\u{200f}', '\u{61c}'] {
        assert!(!errors(&format!("s + \"{hidden}\"")).is_empty());
    }
    assert!(!errors("\"\\ud83d\"").is_empty());
    let part = compile("text", "s.Substring(0, 1)");
    let rows = run(
        &part,
        &[&[("s", In::Str("\u{1f600}x"))], &[("s", In::Str("ab"))]],
    );
    match &rows[0].flows[0] {
        Answer::Error(error) => assert_eq!(error.kind, ErrorKind::Argument),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        rows[1].flows[0],
        Answer::Value(RuleValue::String("a".into()))
    );
}

#[test]
fn no_value_leaks_through_an_error() {
    let fails = [
        ("number", "int.Parse(secret)"),
        ("text", "secret.Substring(90)"),
        ("text", "l.First(x => x == secret)"),
        ("number", "100 / (secret.Length - 7)"),
        ("text", "new string('x', n).PadLeft(n) + secret"),
        ("text", "DateTime.Parse(secret).ToString(\"yyyy\")"),
    ];
    let flows: Vec<Json> = fails.iter().map(|(to, expr)| flow(to, expr)).collect();
    let object = [
        ("secret", In::Str("hunter2")),
        ("n", In::Int(i64::from(i32::MAX))),
        ("l", In::List(vec![])),
    ];

    let rows = run(&compiled(part(&flows)), &[&object]);

    for (answer, (_, expr)) in rows[0].flows.iter().zip(fails) {
        let Answer::Error(error) = answer else {
            panic!("{expr}: {answer:?}");
        };
        assert!(!error.message.contains("hunter2"), "{}", error.message);
    }
}

#[test]
fn the_text_of_a_throw_is_cut() {
    let Answer::Error(error) = answer("text", "s.Length > 9 ? throw new Exception(s) : s") else {
        panic!("nothing was thrown");
    };

    assert_eq!(error.kind, ErrorKind::Custom);
    assert_eq!(error.message.chars().count(), limits::MESSAGE_CHARS_MAX + 1);
}

#[test]
fn formula_injection_into_a_name_is_escaped() {
    let mut part = part(&[]);
    part["dn"] = json!({"expr": "\"CN=\" + Dn.Escape(s) + \",OU=Staff\""});
    let part = compiled(part);

    let rows = run(&part, &[&[("s", In::Str("x,OU=Admins+CN=\"y\\z\u{0}"))]]);

    let Some(Answer::Value(RuleValue::String(name))) = &rows[0].dn else {
        panic!("{:?}", rows[0].dn);
    };
    assert_eq!(name.matches("OU=").count(), 1);
    assert!(
        name.starts_with("CN=x\\,OU\\=Admins\\+CN\\=\\\"y\\\\z"),
        "{name}"
    );
    assert!(!name.contains('\u{0}'));
}

#[test]
fn clock_chance_files_and_network_have_no_name() {
    for expr in [
        "Environment.TickCount.ToString()",
        "Stopwatch.StartNew().ElapsedTicks.ToString()",
        "System.IO.File.ReadAllText(s)",
        "new HttpClient().GetStringAsync(s).Result",
        "new Random().Next().ToString()",
        "Environment.GetEnvironmentVariable(s)",
        "s.GetType().Assembly.Location",
        "typeof(string).Name",
        "Process.Start(s).ToString()",
    ] {
        assert!(!errors(expr).is_empty());
    }
}
