//! A provisional settlement as it is printed, and the sums of several.
//!
//! Only what stands is summed: what was reversed or taken back is borne by nobody.

use std::io::Write;

use anyhow::Context as _;
use huitong_core::money::Fen;
use huitong_core::provisional::TrueUp;
use serde_json::{Value, json};

use crate::grpc::provisional_client::Stands;

/// The word of a state.
pub(super) const fn word(stands: Stands) -> &'static str {
    match stands {
        Stands::Open => "open",
        Stands::TruedUp => "trued_up",
        Stands::Borne => "borne",
        Stands::Reversed => "reversed",
        Stands::TakenBack => "taken_back",
    }
}

/// A state as a person reads it.
pub(super) const fn said(stands: Stands) -> &'static str {
    match stands {
        Stands::Open => "open / 待参保地确认",
        Stands::TruedUp => "trued up / 已补结算",
        Stands::Borne => "refused by the home region / 参保地拒付",
        Stands::Reversed => "reversed / 已冲正",
        Stands::TakenBack => "taken back / 已撤回",
    }
}

/// Whether it stands, or may come to stand.
const fn counts(stands: Stands) -> bool {
    match stands {
        Stands::Open | Stands::TruedUp | Stands::Borne => true,
        Stands::Reversed | Stands::TakenBack => false,
    }
}

/// Sums over what stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sums {
    /// How many there are.
    count: u64,
    /// What funds and accounts were to pay of those that are open.
    open: Fen,
    refund: Fen,
    home_bears: Fen,
    treatment_bears: Fen,
}

impl Sums {
    pub(super) const NOTHING: Self = Self {
        count: 0,
        open: Fen::ZERO,
        refund: Fen::ZERO,
        home_bears: Fen::ZERO,
        treatment_bears: Fen::ZERO,
    };

    /// Adds one, if it stands.
    pub(super) fn add(
        &mut self,
        stands: Stands,
        advanced: Fen,
        true_up: Option<&TrueUp>,
    ) -> anyhow::Result<()> {
        if !counts(stands) {
            return Ok(());
        }
        self.count = self.count.saturating_add(1);
        if stands == Stands::Open {
            self.open = self.open.checked_add(advanced).context(TOO_LARGE)?;
        }
        if let Some(of) = true_up {
            self.refund = self.refund.checked_add(of.refund).context(TOO_LARGE)?;
            let home = self.home_bears.checked_add(of.home_bears);
            self.home_bears = home.context(TOO_LARGE)?;
            let treatment = self.treatment_bears.checked_add(of.treatment_bears);
            self.treatment_bears = treatment.context(TOO_LARGE)?;
        }
        Ok(())
    }

    pub(super) fn print(&self, of: &str, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(
            out,
            "{of}: {} stand / 件有效; advanced and open 待确认 {}; given back 退还 {}; home region bears 参保地承担 {}, treatment region bears 就医地承担 {}",
            self.count, self.open, self.refund, self.home_bears, self.treatment_bears
        )
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "count": self.count,
            "open_fen": self.open.get(),
            "refund_fen": self.refund.get(),
            "home_bears_fen": self.home_bears.get(),
            "treatment_bears_fen": self.treatment_bears.get(),
        })
    }
}

const TOO_LARGE: &str = "the sum is out of range / 合计超出范围";

#[cfg(test)]
mod tests {
    use super::*;

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap()
    }

    #[test]
    fn what_is_reversed_or_taken_back_is_in_no_sum() {
        let true_up = TrueUp::of(fen(100), fen(600), fen(300));
        let mut sums = Sums::NOTHING;
        let all = [
            (Stands::Open, None),
            (Stands::TruedUp, Some(true_up)),
            (Stands::Borne, Some(TrueUp::refused(fen(10), fen(70)))),
            (Stands::Reversed, Some(true_up)),
            (Stands::TakenBack, None),
        ];
        for (stands, true_up) in all {
            sums.add(stands, fen(1_000), true_up.as_ref()).unwrap();
        }
        let expected = json!({
            "count": 3,
            "open_fen": 1_000,
            "refund_fen": 0,
            "home_bears_fen": 300,
            "treatment_bears_fen": 270,
        });
        assert_eq!(sums.json(), expected);
    }
}
