//! The message of a report, `huitong.clearing.v1.ReportLegsRequest`, as the .proto file has it: thousands of legs at once, each
//! read and written in one go where it is as every program writes it. What else may come is read as generated messages read it.

use prost::bytes::{Buf, BufMut};
use prost::encoding::{
    DecodeContext, WireType, encode_key, encode_varint, message, skip_field, uint32,
};
use prost::{DecodeError, Message};

use super::leg::Leg;
use super::room::Room;

/// Of which settlement a deduction is: its leg does not say.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct DeductionOf {
    /// Of the leg in the caller's stream.
    #[prost(uint64, tag = "1")]
    pub number: u64,
    /// `stl_…`
    #[prost(string, tag = "2")]
    pub settlement: String,
}

/// More bytes than a leg has when its texts are as long as they should be.
const LEG_BYTES: usize = 256;

/// For how many legs room is made by the first of them; a report has no more, or is refused.
const LEGS: usize = 8_192;

/// The next legs of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ReportLegsRequest {
    /// Consecutive, ascending, at most 8,192.
    pub legs: Vec<Leg>,
    /// The caller's incarnation.
    pub incarnation: u32,
    /// Of which settlements deductions are that the caller owes by these legs.
    pub deductions: Vec<DeductionOf>,
}

impl ReportLegsRequest {
    /// Takes the leg that stands at the front of `buf`, length and all; whether it could be read in one go.
    fn take_leg(&mut self, buf: &mut impl Buf) -> bool {
        // It is read where it is to lie: a leg is large, and is moved no more than it must be.
        let leg = self.legs.push_mut(Leg::default());
        let Some(length) = leg.read_front(buf.chunk()) else {
            self.legs.pop();
            return false;
        };
        if self.legs.len() == 1 {
            // Legs are about equally long.
            let expected = buf.remaining().checked_div(length).unwrap_or_default();
            self.legs.reserve(expected.min(LEGS));
        }
        buf.advance(length);
        true
    }
}

impl Message for ReportLegsRequest {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        let mut room = Room::<LEG_BYTES>::empty();
        for leg in &self.legs {
            room.clear();
            if leg.put_in(&mut room).is_some() {
                let written = room.written();
                encode_key(1, WireType::LengthDelimited, buf);
                encode_varint(u64::try_from(written.len()).unwrap_or(u64::MAX), buf);
                buf.put_slice(written);
            } else {
                message::encode(1, leg, buf);
            }
        }
        if self.incarnation != 0 {
            uint32::encode(2, &self.incarnation, buf);
        }
        message::encode_repeated(3, &self.deductions, buf);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        let (field, merged) = match tag {
            1 if wire_type == WireType::LengthDelimited && self.take_leg(buf) => return Ok(()),
            1 => {
                let merged = message::merge_repeated(wire_type, &mut self.legs, buf, context);
                ("legs", merged)
            }
            2 => {
                let merged = uint32::merge(wire_type, &mut self.incarnation, buf, context);
                ("incarnation", merged)
            }
            3 => {
                let merged = message::merge_repeated(wire_type, &mut self.deductions, buf, context);
                ("deductions", merged)
            }
            _ => return skip_field(wire_type, tag, buf, context),
        };
        merged.map_err(|mut fault| {
            fault.push("ReportLegsRequest", field);
            fault
        })
    }

    fn encoded_len(&self) -> usize {
        let incarnation = match self.incarnation {
            0 => 0,
            _ => uint32::encoded_len(2, &self.incarnation),
        };
        message::encoded_len_repeated(1, &self.legs)
            .saturating_add(incarnation)
            .saturating_add(message::encoded_len_repeated(3, &self.deductions))
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}
