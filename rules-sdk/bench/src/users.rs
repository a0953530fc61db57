//! The people of the bench: 40 attributes each, made from one stored seed.
//!
//! Invariants: the same number always gives the same person; names are mixed in case and some not ASCII, some values are
//! absent, one attribute has several values; about two thirds are in the scope of the profile.

use syncline_model::{AttrId, Attrs, Value, Values};

/// What all dice start from.
const SEED: u64 = 0x5379_6e63_6c69_6e65;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// Absent.
    Absent,
    /// One text.
    Text(String),
    /// True or false.
    Flag(bool),
    /// Several texts.
    Texts(Vec<String>),
}

/// A person as a row of plain fields, in the order of [`ATTRIBUTES`].
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// The fields.
    pub fields: Vec<Field>,
}

impl User {
    /// The text of an attribute.
    pub fn text(&self, attribute: usize) -> Option<&str> {
        match &self.fields[attribute] {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The texts of an attribute.
    pub fn texts(&self, attribute: usize) -> Option<&[String]> {
        match &self.fields[attribute] {
            Field::Texts(texts) => Some(texts),
            _ => None,
        }
    }

    /// Whether a flag is set.
    pub fn flag(&self, attribute: usize) -> bool {
        self.fields[attribute] == Field::Flag(true)
    }

    /// The same as a directory object, whose attribute numbers are places in [`ATTRIBUTES`].
    pub fn attrs(&self) -> Attrs {
        let values = |field: &Field| match field {
            Field::Absent => None,
            Field::Text(text) => Values::one(Value::text(text.as_str())),
            Field::Flag(flag) => Values::one(Value::Bool(*flag)),
            Field::Texts(texts) => Values::new(texts.iter().map(|t| Value::text(t.as_str()))),
        };
        let numbered = self.fields.iter().enumerate();
        Attrs::from_pairs(
            numbered.filter_map(|(id, field)| Some((AttrId(id as u16), values(field)?))),
        )
    }
}

macro_rules! attributes {
    ($($constant:ident $name:literal,)*) => {
        /// The names of the attributes, in the order of [`User::fields`].
        pub const ATTRIBUTES: &[&str] = &[$($name),*];
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Place { $($constant),* }
        /// Places in [`ATTRIBUTES`].
        #[allow(missing_docs)]
        pub mod at {
            $(pub const $constant: usize = super::Place::$constant as usize;)*
        }
    };
}

attributes! {
    ENABLED "accountEnabled",
    KIND "employeeType",
    NUMBER "employeeNumber",
    ID "employeeID",
    GIVEN "givenName",
    SURNAME "sn",
    DISPLAY "displayName",
    UPN "userPrincipalName",
    MAIL "mail",
    ADDRESSES "proxyAddresses",
    TITLE "title",
    DEPARTMENT "department",
    COMPANY "company",
    COUNTRY "c",
    PHONE "telephoneNumber",
    MOBILE "mobile",
    OFFICE "physicalDeliveryOfficeName",
    STREET "streetAddress",
    CITY "l",
    STATE "st",
    POSTAL "postalCode",
    ACCOUNT "sAMAccountName",
    NAME "cn",
    DESCRIPTION "description",
    INITIALS "initials",
    FAX "facsimileTelephoneNumber",
    PAGER "pager",
    HOME "homePhone",
    PAGE "wWWHomePage",
    PROFILE "profilePath",
    SCRIPT "scriptPath",
    DRIVE "homeDrive",
    FOLDER "homeDirectory",
    COUNTRY_NAME "co",
    DIVISION "division",
    ROOM "roomNumber",
    EXTENSION_1 "extensionAttribute1",
    EXTENSION_2 "extensionAttribute2",
    EXTENSION_3 "extensionAttribute3",
    LANGUAGE "preferredLanguage",
}

const GIVEN: &[&str] = &[
    "Ada",
    "Grace",
    "Zoë",
    "José",
    "Anna-Lena",
    "Max",
    "Łukasz",
    "Mia",
    "Søren",
    "Emma",
    "Noah",
    "Ben",
    "Chloe",
    "Oliver",
    "Sophie",
    "Liam",
    "Hannah",
    "Paul",
    "Marie",
    "Tom",
    "Lea",
    "Finn",
    "Julia",
    "Karl",
    "Eva",
    "Peter",
    "Nina",
    "Omar",
    "Priya",
    "Wei",
    "Ivan",
    "Clara",
];
const SURNAMES: &[&str] = &[
    "Byron",
    "Hopper",
    "Müller",
    "García",
    "Schmidt",
    "Kowalski",
    "O'Neil",
    "Nguyen",
    "Jensen",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmermann",
    "Braun",
    "Hofmann",
    "Lange",
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Wilson",
    "Davies",
    "Evans",
    "Thomas",
    "Johnson",
    "Roberts",
    "Walker",
    "Wright",
];
const DEPARTMENTS: &[&str] = &[
    "Sales & Marketing",
    "Research & Development",
    "Human Resources",
    "Finance",
    "Legal & Compliance",
    "Production",
    "Information Technology",
    "Customer Service",
    "Logistics & Purchasing",
    "Quality",
];
const TITLES: &[&str] = &[
    "Engineer",
    "Senior Engineer ",
    "Manager",
    " Account Manager",
    "Director",
    "Analyst",
    "Consultant",
    "Technician ",
    "Clerk",
    "Team Lead",
    "Architect",
    "Assistant",
    "Buyer",
    "Controller",
    "Developer",
    "Head of Unit",
    "Trainer",
    "Intern",
    "Product Owner",
    "Accountant",
];
const COMPANIES: &[&str] = &["Contoso", "Fabrikam", "Northwind"];
const COUNTRIES: &[(&str, &str, &str)] = &[
    ("DE", "Germany", "+49 30 "),
    ("US", "United States", "+1 425 "),
    ("GB", "United Kingdom", "+44 20 "),
    ("FR", "France", "+33 1 "),
    ("PL", "Poland", "+48 22 "),
];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % sides as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.roll(all.len())]
    }
}

