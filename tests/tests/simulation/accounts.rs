//! Hospitals look after their own accounts: each day they hold what they were told against what their region's node has
//! booked, rightly or with a line missing, changed or made up; and when a month ends they confirm its lines for other
//! regions or object to them, say so twice, take that back and say it anew, while their nodes are stopped and started. All
//! of it follows from the seed.
//!
//! Left out: kinds of care apart from each other, months before the one that ends, and lines that change between the list
//! and the confirmation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_proto::settlement::v1;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::account_desk::{AccountDesk, Line, Span, close_month};
use crate::callers::until;
use crate::chance::Seeded;
use crate::orders::{Order, Orders};
use crate::platform::EventLog;
use crate::register::hospital;
use crate::workload::{Asked, History};

/// What a line is refused with that is confirmed already, and what is said of a month that is closed.
pub const CONFIRMED: &str = "institution_month.line_confirmed";
pub const CLOSED: &str = "institution_month.closed";

/// A span that a hospital held against its node's book.
#[derive(Debug, Clone)]
pub struct Reconciled {
    pub span: Span,
    /// What its own system has of all days, and the settlements that it was told of, by id.
    pub own: Vec<Line>,
    pub told: BTreeMap<String, String>,
    /// What it stated of the span, rightly or not.
    pub stated: Vec<Line>,
    pub sums: v1::ReconcileResponse,
    pub lines: v1::CompareLinesResponse,
    /// The same by settlement, in parts of few.
    pub parts: Vec<v1::FoundLine>,
    pub days: Vec<v1::ReconciledDay>,
}

/// A line with what a hospital says of it, and lines with that.
pub type SaidOf = (v1::MonthLine, v1::MonthVerdict);
pub type Said = Vec<SaidOf>;

/// What a hospital was told of its account.
#[derive(Debug, Clone)]
pub enum OfAccount {
    Reconciled(Box<Reconciled>),
    /// The lines of a month, beside what its own system has.
    Listed {
        month: String,
        own: Vec<Line>,
        lines: Vec<v1::MonthLine>,
    },
    /// What it said was taken under an id, or was refused.
    Confirmed {
        month: String,
        said: Said,
        told: Result<String, String>,
    },
    /// A confirmation was taken back, or that was refused.
    TakenBack {
        month: String,
        confirmation: String,
        told: Result<(), String>,
    },
    Closed {
        month: String,
    },
    Stands(v1::InstitutionMonth),
}

/// What every hospital was told, each in order.
#[derive(Debug, Clone, Default)]
pub struct Accounts(Arc<Mutex<Vec<(usize, OfAccount)>>>);

impl Accounts {
    pub fn all(&self) -> Vec<(usize, OfAccount)> {
        self.0.lock().unwrap().clone()
    }
}

/// A day's end, as hospitals see it.
#[derive(Clone)]
pub struct Books {
    pub seed: u64,
    /// The how manieth day it is, from 0, and which one; and the month that ends with it, if one does.
    pub nth: u64,
    pub today: String,
    pub ended: Option<String>,
    pub history: History,
    pub accounts: Accounts,
    pub orders: Orders,
    pub log: EventLog,
    /// How long any of it may take.
    pub within: Duration,
}

impl Books {
    /// Every hospital looks at its books; the stories of those that do not come to an end.
    pub async fn all(&self, regions: usize) -> Vec<String> {
        let mut hospitals = JoinSet::new();
        for number in 0..regions {
            let purpose = 8_000 + 100 * self.nth + u64::try_from(number).unwrap();
            let own = Hospital {
                number,
                chance: Seeded::new(self.seed, purpose),
                books: self.clone(),
                desk: AccountDesk::of(number),
            };
            hospitals.spawn_local(own.looks());
        }
        let mut stories = Vec::new();
        while let Some(ended) = hospitals.join_next().await {
            stories.extend(ended.unwrap().err());
        }
        stories
    }
}

/// One hospital.
struct Hospital {
    number: usize,
    chance: Seeded,
    books: Books,
    desk: AccountDesk,
}

impl Hospital {
    async fn looks(mut self) -> Result<(), String> {
        let own = self.own().await?;
        if self.chance.one_in(2) {
            let from = format!("{}-01", month_of(&self.books.today));
            self.reconciles(from, &own).await?;
        }
        if self.chance.one_in(3) {
            let from = self.books.today.clone();
            self.reconciles(from, &own).await?;
        }
        match self.books.ended.clone() {
            Some(month) => self.confirms(&month, &own).await,
            None => Ok(()),
        }
    }

