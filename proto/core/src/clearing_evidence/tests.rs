//! What is shown stands alone, and says nothing of the person.

use super::*;
use crate::canonical::encode_to_vec;
use crate::canonical::testing::golden_file;
use crate::golden::samples;

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn both_keep_their_bytes_and_lead_to_the_signed_root() {
    let signer = vec![b"leaf".to_vec(), b"authority".to_vec()];
    let receipt = ClearingEvidence::of_receipt(samples::receipt(), signer.clone());
    let reversal = ClearingEvidence::of_reversal(samples::reversal(), signer);
    golden_file("clearing_evidence_receipt", &receipt);
    golden_file("clearing_evidence_reversal", &reversal);
    for evidence in [receipt, reversal] {
        assert!(evidence.is_in_group());
        let mut other = evidence;
        other.index ^= 1;
        assert!(!other.is_in_group());
    }
}

#[test]
fn neither_the_person_nor_the_salt_is_shown() {
    let receipt = samples::receipt();
    let salt = receipt.salt;
    let shown = ClearingEvidence::of_receipt(receipt, Vec::new()).to_bytes();
    assert!(!contains(&shown, &salt));
    let reversal = samples::reversal();
    let (salt, person) = (reversal.salt, reversal.person);
    let shown = ClearingEvidence::of_reversal(reversal, Vec::new()).to_bytes();
    assert!(!contains(&shown, &salt));
    assert!(!contains(&shown, &encode_to_vec(&person.person)));
}

#[test]
fn it_names_the_legs_that_both_regions_are_to_report() {
    let receipt = samples::receipt();
    let word = SignedDebt::Receipt(receipt.body.clone());
    assert_eq!(word.legs(), Leg::of(&receipt.body));
    assert_eq!(word.about().1, LegKind::Settlement);
    assert_eq!(word.home().to_string(), "330200");
    assert_eq!(word.treatment().to_string(), "510100");
    let back = SignedDebt::Reversal(samples::reversal().body);
    let legs = back.legs();
    assert_eq!(back.about(), (legs[0].settlement, LegKind::Reversal));
    assert_eq!(
        legs[0].debtor.to_string(),
        "510100",
        "the treatment region owes back"
    );
}
