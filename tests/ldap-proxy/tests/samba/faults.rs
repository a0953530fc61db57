//! The record of writes, and connections that break where a test says so.

use crate::client::{Client, add, delete, modify, people, rename, wait_for};
use syncline_lab::{DataSet, Domain, Forest};
use syncline_ldap_proxy::{
    Fault, Manners, Proxy, ProxyOptions, WriteOperation, body::SearchRequest, read_record,
};

struct World {
    proxy: Proxy,
    forest: Forest,
}

impl World {
    fn new(data: DataSet) -> Self {
        let forest = Forest::start(Domain::Fabrikam, data).unwrap();
        let options = ProxyOptions {
            record: Some(forest.directory().join("writes.jsonl")),
            ..ProxyOptions::with(Manners::none())
        };
        Self {
            proxy: Proxy::in_front_of(&forest, options).unwrap(),
            forest,
        }
    }

    fn client(&self) -> Client {
        Client::bound(self.proxy.address(), &self.forest.service_account())
    }

    fn unit(&self, name: &str) -> String {
        format!("OU={name},OU=Synced,{}", self.forest.base_dn())
    }

    fn exists(&self, dn: &str) -> bool {
        self.forest
            .administrator()
            .unwrap()
            .read(dn)
            .unwrap()
            .is_some()
    }
}

const UNIT: &[(&str, &str)] = &[("objectClass", "organizationalUnit")];

#[test]
fn every_write_is_recorded_with_its_answer_in_order() {
    let world = World::new(DataSet::Empty);
    let (one, two) = (world.unit("One"), world.unit("Two"));
    let mut client = world.client();

    assert_eq!(client.write(add(&one, UNIT)).unwrap(), 0);
    assert_eq!(client.write(add(&one, UNIT)).unwrap(), 68);
    assert_eq!(
        client
            .write(modify(
                &one,
                &[(2, "description", &["zwölf"]), (1, "l", &[])]
            ))
            .unwrap(),
        16
    );
    assert_eq!(client.write(rename(&one, "OU=Two")).unwrap(), 0);
    assert_eq!(client.write(delete(&two)).unwrap(), 0);

    let writes = world.proxy.writes();
    assert_eq!(
        writes,
        read_record(&world.forest.directory().join("writes.jsonl")).unwrap()
    );
    let seen: Vec<_> = writes
        .iter()
        .map(|write| (write.sequence, write.dn.as_str(), write.code))
        .collect();
    assert_eq!(
        seen,
        [
            (1, &*one, 0),
            (2, &*one, 68),
            (3, &*one, 16),
            (4, &*one, 0),
            (5, &*two, 0)
        ]
    );
    assert!(
        writes
            .iter()
            .all(|write| write.bound_as == "svc-syncline@fabrikam.test")
    );
    assert!(
        writes[1].message.contains("already exists"),
        "{}",
        writes[1].message
    );
    let WriteOperation::Modify { changes } = &writes[2].operation else {
        panic!("{:?}", writes[2])
    };
    assert_eq!(
        (changes[0].kind.as_str(), changes[1].kind.as_str()),
        ("replace", "delete")
    );
    assert_eq!(writes[4].operation, WriteOperation::Delete);
}

#[test]
fn a_connection_breaks_at_the_nth_entry_after_the_ones_before_it() {
    let world = World::new(DataSet::Demo);
    let mut client = world.client();
    world.proxy.arm(Fault::AtEntry(8));

    client
        .send(people(world.forest.base_dn(), &["cn"]).to_message())
        .unwrap();
    let received = std::iter::from_fn(|| client.receive().ok()).count();

    assert_eq!((received, world.proxy.armed()), (7, 0));
    assert_eq!(
        world
            .client()
            .search(people(world.forest.base_dn(), &["cn"]).to_message())
            .unwrap()
            .code(),
        0
    );
}

#[test]
fn a_break_before_a_write_leaves_the_directory_as_it_was() {
    let world = World::new(DataSet::Empty);
    let mut client = world.client();
    world.proxy.arm(Fault::BeforeWrite(2));

    assert_eq!(client.write(add(&world.unit("One"), UNIT)).unwrap(), 0);
    assert!(client.write(add(&world.unit("Two"), UNIT)).is_err());

    assert!(world.exists(&world.unit("One")) && !world.exists(&world.unit("Two")));
    assert_eq!(world.proxy.writes().len(), 1);
}

#[test]
fn a_break_after_a_write_loses_its_answer_and_not_its_record() {
    let world = World::new(DataSet::Empty);
    let mut client = world.client();
    world.proxy.arm(Fault::AfterWrite(1));

    assert!(client.write(add(&world.unit("One"), UNIT)).is_err());

    assert!(world.exists(&world.unit("One")));
    assert_eq!(
        world
            .proxy
            .writes()
            .iter()
            .map(|write| write.code)
            .collect::<Vec<_>>(),
        [0]
    );
}

#[test]
fn a_write_whose_client_is_gone_is_recorded_all_the_same() {
    let world = World::new(DataSet::Empty);
    let mut client = world.client();
    world.forest.pause();
    client.send(add(&world.unit("One"), UNIT)).unwrap();
    wait_for(|| world.proxy.stats().requests >= 2);

    drop(client);
    world.forest.resume();

    wait_for(|| !world.proxy.writes().is_empty());
    assert_eq!(world.proxy.writes()[0].code, 0);
    assert!(world.exists(&world.unit("One")));
}

#[test]
fn a_write_that_the_directory_never_answered_is_recorded_as_unknown() {
    let mut world = World::new(DataSet::Empty);
    let mut client = world.client();
    world.forest.pause();
    client.send(add(&world.unit("One"), UNIT)).unwrap();
    wait_for(|| world.proxy.stats().requests >= 2);

    world.forest.kill();

    assert!(client.receive().is_err());
    wait_for(|| !world.proxy.writes().is_empty());
    assert_eq!(world.proxy.writes()[0].code, -1);
    world.forest.restart().unwrap();
    assert_eq!(
        world.client().write(add(&world.unit("Two"), UNIT)).unwrap(),
        0
    );
}

#[test]
fn a_directory_that_is_away_closes_every_connection_until_it_is_back() {
    let world = World::new(DataSet::Empty);
    let mut client = world.client();
    let root = || SearchRequest::new("", 0, &[]).to_message();
    assert_eq!(client.search(root()).unwrap().code(), 0);

    world.proxy.go_away();

    assert!(client.search(root()).is_err());
    let refused =
        Client::connect(world.proxy.address()).and_then(|mut client| client.search(root()));
    assert!(refused.is_err());
    world.proxy.come_back();
    assert_eq!(world.client().search(root()).unwrap().code(), 0);
}

#[test]
fn a_break_at_the_nth_request_strikes_any_kind() {
    let world = World::new(DataSet::Empty);
    let mut client = world.client();
    let root = || SearchRequest::new("", 0, &[]).to_message();
    world.proxy.arm(Fault::BeforeRequest(3));

    assert!(client.search(root()).is_ok() && client.search(root()).is_ok());

    assert!(client.search(root()).is_err());
}
