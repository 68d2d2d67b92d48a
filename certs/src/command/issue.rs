//! `huitong certs issue`: a certificate for one party, with the keys that belong to it.
//!
//! Parties that sign (nodes, the clearinghouse) get a second key pair for that. The keys
//! are made here and handed over as files; a party that wants to keep its key to itself
//! runs its own authority.

use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use huitong_core::institution::InstitutionCode;
use huitong_core::region::RegionCode;
use jiff::Timestamp;

use crate::authority::{Authority, Hosts, Validity};
use crate::directory::{self, Directory, Overwrite};
use crate::identity::{Identity, IssuedBy, OfficerName};

pub(super) const LEAF_DAYS: u16 = 398;
pub(super) const AUTHORITY_DAYS: u16 = 1825;

/// Issue a certificate with its keys.
#[derive(Debug, clap::Args)]
pub struct Issue {
    /// The folder with the authorities, as made by `huitong certs init` / 证书目录
    #[arg(long)]
    dir: PathBuf,
    /// For how many days it is valid; 398, or 1825 for a region's authority / 有效天数
    #[arg(long, global = true)]
    days: Option<u16>,
    /// Where to write, instead of the party's place below --dir / 输出目录
    #[arg(long, global = true)]
    out: Option<PathBuf>,
    /// A host name that the server answers on; may be repeated / 主机名
    #[arg(long, global = true)]
    dns: Vec<String>,
    /// An address that the server answers on; may be repeated / IP地址
    #[arg(long, global = true)]
    ip: Vec<IpAddr>,
    /// Replace files that exist / 覆盖已有文件
    #[arg(long, global = true)]
    force: bool,
    #[command(subcommand)]
    party: Party,
}

/// For whom.
#[derive(Debug, clap::Subcommand)]
enum Party {
    /// A region's own authority, for its institutions and officers / 地区发证机构
    RegionCa {
        /// The region, such as 310000 / 地区代码
        region: RegionCode,
    },
    /// A region's settlement node / 地区结算节点
    Node {
        /// The region, such as 310000 / 地区代码
        region: RegionCode,
    },
    /// A designated institution / 定点医药机构
    Institution {
        /// The region that certifies it / 地区代码
        region: RegionCode,
        /// Its code, such as H31010400001 / 机构代码
        code: InstitutionCode,
    },
    /// An officer of a region's bureau / 地区经办人员
    Officer {
        /// The region / 地区代码
        region: RegionCode,
        /// The name, such as li.wei / 名称
        name: OfficerName,
    },
    /// The clearinghouse / 清算中心
    Clearinghouse,
    /// A clearing officer / 清算人员
    ClearinghouseOfficer {
        /// The name, such as wang.fang / 名称
        name: OfficerName,
    },
}

impl Party {
    fn identity(&self) -> anyhow::Result<Identity> {
        Ok(match self {
            Self::RegionCa { region } => Identity::RegionCa(*region),
            Self::Node { region } => Identity::RegionNode(*region),
            Self::Institution { region, code } => Identity::institution(*region, *code)?,
            Self::Officer { region, name } => Identity::RegionOfficer {
                region: *region,
                name: name.clone(),
            },
            Self::Clearinghouse => Identity::Clearinghouse,
            Self::ClearinghouseOfficer { name } => {
                Identity::ClearinghouseOfficer { name: name.clone() }
            }
        })
    }
}

impl Issue {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let identity = self.party.identity()?;
        let place = Directory::new(&self.dir);
        let folder = self.out.clone().unwrap_or_else(|| place.of(&identity));
        let root_certificate = place.root_certificate()?;
        match &identity {
            Identity::RegionCa(region) => {
                let authority = place
                    .root()?
                    .issue_region_authority(*region, self.validity(AUTHORITY_DAYS)?)?;
                let overwrite = self.overwrite();
                directory::write_region_authority(
                    &folder,
                    &authority,
                    &root_certificate,
                    overwrite,
                )?;
            }
            Identity::RegionNode(_)
            | Identity::RegionNodeSigning(_)
            | Identity::Institution { .. }
            | Identity::RegionOfficer { .. }
            | Identity::Clearinghouse
            | Identity::ClearinghouseSigning
            | Identity::ClearinghouseOfficer { .. } => {
                let authority = match identity.issued_by() {
                    IssuedBy::Root => place.root()?,
                    IssuedBy::RegionCa(region) => place.region_authority(region)?,
                };
                self.party_into(&folder, &authority, &identity, &root_certificate)?;
            }
        }
        writeln!(out, "{identity}  {}", folder.display())?;
        Ok(())
    }

    fn party_into(
        &self,
        folder: &Path,
        authority: &Authority,
        identity: &Identity,
        root_certificate: &str,
    ) -> anyhow::Result<()> {
        let validity = self.validity(LEAF_DAYS)?;
        let hosts = Hosts {
            dns: self.dns.clone(),
            ip: self.ip.clone(),
        };
        let speaking = authority.issue(identity, &hosts, validity)?;
        let signing = identity
            .signing()
            .map(|signing| authority.issue(&signing, &Hosts::none(), validity))
            .transpose()?;
        let overwrite = self.overwrite();
        directory::write_party(
            folder,
            &speaking,
            signing.as_ref(),
            root_certificate,
            overwrite,
        )?;
        Ok(())
    }

    fn validity(&self, usual_days: u16) -> anyhow::Result<Validity> {
        Ok(Validity::days(
            Timestamp::now(),
            self.days.unwrap_or(usual_days),
        )?)
    }

    fn overwrite(&self) -> Overwrite {
        if self.force {
            Overwrite::Replace
        } else {
            Overwrite::Refuse
        }
    }
}
