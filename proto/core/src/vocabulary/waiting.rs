//! Why a leg waits, and what evidence says of it.

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

use super::WordError;

vocabulary! {
    /// Why a leg is not netted although its day is over (挂账原因): a closed list.
    WaitingReason, "reason for waiting" {
        /// The other region has not reported it (对方未上报).
        1 CounterpartMissing "counterpart_missing",
        /// The other region reported it with another field (双方不一致).
        2 Differs "differs",
        /// It agreed already, or was reported before (重复上报).
        3 Repeated "repeated",
        /// It came after its day was cut off, and goes into the next cycle (迟到).
        4 Late "late",
        /// A region attested it otherwise than it reported it (核对不符).
        5 AttestedOtherwise "attested_otherwise",
        /// It is of more than one leg may be (超过单笔上限).
        6 TooLarge "too_large",
        /// What it takes back is not netted (原债务未轧差).
        7 OriginalNotNetted "original_not_netted",
        /// Both took it back: nothing is to be paid (双方均已冲回).
        8 TakenBack "taken_back",
        /// Officers left it out of a cycle that could not be netted with it (经两人剔除).
        9 LeftOut "left_out",
        /// The other region is not in the directory (对方不在名录).
        10 UnknownRegion "unknown_region",
    }
}

vocabulary! {
    /// How a leg stands to what the home region signed (参保地签名凭证).
    EvidenceSays, "word of evidence" {
        /// It is what was signed: the other region is to report the same (与签名一致).
        1 AsReported "as_reported",
        /// It is another than was signed: whoever reported it is wrong (与签名不符).
        2 Otherwise "otherwise",
        /// Nothing is owed of this fund (签名中无此基金).
        3 NotOwed "not_owed",
        /// The home region signed two words that do not go together (签名凭证自相矛盾).
        4 TwoWords "two_words",
    }
}
