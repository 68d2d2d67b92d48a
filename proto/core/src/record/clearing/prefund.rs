//! What happens to prefunds: set for a year, paid in, corrected, topped up, and how much of them is used.

use crate::date::{BusinessDay, Timestamp};
use crate::id::RequestId;
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::prefund::{Prefund, PrefundLine};
use crate::region::RegionCode;
use crate::vocabulary::{CorrectionReason, PrefundLevel};
use crate::{canonical_enum, canonical_struct};

/// One step in the life of prefunds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrefundRecord {
    /// How much a prefund comes to in a year.
    Set(PrefundSet),
    /// More of it was asked for in the year.
    ToppedUp(PrefundToppedUp),
    /// Money moved.
    Moved(PrefundMoved),
    /// A movement that was entered is taken out again.
    Corrected(PrefundCorrected),
    /// More or less of prefunds is used than before.
    Levels(PrefundLevels),
    /// More of it was asked for in the year, under an id.
    Asked(PrefundAsked),
    /// The holder itself asked for more of it in the year.
    AskedByHolder(PrefundAskedByHolder),
}

canonical_enum!(PrefundRecord {
    1 => Set(record),
    2 => ToppedUp(record),
    3 => Moved(record),
    4 => Corrected(record),
    5 => Levels(record),
    6 => Asked(record),
    7 => AskedByHolder(record),
});

/// How much a prefund comes to in a year. What was set before holds no more; what was asked for on top of it holds to the
/// end of the year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefundSet {
    /// Which.
    pub prefund: Prefund,
    /// The year.
    pub year: u16,
    /// How much; zero ends it.
    pub amount: Fen,
    /// By when what is missing is paid in, or what is over goes back.
    pub due: BusinessDay,
    /// Who set it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PrefundSet {
    prefund,
    year,
    amount,
    due,
    by,
    at
});

/// More is asked for, because nearly all is used: as it was written before there were ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefundToppedUp {
    /// Which.
    pub prefund: Prefund,
    /// How much more; above zero.
    pub amount: Fen,
    /// By when.
    pub due: BusinessDay,
    /// Who asked for the holder.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PrefundToppedUp {
    prefund,
    amount,
    due,
    by,
    at
});

/// More is asked for, because nearly all is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefundAsked {
    /// Under which id: asked for again under it, it is the same.
    pub id: RequestId,
    /// Which.
    pub prefund: Prefund,
    /// How much more; above zero.
    pub amount: Fen,
    /// By when.
    pub due: BusinessDay,
    /// Who asked for the holder.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PrefundAsked {
    id,
    prefund,
    amount,
    due,
    by,
    at
});

/// More is asked for by the holder, at the node of one of its regions, because nearly all is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefundAskedByHolder {
    /// The region whose node said it.
    pub region: RegionCode,
    /// What was asked for, by which of the region's officers.
    pub asked: PrefundAsked,
}

canonical_struct!(PrefundAskedByHolder { region, asked });

/// Money of a prefund moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefundMoved {
    /// What the holder's bank says.
    pub line: PrefundLine,
    /// Who entered it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PrefundMoved { line, by, at });

/// A movement that was entered is taken out again; what is right is entered as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefundCorrected {
    /// What had been entered.
    pub line: PrefundLine,
    /// Why it is taken out.
    pub why: CorrectionReason,
    /// Who said so.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PrefundCorrected { line, why, by, at });

/// Levels that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefundLevels {
    /// Those that changed, ascending.
    pub changed: Vec<LevelChange>,
    /// When it was found.
    pub at: Timestamp,
}

canonical_struct!(PrefundLevels { changed, at });

/// A prefund's new level, and what it was found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelChange {
    /// Which.
    pub prefund: Prefund,
    /// Its level now.
    pub level: PrefundLevel,
    /// What the payer owes the holder of cycles that are not paid.
    pub used: Fen,
    /// What the holder has.
    pub held: Fen,
}

canonical_struct!(LevelChange {
    prefund,
    level,
    used,
    held
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;

    fn asked() -> PrefundAsked {
        PrefundAsked {
            id: "T-1".parse().unwrap(),
            prefund: "330000-510100-resident_pool".parse().unwrap(),
            amount: Fen::new(1_316_000).unwrap(),
            due: "2026-04-21".parse().unwrap(),
            by: "li.wei".parse().unwrap(),
            at: Timestamp::from_millis(1_775_000_000_000).unwrap(),
        }
    }

    #[test]
    fn golden_bytes_of_a_top_up_with_an_id() {
        golden(
            &crate::record::clearing::ClearingRecord::Prefund(PrefundRecord::Asked(asked())),
            "080600000003542d31000509100007c8940005f3d400000000001414a007ea0415000000066c692e\
             7765690000019d463e9600",
        );
    }

    #[test]
    fn golden_bytes_of_a_top_up_that_the_holder_asked_for() {
        let asked = PrefundAskedByHolder {
            region: "510100".parse().unwrap(),
            asked: asked(),
        };
        golden(
            &crate::record::clearing::ClearingRecord::Prefund(PrefundRecord::AskedByHolder(asked)),
            "08070007c894\
             00000003542d31000509100007c8940005f3d400000000001414a007ea0415000000066c692e\
             7765690000019d463e9600",
        );
    }
}
