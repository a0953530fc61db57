use super::*;
use serde_json::{Value as Json, json};

fn helpers(expressions: Json) -> Resources {
    serde_json::from_value(json!({ "expressions": expressions })).unwrap()
}

/// A helper of both dialects, one that calls it, one that draws and one that looks up.
fn own() -> Resources {
    let name = json!([{"name": "name", "type": "string", "nullable": false}]);
    let mut all = helpers(json!([
        {"name": "FullName", "parameters": [{"name": "first", "type": "string"}, {"name": "last", "type": "string", "nullable": false}],
         "expr": "first == null ? last : Initial(first) + \". \" + last", "doc": "The initial and the last name."},
        {"name": "Initial", "parameters": name, "expr": "UCase(Left([name], 1))", "dialect": "entra"},
        {"name": "Fourth", "parameters": name, "expr": "name[3].ToString()"},
        {"name": "Fresh", "expr": "Guid.NewGuid().ToString()"},
        {"name": "Kind", "parameters": name,
         "expr": "{ var low = name.ToLower(); if (low == \"x\") return \"ex\"; if (low == \"y\") { return \"why\"; } return low; }"},
        {"name": "Country", "parameters": [{"name": "code", "type": "string"}], "expr": "Lookup(\"countries\", code?.Trim())"},
    ]));
    all.tables = countries().tables;
    all
}

fn found(expressions: Json) -> Vec<(String, String)> {
    let all = Prepared::of(&helpers(expressions)).diagnostics().to_vec();
    let errors = all.into_iter().filter(Diagnostic::is_error);
    errors.map(|d| (d.code, d.path)).collect()
}

fn is(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), format!("resources.expressions{path}"))
}

#[test]
fn a_named_expression_is_called_like_a_function() {
    let all = own();
    assert_eq!(
        Prepared::of(&all)
            .diagnostics()
            .iter()
            .find(|d| d.is_error()),
        None
    );
    let of = |expr, c| answer(&all, expr, c);

    assert_eq!(of("FullName(c, \"Byron\")", Some("ada")), text("A. Byron"));
    assert_eq!(of("FullName(c, \"Byron\")", None), text("Byron"));
    assert_eq!(of("Kind(c ?? \"y\") + Kind(\"x\")", None), text("whyex"));
    assert_eq!(of("Kind(\"Q\")", None), text("q"));
    assert_eq!(of("Country(c)", Some(" de ")), text("Germany"));
    assert_eq!(
        of(
            "string.Join(\",\", (c ?? \"\").Split(' ').Select(w => Initial(w)))",
            Some("a b")
        ),
        text("A,B")
    );
}

#[test]
fn arguments_are_evaluated_once() {
    let twice = helpers(json!([
        {"name": "Same", "parameters": [{"name": "a", "type": "string", "nullable": false}], "expr": "a == a && a.Length == 36"}
    ]));

    let drawn = part::check_expression(
        &env(&twice),
        &ExprSource::Text("Same(Guid.NewGuid().ToString())".to_owned()),
    );

    assert!(drawn.ok(), "{:#?}", drawn.diagnostics);
    assert_eq!(drawn.tables.slots.len(), 1);
}

#[test]
fn an_error_inside_stands_at_the_call() {
    let all = own();
    let expr = "\"x\" + Fourth(c!)";

    let part = part::check_expression(&env(&all), &ExprSource::Text(expr.to_owned()));
    let warned = part
        .diagnostics
        .iter()
        .find(|d| d.code == codes::MAY_FAIL.id);
    let failed = answer(&all, expr, Some("abc"));

    let warned = warned.unwrap();
    assert_eq!(
        warned.note.as_deref(),
        Some("in the named expression `Fourth`")
    );
    assert_eq!((warned.span.from, warned.span.to), (6, 16));
    let Answer::Error { span, .. } = failed else {
        panic!("{failed:?}");
    };
    assert_eq!((span.from, span.to), (6, 16));
    let told = part
        .tables
        .sites
        .iter()
        .any(|site| site.text.ends_with("in Fourth"));
    assert!(told, "{:?}", part.tables.sites);
}

#[test]
fn what_a_caller_may_not_do_its_helpers_may_not_do_either() {
    let resources = Arc::new(Prepared::of(&own()));
    let mut source: crate::request::PartSource = serde_json::from_value(json!({
        "id": "p", "kind": "inbound", "source": {}, "scope": "Fresh() == \"x\""
    }))
    .unwrap();

    let part = part::check_using(&source, &resources, false);

    assert_eq!(part.diagnostics.len(), 1, "{:#?}", part.diagnostics);
    assert_eq!(part.diagnostics[0].path, "scope");
    assert_eq!(
        part.diagnostics[0].note.as_deref(),
        Some("in the named expression `Fresh`")
    );
    source.scope = Some(ExprSource::Text("Fourth(\"abcd\") == \"d\"".to_owned()));
    assert!(part::check_using(&source, &resources, false).ok());
}

