//! The message of a leg and that of a report, which are written by hand, are what would be generated: the fields of the .proto
//! file, the same bytes, and the same answer to whatever bytes come.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use huitong_proto::DESCRIPTORS;
use huitong_proto::clearing::v1::{Leg, ReportLegsRequest};
use proptest::prelude::*;
use prost::Message;
use prost_types::FileDescriptorSet;
use prost_types::field_descriptor_proto::{Label, Type};

/// As it would be generated.
#[derive(Clone, PartialEq, Message)]
struct Generated {
    #[prost(uint64, tag = "1")]
    number: u64,
    #[prost(int32, tag = "2")]
    side: i32,
    #[prost(string, tag = "3")]
    settlement: String,
    #[prost(string, tag = "4")]
    debtor: String,
    #[prost(string, tag = "5")]
    creditor: String,
    #[prost(int32, tag = "6")]
    fund: i32,
    #[prost(int64, tag = "7")]
    amount_fen: i64,
    #[prost(string, tag = "8")]
    business_day: String,
    #[prost(bytes = "vec", tag = "9")]
    receipt: Vec<u8>,
    #[prost(int32, tag = "10")]
    kind: i32,
}

/// A report, as it would be generated.
#[derive(Clone, PartialEq, Message)]
struct Report<L: Message + Default + Clone + PartialEq + std::fmt::Debug> {
    #[prost(message, repeated, tag = "1")]
    legs: Vec<L>,
    #[prost(uint32, tag = "2")]
    incarnation: u32,
    #[prost(message, repeated, tag = "3")]
    deductions: Vec<Word>,
}

/// A word beside a leg, as it would be generated.
#[derive(Clone, PartialEq, Message)]
struct Word {
    #[prost(uint64, tag = "1")]
    number: u64,
    #[prost(string, tag = "2")]
    settlement: String,
}

