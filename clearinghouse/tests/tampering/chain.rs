//! Three cycles that follow each other, signed, with every member's statements and every region's book; and the command that
//! checks them, with what it says.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::Parser as _;
use huitong_certs::authority::{Hosts, Revoked};
use huitong_certs::signing::sign_carried;
use huitong_certs::{Authority, Certificate, Identity, SigningKey, Validity};
use huitong_clearinghouse::ClearingCommand;
use huitong_core::canonical::Artifact as _;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint, SignedCheckpoint};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_netting::statement::{
    MemberStatement, PlanRows, ProvenPlan, checkpoint, pair_roots, statement,
};
use huitong_netting::{AgreedLeg, Inputs, Member, Members, NettingPlan, plan};
use serde_json::Value;
use tempfile::TempDir;

/// Both of Zhejiang clear through their province.
pub const REGIONS: [&str; 5] = ["110000", "310000", "330100", "330200", "510100"];
const MEMBERS: [&str; 4] = ["110000", "310000", "330000", "510100"];
const FUNDS: [Fund; 2] = [Fund::EmployeePool, Fund::ResidentPool];
pub const CYCLES: usize = 3;

/// Who owes, how far from there is who is owed, of which fund, how much, and when both had reported it: in tenths of all.
pub type Debt = (usize, usize, usize, i64, bool);
/// How far each region's stream is at each cut-off.
pub type Marks = BTreeMap<RegionCode, u64>;
/// A debt that both report alike, under their numbers.
pub type Agreed = (AgreedLeg, Leg);

pub fn region(at: usize) -> RegionCode {
    REGIONS[at % REGIONS.len()].parse().unwrap()
}

fn day(number: usize) -> BusinessDay {
    BusinessDay::new(2026, 3, u8::try_from(number + 2).unwrap()).unwrap()
}

/// The operator, whose word the clearinghouse's is, and the key of the clearinghouse.
pub struct Operator {
    anchor: String,
    /// A list on which the certificate of the key is.
    revoked: String,
    key: SigningKey,
    chain: Vec<Vec<u8>>,
}

pub static OPERATOR: LazyLock<Operator> = LazyLock::new(|| {
    let moment = |text: &str| text.parse().unwrap();
    let holds = (
        moment("2026-01-01T00:00:00Z"),
        moment("2029-01-01T00:00:00Z"),
    );
    let holds = Validity::new(holds.0, holds.1).unwrap();
    let root = Authority::new_root(&"tests.huitong.example".parse().unwrap(), holds).unwrap();
    let issued = root.issue(&Identity::ClearinghouseSigning, &Hosts::none(), holds);
    let issued = issued.unwrap();
    let revoked = Revoked {
        serial: Certificate::read(&issued.chain()[0]).unwrap().serial,
        at: moment("2026-06-01T00:00:00Z"),
    };
    let revoked = root.revocation_list(&[revoked], 1, holds);
    Operator {
        revoked: revoked.unwrap(),
        anchor: root.certificate_pem().to_owned(),
        key: SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap(),
        chain: issued.chain().iter().map(|der| der.to_vec()).collect(),
    }
});

/// A checkpoint with the clearinghouse's signature.
pub fn signed(checkpoint: Checkpoint) -> CertifiedCheckpoint {
    let at = Timestamp::parse("2026-03-09T10:00:00.000Z").unwrap();
    let bytes = checkpoint.signed_bytes(at);
    let (algorithm, key_id, signature) = sign_carried(&OPERATOR.key, &bytes);
    CertifiedCheckpoint {
        signed: SignedCheckpoint {
            checkpoint,
            at,
            algorithm,
            key_id,
            signature,
        },
        signer: OPERATOR.chain.clone(),
    }
}

fn members() -> Members {
    let member = |at: usize| {
        let own = REGIONS[at];
        let code = if own.starts_with("33") { "330000" } else { own };
        Member::new(code.parse().unwrap())
    };
    let pairs = (0..REGIONS.len()).map(|at| (region(at), member(at)));
    Members::new(pairs.collect()).unwrap()
}

/// One cycle, and what everybody is told of it.
#[derive(Clone)]
pub struct Cycle {
    pub plan: NettingPlan,
    pub checkpoint: CertifiedCheckpoint,
    /// By member, in the order of their codes.
    pub statements: Vec<MemberStatement>,
}

/// Whether checkpoints are made as they are now, or as before there were counts of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Counted,
    Uncounted,
}

/// Nets a cycle, signs it and states it; nothing when that cannot be netted.
pub fn cycle(
    number: usize,
    before: Option<&Cycle>,
    marks: &Marks,
    taken: &[Agreed],
) -> Option<Cycle> {
    cycle_as(Made::Counted, number, before, (marks, taken))
}

