//! Disputes: regions say their signed words, and what is settled is corrected as a debt like any other. One is conceded,
//! one accepted in part, one decided by two officers, one about a whole row, and one withdrawn.

use huitong_core::canonical::Artifact as _;
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::dispute::name::{DisputeName, Subject};
use huitong_core::dispute::word::{Claim, Reply, Says, SignedWord, Word};
use huitong_core::leg::Leg;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{DisputeReason, RejectionReason};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::dispute_office_service_client::DisputeOfficeServiceClient;
use huitong_proto::clearing::v1::dispute_service_client::DisputeServiceClient;

use crate::office::Office;
use crate::register::Place;
use crate::source::{Shared, of};

/// So many debts are disputed.
pub const DEBTS: usize = 4;

/// Who says something, and in what.
struct Quarrel<'a> {
    sources: (&'a [Shared], &'a [Place]),
    name: DisputeName,
    at: Timestamp,
}

impl Quarrel<'_> {
    /// A region's word, signed and sent; what the next one follows upon.
    async fn say(&self, by: RegionCode, follows: Option<Digest>, says: Says) -> Digest {
        let (sources, places) = self.sources;
        let source = of(sources, places, by);
        let mut source = source.lock().await;
        let officer = "li.wei".parse().unwrap();
        let word = Word::new(by, self.name, follows, says, officer, self.at).unwrap();
        let bytes = word.to_bytes();
        let signature = source.key.sign(&bytes);
        let signed = SignedWord {
            bytes,
            algorithm: 1,
            key_id: Digest::from_bytes(*signature.key_id().as_bytes()),
            signature: signature.bytes().to_vec(),
            signer: source.chain.clone(),
        };
        let channel = source.channel().await.unwrap();
        let word = signed.to_bytes();
        // What is said again changes nothing.
        for _ in 0..2 {
            let mut client = DisputeServiceClient::new(channel.clone());
            let request = v1::SayRequest { word: word.clone() };
            client.say(request).await.unwrap();
        }
        signed.named()
    }
}

fn claim(leg: &Leg, amount: i64) -> Says {
    let subject = Subject::Debt {
        settlement: leg.settlement,
        kind: leg.kind,
        pair: Pair::of(leg),
    };
    Says::Raise(Claim {
        subject,
        amount: Fen::new(amount).unwrap(),
        reason: DisputeReason::NotInsuredHere,
    })
}

/// All of them, on a day: about debts that are netted, and about a row of a cycle.
pub async fn all(
    office: &mut Office,
    (sources, places): (&[Shared], &[Place]),
    debts: &[Leg],
    (day, row, at): (BusinessDay, Pair, Timestamp),
) {
    let quarrel = |raiser: RegionCode, number: usize| {
        let name = format!("{raiser}/{day}-{number}").parse().unwrap();
        let sources = (sources, places);
        Quarrel { sources, name, at }
    };
    for (number, leg) in debts.iter().enumerate() {
        let (raiser, other) = (leg.debtor, leg.creditor);
        let quarrel = quarrel(raiser, number);
        let amount = leg.amount.get();
        let raised = quarrel.say(raiser, None, claim(leg, amount)).await;
        match number {
            0 => {
                let accepted = Says::Answer(Reply::Accepted);
                quarrel.say(other, Some(raised), accepted).await;
            }
            1 => {
                let partly = Says::Answer(Reply::Partly(Fen::new(amount / 2).unwrap()));
                let answered = quarrel.say(other, Some(raised), partly).await;
                quarrel.say(raiser, Some(answered), Says::Accept).await;
            }
            2 => {
                let rejected = Says::Answer(Reply::Rejected(RejectionReason::Stands));
                let answered = quarrel.say(other, Some(raised), rejected).await;
                quarrel.say(raiser, Some(answered), Says::Escalate).await;
                decide(office, quarrel.name, amount / 3).await;
            }
            _ => {
                quarrel.say(raiser, Some(raised), Says::Withdraw).await;
            }
        }
    }
    let raiser = row.debtor;
    let quarrel = quarrel(raiser, debts.len());
    let about = Claim {
        subject: Subject::Row { day, pair: row },
        amount: Fen::new(1).unwrap(),
        reason: DisputeReason::DeductionMissing,
    };
    let raised = quarrel.say(raiser, None, Says::Raise(about)).await;
    let accepted = Says::Answer(Reply::Accepted);
    quarrel.say(row.creditor, Some(raised), accepted).await;
}

/// One officer proposes an amount, and the other confirms it.
async fn decide(office: &mut Office, name: DisputeName, amount_fen: i64) {
    for (confirm, channel) in [false, true].into_iter().zip(office.channels().await) {
        let request = v1::SettleDisputeRequest {
            name: name.to_string(),
            ruling: Some(v1::DisputeRuling {
                amount_fen,
                reason: v1::DecisionReason::PartlyProven.into(),
            }),
            confirm,
        };
        let mut client = DisputeOfficeServiceClient::new(channel);
        client.settle_dispute(request).await.unwrap();
    }
}

/// The corrections that a region is handed after one that it has, proven by both regions' words, and the last of them.
pub async fn corrections(source: &Shared, after: u64) -> (Vec<Leg>, u64) {
    let mut source = source.lock().await;
    let mut client = DisputeServiceClient::new(source.channel().await.unwrap());
    let (mut legs, mut after) = (Vec::new(), after);
    loop {
        let request = v1::ListCorrectionsRequest { after };
        let page = client.list_corrections(request).await.unwrap().into_inner();
        for history in &page.histories {
            let history = DisputeHistory::from_bytes(history).unwrap();
            history.course().unwrap();
            legs.extend(history.outcome.and_then(|signed| signed.outcome.leg()));
        }
        after = page.up_to;
        if !page.more {
            return (legs, after);
        }
    }
}
