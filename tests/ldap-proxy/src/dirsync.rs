//! DirSync in several rounds, as Windows answers it: `more` set, entries repeated, a round without any.
//!
//! The directory's answer is read whole once and kept as a *walk*; the client gets it in pieces under
//! cookies of the proxy. A cookie carries the directory's own cookie, so a walk that is no longer kept
//! starts again from there.
//!
//! Invariants: what changes during a walk comes with the next one; every entry of the walk is delivered
//! at least once before `more` is 0.

use crate::{
    DirSyncRounds, Manners,
    ber::{INTEGER, Malformed, OCTETS, Reader, SEQUENCE, Writer},
    connection::Connection,
    message::{Message, code, oid, op},
    upstream::Gone,
};
use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, PoisonError},
};

const WALKS_KEPT: usize = 8;

/// One answer of the directory, whole.
#[derive(Debug)]
struct Walk {
    number: u64,
    /// Hash of the search: another one cannot continue this walk.
    search: u64,
    start: Vec<u8>,
    end: Vec<u8>,
    answers: Vec<Message>,
}

/// The walks that clients may come back for.
#[derive(Debug, Default)]
pub(crate) struct Walks(Mutex<(u64, VecDeque<Arc<Walk>>)>);

impl Walks {
    fn find(&self, number: u64, search: u64) -> Option<Arc<Walk>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.1
            .iter()
            .find(|walk| walk.number == number && walk.search == search)
            .cloned()
    }

    fn keep(&self, build: impl FnOnce(u64) -> Walk) -> Arc<Walk> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.0 += 1;
        let walk = Arc::new(build(kept.0));
        kept.1.push_back(walk.clone());
        if kept.1.len() > WALKS_KEPT {
            kept.1.pop_front();
        }
        walk
    }
}

/// The control's value: flags, size (or `more` in an answer), cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) flags: i64,
    pub(crate) size: i64,
    pub(crate) cookie: Vec<u8>,
}

impl Value {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes).enter(SEQUENCE)?;
        let (flags, size) = (reader.integer(INTEGER)?, reader.integer(INTEGER)?);
        Ok(Self {
            flags,
            size,
            cookie: reader.expect(OCTETS)?.to_vec(),
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        Writer::build(|out| {
            out.nested(SEQUENCE, |out| {
                out.integer(INTEGER, self.flags);
                out.integer(INTEGER, self.size);
                out.element(OCTETS, &self.cookie);
            });
        })
    }
}

/// The proxy's own cookies.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cookie {
    /// Begin a walk from the directory's cookie.
    Start(Vec<u8>),
    /// Continue a walk at this round and position; `start` in case it is no longer kept.
    Middle {
        walk: u64,
        round: u64,
        position: u64,
        start: Vec<u8>,
    },
}

const START: &[u8] = b"WIN/S";
const MIDDLE: &[u8] = b"WIN/M";

impl Cookie {
    fn decode(bytes: &[u8]) -> Self {
        if let Some(rest) = bytes.strip_prefix(MIDDLE)
            && let Some((numbers, start)) = rest.split_at_checked(24)
        {
            let number = |i: usize| {
                numbers[i * 8..][..8]
                    .iter()
                    .fold(0, |n, octet| (n << 8) | u64::from(*octet))
            };
            return Self::Middle {
                walk: number(0),
                round: number(1),
                position: number(2),
                start: start.to_vec(),
            };
        }
        // A cookie without our mark was given by the directory itself, before the proxy stood here.
        Self::Start(bytes.strip_prefix(START).unwrap_or(bytes).to_vec())
    }

    fn encode(&self) -> Vec<u8> {
        match self {
            Self::Start(cookie) => [START, cookie].concat(),
            Self::Middle {
                walk,
                round,
                position,
                start,
            } => {
                let numbers = [walk, round, position]
                    .map(|number| number.to_be_bytes())
                    .concat();
                [MIDDLE, &numbers, start].concat()
            }
        }
    }
}

