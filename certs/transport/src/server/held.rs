//! What a call holds, and the refusal of one for which there is no room.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tonic::Status;

use crate::error::TransportError;
use crate::pushback::with_pushback;

use super::places::UnderWay;
use super::shares::Share;

/// After how long a caller that was refused as overload is asked to come back.
const COME_BACK: Duration = Duration::from_secs(1);

/// The bytes of one call.
pub(super) type BytesHeld = Arc<Mutex<Share>>;

/// What a call holds while it is answered. Its bytes go on with the answer, and its connection is at work until that is over.
pub(super) struct Held {
    pub(super) _call: Share,
    pub(super) bytes: BytesHeld,
    pub(super) under_way: UnderWay,
}

/// The refusal of what finds no room, and when to come back.
pub(super) fn overloaded() -> Status {
    with_pushback(TransportError::Overloaded.status(), COME_BACK)
}
