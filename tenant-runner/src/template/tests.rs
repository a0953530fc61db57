//! What comes of templates: sound profiles whatever is chosen, and values that stay data.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use syncline_model::profile::{Deprovision, Profile, TemplateOrigin};
use syncline_model::rules::{RuleValue, SlotSource};
use syncline_model::schema::{AttrDef, Confirmation, Schema, TypeDef};
use syncline_model::{AttrName, DirectoryId, TemplateId, ValueType};
use syncline_rules::Env;
use syncline_rules::interp::{self, Answer};
use syncline_rules::part;
use syncline_rules::request::ExprSource;

use super::document::{ParameterKind, ParameterValue, Purpose, Template};
use super::fill::{Filled, fill};
use super::splice::{SpliceError, Values, literal, splice};
use super::{builtin, given, own, permissions};
use crate::profile::check::check;
use crate::profile::schemas::{DirectorySchema, Schemas};
use crate::profile::source::source;
use crate::resource::directory::DirectoryKind;

/// Texts of users and contacts in Active Directory, as its schema has them.
const PERSON: &str = "adminDescription c cn co comment company department displayName division employeeID employeeNumber \
    employeeType facsimileTelephoneNumber givenName info initials l mail mobile physicalDeliveryOfficeName postalCode sn \
    st streetAddress telephoneNumber title wWWHomePage";
const USER: &str = "preferredLanguage sAMAccountName userPrincipalName";
const GROUP: &str = "adminDescription cn displayName info mail sAMAccountName";

fn type_of(name: &str, texts: &[&str], others: &[(&str, ValueType, bool)]) -> (String, TypeDef) {
    let names = texts.iter().flat_map(|list| list.split_whitespace());
    let texts = names.map(|name| (name, ValueType::String, false));
    let kept = ["cn", "isCriticalSystemObject", "objectGUID"];
    let attr = |(name, value_type, multi): (&str, ValueType, bool)| {
        let def = AttrDef {
            name: AttrName::new(name),
            value_type,
            multi,
            required: name == "sAMAccountName",
            writable: !kept.contains(&name),
            max_length: None,
            confirmation: Confirmation::Exact,
            sensitive: false,
        };
        (def.name.clone(), def)
    };
    let attrs = texts.chain(others.iter().copied()).map(attr).collect();
    let object_type = TypeDef {
        name: name.to_owned(),
        attrs,
        rdn_attr: Some("CN".into()),
        unique: None,
        container: false,
    };
    (name.to_owned(), object_type)
}

