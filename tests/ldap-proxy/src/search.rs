//! Searches: size limit, cut value sets, referrals; DirSync and notifications go to their own files.

use crate::{
    ber::{INTEGER, OCTETS, Reader, SEQUENCE, Writer},
    body::{Attribute, Entry, SearchRequest},
    connection::Connection,
    dirsync,
    message::{Message, code, oid, op},
    notification,
    shared::Counters,
    upstream::Gone,
};

/// Serves one search to its end.
pub(crate) async fn serve(
    connection: &Connection,
    request: Message,
    number: u64,
) -> Result<(), Gone> {
    let manners = connection.manners();
    let id = request.id;
    if let Some((code, text)) = manners.refusal(number) {
        Counters::count(&connection.shared.counters.refused);
        return connection
            .answer(id, Message::result(op::DONE, code, text))
            .await;
    }
    let Ok(search) = SearchRequest::decode(&request.content) else {
        return Err(Gone);
    };
    if request.control(oid::NOTIFICATION).is_some() && manners.prompt_notifications {
        return notification::serve(connection, id, &search).await;
    }
    match (request.control(oid::DIRSYNC).is_some(), manners.dirsync) {
        (true, Some(rounds)) => dirsync::serve(connection, &manners, rounds, &request).await,
        // Not cut either: DirSync answers whole value sets.
        (true, None) => {
            Plain {
                size: None,
                values: None,
                referrals: false,
            }
            .serve(connection, request, &search)
            .await
        }
        (false, _) => {
            let plain = Plain {
                size: manners.size_limit,
                values: manners.value_limit,
                referrals: manners.referrals,
            };
            plain.serve(connection, request, &search).await
        }
    }
}

struct Plain {
    size: Option<usize>,
    values: Option<usize>,
    referrals: bool,
}

impl Plain {
    async fn serve(
        &self,
        connection: &Connection,
        mut request: Message,
        search: &SearchRequest,
    ) -> Result<(), Gone> {
        let id = request.id;
        let paged = self.limit_page(&mut request);
        let mut entries = 0;
        let mut answers = connection.upstream.send(&request).await?;
        loop {
            let mut answer = answers.next().await?;
            match answer.tag {
                op::ENTRY => {
                    entries += 1;
                    if !paged && self.size.is_some_and(|limit| entries > limit) {
                        let text = "000020E4: SvcErr: size limit exceeded";
                        return connection
                            .answer(
                                id,
                                Message::result(op::DONE, code::SIZE_LIMIT_EXCEEDED, text),
                            )
                            .await;
                    }
                    if let Some(limit) = self.values {
                        cut_values(&mut answer, limit);
                    }
                    connection.answer_entry(id, answer).await?;
                }
                op::DONE => {
                    if self.referrals && is_last_page(&answer) && is_whole_domain(search) {
                        for zone in ["ForestDnsZones", "DomainDnsZones"] {
                            connection.answer(id, reference(zone, &search.base)).await?;
                        }
                    }
                    return connection.answer(id, answer).await;
                }
                _ => connection.answer(id, answer).await?,
            }
        }
    }

    /// Windows gives at most `MaxPageSize` entries a page, whatever was asked. Answers whether the search is paged.
    fn limit_page(&self, request: &mut Message) -> bool {
        let control = request
            .controls
            .iter_mut()
            .find(|control| control.oid == oid::PAGED);
        let Some(value) = control.and_then(|control| control.value.as_mut()) else {
            return false;
        };
        let read = |value: &[u8]| -> Option<(i64, Vec<u8>)> {
            let mut reader = Reader::new(value).enter(SEQUENCE).ok()?;
            Some((
                reader.integer(INTEGER).ok()?,
                reader.expect(OCTETS).ok()?.to_vec(),
            ))
        };
        if let (Some((size, cookie)), Some(limit)) = (read(value), self.size) {
            let size = size.min(i64::try_from(limit).unwrap_or(i64::MAX));
            *value = Writer::build(|out| {
                out.nested(SEQUENCE, |out| {
                    out.integer(INTEGER, size);
                    out.element(OCTETS, &cookie);
                });
            });
        }
        true
    }
}