/// The person with this number.
pub fn user(number: usize) -> User {
    let mut dice = Dice(SEED ^ (number as u64).wrapping_mul(0xd6e8_feb8_6659_fd93));
    let (given, surname) = (dice.of(GIVEN), dice.of(SURNAMES));
    let (country, country_name, prefix) = COUNTRIES[dice.roll(COUNTRIES.len())];
    let company = dice.of(COMPANIES);
    let ascii =
        |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
    let account = format!("{}.{}{number}", ascii(given), ascii(surname));
    let mail = format!("{account}@contoso.com");
    let phone = |dice: &mut Dice| {
        format!(
            "{prefix}{} {}",
            100 + dice.roll(900),
            1000 + dice.roll(9000)
        )
    };
    let mut fields = vec![Field::Absent; ATTRIBUTES.len()];
    let mut put = |place: usize, text: String| fields[place] = Field::Text(text);
    put(
        at::KIND,
        dice.of(&["Employee", "Employee", "Employee", "Intern", "Contractor"])
            .into(),
    );
    put(at::NUMBER, format!("{}", 1000 + number * 7 % 900_000));
    if dice.chance(95) {
        put(at::ID, format!("E{number:07}"));
    }
    put(at::GIVEN, given.into());
    put(at::SURNAME, surname.into());
    put(at::DISPLAY, format!("{surname}, {given}"));
    put(at::UPN, format!("{account}@Contoso.com"));
    if dice.chance(92) {
        put(at::MAIL, mail.clone());
    }
    if dice.chance(80) {
        put(at::TITLE, dice.of(TITLES).into());
    }
    if dice.chance(90) {
        put(at::DEPARTMENT, dice.of(DEPARTMENTS).into());
    }
    put(at::COMPANY, company.into());
    put(at::COUNTRY, country.into());
    if dice.chance(85) {
        put(at::PHONE, phone(&mut dice));
    }
    if dice.chance(60) {
        put(at::MOBILE, phone(&mut dice));
    }
    put(
        at::OFFICE,
        format!("Building {}, floor {}", dice.roll(20), dice.roll(9)),
    );
    put(at::STREET, format!("{} Main Street", 1 + dice.roll(400)));
    put(
        at::CITY,
        dice.of(&["Berlin", "Redmond", "London", "Paris", "Kraków"])
            .into(),
    );
    put(at::STATE, dice.of(&["BE", "WA", "LND", "IDF", "MA"]).into());
    put(at::POSTAL, format!("{:05}", dice.roll(100_000)));
    put(at::ACCOUNT, format!("u{number:07}"));
    put(at::NAME, format!("{given} {surname}"));
    put(
        at::DESCRIPTION,
        format!(
            "{company} {country_name}, hired in {}",
            1990 + dice.roll(36)
        ),
    );
    put(
        at::INITIALS,
        given
            .chars()
            .chain(surname.chars())
            .filter(|c| c.is_uppercase())
            .collect(),
    );
    for place in [at::FAX, at::PAGER, at::HOME] {
        if dice.chance(40) {
            put(place, phone(&mut dice));
        }
    }
    put(
        at::PAGE,
        format!("https://people.contoso.com/{}", account.to_lowercase()),
    );
    put(
        at::PROFILE,
        format!(r"\\files{}\profiles\u{number:07}", dice.roll(8)),
    );
    put(at::SCRIPT, "logon.cmd".into());
    put(at::DRIVE, "H:".into());
    put(
        at::FOLDER,
        format!(r"\\files{}\home\u{number:07}", dice.roll(8)),
    );
    put(at::COUNTRY_NAME, country_name.into());
    put(at::DIVISION, dice.of(&["EMEA", "Americas", "APAC"]).into());
    put(at::ROOM, format!("{}.{:03}", dice.roll(9), dice.roll(300)));
    put(
        at::EXTENSION_1,
        format!("cost centre {}", 1000 + dice.roll(200)),
    );
    put(at::EXTENSION_2, format!("badge {}", dice.roll(1_000_000)));
    if dice.chance(30) {
        put(at::EXTENSION_3, "migrated".into());
    }
    put(
        at::LANGUAGE,
        dice.of(&["de-DE", "en-US", "en-GB", "fr-FR", "pl-PL"])
            .into(),
    );
    if dice.chance(92) {
        let mut all = vec![
            format!("SMTP:{mail}"),
            format!("smtp:u{number:07}@contoso.onmicrosoft.com"),
        ];
        if dice.chance(50) {
            all.push(format!("smtp:{}@contoso.com", ascii(surname)));
        }
        if dice.chance(20) {
            all.push(format!(
                "x500:/o=Contoso/ou=Exchange/cn=Recipients/cn=u{number:07}"
            ));
        }
        all.sort_unstable();
        fields[at::ADDRESSES] = Field::Texts(all);
    }
    fields[at::ENABLED] = Field::Flag(dice.chance(82));
    User { fields }
}

/// The first people.
pub fn users(count: usize) -> Vec<User> {
    (0..count).map(user).collect()
}

/// Reads every value once, and gives how many bytes they are.
pub fn read(users: &[User]) -> usize {
    let bytes = |text: &String| {
        text.bytes()
            .fold(text.len(), |sum, byte| sum ^ usize::from(byte))
    };
    let of = |field: &Field| match field {
        Field::Absent | Field::Flag(_) => 1,
        Field::Text(text) => bytes(text),
        Field::Texts(texts) => texts.iter().map(bytes).sum(),
    };
    users.iter().flat_map(|user| &user.fields).map(of).sum()
}
