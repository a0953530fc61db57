use syncline_rules_guest::{Fn, Rt, abi};

use super::*;

/// The matches of a pattern: each group as text.
fn matches(pattern: &str, text: &str) -> Vec<Vec<Option<String>>> {
    with(pattern, Options::default(), text)
}

fn with(pattern: &str, options: Options, text: &str) -> Vec<Vec<Option<String>>> {
    let regex = compile(pattern, options).unwrap();
    let mut memory = vec![0; 1 << 20];
    let mut rt = Rt::new(&mut memory);
    let (text, program) = (rt.text(text.as_bytes()), rt.text(regex.program.as_bytes()));
    let cells = [abi::Ret::into_cell(text), abi::Ret::into_cell(program)];
    rt.row();
    let list = abi::call(&mut rt, Fn::RegexAll, &cells);
    assert!(list > 0 || list as u32 > 0, "{pattern} on {list:x}");
    let list: syncline_rules_guest::mem::List = abi::Arg::from_cell(list);
    let mut found = Vec::new();
    for index in 0..list.len() {
        let one: syncline_rules_guest::mem::List = abi::Arg::from_cell(rt.item(list, index) as i64);
        let groups = (0..one.len() / 2 - 1).map(|group| {
            let cell = rt.item(one, group * 2) as i64;
            (cell != 0).then(|| rt.str(abi::Arg::from_cell(cell)).to_owned())
        });
        found.push(groups.collect());
    }
    found
}

fn whole(pattern: &str, text: &str) -> Vec<String> {
    matches(pattern, text)
        .into_iter()
        .map(|mut groups| groups.remove(0).unwrap())
        .collect()
}

#[test]
fn the_match_is_the_one_that_dotnet_finds_first() {
    for (pattern, text, found) in [
        ("a|ab", "ab", vec!["a"]),
        ("ab|a", "ab", vec!["ab"]),
        ("a*?b", "aab", vec!["aab"]),
        ("a+?", "aaa", vec!["a", "a", "a"]),
        ("(a*)*", "aa", vec!["aa", ""]),
        ("x*", "axb", vec!["", "x", "", ""]),
        ("[^@]+", "ada@contoso.com", vec!["ada", "contoso.com"]),
        (r"\d{2,3}", "1 12 123 1234", vec!["12", "123", "123"]),
        (r"\bfoo\b", "foo food foo", vec!["foo", "foo"]),
        ("[a-z-[aeiou]]+", "hello", vec!["h", "ll"]),
        ("[]a]+", "a]b", vec!["a]"]),
        ("a{,2}", "a{,2}", vec!["a{,2}"]),
        (r"\p{Lu}\w*", "Ada von Ärger", vec!["Ada", "Ärger"]),
        ("(?i)straße", "STRAßE", vec!["STRAßE"]),
        (r"(?#greeting)hi", "hi", vec!["hi"]),
    ] {
        assert_eq!(whole(pattern, text), found, "{pattern} on {text}");
    }
}

#[test]
fn places_are_those_of_dotnet() {
    for (pattern, options, text, count) in [
        ("a$", Options::default(), "a\n", 1),
        (r"a\z", Options::default(), "a\n", 0),
        (r"a\Z", Options::default(), "a\n", 1),
        ("a$", Options::default(), "a\nb", 0),
        (
            "^.$",
            Options {
                multiline: true,
                ..Options::default()
            },
            "a\nb",
            2,
        ),
        (
            "a.b",
            Options {
                singleline: true,
                ..Options::default()
            },
            "a\nb",
            1,
        ),
        (
            " a b # c",
            Options {
                ignore_white_space: true,
                ..Options::default()
            },
            "ab",
            1,
        ),
    ] {
        assert_eq!(with(pattern, options, text).len(), count, "{pattern}");
    }
}

#[test]
fn named_groups_are_numbered_after_the_others() {
    let regex = compile(r"(?<year>\d+)-(\d+)-(?'day'\d+)", Options::default()).unwrap();

    assert_eq!(
        regex.groups,
        [None, None, Some("year".to_owned()), Some("day".to_owned())]
    );
    assert_eq!((regex.group("day"), regex.group("1")), (Some(3), Some(1)));
    assert_eq!(regex.replacement("${day}.$1 ${x}"), "${3}.$1 ${x}");
    assert_eq!(regex.replacement("$${day} $9 $10"), "$${day} $9 $10");
    let found = matches(r"(?<year>\d+)-(\d+)", "2024-02");
    let found: Vec<&str> = found[0].iter().flatten().map(String::as_str).collect();
    assert_eq!(found, ["2024-02", "02", "2024"]);
}

