//! Where the lines of a text were written, when it was put together from several files.
//!
//! A resolved policy is one text and is read as one; whoever mends it has the files it came from. Columns
//! stay what they are, because parts are put in by whole lines.

/// File and line of each line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins {
    files: Vec<String>,
    stretches: Vec<Stretch>,
}

/// Lines that stand in one file one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    /// The first line in the text, from 1.
    from: usize,
    /// Which file.
    file: usize,
    /// The line of the file it is.
    line: usize,
}

impl Origins {
    /// A text that stands in one file as it is.
    #[must_use]
    pub fn whole(file: &str) -> Self {
        Self {
            files: vec![file.to_owned()],
            stretches: vec![Stretch {
                from: 1,
                file: 0,
                line: 1,
            }],
        }
    }

    /// One more file; stretches name it by what this gives.
    pub(crate) fn add_file(&mut self, file: &str) -> usize {
        self.files.push(file.to_owned());
        self.files.len().saturating_sub(1)
    }

    /// From this line of the text on, lines are those of a file from `line` on. Called in ascending order.
    pub(crate) fn go_on(&mut self, from: usize, file: usize, line: usize) {
        self.stretches.push(Stretch { from, file, line });
    }

    /// The file and the line in which a line of the text was written; both lines from 1.
    #[must_use]
    pub fn of(&self, line: usize) -> (&str, usize) {
        let after = self
            .stretches
            .partition_point(|stretch| stretch.from <= line.max(1));
        let stretch = after
            .checked_sub(1)
            .and_then(|at| self.stretches.get(at))
            .copied()
            .unwrap_or(Stretch {
                from: 1,
                file: 0,
                line: 1,
            });
        let file = self.files.get(stretch.file).map_or("", String::as_str);
        let ahead = line.max(1).saturating_sub(stretch.from);
        (file, stretch.line.saturating_add(ahead))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_told_its_file() {
        let mut origins = Origins::whole("host.toml");
        let part = origins.add_file("parts/a.toml");
        origins.go_on(4, part, 1);
        origins.go_on(9, 0, 6);
        for (line, expected) in [
            (0, ("host.toml", 1)),
            (1, ("host.toml", 1)),
            (3, ("host.toml", 3)),
            (4, ("parts/a.toml", 1)),
            (8, ("parts/a.toml", 5)),
            (9, ("host.toml", 6)),
            (20, ("host.toml", 17)),
        ] {
            assert_eq!(origins.of(line), expected, "{line}");
        }
    }
}
