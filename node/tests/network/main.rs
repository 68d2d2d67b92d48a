//! Whole nodes over real mutual TLS on loopback, in one process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    unreachable_pub,
    reason = "tests fail by panicking"
)]

mod admissions;
mod announced;
mod assistance;
mod assistance_kept;
mod assistance_later;
mod bills;
mod branches;
mod bureau;
mod by_hand;
mod by_hand_anew;
mod clearing;
mod deadlines;
mod deduction_evidence;
mod deductions;
mod deliveries;
mod directory;
mod directory_dated;
mod directory_home;
mod emergencies;
mod expense_checks;
mod expense_checks_held;
mod expense_checks_kept;
mod expense_checks_synced;
mod externals;
mod files;
mod filings;
mod final_refusals;
mod gated;
mod given_up_moved;
mod happy;
mod held_persons;
mod hospital;
mod institution_accounts;
mod institution_accounts_open;
mod institution_accounts_parts;
mod institution_months;
mod joined;
mod keys_before;
mod large;
mod left_out;
mod members;
mod offices;
mod outages;
mod own_clearing;
mod patience;
mod payables;
mod policies;
mod policies_lost;
mod ports;
mod prefunds;
mod presented;
mod privacy;
mod provisional;
mod provisional_evidence;
mod provisional_shown;
mod records_gone;
mod recovery;
mod refusals;
mod regained;
mod relay;
mod repeats;
mod replays;
mod reversals;
mod sent;
mod stale;
mod synced;
mod syncs;
mod true_ups_kept;
mod typed;
mod unshown;
mod whole_stays;
mod withdrawals;
mod witness;
mod world;
