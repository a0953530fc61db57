//! Everything that a running simulator knows, behind one lock.

use crate::{
    clock::Clock,
    dice::Dice,
    fault::Faults,
    options::{Addresses, Options},
    record::Record,
    seal::Secret,
    signin::{Application, Keys},
    tenant::Tenant,
    throttle::Buckets,
};
use std::collections::BTreeMap;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) replicas: usize,
    pub(crate) addresses: Addresses,
    pub(crate) clock: Clock,
    pub(crate) tenants: BTreeMap<String, Tenant>,
    pub(crate) applications: BTreeMap<String, Application>,
    pub(crate) buckets: Buckets,
    pub(crate) faults: Faults,
    pub(crate) record: Record,
    pub(crate) secret: Secret,
    pub(crate) keys: Keys,
    pub(crate) tokens_issued: u64,
    pub(crate) request_dice: Dice,
    pub(crate) batch_dice: Dice,
    pub(crate) sign_in_dice: Dice,
}

impl World {
    pub(crate) fn new(options: &Options, addresses: Addresses) -> Self {
        let seed = options.seed;
        Self {
            seed,
            replicas: options.replicas,
            addresses,
            clock: Clock::new(options.stopped_at),
            tenants: BTreeMap::new(),
            applications: BTreeMap::new(),
            buckets: Buckets::default(),
            faults: Faults::new(seed),
            record: Record::new(options.log_max),
            secret: Secret::new(seed),
            keys: Keys::new(seed),
            tokens_issued: 0,
            request_dice: Dice::new(seed, "requests"),
            batch_dice: Dice::new(seed, "batches"),
            sign_in_dice: Dice::new(seed, "sign-in"),
        }
    }
}
