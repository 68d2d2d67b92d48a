//! The macros that write `Canonical` implementations, so that every type's form is one line that
//! a reviewer can read.

/// The canonical form of a struct: its fields in the order named here.
///
/// With `via`, decoding goes through a fallible constructor that takes the fields in that order,
/// so that bytes cannot build what the constructor refuses.
///
/// ```
/// #[derive(Debug, PartialEq)]
/// pub struct Span { from: u16, until: u16 }
/// impl Span {
///     fn new(from: u16, until: u16) -> Result<Self, String> {
///         if from <= until { Ok(Self { from, until }) } else { Err("it ends before it begins".into()) }
///     }
/// }
/// huitong_core::canonical_struct!(Span { from, until } via Span::new);
///
/// use huitong_core::canonical::{decode_exact, encode_to_vec};
/// let span = Span::new(1, 2)?;
/// assert_eq!(encode_to_vec(&span), [0, 1, 0, 2]);
/// assert!(decode_exact::<Span>(&[0, 2, 0, 1]).is_err());
/// # Ok::<(), String>(())
/// ```
#[macro_export]
macro_rules! canonical_struct {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl $crate::canonical::Canonical for $type {
            fn encode(&self, out: &mut $crate::canonical::Encoder) {
                $($crate::canonical::Canonical::encode(&self.$field, out);)*
            }

            fn decode(
                input: &mut $crate::canonical::Decoder<'_>,
            ) -> ::core::result::Result<Self, $crate::canonical::CanonicalError> {
                Ok(Self { $($field: $crate::canonical::Canonical::decode(input)?),* })
            }
        }
    };
    ($type:ty { $($field:ident),* $(,)? } via $build:path) => {
        impl $crate::canonical::Canonical for $type {
            fn encode(&self, out: &mut $crate::canonical::Encoder) {
                $($crate::canonical::Canonical::encode(&self.$field, out);)*
            }

            fn decode(
                input: &mut $crate::canonical::Decoder<'_>,
            ) -> ::core::result::Result<Self, $crate::canonical::CanonicalError> {
                $(let $field = $crate::canonical::Canonical::decode(input)?;)*
                $build($($field),*).map_err(|refusal| {
                    $crate::canonical::CanonicalError::invalid(stringify!($type), refusal)
                })
            }
        }
    };
}

/// The canonical form of an enum: an explicit tag byte, then the fields of the variant.
///
/// A tag is never given a second meaning; an unknown one is refused.
///
/// ```
/// #[derive(Debug, PartialEq)]
/// pub enum Shape { Point, Line(u8), Box { width: u8, height: u8 } }
/// huitong_core::canonical_enum!(Shape {
///     1 => Point,
///     2 => Line(length),
///     3 => Box { width, height },
/// });
///
/// use huitong_core::canonical::{decode_exact, encode_to_vec};
/// assert_eq!(encode_to_vec(&Shape::Box { width: 7, height: 8 }), [3, 7, 8]);
/// assert_eq!(decode_exact(&[2, 5]), Ok(Shape::Line(5)));
/// assert!(decode_exact::<Shape>(&[4]).is_err());
/// ```
#[macro_export]
macro_rules! canonical_enum {
    ($type:ty { $(
        $tag:literal => $variant:ident $( ( $($item:ident),* $(,)? ) )? $( { $($field:ident),* $(,)? } )?
    ),* $(,)? }) => {
        impl $crate::canonical::Canonical for $type {
            fn encode(&self, out: &mut $crate::canonical::Encoder) {
                match self {
                    $(Self::$variant $( ( $($item),* ) )? $( { $($field),* } )? => {
                        out.raw(&[$tag]);
                        $($($crate::canonical::Canonical::encode($item, out);)*)?
                        $($($crate::canonical::Canonical::encode($field, out);)*)?
                    })*
                }
            }

            fn decode(
                input: &mut $crate::canonical::Decoder<'_>,
            ) -> ::core::result::Result<Self, $crate::canonical::CanonicalError> {
                match <u8 as $crate::canonical::Canonical>::decode(input)? {
                    $($tag => {
                        $($(let $item = $crate::canonical::Canonical::decode(input)?;)*)?
                        $($(let $field = $crate::canonical::Canonical::decode(input)?;)*)?
                        Ok(Self::$variant $( ( $($item),* ) )? $( { $($field),* } )?)
                    })*
                    tag => Err($crate::canonical::CanonicalError::UnknownTag {
                        type_name: stringify!($type),
                        tag,
                    }),
                }
            }
        }
    };
}

/// The canonical form of a checked text: its `as_str`, read back by its `parse`.
///
/// `parse` must accept one spelling of each value only.
#[macro_export]
macro_rules! canonical_text {
    ($type:ty) => {
        impl $crate::canonical::Canonical for $type {
            fn encode(&self, out: &mut $crate::canonical::Encoder) {
                out.text(self.as_str());
            }

            fn decode(
                input: &mut $crate::canonical::Decoder<'_>,
            ) -> ::core::result::Result<Self, $crate::canonical::CanonicalError> {
                <$type>::parse(input.text()?).map_err(|refusal| {
                    $crate::canonical::CanonicalError::invalid(stringify!($type), refusal)
                })
            }
        }
    };
}

/// The canonical form of a newtype: another canonical value, read back by a fallible constructor.
///
/// ```
/// #[derive(Debug, PartialEq)]
/// pub struct Month(u8);
/// impl Month {
///     fn new(month: u8) -> Result<Self, String> {
///         if (1..=12).contains(&month) { Ok(Self(month)) } else { Err("a month is 1 to 12".into()) }
///     }
/// }
/// huitong_core::canonical_as!(Month as u8, |month| month.0, Month::new);
///
/// use huitong_core::canonical::decode_exact;
/// assert_eq!(decode_exact(&[12]), Ok(Month(12)));
/// assert!(decode_exact::<Month>(&[13]).is_err());
/// ```
#[macro_export]
macro_rules! canonical_as {
    ($type:ty as $form:ty, $to:expr, $from:expr) => {
        impl $crate::canonical::Canonical for $type {
            fn encode(&self, out: &mut $crate::canonical::Encoder) {
                let to: fn(&Self) -> $form = $to;
                $crate::canonical::Canonical::encode(&to(self), out);
            }

            fn decode(
                input: &mut $crate::canonical::Decoder<'_>,
            ) -> ::core::result::Result<Self, $crate::canonical::CanonicalError> {
                let form = <$form as $crate::canonical::Canonical>::decode(input)?;
                ($from)(form).map_err(|refusal| {
                    $crate::canonical::CanonicalError::invalid(stringify!($type), refusal)
                })
            }
        }
    };
}
