//! What an editor asks, on its way to the language service and back.
//!
//! Invariants: the compile child is told names, types and shares, never a value (ADR 17); values are put into its answer
//! here, only where it speaks of an attribute of the object.

use syncline_model::AttrName;
use syncline_model::rules::RuleType;
use syncline_rules::service::Statistics;
use syncline_rules::service::json::{Ask, Question};
use syncline_rules::service::table_doc;

use super::samples::Known;
use super::schemas::Schemas;
use super::source::attributes;
use crate::resource::language::{LanguageAnswer, LanguageAsk, LanguageQuestion, LanguageReads};
use crate::rule_resources::Library;

/// The question as the language service takes it. What the tenant does not have, has no attributes.
pub fn question(
    asked: LanguageQuestion,
    schemas: &Schemas,
    known: &Known,
    library: &Library,
) -> Question {
    let ask = match asked.ask {
        LanguageAsk::Complete => Ask::Complete,
        LanguageAsk::Hover => Ask::Hover,
        LanguageAsk::Signature => Ask::Signature,
        LanguageAsk::Format => Ask::Format,
    };
    let directory = schemas.directory_type(asked.directory, &asked.object_type);
    let read = match asked.reads {
        LanguageReads::Directory => directory,
        LanguageReads::Metaverse => schemas.metaverse_type(&asked.metaverse_type),
    };
    let schema = read.map(attributes).unwrap_or_default();
    let share = |name: &String| {
        let fill = known.get(&AttrName::new(name))?.fill;
        let samples = Vec::new();
        Some((name.clone(), Statistics { fill, samples }))
    };
    let statistics = schema.keys().filter_map(share).collect();
    Question {
        schema,
        statistics,
        target: directory
            .filter(|_| asked.target)
            .map(attributes)
            .unwrap_or_default(),
        resources: library.without_rows(),
        parameters: (asked.parameters.into_iter())
            .map(|name| (name, RuleType::String))
            .collect(),
        ..Question::about(ask, asked.text, asked.dialect, asked.at)
    }
}

/// The answer with what is known of values.
pub fn with_samples(mut answer: LanguageAnswer, known: &Known) -> LanguageAnswer {
    // Only attributes of the object have a share; those of its target have the same names.
    let samples = |name: &str, fill: Option<f64>| match fill.and(known.get(&AttrName::new(name))) {
        Some(values) => values.samples.clone(),
        None => Vec::new(),
    };
    for item in answer
        .complete
        .iter_mut()
        .flat_map(|found| &mut found.items)
    {
        item.samples = samples(&item.label, item.fill);
    }
    if let Some(hover) = &mut answer.hover {
        hover.samples = samples(&hover.name, hover.fill);
    }
    answer
}

