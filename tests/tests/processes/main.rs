//! The network as it runs: real processes, real certificates, real TLS.
//!
//! | room | its question |
//! |---|---|
//! | [`refusals`] | What does each bad request get, and what does it leave behind? |
//! | [`certificates`] | Who is not heard? |
//! | [`abuse`] | Does a node keep answering others, and in bounded memory, whatever one of them does? |
//! | [`bounds`] | What happens past a message's limit or a deadline? |
//! | [`catalogue`] | When does a line fall out of scope? |
//! | [`race`] | Is one deductible used once by two regions? |
//! | [`crashes`] | What does a killed node lose or double? |
//! | [`by_hand`] | Does every command of the page on settling by hand and taking back do what is shown? |
//! | [`reversals`] | Does what was taken back net to zero, in a later cycle, over kills? |
//! | [`rolled`] | Does a node that was down while the root was rolled countersign what it missed? |
//! | [`rebuild`] | Does a node say the same without its index? |
//! | [`damage`] | Is what happens to a journal noticed, named and made good? |
//! | [`restores`] | Does a region that lost its disk come back with everything once? |
//! | [`attestation`] | Do both regions attest a day, and is a leg that was changed on the way found? |
//! | [`clearing_proof`] | Can a province check a netted day by itself, and does it say what was meddled with? |
//! | [`disputes`] | Does what two regions settle, and what officers decide, net to zero in the next cycle, and prove itself? |
//! | [`papers`] | Do the tools of others read the papers, and compute the same? |
//! | [`erased_elsewhere`] | Does a region that lost its disk wait for words of whom another has erased? |
//! | [`duplicates`] | Is whoever two regions insure found, and no number told? |
//! | [`expense_checks`] | Does every command of its page do what is shown, between two real nodes? |
//! | [`transfers`] | Does a person go from one home to another once, with totals and money? |
//! | [`moves_on`] | And on to a third, when the second loses its disk? |
//! | [`provisional`] | Who pays what when the home region is away, over kills, and does the list say so? |
//! | [`policies`] | What do two officers bring about, with the node killed in between? |
//! | [`handbook`] | Does every command of the handbook for authors do what is shown below it? |
//! | [`python`] | Can a client in another language settle? |
//! | [`command`] | Do the commands say what they are for, and what is wrong? |

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, where it went wrong"
)]

mod abuse;
mod assistance;
mod attestation;
mod bounds;
mod by_hand;
mod calendar;
mod catalogue;
mod certificates;
mod clearing_proof;
mod clearing_restored;
mod command;
mod crashes;
mod damage;
mod deductions;
mod disputes;
mod duplicates;
mod erased_elsewhere;
mod erasure;
mod evidence;
mod expense_checks;
mod external;
mod first_node;
mod handbook;
mod institution_accounts;
mod months;
mod moves_on;
mod papers;
mod policies;
mod provisional;
mod python;
mod race;
mod rebuild;
mod refusals;
mod restores;
mod reversals;
mod rolled;
mod transfers;
