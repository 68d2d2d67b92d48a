//! A bill, a person and a policy in; a decision with its trace out.