    fn told(&self, what: OfAccount) {
        let brief = match &what {
            OfAccount::Reconciled(of) => {
                let (found, differ) = (of.lines.found.len(), of.sums.differences.len());
                format!("{:?}: {found} lines and {differ} sums differ", of.span)
            }
            OfAccount::Listed { month, lines, .. } => format!("{month} has {} lines", lines.len()),
            OfAccount::Confirmed { said, told, .. } => format!("{} lines: {told:?}", said.len()),
            OfAccount::Stands(month) => format!("{} lines, {} wait", month.lines, month.waiting),
            what => format!("{what:?}"),
        };
        self.books.log.note(&hospital(self.number), brief);
        let mut told = self.books.accounts.0.lock().unwrap();
        told.push((self.number, what));
    }

    fn asked(&self) -> Vec<Asked> {
        let all = self.books.history.asked().into_iter();
        all.filter(|asked| asked.treatment == self.number).collect()
    }

    /// What its own system has, ascending by id.
    async fn own(&mut self) -> Result<Vec<Line>, String> {
        let mut own = Vec::new();
        for asked in self.asked() {
            let (within, desk) = (self.books.within, &mut self.desk);
            let lines = until(within, async || desk.own(&asked).await).await;
            own.extend(lines.map_err(|why| self.why("own lines", &why))?);
        }
        own.sort_by_key(Line::key);
        Ok(own)
    }

    fn why(&self, what: &str, why: &str) -> String {
        format!("{}, {what}: {why}", hospital(self.number))
    }

    /// The node is stopped and started, in some seeds.
    async fn restarts(&self, chances: u64) {
        if self.chance.one_in(chances) {
            sleep(self.chance.millis(0..200)).await;
            self.books.orders.give(Order::Restart(self.number)).await;
        }
    }

    /// States the days from one to today, and looks line by line.
    async fn reconciles(&mut self, from: String, own: &[Line]) -> Result<(), String> {
        let to = self.books.today.clone();
        let span = Span { from, to };
        let stated = self.states(own.iter().filter(|line| span.has(line)).cloned().collect());
        let asked = self.asked();
        let settled = |asked: &Asked| {
            let settlement = self.books.history.settlement(asked)?;
            Some((asked.request_id.clone(), settlement))
        };
        let told = asked.iter().filter_map(settled).collect();
        let within = self.books.within;
        self.restarts(8).await;
        let desk = &mut self.desk;
        let sums = until(within, async || desk.reconcile(&span, &stated).await).await;
        let lines = until(within, async || desk.compare(&span, &stated).await).await;
        // Of the day, and not of chance: what is drawn later stays the same.
        let few = usize::try_from(self.books.nth % 3).unwrap() + 1;
        let parts = async || desk.compare_in_parts(&span, &stated, few).await;
        let parts = until(within, parts).await;
        let days = until(within, async || desk.days(&span).await).await;
        let why = |why: String| self.why("a reconciliation", &why);
        let reconciled = Reconciled {
            sums: sums.map_err(why)?,
            lines: lines.map_err(why)?,
            parts: parts.map_err(why)?,
            days: days.map_err(why)?,
            own: own.to_vec(),
            span,
            told,
            stated,
        };
        self.told(OfAccount::Reconciled(Box::new(reconciled)));
        Ok(())
    }

    /// What is stated: the lines as they are, or not quite.
    fn states(&self, mut lines: Vec<Line>) -> Vec<Line> {
        let chance = &self.chance;
        let at = chance.place(lines.len().max(1));
        let kind = chance.within(0..5);
        let Some(line) = lines.get(at).cloned() else {
            return lines;
        };
        match kind {
            0 => {
                lines.remove(at);
            }
            1 => {
                let figures = &mut lines[at].amounts;
                let figure = match chance.within(0..4) {
                    0 => &mut figures.total_fen,
                    1 => &mut figures.funds_fen,
                    2 => &mut figures.accounts_fen,
                    _ => &mut figures.cash_fen,
                };
                *figure += 100;
            }
            2 => {
                let made_up = format!("z{}.made-up", self.number);
                lines.push(Line {
                    request_id: made_up.clone(),
                    shown_as: made_up,
                    of: v1::AccountBooked::Settlement,
                    ..line
                });
            }
            _ => {}
        }
        lines
    }

