//! What an import reads of each class, and how that is asked for.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use syncline_model::AttrName;
use syncline_model::connector::{Fault, RefusedType};
use syncline_model::error::ErrorKind;
use syncline_model::import::ImportRequest;
use syncline_model::schema::ObjectType;

use super::properties::{Catalogue, Class, Property};

/// What is read of one class.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    pub(super) class: Class,
    /// Plain attributes.
    pub(super) properties: Vec<Property>,
    /// The class's reference attribute, when it is wanted.
    pub(super) reference: Option<AttrName>,
}

impl Selection {
    /// What these attributes are in Graph's terms. `Err` names the first that is none.
    pub(super) fn new(
        catalogue: &Catalogue,
        class: Class,
        attrs: &[AttrName],
    ) -> Result<Self, Fault> {
        let mut properties = Vec::new();
        let mut reference = None;
        for name in attrs {
            if class
                .reference()
                .is_some_and(|known| *name == AttrName::new(known))
            {
                reference = Some(name.clone());
                continue;
            }
            let property = catalogue.property(class, name)?;
            if !properties.contains(&property) {
                properties.push(property);
            }
        }
        Ok(Self {
            class,
            properties,
            reference,
        })
    }

    /// The selections of a request, in the order of a read, and the types of which an attribute may not be read.
    pub(super) fn all(
        catalogue: &Catalogue,
        request: &ImportRequest,
    ) -> Result<(Vec<Self>, Vec<RefusedType>), Fault> {
        let mut selections = Vec::new();
        let mut refused = Vec::new();
        for (object_type, attrs) in &request.types {
            let class = Class::of(object_type)?;
            match Self::new(catalogue, class, attrs) {
                Ok(selection) => selections.push(selection),
                Err(fault) if fault.kind == ErrorKind::Permission => {
                    refused.push(class.refused(fault));
                }
                Err(fault) => return Err(fault),
            }
        }
        selections.sort_by_key(|selection| selection.class);
        Ok((selections, refused))
    }

    /// The selections of types with their attributes.
    pub(super) fn of_types(
        catalogue: &Catalogue,
        types: &[(ObjectType, Vec<AttrName>)],
    ) -> Result<Vec<Self>, Fault> {
        let mut selections = Vec::new();
        for (object_type, attrs) in types {
            selections.push(Self::new(catalogue, Class::of(object_type)?, attrs)?);
        }
        selections.sort_by_key(|selection| selection.class);
        Ok(selections)
    }

    /// The properties to select, without the reference; who masters the object is always asked.
    pub(super) fn plain_names(&self) -> BTreeSet<&str> {
        let names = self.properties.iter().map(Property::outer);
        let mut names: BTreeSet<&str> = names.collect();
        names.extend(["id", "onPremisesSyncEnabled"]);
        names
    }

    /// `$select` of a delta query.
    pub(super) fn delta_select(&self) -> String {
        let mut names = self.plain_names();
        names.extend(self.reference.as_ref().and(self.class.reference()));
        names.into_iter().collect::<Vec<_>>().join(",")
    }

    /// What tells whether a watermark was made for the same selection.
    pub(super) fn digest(&self) -> String {
        let hash = digest(&SHA256, self.delta_select().as_bytes());
        let octets = hash.as_ref().iter().take(16);
        octets.map(|octet| format!("{octet:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(attrs: &[&str]) -> Selection {
        let attrs: Vec<AttrName> = attrs.iter().map(AttrName::new).collect();
        Selection::new(&Catalogue::new(&[]), Class::User, &attrs).unwrap()
    }

    #[test]
    fn parts_of_one_property_are_selected_once_and_order_does_not_matter() {
        let one = selection(&[
            "manager",
            "extensionAttribute1",
            "extensionAttribute2",
            "mail",
        ]);
        let other = selection(&[
            "mail",
            "extensionAttribute2",
            "extensionAttribute1",
            "manager",
            "mail",
        ]);

        assert_eq!(
            one.delta_select(),
            "id,mail,manager,onPremisesExtensionAttributes,onPremisesSyncEnabled"
        );
        assert_eq!(one.digest(), other.digest());
        assert_ne!(one.digest(), selection(&["mail"]).digest());
        // A reference that is wanted from now on was never read.
        assert_ne!(
            selection(&["mail", "manager"]).digest(),
            selection(&["mail"]).digest()
        );
    }
}
