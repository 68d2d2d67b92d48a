//! The clock, passed down: only what runs here asks for the time; decisions get it as a value.

pub use huitong_transport::{Clock, SystemClock};