/// Cuts every value set that is longer than the limit, as Windows' range retrieval does.
fn cut_values(answer: &mut Message, limit: usize) {
    let Ok(mut entry) = Entry::decode(&answer.content) else {
        return;
    };
    if entry
        .attributes
        .iter()
        .all(|(_, values)| values.len() <= limit)
    {
        return;
    }
    entry.attributes = entry
        .attributes
        .into_iter()
        .flat_map(|attribute| cut(attribute, limit))
        .collect();
    answer.content = entry.encode();
}

fn cut((name, mut values): Attribute, limit: usize) -> Vec<Attribute> {
    if values.len() <= limit {
        return vec![(name, values)];
    }
    values.truncate(limit);
    match name.split_once(";range=") {
        // The plain name stays, without a value; the values come under a name with their range.
        None => vec![
            (name.clone(), Vec::new()),
            (format!("{name};range=0-{}", limit - 1), values),
        ],
        Some((plain, range)) => {
            let low: usize = range
                .split('-')
                .next()
                .and_then(|low| low.parse().ok())
                .unwrap_or(0);
            vec![(format!("{plain};range={low}-{}", low + limit - 1), values)]
        }
    }
}

fn is_last_page(done: &Message) -> bool {
    let cookie = done
        .control(oid::PAGED)
        .and_then(|control| control.value.as_deref())
        .and_then(|value| {
            let mut reader = Reader::new(value).enter(SEQUENCE).ok()?;
            reader.integer(INTEGER).ok()?;
            reader.expect(OCTETS).ok()
        });
    cookie.is_none_or(<[u8]>::is_empty)
}

fn is_whole_domain(search: &SearchRequest) -> bool {
    let is_component = |part: &str| {
        part.trim()
            .get(..3)
            .is_some_and(|head| head.eq_ignore_ascii_case("DC="))
    };
    search.scope == 2 && !search.base.is_empty() && search.base.split(',').all(is_component)
}

fn reference(zone: &str, base: &str) -> Message {
    let domain = base
        .split(',')
        .filter_map(|part| part.trim().get(3..))
        .collect::<Vec<_>>()
        .join(".");
    let url = format!("ldap://{zone}.{domain}/DC={zone},{base}");
    Message::new(
        op::REFERENCE,
        Writer::build(|out| out.element(OCTETS, url.as_bytes())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|i| i.to_string().into_bytes()).collect()
    }

    #[test]
    fn a_long_value_set_comes_empty_with_its_first_range_beside_it() {
        let attributes = cut(("member".to_owned(), values(5)), 3);

        assert_eq!(attributes[0], ("member".to_owned(), Vec::new()));
        assert_eq!(attributes[1], ("member;range=0-2".to_owned(), values(3)));
        assert_eq!(
            cut(("member".to_owned(), values(3)), 3),
            [("member".to_owned(), values(3))]
        );
    }

    #[test]
    fn a_range_that_was_asked_for_is_cut_as_well_and_the_last_one_keeps_its_star() {
        let cut_name = |name: &str, count| cut((name.to_owned(), values(count)), 3)[0].0.clone();

        assert_eq!(cut_name("member;range=3-*", 7), "member;range=3-5");
        assert_eq!(cut_name("member;range=6-*", 2), "member;range=6-*");
    }

    #[test]
    fn only_subtree_searches_of_a_whole_domain_end_with_referrals() {
        let whole = |base: &str, scope| is_whole_domain(&SearchRequest::new(base, scope, &[]));

        assert!(whole("DC=contoso,DC=test", 2));
        assert!(!whole("DC=contoso,DC=test", 1));
        assert!(!whole("OU=Staff,DC=contoso,DC=test", 2));
        assert!(!whole("", 2));
    }
}
