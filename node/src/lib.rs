//! A region's node: adjudicates out-of-area treatment and commits for its own people.
