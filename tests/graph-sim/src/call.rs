//! One request on its way through the simulator, signed in, with the tenant it is about.

use crate::{
    clock::Moment,
    error::Refusal,
    judge,
    request::{Answer, Incoming, Payload},
    seal::Secret,
    store::{Class, Id, Image, Key, Object},
    tenant::Tenant,
    view::Selection,
};
use serde_json::{Map, Value};
use std::{collections::BTreeSet, sync::Arc};

pub(crate) type Handled = Result<Answer, Refusal>;

pub(crate) struct Call<'w> {
    pub(crate) tenant: &'w mut Tenant,
    pub(crate) request: &'w Incoming,
    pub(crate) roles: &'w BTreeSet<String>,
    pub(crate) secret: &'w Secret,
    /// `http://127.0.0.1:port/v1.0`.
    pub(crate) root: &'w str,
    pub(crate) now: Moment,
    /// The replica that its reads go to.
    pub(crate) replica: usize,
}

impl Call<'_> {
    /// What its reads show.
    pub(crate) fn image(&self) -> &Image {
        self.tenant.store.replica(self.replica)
    }

    /// What its writes are judged by.
    pub(crate) fn primary(&self) -> &Image {
        self.tenant.primary()
    }

    /// An object for reading, by its id or, for users, its principal name.
    pub(crate) fn read(&self, class: Class, key: &str) -> Result<Arc<Object>, Refusal> {
        find(self.image(), class, key).ok_or_else(|| Refusal::no_object(key))
    }

    /// An object for writing.
    pub(crate) fn written(&self, class: Class, key: &str) -> Result<Arc<Object>, Refusal> {
        if self.tenant.switches.writes_look_in_replicas {
            self.read(class, key)?;
        }
        find(self.primary(), class, key).ok_or_else(|| Refusal::no_object(key))
    }

    /// An object of any class that a write refers to.
    pub(crate) fn referred(&self, id: &str) -> Result<Arc<Object>, Refusal> {
        let seen = !self.tenant.switches.writes_look_in_replicas || self.image().live(id).is_some();
        let found = self.primary().live(id).filter(|_| seen).cloned();
        found.ok_or_else(|| Refusal::no_object(id))
    }

    /// The body, which must be an object.
    pub(crate) fn body(&self) -> Result<&Map<String, Value>, Refusal> {
        match &self.request.payload {
            Payload::Json(Value::Object(body)) => Ok(body),
            Payload::None => Err(Refusal::new(
                400,
                "BadRequest",
                "Empty Payload. JSON content expected.",
            )),
            Payload::Json(_) | Payload::Malformed => {
                let message = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
                Err(Refusal::new(400, "BadRequest", message))
            }
        }
    }

    /// The address of a context.
    pub(crate) fn context(&self, of: &str) -> String {
        format!("{}/$metadata#{of}", self.root)
    }

    /// The context of a class's collection, with what was selected.
    pub(crate) fn collection_context(&self, class: Class) -> String {
        let selected = self.request.option("$select");
        let selected = selected.map_or(String::new(), |names| format!("({names})"));
        self.context(&format!("{}{selected}", class.collection()))
    }

    /// What `$select` names of a class.
    pub(crate) fn selection(&self, class: Class) -> Result<Selection, Refusal> {
        Selection::of(class, self.request.option("$select"))
    }

    /// Writes an object.
    pub(crate) fn put(&mut self, object: Object) {
        let (id, class): (Id, Class) = (object.id.clone(), object.class);
        self.tenant.store.put(&id, class, Some(object), self.now);
    }

    /// Refuses what the token's permissions do not allow with a class's objects in the recycle bin.
    pub(crate) fn check_recycled(&self, class: Class) -> Result<(), Refusal> {
        let permissions = judge::recycled(&self.request.method, class);
        match permissions.iter().any(|permission| self.may(permission)) {
            true => Ok(()),
            false => Err(Refusal::denied()),
        }
    }

    /// Whether the token carries this permission.
    pub(crate) fn may(&self, permission: &str) -> bool {
        self.roles.contains(permission)
    }
}

fn find(image: &Image, class: Class, key: &str) -> Option<Arc<Object>> {
    let by_name = || {
        let name = Key::UserPrincipalName(key.to_lowercase());
        image.holder(&name).filter(|_| class == Class::User)
    };
    let found = image.of_class(class).get(key).or_else(by_name);
    found.filter(|object| object.deleted.is_none()).cloned()
}
