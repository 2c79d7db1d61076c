//! Frames: how the harness and a worker talk through a pipe.
//!
//! A frame is a length (u32, little-endian) and that many bytes. The highest bit of the length is set where more frames
//! follow at once: it and its reply may wait on the way until the last of them comes. What the bytes mean is not known
//! here (`worker.py` describes it).

use std::io::{self, Read, Write};

/// The longest frame that is believed. A longer one means that something else than frames is in the pipe.
pub const LONGEST: u32 = 1 << 30;

const MORE: u32 = 1 << 31;

/// A frame that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it says.
    pub bytes: Vec<u8>,
    /// Whether more follow at once.
    pub more: bool,
}

/// Writes one frame, and flushes it unless more follow at once.
///
/// # Errors
/// Those of the writer, and `InvalidInput` for more than [`LONGEST`] bytes.
pub fn write(output: &mut impl Write, bytes: &[u8], more: bool) -> io::Result<()> {
    let length = u32::try_from(bytes.len())
        .ok()
        .filter(|length| *length <= LONGEST)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a frame of over 1 GiB"))?;
    let flag = if more { MORE } else { 0 };
    output.write_all(&(flag | length).to_le_bytes())?;
    output.write_all(bytes)?;
    if more { Ok(()) } else { output.flush() }
}

/// Reads one frame; `None` where the pipe ends before it.
///
/// # Errors
/// Those of the reader, `UnexpectedEof` where the pipe ends within a frame, and `InvalidData` for a length over
/// [`LONGEST`].
pub fn read(input: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut length = [0; 4];
    let got = input.read(&mut length[..1])?;
    if got == 0 {
        return Ok(None);
    }
    input.read_exact(&mut length[1..])?;
    let length = u32::from_le_bytes(length);
    let (length, more) = (length & !MORE, length & MORE != 0);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes")));
    }
    // Grown as the bytes come: a wrong length must not reserve a gigabyte.
    let mut bytes = Vec::with_capacity(length.min(1 << 20) as usize);
    let got = input.take(length.into()).read_to_end(&mut bytes)?;
    if got < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(Frame { bytes, more }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps what is written until it is flushed.
    #[derive(Default)]
    struct Pipe {
        held: Vec<u8>,
        through: Vec<u8>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.held.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.through.append(&mut self.held);
            Ok(())
        }
    }

    #[test]
    fn frames_come_out_as_they_went_in_and_together_where_more_follow() {
        let mut pipe = Pipe::default();
        write(&mut pipe, b"one", true).unwrap();
        assert_eq!(pipe.through, b"");
        write(&mut pipe, b"", false).unwrap();
        let mut through = pipe.through.as_slice();
        let frame = |bytes: &[u8], more| Some(Frame { bytes: bytes.to_vec(), more });
        assert_eq!(read(&mut through).unwrap(), frame(b"one", true));
        assert_eq!(read(&mut through).unwrap(), frame(b"", false));
        assert_eq!(read(&mut through).unwrap(), None);
    }

    #[test]
    fn a_cut_frame_and_a_wild_length_are_errors() {
        assert_eq!(read(&mut &b"\x03\0\0\0on"[..]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(read(&mut &b"\x03\0"[..]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(read(&mut &b"Hello"[..]).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
