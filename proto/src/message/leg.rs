//! The message of a leg, `huitong.clearing.v1.Leg`, as the .proto file has it.
//!
//! Regions report millions of legs a day; as generated each would be five small pieces of memory, fetched and let go of one by
//! one. What its fields may hold is checked by the conversion, not here.

use prost::bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType, int32, int64, skip_field, uint64};
use prost::{DecodeError, Message};

use super::room::Room;
use super::short::{ShortBytes, ShortText};

/// A leg in a region's stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Leg {
    /// From 1, without gaps.
    pub number: u64,
    /// Of the enumeration `Side`.
    pub side: i32,
    /// stl_…; for a deduction and its end the bytes of the deduction's id, in the same form.
    pub settlement: ShortText<30>,
    /// Who owes.
    pub debtor: ShortText<22>,
    /// Who is owed.
    pub creditor: ShortText<22>,
    /// Of the enumeration `Fund`.
    pub fund: i32,
    /// Above zero.
    pub amount_fen: i64,
    /// The day that the receipt or the reversal names.
    pub business_day: ShortText<22>,
    /// Digest of the signed body of the receipt or of the reversal: 32 bytes.
    pub receipt: ShortBytes<32>,
    /// Of the enumeration `LegKind`.
    pub kind: i32,
}

impl Leg {
    /// Reads into this leg, which is empty, the one that stands at the front of these bytes after its length; answers how many
    /// bytes both take. None where it is not whole there, or not as programs write it: then it is to be read field by field.
    pub(super) fn read_front(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut input = bytes;
        let length = usize::try_from(varint(&mut input)?).ok()?;
        let before = bytes.len().checked_sub(input.len())?;
        self.read(input.get(..length)?)?;
        before.checked_add(length)
    }

    fn read(&mut self, mut input: &[u8]) -> Option<()> {
        let leg = self;
        while let Some((key, rest)) = input.split_first() {
            input = rest;
            // The number of the field, and how it is written.
            match key {
                0x08 => leg.number = varint(&mut input)?,
                0x10 => leg.side = i32::try_from(varint(&mut input)?).ok()?,
                0x1a => leg.settlement = ShortText::at_front(&mut input)?,
                0x22 => leg.debtor = ShortText::at_front(&mut input)?,
                0x2a => leg.creditor = ShortText::at_front(&mut input)?,
                0x30 => leg.fund = i32::try_from(varint(&mut input)?).ok()?,
                0x38 => leg.amount_fen = i64::try_from(varint(&mut input)?).ok()?,
                0x42 => leg.business_day = ShortText::at_front(&mut input)?,
                0x4a => leg.receipt = ShortBytes::at_front(&mut input, |_| true)?,
                0x50 => leg.kind = i32::try_from(varint(&mut input)?).ok()?,
                _ => return None,
            }
        }
        Some(())
    }

    /// Writes it as messages are; none where there is not enough room, or something is not as programs write it: then it is to
    /// be written field by field.
    pub(super) fn put_in<const N: usize>(&self, room: &mut Room<N>) -> Option<()> {
        let number = |room: &mut Room<N>, key: u8, value: u64| match value {
            0 => Some(()),
            _ => room.put(&[key]).and_then(|()| room.put_varint(value)),
        };
        let one_of = |value: i32| u64::try_from(value).ok();
        number(room, 0x08, self.number)?;
        number(room, 0x10, one_of(self.side)?)?;
        self.settlement.put_in(0x1a, room)?;
        self.debtor.put_in(0x22, room)?;
        self.creditor.put_in(0x2a, room)?;
        number(room, 0x30, one_of(self.fund)?)?;
        number(room, 0x38, u64::try_from(self.amount_fen).ok()?)?;
        self.business_day.put_in(0x42, room)?;
        self.receipt.put_in(0x4a, room)?;
        number(room, 0x50, one_of(self.kind)?)
    }
}

/// A number of at most 63 bits from the front.
fn varint(input: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = input.split_first()?;
        *input = rest;
        value |= u64::from(byte & 0x7f).wrapping_shl(shift);
        if *byte < 0x80 {
            return Some(value);
        }
    }
    None
}

impl Message for Leg {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        if self.number != 0 {
            uint64::encode(1, &self.number, buf);
        }
        encode_enum(2, self.side, buf);
        self.settlement.encode(3, buf);
        self.debtor.encode(4, buf);
        self.creditor.encode(5, buf);
        encode_enum(6, self.fund, buf);
        if self.amount_fen != 0 {
            int64::encode(7, &self.amount_fen, buf);
        }
        self.business_day.encode(8, buf);
        self.receipt.encode(9, buf);
        encode_enum(10, self.kind, buf);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        let (field, merged) = match tag {
            1 => {
                let merged = uint64::merge(wire_type, &mut self.number, buf, context);
                ("number", merged)
            }
            2 => {
                let merged = int32::merge(wire_type, &mut self.side, buf, context);
                ("side", merged)
            }
            3 => ("settlement", self.settlement.merge(wire_type, buf, context)),
            4 => ("debtor", self.debtor.merge(wire_type, buf, context)),
            5 => ("creditor", self.creditor.merge(wire_type, buf, context)),
            6 => {
                let merged = int32::merge(wire_type, &mut self.fund, buf, context);
                ("fund", merged)
            }
            7 => {
                let merged = int64::merge(wire_type, &mut self.amount_fen, buf, context);
                ("amount_fen", merged)
            }
            8 => {
                let merged = self.business_day.merge(wire_type, buf, context);
                ("business_day", merged)
            }
            9 => ("receipt", self.receipt.merge(wire_type, buf, context)),
            10 => {
                let merged = int32::merge(wire_type, &mut self.kind, buf, context);
                ("kind", merged)
            }
            _ => return skip_field(wire_type, tag, buf, context),
        };
        merged.map_err(|mut fault| {
            fault.push("Leg", field);
            fault
        })
    }

    fn encoded_len(&self) -> usize {
        let number = match self.number {
            0 => 0,
            _ => uint64::encoded_len(1, &self.number),
        };
        let amount = match self.amount_fen {
            0 => 0,
            _ => int64::encoded_len(7, &self.amount_fen),
        };
        [
            number,
            enum_len(2, self.side),
            self.settlement.encoded_len(3),
            self.debtor.encoded_len(4),
            self.creditor.encoded_len(5),
            enum_len(6, self.fund),
            amount,
            self.business_day.encoded_len(8),
            self.receipt.encoded_len(9),
            enum_len(10, self.kind),
        ]
        .into_iter()
        .fold(0, usize::saturating_add)
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

fn encode_enum(tag: u32, value: i32, buf: &mut impl BufMut) {
    if value != 0 {
        int32::encode(tag, &value, buf);
    }
}

fn enum_len(tag: u32, value: i32) -> usize {
    match value {
        0 => 0,
        _ => int32::encoded_len(tag, &value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_8_000_legs_is_one_and_a_half_megabytes() {
        assert!(size_of::<Leg>() * 8_000 < 1_500_000);
    }
}
