//! Asking the clearinghouse which numbers a cycle may take, and telling it what stands under them here.

use std::ops::RangeInclusive;
use std::time::Duration;

use huitong_core::checkpoint::row::{Pair, Row};
use huitong_core::checkpoint::search::{Looked, Span};
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Leg, LegKey};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::attestation_service_client::AttestationServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::attestation::{
    body_to_wire, looked_from_wire, pair_from_wire, pair_to_wire, place_to_wire, row_to_wire,
    span_to_wire,
};
use huitong_transport::{MAX_MESSAGE_BYTES, TransportError, call_within};
use tonic::Status;
use tonic::transport::Channel;

use super::rows::Cycle;

/// How many pages a window has at most: four million exceptions.
const PAGES_AT_MOST: usize = 1_024;

/// Which numbers of the own stream a cycle may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The cycle.
    pub day: BusinessDay,
    from: u64,
    to: u64,
    except: Vec<(u64, u64)>,
}

impl Window {
    /// The numbers, ascending: up to `from` the exceptions, after it all but the exceptions.
    #[must_use]
    pub fn numbers(&self) -> Vec<RangeInclusive<u64>> {
        let at = self
            .except
            .partition_point(|(first, _)| *first <= self.from);
        let (again, without) = self.except.split_at(at);
        let mut numbers: Vec<_> = again.iter().map(|(first, last)| *first..=*last).collect();
        let mut next = self.from.saturating_add(1);
        let end = (self.to.saturating_add(1), self.to);
        for (first, last) in without.iter().copied().chain([end]) {
            if first > next {
                numbers.push(next..=first.saturating_sub(1));
            }
            next = last.saturating_add(1);
        }
        numbers
    }
}

/// The way to the clearinghouse.
pub struct AttestationClient {
    channel: Channel,
    within: Duration,
}

impl AttestationClient {
    /// Over a channel; each call has so long.
    #[must_use]
    pub const fn new(channel: Channel, within: Duration) -> Self {
        Self { channel, within }
    }

    fn client(&self) -> AttestationServiceClient<Channel> {
        AttestationServiceClient::new(self.channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES)
    }

    /// The window of the cycle that is asked about; none when nothing is.
    ///
    /// # Errors
    /// What was refused or not reached, in words.
    pub async fn window(&self, incarnation: u32) -> Result<Option<Window>, String> {
        let mut window: Option<Window> = None;
        let mut after = 0;
        for _ in 0..PAGES_AT_MOST {
            let request = v1::GetWindowRequest { incarnation, after };
            let mut client = self.client();
            let answer = call_within(self.within, request, |request| client.get_window(request));
            let page = answer.await.map_err(said)?.into_inner();
            if page.business_day.is_empty() {
                return Ok(None);
            }
            let day = Path::root("business_day").parse(&page.business_day, BusinessDay::parse);
            let day = day.map_err(|fault| fault.to_string())?;
            let whole = window.get_or_insert_with(|| Window {
                day,
                from: page.from,
                to: page.to,
                except: Vec::new(),
            });
            if (whole.day, whole.from, whole.to) != (day, page.from, page.to) {
                return Err("the cycle went on while it was asked about".to_owned());
            }
            let runs = page.except.iter().map(|run| (run.first, run.last));
            whole.except.extend(runs);
            after = page.next;
            if after == 0 {
                return ordered(window);
            }
        }
        Err(format!("a window of more than {PAGES_AT_MOST} pages"))
    }

    /// What is asked on one cycle.
    #[must_use]
    pub const fn cycle(&self, incarnation: u32, day: BusinessDay) -> RemoteCycle<'_> {
        RemoteCycle {
            client: self,
            incarnation,
            day,
        }
    }
}

/// The window, when its exceptions are runs that ascend and lie inside it.
fn ordered(window: Option<Window>) -> Result<Option<Window>, String> {
    let Some(window) = window else {
        return Ok(None);
    };
    let mut next = 1;
    for (first, last) in &window.except {
        let straddles = *first <= window.from && *last > window.from;
        if *first < next || last < first || *last > window.to || straddles {
            return Err(format!("numbers {first} to {last} fit into no window"));
        }
        next = last.saturating_add(1);
    }
    Ok(Some(window))
}

