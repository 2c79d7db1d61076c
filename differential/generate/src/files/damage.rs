//! A file with a fault in it: what editors, merges and machines do to one.

use crate::draw::Draw;

#[rustfmt::skip]
const PIECES: &[&str] = &[
    " ", "  ", "\t", "\n", "\r", ":", ": ", "- ", "#", " #", "'", "\"", "[", "]", "{", "}", ",", "&a0 ",
    "*a0", "!", "!!str ", "|", ">", "%", "@", "\\", "? ", "---\n", "...\n", "<<: ", "\u{feff}", "\u{85}",
    "\u{2028}", "\u{a0}", "\u{7f}", "\u{0}", "é", "😀", "=", "~", "null", "yes", "1:30",
];

/// The file with one thing changed.
pub(super) fn damaged(bytes: Vec<u8>, draw: &mut Draw) -> Vec<u8> {
    match draw.below(10) {
        0 => flipped(bytes, draw),
        1 => by_lines(&bytes, draw),
        2 => by_lines(&bytes, draw),
        3 => {
            let end = draw.below(bytes.len() + 1);
            bytes[..end].to_vec()
        }
        _ => by_characters(bytes, draw),
    }
}

/// The file in an encoding that upstream does not read.
pub(super) fn encoded(bytes: &[u8], draw: &mut Draw) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    match draw.below(3) {
        0 => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        1 => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        _ => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
    }
}

fn flipped(mut bytes: Vec<u8>, draw: &mut Draw) -> Vec<u8> {
    if !bytes.is_empty() {
        let at = draw.below(bytes.len());
        bytes[at] ^= 1 << draw.below(8);
    }
    bytes
}

fn by_lines(bytes: &[u8], draw: &mut Draw) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let (one, other) = (draw.below(lines.len()), draw.below(lines.len()));
    match draw.below(4) {
        0 => {
            lines.remove(one);
        }
        1 => lines.insert(other, lines[one].clone()),
        2 => lines.swap(one, other),
        _ => {
            let blanks = draw.pick(&[" ", "  ", "\t"]).bytes();
            lines[one].splice(0..0, blanks);
        }
    }
    lines.concat()
}

fn by_characters(bytes: Vec<u8>, draw: &mut Draw) -> Vec<u8> {
    let Ok(text) = String::from_utf8(bytes.clone()) else {
        return flipped(bytes, draw);
    };
    let mut chars: Vec<char> = text.chars().collect();
    let at = draw.below(chars.len() + 1);
    match draw.below(3) {
        0 if at < chars.len() => {
            chars.remove(at);
        }
        1 if at < chars.len() => {
            chars.splice(at..=at, draw.pick(PIECES).chars());
        }
        _ => {
            chars.splice(at..at, draw.pick(PIECES).chars());
        }
    }
    chars.into_iter().collect::<String>().into_bytes()
}