    /// The month that ends is confirmed in two parts.
    async fn confirms(&mut self, month: &str, own: &[Line]) -> Result<(), String> {
        let within = self.books.within;
        let desk = &mut self.desk;
        let lines = until(within, async || desk.list(month).await).await;
        let lines = lines.map_err(|why| self.why("a month's lines", &why))?;
        self.told(OfAccount::Listed {
            month: month.to_owned(),
            own: own.to_vec(),
            lines: lines.clone(),
        });
        let objects = self.chance.one_in(3);
        let said = lines.into_iter().enumerate().map(|(nth, line)| {
            let is_objected = objects && nth == 0;
            let verdict = if is_objected { objected() } else { confirmed() };
            (line, verdict)
        });
        let said: Said = said.collect();
        let middle = self.chance.place(said.len() + 1);
        let (first, second) = said.split_at(middle);
        for part in [first, second] {
            self.confirms_part(month, part).await?;
        }
        // What was said of a line is not said otherwise, before it is taken back.
        if let Some((line, of)) = said.first() {
            let is_confirmed = *of == confirmed();
            let other = if is_confirmed {
                objected()
            } else {
                confirmed()
            };
            // The auditor knows what is to be answered.
            drop(self.says(month, vec![(line.clone(), other)]).await?);
        }
        if self.chance.one_in(2) {
            let closed = until(within, async || close_month(self.number, month).await).await;
            closed.map_err(|why| self.why("closing", &why))?;
            let month = month.to_owned();
            self.told(OfAccount::Closed { month });
        }
        self.restarts(4).await;
        let desk = &mut self.desk;
        let lines = until(within, async || desk.list(month).await).await;
        let stands = until(within, async || desk.standing(month).await).await;
        self.told(OfAccount::Listed {
            month: month.to_owned(),
            own: own.to_vec(),
            lines: lines.map_err(|why| self.why("a month's lines", &why))?,
        });
        let stands = stands.map_err(|why| self.why("a month", &why))?;
        let confirmation = stands.confirmations.first().cloned();
        self.told(OfAccount::Stands(stands));
        if let Some(confirmation) = confirmation {
            // Refused where the month is closed.
            self.takes_back(month, &confirmation.confirmation).await?;
        }
        Ok(())
    }

    /// Says it twice, and perhaps takes it back and says it anew.
    async fn confirms_part(&mut self, month: &str, part: &[SaidOf]) -> Result<(), String> {
        if part.is_empty() {
            return Ok(());
        }
        let confirmation = self.says(month, part.to_vec()).await?;
        self.restarts(4).await;
        drop(self.says(month, part.to_vec()).await?);
        if let (Ok(confirmation), true) = (confirmation, self.chance.one_in(3)) {
            self.takes_back(month, &confirmation).await?;
            self.takes_back(month, &confirmation).await?;
            drop(self.says(month, part.to_vec()).await?);
        }
        Ok(())
    }

    async fn says(&mut self, month: &str, said: Said) -> Result<Result<String, String>, String> {
        let desk = &mut self.desk;
        let told = until(self.books.within, async || {
            match desk.confirm(month, &said).await {
                Err(code) if code == CONFIRMED || code == CLOSED => Ok(Err(code)),
                told => told.map(Ok),
            }
        });
        let told = told.await.map_err(|why| self.why("a confirmation", &why))?;
        self.told(OfAccount::Confirmed {
            month: month.to_owned(),
            said,
            told: told.clone(),
        });
        Ok(told)
    }

    async fn takes_back(&mut self, month: &str, confirmation: &str) -> Result<(), String> {
        let desk = &mut self.desk;
        let told = until(self.books.within, async || {
            match desk.roll_back(month, confirmation).await {
                Err(code) if code == CLOSED => Ok(Err(code)),
                told => told.map(Ok),
            }
        });
        let told = told.await.map_err(|why| self.why("taking back", &why))?;
        self.told(OfAccount::TakenBack {
            month: month.to_owned(),
            confirmation: confirmation.to_owned(),
            told,
        });
        Ok(())
    }
}

fn confirmed() -> v1::MonthVerdict {
    let says = v1::month_verdict::Says::Confirmed(v1::MonthConfirmedLine {});
    v1::MonthVerdict { says: Some(says) }
}

fn objected() -> v1::MonthVerdict {
    let reason = v1::ObjectionReason::NotOurs.into();
    let says = v1::month_verdict::Says::Objected(reason);
    v1::MonthVerdict { says: Some(says) }
}

/// The month of a day.
fn month_of(day: &str) -> &str {
    day.rsplit_once('-').unwrap().0
}
