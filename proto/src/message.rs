//! Messages that are written by hand instead of generated: those of which millions come a day, so that what their fields
//! need of memory lies in them and not beside them. On the wire they are what the .proto files say, held by a test
//! against what would be generated.

pub mod leg;
pub mod report;
mod room;
pub mod short;
