//! Each of Windows' manners, imposed on a real Samba domain controller holding the demo's data.

use crate::client::{Client, add, continuation, delete, dirsync, modify, page, people};
use std::{
    collections::{BTreeMap, HashSet},
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};
use syncline_lab::{DataSet, Domain, Forest};
use syncline_ldap_proxy::{
    DirSyncRounds, Manners, Proxy, ProxyOptions,
    body::{Entry, SearchRequest, any_object},
    message::{oid, op},
};

/// Manners that leave everything alone but the one under test.
fn with(change: impl FnOnce(&mut Manners)) -> ProxyOptions {
    let mut manners = Manners::none();
    change(&mut manners);
    ProxyOptions::with(manners)
}

struct World {
    proxy: Proxy,
    forest: Forest,
}

impl World {
    fn new(data: DataSet, options: ProxyOptions) -> Self {
        let forest = Forest::start(Domain::Contoso, data).unwrap();
        Self {
            proxy: Proxy::in_front_of(&forest, options).unwrap(),
            forest,
        }
    }

    fn client(&self) -> Client {
        Client::bound(self.proxy.address(), &self.forest.administrator_account())
    }

    fn bare(&self) -> Client {
        Client::bound(
            SocketAddr::from((self.forest.ip(), 636)),
            &self.forest.administrator_account(),
        )
    }

    fn base(&self) -> &'static str {
        self.forest.base_dn()
    }
}

fn dns(entries: &[Entry]) -> HashSet<String> {
    entries.iter().map(|entry| entry.dn.clone()).collect()
}

#[test]
fn an_unpaged_search_ends_after_1000_entries_with_size_limit_exceeded() {
    let world = World::new(
        DataSet::Demo,
        with(|manners| manners.size_limit = Some(1_000)),
    );
    let search = people(world.base(), &["cn"]).to_message();

    let cut = world.client().search(search.clone()).unwrap();
    let whole = world.bare().search(search).unwrap();

    assert_eq!((cut.entries.len(), cut.code()), (1_000, 4));
    assert!(whole.entries.len() > 2_000 && whole.code() == 0);
}

#[test]
fn a_connection_goes_on_after_a_search_was_cut() {
    let world = World::new(
        DataSet::Small,
        with(|manners| manners.size_limit = Some(10)),
    );
    let mut client = world.client();

    for _ in 0..3 {
        assert_eq!(
            client
                .search(people(world.base(), &["cn"]).to_message())
                .unwrap()
                .code(),
            4
        );
    }
    let one = client
        .search(SearchRequest::new(world.base(), 0, &["name"]).to_message())
        .unwrap();

    assert_eq!((one.entries.len(), one.code()), (1, 0));
}

#[test]
fn pages_hold_at_most_1000_entries_whatever_was_asked_and_add_up_to_all() {
    let world = World::new(
        DataSet::Demo,
        with(|manners| manners.size_limit = Some(1_000)),
    );
    let mut client = world.client();
    let search = people(world.base(), &["cn"]).to_message();
    let (mut all, mut sizes, mut cookie) = (Vec::new(), Vec::new(), Vec::new());

    loop {
        let found = client
            .search(search.clone().with(oid::PAGED, true, page(5_000, &cookie)))
            .unwrap();
        assert_eq!(found.code(), 0);
        sizes.push(found.entries.len());
        all.extend(found.entries);
        cookie = continuation(&found.done, oid::PAGED).1;
        if cookie.is_empty() {
            break;
        }
    }

    assert!(
        sizes.len() >= 3 && sizes.iter().all(|size| *size <= 1_000),
        "{sizes:?}"
    );
    assert_eq!(
        dns(&all),
        dns(&world.bare().search(search).unwrap().entries)
    );
}

#[test]
fn a_group_of_more_than_1500_comes_cut_and_its_ranges_add_up_to_all_members() {
    let world = World::new(
        DataSet::Demo,
        with(|manners| manners.value_limit = Some(1_500)),
    );
    let group = format!("CN=All Staff,OU=Groups,{}", world.base());
    let mut client = world.client();
    let mut read = |name: &str| {
        let found = client
            .search(SearchRequest::new(&group, 0, &[name]).to_message())
            .unwrap();
        found
            .entries
            .into_iter()
            .next()
            .unwrap()
            .attributes
            .into_iter()
            .collect::<BTreeMap<_, _>>()
    };

    let first = read("member");
    let second = read("member;range=1500-*");
    let bare = world
        .bare()
        .search(SearchRequest::new(&group, 0, &["member"]).to_message())
        .unwrap();

    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        ["member", "member;range=0-1499"]
    );
    assert_eq!(
        (first["member"].len(), first["member;range=0-1499"].len()),
        (0, 1_500)
    );
    assert_eq!(second.keys().collect::<Vec<_>>(), ["member;range=1500-*"]);
    let all = bare.entries[0].values("member");
    let added: HashSet<_> = first["member;range=0-1499"]
        .iter()
        .chain(&second["member;range=1500-*"])
        .collect();
    assert_eq!(added, all.iter().collect());
    assert_eq!(all.len(), DataSet::Demo.story().facts.largest_group);
}

