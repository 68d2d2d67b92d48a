//! The CPU time that each process spends on one settlement or one chain of bare calls: where the time goes,
//! and a measure that another program on the machine moves less than it moves a rate.

use std::fmt;
use std::ops::Sub;
use std::time::Duration;

use huitong_tests::process::cpu_of;
use huitong_tests::register::{CHENGDU, NINGBO};
use huitong_tests::world::{Party, World};

use crate::echo::EchoNetwork;

/// CPU time by process, from its start on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    hospital: Duration,
    treatment: Duration,
    home: Duration,
    clearinghouse: Duration,
}

impl Spent {
    /// By the servers of a world, and by this process, which is the hospital.
    pub(crate) async fn by_world(world: &World) -> Self {
        Self {
            hospital: cpu_of(std::process::id()),
            treatment: world.cpu(Party::Region(CHENGDU.region())).await,
            home: world.cpu(Party::Region(NINGBO.region())).await,
            clearinghouse: world.cpu(Party::Clearinghouse).await,
        }
    }

    /// By an echo's servers, and by this process.
    pub(crate) fn by_echo(echoes: &EchoNetwork) -> Self {
        let [treatment, home] = echoes.cpu();
        Self {
            hospital: cpu_of(std::process::id()),
            treatment,
            home,
            clearinghouse: Duration::ZERO,
        }
    }

    /// Of the nodes alone, in seconds.
    pub(crate) fn nodes(&self) -> f64 {
        (self.treatment + self.home).as_secs_f64()
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.hospital += more.hospital;
        self.treatment += more.treatment;
        self.home += more.home;
        self.clearinghouse += more.clearinghouse;
    }

    /// Shared by so many.
    pub(crate) fn each(&self, count: usize) -> Self {
        let count = u32::try_from(count).unwrap();
        Self {
            hospital: self.hospital / count,
            treatment: self.treatment / count,
            home: self.home / count,
            clearinghouse: self.clearinghouse / count,
        }
    }
}

impl Sub for Spent {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            hospital: self.hospital - before.hospital,
            treatment: self.treatment - before.treatment,
            home: self.home - before.home,
            clearinghouse: self.clearinghouse - before.clearinghouse,
        }
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            hospital,
            treatment,
            home,
            clearinghouse,
        } = self.to_owned();
        write!(
            f,
            "{:.0} µs treatment, {:.0} home, {:.0} hospital, {:.0} clearinghouse",
            micros(treatment),
            micros(home),
            micros(hospital),
            micros(clearinghouse)
        )
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000_000.0
}
