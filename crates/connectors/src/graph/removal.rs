//! Taking a reference away: a member from its group, a manager from its user.
//!
//! The same 404 says that the reference is not there, that its holder is gone, or that its holder does not show yet.
//! Invariants: a reference that is not there is as good as taken away; what the holder's own absence explains is never
//! taken for that.

use http::Method;

use super::client::{Ask, Failure};
use super::errors::{self, Meaning};
use super::properties::Class;
use super::refusal::Refusal;
use super::writer::{Repeat, Stop, Writer, Written, key_of, names, not_yet_visible};

/// A reference to take away.
pub(super) struct Removal {
    /// The class of the object that holds it.
    pub(super) class: Class,
    /// The object that holds it.
    pub(super) holder: [u8; 16],
    /// Its address.
    pub(super) path: String,
    /// The object that it leads to, where the address names it.
    pub(super) target: Option<[u8; 16]>,
}

/// Why a reference may still be there.
pub(super) enum NotTaken {
    Refused(Box<Refusal>),
    Stop(Box<Stop>),
}

impl Writer {
    /// Takes a reference away, or finds that it is not there.
    pub(super) async fn take_away(&self, removal: &Removal, what: &str) -> Result<(), NotTaken> {
        let ask = Ask::write(Method::DELETE, removal.path.as_str(), None);
        let key = key_of(removal.holder);
        let mut backoff = self.client.backoff();
        let mut tries = 0;
        loop {
            tries += 1;
            let refusal = match self.write(&ask, &key, Repeat::Harmless, what).await {
                Written::Done(_) => {
                    self.settling.wrote(removal.holder);
                    return Ok(());
                }
                Written::Refused(refusal) => refusal,
                other => {
                    let stop = other.into_stop(what);
                    return stop.map_or(Ok(()), |stop| Err(NotTaken::Stop(Box::new(stop))));
                }
            };
            if errors::meaning(&refusal) != Meaning::NotFound {
                return Err(NotTaken::Refused(refusal));
            }
            let is_settling = self.settling.is_settling(removal.holder);
            let names_target = removal.target.is_some_and(|target| names(&refusal, target));
            let names_holder = names(&refusal, removal.holder);
            if names_target || (!names_holder && !is_settling) {
                return Ok(());
            }
            // One read may show a holder that the place where the write looked does not show yet.
            let may_conclude = !(names_holder && is_settling);
            if may_conclude && self.shows(removal, what).await.map_err(NotTaken::Stop)? {
                return Ok(());
            }
            if !is_settling {
                return Err(NotTaken::Refused(refusal));
            }
            if tries >= self.client.config.patience.tries {
                let after = self.settle_pause();
                let fault = not_yet_visible(what, &refusal);
                return Err(NotTaken::Stop(Box::new(Stop::Later { after, fault })));
            }
            tokio::time::sleep(backoff.wait(None, &self.client.jitter)).await;
        }
    }

    /// Whether a read shows the object that holds a reference.
    async fn shows(&self, removal: &Removal, what: &str) -> Result<bool, Box<Stop>> {
        let key = key_of(removal.holder);
        let ask = Ask::get(format!("/{}/{key}?$select=id", removal.class.collection()));
        match self.read(&ask, &key).await {
            Ok(_) => Ok(true),
            Err(Failure::Refused(refusal)) if refusal.status == 404 => Ok(false),
            Err(failure) => Err(Box::new(self.unread(failure, what))),
        }
    }
}