#[test]
fn its_fields_are_those_of_the_proto_file() {
    let files = FileDescriptorSet::decode(DESCRIPTORS).unwrap().file;
    let file = files
        .iter()
        .find(|file| file.name() == "huitong/clearing/v1/clearing.proto");
    let messages = &file.unwrap().message_type;
    let named = |name| messages.iter().find(|message| message.name() == name);
    let report = named("ReportLegsRequest").unwrap().field.iter();
    let report = report.map(|field| (field.number(), field.name(), field.label(), field.r#type()));
    assert_eq!(
        report.collect::<Vec<_>>(),
        [
            (1, "legs", Label::Repeated, Type::Message),
            (2, "incarnation", Label::Optional, Type::Uint32),
            (3, "deductions", Label::Repeated, Type::Message),
        ]
    );
    let word = named("DeductionOf").unwrap().field.iter();
    let word = word.map(|field| (field.number(), field.name(), field.label(), field.r#type()));
    assert_eq!(
        word.collect::<Vec<_>>(),
        [
            (1, "number", Label::Optional, Type::Uint64),
            (2, "settlement", Label::Optional, Type::String),
        ]
    );
    let leg = named("Leg").unwrap();
    let fields: Vec<_> = leg
        .field
        .iter()
        .map(|field| {
            assert_eq!(field.label(), Label::Optional);
            assert_eq!(field.oneof_index, None);
            (field.number(), field.name(), field.r#type())
        })
        .collect();
    assert_eq!(
        fields,
        [
            (1, "number", Type::Uint64),
            (2, "side", Type::Enum),
            (3, "settlement", Type::String),
            (4, "debtor", Type::String),
            (5, "creditor", Type::String),
            (6, "fund", Type::Enum),
            (7, "amount_fen", Type::Int64),
            (8, "business_day", Type::String),
            (9, "receipt", Type::Bytes),
            (10, "kind", Type::Enum),
        ]
    );
}

fn text(usual: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::string::string_regex(usual).unwrap(),
        1 => ".{0,40}",
        1 => "[a-z]{100,200}",
        1 => Just(String::new()),
    ]
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), 1..100_i64, any::<i64>()]
}

fn generated() -> impl Strategy<Value = Generated> {
    let texts = (
        text("stl_[0-9a-z]{26}"),
        text("[0-9]{6}"),
        text("[0-9]{6}"),
        text("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        prop_oneof![
            4 => proptest::collection::vec(any::<u8>(), 32),
            1 => proptest::collection::vec(any::<u8>(), 0..200),
        ],
    );
    let numbers = (number(), 0..4_i32, any::<i32>(), number(), 0..12_i32);
    (texts, numbers).prop_map(|(texts, numbers)| {
        let (settlement, debtor, creditor, business_day, receipt) = texts;
        let (number, side, fund, amount_fen, kind) = numbers;
        Generated {
            number: number.unsigned_abs(),
            side,
            settlement,
            debtor,
            creditor,
            fund,
            amount_fen,
            business_day,
            receipt,
            kind,
        }
    })
}

fn assert_alike(own: &Leg, generated: &Generated) {
    assert_eq!(own.number, generated.number);
    assert_eq!(own.side, generated.side);
    assert_eq!(*own.settlement, *generated.settlement);
    assert_eq!(*own.debtor, *generated.debtor);
    assert_eq!(*own.creditor, *generated.creditor);
    assert_eq!(own.fund, generated.fund);
    assert_eq!(own.amount_fen, generated.amount_fen);
    assert_eq!(*own.business_day, *generated.business_day);
    assert_eq!(own.receipt.as_slice(), generated.receipt);
    assert_eq!(own.kind, generated.kind);
}

/// A byte is another, is missing, or is where the bytes end; or nothing is spoilt.
fn spoil(bytes: &mut Vec<u8>, at: usize, with: u8, how: u8) {
    match how {
        0 => *bytes.get_mut(at).unwrap() = with,
        1 => drop(bytes.remove(at)),
        2 => bytes.truncate(at),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn it_is_read_and_written_as_the_generated_one(legs in proptest::collection::vec(generated(), 0..4)) {
        let bytes = Report { legs: legs.clone(), incarnation: 0, deductions: Vec::new() }.encode_to_vec();
        let own = Report::<Leg>::decode(&*bytes).unwrap();
        prop_assert_eq!(own.legs.len(), legs.len());
        own.legs.iter().zip(&legs).for_each(|(own, generated)| assert_alike(own, generated));
        prop_assert_eq!(own.encoded_len(), bytes.len());
        prop_assert_eq!(own.encode_to_vec(), bytes);
    }

    /// A report is read in one piece of memory and in two, as it was written and with a byte that is another, is missing, or
    /// with which it ends.
    #[test]
    fn a_report_is_read_and_written_as_the_generated_one(
        legs in proptest::collection::vec(generated(), 0..4),
        incarnation in prop_oneof![Just(0), any::<u32>()],
        words in proptest::collection::vec((number(), text("stl_[0-9a-z]{26}")), 0..3),
        at in any::<prop::sample::Index>(),
        with in any::<u8>(),
        how in 0_u8..5,
    ) {
        let words = words.into_iter();
        let words = words.map(|(number, settlement)| Word { number: number.unsigned_abs(), settlement });
        let mut bytes = Report { legs, incarnation, deductions: words.collect() }.encode_to_vec();
        let own = ReportLegsRequest::decode(&*bytes).unwrap();
        prop_assert_eq!(own.encoded_len(), bytes.len());
        prop_assert_eq!(own.encode_to_vec(), &*bytes);
        prop_assume!(!bytes.is_empty());
        let at = at.index(bytes.len());
        spoil(&mut bytes, at, with, how);
        let (first, second) = bytes.split_at(at.min(bytes.len()));
        let split = || prost::bytes::Buf::chain(first, second);
        for (own, generated) in [
            (ReportLegsRequest::decode(&*bytes), Report::<Generated>::decode(&*bytes)),
            (ReportLegsRequest::decode(split()), Report::<Generated>::decode(split())),
        ] {
            match (own, generated) {
                (Ok(own), Ok(generated)) => {
                    prop_assert_eq!(own.incarnation, generated.incarnation);
                    let own_words = own.deductions.iter().map(|word| (word.number, &word.settlement));
                    let words = generated.deductions.iter().map(|word| (word.number, &word.settlement));
                    prop_assert!(own_words.eq(words));
                    prop_assert_eq!(own.legs.len(), generated.legs.len());
                    own.legs.iter().zip(&generated.legs).for_each(|(own, generated)| assert_alike(own, generated));
                }
                (Err(own), Err(generated)) => {
                    let named = |fault: &prost::DecodeError| fault.to_string().replace("Generated", "Leg").replace("Word.", "DeductionOf.");
                    let named = |fault| named(fault).replace("Report.", "ReportLegsRequest.");
                    prop_assert_eq!(own.to_string(), named(&generated));
                }
                (own, generated) => prop_assert!(false, "{own:?} is not {generated:?}"),
            }
        }
    }

    /// A byte that is another, one that is missing, a piece that is cut off: both read the same of it, or both refuse it for
    /// the same reason. In two pieces of memory it is read as in one.
    #[test]
    fn whatever_comes_is_read_as_the_generated_one_reads_it(
        leg in generated(),
        at in any::<prop::sample::Index>(),
        with in any::<u8>(),
        how in 0_u8..4,
    ) {
        let mut bytes = leg.encode_to_vec();
        prop_assume!(!bytes.is_empty());
        let at = at.index(bytes.len());
        spoil(&mut bytes, at, with, how);
        let (first, second) = bytes.split_at(at.min(bytes.len()));
        let split = || prost::bytes::Buf::chain(first, second);
        for (own, generated) in [
            (Leg::decode(&*bytes), Generated::decode(&*bytes)),
            (Leg::decode(split()), Generated::decode(split())),
        ] {
            match (own, generated) {
                (Ok(own), Ok(generated)) => assert_alike(&own, &generated),
                (Err(own), Err(generated)) => {
                    let named = |fault: &prost::DecodeError| fault.to_string().replace("Generated", "Leg");
                    prop_assert_eq!(named(&own), named(&generated));
                }
                (own, generated) => prop_assert!(false, "{own:?} is not {generated:?}"),
            }
        }
    }

    #[test]
    fn any_bytes_are_read_as_the_generated_one_reads_them(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        match (Leg::decode(&*bytes), Generated::decode(&*bytes)) {
            (Ok(own), Ok(generated)) => assert_alike(&own, &generated),
            (own, generated) => prop_assert_eq!(own.is_err(), generated.is_err()),
        }
    }
}
