//! The closed vocabularies in words: each word of a policy as a person would say it.
//!
//! Two forms: a noun, for what a rule asks, and a state, for what the visit was.

use huitong_core::policy::fact::{FlagFact, WordFact};
use huitong_core::policy::layer::{Left, Payer};
use huitong_core::policy::total::Period;
use huitong_core::vocabulary::{
    Administration, AssistanceIdentity, FilingClass, FilingTime, Grade, InstitutionType, Part,
    Place, Scheme, Setting,
};

use crate::sentence::{Sentence, say};

/// Chinese and English.
pub(crate) type Pair = (&'static str, &'static str);

/// A word as a noun.
pub(crate) trait Noun {
    fn noun(self) -> Pair;
}

macro_rules! nouns {
    ($($type:ident { $($variant:ident => $zh:literal, $en:literal;)+ })*) => {
        $(impl Noun for $type {
            fn noun(self) -> Pair {
                match self { $(Self::$variant => ($zh, $en),)+ }
            }
        })*
    };
}

nouns! {
    Scheme {
        Employee => "职工医保", "employee insurance";
        Resident => "城乡居民医保", "resident insurance";
        RetiredCadre => "离休人员医疗保障", "the retired cadres' scheme";
        RuralCooperative => "新农合", "the rural co-operative scheme";
    }
    Setting {
        Inpatient => "住院", "inpatient care";
        Outpatient => "普通门诊", "ordinary outpatient care";
        Chronic => "门诊慢特病", "outpatient care of a listed disease";
        Pharmacy => "药店购药", "a purchase at a pharmacy";
        Maternity => "生育", "maternity care";
    }
    Place {
        Home => "参保地", "the home region";
        Province => "省内其他地区", "elsewhere in the home province";
        OtherProvince => "外省", "another province";
    }
    FilingClass {
        Unfiled => "未备案", "no filing";
        LongTerm => "长期异地居住备案", "a filing for long-term residence";
        Referral => "转诊备案", "a filing for referral";
        Emergency => "急诊抢救（视同备案）", "an emergency (counts as filed)";
        Temporary => "其他临时外出备案", "a filing for another temporary stay";
    }
    FilingTime {
        Before => "入院前备案", "filed before admission";
        DuringStay => "住院期间补办备案", "filed late, during the stay";
        Absent => "没有备案", "never filed";
    }
    AssistanceIdentity {
        ExtremePoverty => "特困人员", "person in extreme poverty";
        Subsistence => "低保对象", "recipient of the subsistence allowance";
        ReturnToPoverty => "返贫致贫人口", "person returned to poverty";
        Fringe => "低保边缘家庭成员", "member of a fringe family of the subsistence line";
        Monitored => "防返贫监测对象", "person monitored against a return to poverty";
        IllnessPoverty => "因病致贫重病患者", "person in poverty through illness";
    }
    Part {
        InScope => "政策范围内的费用", "costs in scope";
        FirstPay => "先行自付的费用", "first-pay costs";
        OverLimit => "超限价的费用", "costs above price limits";
        OutOfScope => "目录外的费用", "costs outside the catalogue";
    }
    Period {
        Visit => "本次就诊", "this visit";
        Episode => "本次住院（含转院）", "this admission with its transfers";
        Month => "本月", "the month";
        Quarter => "本季度", "the quarter";
        Year => "本年度", "the year";
        DiseaseYear => "本年度该病种", "the year, for the disease";
        Life => "历年", "all years";
    }
    Grade {
        Ungraded => "未定级", "ungraded";
        Primary => "基层医疗机构", "primary care";
        One => "一级", "grade one";
        Two => "二级", "grade two";
        Three => "三级", "grade three";
    }
    Administration {
        Township => "乡镇或社区", "township";
        County => "县（区）级", "county";
        City => "市级", "city";
        Province => "省级", "province";
        Ministry => "部属", "ministry";
        Private => "社会办", "private";
    }
    InstitutionType {
        General => "综合医院", "general hospital";
        ChineseMedicine => "中医医院", "hospital of Chinese medicine";
        Specialist => "专科医院", "specialist hospital";
        Psychiatric => "精神病医院", "psychiatric hospital";
        Community => "社区、乡镇卫生机构", "community or township health centre";
        Pharmacy => "药店", "pharmacy";
    }
    Left {
        Start => "起付线以下的部分", "what lay under the deductible";
        Share => "按比例未支付的部分", "the share left by ratio";
        Above => "超过限额的部分", "what lay above the limit";
        None => "没有计入的部分", "what did not count";
    }
    WordFact {
        Setting => "就医类别", "kind of care";
        Scheme => "险种", "scheme";
        Category => "人员类别", "category";
        Tier => "医院等级档", "level of the hospital";
        Place => "就医地点", "place of treatment";
        Filing => "备案类型", "filing";
        FilingTime => "备案时间", "time of filing";
        Identity => "救助身份", "assistance identity";
        Disease => "病种", "disease";
        Package => "病种包", "disease package";
    }
}

