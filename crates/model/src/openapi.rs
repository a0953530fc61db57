//! Schemas of the types that print as one text.

use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

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
    crate::AttrName = "AttributeName", "^.+$";
    crate::op::OpHash = "OperationHash", "^[0-9a-f]{64}$";
}
