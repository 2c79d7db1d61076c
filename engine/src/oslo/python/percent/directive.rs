//! One directive of a template, `%[(key)][flags][width][.precision][length]conversion`.

use super::Template;
use super::arguments::Arguments;
use crate::oslo::error::{ExceptionClass, Interrupt};
use crate::oslo::python::Value;

/// A directive as it was read. Its key has been looked up, and a `*` has taken its argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Directive {
    /// `-`: fill to the width on the right.
    pub(super) left: bool,
    /// `+`: a sign before every number.
    pub(super) sign: bool,
    /// A blank: one where a sign would stand.
    pub(super) blank: bool,
    /// `#`: the alternate form.
    pub(super) alternate: bool,
    /// `0`: fill numbers with zeros.
    pub(super) zero: bool,
    /// The least number of characters.
    pub(super) width: usize,
    /// What stands behind the dot.
    pub(super) precision: Option<usize>,
    /// The letter that says what is written.
    pub(super) conversion: char,
}

impl Directive {
    /// Reads what stands behind a `%` of a template, and returns it with the rest of the text.
    ///
    /// The order of the steps is CPython's, so that the first thing that is wrong is the one that
    /// raises: the missing key before the width, a bad `*` before the end of the template.
    pub(super) fn read<'t>(
        template: Template<'_>,
        behind: &'t str,
        arguments: &mut Arguments<'_>,
    ) -> Result<(Self, &'t str), Interrupt> {
        let mut reader = Reader { rest: behind };
        let mut directive = Self::default();
        let mut selected = Ok(());
        if reader.takes('(') {
            let rest = reader.rest;
            let key = reader.key(arguments)?;
            selected = match template.unmasked(key, rest) {
                Some(unmasked) => arguments.select_str(&unmasked),
                None => arguments.select(key),
            };
            if !fault!(ConversionBeforeKey) {
                selected?;
            }
        } else if fault!(WholeTargetRefused) && arguments.require_mapping().is_ok() {
            return Err(ExceptionClass::TypeError.into());
        }
        while let Some(flag) = reader.peek() {
            match flag {
                '-' => directive.left = !fault!(LeftFlagIgnored),
                '+' => directive.sign = !fault!(PlusFlagIgnored),
                ' ' => directive.blank = !fault!(BlankFlagIgnored),
                '#' => directive.alternate = !fault!(AlternateFormIgnored),
                '0' => directive.zero = !fault!(ZeroFlagIgnored),
                _ => break,
            }
            reader.next();
        }
        if reader.takes('*') {
            let width: i64 = integer(arguments.next()?)?;
            directive.left |= width < 0;
            // The least i64 has no positive counterpart; CPython's width stays negative then.
            let width = width.checked_abs().unwrap_or(0);
            directive.width = usize::try_from(width).unwrap_or(usize::MAX);
        } else {
            let width = reader.digits(i64::MAX.unsigned_abs())?;
            directive.width = usize::try_from(width).unwrap_or(usize::MAX);
        }
        if reader.takes('.') {
            let precision = if reader.takes('*') {
                let precision: i32 = integer(arguments.next()?)?;
                precision.max(0).unsigned_abs().into()
            } else {
                reader.digits(i32::MAX.unsigned_abs().into())?
            };
            directive.precision = Some(usize::try_from(precision).unwrap_or(usize::MAX));
        }
        // C's length modifiers mean nothing, and one is read over.
        if matches!(reader.peek(), Some('h' | 'l' | 'L')) && !fault!(LengthModifierRefused) {
            reader.next();
        }
        directive.conversion = reader.next().ok_or(ExceptionClass::ValueError)?;
        if fault!(ConversionBeforeKey) {
            let known = "diuoxXeEfFgGcrsa".contains(directive.conversion);
            (if known { selected } else { Err(ExceptionClass::ValueError) })?;
        }
        if fault!(WidthIgnored) {
            directive.width = 0;
        }
        Ok((directive, reader.rest))
    }
}

/// The argument of a `*`.
fn integer<N: for<'i> TryFrom<&'i num_bigint::BigInt>>(value: &Value) -> Result<N, ExceptionClass> {
    match value {
        Value::Int(value) => N::try_from(value).map_err(|_| ExceptionClass::OverflowError),
        Value::Bool(value) => {
            N::try_from(&u8::from(*value).into()).map_err(|_| ExceptionClass::OverflowError)
        }
        _ => Err(ExceptionClass::TypeError),
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    fn takes(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The key up to the parenthesis that closes it; keys may hold balanced parentheses.
    fn key(&mut self, arguments: &Arguments<'_>) -> Result<&'t str, ExceptionClass> {
        arguments.require_mapping()?;
        let mut depth = 1_usize;
        for (index, byte) in self.rest.bytes().enumerate() {
            match byte {
                b'(' if !fault!(KeyEndsAtFirstParen) => depth += 1,
                b')' => depth -= 1,
                _ => continue,
            }
            if depth == 0 {
                let key = &self.rest[..index];
                self.rest = &self.rest[index + 1..];
                return Ok(key);
            }
        }
        Err(ExceptionClass::ValueError)
    }

    /// Decimal digits, perhaps none; a number above `most` is too big.
    fn digits(&mut self, most: u64) -> Result<u64, ExceptionClass> {
        let mut number = 0_u64;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            let grown = number.checked_mul(10).and_then(|tens| tens.checked_add(digit.into()));
            number = grown.filter(|grown| *grown <= most).ok_or(ExceptionClass::ValueError)?;
            self.next();
        }
        Ok(number)
    }
}
