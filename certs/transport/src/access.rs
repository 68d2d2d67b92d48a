//! Who may call what: one table, given by each server, tested row by row.
//!
//! What no row names is refused, so a method added to a service is closed until someone
//! decides who may call it. Rows speak of kinds of parties; whose record a message asks for
//! is the service's business.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::region::RegionCode;
use tonic::Status;

/// A kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Anyone with a certificate under the operator's root that may call at all.
    AnyCertified,
    /// The node of any region.
    RegionNode,
    /// An institution that this region certified.
    InstitutionOf(RegionCode),
    /// An officer of this region's bureau.
    OfficerOf(RegionCode),
    /// The clearinghouse.
    Clearinghouse,
    /// A clearing officer.
    ClearinghouseOfficer,
}

impl Caller {
    /// Whether `identity` is of this kind.
    pub fn admits(self, identity: &Identity) -> bool {
        match self {
            Self::AnyCertified => true,
            Self::RegionNode => matches!(identity, Identity::RegionNode(_)),
            Self::InstitutionOf(own) => {
                matches!(identity, Identity::Institution { region, .. } if *region == own)
            }
            Self::OfficerOf(own) => {
                matches!(identity, Identity::RegionOfficer { region, .. } if *region == own)
            }
            Self::Clearinghouse => matches!(identity, Identity::Clearinghouse),
            Self::ClearinghouseOfficer => matches!(identity, Identity::ClearinghouseOfficer { .. }),
        }
    }
}

/// The kind as NAMES.md calls it; which region is its own, every server knows.
impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnyCertified => "any certified peer",
            Self::RegionNode => "node of any region",
            Self::InstitutionOf(_) => "institution of the own region",
            Self::OfficerOf(_) => "officer of the own region",
            Self::Clearinghouse => "clearinghouse",
            Self::ClearinghouseOfficer => "clearing officer",
        })
    }
}

/// One row: a method, or a whole service, and who may call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    target: &'static str,
    callers: Vec<Caller>,
    longest: Option<Duration>,
}

impl Row {
    /// One method by its path, `/huitong.settlement.v1.HomeService/Commit`.
    pub fn method(path: &'static str, callers: &[Caller]) -> Self {
        Self::new(path, callers)
    }

    /// All methods of a service that have no row of their own, `grpc.health.v1.Health`.
    ///
    /// For foreign services; our own name every method.
    pub fn service(name: &'static str, callers: &[Caller]) -> Self {
        Self::new(name, callers)
    }

    /// The same, for a call that may take longer than the server's usual deadline, as an
    /// import does.
    #[must_use]
    pub fn taking_up_to(self, longest: Duration) -> Self {
        Self {
            longest: Some(longest),
            ..self
        }
    }

    fn new(target: &'static str, callers: &[Caller]) -> Self {
        Self {
            target,
            callers: callers.to_vec(),
            longest: None,
        }
    }

    /// The method's path or the service's name.
    pub fn target(&self) -> &'static str {
        self.target
    }

    /// Who may call it.
    pub fn callers(&self) -> &[Caller] {
        &self.callers
    }

    /// How long a call may take, when not as long as usual.
    pub(crate) fn longest(&self) -> Option<Duration> {
        self.longest
    }
}

/// The row as it stands in NAMES.md, so that a test can hold the two together.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let callers: Vec<String> = self.callers.iter().map(ToString::to_string).collect();
        write!(f, "| `{}` | {} |", self.target, callers.join(", "))
    }
}

/// Says of a method whether it is closed at this moment, and with which refusal.
#[derive(Clone)]
struct Closed(Arc<Asked>);

/// The question, by the method's path and the caller.
type Asked = dyn Fn(&str, &Identity) -> Option<Status> + Send + Sync;

impl fmt::Debug for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Closed")
    }
}

/// Who may call what on one server.
///
/// ```
/// use huitong_transport::{AccessTable, Caller, Row};
///
/// let table = AccessTable::new(vec![
///     Row::method("/huitong.clearing.v1.ClearingService/SendLegs", &[Caller::RegionNode]),
///     Row::service("grpc.health.v1.Health", &[Caller::AnyCertified]),
/// ])?;
/// let node = "/region/310000/node".parse()?;
/// assert!(table.admits("/huitong.clearing.v1.ClearingService/SendLegs", &node));
/// assert!(!table.admits("/huitong.clearing.v1.ClearingService/Other", &node));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AccessTable {
    rows: Vec<Row>,
    methods: HashMap<&'static str, Row>,
    services: HashMap<&'static str, Row>,
    closed: Option<Closed>,
}

