//! The watermark: where the next round of each class goes on, and for which selection.
//!
//! Invariants: opaque to everybody else; it holds paths only, so that a host is never read from it; one of
//! another tenant, cloud, version or selection is refused and a full import follows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

use super::config::GraphConfig;
use super::select::Selection;

const VERSION: u32 = 1;

/// Where a delta import starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Watermark {
    version: u32,
    cloud: String,
    tenant: String,
    /// By class name.
    classes: BTreeMap<String, Mark>,
    /// Classes that could not be read, by name. Once they can, all of them is read.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    refused: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// Digest of what is selected.
    select: String,
    /// Path and query of the delta link, below the version.
    link: String,
    /// When it was given, for people: tokens live for about a week, but the answer alone decides.
    at: String,
}

impl Watermark {
    pub(super) fn new(config: &GraphConfig) -> Self {
        Self {
            version: VERSION,
            cloud: config.cloud.name.clone(),
            tenant: config.tenant.to_ascii_lowercase(),
            classes: BTreeMap::new(),
            refused: BTreeSet::new(),
        }
    }

    /// Notes that a class may not be read.
    pub(super) fn refuse(&mut self, object_type: &str) {
        self.refused.insert(object_type.to_owned());
    }

    /// Whether a class could not be read when the mark was made.
    pub(super) fn is_refused(&self, selection: &Selection) -> bool {
        self.refused.contains(selection.class.name())
    }

    /// Notes where a class goes on.
    pub(super) fn set(&mut self, selection: &Selection, link: String) {
        let now = time::OffsetDateTime::now_utc();
        let at = now.format(&time::format_description::well_known::Rfc3339);
        let mark = Mark {
            select: selection.digest(),
            link,
            at: at.unwrap_or_default(),
        };
        self.classes.insert(selection.class.name().to_owned(), mark);
    }

    /// Where a class goes on, if the mark was made for the same selection.
    pub(super) fn link(&self, selection: &Selection) -> Result<&str, Fault> {
        let mark = self.classes.get(selection.class.name());
        let mark =
            mark.ok_or_else(|| expired("an object type is read that was not read before"))?;
        if mark.select != selection.digest() {
            return Err(expired("other attributes are read than before"));
        }
        let is_delta = mark
            .link
            .starts_with(&format!("/{}/delta", selection.class.collection()));
        if !is_delta {
            return Err(expired("it is not one of ours"));
        }
        Ok(&mark.link)
    }

    /// Its bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads [`Watermark::encode`] back, for this tenant.
    pub(super) fn decode(bytes: &[u8], config: &GraphConfig) -> Result<Self, Fault> {
        let mark: Self =
            serde_json::from_slice(bytes).map_err(|_| expired("it is not one of ours"))?;
        let empty = Self::new(config);
        if mark.version != VERSION || mark.tenant != empty.tenant || mark.cloud != empty.cloud {
            return Err(expired("it belongs to another tenant"));
        }
        Ok(mark)
    }
}

/// A watermark that is not accepted.
pub(super) fn expired(why: &str) -> Fault {
    Fault::new(
        "import.watermark_expired",
        ErrorKind::Connection,
        format!("Changes cannot be read from where the last import ended: {why}."),
        "Nothing to do: a full import takes its place.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Credential;
    use crate::graph::properties::{Catalogue, Class};
    use syncline_model::AttrName;
    use zeroize::Zeroizing;

    fn config(tenant: &str) -> GraphConfig {
        let credential = Credential::new(Vec::new(), Zeroizing::new(Vec::new()));
        GraphConfig::new(
            crate::graph::cloud::table()[0].clone(),
            tenant,
            "c",
            credential,
            "/",
        )
    }

    fn selection(class: Class, attr: &str) -> Selection {
        Selection::new(&Catalogue::new(&[]), class, &[AttrName::new(attr)]).unwrap()
    }

    #[test]
    fn a_watermark_reads_back_for_its_own_tenant_and_selection_only() {
        let mail = selection(Class::User, "mail");
        let mut mark = Watermark::new(&config("t1"));
        mark.set(&mail, "/users/delta?$deltatoken=x".to_owned());
        let bytes = mark.encode();

        let back = Watermark::decode(&bytes, &config("T1")).unwrap();

        assert_eq!(back.link(&mail).unwrap(), "/users/delta?$deltatoken=x");
        for other in [
            selection(Class::User, "city"),
            selection(Class::Group, "mail"),
        ] {
            assert_eq!(
                back.link(&other).unwrap_err().code,
                "import.watermark_expired"
            );
        }
        assert!(!back.is_refused(&mail));
        mark.refuse("group");
        let refused = Watermark::decode(&mark.encode(), &config("t1")).unwrap();
        assert!(refused.is_refused(&selection(Class::Group, "mail")));
        assert!(!refused.is_refused(&mail));
        assert!(Watermark::decode(&bytes, &config("t2")).is_err());
        let mut elsewhere = config("t1");
        elsewhere.cloud = crate::graph::cloud::table()[1].clone();
        assert!(Watermark::decode(&bytes, &elsewhere).is_err());
        for link in ["/groups/delta?$deltatoken=x", "/users?$skiptoken=x", ""] {
            mark.set(&mail, link.to_owned());
            assert_eq!(
                mark.link(&mail).unwrap_err().code,
                "import.watermark_expired",
                "{link}"
            );
        }
        assert!(Watermark::decode(b"SLW1", &config("t1")).is_err());
    }
}
