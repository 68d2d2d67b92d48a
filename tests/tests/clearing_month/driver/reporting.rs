//! What regions write and report of a day, what of it is quarrelled about, and how the clearinghouse dies meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_transport::Clock as _;

use super::{Month, QUARREL};
use crate::quarrels;
use crate::source::each;
use crate::story::Line;
use crate::world::Outage;

impl Month {
    /// Regions write what happens and report it; what comes late is given back.
    pub(super) async fn works(&mut self, number: usize) -> Vec<Line> {
        let day = self.days[number];
        if number == QUARREL {
            self.quarrels(day).await;
        }
        if number > QUARREL {
            self.corrects().await;
        }
        let earlier = self.days[..number].to_vec();
        let mut told = self.story.day(number, day, &earlier);
        told.in_time.extend(self.strays(number));
        self.write(told.in_time).await;
        if matches!(number, 2 | 13) {
            self.dies_while_they_report().await;
        }
        let batch = 20 + self.chance.u64(0..60);
        self.pauses(number).await;
        each(&self.here(), |mut source| async move {
            source.reports(batch, 3).await.unwrap();
        })
        .await;
        told.late
    }

    pub(super) async fn write(&mut self, lines: Vec<Line>) {
        let mut of_region: BTreeMap<_, Vec<Line>> = BTreeMap::new();
        for line in lines {
            of_region.entry(line.region).or_default().push(line);
        }
        for source in &self.sources {
            let mut source = source.lock().await;
            let lines = of_region.remove(&source.place.code);
            lines
                .into_iter()
                .flatten()
                .for_each(|line| source.writes(line));
        }
    }

    /// Its journal is copied while all of them report; what they are answered from then on is lost, and so is what it wrote.
    async fn dies_while_they_report(&mut self) {
        let (mut told, mut pending) = (Vec::new(), 0);
        for source in &self.sources {
            let source = source.lock().await;
            let acknowledged = Arc::clone(&source.acknowledged);
            pending += source.written() - acknowledged.load(Ordering::SeqCst);
            told.push(acknowledged);
        }
        let heard = || told.iter().map(|told| told.load(Ordering::SeqCst));
        let enough = heard().sum::<u64>() + pending / 3;
        let sources = self.sources.clone();
        let reporting = tokio::spawn(async move {
            let reports = each(
                &sources,
                |mut source| async move { source.reports(7, 4).await },
            );
            reports.await
        });
        while heard().sum::<u64>() < enough && !reporting.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if heard().sum::<u64>() < enough {
            let ended = reporting.await;
            panic!("reports ended before it went down: {ended:?}");
        }
        let before: Vec<u64> = heard().collect();
        self.world.goes_down(Outage::Killed).await;
        // Whether it went well is not known to anybody: it died meanwhile.
        drop(reporting.await.unwrap());
        self.outages.push("open");
        for (source, acknowledged) in self.sources.iter().zip(before) {
            let found = source.lock().await.finds_its_place(acknowledged).await;
            self.checked.faults.extend(found.err());
        }
    }

    async fn quarrels(&mut self, day: BusinessDay) {
        let debts = self.story.sound(quarrels::DEBTS);
        let before = self.cycles.last().unwrap();
        let disputed = |row: &Pair| debts.iter().any(|leg| Pair::of(leg) == *row);
        let row = before.pairs.keys().find(|row| !disputed(row)).unwrap();
        let about = (before.day, *row, self.world.clock.now());
        let of = (&self.sources[..], &self.places[..]);
        quarrels::all(&mut self.office, of, &debts, about).await;
        assert!(day > before.day);
        self.goes_down("disputed").await;
    }

    /// Each region asks for what is settled of its disputes, and writes its side of each correction.
    async fn corrects(&mut self) {
        for (at, source) in self.sources.iter().enumerate() {
            if self.left.contains_key(&self.places[at].code) {
                continue;
            }
            let (legs, after) = quarrels::corrections(source, self.corrected[at]).await;
            self.corrected[at] = after;
            let mut source = source.lock().await;
            let code = source.place.code;
            let lines = legs.iter().flat_map(Line::both);
            lines
                .filter(|line| line.region == code)
                .for_each(|line| source.writes(line));
        }
    }
}