#[test]
fn a_call_is_checked_against_the_parameters() {
    let all = own();

    assert_eq!(codes_of(&all, "Initial()"), ["SL0206"]);
    assert_eq!(codes_of(&all, "Initial(1)"), ["SL0205"]);
    assert_eq!(codes_of(&all, "Initail(\"a\")"), ["SL0101"]);
    assert_eq!(codes_of(&all, "first"), ["SL0101"]);
}

#[test]
fn mistakes_are_told_with_the_path_to_the_resource() {
    assert_eq!(
        found(json!([{"name": "A", "expr": "mail.Trim()"}, {"name": "B", "expr": "1 +"}])),
        [is("SL0101", "[0].expr"), is("SL0001", "[1].expr")]
    );
    assert_eq!(
        found(
            json!([{"name": "Trim", "expr": "1"}, {"name": "a b", "expr": "1"}, {"name": "A", "expr": "1"}, {"name": "A", "expr": "2"}])
        ),
        [
            is("SL0104", "[3].name"),
            is("SL0505", "[0].name"),
            is("SL0505", "[1].name")
        ]
    );
    let long = format!("\"{}\"", "x".repeat(32_768));
    assert!(found(json!([{"name": "A", "expr": long}])).contains(&is("SL0007", "[0].expr")));
    let many: Vec<Json> = (0..201)
        .map(|n| json!({"name": format!("A{n}"), "expr": "1"}))
        .collect();
    assert_eq!(found(json!(many)), [is("SL0506", "")]);
}

#[test]
fn a_cycle_is_named_and_nobody_in_it_can_be_called() {
    let all = helpers(json!([
        {"name": "A", "expr": "B()"},
        {"name": "B", "expr": "C()"},
        {"name": "C", "expr": "A()"},
        {"name": "D", "expr": "D()"},
    ]));

    let told = Prepared::of(&all).diagnostics().to_vec();

    let cycles = told.iter().filter(|d| d.code == codes::CYCLE.id);
    let messages: Vec<&str> = cycles.map(|d| d.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "a named expression cannot call itself: A calls B calls C calls A",
            "a named expression cannot call itself: D calls D"
        ]
    );
    assert_eq!(codes_of(&all, "A()"), ["SL0244"]);
    assert_eq!(codes_of(&all, "D()"), ["SL0244"]);
}

#[test]
fn bodies_count_to_the_limits_of_their_caller() {
    let deep = |n: usize| format!("{}1{}", "(1 + ".repeat(n), ")".repeat(n));
    let all = helpers(json!([{"name": "Deep", "expr": deep(40)}]));
    assert_eq!(codes_of(&all, "Deep()"), Vec::<String>::new());
    assert_eq!(
        codes_of(&all, &format!("Deep(){}", " + 1".repeat(100))),
        ["SL0006"]
    );

    let mut doubling = vec![json!({"name": "A0", "expr": "\"a\""})];
    for n in 1..40 {
        doubling.push(json!({"name": format!("A{n}"), "expr": format!("A{0}() + A{0}()", n - 1)}));
    }
    let found = Prepared::of(&helpers(json!(doubling)))
        .diagnostics()
        .to_vec();
    assert!(found.iter().any(|d| d.code == codes::TOO_LONG.id));
}

#[test]
fn the_meaning_changes_with_the_body_and_not_with_its_name() {
    let meaning = |name: &str, expr: &str| {
        let all = helpers(json!([{"name": name, "expr": expr}]));
        let source = ExprSource::Text(format!("{name}()"));
        part::check_expression(&env(&all), &source).meaning()
    };

    assert_eq!(meaning("A", "\"x\""), meaning("B", "\"x\" // same"));
    assert_ne!(meaning("A", "\"x\""), meaning("A", "\"y\""));
}

#[test]
fn the_printer_keeps_the_call() {
    let env = env(&own());
    let convert = |text: &str, from, to| crate::printer::convert(&env, &source(text, from), to);
    use Dialect::{Csharp, Entra};

    assert_eq!(
        convert("Country([c])", Entra, Csharp),
        Ok(source("Country(c)", Csharp))
    );
    assert_eq!(
        convert("Country(c)", Csharp, Entra),
        Ok(source("Country([c])", Entra))
    );
}

#[test]
fn uses_reach_through_named_expressions() {
    let own = own();

    let used = uses(&source("FullName(c, Trim(Country(c)))", Dialect::Csharp));
    let all = own.closure(used.clone());
    let only = own.only(used.clone());

    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    assert_eq!(used.expressions, names(&["Country", "FullName"]));
    assert_eq!(all.expressions, names(&["Country", "FullName", "Initial"]));
    assert_eq!(all.tables, names(&["countries"]));
    assert_eq!((only.expressions.len(), only.tables.len()), (3, 1));
    assert_eq!(
        codes_of(&only, "FullName(c, Country(c)!)"),
        Vec::<String>::new()
    );
}
