//! Agreeing legs in, an immutable netting plan out, and an independent proof of any plan.
