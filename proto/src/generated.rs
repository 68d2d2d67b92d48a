//! The generated code, in the package paths of the .proto files.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    reason = "generated code is compared, not edited"
)]

/// `huitong.common`.
pub mod common {
    /// `huitong.common.v1`.
    pub mod v1 {
        include!("gen/huitong.common.v1.rs");
    }
}

/// `huitong.policy`.
pub mod policy {
    /// `huitong.policy.v1`.
    pub mod v1 {
        include!("gen/huitong.policy.v1.rs");
    }
}

/// `huitong.settlement`.
pub mod settlement {
    /// `huitong.settlement.v1`.
    pub mod v1 {
        include!("gen/huitong.settlement.v1.rs");
    }
}

/// `huitong.clearing`.
pub mod clearing {
    /// `huitong.clearing.v1`.
    pub mod v1 {
        include!("gen/huitong.clearing.v1.rs");
        // Written by hand.
        pub use crate::message::leg::Leg;
        pub use crate::message::report::{DeductionOf, ReportLegsRequest};
    }
}

/// The descriptor set of all packages, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!("gen/descriptors.bin");
