//! How long the parties of a test wait for each other: longer than a machine that has much else to do ever takes. Where a test
//! is about a limit, it sets that itself.

use std::fmt::Debug;
use std::time::Duration;

use huitong_node::treatment::Timing;
use huitong_proto::settlement::v1;
use huitong_transport::{ClientLimits, ServerLimits};

use crate::world::World;

/// Nothing takes longer that comes at all.
const LONGEST: Duration = Duration::from_secs(60);
/// Nor what comes after waits that double.
const WAITED: Duration = Duration::from_secs(90);

/// Of whoever calls.
pub fn client() -> ClientLimits {
    ClientLimits {
        connect_timeout: LONGEST,
        call_deadline: LONGEST,
        ..ClientLimits::standard()
    }
}

/// Of a node that is called; when it stops, calls that do not end are cut off soon.
pub fn server() -> ServerLimits {
    ServerLimits {
        handshake_timeout: LONGEST,
        drain: Duration::from_millis(200),
        ..ServerLimits::standard()
    }
}

/// Of a treatment region that asks; what is open it looks at again soon.
pub fn timing() -> Timing {
    Timing {
        ask: LONGEST,
        commit: LONGEST,
        resolve_every: Duration::from_millis(50),
        ..Timing::STANDARD
    }
}

/// Looks until what is looked for is there, and panics with what was seen last when it never is: no test waits without an end.
pub async fn until<T, S: Debug>(mut look: impl AsyncFnMut() -> Result<T, S>) -> T {
    let mut last = None;
    let looking = async {
        loop {
            match look().await {
                Ok(found) => return found,
                Err(seen) => last = Some(seen),
            }
            tokio::task::yield_now().await;
        }
    };
    let found = tokio::time::timeout(WAITED, looking).await;
    found.unwrap_or_else(|_| panic!("not in {WAITED:?}; seen last: {last:?}"))
}

impl World {
    /// A region's status, once it is so.
    pub async fn status_when(
        &self,
        code: &str,
        is_so: impl Fn(&v1::NodeStatusResponse) -> bool,
    ) -> v1::NodeStatusResponse {
        until(async || {
            let status = self.status(code).await;
            if is_so(&status) {
                Ok(status)
            } else {
                Err(status)
            }
        })
        .await
    }
}