fn cycle_as(
    made: Made,
    number: usize,
    before: Option<&Cycle>,
    (marks, taken): (&Marks, &[Agreed]),
) -> Option<Cycle> {
    let members = members();
    let legs: Vec<AgreedLeg> = taken.iter().map(|(agreed, _)| agreed.clone()).collect();
    let whole: Vec<Leg> = taken.iter().map(|(_, leg)| leg.clone()).collect();
    let parent = before.map(|before| &before.plan);
    let inputs = Inputs {
        day: day(number),
        parent,
        members: &members,
        marks,
        legs: &legs,
    };
    let plan = plan(&inputs).ok()?;
    let roots = pair_roots(&plan, &whole).ok()?;
    let digest = before.map(|before| before.checkpoint.signed.checkpoint.digest());
    let mut checkpoint = checkpoint(&plan, &roots, digest);
    if made == Made::Uncounted {
        checkpoint.counts = None;
    }
    let checkpoint = signed(checkpoint);
    let rows = PlanRows::of(&plan, &roots);
    let proven = ProvenPlan {
        plan: &plan,
        parent,
        rows: &rows,
        checkpoint: &checkpoint,
    };
    let stated = MEMBERS.map(|code| {
        let member = Member::new(code.parse().unwrap());
        let own = |region| members.of(region) == Some(member);
        let legs = whole
            .iter()
            .filter(|leg| own(leg.debtor) || own(leg.creditor));
        statement(&proven, member, &legs.cloned().collect::<Vec<_>>())
    });
    let statements = stated.into();
    Some(Cycle {
        plan,
        checkpoint,
        statements,
    })
}

/// What regions sent, and the cycles that took it.
pub struct Chain {
    pub agreed: Vec<Agreed>,
    pub marks: [Marks; CYCLES],
    pub cycles: Vec<Cycle>,
    books: BTreeMap<RegionCode, Vec<NumberedLeg>>,
    made: Made,
    folder: TempDir,
}

/// The debts of which both legs are below these marks, and not both below those before.
pub fn inside(agreed: &[Agreed], before: Option<&Marks>, marks: &Marks) -> Vec<Agreed> {
    let is_inside = |leg: &AgreedLeg, marks: &Marks| {
        leg.receivable <= marks[&leg.creditor] && leg.payable <= marks[&leg.debtor]
    };
    let new = agreed.iter().filter(|(leg, _)| {
        is_inside(leg, marks) && before.is_none_or(|before| !is_inside(leg, before))
    });
    new.cloned().collect()
}

impl Chain {
    pub fn of(debts: &[Debt], tenths: [u64; 2]) -> Self {
        Self::made(Made::Counted, debts, tenths)
    }

    pub fn made(made: Made, debts: &[Debt], tenths: [u64; 2]) -> Self {
        let mut books: BTreeMap<RegionCode, Vec<NumberedLeg>> = BTreeMap::new();
        let mut agreed = Vec::new();
        for (id, (debtor, distance, fund, fen, both)) in (1_u8..).zip(debts) {
            let leg = Leg {
                settlement: SettlementId::from_parts(i64::from(id), [id; 10]),
                kind: LegKind::Settlement,
                debtor: region(*debtor),
                creditor: region(debtor + 1 + distance),
                fund: FUNDS[*fund],
                amount: Fen::new(*fen).unwrap(),
                business_day: day(0),
                receipt: sha256(&[id]),
            };
            let mut next = |region, side| {
                let book = books.entry(region).or_default();
                let number = u64::try_from(book.len()).unwrap() + 1;
                let leg = leg.clone();
                book.push(NumberedLeg { number, side, leg });
                number
            };
            let receivable = next(leg.creditor, Side::Receivable);
            if *both {
                let payable = next(leg.debtor, Side::Payable);
                agreed.push((AgreedLeg::new(receivable, payable, &leg), leg));
            }
        }
        let marks = [tenths[0], tenths[1], 10].map(|tenths| {
            let mark = |at: usize| {
                let held = books.get(&region(at)).map_or(0, Vec::len);
                (region(at), u64::try_from(held).unwrap() * tenths / 10)
            };
            (0..REGIONS.len()).map(mark).collect::<Marks>()
        });
        let mut chain = Self {
            agreed,
            marks,
            cycles: Vec::new(),
            books,
            made,
            folder: tempfile::tempdir().unwrap(),
        };
        chain.cycles = chain.again(0, &chain.agreed, &[]);
        std::fs::write(chain.path("root.crt"), &OPERATOR.anchor).unwrap();
        std::fs::write(chain.path("revoked.crl"), &OPERATOR.revoked).unwrap();
        for (region, legs) in &chain.books {
            let book = LegBook::new(*region, 1, legs.clone()).unwrap();
            std::fs::write(chain.path(&format!("{region}.htlb")), book.to_bytes()).unwrap();
        }
        chain
    }

