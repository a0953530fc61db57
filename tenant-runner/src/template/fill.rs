//! From a template and values to a profile.
//!
//! The document of a template is a profile's with these gaps:
//!
//! | In the document | becomes |
//! | --- | --- |
//! | `{"$directory": "source"}` | the id of the directory in that role |
//! | `{"$param": "name"}` | the value as JSON: a text, a list, true or false |
//! | `${name}` in an `expr`, `default` or `if` | the value as one literal of the rule language ([`super::splice`]) |
//! | `"$when": "name"` in an object | the object is there when the value is set; `name=value` when it is that |
//! | `"$unless": "name"` | the contrary |
//! | `"$needs": ["attr"]` in a flow or a match pair | it is there when the part's directory knows these attributes; `role/type/attr` asks another role's |
//! | `{"$first": […]}` | the first of these that is there |
//! | `{"$all": […]}` | one expression: that all of these that are there hold |
//!
//! Invariants: the same arguments give the same profile; what is left out for want of an attribute is said; a document
//! that does not become a profile is a fault of the template and says where.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use syncline_model::profile::{Profile, TemplateOrigin};
use syncline_model::schema::TypeDef;
use syncline_model::{AttrName, DirectoryId};

use super::document::{ParameterValue, Template};
use super::splice::{SpliceError, Values, splice};
use crate::profile::schemas::Schemas;

/// A profile that a template gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// The profile; its parts have no ids yet.
    pub profile: Profile,
    /// What was left out, because a directory does not know an attribute.
    pub left_out: Vec<LeftOut>,
}

/// A flow or match pair that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The directory that does not know the attribute.
    pub directory: DirectoryId,
    /// The object type.
    pub object_type: String,
    /// The attribute.
    pub attribute: AttrName,
}

/// Why a template gives no profile: a fault of the template.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// A gap of an expression.
    #[error(transparent)]
    Splice(#[from] SpliceError),
    /// A role or parameter that the template does not have.
    #[error("`{0}` is no role or parameter of the template")]
    Unknown(String),
    /// What came out is no profile.
    #[error("what came of it is no profile: {0}")]
    NoProfile(#[from] serde_json::Error),
}

/// Fills a template in.
pub fn fill(
    template: &Template,
    name: &str,
    directories: &BTreeMap<String, DirectoryId>,
    values: &Values,
    schemas: &Schemas,
) -> Result<Filled, FillError> {
    let mut filler = Filler {
        directories,
        values,
        schemas,
        left_out: Vec::new(),
    };
    let mut document = filler.value(&template.profile, None)?.unwrap_or_default();
    if let Json::Object(members) = &mut document {
        members.insert("name".into(), Json::String(name.to_owned()));
    }
    let mut profile: Profile = serde_json::from_value(document)?;
    profile.template = Some(TemplateOrigin {
        id: template.id.clone(),
        version: template.version,
    });
    let left_out = filler.left_out;
    Ok(Filled { profile, left_out })
}

/// The part that the filler is in, where its object type is known.
#[derive(Clone, Copy)]
struct Part<'a> {
    directory: DirectoryId,
    object_type: &'a TypeDef,
}

struct Filler<'a> {
    directories: &'a BTreeMap<String, DirectoryId>,
    values: &'a Values,
    schemas: &'a Schemas,
    left_out: Vec<LeftOut>,
}

impl<'a> Filler<'a> {
    /// What a value of the document becomes; `None` when it is not there.
    fn value(&mut self, value: &Json, part: Option<Part<'a>>) -> Result<Option<Json>, FillError> {
        match value {
            Json::Object(members) => self.object(members, part),
            Json::Array(items) => self.array(items, part).map(Some),
            other => Ok(Some(other.clone())),
        }
    }

