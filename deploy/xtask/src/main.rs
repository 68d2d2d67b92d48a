//! The project's own chores, one file per command: `cargo xtask --help`.
//!
//! It knows no crate of the network. What a chore needs of one, it asks of cargo by name.

mod bench;
mod cargo;
mod corpus;
mod crash;
mod deny;
mod executable;
mod fuzz;
mod generate;
mod harness;
mod month;
mod oracle;
mod python;
mod race;
mod setup;
mod sim;
mod steps;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of the Huitong workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install the tools that are missing, then pass every test: format, lints, documentation, generated
    /// code, unit, property, documentation and integration tests, and each bench's short form.
    Test(test::Arguments),
    /// Write the gRPC code anew from the .proto files into proto/src/gen.
    Gen,
    /// Run the benches; each prints its ratio to a baseline measured in the same run.
    Bench(bench::Arguments),
    /// Feed random and mutated bytes to the readers of policies and bills; a short form is in `test`.
    Fuzz(fuzz::Arguments),
    /// Add decisions to the stored ones that every later engine must repeat; nothing stored is changed.
    Corpus,
    /// Settle random bills with the engine and with the naive second one of the tests, and compare.
    Oracle(oracle::Arguments),
    /// Kill real servers in the middle of their work, and audit what they kept; a short form is in `test`.
    Crash(crash::Arguments),
    /// Settle for one person in two regions at the same time, round after round; a short form is in `test`.
    Race(race::Arguments),
    /// Simulate twelve regions and the clearinghouse from seeds, and audit their books: `--seeds N`, `--seed S`
    /// with all its events, or `--minutes M`.
    Sim(sim::Arguments),
    /// Clear a month with hundreds of regions, and audit it: `--regions N`, `--visits N`, `--seed S`; a short form is in
    /// `test`.
    Month(month::Arguments),
    /// Check licences, sources, advisories and versions with cargo-deny.
    Deny,
    /// Install the tools that `test` needs and that are missing.
    Setup(setup::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Test(arguments) => test::run(&arguments),
        Chore::Gen => generate::run(),
        Chore::Bench(arguments) => bench::run(&arguments),
        Chore::Fuzz(arguments) => fuzz::run(&arguments),
        Chore::Corpus => corpus::run(),
        Chore::Crash(arguments) => crash::run(&arguments),
        Chore::Oracle(arguments) => oracle::run(&arguments),
        Chore::Race(arguments) => race::run(&arguments),
        Chore::Sim(arguments) => sim::run(&arguments),
        Chore::Month(arguments) => month::run(&arguments),
        Chore::Deny => deny::run(),
        Chore::Setup(arguments) => setup::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