#[test]
fn numbered_groups_have_their_numbers_and_share_their_places() {
    let sparse = compile("(?<3>a)(b)", Options::default()).unwrap();
    assert_eq!(sparse.groups, [None, None, Some("3".to_owned())]);
    assert_eq!((sparse.group("3"), sparse.group("2")), (Some(2), None));
    assert_eq!(sparse.replacement("$3|$1|$2"), "${2}|$1|$$2");
    let found = matches("(?<3>a)(b)", "ab");
    assert_eq!(found[0][1..], [Some("b".to_owned()), Some("a".to_owned())]);

    let named = compile("(?<2>a)(?<x>b)(?<y>c)", Options::default()).unwrap();
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(named.groups, [None, name("x"), None, name("y")]);

    let shared = matches("(?<n>x)|(?<n>y)", "y");
    assert_eq!(shared[0], [Some("y".to_owned()), Some("y".to_owned())]);
    for pattern in ["(?<0>a)", "(?<3a>a)", "(?<n>(?<n>a))"] {
        assert!(compile(pattern, Options::default()).is_err(), "{pattern}");
    }
}

#[test]
fn case_is_that_of_small_letters() {
    let ignoring = Options {
        ignore_case: true,
        ..Options::default()
    };
    for (pattern, text, count) in [
        ("s", "sS\u{17f}", 2),
        ("[a-z]", "kK\u{212a}\u{17f}", 3),
        ("[^a-z]", "kK\u{212a}\u{17f}", 1),
        ("ß", "ßẞ", 2),
        ("σ", "σΣς", 2),
        ("i", "iI\u{130}\u{131}", 2),
        (r"\p{Lu}", "aA1", 2),
        (r"\x41", "aA", 2),
        ("(?-i:a)a", "aAAa", 1),
        ("(?-i)a", "aA", 1),
        ("[a-z-[K]]", "akK", 1),
    ] {
        assert_eq!(with(pattern, ignoring, text).len(), count, "{pattern}");
    }
    assert_eq!(whole("a(?i)b(?:c)d", "abCD aBCD ABCD"), ["abCD", "aBCD"]);
    assert_eq!(whole("(?i:a)a", "Aa aA"), ["Aa"]);
    assert_eq!(whole("(?x) a # (b)\n c", "ac"), ["ac"]);
}

#[test]
fn a_class_subtracts_outside_of_its_negation() {
    assert_eq!(whole("[^a-c-[x]]+", "axbyz"), ["yz"]);
    assert!(compile("[a-c-[b]d]", Options::default()).is_err());
}

#[test]
fn octal_codes_are_numbers_that_no_group_has() {
    assert_eq!(whole(r"\101\060", "A0"), ["A0"]);
    let groups = "(a)".repeat(12);
    let error = compile(&format!(r"{groups}\12"), Options::default()).unwrap_err();
    assert!(matches!(error, RegexError::Unsupported(_)), "{error:?}");
}

#[test]
fn blocks_of_unicode_are_ranges() {
    assert_eq!(whole(r"\p{IsGreek}+", "abc αβγ д"), ["αβγ"]);
    assert_eq!(whole(r"[\p{IsCyrillic}a]+", "ab αβγ д"), ["a", "д"]);
    assert_eq!(whole(r"\P{IsBasicLatin}+", "ab é"), ["é"]);
}

#[test]
fn what_is_not_linear_is_named() {
    for (pattern, named) in [
        (r"(a)\1", "back-references"),
        (r"(?<n>a)\k<n>", "back-references"),
        ("a(?=b)", "look-ahead"),
        ("(?<!a)b", "look-behind"),
        ("(?>a+)b", "atomic"),
        ("(?(a)b|c)", "conditions"),
    ] {
        let error = compile(pattern, Options::default()).unwrap_err();

        assert!(matches!(error, RegexError::Unsupported(_)), "{error:?}");
        assert!(error.to_string().contains(named), "{error}");
    }
    for pattern in [
        "(",
        r"\p{IsElvish}",
        r"\p{Letter}",
        "[a",
        r"\y",
        "a**",
        "(?<>a)",
        "*",
    ] {
        let error = compile(pattern, Options::default()).unwrap_err();
        assert!(
            matches!(error, RegexError::Malformed(_)),
            "{pattern}: {error:?}"
        );
    }
    let large = compile(r"(\w{1,60}){1,60}\w{900}", Options::default());
    assert!(matches!(large, Err(RegexError::TooLarge(_))), "{large:?}");
}

#[test]
fn time_is_linear_where_backtracking_is_not() {
    let text = format!("{}!", "a".repeat(10_000));

    assert_eq!(whole("(a|aa)+$", &text), Vec::<String>::new());
}
