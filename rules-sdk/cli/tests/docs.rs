//! The documents about rules: the reference is written from the library.

use std::path::Path;

#[test]
fn the_reference_is_what_the_library_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules-reference.md");
    let committed = std::fs::read_to_string(path).unwrap();

    assert!(
        committed == syncline_rules::reference::markdown(),
        "run `syncline-rules reference > docs/rules-reference.md` and commit it"
    );
}
