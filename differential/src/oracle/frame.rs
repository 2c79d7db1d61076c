//! Frames: how the harness and a worker talk through a pipe.
//!
//! A frame is a length (u32, little-endian) and that many bytes. What the bytes mean is not known here (`worker.py`
//! describes it).

use std::io::{self, Read, Write};

/// The longest frame that is believed. A longer one means that something else than frames is in the pipe.
pub const LONGEST: u32 = 1 << 30;

/// Writes one frame and flushes it.
///
/// # Errors
/// Those of the writer, and `InvalidInput` for more than [`LONGEST`] bytes.
pub fn write(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len())
        .ok()
        .filter(|length| *length <= LONGEST)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a frame of over 1 GiB"))?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(bytes)?;
    output.flush()
}

/// Reads one frame; `None` where the pipe ends before it.
///
/// # Errors
/// Those of the reader, `UnexpectedEof` where the pipe ends within a frame, and `InvalidData` for a length over
/// [`LONGEST`].
pub fn read(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let got = input.read(&mut length[..1])?;
    if got == 0 {
        return Ok(None);
    }
    input.read_exact(&mut length[1..])?;
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes")));
    }
    // Grown as the bytes come: a wrong length must not reserve a gigabyte.
    let mut bytes = Vec::with_capacity(length.min(1 << 20) as usize);
    let got = input.take(length.into()).read_to_end(&mut bytes)?;
    if got < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_as_they_went_in() {
        let mut pipe = Vec::new();
        write(&mut pipe, b"one").unwrap();
        write(&mut pipe, b"").unwrap();
        let mut pipe = pipe.as_slice();
        assert_eq!(read(&mut pipe).unwrap().as_deref(), Some(&b"one"[..]));
        assert_eq!(read(&mut pipe).unwrap().as_deref(), Some(&b""[..]));
        assert_eq!(read(&mut pipe).unwrap(), None);
    }

    #[test]
    fn a_cut_frame_and_a_wild_length_are_errors() {
        assert_eq!(read(&mut &b"\x03\0\0\0on"[..]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(read(&mut &b"\x03\0"[..]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(read(&mut &b"Hello"[..]).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
