//! The decision of the writer about months.

use huitong_core::clearing_month::word::CertifiedMonthWord;
use huitong_core::date::Timestamp;
use huitong_core::record::NodeRecord;
use huitong_core::record::month::MonthWordSigned;

use crate::store::{Rows, StoreError};
use crate::writer::{Command, Verdict};

/// Keeps a word before it is sent. What was said last is sent as it was kept, whoever says it again, unless its certificate
/// is another one now, or it was said by a clock that ran ahead.
pub(super) struct KeepWord(pub(super) CertifiedMonthWord);

impl Command for KeepWord {
    type Answer = CertifiedMonthWord;

    fn decide(
        self,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<CertifiedMonthWord>, StoreError> {
        let Self(said) = self;
        if let Some(kept) = rows.month_word(said.word.month.clone())?
            && kept.word.says_as(&said.word)
            && kept.signer == said.signer
            && kept.word.at <= now
        {
            return Ok(Verdict::Answer(kept));
        }
        let record = NodeRecord::MonthWordSigned(MonthWordSigned { word: said.clone() });
        Ok(Verdict::Append(vec![record], said))
    }
}
