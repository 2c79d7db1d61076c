//! `!!binary`: Python's `base64.decodebytes`.

use crate::oslo::python::PyStr;

/// Characters outside of the alphabet are skipped; what stands behind the padding is ignored.
pub(super) fn decode(text: &PyStr) -> Result<Vec<u8>, &'static str> {
    let text = text.as_text().filter(|text| text.is_ascii()).ok_or("base64 is ASCII")?;
    let mut bytes = Vec::new();
    let mut bits = 0_u8;
    // Where in a group of four characters the next one stands; how many `=` have come since the last.
    let (mut place, mut pads) = (0_u8, 0_u8);
    for c in text.bytes() {
        if c == b'=' {
            if place >= 2 {
                pads += 1;
                if place + pads >= 4 {
                    return Ok(bytes);
                }
            }
            continue;
        }
        let Some(six) = six_bits(c) else { continue };
        pads = 0;
        match place {
            0 => bits = six,
            1 => {
                bytes.push(bits << 2 | six >> 4);
                bits = six & 0xf;
            }
            2 => {
                bytes.push(bits << 4 | six >> 2);
                bits = six & 0x3;
            }
            _ => bytes.push(bits << 6 | six),
        }
        place = (place + 1) % 4;
    }
    if place == 0 { Ok(bytes) } else { Err("this is no base64: its end is missing") }
}

fn six_bits(c: u8) -> Option<u8> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
