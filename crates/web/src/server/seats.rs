//! Who sits where: connections by address, and the few that are kept for this very machine.
//!
//! Does not know: what is said on a connection.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::Limits;

/// Connections kept for this machine when all others are taken: whoever watches asks with one or
/// two at a time, and a full house is no dead one.
const KEPT: usize = 8;
/// A program on this machine has its head ready.
const KEPT_HEAD_PATIENCE: Duration = Duration::from_millis(500);

/// All seats.
pub(super) struct Seats {
    limits: Limits,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    kept: usize,
    by_address: HashMap<IpAddr, usize>,
}

pub(super) struct Seat {
    address: IpAddr,
    /// One of those for this machine.
    pub(super) is_kept: bool,
    pub(super) head_patience: Duration,
    taken: Arc<Mutex<Taken>>,
}

impl Seats {
    pub(super) fn new(limits: Limits) -> Seats {
        Seats {
            limits,
            taken: Arc::default(),
        }
    }

    pub(super) fn take(&self, address: IpAddr) -> Option<Seat> {
        let network = crate::address::network(address);
        let mut taken = self.taken.lock().expect("no holder of this lock panics");
        let of_address = taken.by_address.get(&network).copied().unwrap_or(0);
        let too_many = self.limits.per_address > 0 && of_address >= self.limits.per_address;
        let is_kept = too_many || taken.all >= self.limits.connections;
        if !is_kept {
            taken.all += 1;
            taken.by_address.insert(network, of_address + 1);
        } else if network.is_loopback() && taken.kept < KEPT {
            taken.kept += 1;
        } else {
            return None;
        }
        Some(Seat {
            address: network,
            is_kept,
            head_patience: match is_kept {
                true => self.limits.head_patience.min(KEPT_HEAD_PATIENCE),
                false => self.limits.head_patience,
            },
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().expect("no holder of this lock panics");
        if self.is_kept {
            taken.kept -= 1;
            return;
        }
        taken.all -= 1;
        match taken.by_address.get(&self.address).copied() {
            Some(count) if count > 1 => {
                taken.by_address.insert(self.address, count - 1);
            }
            _ => {
                taken.by_address.remove(&self.address);
            }
        }
    }
}
