//! Where in a policy a fault lies.
//!
//! Steps are the keys and positions of a policy document, long forms everywhere, so that a reader of
//! documents can find the line. A document's short forms simply leave steps out.

use std::fmt;

/// A way through a policy, such as `layer[2].start.amount[0].value`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaultPath(Vec<PathStep>);

/// One step of a [`FaultPath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathStep {
    /// Into a table by its key.
    Key(String),
    /// Into a list, from 0.
    Index(usize),
}

impl FaultPath {
    /// The policy as a whole.
    pub const ROOT: Self = Self(Vec::new());

    /// The steps, from the outside in.
    #[must_use]
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// Into a table by its key.
    #[must_use]
    pub fn key(&self, key: impl fmt::Display) -> Self {
        self.with(PathStep::Key(key.to_string()))
    }

    /// Into a list, from 0.
    #[must_use]
    pub fn index(&self, at: usize) -> Self {
        self.with(PathStep::Index(at))
    }

    fn with(&self, step: PathStep) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for FaultPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Key(key) if key.contains('.') => write!(f, ".\"{key}\"")?,
                PathStep::Key(key) if at == 0 => f.write_str(key)?,
                PathStep::Key(key) => write!(f, ".{key}")?,
                PathStep::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
