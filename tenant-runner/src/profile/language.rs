//! What an editor asks, on its way to the language service and back.
//!
//! Invariants: the compile child is told names, types and shares, never a value (ADR 17); values are put into its answer
//! here, only where it speaks of an attribute of the object.

use syncline_model::AttrName;
use syncline_rules::service::Statistics;
use syncline_rules::service::json::{Ask, Question};

use super::samples::Known;
use super::schemas::Schemas;
use super::source::attributes;
use crate::resource::language::{LanguageAnswer, LanguageAsk, LanguageQuestion, LanguageReads};

/// The question as the language service takes it. What the tenant does not have, has no attributes.
pub fn question(asked: LanguageQuestion, schemas: &Schemas, known: &Known) -> Question {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use syncline_rules::service::json::line;

    use super::*;

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
            text: text.to_owned(),
            at: text.len() as u32,
        };
        super::question(question, &Schemas::new(BTreeMap::new()), &known())
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
    fn a_directory_that_was_never_read_has_no_attributes() {
        let mut question = asked(LanguageAsk::Complete, "");
        question.schema.clear();

        let items = answered(&question).complete.unwrap().items;

        assert!(items.iter().all(|item| item.kind != "attribute"));
        assert_eq!(json!(items[0].samples), json!([]));
    }
}
