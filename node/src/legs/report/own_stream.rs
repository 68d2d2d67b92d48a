//! The own stream, as the clearinghouse gives it back to a node that was restored (PROTOCOL 15).

use huitong_core::date::BusinessDay;
use huitong_core::leg::NumberedLeg;
use huitong_proto::clearing::v1::{ClosedDay, RegainLegsRequest};
use huitong_proto::conversion::leg::leg_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_transport::{MAX_MESSAGE_BYTES, call_within};

use super::{ReportError, Reporter};
use crate::store::{Restored, Rows, StoreError};

/// What the clearinghouse gives back of the own stream.
#[derive(Debug)]
pub enum RegainedStream {
    /// A page of it.
    Page {
        /// The legs, by consecutive numbers.
        legs: Vec<NumberedLeg>,
        /// The highest number held.
        held: u64,
        /// The days that were closed, ascending, each with its last number; with the last page.
        closed: Vec<(BusinessDay, u64)>,
    },
    /// It knows an incarnation as high, of another restore.
    Older {
        /// That incarnation.
        known: u32,
    },
}

impl Reporter {
    /// Asks for the own stream once more, beyond what is written: a clearinghouse that was restored may have lost
    /// that this node asked for it after its own restore, and takes nothing in this incarnation before it is asked
    /// again.
    pub(super) async fn ask_for_stream(&self) -> Result<(), ReportError> {
        let own = self.ledger.restored()?;
        let own = own.ok_or(StoreError::Inconsistent("nothing was restored"))?;
        let written = self.written()?;
        match self
            .regain(&own, written)
            .await
            .map_err(ReportError::Call)?
        {
            RegainedStream::Page { held, .. } => {
                self.has_as_many(held)?;
                Ok(())
            }
            RegainedStream::Older { known } => Err(ReportError::Call(format!(
                "the clearinghouse knows incarnation {known} of this region's node, of another restore"
            ))),
        }
    }

    /// The own stream back after a number, a page of it: for a node that was restored.
    ///
    /// # Errors
    /// What was refused or not reached, in words.
    pub async fn regain(&self, own: &Restored, after: u64) -> Result<RegainedStream, String> {
        let request = RegainLegsRequest {
            incarnation: own.incarnation,
            mark: own.mark.to_vec(),
            after,
        };
        let mut client = self.client().max_decoding_message_size(MAX_MESSAGE_BYTES);
        let answer = call_within(self.within, request, |request| client.regain_legs(request)).await;
        let answer = answer
            .map_err(|status| ReportError::from(status).to_string())?
            .into_inner();
        if answer.incarnation_known > 0 {
            return Ok(RegainedStream::Older {
                known: answer.incarnation_known,
            });
        }
        let path = Path::root("legs");
        let legs = answer.legs.iter().enumerate();
        let legs = legs.map(|(at, leg)| leg_from_wire(leg, path.item(at)));
        let day = |closed: &ClosedDay| {
            let day = Path::root("business_day").parse(&closed.business_day, BusinessDay::parse)?;
            Ok((day, closed.up_to))
        };
        let closed = answer.closed.iter().map(day);
        let read = || -> Result<RegainedStream, WireFault> {
            Ok(RegainedStream::Page {
                legs: legs.collect::<Result<_, _>>()?,
                held: answer.held,
                closed: closed.collect::<Result<_, _>>()?,
            })
        };
        read().map_err(|fault| fault.to_string())
    }
}
