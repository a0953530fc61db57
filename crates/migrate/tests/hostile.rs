//! Files that no product wrote: whatever they hold, there is an answer, and never a panic.

use proptest::prelude::*;
use syncline_migrate::config::Config;
use syncline_migrate::draft::{Refusal, draft};
use syncline_migrate::landscape::{Landscape, Place};
use syncline_migrate::xml::{FILES_MAX, File, TEXT_MAX};
use syncline_migrate::{ReadError, entra_connect, mim};
use syncline_model::DirectoryId;

const USER_JOIN: &str = include_str!(
    "entra-connect/SynchronizationRules/SynchronizationRule_{0b088913-b613-4d9d-9563-9988b7719ed6}.xml"
);
const GROUP_OUT: &str = include_str!(
    "entra-connect/SynchronizationRules/SynchronizationRule_{039dcc3a-1513-4c08-b296-0973691e644a}.xml"
);
const CLOUD: &str =
    include_str!("entra-connect/Connectors/Connector_{b891884f-051e-4a83-95af-2544101c9083}.xml");
const FOREST: &str =
    include_str!("entra-connect/Connectors/Connector_{ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d}.xml");
const METAVERSE: &str = include_str!("entra-connect/GlobalSettings/MV.xml");
const AGENT: &str = include_str!("mim/MA-{3126363E-CD92-4CD3-A05A-ABC342CDEB6D}.XML");
const MIM_METAVERSE: &str = include_str!("mim/MV.XML");

fn file(name: &str, text: &str) -> File {
    File {
        name: name.into(),
        text: text.into(),
    }
}

/// Drafts, refuses whatever stands first, and accounts for it.
fn through(config: &Config) {
    let mut landscape = Landscape::default();
    for (n, connector) in (1..).zip(config.connectors.values()) {
        let place = Place {
            directory: DirectoryId(n),
            schema: config.metaverse.clone(),
            hierarchical: n % 2 == 0,
        };
        landscape.places.insert(connector.id.clone(), place);
    }
    let mut drafted = draft(config, &landscape);
    for _ in 0..3 {
        let pointers = [
            "/inbound/0/flows/0",
            "/outbound/0/scope",
            "/inbound/7",
            "/x",
            "",
        ];
        let refusals = pointers.map(|pointer| Refusal {
            pointer: pointer.into(),
            code: "PF0000".into(),
            message: "no".into(),
        });
        drafted.refuse(0, &refusals);
    }
    let report = drafted.report();
    assert_eq!(report.rules.len(), config.rules.len());
    assert_eq!(report.rules_count.all(), config.rules.len());
}

#[test]
fn what_is_missing_or_no_value_of_its_kind_is_said_with_its_place() {
    let code = |files: &[File]| {
        entra_connect::read(files)
            .map(|_| ())
            .map_err(|error| error.code())
    };
    let rule = |from: &str, to: &str| code(&[file("r.xml", &USER_JOIN.replace(from, to))]);

    assert_eq!(code(&[]), Err("import.nothing"));
    assert_eq!(code(&[file("MV.xml", METAVERSE)]), Err("import.nothing"));
    assert_eq!(code(&[file("a.xml", "<a>")]), Err("import.malformed"));
    assert_eq!(
        code(&[file("a", USER_JOIN), file("b", USER_JOIN)]),
        Err("import.twice")
    );
    assert_eq!(rule("<connector>{", "<connector>{x"), Err("import.field"));
    assert_eq!(
        rule("<direction>Inbound", "<direction>Sideways"),
        Err("import.field")
    );
    assert_eq!(rule("<precedence>", "<precedence>x"), Err("import.field"));
    assert_eq!(
        rule("<sourceObjectType>user", "<sourceObjectType>"),
        Err("import.field")
    );
    let many: Vec<File> = (0..=FILES_MAX).map(|_| file("a", "")).collect();
    assert_eq!(code(&many), Err("import.too_large"));
    assert_eq!(
        code(&[file("a", &" ".repeat(TEXT_MAX + 1))]),
        Err("import.too_large")
    );
    assert!(matches!(
        mim::read(&[file("a", METAVERSE)]),
        Err(ReadError::Nothing { .. })
    ));
}

