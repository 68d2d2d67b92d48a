//! Drawing a QR code: the smallest that holds the text, with the stronger of two levels of correction that fits, as a
//! drawing of vectors that prints sharp at any size. All of it is one segment in alphanumeric mode: in pieces of other modes
//! the longest texts would not fit. Deliberately absent: pixels, colours, and a picture in the middle.

use std::fmt::Write as _;

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

/// The empty margin that readers need, in modules.
const QUIET: usize = 4;

/// The largest version.
const LARGEST: i16 = 40;

/// The code of a version, when it holds the text.
fn of(text: &str, version: i16, level: EcLevel) -> Option<QrCode> {
    let mut bits = Bits::new(Version::Normal(version));
    bits.push_alphanumeric_data(text.as_bytes()).ok()?;
    bits.push_terminator(level).ok()?;
    QrCode::with_bits(bits, level).ok()
}

/// The code of a text of letters of the alphanumeric mode, drawn.
///
/// # Errors
/// When no code holds the text.
pub(super) fn svg(text: &str) -> anyhow::Result<String> {
    let code = [EcLevel::M, EcLevel::L]
        .into_iter()
        .find_map(|level| (1..=LARGEST).find_map(|version| of(text, version, level)));
    let Some(code) = code else {
        anyhow::bail!("no QR code holds this / 内容超过二维码容量");
    };
    let (width, modules) = (code.width(), code.to_colors());
    let side = width.saturating_add(QUIET.saturating_mul(2));
    let mut path = String::new();
    for (row, line) in modules.chunks(width.max(1)).enumerate() {
        let mut column = 0_usize;
        for run in line.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                let (x, y, long) = (
                    column.saturating_add(QUIET),
                    row.saturating_add(QUIET),
                    run.len(),
                );
                write!(path, "M{x} {y}h{long}v1h-{long}z")?;
            }
            column = column.saturating_add(run.len());
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\n\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\n<path fill=\"#000\" d=\"{path}\"/>\n</svg>\n"
    ))
}

#[cfg(test)]
mod tests;
