//! The clearinghouse's one TOML file: every fault at once, unknown keys refused, before anything is opened.
//!
//! Paths are taken from the file's folder. The certificate, key and root that it names are read too, and
//! what is wrong with one is a fault of the line that names it.

mod dispute;
mod month;
mod payment;
mod signing;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use huitong_core::calendar::Calendar;
use huitong_core::officer::OfficerName;
use huitong_core::region::RegionCode;
use huitong_document::calendar;
use huitong_document::config::{Document, Faults, Scalar, Section};
use huitong_netting::{Member, Members};
use huitong_transport::{CredentialFiles, CredentialStore, Credentials, LOOK_EVERY};

use crate::decide::Schedule;
use crate::disputes::DisputeRules;
use crate::months::MonthRules;
use crate::payments::PaymentRules;
use crate::prefunds::Rules;
use crate::roles::{Role, Roles};
use crate::signer::SigningFiles;

/// The largest configuration file, in bytes.
const LARGEST_FILE_BYTES: u64 = 1 << 20;

/// What a clearinghouse is told.
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    pub(crate) tls: CredentialFiles,
    /// How often the files of certificates are looked at.
    pub(crate) look_every: Duration,
    pub(crate) signing: SigningFiles,
    pub(crate) members: Members,
    pub(crate) schedule: Schedule,
    pub(crate) segment_mib: u32,
    /// Which days are business days.
    pub(crate) calendar: Calendar,
    /// Whether money moves by the day or by the month, and by when it is due.
    pub(crate) payment: PaymentRules,
    /// How long netting waits after the cut-off for regions that have not attested their rows.
    pub(crate) wait_minutes: u32,
    /// What is set for prefunds.
    pub(crate) prefund: Rules,
    /// By when things are due in disputes.
    pub(crate) dispute: DisputeRules,
    /// By when things are due in a month.
    pub(crate) month: MonthRules,
    /// What each officer may do.
    pub(crate) roles: Roles,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{file}: {reason} / 无法读取配置文件")]
    File {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// What is in it is not right.
    #[error(transparent)]
    Faults(#[from] Faults),
}

/// Whether the clearinghouse cuts off by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Automatic {
    Never,
    AtDeadline,
    WhenAllClosed,
}

impl Scalar for Automatic {
    const EXPECTED: (&'static str, &'static str) = (
        "\"never\", \"at_deadline\" or \"when_all_closed\"",
        " \"never\"、\"at_deadline\" 或 \"when_all_closed\"",
    );

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "never" => Ok(Self::Never),
            "at_deadline" => Ok(Self::AtDeadline),
            "when_all_closed" => Ok(Self::WhenAllClosed),
            _ => Err("write \"never\", \"at_deadline\" or \"when_all_closed\"".to_owned()),
        }
    }
}

/// Nodes attest within seconds; an hour is enough to look after one that does not, and keeps no cycle from its day.
const WAIT_MINUTES: u32 = 60;