    /// The cycles from one on, of these debts, after those before it.
    pub fn again(&self, from: usize, agreed: &[Agreed], before: &[Cycle]) -> Vec<Cycle> {
        let mut cycles = before.to_vec();
        for number in from..CYCLES {
            let last = number.checked_sub(1).map(|at| &self.marks[at]);
            let taken = inside(agreed, last, &self.marks[number]);
            let marks = &self.marks[number];
            let next = cycle_as(self.made, number, cycles.last(), (marks, &taken));
            cycles.push(next.unwrap());
        }
        cycles
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Under which number a region has a settlement in its book.
    pub fn number(&self, region: RegionCode, settlement: SettlementId) -> u64 {
        let mut legs = self.books[&region].iter();
        let found = legs.find(|numbered| numbered.leg.settlement == settlement);
        found.unwrap().number
    }

    /// What the command says of a statement, held against checkpoints by the names of their files, the statement before, and
    /// the books of its regions.
    pub fn verify(&self, statement: &MemberStatement, with: &With<'_>) -> Vec<Fault> {
        let document = self.told(statement, with);
        let faults = document["faults"].as_array().unwrap();
        assert_eq!(document["holds"], faults.is_empty());
        faults.iter().map(Fault::read).collect()
    }

    /// The whole of what it says.
    pub fn told(&self, statement: &MemberStatement, with: &With<'_>) -> Value {
        let path = |name: &str| self.path(name).display().to_string();
        std::fs::write(self.path("own.htst"), statement.to_bytes()).unwrap();
        let mut words = vec![
            "clearing".to_owned(),
            "verify".to_owned(),
            "--json".to_owned(),
        ];
        let mut word = |name: &str, file: &str| words.extend([name.to_owned(), path(file)]);
        word("--roots", "root.crt");
        word("--statement", "own.htst");
        if with.revoked {
            word("--revocation-list", "revoked.crl");
        }
        for (name, checkpoint) in &with.checkpoints {
            std::fs::write(self.path(name), checkpoint.to_bytes()).unwrap();
            word("--checkpoint", name);
        }
        if let Some(before) = with.before {
            std::fs::write(self.path(BEFORE), before.to_bytes()).unwrap();
            word("--before", BEFORE);
        }
        if with.books {
            let regions = statement.regions.iter().map(|it| it.region);
            let theirs = regions.filter(|region| self.books.contains_key(region));
            theirs.for_each(|region| word("--book", &format!("{region}.htlb")));
        }
        let mut printed = Vec::new();
        let command = Command::try_parse_from(words).unwrap();
        command.clearing.run_to(&mut printed).unwrap();
        serde_json::from_slice(&printed).unwrap()
    }
}

#[derive(clap::Parser)]
struct Command {
    #[command(flatten)]
    clearing: ClearingCommand,
}

/// The file of the statement before.
pub const BEFORE: &str = "before.htst";

/// What a statement is held against.
#[derive(Default)]
pub struct With<'a> {
    pub checkpoints: Vec<(&'static str, &'a CertifiedCheckpoint)>,
    pub before: Option<&'a MemberStatement>,
    pub books: bool,
    pub revoked: bool,
}

/// Something that is wrong, as the command tells it.
#[derive(Debug)]
pub struct Fault {
    pub code: String,
    row: Value,
    settlement: Value,
    pub en: String,
    pub zh: String,
}

impl Fault {
    fn read(told: &Value) -> Self {
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        Self {
            code: text("code"),
            row: told["row"].clone(),
            settlement: told["settlement"].clone(),
            en: text("en"),
            zh: text("zh"),
        }
    }

    /// Whether it is of a row, and says so in both languages.
    pub fn is_of_row(&self, pair: &Pair) -> bool {
        let names = [pair.debtor, pair.creditor].map(|region| region.to_string());
        let said = names
            .iter()
            .all(|name| self.en.contains(name) && self.zh.contains(name));
        let row = (
            &self.row["debtor"],
            &self.row["creditor"],
            &self.row["fund"],
        );
        said && (row.0, row.1) == (&Value::from(&*names[0]), &Value::from(&*names[1]))
            && row.2 == pair.fund.as_str()
    }

    /// Whether it is of a settlement, and says so in both languages.
    pub fn is_of(&self, settlement: SettlementId) -> bool {
        let name = settlement.to_string();
        self.settlement == *name && self.en.contains(&name) && self.zh.contains(&name)
    }

    /// Whether it names something in both languages.
    pub fn names(&self, what: &str) -> bool {
        self.en.contains(what) && self.zh.contains(what)
    }
}
