//! The templates that come with the service.

use std::sync::OnceLock;

use super::document::Template;

const FILES: [&str; 3] = [
    include_str!("../../templates/ad-to-entra.json"),
    include_str!("../../templates/ad-to-ad.json"),
    include_str!("../../templates/entra-to-entra.json"),
];

/// All of them, in the order of the gallery.
pub fn all() -> &'static [Template] {
    static ALL: OnceLock<Vec<Template>> = OnceLock::new();
    ALL.get_or_init(|| {
        let read =
            |text: &&str| serde_json::from_str(text).expect("the service's templates are readable");
        FILES.iter().map(read).collect()
    })
}

/// One of them.
pub fn find(id: &str) -> Option<&'static Template> {
    all().iter().find(|template| template.id == id)
}