/// One in the morning of the next day.
const DEADLINE_MINUTES: u32 = 25 * 60;

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigError::File`], or all faults of what is in it.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let refused = |reason: String| ConfigError::File {
            file: file.clone(),
            reason,
        };
        let size = std::fs::metadata(path)
            .map_err(|error| refused(error.to_string()))?
            .len();
        if size > LARGEST_FILE_BYTES {
            return Err(refused(format!(
                "{size} bytes; at most {LARGEST_FILE_BYTES}"
            )));
        }
        let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(Self::read(&file, &text, folder, Files::Read)?)
    }

    /// Reads a text; `file` names it in faults. The files that it names are not looked at.
    ///
    /// ```
    /// use huitong_clearinghouse::Config;
    /// let config = Config::parse("clearinghouse.toml", r#"
    /// listen = "127.0.0.1:7500"
    /// data = "/var/lib/huitong/clearinghouse"
    /// [tls]
    /// chain = "/etc/huitong/tls.pem"
    /// key = "/etc/huitong/tls.key"
    /// roots = "/etc/huitong/root.pem"
    /// [signing]
    /// key = "/etc/huitong/signing.key"
    /// certificate = "/etc/huitong/signing.crt"
    /// [cut_off]
    /// automatic = "at_deadline"
    /// deadline_minutes = 1500
    /// [[region]]
    /// code = "330200"
    /// member = "330000"
    /// [[region]]
    /// code = "510100"
    /// "#)?;
    /// # Ok::<(), huitong_document::Faults>(())
    /// ```
    ///
    /// # Errors
    /// All faults at once.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        Self::read(file, text, Path::new(""), Files::Named)
    }

    fn read(file: &str, text: &str, folder: &Path, files: Files) -> Result<Self, Faults> {
        let document = Document::parse(file, text)?;
        let root = document.root();
        let listen = root.required("listen");
        let data = root
            .required::<PathBuf>("data")
            .map(|data| folder.join(data));
        let section = root.section("tls");
        let look_every = section.duration_ms("look_every_ms", 100..=3_600_000, LOOK_EVERY);
        let (tls, trust) = tls(&section, folder, files).unzip();
        let trust = trust.flatten();
        let trust = trust.as_ref().map(|speaking| &**speaking.trust());
        let signing = signing::read(&root.section("signing"), folder, trust, files);
        let schedule = schedule(&root);
        let segment_mib = root.integer_or("journal_segment_mib", 1..=1_023, 64);
        let payment = payment::rules(&root);
        let attestation = root.optional_section("attestation");
        let wait_minutes = attestation.map_or(Some(WAIT_MINUTES), |section| {
            section.integer_or("wait_minutes", 0..=2_880, WAIT_MINUTES)
        });
        let (prefund, roles) = (prefund(&root), roles(&root));
        let (dispute, month) = (dispute::rules(&root), month::rules(&root));
        let calendar = calendar::read(&root, &|name| match files {
            Files::Named => Ok(String::new()),
            Files::Read => {
                let text = std::fs::read_to_string(folder.join(name));
                text.map_err(|error| error.to_string())
            }
        });
        let members = members(&root);
        document.finish(|| {
            Some(Self {
                listen: listen?,
                data: data?,
                tls: tls?,
                look_every: look_every?,
                signing: signing?,
                members: members?,
                schedule: schedule?,
                segment_mib: segment_mib?,
                calendar: calendar?,
                payment: payment?,
                wait_minutes: wait_minutes?,
                prefund: prefund?,
                dispute: dispute?,
                month: month?,
                roles: roles?,
            })
        })
    }

    /// The regions of the directory, each with its clearing member.
    #[must_use]
    pub const fn members(&self) -> &Members {
        &self.members
    }
}

/// Whether the files that a configuration names are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Files {
    Named,
    Read,
}

/// The files that the section names, and what they let it speak with, where they are looked at.
fn tls(
    section: &Section<'_>,
    folder: &Path,
    files: Files,
) -> Option<(CredentialFiles, Option<Credentials>)> {
    let path = |key| {
        section
            .required::<PathBuf>(key)
            .map(|path| folder.join(path))
    };
    let (chain, key, roots) = (path("chain"), path("key"), path("roots"));
    let lists = section.any::<PathBuf>("revocation_lists");
    let named = CredentialFiles {
        chain: chain?,
        key: key?,
        roots: roots?,
        revocation_lists: lists.iter().map(|list| folder.join(list)).collect(),
    };
    match files {
        Files::Named => Some((named, None)),
        Files::Read => match CredentialStore::load(named.clone()) {
            Ok(store) => Some((named, Some(store.credentials()))),
            Err(error) => {
                let faults = named.faults();
                let all = if faults.is_empty() {
                    vec![error]
                } else {
                    faults
                };
                for error in &all {
                    let said = error.to_string();
                    let (en, zh) = said.rsplit_once(" / ").unwrap_or((&said, &said));
                    section.fault_of(named.key_of(error), en, zh);
                }
                None
            }
        },
    }
}

