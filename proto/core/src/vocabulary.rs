//! The closed vocabularies of claims and of clearing: schemes, settings, places, filing classes; why a leg waits.
//!
//! Every enum here has a stable `snake_case` text (documents, CSV, JSON) and a stable number (canonical bytes); neither is ever
//! reused. What regions name freely (tiers, categories, tags) is a [`Name`](crate::name::Name), not an enum.

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

/// A text that is no word of a closed vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{found}\" is no {vocabulary}: use one of {words}")]
pub struct WordError {
    /// What was read.
    pub found: String,
    /// The vocabulary's name.
    pub vocabulary: &'static str,
    /// The words that would be right, joined by `, `.
    pub words: String,
}

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident, $called:literal { $($(#[$doc:meta])* $number:literal $variant:ident $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every word, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable text.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = WordError;
            fn from_str(text: &str) -> Result<Self, WordError> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(WordError {
                        found: text.chars().take(64).collect(),
                        vocabulary: $called,
                        words: [$($word),+].join(", "),
                    }),
                }
            }
        }

        impl Canonical for $name {
            fn encode(&self, out: &mut Encoder) {
                let number: u8 = match self { $(Self::$variant => $number),+ };
                number.encode(out);
            }
            fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
                match u8::decode(input)? {
                    $($number => Ok(Self::$variant),)+
                    tag => Err(CanonicalError::UnknownTag { type_name: $called, tag }),
                }
            }
        }
    };
}

mod deduction;
mod dispute;
mod expense_check;
mod institution_account;
mod month;
mod payment;
mod prefund;
mod waiting;

pub use deduction::{DeductionEndReason, DeductionReason};
pub use dispute::{DecisionReason, DisputeReason, DisputeStage, RejectionReason};
pub use expense_check::{CheckReason, CheckStanding, SendBackReason};
pub use institution_account::ObjectionReason;
pub use month::{MonthObjection, MonthStage};
pub use payment::{DelayReason, Direction, ParkReason};
pub use prefund::{CorrectionReason, PrefundLevel};
pub use waiting::{EvidenceSays, WaitingReason};

vocabulary! {
    /// Why a settlement is reversed (冲正原因): a closed list, told to the patient and kept as evidence.
    ReversalReason, "reason of a reversal" {
        /// Another person than the one treated was settled for (错结人员).
        1 WrongPerson "wrong_person",
        /// The bill was not the visit's, or not as it should be (费用有误).
        2 WrongBill "wrong_bill",
        /// The same care was settled twice (重复结算).
        3 Duplicate "duplicate",
        /// It belonged to another institution, region or kind of treatment (结算地点有误).
        4 WrongPlace "wrong_place",
        /// It is settled again, corrected, under another id (更正重结).
        5 Correction "correction",
        /// An audit found fraud (稽核发现欺诈骗保).
        6 Fraud "fraud",
        /// A court or a supervising bureau ordered it (司法或行政决定).
        7 Ordered "ordered",
    }
}

vocabulary! {
    /// Why a filing holds no more (备案终止原因): a closed list, kept with the filing.
    FilingEndReason, "reason for a filing's end" {
        /// The person lives or is treated at home again (返回参保地).
        1 Returned "returned",
        /// The person files for another place (变更备案地).
        2 Moved "moved",
        /// It was made by mistake (备案有误).
        3 Mistaken "mistaken",
        /// What it rested on was not proven, or proven wrong (材料不实或未补齐).
        4 Unproven "unproven",
        /// The person asked for it (本人申请).
        5 Asked "asked",
        /// An amended one stands in its place (已变更).
        6 Amended "amended",
    }
}

vocabulary! {
    /// Why assistance on a year's totals stands no more (依申请救助撤回原因).
    AssistanceEndReason, "reason to withdraw assistance" {
        /// The year came out differently since, and it is granted anew (本年度结算变动，重新核定).
        1 YearChanged "year_changed",
        /// The person was not in need after all (不符合救助条件).
        2 NotEntitled "not_entitled",
        /// It was granted with a wrong person or day (办理有误).
        3 Mistaken "mistaken",
        /// It was not paid out, or was paid back (未发放或已退回).
        4 NotPaidOut "not_paid_out",
    }
}

