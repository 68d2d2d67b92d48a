//! The project's own chores: test, gen, deny, bench.

fn main() {}
