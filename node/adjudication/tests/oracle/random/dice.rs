//! Chance from a seed: the same seed, the same policy and the same bill, on every machine.

use huitong_core::name::Name;

pub struct Dice(fastrand::Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// From `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        self.0.i64(least..=most)
    }

    pub fn count(&mut self, most: usize) -> usize {
        self.0.usize(0..=most)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, times: u32) -> bool {
        self.0.u32(0..100) < times
    }

    pub fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.0.usize(0..choices.len())]
    }

    /// Some of the choices, in their order; at least one when there is any.
    pub fn some<T: Copy>(&mut self, choices: &[T]) -> Vec<T> {
        let mut some: Vec<T> = choices.iter().filter(|_| self.0.bool()).copied().collect();
        if some.is_empty() && !choices.is_empty() {
            some.push(self.of(choices));
        }
        some
    }

    pub fn maybe<T>(&mut self, times: u32, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.percent(times).then(|| make(self))
    }

    pub fn list<T>(
        &mut self,
        least: usize,
        most: usize,
        mut make: impl FnMut(&mut Self) -> T,
    ) -> Vec<T> {
        let many = self.0.usize(least..=most);
        (0..many).map(|_| make(self)).collect()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        self.0.shuffle(list);
    }
}

pub fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub fn names(texts: &[&str]) -> Vec<Name> {
    texts.iter().map(|text| name(text)).collect()
}