fn active_directory() -> Schema {
    let of_all = [
        ("description", ValueType::String, true),
        ("isCriticalSystemObject", ValueType::Boolean, false),
        ("mS-DS-ConsistencyGuid", ValueType::Binary, false),
        ("objectGUID", ValueType::Binary, false),
    ];
    let with = |more: &[(&'static str, ValueType, bool)]| [&of_all[..], more].concat();
    let user = with(&[
        ("accountDisabled", ValueType::Boolean, false),
        ("manager", ValueType::Reference, false),
        ("proxyAddresses", ValueType::String, true),
    ]);
    let group = with(&[
        ("groupType", ValueType::Integer, false),
        ("managedBy", ValueType::Reference, false),
        ("member", ValueType::Reference, true),
    ]);
    let contact = with(&[("manager", ValueType::Reference, false)]);
    Schema {
        types: [
            type_of("user", &[PERSON, USER], &user),
            type_of("group", &[GROUP], &group),
            type_of("contact", &[PERSON], &contact),
        ]
        .into(),
    }
}

/// With what Exchange adds to the schema of users.
fn with_exchange() -> Schema {
    const ADDED: &str = "extensionAttribute1 extensionAttribute2 extensionAttribute3 extensionAttribute4 \
        extensionAttribute5 extensionAttribute6 extensionAttribute7 extensionAttribute8 extensionAttribute9 \
        extensionAttribute10 extensionAttribute11 extensionAttribute12 extensionAttribute13 extensionAttribute14 \
        extensionAttribute15 mailNickname msExchUsageLocation";
    let mut schema = active_directory();
    let (_, added) = type_of("user", &[ADDED], &[]);
    let user = schema.types.get_mut("user").expect("users");
    user.attrs.extend(added.attrs);
    schema
}

/// A directory for each role, as its kind has it.
fn world(template: &Template) -> (BTreeMap<String, DirectoryId>, Schemas) {
    world_with(template, &active_directory())
}

/// A directory for each role; those on the premises have this schema.
fn world_with(template: &Template, premises: &Schema) -> (BTreeMap<String, DirectoryId>, Schemas) {
    let numbered: Vec<_> = (1..).map(DirectoryId).zip(&template.directories).collect();
    let schemas = numbered.iter().map(|(id, role)| {
        let is_cloud = role.kind == DirectoryKind::EntraId;
        let schema = if is_cloud {
            syncline_connectors::graph::usual_schema()
        } else {
            premises.clone()
        };
        let described = DirectorySchema {
            name: role.title.clone(),
            schema: Some(Arc::new(schema)),
            hierarchical: !is_cloud,
            takes_passwords: true,
        };
        (*id, described)
    });
    let schemas = Schemas::new(schemas.collect());
    let directories = numbered.iter().map(|(id, role)| (role.name.clone(), *id));
    (directories.collect(), schemas)
}

/// Everything that ordinary profiles are refused for.
fn faults(profile: &Profile, schemas: &Schemas) -> Vec<String> {
    let mut faults: Vec<String> = check(profile, schemas)
        .into_iter()
        .map(|d| format!("{} {}: {}", d.code, d.at, d.message))
        .collect();
    for source in source(profile, schemas).request.parts {
        let checked = part::check(&source);
        let errors = checked.diagnostics.iter().filter(|d| d.is_error());
        faults
            .extend(errors.map(|d| format!("{} {} {}: {}", d.code, source.id, d.path, d.message)));
    }
    faults
}

fn text(text: &str) -> ParameterValue {
    ParameterValue::Text(text.into())
}

/// The example of a template, and each parameter in turn as it could be otherwise.
fn variations(template: &Template) -> Vec<(String, Values)> {
    let example = permissions::example_values(template).unwrap();
    let mut all = vec![("as the examples say".to_owned(), example.clone())];
    for parameter in &template.parameters {
        let mut others = match parameter.kind {
            ParameterKind::Boolean => vec![ParameterValue::Flag(false), ParameterValue::Flag(true)],
            ParameterKind::Choice => parameter.choices.iter().map(|c| text(&c.value)).collect(),
            ParameterKind::List => vec![ParameterValue::List(Vec::new())],
            _ => vec![text("")],
        };
        others.retain(|value| !parameter.required || value.is_set());
        for value in others {
            let what = format!("{} = {value:?}", parameter.name);
            let mut values = example.clone();
            values.insert(parameter.name.clone(), value);
            all.push((what, values));
        }
    }
    all
}

fn filled(template: &Template, values: &Values) -> (Filled, Schemas) {
    let (directories, schemas) = world(template);
    let filled = fill(template, &template.title, &directories, values, &schemas).unwrap();
    (filled, schemas)
}

#[test]
fn every_template_is_a_sound_profile_whatever_is_chosen() {
    for template in builtin::all() {
        for (what, values) in variations(template) {
            let (filled, schemas) = filled(template, &values);

            let found = faults(&filled.profile, &schemas);

            assert!(found.is_empty(), "{} with {what}: {found:#?}", template.id);
            assert!(!filled.profile.inbound.is_empty() && !filled.profile.outbound.is_empty());
        }
    }
}

#[test]
fn a_template_says_what_a_person_needs_to_know_and_stands_once() {
    let mut ids: Vec<&str> = builtin::all().iter().map(|t| t.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();

    assert_eq!(ids, ["ad-to-ad", "ad-to-entra", "entra-to-entra"]);
    for template in builtin::all() {
        let lists = [
            &template.reads,
            &template.writes,
            &template.assumptions,
            &template.deletion,
            &template.guards,
        ];
        for sentence in lists.into_iter().flatten() {
            assert!(sentence.ends_with('.'), "{}: {sentence}", template.id);
        }
        assert!(lists.iter().all(|list| !list.is_empty()), "{}", template.id);
        // Who fills nothing in but what is required gets nothing that deletes.
        let (filled, _) = filled(template, &permissions::example_values(template).unwrap());
        let parts = &filled.profile.outbound;
        assert!(
            parts
                .iter()
                .all(|part| part.deprovision == Deprovision::Disconnect),
            "{}",
            template.id
        );
        let origin = TemplateOrigin {
            id: template.id.clone(),
            version: template.version,
        };
        assert_eq!(filled.profile.template, Some(origin));
    }
}

#[test]
fn an_attribute_that_a_directory_does_not_know_is_left_out_and_said() {
    let template = builtin::find("ad-to-entra").unwrap();

    let (filled, _) = filled(template, &permissions::example_values(template).unwrap());

    let left: Vec<&str> = filled
        .left_out
        .iter()
        .map(|l| l.attribute.as_str())
        .collect();
    assert_eq!(left, ["mailNickname", "msExchUsageLocation"]);
    let flows = &filled.profile.inbound[0].flows;
    assert!(
        flows
            .iter()
            .all(|flow| flow.to != AttrName::new("mailNickname"))
    );
}

/// The profile of `ad-to-entra` over a forest with this schema, with values beside the examples.
fn hybrid(premises: &Schema, more: &[(&str, ParameterValue)]) -> (Filled, Schemas) {
    let template = builtin::find("ad-to-entra").unwrap();
    let mut values = permissions::example_values(template).unwrap();
    values.extend(
        more.iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    let (directories, schemas) = world_with(template, premises);
    let filled = fill(template, &template.title, &directories, &values, &schemas).unwrap();
    (filled, schemas)
}

#[test]
fn a_cloud_account_is_taken_over_by_its_immutable_id_unless_a_person_chooses_more() {
    let targets = |more: &[(&str, ParameterValue)]| -> Vec<String> {
        let (filled, _) = hybrid(&active_directory(), more);
        let groups = filled.profile.outbound[0].match_groups.iter().flatten();
        groups.map(|pair| format!("{:?}", pair.target)).collect()
    };

    let (by_default, by_choice) = (
        targets(&[]),
        targets(&[("soft_match", ParameterValue::Flag(true))]),
    );

    assert_eq!(by_default.len(), 1, "{by_default:?}");
    assert!(
        by_default[0].contains("onPremisesImmutableId"),
        "{by_default:?}"
    );
    assert_eq!(by_choice.len(), 3, "{by_choice:?}");
    assert_eq!(by_choice[0], by_default[0], "the immutable id comes first");
    for (found, attribute) in by_choice[1..].iter().zip(["userPrincipalName", "mail"]) {
        assert!(found.contains(attribute), "{found}");
    }
}

#[test]
fn extension_attributes_flow_where_they_are_chosen_and_the_forest_has_them() {
    let chosen = [("extension_attributes", ParameterValue::Flag(true))];
    let flows = |premises: &Schema, more: &[(&str, ParameterValue)]| {
        let (filled, schemas) = hybrid(premises, more);
        assert_eq!(faults(&filled.profile, &schemas), Vec::<String>::new());
        let are_such = |flow: &&syncline_model::profile::Flow| {
            flow.to.as_str().starts_with("extensionAttribute")
        };
        (
            filled.profile.inbound[0]
                .flows
                .iter()
                .filter(are_such)
                .count(),
            filled.profile.outbound[0]
                .flows
                .iter()
                .filter(are_such)
                .count(),
        )
    };

    assert_eq!(flows(&with_exchange(), &[]), (0, 0));
    assert_eq!(flows(&with_exchange(), &chosen), (15, 15));
    // A forest without them clears nothing in the cloud.
    assert_eq!(flows(&active_directory(), &chosen), (0, 0));
}

/// What the flow to an attribute gives for an object with these attributes.
fn flow_gives(
    filled: &(Filled, Schemas),
    part: &str,
    to: &str,
    attrs: &[(&str, RuleValue)],
) -> Answer {
    let (index, outbound) = (0, part.starts_with("/outbound"));
    let (profile, schemas) = (&filled.0.profile, &filled.1);
    let flows = match outbound {
        true => &profile.outbound[index].flows,
        false => &profile.inbound[index].flows,
    };
    let flow = flows
        .iter()
        .find(|flow| flow.to == AttrName::new(to))
        .expect("the flow");
    let expr = flow.expr.clone().expect("an expression");
    let parts = source(profile, schemas).request.parts;
    let part = parts.into_iter().find(|p| p.id == part).expect("the part");
    let env = Env {
        source: part.source,
        ..Env::default()
    };
    let checked = part::check_expression(&env, &ExprSource::Text(expr));
    assert!(checked.ok(), "{:?}", checked.diagnostics);
    let value = |slot: &SlotSource| {
        let SlotSource::Attribute(name) = slot else {
            panic!("{slot:?}");
        };
        let given = attrs.iter().find(|(given, _)| given == name);
        given.map_or(RuleValue::Null, |(_, value)| value.clone())
    };
    let row: Vec<RuleValue> = checked
        .tables
        .slots
        .iter()
        .map(|slot| value(&slot.source))
        .collect();
    interp::row(&checked, &row).answers.remove(0)
}

#[test]
fn mail_is_the_primary_address_and_the_usage_location_is_exchanges_first() {
    let filled = hybrid(&with_exchange(), &[]);
    let string = |text: &str| RuleValue::String(text.into());
    let addresses = |list: &[&str]| RuleValue::List(list.iter().map(|a| string(a)).collect());
    let is = |text: &str| Answer::Value(string(text));
    let mail = |attrs: &[(&str, RuleValue)]| flow_gives(&filled, "/inbound/0#own", "mail", attrs);
    let place = |attrs: &[(&str, RuleValue)]| {
        flow_gives(&filled, "/outbound/0#own", "usageLocation", attrs)
    };

    let all = addresses(&[
        "smtp:ada.b@contoso.test",
        "X500:/o=x",
        "SMTP:Ada@contoso.test",
    ]);
    assert_eq!(
        mail(&[
            ("proxyAddresses", all),
            ("mail", string("old@contoso.test"))
        ]),
        is("ada@contoso.test")
    );
    let aliases = addresses(&["smtp:ada.b@contoso.test"]);
    assert_eq!(
        mail(&[("proxyAddresses", aliases), ("mail", string("Ada@x.test"))]),
        is("ada@x.test")
    );
    assert_eq!(mail(&[("mail", string("Ada@x.test"))]), is("ada@x.test"));
    assert_eq!(mail(&[]), Answer::Null);

    assert_eq!(
        place(&[("msExchUsageLocation", string("fr")), ("c", string("DE"))]),
        is("FR")
    );
    assert_eq!(place(&[("c", string("de"))]), is("DE"));
    assert_eq!(place(&[]), is("GB"));
}

#[test]
fn what_carries_the_marker_in_the_source_is_a_copy_and_is_not_copied() {
    let template = builtin::find("entra-to-entra").unwrap();
    let scopes = |marker: &str| -> Vec<String> {
        let mut values = permissions::example_values(template).unwrap();
        values.insert("marker".into(), text(marker));
        let (filled, _) = filled(template, &values);
        let scopes = filled
            .profile
            .inbound
            .iter()
            .map(|part| format!("{:?}", part.scope));
        scopes.collect()
    };

    for number in 10..=15 {
        let marker = format!("extensionAttribute{number}");
        for scope in scopes(&marker) {
            assert!(scope.contains(&format!("({marker} == null)")), "{scope}");
            assert_eq!(scope.matches("extensionAttribute").count(), 1, "{scope}");
        }
    }
    for scope in scopes("") {
        assert!(!scope.contains("extensionAttribute"), "{scope}");
    }
}

/// What an expression without attributes gives.
fn value_of(expr: &str) -> RuleValue {
    let checked = part::check_expression(&Env::default(), &ExprSource::Text(expr.to_owned()));
    assert!(checked.ok(), "{expr}: {:?}", checked.diagnostics);
    match interp::row(&checked, &[]).answers.remove(0) {
        Answer::Value(value) => value,
        other => panic!("{expr}: {other:?}"),
    }
}

#[test]
fn a_value_never_becomes_code() {
    let hostile = [
        r#"" + cn + ""#,
        r#"\" || true || \""#,
        r#"\"#,
        r#"a\\"; throw "x"; //"#,
        "${container}",
        "{cn}",
        "%cn%",
        "\u{2028}\"\u{85}",
        "'`[cn]",
        "ünï\u{1f600}",
    ];
    for value in hostile {
        let values = Values::from([("p".to_owned(), text(value))]);

        let expr = splice("\"<\" + ${p} + \">\"", &values).unwrap();

        assert_eq!(
            value_of(&expr),
            RuleValue::String(format!("<{value}>")),
            "{expr}"
        );
        let list = literal(&ParameterValue::List(vec![value.into(), "b".into()]));
        let joined = format!("string.Join(\"|\", {list})");
        assert_eq!(
            value_of(&joined),
            RuleValue::String(format!("{value}|b")),
            "{joined}"
        );
    }
}

#[test]
fn a_profile_with_hostile_values_means_what_the_harmless_one_means() {
    let template = builtin::find("ad-to-ad").unwrap();
    let mut values = permissions::example_values(template).unwrap();
    let container = r#"OU=a\" + cn + \",DC=fabrikam,DC=test"#;
    values.insert("container".into(), text(container));
    let types = vec![r#"FTE") || true || ("#.to_owned()];
    values.insert("employee_types".into(), ParameterValue::List(types));

    let (filled, schemas) = filled(template, &values);

    assert_eq!(faults(&filled.profile, &schemas), Vec::<String>::new());
    let parts = source(&filled.profile, &schemas).request.parts;
    let people = parts.iter().find(|p| p.id == "/outbound/0#own").unwrap();
    let reads = part::check(people).reads();
    assert!(reads.contains(&"cn".to_owned()), "{reads:?}");
    let scope = &parts
        .iter()
        .find(|p| p.id == "/inbound/0#own")
        .unwrap()
        .scope;
    let Some(ExprSource::Expr { expr, .. }) = scope else {
        panic!("{scope:?}");
    };
    assert!(
        expr.contains(r#"new[] { "FTE\") || true || (" }.Contains(employeeType)"#),
        "{expr}"
    );
}

#[test]
fn gaps_that_could_become_code_are_refused() {
    let values = Values::from([("p".to_owned(), text("x"))]);
    let inside = |name: &str| SpliceError::InsideText(name.into());
    let forms = |name: &str| SpliceError::OtherForms(name.into());
    let cases = [
        (r#""a ${p} b""#, Err(inside("p"))),
        (r#"${p} + "a \" ${p}""#, Err(inside("p"))),
        (r#"$"{cn}" + ${p}"#, Err(forms("p"))),
        (r#"@"\" + ${p}"#, Err(forms("p"))),
        (r#"${p} // "#, Err(forms("p"))),
        (r#"/* " */ ${p}"#, Err(forms("p"))),
        (r#"${p} + "open"#, Err(forms("p"))),
        ("${p} + ${q}", Err(SpliceError::NoValue("q".into()))),
        (r#"${p} + "a""#, Ok(r#""x" + "a""#.to_owned())),
        // Nothing of the template's stands in these: they stay as they are.
        (r#"$"${cn}""#, Ok(r#"$"${cn}""#.to_owned())),
        (r#""${other}""#, Ok(r#""${other}""#.to_owned())),
    ];
    for (expr, expected) in cases {
        assert_eq!(splice(expr, &values), expected, "{expr}");
    }
}

#[test]
fn values_are_of_their_kind_or_refused_by_name() {
    let parameters = serde_json::from_value::<Vec<super::document::Parameter>>(json!([
        {"name": "domain", "kind": "domain", "label": "Domain", "required": true},
        {"name": "dn", "kind": "dn", "label": "Container"},
        {"name": "country", "kind": "text", "label": "Country", "min_length": 2, "max_length": 2},
        {"name": "which", "kind": "choice", "label": "Which", "choices": [{"value": "a", "label": "A"}]},
        {"name": "list", "kind": "list", "label": "List", "items": "domain"},
        {"name": "flag", "kind": "boolean", "label": "Flag", "default": true}
    ]))
    .unwrap();
    let wrong = |given: serde_json::Value| -> Vec<(String, &'static str)> {
        let given = serde_json::from_value(given).unwrap();
        let found = given::check(&parameters, &given).err().unwrap_or_default();
        found.into_iter().map(|w| (w.name, w.code)).collect()
    };
    let one = |name: &str, code| vec![(name.to_owned(), code)];

    assert_eq!(wrong(json!({"domain": " fabrikam.test "})), []);
    assert_eq!(wrong(json!({})), one("domain", "required"));
    for domain in [
        "fabrikam",
        "a b.test",
        "-a.test",
        "a..test",
        "a.test\" + cn",
        "a.test\n",
    ] {
        let expected = if domain.ends_with('\n') {
            vec![]
        } else {
            one("domain", "value")
        };
        assert_eq!(wrong(json!({"domain": domain})), expected, "{domain:?}");
    }
    let with = |name: &str, value: serde_json::Value| {
        let mut given = json!({"domain": "fabrikam.test"});
        given[name] = value;
        wrong(given)
    };
    assert_eq!(with("dn", json!("no name")), one("dn", "value"));
    assert_eq!(with("dn", json!("OU=a,DC=b")), []);
    assert_eq!(with("country", json!("GBR")), one("country", "length"));
    assert_eq!(with("country", json!("G\nB")), one("country", "value"));
    assert_eq!(with("which", json!("b")), one("which", "value"));
    assert_eq!(with("list", json!(["a.test", "b"])), one("list", "value"));
    assert_eq!(with("list", json!("a.test")), one("list", "kind"));
    assert_eq!(with("flag", json!("yes")), one("flag", "kind"));
    assert_eq!(with("odd", json!("x")), one("odd", "unknown"));
}

#[test]
fn permissions_follow_from_what_the_template_writes() {
    let names = |template: &Template| -> Vec<(String, Vec<&'static str>)> {
        let roles = permissions::expected(template).unwrap();
        let names = |needs: Vec<syncline_connectors::graph::permissions::Need>| {
            needs.iter().map(|need| need.permission).collect()
        };
        roles
            .into_iter()
            .map(|(role, needs)| (role, names(needs)))
            .collect()
    };
    let hybrid = builtin::find("ad-to-entra").unwrap();
    let mut without_groups = hybrid.clone();
    for parameter in &mut without_groups.parameters {
        if parameter.name == "groups" {
            parameter.default = Some(ParameterValue::Flag(false));
        }
    }
    let writes_groups = |found: &[(String, Vec<&str>)]| {
        found.iter().any(|(_, names)| {
            names
                .iter()
                .any(|n| n.starts_with("Group") && n.contains("Write"))
        })
    };

    assert!(writes_groups(&names(hybrid)), "{:?}", names(hybrid));
    assert!(
        !writes_groups(&names(&without_groups)),
        "{:?}",
        names(&without_groups)
    );
    let tenants = names(builtin::find("entra-to-entra").unwrap());
    assert_eq!(tenants.len(), 2);
    assert!(
        tenants[0].1.iter().all(|name| !name.contains("Write")),
        "{tenants:?}"
    );
    assert!(writes_groups(&tenants[1..]), "{tenants:?}");
    assert_eq!(names(builtin::find("ad-to-ad").unwrap()), []);
}

#[test]
fn a_profile_comes_back_from_its_own_template_in_other_directories() {
    let template = builtin::find("ad-to-ad").unwrap();
    let (filled, schemas) = filled(template, &permissions::example_values(template).unwrap());
    let known = BTreeMap::from([
        (
            DirectoryId(1),
            ("Contoso".to_owned(), DirectoryKind::ActiveDirectory),
        ),
        (
            DirectoryId(2),
            ("Fabrikam".to_owned(), DirectoryKind::ActiveDirectory),
        ),
    ]);
    let about = own::About {
        title: "Ours".into(),
        purpose: Purpose::Migration,
        summary: String::new(),
    };

    let own = own::from_profile(TemplateId(7), about, &filled.profile, &known);
    let kept: Template = serde_json::from_slice(&serde_json::to_vec(&own).unwrap()).unwrap();
    let directories = BTreeMap::from([
        ("source".to_owned(), DirectoryId(2)),
        ("target".to_owned(), DirectoryId(1)),
    ]);
    let again = fill(&kept, "Again", &directories, &Values::new(), &schemas)
        .unwrap()
        .profile;

    assert!(!serde_json::to_string(&kept).unwrap().contains("dir_"));
    let mut expected = filled.profile;
    expected.name = "Again".into();
    expected.template = Some(TemplateOrigin {
        id: "tpl_7".into(),
        version: 1,
    });
    for part in &mut expected.inbound {
        part.directory = DirectoryId(2);
    }
    for part in &mut expected.outbound {
        part.directory = DirectoryId(1);
    }
    assert_eq!(again, expected);
}
