//! What a certificate is shown for. One key serves one purpose; TLS counts as one.
//!
//! Which extended key usage stands for it is known where paths are checked.

use crate::identity::{Identity, KeyRole};

/// What a certificate is shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To answer calls over TLS.
    Serve,
    /// To call over TLS.
    Call,
    /// To sign receipts, groups and checkpoints.
    Sign,
}

impl Purpose {
    /// Whether the key of `identity` is for this.
    pub fn admits(self, identity: &Identity) -> bool {
        match self {
            Self::Serve => identity.serves(),
            Self::Call => identity.key_role() == KeyRole::Speak,
            Self::Sign => identity.key_role() == KeyRole::Sign,
        }
    }

    pub(crate) fn english(self) -> &'static str {
        match self {
            Self::Serve => "answering calls",
            Self::Call => "calling",
            Self::Sign => "signing",
        }
    }

    pub(crate) fn chinese(self) -> &'static str {
        match self {
            Self::Serve => "提供服务",
            Self::Call => "发起调用",
            Self::Sign => "签名",
        }
    }
}
