//! Whether evidence holds: by the operator's root alone, offline, years later.
//!
//! The order is that of trust: the bytes read, the certificate leads to the root at the moment of commit and
//! is the home region's, the signature is that key's, the parts belong together, and the decision comes out
//! again by the engine that it names. The first that fails is told.

use huitong_adjudication::{Engine, UnknownEngine};
use huitong_certs::signing::{CertifiedKey, CertifiedKeyError};
use huitong_certs::{Identity, Trust};
use huitong_core::canonical::{Artifact, CanonicalError};
use huitong_core::date::Timestamp;
use huitong_core::deduction::DeductionWord;
use huitong_core::deduction_evidence::DeductionEvidence;
use huitong_core::evidence::{Became, Chain, Evidence, Mismatch, RefusalEvidence};
use huitong_core::receipt::GroupSignature;
use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;

use crate::group::is_signed;
use crate::home::figures::are_of;
use crate::policies::{HeldPolicy, PolicyError};

/// The largest file that is read: a bill of 10,000 lines has a tenth of it.
pub const EVIDENCE_BYTES_AT_MOST: usize = 16 << 20;

/// Evidence that holds.
#[derive(Debug)]
pub struct Checked {
    /// What it says.
    pub evidence: Evidence,
    /// Who signed the receipt.
    pub signer: CertifiedKey,
    /// The policy that was followed.
    pub policy: HeldPolicy,
    /// What became of it, when it was provisional.
    pub became: Option<Became>,
}

/// Evidence of a refusal that holds.
#[derive(Debug)]
pub struct CheckedRefusal {
    /// What it says.
    pub evidence: RefusalEvidence,
    /// Who signed.
    pub signer: CertifiedKey,
    /// What became of it, when it was provisional: the treatment region bears it.
    pub became: Option<Became>,
}

/// Evidence of a deduction that holds.
#[derive(Debug)]
pub struct CheckedDeduction {
    /// What it says.
    pub evidence: DeductionEvidence,
    /// Who ordered it.
    pub treatment: CertifiedKey,
    /// Who answered.
    pub home: CertifiedKey,
}

/// What holds.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum CheckedProof {
    /// That a settlement stood.
    Settlement(Checked),
    /// That an id is finally refused or given up.
    Refusal(CheckedRefusal),
    /// That a deduction was ordered and answered.
    Deduction(CheckedDeduction),
}

/// Why evidence does not hold.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceFault {
    /// It is larger than any evidence.
    #[error(
        "it has {0} bytes; evidence has at most {EVIDENCE_BYTES_AT_MOST} / 文件共 {0} 字节，超过凭证包上限 {EVIDENCE_BYTES_AT_MOST}"
    )]
    TooLarge(usize),
    /// It is no evidence, or was changed in its length or form.
    #[error("it cannot be read as evidence: {0} / 无法按凭证包读取：{0}")]
    Unreadable(#[from] CanonicalError),
    /// The moment of commit is out of range.
    #[error("its time of commit is out of range / 提交时间超出范围")]
    Moment,
    /// There is no certificate in it.
    #[error("it holds no signing certificate / 其中没有签名证书")]
    NoSigner,
    /// The certificate does not lead to the root.
    #[error("its signing certificate is not accepted: {0}")]
    Certificate(#[from] CertifiedKeyError),
    /// The certificate is somebody else's.
    #[error(
        "it is signed as {found}, not as the node of region {expected} / 签名方为 {found}，不是统筹区 {expected} 的节点"
    )]
    Signer {
        /// Whose certificate it is.
        found: Identity,
        /// The region that is said to have signed.
        expected: RegionCode,
    },
    /// The signature is not that key's.
    #[error("the signature does not belong to these bytes and this key / 签名与内容或密钥不符")]
    Signature,
    /// Two parts do not belong together.
    #[error("{}", mismatch(*.0))]
    Mismatch(Mismatch),
    /// The document cannot be used.
    #[error("its policy cannot be used: {0} / 其中的待遇政策无法使用：{0}")]
    Policy(#[from] PolicyError),
    /// Something of the person stands in it that the decision does not rest on, so nothing proves it.
    #[error("it says of the person what the policy does not ask for / 含有政策并不需要的人员信息")]
    Unasked,
    /// This program does not hold the engine.
    #[error("{0}; use a program that has it / 本程序没有该版本的计算引擎，请换用含该版本的程序")]
    Engine(#[from] UnknownEngine),
    /// The decision does not come out again.
    #[error(
        "the decision is not the one that the policy gives for this claim / 决定与按政策重新计算的结果不一致"
    )]
    Decision,
    /// What is owed is not what was decided.
    #[error("the amounts of the receipt are not those of the decision / 回执金额与决定不符")]
    Amounts,
    /// What was given provisionally is not of this claim, or not what the signed snapshot gives.
    #[error(
        "what was given provisionally does not follow from the snapshot that was signed for this claim / 先行结算与针对该笔费用签名的快照不符"
    )]
    Given,
    /// What became of the difference does not follow from what was told and what was decided.
    #[error(
        "what became of the provisional difference does not follow from what was told and decided / 先行结算的补结算与告知、核定及回执不符"
    )]
    TrueUp,
}

