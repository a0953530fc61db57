//! A request as it came in and the answer to it, free of any HTTP library.
//!
//! Invariants: the names of headers are lower case; a path is decoded and lies below `/v1.0`.

use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Payload {
    None,
    Json(Value),
    /// Bytes that are not JSON.
    Malformed,
}

#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) payload: Payload,
    /// The number of the batch it came in.
    pub(crate) batch: Option<u64>,
}

impl Incoming {
    /// Takes a request target apart: `/v1.0/users?$top=5`, or the part below `/v1.0`.
    pub(crate) fn new(
        method: &str,
        target: &str,
        headers: Vec<(String, String)>,
        payload: Payload,
    ) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = path.strip_prefix("/v1.0").unwrap_or(path);
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let query = form_urlencoded::parse(query.as_bytes()).into_owned();
        let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
        Self {
            method: method.to_ascii_uppercase(),
            path: path.trim_end_matches('/').to_owned(),
            query: query.collect(),
            headers: headers.into_iter().map(lower).collect(),
            payload,
            batch: None,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let named = self.headers.iter().find(|(header, _)| header == name);
        named.map(|(_, value)| value.as_str())
    }

    /// A query option; names are compared without their dollar sign and case.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        let plain = |name: &str| name.trim_start_matches('$').to_ascii_lowercase();
        let named = self
            .query
            .iter()
            .find(|(option, _)| plain(option) == plain(name));
        named.map(|(_, value)| value.as_str())
    }

    pub(crate) fn has_option(&self, name: &str) -> bool {
        self.option(name).is_some()
    }

    /// Whether `Prefer` holds a preference.
    pub(crate) fn prefers(&self, preference: &str) -> bool {
        let values = self.headers.iter().filter(|(name, _)| name == "prefer");
        values
            .flat_map(|(_, value)| value.split([',', ';']))
            .any(|value| value.trim().eq_ignore_ascii_case(preference))
    }

    /// `ConsistencyLevel: eventual`.
    pub(crate) fn is_eventual(&self) -> bool {
        let level = self.header("consistencylevel");
        level.is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
    }

    /// It asks for a count in its answer.
    pub(crate) fn wants_count(&self) -> bool {
        let count = self.option("$count");
        count.is_some_and(|count| count.eq_ignore_ascii_case("true"))
    }

    pub(crate) fn body(&self) -> Option<&Value> {
        match &self.payload {
            Payload::Json(body) => Some(body),
            Payload::None | Payload::Malformed => None,
        }
    }

    /// The requested path and query as a target below `/v1.0`, with options added or replaced.
    pub(crate) fn target_with(&self, options: &[(&str, &str)]) -> String {
        let replaced = |name: &str| options.iter().any(|(option, _)| *option == name);
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.query.iter().filter(|(name, _)| !replaced(name)) {
            query.append_pair(name, value);
        }
        for (name, value) in options {
            query.append_pair(name, value);
        }
        // A dollar sign is written as it is, as the service does.
        let query = query.finish().replace("%24", "$");
        format!("{}?{query}", self.path)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
    /// A plain text in the place of a JSON body.
    pub(crate) text: Option<String>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::empty(status)
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: None,
            text: None,
        }
    }

    pub(crate) fn text(text: String) -> Self {
        Self {
            text: Some(text),
            ..Self::empty(200)
        }
    }

    /// An entity with its context.
    pub(crate) fn entity(status: u16, context: String, entity: Value) -> Self {
        let mut body = json!({ "@odata.context": context });
        if let (Value::Object(body), Value::Object(entity)) = (&mut body, entity) {
            body.extend(entity);
        }
        Self::json(status, body)
    }

    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_decoded_and_options_are_found_however_they_are_spelt() {
        let request = Incoming::new(
            "get",
            "/v1.0/users('a%40b.test')/?%24select=id,mail&count=true",
            vec![("Prefer".to_owned(), "return=minimal, x".to_owned())],
            Payload::None,
        );

        assert_eq!(request.path, "/users('a@b.test')");
        assert_eq!(request.option("$select"), Some("id,mail"));
        assert!(request.wants_count());
        assert!(request.prefers("return=minimal"));
        assert_eq!(
            request.target_with(&[("$skiptoken", "x")]),
            "/users('a@b.test')?$select=id%2Cmail&count=true&$skiptoken=x"
        );
    }
}