#[test]
fn what_is_not_understood_is_named_and_left_alone() {
    let text = USER_JOIN.replace(
        "<immutable-tag>",
        "<novelty><deep/></novelty><immutable-tag>",
    );

    let config = entra_connect::read(&[file("r.xml", &text), file("x.xml", "<other/>")]).unwrap();

    assert_eq!(
        config.unknown.0.keys().collect::<Vec<_>>(),
        ["synchronizationRule/novelty"]
    );
    assert_eq!(config.work[0].code, "file.unknown");
    through(&config);
}

#[test]
fn a_rule_whose_connector_is_missing_is_work() {
    let config = entra_connect::read(&[file("r.xml", USER_JOIN)]).unwrap();
    let landscape = Landscape::default();

    let report = draft(&config, &landscape).report();

    assert_eq!(report.rules_count.work, 1);
    assert_eq!(report.rules[0].remarks[0].code, "connector.missing");
}

/// A text with some of its pieces taken out, doubled or replaced.
fn spoiled(text: &str, cuts: &[(usize, usize, u8)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, length, how) in cuts {
        if chars.is_empty() {
            break;
        }
        let from = at % chars.len();
        let to = (from + length % 40).min(chars.len());
        let piece: Vec<char> = chars[from..to].to_vec();
        match how % 4 {
            0 => drop(chars.drain(from..to)),
            1 => drop(chars.splice(from..from, piece)),
            2 => drop(chars.splice(from..to, "[%\"<&]\\".chars())),
            _ => drop(chars.splice(from..to, "\u{1F600}é".chars())),
        }
    }
    chars.into_iter().collect()
}

fn cuts() -> impl Strategy<Value = Vec<(usize, usize, u8)>> {
    proptest::collection::vec((any::<usize>(), any::<usize>(), any::<u8>()), 1..6)
}

/// A text whose tags stay and whose contents are spoiled, so that more than the parser is reached.
fn inside(text: &str, cuts: &[(usize, usize, u8)]) -> String {
    let starts: Vec<usize> = text.match_indices('>').map(|(at, _)| at + 1).collect();
    let mut out = text.to_owned();
    for (at, length, how) in cuts {
        let start = starts[at % starts.len()].min(out.len());
        if !out.is_char_boundary(start) {
            continue;
        }
        let end = out[start..].find('<').map_or(out.len(), |end| start + end);
        let words = [
            "[x]",
            "%Connector.ID%",
            "IIF([",
            "\"",
            "-9223372036854775809",
            "*",
            "{}",
            "",
        ];
        let word = words[usize::from(*how) % words.len()].repeat(length % 3 + 1);
        out.replace_range(start..end, &word);
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn spoiled_files_are_answered(cuts in cuts(), n in 0usize..5) {
        let mut files = [("a", USER_JOIN), ("b", GROUP_OUT), ("c", CLOUD), ("d", FOREST), ("e", METAVERSE)]
            .map(|(name, text)| file(name, text));
        files[n].text = spoiled(&files[n].text, &cuts);
        if let Ok(config) = entra_connect::read(&files) {
            through(&config);
        }
    }

    #[test]
    fn spoiled_contents_are_answered(cuts in cuts(), n in 0usize..5) {
        let mut files = [("a", USER_JOIN), ("b", GROUP_OUT), ("c", CLOUD), ("d", FOREST), ("e", METAVERSE)]
            .map(|(name, text)| file(name, text));
        files[n].text = inside(&files[n].text, &cuts);
        if let Ok(config) = entra_connect::read(&files) {
            through(&config);
        }
    }

    #[test]
    fn spoiled_agents_are_answered(cuts in cuts(), n in 0usize..2) {
        let mut files = [("a", AGENT), ("b", MIM_METAVERSE)].map(|(name, text)| file(name, text));
        files[n].text = inside(&files[n].text, &cuts);
        if let Ok(config) = mim::read(&files) {
            through(&config);
        }
    }

    #[test]
    fn any_text_is_answered(text in ".{0,400}") {
        prop_assert!(entra_connect::read(&[file("a", &text)]).is_err());
        prop_assert!(mim::read(&[file("a", &text)]).is_err());
    }
}