/// Serves one round.
pub(crate) async fn serve(
    connection: &Connection,
    manners: &Manners,
    rounds: DirSyncRounds,
    request: &Message,
) -> Result<(), Gone> {
    let control = request
        .control(oid::DIRSYNC)
        .and_then(|control| control.value.as_deref());
    let Some(Ok(asked)) = control.map(Value::decode) else {
        return Err(Gone);
    };
    let search = {
        let mut hash = DefaultHasher::new();
        (&request.content, asked.flags).hash(&mut hash);
        hash.finish()
    };
    let walks = &connection.shared.walks;
    let (round, position, found, start) = match Cookie::decode(&asked.cookie) {
        Cookie::Start(start) => (0, 0, None, start),
        Cookie::Middle {
            walk,
            round,
            position,
            start,
        } => match walks.find(walk, search) {
            Some(walk) => (
                round,
                usize::try_from(position).unwrap_or(0),
                Some(walk),
                start,
            ),
            None => (0, 0, None, start),
        },
    };
    let walk = match found {
        Some(walk) => walk,
        None => match read_whole(connection, request, &asked, start.clone()).await? {
            Ok((answers, end)) => walks.keep(|number| Walk {
                number,
                search,
                start,
                end,
                answers,
            }),
            Err(refused) => return connection.answer(request.id, refused).await,
        },
    };

    let (repeats, next) = cut_round(manners, rounds, &walk, round, position);
    for answer in walk.answers[repeats]
        .iter()
        .chain(&walk.answers[position..next])
    {
        match answer.tag {
            op::ENTRY => connection.answer_entry(request.id, answer.clone()).await?,
            _ => connection.answer(request.id, answer.clone()).await?,
        }
    }
    let finished = next == walk.answers.len();
    let cookie = match finished {
        true => Cookie::Start(walk.end.clone()),
        false => Cookie::Middle {
            walk: walk.number,
            round: round + 1,
            position: next as u64,
            start: walk.start.clone(),
        },
    };
    let value = Value {
        flags: i64::from(!finished),
        size: 0,
        cookie: cookie.encode(),
    };
    let done = Message::result(op::DONE, code::SUCCESS, "").with(
        oid::DIRSYNC,
        false,
        Some(value.encode()),
    );
    connection.answer(request.id, done).await
}

/// Which answers a round repeats, and where it ends.
fn cut_round(
    manners: &Manners,
    rounds: DirSyncRounds,
    walk: &Walk,
    round: u64,
    position: usize,
) -> (std::ops::Range<usize>, usize) {
    let dice = manners.dice(walk.number.wrapping_mul(1_000_003).wrapping_add(round));
    let below = |shift: u32, limit: usize| (dice >> shift) as usize % limit.max(1);
    let left = walk.answers.len() - position;
    // Now and then a round brings nothing and only asks to come again.
    let count = match left > 0 && below(0, 8) == 0 {
        true => 0,
        false => (rounds.entries_max / 2 + below(8, rounds.entries_max / 2 + 1))
            .clamp(1, left.max(1))
            .min(left),
    };
    let repeated = below(24, rounds.repeats_max + 1).min(position);
    let from = below(32, position - repeated + 1);
    (from..from + repeated, position + count)
}

/// Everything since the directory's cookie, and its next cookie; or the directory's refusal.
async fn read_whole(
    connection: &Connection,
    request: &Message,
    asked: &Value,
    start: Vec<u8>,
) -> Result<Result<(Vec<Message>, Vec<u8>), Message>, Gone> {
    let mut collected = Vec::new();
    let mut cookie = start;
    loop {
        let mut request = request.clone();
        for control in request
            .controls
            .iter_mut()
            .filter(|control| control.oid == oid::DIRSYNC)
        {
            control.value = Some(
                Value {
                    cookie: cookie.clone(),
                    ..asked.clone()
                }
                .encode(),
            );
        }
        let mut answers = connection.upstream.send(&request).await?;
        let done = loop {
            let answer = answers.next().await?;
            match answer.tag {
                op::DONE => break answer,
                _ => collected.push(answer),
            }
        };
        let value = done
            .control(oid::DIRSYNC)
            .and_then(|control| control.value.as_deref())
            .map(Value::decode);
        let Some(Ok(value)) = value else {
            return Ok(Err(done));
        };
        cookie = value.cookie;
        if value.flags == 0 {
            return Ok(Ok((collected, cookie)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_read_back_and_a_foreign_one_starts_a_walk() {
        let middle = Cookie::Middle {
            walk: 7,
            round: 2,
            position: 260,
            start: vec![1, 2, 3],
        };

        assert_eq!(Cookie::decode(&middle.encode()), middle);
        assert_eq!(
            Cookie::decode(&Cookie::Start(vec![9]).encode()),
            Cookie::Start(vec![9])
        );
        assert_eq!(
            Cookie::decode(b"MSDS..."),
            Cookie::Start(b"MSDS...".to_vec())
        );
        assert_eq!(Cookie::decode(b""), Cookie::Start(Vec::new()));
    }

    #[test]
    fn every_entry_is_delivered_before_the_walk_ends_whatever_the_seed() {
        for seed in 0..50 {
            let manners = Manners::windows(seed);
            let rounds = DirSyncRounds {
                entries_max: 10,
                repeats_max: 3,
            };
            let answers = vec![Message::new(op::ENTRY, Vec::new()); 95];
            let walk = Walk {
                number: seed,
                search: 0,
                start: Vec::new(),
                end: Vec::new(),
                answers,
            };
            let (mut position, mut round, mut repeated) = (0, 0, 0);
            while position < walk.answers.len() {
                let (repeats, next) = cut_round(&manners, rounds, &walk, round, position);
                assert!(repeats.end <= position && next >= position && next - position <= 10);
                repeated += repeats.len();
                (position, round) = (next, round + 1);
                assert!(round < 1_000, "the walk does not end");
            }
            assert!(
                round >= 10 && repeated > 0,
                "seed {seed}: {round} rounds, {repeated} repeats"
            );
        }
    }
}