vocabulary! {
    /// Why a settlement of the year is not counted for assistance on its totals (不计入年度救助的原因).
    NotCounted, "reason not to count a settlement" {
        /// A layer of assistance applied when it was settled (结算时已适用救助).
        1 Assisted "assisted",
        /// The care began after the day on which need was found (认定日之后就诊).
        2 Later "later",
        /// Another scheme than the one of that day paid it (其他险种结算).
        3 OtherScheme "other_scheme",
        /// The policy that decides does not decide this kind of treatment (政策不含该医疗类别).
        4 OtherSetting "other_setting",
    }
}

vocabulary! {
    /// Why a settlement of the core system counts no more (网外结算记录撤回原因).
    ExternalEndReason, "reason to withdraw an external settlement" {
        /// The core system reversed it (核心系统已冲正).
        1 Reversed "reversed",
        /// It was recorded with wrong content (录入有误).
        2 Mistaken "mistaken",
        /// The same care is recorded twice (重复录入).
        3 Duplicate "duplicate",
        /// It was another person's (人员有误).
        4 WrongPerson "wrong_person",
    }
}

vocabulary! {
    /// Why a person whom another region insures too needs nothing more here (重复参保处理结果).
    DuplicateReason, "reason that settles a duplicate" {
        /// This region keeps the person; the other one is to end its cover (保留本地参保).
        1 KeptHere "kept_here",
        /// Cover here has an end (本地参保已终止).
        2 EndedHere "ended_here",
        /// Both may stand, by a rule that the note names (依规可同时参保).
        3 Lawful "lawful",
        /// The other region insures somebody else under this document (并非同一人).
        4 OtherPerson "other_person",
    }
}

vocabulary! {
    /// Why an emergency that an institution stated is not accepted as one (急诊认定不通过原因).
    EmergencyDoubt, "reason to reject an emergency" {
        /// The illness was no emergency (病情不符合急诊抢救标准).
        1 NotAnEmergency "not_an_emergency",
        /// The institution shows no record of emergency care (无急诊抢救记录).
        2 NotDocumented "not_documented",
        /// The admission was planned (属计划住院).
        3 Planned "planned",
        /// The emergency was over before this visit (急诊已结束后就医).
        4 Over "over",
    }
}

vocabulary! {
    /// The insurance scheme (险种), by the national `insutype`.
    Scheme, "scheme" {
        /// Employee basic insurance (310).
        1 Employee "employee",
        /// Urban and rural resident basic insurance (390).
        2 Resident "resident",
        /// Retired cadres (340).
        3 RetiredCadre "retired_cadre",
        /// New rural co-operative scheme (380), for policies of its years.
        4 RuralCooperative "rural_cooperative",
    }
}

vocabulary! {
    /// The kind of treatment.
    Setting, "setting" {
        /// Admitted to a ward (住院).
        1 Inpatient "inpatient",
        /// Ordinary outpatient care (普通门诊).
        2 Outpatient "outpatient",
        /// Outpatient care of a listed chronic or special disease (门诊慢特病).
        3 Chronic "chronic",
        /// Bought at a designated pharmacy (定点药店).
        4 Pharmacy "pharmacy",
        /// Maternity care (生育).
        5 Maternity "maternity",
    }
}

impl Setting {
    /// Whether it is a stay, which has an admission and a discharge and may be billed in parts.
    #[must_use]
    pub const fn is_stay(self) -> bool {
        match self {
            Self::Inpatient | Self::Maternity => true,
            Self::Outpatient | Self::Chronic | Self::Pharmacy => false,
        }
    }
}

vocabulary! {
    /// Where the institution stands, seen from the home region.
    Place, "place" {
        /// In the home region itself.
        1 Home "home",
        /// In another region of the same province.
        2 Province "province",
        /// In another province.
        3 OtherProvince "other_province",
    }
}