#[test]
fn dirsync_comes_in_many_rounds_with_repeats_and_misses_nothing() {
    let rounds = DirSyncRounds {
        entries_max: 200,
        repeats_max: 3,
    };
    let world = World::new(
        DataSet::Demo,
        with(|manners| (manners.dirsync, manners.seed) = (Some(rounds), 4)),
    );
    let search = SearchRequest::new(world.base(), 2, &["objectGUID", "sAMAccountName", "member"])
        .to_message();
    let mut client = world.client();
    let (mut delivered, mut count, mut cookie) = (Vec::new(), 0, Vec::new());

    loop {
        // Half-way through, something changes and the connection breaks.
        if count == 5 {
            world
                .forest
                .administrator()
                .unwrap()
                .replace(
                    &format!("OU=Sales,OU=Staff,{}", world.base()),
                    "description",
                    &["changed in the middle"],
                )
                .unwrap();
            world.proxy.break_connections();
            client = world.client();
        }
        let found = client
            .search(search.clone().with(oid::DIRSYNC, true, dirsync(&cookie)))
            .unwrap();
        assert_eq!(found.code(), 0);
        assert!(found.entries.len() <= 203, "{}", found.entries.len());
        count += 1;
        delivered.extend(found.entries);
        let more;
        (more, cookie) = continuation(&found.done, oid::DIRSYNC);
        if more == 0 {
            break;
        }
    }
    let bare = world
        .bare()
        .search(search.clone().with(oid::DIRSYNC, true, dirsync(b"")))
        .unwrap();
    let all = SearchRequest::new(world.base(), 2, &["description"]).to_message();
    let next = client
        .search(all.with(oid::DIRSYNC, true, dirsync(&cookie)))
        .unwrap();

    assert!(count > 10, "{count} rounds");
    assert!(delivered.len() > bare.entries.len(), "nothing was repeated");
    assert_eq!(dns(&delivered), dns(&bare.entries));
    let staff = delivered
        .iter()
        .find(|entry| entry.dn.starts_with("CN=All Staff,"))
        .unwrap();
    assert!(
        staff.values("member").len() > 1_500,
        "DirSync answers whole value sets"
    );
    let changed: Vec<_> = next.entries.iter().map(|entry| entry.dn.as_str()).collect();
    assert!(
        changed.iter().any(|dn| dn.starts_with("OU=Sales,")),
        "{changed:?}"
    );
}

#[test]
fn a_dirsync_walk_that_is_no_longer_kept_starts_again_from_its_cookie() {
    let rounds = DirSyncRounds {
        entries_max: 40,
        repeats_max: 0,
    };
    let world = World::new(
        DataSet::Small,
        with(|manners| manners.dirsync = Some(rounds)),
    );
    let search = SearchRequest::new(world.base(), 2, &["sAMAccountName"]).to_message();
    let mut client = world.client();
    let begin = |client: &mut Client| {
        client
            .search(search.clone().with(oid::DIRSYNC, true, dirsync(b"")))
            .unwrap()
    };
    let (more, cookie) = continuation(&begin(&mut client).done, oid::DIRSYNC);
    assert_eq!(more, 1);

    // Others' walks push this one out.
    (0..10).for_each(|_| drop(begin(&mut client)));
    let (mut seen, mut cookie, mut more) = (Vec::new(), cookie, 1);
    while more != 0 {
        let found = client
            .search(search.clone().with(oid::DIRSYNC, true, dirsync(&cookie)))
            .unwrap();
        (more, cookie) = continuation(&found.done, oid::DIRSYNC);
        seen.extend(found.entries);
    }

    let bare = world
        .bare()
        .search(search.with(oid::DIRSYNC, true, dirsync(b"")))
        .unwrap();
    assert_eq!(dns(&seen), dns(&bare.entries));
}

