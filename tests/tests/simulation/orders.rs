//! What stories have done to machines from outside: whoever drives the world does it before its time moves on.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::sleep;

/// What is done to a machine, which is given by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Its disk is copied while it works.
    BackUp(usize),
    /// Its disk is lost; after so long it comes back with the copy in its place.
    Lose(usize, Duration),
    /// It is stopped and started.
    Restart(usize),
    /// It is stopped, told to collect again what others have, and started.
    CollectAnew(usize),
}

/// Orders that are not carried out yet.
#[derive(Debug, Clone, Default)]
pub struct Orders(Arc<Mutex<VecDeque<Order>>>);

impl Orders {
    /// Has something done, and waits until it is.
    pub async fn give(&self, order: Order) {
        self.0.lock().unwrap().push_back(order);
        while !self.0.lock().unwrap().is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// The next order.
    pub fn take(&self) -> Option<Order> {
        self.0.lock().unwrap().pop_front()
    }
}