/// The answer with what is known of lookup tables, whose rows the language service was not told.
pub fn with_tables(mut answer: LanguageAnswer, library: &Library) -> LanguageAnswer {
    let told = |kind: &str, name: &str, doc: &mut String| {
        if let Some(table) = library.table(name).filter(|_| kind == "table") {
            *doc = table_doc(table.rows.len(), table.ignore_case);
        }
    };
    for item in (answer.complete.iter_mut()).flat_map(|found| &mut found.items) {
        told(&item.kind, &item.label, &mut item.doc);
    }
    if let Some(hover) = &mut answer.hover {
        let kind = hover.kind.as_deref().unwrap_or_default();
        told(kind, &hover.name, &mut hover.doc);
    }
    answer
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use syncline_rules::service::json::line;
    use syncline_store::tenant::RuleResourceRow;

    use super::*;

    fn library() -> Library {
        let docs = [
            json!({"kind": "table", "name": "countries", "rows": [{"key": "DE", "value": "Germany"}]}),
            json!({"kind": "expression", "name": "Loud", "expr": "text.ToUpper()", "description": "In capitals.",
                   "parameters": [{"name": "text", "type": "string", "nullable": false}]}),
        ];
        let rows = docs.into_iter().zip(1..).map(|(doc, id)| RuleResourceRow {
            id: syncline_model::RuleResourceId(id),
            version: 1,
            author: "usr_1".into(),
            at_ms: 0,
            doc: serde_json::from_value(doc).unwrap(),
        });
        Library::of(1, rows.collect())
    }

    fn known() -> Known {
        let samples = vec!["ada@contoso.com".to_owned()];
        let mail = Statistics {
            fill: Some(0.5),
            samples,
        };
        [(AttrName::new("mail"), mail)].into()
    }

    fn asked(ask: LanguageAsk, text: &str) -> Question {
        let question = LanguageQuestion {
            ask,
            directory: syncline_model::DirectoryId(1),
            object_type: "user".into(),
            metaverse_type: "person".into(),
            reads: LanguageReads::Metaverse,
            target: false,
            dialect: syncline_model::rules::Dialect::Csharp,
            parameters: vec!["Domain.FQDN".into()],
            text: text.to_owned(),
            at: text.len() as u32,
        };
        super::question(
            question,
            &Schemas::new(BTreeMap::new()),
            &known(),
            &library(),
        )
    }

    fn answered(question: &Question) -> LanguageAnswer {
        let answer = line(&serde_json::to_string(question).unwrap());
        with_samples(serde_json::from_value(answer).unwrap(), &known())
    }

    #[test]
    fn values_reach_the_editor_but_not_the_language_service() {
        let question = asked(LanguageAsk::Complete, "mai");

        let answer = answered(&question);

        assert!(
            !serde_json::to_string(&question)
                .unwrap()
                .contains("contoso")
        );
        let item = &answer.complete.unwrap().items[0];
        assert_eq!((item.label.as_str(), item.fill), ("mail", Some(0.5)));
        assert_eq!(item.samples, ["ada@contoso.com"]);
    }

    #[test]
    fn every_answer_of_the_language_service_is_one_of_the_surface() {
        let hover = answered(&asked(LanguageAsk::Hover, "mail")).hover.unwrap();
        let method = answered(&asked(LanguageAsk::Hover, "mail.Substring"))
            .hover
            .unwrap();
        let call = answered(&asked(LanguageAsk::Signature, "mail.Substring(1, "))
            .signature
            .unwrap();

        assert_eq!(hover.samples, ["ada@contoso.com"]);
        assert_eq!(method.example.len(), 2);
        assert_eq!((call.active, call.parameter), (1, 1));
        let format = |text: &str| answered(&asked(LanguageAsk::Format, text)).format;
        assert_eq!(format("mail  ??null").unwrap().text, "mail ?? null");
        assert_eq!(format("mail  ??"), None);
        assert_eq!(
            answered(&asked(LanguageAsk::Hover, "1")),
            LanguageAnswer::default()
        );
    }

    #[test]
    fn tables_and_named_expressions_are_offered_but_no_row_leaves() {
        let table = asked(LanguageAsk::Complete, "Lookup(\"coun");
        let called = asked(LanguageAsk::Complete, "Lou");

        let table_item = with_tables(answered(&table), &library());
        let called = answered(&called);

        assert!(!serde_json::to_string(&table).unwrap().contains("Germany"));
        let item = &table_item.complete.unwrap().items[0];
        assert_eq!(
            (item.label.as_str(), item.kind.as_str()),
            ("countries", "table")
        );
        assert!(item.doc.contains("1 row"), "{}", item.doc);
        let item = &called.complete.unwrap().items[0];
        assert_eq!(
            (item.label.as_str(), item.doc.as_str()),
            ("Loud", "In capitals.")
        );
    }

    #[test]
    fn parameters_of_the_profile_are_offered() {
        let items = answered(&asked(LanguageAsk::Complete, "Dom")).complete;

        let items = items.unwrap().items;
        let item = items.iter().find(|item| item.kind == "parameter").unwrap();
        assert_eq!(
            (item.label.as_str(), item.insert.as_str()),
            ("Domain.FQDN", "%Domain.FQDN%")
        );
    }

    #[test]
    fn a_directory_that_was_never_read_has_no_attributes() {
        let mut question = asked(LanguageAsk::Complete, "");
        question.schema.clear();

        let items = answered(&question).complete.unwrap().items;

        assert!(items.iter().all(|item| item.kind != "attribute"));
        assert_eq!(json!(items[0].samples), json!([]));
    }
}