#[test]
fn permissive_modify_forgives_members_that_are_there_and_members_that_are_not() {
    let world = World::new(
        DataSet::Small,
        with(|manners| manners.permissive_modify = true),
    );
    let group = format!("CN=Board,OU=Groups,{}", world.base());
    let (mut client, mut bare) = (world.client(), world.bare());
    let found = bare
        .search(SearchRequest::new(&group, 0, &["member"]).to_message())
        .unwrap();
    let member = String::from_utf8(found.entries[0].values("member")[0].clone()).unwrap();
    let other = DataSet::Small.story().leaver.dn;
    let permissive = |changes: &[(i64, &str, &[&str])]| {
        modify(&group, changes).with(oid::PERMISSIVE_MODIFY, true, None)
    };

    // Samba accepts the control and refuses all the same; this is why the proxy exists.
    assert_ne!(
        bare.write(permissive(&[(0, "member", &[&member])]))
            .unwrap(),
        0
    );
    assert_ne!(
        client
            .write(modify(&group, &[(0, "member", &[&member])]))
            .unwrap(),
        0
    );
    assert_eq!(
        client
            .write(permissive(&[(0, "member", &[&member])]))
            .unwrap(),
        0
    );
    assert_eq!(
        client
            .write(permissive(&[(1, "member", &[&other])]))
            .unwrap(),
        0
    );
    assert_eq!(
        client
            .write(permissive(&[
                (0, "member", &[&member, &other]),
                (1, "info", &[])
            ]))
            .unwrap(),
        0
    );
    // What is wrong for another reason stays wrong, and nothing of it happens.
    let nobody = format!("CN=Nobody,{}", world.base());
    assert_ne!(
        client
            .write(permissive(&[
                (1, "member", &[&other]),
                (0, "member", &[&nobody])
            ]))
            .unwrap(),
        0
    );

    let after = bare
        .search(SearchRequest::new(&group, 0, &["member"]).to_message())
        .unwrap();
    let members = after.entries[0].values("member");
    assert_eq!(members.len(), found.entries[0].values("member").len() + 1);
    assert!(members.contains(&other.into_bytes()));
}

#[test]
fn a_refused_request_reaches_nothing_and_says_busy_or_unavailable() {
    let options = with(|manners| (manners.refused_per_thousand, manners.seed) = (1_000, 7));
    let world = World::new(DataSet::Empty, options);
    let mut client = world.client();
    let unit = format!("OU=New,{}", world.base());

    let mut codes = HashSet::new();
    for _ in 0..40 {
        let search = SearchRequest::new(world.base(), 0, &[]).to_message();
        codes.insert(
            client
                .write(add(&unit, &[("objectClass", "organizationalUnit")]))
                .unwrap(),
        );
        codes.insert(client.search(search).unwrap().code());
    }

    assert_eq!(codes, HashSet::from([51, 52]));
    assert_eq!(
        world.forest.administrator().unwrap().read(&unit).unwrap(),
        None
    );
    assert_eq!(world.proxy.stats().refused, 80);
    world
        .proxy
        .set_manners(|manners| manners.refused_per_thousand = 0);
    assert_eq!(
        client
            .write(add(&unit, &[("objectClass", "organizationalUnit")]))
            .unwrap(),
        0
    );
}

#[test]
fn a_search_of_the_whole_domain_ends_with_references_to_its_dns_zones() {
    let world = World::new(DataSet::Small, with(|manners| manners.referrals = true));
    let search = people(world.base(), &["cn"]).to_message();
    let mut client = world.client();

    let whole = client.search(search.clone()).unwrap();
    let bare = world.bare().search(search.clone()).unwrap();
    let first_page = client
        .search(search.with(oid::PAGED, true, page(50, b"")))
        .unwrap();
    let unit = client
        .search(people(&format!("OU=Staff,{}", world.base()), &["cn"]).to_message())
        .unwrap();

    assert_eq!((whole.references, whole.code()), (bare.references + 2, 0));
    assert_eq!((first_page.entries.len(), first_page.code()), (50, 0));
    assert!(first_page.references < whole.references);
    assert_eq!(unit.references, 0);
}

