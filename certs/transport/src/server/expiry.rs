//! When a connection ends because its peer's certificate has run out. What the peer asks for over it is refused from then
//! on, and only over another one can it show the certificate that it has by now. What is not here: the refusal ([`super::gate`]).

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::places::Doing;
use crate::clock::CertificateClock;

/// How long the clock is not looked at: it may be set while the machine's time goes on.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How often it is looked whether its last second is over, and whether calls are still under way.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Waits until a certificate has run out and no call that came before is under way, for so long at most.
pub(super) async fn run_out(
    not_after: Timestamp,
    clock: CertificateClock,
    doing: Arc<Doing>,
    longest: Duration,
) {
    while let Some(left) = left(not_after, clock.now()) {
        sleep(left.clamp(ASK_EVERY, LOOK_EVERY)).await;
    }
    let begun = Instant::now();
    while doing.is_busy() && begun.elapsed() < longest {
        sleep(ASK_EVERY).await;
    }
}

/// How long it is to a certificate's last second, to the end of which it holds; none when it has run out.
fn left(not_after: Timestamp, now: Timestamp) -> Option<Duration> {
    let left = not_after.as_second().checked_sub(now.as_second())?;
    u64::try_from(left).ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_holds_to_the_end_of_its_last_second() {
        let last = Timestamp::from_second(5).unwrap();
        let at = |second| left(last, Timestamp::from_second(second).unwrap());
        assert_eq!(at(3), Some(Duration::from_secs(2)));
        assert_eq!(at(5), Some(Duration::ZERO));
        assert_eq!(at(6), None);
    }
}