/// What a flag says when it is up, and when it is down: of this visit.
pub(crate) const fn flag(fact: FlagFact, is_up: Up) -> Pair {
    match (fact, is_up) {
        (FlagFact::Retired, Up::Yes) => ("是退休人员", "the person is retired"),
        (FlagFact::Retired, Up::No) => ("不是退休人员", "the person is not retired"),
        (FlagFact::Networked, Up::Yes) => ("医院已联网", "the hospital is on the network"),
        (FlagFact::Networked, Up::No) => ("医院没有联网", "the hospital is not on the network"),
        (FlagFact::Continued, Up::Yes) => (
            "本次住院已有费用结算",
            "an earlier bill of the admission was settled",
        ),
        (FlagFact::Continued, Up::No) => (
            "本次住院首次结算",
            "no earlier bill of the admission was settled",
        ),
        (FlagFact::Referred, Up::Yes) => ("按规定转诊", "the patient was referred by the rules"),
        (FlagFact::Referred, Up::No) => (
            "没有按规定转诊",
            "the patient was not referred by the rules",
        ),
    }
}

/// Whether a flag is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Up {
    Yes,
    No,
}

/// Where the person was treated.
pub(crate) const fn treated(place: Place) -> Pair {
    match place {
        Place::Home => ("在参保地就医", "treatment was in the home region"),
        Place::Province => (
            "在省内其他地区就医",
            "treatment was elsewhere in the home province",
        ),
        Place::OtherProvince => ("在外省就医", "treatment was in another province"),
    }
}

/// Which filing holds.
pub(crate) const fn filed(filing: FilingClass) -> Pair {
    match filing {
        FilingClass::Unfiled => ("没有办理异地就医备案", "no filing was made"),
        FilingClass::LongTerm => (
            "已办理长期异地居住备案",
            "a filing for long-term residence holds",
        ),
        FilingClass::Referral => ("已办理转诊备案", "a filing for referral holds"),
        FilingClass::Emergency => (
            "急诊抢救，视同已备案",
            "it was an emergency, which counts as filed",
        ),
        FilingClass::Temporary => (
            "按其他临时外出办理了备案",
            "a filing for another temporary stay holds",
        ),
    }
}

/// When it was made.
pub(crate) const fn filed_when(time: FilingTime) -> Pair {
    match time {
        FilingTime::Before => ("备案在入院前办理", "the filing was made before admission"),
        FilingTime::DuringStay => (
            "备案晚了，是住院期间才补办的",
            "the filing came late, during the stay",
        ),
        FilingTime::Absent => filed(FilingClass::Unfiled),
    }
}

/// Who pays, as a noun.
pub(crate) fn payer(payer: Payer) -> Sentence {
    match payer {
        Payer::Fund(fund) => Sentence {
            zh: fund.chinese().to_owned(),
            en: fund.english().to_owned(),
        },
        Payer::Hospital => say!("医院", "The hospital"),
        Payer::Given(name) => say!(
            "其他途径已支付（{name}）",
            "Paid elsewhere already ({name})",
            name = name
        ),
    }
}
