//! Out of the recycle bin: under another name, and beside whoever took an address meanwhile.

use crate::{
    store::Class,
    testing::{Bench, body, code},
};
use serde_json::{Value, json};

#[test]
fn what_is_restored_is_unique_and_takes_a_right_name_only() {
    let mut bench = Bench::new();
    bench.lenient = true;
    let ada = bench.user("ada");
    let mail = json!({ "mail": "countess@contoso.test" });
    bench.patch(&format!("/users/{ada}"), mail);
    bench.delete(&format!("/users/{ada}"));
    // No rule is asked of what a test puts in.
    let holder = json!({ "displayName": "x", "proxyAddresses": ["SMTP:countess@contoso.test"] });
    let holder = holder.as_object().cloned().unwrap();
    let now = bench.world.clock.now();
    crate::control::put_object(bench.tenant(), Class::User, holder, now).unwrap();
    let path = format!("/directory/deletedItems/{ada}/restore");
    let mut restored = |body: Value| bench.post(&path, body);
    let as_named =
        |name: &str| json!({ "autoReconcileProxyConflict": true, "newUserPrincipalName": name });

    let taken = restored(json!({}));
    let elsewhere = restored(as_named("ada@elsewhere.test"));
    let back = restored(as_named("lady@contoso.test"));

    for refused in [&taken, &elsewhere] {
        assert_eq!((refused.status, code(refused)), (400, "Request_BadRequest"));
    }
    assert_eq!(
        body(&taken)["error"]["details"][0]["target"],
        "proxyAddresses"
    );
    assert_eq!(back.status, 200);
    let read = bench.get(&format!(
        "/users/{ada}?$select=userPrincipalName,mail,proxyAddresses"
    ));
    assert_eq!(body(&read)["userPrincipalName"], "lady@contoso.test");
    assert_eq!(body(&read)["proxyAddresses"], json!([]));
    assert_eq!(body(&read)["mail"], Value::Null);
}