/// One cycle at the clearinghouse.
pub struct RemoteCycle<'a> {
    client: &'a AttestationClient,
    incarnation: u32,
    day: BusinessDay,
}

impl Cycle for RemoteCycle<'_> {
    async fn attest(&self, rows: Vec<Row>) -> Result<Vec<Pair>, String> {
        let request = v1::AttestRequest {
            incarnation: self.incarnation,
            business_day: self.day.to_string(),
            rows: rows.iter().map(row_to_wire).collect(),
        };
        let mut client = self.client.client();
        let answer = call_within(self.client.within, request, |request| {
            client.attest(request)
        });
        let differ = answer.await.map_err(said)?.into_inner().differ;
        let path = Path::root("differ");
        let pairs = differ.iter().enumerate();
        let pairs = pairs.map(|(at, pair)| pair_from_wire(Some(pair), path.item(at)));
        pairs
            .collect::<Result<_, _>>()
            .map_err(|fault| fault.to_string())
    }

    async fn look_into(&self, pair: Pair, spans: Vec<Span>) -> Result<Vec<Looked>, String> {
        let request = v1::LookIntoRequest {
            incarnation: self.incarnation,
            business_day: self.day.to_string(),
            pair: Some(pair_to_wire(pair)),
            spans: spans.into_iter().map(span_to_wire).collect(),
        };
        let mut client = self.client.client();
        let answer = call_within(self.client.within, request, |request| {
            client.look_into(request)
        });
        let looked = answer.await.map_err(said)?.into_inner().looked;
        let path = Path::root("looked");
        let looked = looked.iter().enumerate();
        let looked = looked.map(|(at, looked)| looked_from_wire(looked, path.item(at)));
        looked
            .collect::<Result<_, _>>()
            .map_err(|fault| fault.to_string())
    }

    async fn tell(&self, pair: Pair, words: Vec<(LegKey, Option<Leg>)>) -> Result<(), String> {
        let words = words.iter().map(|(key, book)| v1::BookWord {
            place: Some(place_to_wire(*key)),
            book: book.as_ref().map(body_to_wire),
        });
        let request = v1::TellDifferencesRequest {
            incarnation: self.incarnation,
            business_day: self.day.to_string(),
            pair: Some(pair_to_wire(pair)),
            words: words.collect(),
        };
        let mut client = self.client.client();
        let answer = call_within(self.client.within, request, |request| {
            client.tell_differences(request)
        });
        answer.await.map(drop).map_err(said)
    }
}

fn said(status: Status) -> String {
    TransportError::of(&status).map_or_else(|| status.to_string(), |error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: u64, to: u64, except: &[(u64, u64)]) -> Window {
        Window {
            day: "2026-03-01".parse().unwrap(),
            from,
            to,
            except: except.to_vec(),
        }
    }

    #[test]
    fn a_window_names_what_waited_and_all_that_is_new_but_what_waits() {
        type Case = (u64, u64, &'static [(u64, u64)], &'static [(u64, u64)]);
        let cases: [Case; 6] = [
            (0, 5, &[], &[(1, 5)]),
            (5, 5, &[], &[]),
            (5, 9, &[(2, 3), (5, 5)], &[(2, 3), (5, 5), (6, 9)]),
            (0, 5, &[(1, 1), (3, 3), (5, 5)], &[(2, 2), (4, 4)]),
            (5, 9, &[(6, 9)], &[]),
            (5, 9, &[(4, 5), (6, 7)], &[(4, 5), (8, 9)]),
        ];
        for (from, to, except, numbers) in cases {
            let found = window(from, to, except).numbers();
            let found: Vec<_> = found.iter().map(|run| (*run.start(), *run.end())).collect();
            assert_eq!(found, numbers, "{from}, {to}, {except:?}");
        }
    }

    #[test]
    fn numbers_that_fit_into_no_window_are_refused() {
        for except in [
            &[(0, 1)][..],
            &[(3, 2)],
            &[(2, 3), (3, 4)],
            &[(5, 6)],
            &[(9, 10)],
        ] {
            let refused = ordered(Some(window(5, 9, except)));
            assert!(refused.is_err(), "{except:?}");
        }
        let right = window(5, 9, &[(4, 5), (6, 7)]);
        assert_eq!(ordered(Some(right.clone())), Ok(Some(right)));
    }
}