/// Why rows make no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessTableError {
    /// Two rows speak of the same thing.
    #[error("{0} has two rows")]
    Twice(&'static str),
    /// A row is neither `/package.Service/Method` nor `package.Service`.
    #[error("{0:?} is neither /package.Service/Method nor package.Service")]
    Malformed(&'static str),
    /// A row lets in no one.
    #[error("{0} lets in no one; leave the row out instead")]
    NoOne(&'static str),
}

impl AccessTable {
    /// A table of these rows.
    ///
    /// # Errors
    /// [`AccessTableError`] names the row.
    pub fn new(rows: Vec<Row>) -> Result<Self, AccessTableError> {
        let mut table = Self {
            rows,
            methods: HashMap::new(),
            services: HashMap::new(),
            closed: None,
        };
        for row in &table.rows {
            let target = row.target;
            if row.callers.is_empty() {
                return Err(AccessTableError::NoOne(target));
            }
            let before = match target.split('/').collect::<Vec<_>>().as_slice() {
                ["", service, method] if !service.is_empty() && !method.is_empty() => {
                    table.methods.insert(target, row.clone())
                }
                [service] if !service.is_empty() => table.services.insert(target, row.clone()),
                _ => return Err(AccessTableError::Malformed(target)),
            };
            if before.is_some() {
                return Err(AccessTableError::Twice(target));
            }
        }
        Ok(table)
    }

    /// The same table, with methods that are closed for a while: `closed` is asked at each call that the table
    /// admits, and what it gives is answered in the service's place.
    #[must_use]
    pub fn closed_by(
        self,
        closed: impl Fn(&str, &Identity) -> Option<Status> + Send + Sync + 'static,
    ) -> Self {
        let closed = Some(Closed(Arc::new(closed)));
        Self { closed, ..self }
    }

    /// What a method is refused with at this moment, for whoever calls it.
    pub(crate) fn refusing(&self, path: &str, identity: &Identity) -> Option<Status> {
        let closed = self.closed.as_ref();
        closed.and_then(|closed| (closed.0)(path, identity))
    }

    /// Whether `identity` may call the method at `path`.
    pub fn admits(&self, path: &str, identity: &Identity) -> bool {
        self.admitting(path, identity).is_some()
    }

    /// The row by which `identity` may call the method at `path`.
    pub(crate) fn admitting(&self, path: &str, identity: &Identity) -> Option<&Row> {
        let by_service = || {
            let (service, _) = path.strip_prefix('/')?.split_once('/')?;
            self.services.get(service)
        };
        let row = self.methods.get(path).or_else(by_service)?;
        row.callers
            .iter()
            .any(|caller| caller.admits(identity))
            .then_some(row)
    }

    /// The rows as given, for those who print or test them.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind of identity, and for each kind of caller whether it is admitted, in the
    /// order of `callers`.
    #[test]
    fn each_kind_of_caller_admits_its_own_kind_only() {
        let own = "310000".parse().unwrap();
        let callers = [
            Caller::AnyCertified,
            Caller::RegionNode,
            Caller::InstitutionOf(own),
            Caller::OfficerOf(own),
            Caller::Clearinghouse,
            Caller::ClearinghouseOfficer,
        ];
        let rows = [
            ("/region/310000/node", "yy...."),
            ("/region/330200/node", "yy...."),
            ("/region/310000/institution/H31010400001", "y.y..."),
            ("/region/330200/institution/H33020300001", "y....."),
            ("/region/310000/officer/li.wei", "y..y.."),
            ("/region/330200/officer/li.wei", "y....."),
            ("/clearinghouse", "y...y."),
            ("/clearinghouse/officer/li.wei", "y....y"),
        ];
        for (path, expected) in rows {
            let identity: Identity = path.parse().unwrap();
            let found: String = callers
                .iter()
                .map(|caller| if caller.admits(&identity) { 'y' } else { '.' })
                .collect();
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn a_method_without_a_row_is_closed() {
        let node: Identity = "/region/310000/node".parse().unwrap();
        let table = AccessTable::new(vec![
            Row::method("/a.A/One", &[Caller::RegionNode]),
            Row::method("/a.A/Two", &[Caller::Clearinghouse]),
            Row::service("b.B", &[Caller::AnyCertified]),
            Row::method("/b.B/Closed", &[Caller::Clearinghouse]),
        ])
        .unwrap();
        let rows = [
            ("/a.A/One", true),
            ("/a.A/Two", false),
            ("/a.A/Three", false),
            ("/a.A/", false),
            ("/a.A", false),
            ("/b.B/Any", true),
            ("/b.B/Closed", false),
            ("/b.Bee/Any", false),
            ("b.B/Any", false),
            ("", false),
        ];
        for (path, expected) in rows {
            assert_eq!(table.admits(path, &node), expected, "{path:?}");
        }
    }

    #[test]
    fn a_careless_table_is_refused() {
        let anyone: &[Caller] = &[Caller::AnyCertified];
        let rows = [
            (
                vec![Row::method("/a.A/B", anyone), Row::method("/a.A/B", anyone)],
                AccessTableError::Twice("/a.A/B"),
            ),
            (
                vec![Row::method("a.A/B", anyone)],
                AccessTableError::Malformed("a.A/B"),
            ),
            (
                vec![Row::method("/a.A/", anyone)],
                AccessTableError::Malformed("/a.A/"),
            ),
            (
                vec![Row::service("", anyone)],
                AccessTableError::Malformed(""),
            ),
            (
                vec![Row::method("/a.A/B", &[])],
                AccessTableError::NoOne("/a.A/B"),
            ),
        ];
        for (rows, expected) in rows {
            assert_eq!(AccessTable::new(rows).unwrap_err(), expected);
        }
    }

    #[test]
    fn a_row_reads_as_in_the_document() {
        let own = "310000".parse().unwrap();
        let row = Row::method(
            "/a.A/One",
            &[Caller::InstitutionOf(own), Caller::RegionNode],
        );
        let text = "| `/a.A/One` | institution of the own region, node of any region |";
        assert_eq!(row.to_string(), text);
    }
}
