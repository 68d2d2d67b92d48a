//! The one executable, for every party.

fn main() {}