/// Reads evidence and checks all of it, but what became of it when it was provisional.
///
/// # Errors
/// The first [`EvidenceFault`].
pub(super) fn check(bytes: &[u8], trust: &Trust) -> Result<CheckedProof, EvidenceFault> {
    if bytes.len() > EVIDENCE_BYTES_AT_MOST {
        return Err(EvidenceFault::TooLarge(bytes.len()));
    }
    if bytes.starts_with(&RefusalEvidence::KIND) {
        let evidence = RefusalEvidence::from_bytes(bytes)?;
        return refused(evidence, trust).map(CheckedProof::Refusal);
    }
    if bytes.starts_with(&DeductionEvidence::KIND) {
        let evidence = DeductionEvidence::from_bytes(bytes)?;
        return deducted(evidence, trust).map(CheckedProof::Deduction);
    }
    settled(Evidence::from_bytes(bytes)?, trust).map(CheckedProof::Settlement)
}

fn deducted(evidence: DeductionEvidence, trust: &Trust) -> Result<CheckedDeduction, EvidenceFault> {
    let both = |word: &DeductionWord| {
        let (order, answer) = (&word.order, &word.answer);
        let signed = |region, group, at| signer(&evidence.signers, region, group, at, trust);
        let treatment = signed(order.body.treatment, &order.group, order.body.ordered_at)?;
        let home = signed(answer.body.home, &answer.group, answer.body.answered_at)?;
        Ok::<_, EvidenceFault>((treatment, home))
    };
    let (treatment, home) = both(&evidence.word)?;
    evidence.withdrawn.as_ref().map(both).transpose()?;
    evidence.coherent().map_err(EvidenceFault::Mismatch)?;
    Ok(CheckedDeduction {
        evidence,
        treatment,
        home,
    })
}

fn refused(evidence: RefusalEvidence, trust: &Trust) -> Result<CheckedRefusal, EvidenceFault> {
    let word = &evidence.word;
    let chains = std::slice::from_ref(&evidence.signer);
    let (home, at) = (word.body.home, word.body.refused_at);
    let signer = signer(chains, home, &word.group, at, trust)?;
    evidence.coherent().map_err(EvidenceFault::Mismatch)?;
    Ok(CheckedRefusal {
        evidence,
        signer,
        became: None,
    })
}

fn settled(evidence: Evidence, trust: &Trust) -> Result<Checked, EvidenceFault> {
    let HomeWord { receipt, reversal } = &evidence.word;
    let (chains, home) = (&evidence.signers, receipt.body.clearing.home);
    let (group, at) = (&receipt.group, receipt.body.committed_at);
    let signer = signer(chains, home, group, at, trust)?;
    if let Some(reversal) = reversal {
        let (group, at) = (&reversal.group, reversal.body.reversed_at);
        self::signer(chains, home, group, at, trust)?;
    }
    evidence.coherent().map_err(EvidenceFault::Mismatch)?;
    let home = evidence.claim.person.home;
    let policy = HeldPolicy::read(evidence.policy.clone(), home)?;
    decided_again(&evidence, &policy)?;
    Ok(Checked {
        evidence,
        signer,
        policy,
        became: None,
    })
}

