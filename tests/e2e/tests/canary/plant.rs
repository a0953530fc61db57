//! The values and whom they are planted on.
//!
//! Invariant: the same values on every machine, each of them once.

use std::collections::BTreeSet;

use anyhow::ensure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use syncline_lab::Scope;
use syncline_tests::World;
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};

/// Characters of a value: as many as the shortest attribute takes (`employeeID`).
const LENGTH: usize = 16;
/// People whose values travel to the target; eight values each make a thousand.
const PEOPLE: usize = 125;
/// People of whom a rule fails.
const FAILING: usize = 3;
/// People whose very names are values.
const NAMED: usize = 10;

const STRINGS: [&str; 5] = [
    "title",
    "company",
    "department",
    "physicalDeliveryOfficeName",
    "streetAddress",
];
const SEVERAL: &str = "otherTelephone";
const BINARY: &str = "thumbnailPhoto";
const NAMES: [&str; 6] = [
    "sAMAccountName",
    "givenName",
    "sn",
    "displayName",
    "employeeID",
    "mail",
];

/// Everything planted, as positions in `all`.
pub struct Planted {
    /// Every value.
    pub all: Vec<String>,
    /// Those in string, multi-valued and binary attributes that must arrive in the target.
    pub arriving: Vec<usize>,
    /// Those that are people's names and must arrive, too.
    pub names: Vec<usize>,
    /// The account name that somebody else takes before the export.
    pub taken: usize,
    /// A title that somebody gets after the first export, and whose.
    pub edited: (usize, String),
    /// Titles of the people of whom a rule fails.
    pub failing: Vec<usize>,
    /// A text in an expression.
    pub literal: usize,
    /// What the administrator notes at the approval.
    pub note: usize,
    /// Planted where it must be found.
    pub control: usize,
    random: StdRng,
}

impl Planted {
    fn value(&mut self) -> usize {
        const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let digit = |_| char::from(DIGITS[self.random.random_range(0..DIGITS.len())]);
        self.all.push((0..LENGTH).map(digit).collect());
        self.all.len() - 1
    }

    fn arrives(&mut self) -> String {
        let value = self.value();
        self.arriving.push(value);
        self.all[value].clone()
    }

    /// Plants the values on people of the source, as their administrator would.
    pub fn on(world: &World) -> anyhow::Result<Self> {
        let mut planted = Self {
            all: Vec::new(),
            arriving: Vec::new(),
            names: Vec::new(),
            taken: 0,
            edited: (0, String::new()),
            failing: Vec::new(),
            literal: 0,
            note: 0,
            control: 0,
            random: StdRng::seed_from_u64(20_260_301),
        };
        let people = people(world)?;
        let mut ldif = String::new();
        for dn in &people[..PEOPLE] {
            planted.person(dn, &mut ldif);
        }
        for dn in &people[PEOPLE..PEOPLE + FAILING] {
            let (title, comment) = (planted.value(), planted.value());
            planted.failing.push(title);
            begin(&mut ldif, dn);
            replace(&mut ldif, "title", &[planted.all[title].as_bytes()]);
            replace(&mut ldif, "comment", &[planted.all[comment].as_bytes()]);
            ldif.push('\n');
        }
        let tools = world.lab.contoso.administrator()?;
        tools.modify(&ldif)?;
        let named: String = (0..NAMED)
            .map(|n| planted.named(world.lab.contoso.base_dn(), n == 0))
            .collect();
        tools.add(&named)?;
        planted.edited = (planted.value(), people[0].clone());
        planted.literal = planted.value();
        planted.note = planted.value();
        planted.control = planted.value();
        ensure!(planted.arriving.len() == 1_000);
        ensure!(planted.all.iter().collect::<BTreeSet<_>>().len() == planted.all.len());
        Ok(planted)
    }