fn schedule(root: &Section<'_>) -> Option<Schedule> {
    let Some(section) = root.optional_section("cut_off") else {
        return Some(Schedule::Deadline(DEADLINE_MINUTES));
    };
    let automatic = section.or("automatic", Automatic::AtDeadline);
    // Whoever writes one in the morning as 60 would have each day cut off before anybody works.
    let minutes = section.integer_or("deadline_minutes", 480..=2_880, DEADLINE_MINUTES);
    let minutes = minutes?;
    Some(match automatic? {
        Automatic::Never => Schedule::Never(minutes),
        Automatic::AtDeadline => Schedule::Deadline(minutes),
        Automatic::WhenAllClosed => Schedule::AllClosed(minutes),
    })
}

/// The rules of prefunds. Yellow comes before red.
fn prefund(root: &Section<'_>) -> Option<Rules> {
    let Some(section) = root.optional_section("prefund") else {
        return Some(Rules::STANDARD);
    };
    let standard = Rules::STANDARD;
    let red = section.integer_or("red_percent", 1..=1_000, standard.red_percent);
    let yellow = section.integer_or("yellow_percent", 1..=1_000, standard.yellow_percent);
    let ask_days = section.integer_or("ask_days", 1..=250, standard.ask_days);
    let due_days = section.integer_or("due_days", 1..=250, standard.due_days);
    let months = section.integer_or("months", 1..=24, standard.months);
    let set_by_month = section.integer_or("set_by_month", 1..=12, standard.set_by_month);
    let rules = Rules {
        set_by_month: set_by_month?,
        yellow_percent: yellow?,
        red_percent: red?,
        ask_days: ask_days?,
        due_days: due_days?,
        months: months?,
    };
    if rules.yellow_percent > rules.red_percent {
        let (en, zh) = ("yellow comes before red", "黄色预警须低于红色预警");
        section.fault_of("yellow_percent", en, zh);
        return None;
    }
    Some(rules)
}

/// The officers, each once with some role; every officer may do everything when none is named.
fn roles(root: &Section<'_>) -> Option<Roles> {
    let tables = root.tables("officer");
    if tables.is_empty() {
        return Some(Roles::default());
    }
    let mut officers = BTreeMap::new();
    let mut whole = true;
    for table in &tables {
        let (name, roles) = (
            table.required::<OfficerName>("name"),
            table.some::<Role>("roles"),
        );
        let (Some(name), Some(roles)) = (name, roles) else {
            whole = false;
            continue;
        };
        if officers.insert(name, roles.into_iter().collect()).is_some() {
            table.fault_of(
                "name",
                "this officer is entered twice",
                "该清算人员重复登记",
            );
            whole = false;
        }
    }
    whole.then(|| Roles::of(officers))
}

/// The directory: each region once, with a member of its own province.
fn members(root: &Section<'_>) -> Option<Members> {
    let tables = root.tables("region");
    let mut of = BTreeMap::new();
    let mut whole = true;
    for table in &tables {
        let code = table.required::<RegionCode>("code");
        let member = table.optional::<RegionCode>("member");
        let Some(code) = code else {
            whole = false;
            continue;
        };
        let member = Member::new(member.unwrap_or(code));
        if let Err(fault) = Members::new(BTreeMap::from([(code, member)])) {
            table.fault_of("member", fault.to_string(), "清算成员须与统筹区同省");
            whole = false;
        }
        if of.insert(code, member).is_some() {
            table.fault_of("code", "this region is entered twice", "该统筹区重复登记");
            whole = false;
        }
    }
    if tables.len() < 2 {
        let (en, zh) = (
            "clearing needs at least two regions",
            "清算至少需要两个统筹区",
        );
        root.fault_of("region", en, zh);
        return None;
    }
    let members = Members::new(of);
    if let Err(fault) = &members {
        root.fault_of("region", fault.to_string(), "统筹区过多或清算成员有误");
    }
    members.ok().filter(|_| whole)
}
