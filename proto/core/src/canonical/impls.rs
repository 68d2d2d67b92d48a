//! The canonical form of integers, flags, text, lists, options, maps and decimals.
//!
//! Deliberately absent: `usize` and `isize` (their width differs between machines), floats, hash
//! maps (no order), references and boxes (a boxed type can nest without bound).

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Canonical, CanonicalError, Decoder, Encoder};

macro_rules! big_endian {
    ($($int:ty),*) => {$(
        impl Canonical for $int {
            fn encode(&self, out: &mut Encoder) {
                out.raw(&self.to_be_bytes());
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
                Ok(Self::from_be_bytes(input.array()?))
            }
        }
    )*};
}
big_endian!(u16, u32, u64, i64);

impl Canonical for u8 {
    fn encode(&self, out: &mut Encoder) {
        out.raw(&[*self]);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        let [byte] = input.array()?;
        Ok(byte)
    }

    fn encode_all(values: &[Self], out: &mut Encoder) {
        out.raw(values);
    }

    fn decode_all(count: usize, input: &mut Decoder<'_>) -> Result<Vec<Self>, CanonicalError> {
        Ok(input.take(count)?.to_vec())
    }
}

impl Canonical for bool {
    fn encode(&self, out: &mut Encoder) {
        out.raw(&[u8::from(*self)]);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        match u8::decode(input)? {
            0 => Ok(false),
            1 => Ok(true),
            byte => Err(CanonicalError::BadFlag { byte }),
        }
    }
}

impl<const N: usize> Canonical for [u8; N] {
    fn encode(&self, out: &mut Encoder) {
        out.raw(self);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        input.array()
    }
}

impl Canonical for String {
    fn encode(&self, out: &mut Encoder) {
        out.text(self);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        Ok(input.text()?.to_owned())
    }
}

impl<T: Canonical> Canonical for Vec<T> {
    fn encode(&self, out: &mut Encoder) {
        out.count(self.len());
        T::encode_all(self, out);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        let count = input.count()?;
        T::decode_all(count, input)
    }
}

impl<T: Canonical> Canonical for Box<T> {
    fn encode(&self, out: &mut Encoder) {
        T::encode(self, out);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        T::decode(input).map(Self::new)
    }
}

impl<T: Canonical> Canonical for Option<T> {
    fn encode(&self, out: &mut Encoder) {
        self.is_some().encode(out);
        if let Some(value) = self {
            value.encode(out);
        }
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        bool::decode(input)?.then(|| T::decode(input)).transpose()
    }
}

impl<A: Canonical, B: Canonical> Canonical for (A, B) {
    fn encode(&self, out: &mut Encoder) {
        self.0.encode(out);
        self.1.encode(out);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        Ok((A::decode(input)?, B::decode(input)?))
    }
}

impl<A: Canonical, B: Canonical, C: Canonical> Canonical for (A, B, C) {
    fn encode(&self, out: &mut Encoder) {
        self.0.encode(out);
        self.1.encode(out);
        self.2.encode(out);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        Ok((A::decode(input)?, B::decode(input)?, C::decode(input)?))
    }
}

impl<T: Canonical + Ord> Canonical for BTreeSet<T> {
    fn encode(&self, out: &mut Encoder) {
        out.count(self.len());
        for value in self {
            value.encode(out);
        }
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        let mut values = Self::new();
        for _ in 0..input.count()? {
            let value = T::decode(input)?;
            if values.last().is_some_and(|last| *last >= value) {
                return Err(CanonicalError::NotAscending);
            }
            values.insert(value);
        }
        Ok(values)
    }
}

impl<K: Canonical + Ord, V: Canonical> Canonical for BTreeMap<K, V> {
    fn encode(&self, out: &mut Encoder) {
        out.count(self.len());
        for (key, value) in self {
            key.encode(out);
            value.encode(out);
        }
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        let mut entries = Self::new();
        for _ in 0..input.count()? {
            let key = K::decode(input)?;
            if entries
                .last_key_value()
                .is_some_and(|(last, _)| *last >= key)
            {
                return Err(CanonicalError::NotAscending);
            }
            entries.insert(key, V::decode(input)?);
        }
        Ok(entries)
    }
}

