//! What keeps envelopes in these tests, in the place of an agent or a runner.

use std::sync::Mutex;

use async_trait::async_trait;
use syncline_connectors::contract::{Fault, KnownNames, Names};
use syncline_model::Anchor;
use syncline_model::op::{ObjectKey, OpKind, Operation};
use syncline_model::password::{InitialPassword, Recipient, Sealed};

/// Knows what the directory already knew, and keeps every envelope.
#[derive(Default)]
pub struct Keeping(pub Mutex<Vec<Sealed>>);

#[async_trait]
impl Names for Keeping {
    fn anchor(&self, key: &ObjectKey) -> Option<Anchor> {
        KnownNames.anchor(key)
    }

    async fn keep_sealed(&self, _: &Operation, sealed: Sealed) -> Result<(), Fault> {
        self.0.lock().unwrap().push(sealed);
        Ok(())
    }

    async fn drop_sealed(&self, _: &Operation) -> Result<(), Fault> {
        self.0.lock().unwrap().clear();
        Ok(())
    }
}

impl Keeping {
    /// What the only envelope opens to.
    pub fn only(&self, recipient: &syncline_lab::Recipient) -> String {
        let kept = self.0.lock().unwrap();
        assert_eq!(kept.len(), 1, "one account, one envelope");
        recipient.open(&kept[0].0).expect("it is for him")
    }
}

/// The same Add with the usual policy for a recipient, changed as the test wants.
pub fn with_password(
    mut add: Operation,
    recipient: &syncline_lab::Recipient,
    change: impl FnOnce(&mut InitialPassword),
) -> Operation {
    let mut policy = InitialPassword::usual(Recipient {
        name: "Service desk".into(),
        key: recipient.key(),
    });
    change(&mut policy);
    let OpKind::Add { password, .. } = &mut add.kind else {
        panic!("only an Add makes an account");
    };
    *password = Some(policy);
    add
}