    fn person(&mut self, dn: &str, ldif: &mut String) {
        begin(ldif, dn);
        for attribute in STRINGS {
            replace(ldif, attribute, &[self.arrives().as_bytes()]);
        }
        let (first, second) = (self.arrives(), self.arrives());
        replace(ldif, SEVERAL, &[first.as_bytes(), second.as_bytes()]);
        let photo = [
            &b"\xff\xd8\xff\xe0"[..],
            self.arrives().as_bytes(),
            b"\xff\xd9",
        ]
        .concat();
        replace(ldif, BINARY, &[&photo]);
        ldif.push('\n');
    }

    /// A new person; the first one's account name will be taken in the target.
    fn named(&mut self, base: &str, first: bool) -> String {
        let cn = self.value();
        let values: Vec<usize> = NAMES.iter().map(|_| self.value()).collect();
        if first {
            self.taken = values[0];
        } else {
            self.names.push(cn);
            self.names.extend(&values);
        }
        let mut ldif = format!(
            "dn: CN={},OU=Staff,{base}\nobjectClass: user\nemployeeType: FTE\n",
            self.all[cn]
        );
        for (attribute, value) in NAMES.iter().zip(values) {
            let at = if *attribute == "mail" {
                "@contoso.test"
            } else {
                ""
            };
            ldif.push_str(&format!("{attribute}: {}{at}\n", self.all[value]));
        }
        ldif.push('\n');
        ldif
    }

    /// Gives somebody else in the target the account name of a person who is about to be added there.
    pub fn take_a_name(&self, world: &World) -> anyhow::Result<()> {
        let base = world.lab.fabrikam.base_dn();
        let account = &self.all[self.taken];
        Ok(world.lab.fabrikam.administrator()?.add(&format!(
            "dn: CN=Somebody Else,CN=Users,{base}\nobjectClass: user\nsAMAccountName: {account}\n\n"
        ))?)
    }

    /// The profile of the main job, which also takes what was planted; one rule fails on a comment, and one
    /// holds a value itself.
    pub fn document(&self, world: &World) -> Value {
        let mut document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
        let same = ["physicalDeliveryOfficeName", "streetAddress", SEVERAL]
            .map(|name| json!({"to": name, "from": name}));
        let literal = format!("\"{}\"", self.all[self.literal]);
        let inward = [
            json!({"to": "costCenter", "rule": {"if": "comment == null", "then": {"expr": "ignore"},
                "else": {"expr": "int.Parse(comment).ToString()"}}}),
            json!({"to": "division", "expr": literal}),
        ];
        for (side, flows) in [
            ("inbound", [&same[..], &inward].concat()),
            ("outbound", same.to_vec()),
        ] {
            if let Some(all) = document[side][0]["flows"].as_array_mut() {
                all.extend(flows);
            }
        }
        document
    }
}

/// People in scope about whom nothing is odd: with a number and an address that nobody shares.
fn people(world: &World) -> anyhow::Result<Vec<String>> {
    let filter = "(&(employeeType=FTE)(employeeID=*)(mail=*))";
    let base = world.lab.contoso.base_dn();
    let tools = world.lab.contoso.administrator()?;
    let mut people: Vec<(String, String)> = tools
        .search(base, Scope::Subtree, filter, &["mail"])?
        .into_iter()
        .map(|entry| {
            let mail = entry.text("mail").unwrap_or_default().to_lowercase();
            (mail, entry.dn)
        })
        .collect();
    people.sort();
    let shared: BTreeSet<String> = people
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| pair[0].0.clone())
        .collect();
    people.retain(|(mail, _)| !shared.contains(mail));
    ensure!(people.len() >= PEOPLE + FAILING, "{} people", people.len());
    Ok(people.into_iter().map(|(_, dn)| dn).collect())
}

fn begin(ldif: &mut String, dn: &str) {
    ldif.push_str(&format!(
        "dn:: {}\nchangetype: modify\n",
        STANDARD.encode(dn)
    ));
}

fn replace(ldif: &mut String, attribute: &str, values: &[&[u8]]) {
    ldif.push_str(&format!("replace: {attribute}\n"));
    for value in values {
        ldif.push_str(&format!("{attribute}:: {}\n", STANDARD.encode(value)));
    }
    ldif.push_str("-\n");
}