    fn array(&mut self, items: &[Json], part: Option<Part<'a>>) -> Result<Json, FillError> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            // A match group without its pairs would match everything: it goes with them.
            let emptied = |filled: &Json| {
                item.as_array().is_some_and(|i| !i.is_empty())
                    && filled.as_array().is_some_and(Vec::is_empty)
            };
            if let Some(filled) = self.value(item, part)?
                && !emptied(&filled)
            {
                out.push(filled);
            }
        }
        Ok(Json::Array(out))
    }

    fn object(
        &mut self,
        members: &Map<String, Json>,
        part: Option<Part<'a>>,
    ) -> Result<Option<Json>, FillError> {
        let text = |key: &str| members.get(key).and_then(Json::as_str);
        if let Some(role) = text("$directory") {
            return Ok(Some(Json::String(self.directory(role)?.to_string())));
        }
        if let Some(name) = text("$param") {
            let value = self.parameter(name)?;
            return Ok(Some(serde_json::to_value(value)?));
        }
        if let Some(first) = members.get("$first").and_then(Json::as_array) {
            for alternative in first {
                if let Some(filled) = self.value(alternative, part)? {
                    return Ok(Some(filled));
                }
            }
            return Ok(None);
        }
        if let Some(all) = members.get("$all").and_then(Json::as_array) {
            return self.all(all, part);
        }
        if let Some(when) = text("$when")
            && !self.holds(when)?
        {
            return Ok(None);
        }
        if let Some(unless) = text("$unless")
            && self.holds(unless)?
        {
            return Ok(None);
        }
        let part = self.part_of(members)?.or(part);
        if let (Some(needs), Some(part)) = (members.get("$needs").and_then(Json::as_array), part)
            && self.lacks(needs, part)?
        {
            return Ok(None);
        }
        let mut out = Map::new();
        for (key, value) in members.iter().filter(|(key, _)| !key.starts_with('$')) {
            let filled = match value {
                Json::String(text) if matches!(key.as_str(), "expr" | "if" | "default") => {
                    Some(Json::String(splice(text, self.values)?))
                }
                value => self.value(value, part)?,
            };
            if let Some(filled) = filled {
                out.insert(key.clone(), filled);
            }
        }
        Ok(Some(Json::Object(out)))
    }

    /// Expressions joined by `&&`.
    fn all(&mut self, items: &[Json], part: Option<Part<'a>>) -> Result<Option<Json>, FillError> {
        let mut terms = Vec::new();
        for item in items {
            if let Some(filled) = self.value(item, part)? {
                let expr = filled.get("expr").and_then(Json::as_str);
                let expr = expr.ok_or_else(|| FillError::Unknown("$all".into()))?;
                terms.push(format!("({expr})"));
            }
        }
        let joined = terms.join(" && ");
        Ok((!terms.is_empty()).then(|| serde_json::json!({ "expr": joined })))
    }

    fn directory(&self, role: &str) -> Result<DirectoryId, FillError> {
        let found = self.directories.get(role).copied();
        found.ok_or_else(|| FillError::Unknown(role.to_owned()))
    }

    fn parameter(&self, name: &str) -> Result<&'a ParameterValue, FillError> {
        let found = self.values.get(name);
        found.ok_or_else(|| FillError::Unknown(name.to_owned()))
    }

    /// Whether a condition holds: `name` is set, or `name=value`.
    fn holds(&self, condition: &str) -> Result<bool, FillError> {
        match condition.split_once('=') {
            None => Ok(self.parameter(condition)?.is_set()),
            Some((name, wanted)) => {
                Ok(matches!(self.parameter(name)?, ParameterValue::Text(text) if text == wanted))
            }
        }
    }

    /// The part that an object is, if it is one and its type is known.
    fn part_of(&self, members: &Map<String, Json>) -> Result<Option<Part<'a>>, FillError> {
        let (Some(directory), Some(object_type)) = (
            members
                .get("directory")
                .and_then(|d| d.get("$directory"))
                .and_then(Json::as_str),
            members.get("type").and_then(Json::as_str),
        ) else {
            return Ok(None);
        };
        let directory = self.directory(directory)?;
        let object_type = self.schemas.directory_type(directory, object_type);
        Ok(object_type.map(|object_type| Part {
            directory,
            object_type,
        }))
    }

    /// Whether a directory does not know what is needed: the part's own, or that of `role/type/attribute`.
    fn lacks(&mut self, needs: &[Json], part: Part<'a>) -> Result<bool, FillError> {
        let mut lacks = false;
        for need in needs.iter().filter_map(Json::as_str) {
            let mut words = need.split('/');
            let asked = match (words.next(), words.next(), words.next()) {
                (Some(role), Some(object_type), Some(attribute)) => {
                    let directory = self.directory(role)?;
                    let object_type = self.schemas.directory_type(directory, object_type);
                    object_type.map(|object_type| {
                        let part = Part {
                            directory,
                            object_type,
                        };
                        (part, attribute)
                    })
                }
                _ => Some((part, need)),
            };
            let Some((part, attribute)) = asked else {
                continue;
            };
            let attribute = AttrName::new(attribute);
            if part.object_type.attrs.contains_key(&attribute) {
                continue;
            }
            lacks = true;
            let missing = LeftOut {
                directory: part.directory,
                object_type: part.object_type.name.clone(),
                attribute,
            };
            if !self.left_out.contains(&missing) {
                self.left_out.push(missing);
            }
        }
        Ok(lacks)
    }
}
