//! When to try again: the wait that a server asks for, beside a refusal that may be retried.
//!
//! It travels as gRPC's own `grpc-retry-pushback-ms` (proposal A6), so that libraries which retry by themselves
//! keep to it as well.

use std::time::Duration;

use tonic::Status;
use tonic::metadata::MetadataValue;

const KEY: &str = "grpc-retry-pushback-ms";

/// The longest wait that is believed: a server that asks for more is asked again by then.
const AT_MOST: Duration = Duration::from_secs(600);

/// The status with the wait that its receiver is asked for, in whole milliseconds.
#[must_use]
pub fn with_pushback(mut status: Status, after: Duration) -> Status {
    let ms = u64::try_from(after.min(AT_MOST).as_millis()).unwrap_or_default();
    let value = MetadataValue::from(ms.max(1));
    status.metadata_mut().insert(KEY, value);
    status
}

/// The wait that a server asks for; none when it asks for none.
#[must_use]
pub fn pushback(status: &Status) -> Option<Duration> {
    let value = status.metadata().get(KEY)?.to_str().ok()?;
    // A negative number means "do not retry", which the refusal itself says.
    let ms: u64 = value.parse().ok()?;
    Some(Duration::from_millis(ms).min(AT_MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_travels_with_the_status_within_its_bounds() {
        let busy = || Status::resource_exhausted("busy");
        assert_eq!(pushback(&busy()), None);
        for (asked, told) in [(1_500, 1_500), (0, 1), (10_000_000, 600_000)] {
            let status = with_pushback(busy(), Duration::from_millis(asked));
            assert_eq!(pushback(&status), Some(Duration::from_millis(told)));
        }
        let mut status = busy();
        for (said, read) in [("-1", None), ("x", None), ("99999999", Some(AT_MOST))] {
            status.metadata_mut().insert(KEY, said.parse().unwrap());
            assert_eq!(pushback(&status), read, "{said}");
        }
    }
}