/// Whether evidence holds that this node has itself signed, but for the signature: what belongs together does, and the decision
/// comes out again.
///
/// # Errors
/// The first [`EvidenceFault`].
pub fn check_own(evidence: &Evidence) -> Result<(), EvidenceFault> {
    evidence.coherent().map_err(EvidenceFault::Mismatch)?;
    let policy = HeldPolicy::read(evidence.policy.clone(), evidence.claim.person.home)?;
    decided_again(evidence, &policy)
}

/// The key that signed a group, proven for the moment of signing: a certificate that has expired since still
/// proves it.
pub(super) fn signer(
    chains: &[Chain],
    home: RegionCode,
    group: &GroupSignature,
    at: Timestamp,
    trust: &Trust,
) -> Result<CertifiedKey, EvidenceFault> {
    let moment = jiff::Timestamp::from_millisecond(at.as_millis());
    let moment = moment.map_err(|_| EvidenceFault::Moment)?;
    let mut fault = EvidenceFault::NoSigner;
    for chain in chains {
        match proven(chain, home, moment, trust) {
            Ok(key) if is_signed(group, &key) => return Ok(key),
            Ok(_) => fault = EvidenceFault::Signature,
            // What is said of the party's own certificate is not covered by another party's.
            Err(EvidenceFault::Signer { .. }) if is_told(&fault) => {}
            Err(error) => fault = error,
        }
    }
    Err(fault)
}

/// Whether something else is wrong than that there is no certificate of the party.
const fn is_told(fault: &EvidenceFault) -> bool {
    !matches!(
        fault,
        EvidenceFault::NoSigner | EvidenceFault::Signer { .. }
    )
}

fn proven(
    chain: &Chain,
    home: RegionCode,
    at: jiff::Timestamp,
    trust: &Trust,
) -> Result<CertifiedKey, EvidenceFault> {
    let key = CertifiedKey::from_der(chain, trust, at)?;
    if *key.identity() == Identity::RegionNodeSigning(home) {
        return Ok(key);
    }
    Err(EvidenceFault::Signer {
        found: key.identity().clone(),
        expected: home,
    })
}

fn decided_again(evidence: &Evidence, policy: &HeldPolicy) -> Result<(), EvidenceFault> {
    let Evidence {
        word,
        claim,
        decision,
        snapshot,
        ..
    } = evidence;
    let needs = policy.compiled.needs();
    if snapshot.coverage != snapshot.coverage.as_asked(needs)
        || snapshot.balances != snapshot.balances.as_asked(needs)
    {
        return Err(EvidenceFault::Unasked);
    }
    let engine = Engine::of(decision.engine)?;
    let (coverage, totals) = (&snapshot.coverage, &snapshot.totals);
    let again = engine.decide(&policy.compiled, claim, coverage, totals, snapshot.balances);
    if again.as_ref() != Ok(decision) {
        return Err(EvidenceFault::Decision);
    }
    if !are_of(decision, &word.receipt.body.clearing.amounts) {
        return Err(EvidenceFault::Amounts);
    }
    Ok(())
}

const fn mismatch(of: Mismatch) -> &'static str {
    match of {
        Mismatch::Group => {
            "the receipt or refusal is not part of the group that was signed / 回执或拒付不属于所签名的一组"
        }
        Mismatch::Commitment => {
            "it was not given for this person, claim and decision / 与人员、费用或决定不符"
        }
        Mismatch::Regions => "it names other regions than the claim / 统筹区与费用不符",
        Mismatch::Catalogue => "the catalogue is not one and the same / 目录不一致",
        Mismatch::Policy => {
            "the policy's document is not the one that was followed / 所附政策文件不是所依据的政策"
        }
        Mismatch::Engine => "the engine is not one and the same / 计算引擎版本不一致",
        Mismatch::Person => "the person's standing is another person's / 待遇快照属于他人",
        Mismatch::Reversal => "the reversal is not of this receipt / 冲正单与回执不符",
        Mismatch::Answer => "an answer is not to this order / 答复与扣款单不符",
        Mismatch::Withdrawal => {
            "what is said to be its withdrawal does not take back this deduction / 撤销单与扣款不符"
        }
        Mismatch::Bill => "the bill is not the one that was split / 费用明细与分割结果不符",
    }
}
