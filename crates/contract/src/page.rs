//! Lists: one page at a time, by an opaque cursor.
//!
//! Invariants: a page holds at most [`LIMIT_MAX`] items; `next` is absent on the last page.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// Largest page.
pub const LIMIT_MAX: u32 = 200;
/// Page size when the caller names none.
pub const LIMIT_DEFAULT: u32 = 50;

/// The query parameters every list takes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the page before; absent for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many items at most (1 to 200, 50 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

impl PageQuery {
    /// The page size to use: the caller's within 1 to 200, or the default.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T: ToSchema> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Cursor of the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

// The derived schema has one name for the pages of every list; each list has its own here, as its items differ.
impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .description(Some("The items, in the list's order."));
        let next = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("Cursor of the next page; absent on the last one."));
        ObjectBuilder::new()
            .description(Some("One page of a list."))
            .property("items", items)
            .required("items")
            .property("next", next)
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((T::name().into_owned(), T::schema()));
    }
}

impl<T: ToSchema> Page<T> {
    /// The last (or only) page.
    pub fn last(items: Vec<T>) -> Self {
        Page { items, next: None }
    }

    /// Cuts `limit + 1` fetched items to a page: where there is one more, `cursor_of` the last kept item is `next`.
    pub fn cut(mut items: Vec<T>, limit: u32, cursor_of: impl FnOnce(&T) -> String) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = if more {
            items.last().map(cursor_of)
        } else {
            None
        };
        Page { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_where_one_more_item_was_fetched() {
        let page = Page::cut(vec![1, 2, 3], 2, |last| format!("after {last}"));
        let last = Page::cut(vec![1, 2], 2, |last| format!("after {last}"));

        assert_eq!(
            page,
            Page {
                items: vec![1, 2],
                next: Some("after 2".into())
            }
        );
        assert_eq!(last, Page::last(vec![1, 2]));
    }

    #[test]
    fn the_limit_is_kept_within_bounds() {
        let limit = |n| {
            PageQuery {
                cursor: None,
                limit: n,
            }
            .limit()
        };

        assert_eq!(
            (limit(None), limit(Some(0)), limit(Some(9_999))),
            (50, 1, 200)
        );
    }
}