/// Mantissa (`i128`) without trailing zeros, then the scale (`u8`); zero is (0, 0).
impl Canonical for Decimal {
    fn encode(&self, out: &mut Encoder) {
        let shortest = self.normalize();
        out.raw(&shortest.mantissa().to_be_bytes());
        // A decimal's scale is at most 28.
        out.raw(&[u8::try_from(shortest.scale()).unwrap_or(u8::MAX)]);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        let mantissa = i128::from_be_bytes(input.array()?);
        let scale = u8::decode(input)?;
        if scale > 0 && mantissa % 10 == 0 {
            return Err(CanonicalError::DecimalForm);
        }
        Self::try_from_i128_with_scale(mantissa, u32::from(scale))
            .map_err(|_| CanonicalError::DecimalForm)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::{golden, laws, only_canonical};
    use crate::canonical::{decode_exact, encode_to_vec};

    #[test]
    fn golden_bytes_of_the_plain_values() {
        golden(&0xab_u8, "ab");
        golden(&0x0102_u16, "0102");
        golden(&1_u32, "00000001");
        golden(&1_u64, "0000000000000001");
        golden(&-2_i64, "fffffffffffffffe");
        golden(&true, "01");
        golden(&String::from("汇通"), "00000006e6b187e9809a");
        golden(&vec![1_u16, 2], "0000000200010002");
        golden(&vec![1_u8, 2], "000000020102");
        golden(&Some(5_u8), "0105");
        golden(&Option::<u8>::None, "00");
        golden(&[1_u8, 2, 3], "010203");
        golden(&(1_u8, 2_u16), "010002");
        golden(&(1_u8, 2_u8, 3_u8), "010203");
        golden(&BTreeSet::from([2_u8, 1]), "000000020102");
        golden(
            &BTreeMap::from([(2_u8, false), (1, true)]),
            "0000000201010200",
        );
        golden(&Decimal::new(70, 2), "0000000000000000000000000000000701");
        golden(&Decimal::new(-500, 1), "ffffffffffffffffffffffffffffffce00");
        golden(&Decimal::new(0, 4), "0000000000000000000000000000000000");
    }

    #[test]
    fn a_second_form_of_a_value_is_refused() {
        assert_eq!(
            decode_exact::<bool>(&[2]),
            Err(CanonicalError::BadFlag { byte: 2 })
        );
        assert_eq!(
            decode_exact::<Option<u8>>(&[2, 0]),
            Err(CanonicalError::BadFlag { byte: 2 })
        );
        assert_eq!(
            decode_exact::<String>(&[0, 0, 0, 1, 0xff]),
            Err(CanonicalError::NotUtf8)
        );
        let unordered: [&[u8]; 2] = [&[0, 0, 0, 2, 2, 1], &[0, 0, 0, 2, 1, 1]];
        for bytes in unordered {
            assert_eq!(
                decode_exact::<BTreeSet<u8>>(bytes),
                Err(CanonicalError::NotAscending)
            );
        }
        assert_eq!(
            decode_exact::<BTreeMap<u8, bool>>(&[0, 0, 0, 2, 1, 0, 1, 0]),
            Err(CanonicalError::NotAscending)
        );
    }

    #[test]
    fn a_decimal_has_one_form() {
        let form = |mantissa: i128, scale: u8| [&mantissa.to_be_bytes()[..], &[scale]].concat();
        for (mantissa, scale) in [(70, 2), (0, 1), (7, 29), (1 << 96, 0), (i128::MIN, 0)] {
            assert_eq!(
                decode_exact::<Decimal>(&form(mantissa, scale)),
                Err(CanonicalError::DecimalForm),
                "{mantissa} {scale}"
            );
        }
        let mut negative_zero = Decimal::new(0, 3);
        negative_zero.set_sign_negative(true);
        assert_eq!(encode_to_vec(&negative_zero), encode_to_vec(&Decimal::ZERO));
    }

    #[test]
    fn a_hostile_count_is_refused_before_anything_is_reserved() {
        let bytes = [0xff, 0xff, 0xff, 0xff, 0];
        let refused = CanonicalError::CountBeyondInput {
            count: u32::MAX,
            left: 1,
        };
        assert_eq!(decode_exact::<Vec<u64>>(&bytes), Err(refused.clone()));
        assert_eq!(decode_exact::<String>(&bytes), Err(refused.clone()));
        assert_eq!(decode_exact::<BTreeSet<u8>>(&bytes), Err(refused.clone()));
        assert_eq!(decode_exact::<BTreeMap<u8, u8>>(&bytes), Err(refused));
    }

    type Nest = (
        Vec<Option<(u16, String)>>,
        BTreeMap<String, Vec<u8>>,
        (BTreeSet<i64>, bool),
    );

    proptest! {
        /// Decoding what was encoded gives the value back, and no neighbour of its bytes is a
        /// second form of anything.
        #[test]
        fn nested_values_obey_the_laws(
            value in any::<Nest>(), mantissa in any::<i64>(), scale in 0_u32..=28,
        ) {
            let bytes = encode_to_vec(&value);
            prop_assert_eq!(decode_exact::<Nest>(&bytes).unwrap(), value);
            laws(&Decimal::new(mantissa, scale));
        }

        /// Bytes from anywhere either are refused or are the form that encoding gives.
        #[test]
        fn only_canonical_bytes_decode(bytes in prop::collection::vec(0_u8..4, 0..40)) {
            only_canonical::<Vec<Option<bool>>>(&bytes);
            only_canonical::<BTreeMap<u8, Option<u8>>>(&bytes);
            only_canonical::<BTreeSet<u16>>(&bytes);
            only_canonical::<Decimal>(&bytes);
            only_canonical::<(String, bool)>(&bytes);
        }
    }
}