vocabulary! {
    /// The class of filing (备案) that holds for a visit.
    FilingClass, "filing class" {
        /// None: treated away from home without filing.
        1 Unfiled "unfiled",
        /// Long-term residence elsewhere (长期居住).
        2 LongTerm "long_term",
        /// Referred by a home institution (转诊).
        3 Referral "referral",
        /// Emergency or rescue; counts as filed (视同已备案).
        4 Emergency "emergency",
        /// Any other temporary stay (其他临时外出).
        5 Temporary "temporary",
    }
}

vocabulary! {
    /// When the filing was made, relative to the visit.
    FilingTime, "filing timeliness" {
        /// On or before the day of admission.
        1 Before "before",
        /// After admission and before the discharge settlement.
        2 DuringStay "during_stay",
        /// Never: there is no filing.
        3 Absent "absent",
    }
}

vocabulary! {
    /// Care that may be settled provisionally while the home region cannot be reached.
    Care, "kind of care" {
        /// The patient came as an emergency.
        1 Emergency "emergency",
        /// The green channel (绿色通道) of a declared epidemic.
        2 Epidemic "epidemic",
    }
}

vocabulary! {
    /// An assistance identity (救助身份), valid between dates.
    AssistanceIdentity, "assistance identity" {
        /// Extreme poverty (特困).
        1 ExtremePoverty "extreme_poverty",
        /// Subsistence allowance (低保).
        2 Subsistence "subsistence",
        /// Returned to poverty (返贫致贫).
        3 ReturnToPoverty "return_to_poverty",
        /// Fringe family of the subsistence line (低保边缘).
        4 Fringe "fringe",
        /// Monitored against a return to poverty (防返贫监测).
        5 Monitored "monitored",
        /// Poverty through illness (因病致贫).
        6 IllnessPoverty "illness_poverty",
    }
}

vocabulary! {
    /// An institution's grade (医院等级). One grade sets the deductible, another may set price limits.
    Grade, "grade" {
        /// Not graded.
        1 Ungraded "ungraded",
        /// Village, township or community institution.
        2 Primary "primary",
        /// Grade one.
        3 One "one",
        /// Grade two.
        4 Two "two",
        /// Grade three.
        5 Three "three",
    }
}

vocabulary! {
    /// The level of government or ownership an institution belongs to.
    Administration, "administration" {
        /// Township or community.
        1 Township "township",
        /// County or district.
        2 County "county",
        /// City.
        3 City "city",
        /// Province.
        4 Province "province",
        /// A ministry.
        5 Ministry "ministry",
        /// Not run by a government.
        6 Private "private",
    }
}

vocabulary! {
    /// What an institution is.
    InstitutionType, "institution type" {
        /// General hospital.
        1 General "general",
        /// Hospital of Chinese medicine.
        2 ChineseMedicine "chinese_medicine",
        /// Specialist hospital.
        3 Specialist "specialist",
        /// Psychiatric hospital.
        4 Psychiatric "psychiatric",
        /// Community or township health centre, village clinic.
        5 Community "community",
        /// Pharmacy.
        6 Pharmacy "pharmacy",
    }
}

vocabulary! {
    /// The four parts that a catalogue splits a bill line into, in canonical order.
    Part, "part of the bill" {
        /// In policy scope (政策范围内).
        1 InScope "in",
        /// Borne first by the patient, class B (先行自付).
        2 FirstPay "first",
        /// Above the price limit (超限价).
        3 OverLimit "over",
        /// Outside the catalogue (范围外自费).
        4 OutOfScope "out",
    }
}

vocabulary! {
    /// The catalogue class of an item (甲乙丙).
    CatalogueClass, "catalogue class" {
        /// Class A: wholly in scope.
        1 A "a",
        /// Class B: the patient bears a share first.
        2 B "b",
        /// Class C: outside the scope.
        3 C "c",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_strangers_are_told_what_would_be_right() {
        for setting in Setting::ALL {
            assert_eq!(setting.word().parse::<Setting>().unwrap(), *setting);
        }
        let refused = "ward".parse::<Setting>().unwrap_err();
        assert!(
            refused.to_string().contains("inpatient, outpatient"),
            "{refused}"
        );
    }
}