#[test]
fn notifications_tell_a_change_and_a_deletion_at_once() {
    let world = World::new(
        DataSet::Small,
        with(|manners| manners.prompt_notifications = true),
    );
    let person = DataSet::Small.story().edited.dn;
    let administrator = world.forest.administrator().unwrap();
    // As the sync account, which is who will be listening.
    let mut client = Client::bound(world.proxy.address(), &world.forest.service_account());
    let names = ["objectGUID", "title", "isDeleted"];
    let watch = SearchRequest::new(world.base(), 2, &names)
        .to_message()
        .with(oid::NOTIFICATION, true, None);
    client.send(watch).unwrap();
    // The watch stands when it tells of something.
    while_something_changes(&world, || drop(client.receive().unwrap()));

    let mut next = |change: &dyn Fn()| {
        let begin = Instant::now();
        change();
        loop {
            let answer = client.receive().unwrap();
            let entry = Entry::decode(&answer.content).unwrap();
            if entry.dn.starts_with(person.split(',').next().unwrap()) {
                return (entry, begin.elapsed());
            }
        }
    };
    let (changed, change_took) = next(&|| {
        administrator
            .replace(&person, "title", &["Countess"])
            .unwrap()
    });
    let (deleted, delete_took) = next(&|| administrator.delete(&person).unwrap());

    assert_eq!(changed.values("title"), [b"Countess".to_vec()]);
    assert_eq!(changed.values("objectGUID"), deleted.values("objectGUID"));
    assert_eq!(deleted.values("isDeleted"), [b"TRUE".to_vec()]);
    // Samba itself looks every five seconds.
    assert!(
        change_took.max(delete_took) < Duration::from_secs(3),
        "{change_took:?} {delete_took:?}"
    );
}

/// Changes something in the directory again and again until `wait` returns.
fn while_something_changes(world: &World, wait: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    let administrator = world.forest.administrator().unwrap();
    let unit = format!("OU=Staff,{}", world.base());
    thread::scope(|scope| {
        scope.spawn(|| {
            for count in 0..1_000 {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                administrator
                    .replace(&unit, "description", &[&count.to_string()])
                    .unwrap();
            }
        });
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(wait));
        stop.store(true, Ordering::SeqCst);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

#[test]
fn a_sixth_notification_and_another_filter_are_refused_and_an_abandoned_one_makes_room() {
    let world = World::new(
        DataSet::Empty,
        with(|manners| manners.prompt_notifications = true),
    );
    let mut client = world.client();
    let watch = || {
        SearchRequest::new(world.base(), 2, &[])
            .to_message()
            .with(oid::NOTIFICATION, true, None)
    };
    let other = people(world.base(), &[])
        .to_message()
        .with(oid::NOTIFICATION, true, None);

    assert_eq!(client.ask(other).unwrap().as_result().unwrap().0, 53);
    let mut open: Vec<i32> = (0..6).map(|_| client.send(watch()).unwrap()).collect();
    let refused = client.receive().unwrap();
    assert_eq!(refused.as_result().unwrap().0, 11);
    open.retain(|id| *id != refused.id);
    client.abandon(open[0]);
    let another = client.send(watch()).unwrap();

    // It is told of changes, as an accepted one is; a refused one would answer with a result.
    while_something_changes(&world, || {
        loop {
            let answer = client.receive().unwrap();
            assert_eq!(answer.tag, op::ENTRY, "{:?}", answer.as_result());
            if answer.id == another {
                break;
            }
        }
    });
}

#[test]
fn without_manners_everything_passes_as_samba_says_it() {
    let world = World::new(DataSet::Demo, ProxyOptions::with(Manners::none()));
    let search = SearchRequest {
        filter: any_object(),
        ..SearchRequest::new(world.base(), 2, &["*"])
    }
    .to_message();
    let begin = Instant::now();

    let (through, took) = (
        world.client().search(search.clone()).unwrap(),
        begin.elapsed(),
    );
    let bare = world.bare().search(search).unwrap();

    println!(
        "{} entries through the proxy in {took:?}",
        through.entries.len()
    );
    assert_eq!(through.entries, bare.entries);
    assert_eq!((through.references, through.code()), (bare.references, 0));
}

#[test]
fn the_lab_tools_work_through_the_proxy_with_all_of_windows_manners() {
    let options = ProxyOptions::with(Manners {
        refused_per_thousand: 0,
        ..Manners::windows(3)
    });
    let world = World::new(DataSet::Demo, options);
    let tools = world
        .forest
        .administrator()
        .unwrap()
        .at(&world.proxy.ldaps_url());

    let everybody = tools
        .search(
            world.base(),
            syncline_lab::Scope::Subtree,
            "(employeeType=FTE)",
            &["cn"],
        )
        .unwrap();
    tools
        .add(&format!(
            "dn: OU=New,{}\nobjectClass: organizationalUnit\n",
            world.base()
        ))
        .unwrap();
    let mut client = world.client();
    assert_eq!(
        client
            .write(delete(&format!("OU=New,{}", world.base())))
            .unwrap(),
        0
    );

    assert_eq!(everybody.len(), DataSet::Demo.story().facts.in_scope);
    assert_eq!(world.proxy.writes().len(), 2);
}
