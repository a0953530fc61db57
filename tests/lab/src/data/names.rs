//! Names of people, in a fixed shuffled order: nobody shares a full name with anybody else.

use super::people::Random;
use std::collections::HashSet;

/// As written, and as account names spell it.
type Name = (&'static str, &'static str);

const GIVEN: [Name; 49] = [
    ("Ada", "ada"),
    ("Amara", "amara"),
    ("Anna", "anna"),
    ("Ben", "ben"),
    ("Carlos", "carlos"),
    ("Chiara", "chiara"),
    ("Çiğdem", "cigdem"),
    ("Dmitri", "dmitri"),
    ("Élodie", "elodie"),
    ("Emil", "emil"),
    ("Fatima", "fatima"),
    ("Finn", "finn"),
    ("Grace", "grace"),
    ("Håkon", "hakon"),
    ("Hana", "hana"),
    ("Ines", "ines"),
    ("Ivan", "ivan"),
    ("Jonas", "jonas"),
    ("José", "jose"),
    ("Kana", "kana"),
    ("Kofi", "kofi"),
    ("Lena", "lena"),
    ("Łukasz", "lukasz"),
    ("Maja", "maja"),
    ("Marek", "marek"),
    ("Mei", "mei"),
    ("Milan", "milan"),
    ("Nadia", "nadia"),
    ("Noah", "noah"),
    ("Oğuz", "oguz"),
    ("Olga", "olga"),
    ("Pedro", "pedro"),
    ("Priya", "priya"),
    ("Quinn", "quinn"),
    ("Rashid", "rashid"),
    ("Renée", "renee"),
    ("Rosa", "rosa"),
    ("Sanna", "sanna"),
    ("Søren", "soren"),
    ("Tariq", "tariq"),
    ("Tove", "tove"),
    ("Ulla", "ulla"),
    ("Viktor", "viktor"),
    ("Wanda", "wanda"),
    ("Xavier", "xavier"),
    ("Yara", "yara"),
    ("Zoë", "zoe"),
    ("Željko", "zeljko"),
    ("Þóra", "thora"),
];

const FAMILY: [Name; 56] = [
    ("Adams", "adams"),
    ("Almeida", "almeida"),
    ("Bauer", "bauer"),
    ("Byron", "byron"),
    ("Castro", "castro"),
    ("Costa", "costa"),
    ("D'Angelo", "dangelo"),
    ("Dubois", "dubois"),
    ("Ekström", "ekstrom"),
    ("Endo", "endo"),
    ("Fischer", "fischer"),
    ("Fontaine", "fontaine"),
    ("García", "garcia"),
    ("Gruber", "gruber"),
    ("Haddad", "haddad"),
    ("Huang", "huang"),
    ("Ivanova", "ivanova"),
    ("Iyer", "iyer"),
    ("Jensen", "jensen"),
    ("Jovanović", "jovanovic"),
    ("Kaya", "kaya"),
    ("Kowalski", "kowalski"),
    ("Lindqvist", "lindqvist"),
    ("López", "lopez"),
    ("Martin", "martin"),
    ("Mbeki", "mbeki"),
    ("Müller", "muller"),
    ("Nakamura", "nakamura"),
    ("Nguyễn", "nguyen"),
    ("O'Brien", "obrien"),
    ("Okafor", "okafor"),
    ("Papadakis", "papadakis"),
    ("Petrov", "petrov"),
    ("Quispe", "quispe"),
    ("Rahman", "rahman"),
    ("Rossi", "rossi"),
    ("Šimić", "simic"),
    ("Smith-Jones", "smithjones"),
    ("Sørensen", "sorensen"),
    ("Tanaka", "tanaka"),
    ("Tóth", "toth"),
    ("Ueda", "ueda"),
    ("Urban", "urban"),
    ("van der Berg", "vanderberg"),
    ("Varga", "varga"),
    ("Wagner", "wagner"),
    ("Weiß", "weiss"),
    ("Wójcik", "wojcik"),
    ("Xu", "xu"),
    ("Yamada", "yamada"),
    ("Yılmaz", "yilmaz"),
    ("Zając", "zajac"),
    ("Zhang", "zhang"),
    ("Zimmer", "zimmer"),
    ("Östlund", "ostlund"),
    ("de la Cruz", "delacruz"),
];

/// One person's name in its spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FullName {
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    /// `given.family` in ASCII, at most 20 characters, unique.
    pub(crate) account: String,
}

/// Every name there is: 2,744 of them.
pub(crate) fn all() -> Vec<FullName> {
    let mut pairs: Vec<(Name, Name)> = FAMILY
        .iter()
        .flat_map(|family| GIVEN.iter().map(move |given| (*given, *family)))
        .collect();
    Random::new(2_026).shuffle(&mut pairs);
    let mut taken = HashSet::new();
    pairs
        .into_iter()
        .map(|((given, given_ascii), (family, family_ascii))| {
            let mut account = format!("{given_ascii}.{family_ascii}");
            account.truncate(20);
            if !taken.insert(account.clone()) {
                account.truncate(17);
                account = format!("{account}{:03}", taken.len() % 1_000);
                taken.insert(account.clone());
            }
            FullName {
                given,
                family,
                account,
            }
        })
        .collect()
}
