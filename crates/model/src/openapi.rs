//! Schemas that no derive writes: of types that print as one text, and of a choice whose kinds know all their fields.

use serde_json::json;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::rule_resource::{LookupTable, NamedExpression, RuleResource};

macro_rules! texts {
    ($($ty:path = $name:literal, $pattern:literal;)*) => {$(
        impl PartialSchema for $ty {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).pattern(Some($pattern));
                RefOr::T(Schema::Object(text.build()))
            }
        }
        impl ToSchema for $ty {
            fn name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
        }
    )*};
}

texts! {
    crate::TenantId = "TenantId", "^ten_[0-9a-z]{1,13}$";
    crate::PrincipalId = "PrincipalId", "^usr_[0-9a-z]{1,13}$";
    crate::DirectoryId = "DirectoryId", "^dir_[0-9a-z]{1,13}$";
    crate::AgentId = "AgentId", "^agt_[0-9a-z]{1,13}$";
    crate::ProfileId = "ProfileId", "^prf_[0-9a-z]{1,13}$";
    crate::PartId = "PartId", "^prt_[0-9a-z]{1,13}$";
    crate::RunId = "RunId", "^run_[0-9a-z]{1,13}$";
    crate::CycleId = "CycleId", "^cyc_[0-9a-z]{1,13}$";
    crate::WhatIfId = "WhatIfId", "^wif_[0-9a-z]{1,13}$";
    crate::ApprovalId = "ApprovalId", "^apr_[0-9a-z]{1,13}$";
    crate::CsId = "ObjectId", "^obj_[0-9a-z]{1,13}$";
    crate::MvId = "MetaverseObjectId", "^mvo_[0-9a-z]{1,13}$";
    crate::TemplateId = "TemplateId", "^tpl_[0-9a-z]{1,13}$";
    crate::RuleResourceId = "RuleResourceId", "^res_[0-9a-z]{1,13}$";
    crate::MessageId = "MessageId", "^msg_[0-9a-z]{1,13}$";
    crate::NotificationId = "NotificationId", "^ntf_[0-9a-z]{1,13}$";
    crate::AttrName = "AttributeName", "^.+$";
    crate::op::OpHash = "OperationHash", "^[0-9a-f]{64}$";
}

/// Each kind with its tag among its own fields: a schema that knows all its fields cannot be joined with another one.
impl PartialSchema for RuleResource {
    fn schema() -> RefOr<Schema> {
        let kinds = OneOfBuilder::new()
            .item(tagged(LookupTable::schema(), "table"))
            .item(tagged(NamedExpression::schema(), "expression"))
            .description(Some("A lookup table or a named expression."));
        RefOr::T(Schema::OneOf(kinds.build()))
    }
}

impl ToSchema for RuleResource {
    fn name() -> std::borrow::Cow<'static, str> {
        "RuleResource".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        LookupTable::schemas(schemas);
        NamedExpression::schemas(schemas);
    }
}

fn tagged(schema: RefOr<Schema>, kind: &str) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut object)) = schema else {
        return schema;
    };
    let tag = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some([json!(kind)]));
    (object.properties).insert("kind".to_owned(), RefOr::T(Schema::Object(tag.build())));
    object.required.insert(0, "kind".to_owned());
    RefOr::T(Schema::Object(object))
}
