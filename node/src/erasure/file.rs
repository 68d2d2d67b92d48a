//! The file of people: a region and a number on each line, separated by blanks; `#` begins a remark.

use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::region::RegionCode;

/// The most people of one file.
const PEOPLE_AT_MOST: usize = 100_000;

/// A person of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub person: PersonRef,
    /// On which line, from 1.
    pub line: usize,
}

/// Why a file of people cannot be used. No number is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// A line is no region and number.
    #[error(
        "line {line}: expected a region and a person's number, such as 330200 330200000000000017 / 第 {line} 行：应为统筹区代码与人员编号"
    )]
    Line {
        /// Which.
        line: usize,
    },
    /// A person is listed twice.
    #[error(
        "line {line}: this person is on line {first} already / 第 {line} 行：与第 {first} 行为同一人员"
    )]
    Twice {
        /// Which.
        line: usize,
        /// Where the person is first.
        first: usize,
    },
    /// Nobody is listed.
    #[error("nobody is listed / 名单为空")]
    Nobody,
    /// Too many are listed.
    #[error(
        "more than {PEOPLE_AT_MOST} people are listed: erase them in parts / 名单超过 {PEOPLE_AT_MOST} 人，请分批办理"
    )]
    TooMany,
}

/// The people of a file.
///
/// # Errors
/// Every fault, by its line.
pub fn people_of(text: &str) -> Result<Vec<Listed>, Vec<FileError>> {
    let (mut people, mut faults) = (Vec::new(), Vec::new());
    let mut lines = std::collections::BTreeMap::new();
    for (line, content) in (1_usize..).zip(text.lines()) {
        let content = content.split('#').next().unwrap_or_default();
        let mut words = content.split_whitespace();
        let (Some(home), number, None) = (words.next(), words.next(), words.next()) else {
            if !content.trim().is_empty() {
                faults.push(FileError::Line { line });
            }
            continue;
        };
        let home = RegionCode::parse(home).ok();
        let psn_no = number.and_then(|number| PsnNo::parse(number).ok());
        let (Some(home), Some(psn_no)) = (home, psn_no) else {
            faults.push(FileError::Line { line });
            continue;
        };
        let person = PersonRef { home, psn_no };
        match lines.insert(person, line) {
            Some(first) => faults.push(FileError::Twice { line, first }),
            None => people.push(Listed { person, line }),
        }
    }
    if people.len() > PEOPLE_AT_MOST {
        faults.push(FileError::TooMany);
    }
    if people.is_empty() && faults.is_empty() {
        faults.push(FileError::Nobody);
    }
    if faults.is_empty() {
        Ok(people)
    } else {
        Err(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_and_every_fault_has_its_line() {
        let good =
            "# 名单\n330200 330200000000000017  # left in 2008\n\n510100\t510100000000000017\n";
        let people = people_of(good).unwrap();
        let lines: Vec<usize> = people.iter().map(|listed| listed.line).collect();
        assert_eq!(lines, [2, 4]);
        let bad = "330200\n330200 17\nx 330200000000000017\n330200 330200000000000017 y\n\
                   330200 330200000000000017\n330200 330200000000000017\n";
        let faults = people_of(bad).unwrap_err();
        let line = |line| FileError::Line { line };
        let twice = FileError::Twice { line: 6, first: 5 };
        assert_eq!(faults, [line(1), line(2), line(3), line(4), twice]);
        assert!(
            faults
                .iter()
                .all(|fault| !fault.to_string().contains("0017")
                    || fault.to_string().contains("such as"))
        );
        assert_eq!(people_of("# nobody\n"), Err(vec![FileError::Nobody]));
    }
}
