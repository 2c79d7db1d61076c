//! Dates and times.

use std::hash::{Hash, Hasher};

/// A `datetime.date`, or a `datetime.datetime` with its time of day.
///
/// Two are equal as they are in Python: times with a zone by their instant.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    /// Year (1 to 9999), month and day.
    pub date: (u16, u8, u8),
    /// Of a `datetime` only.
    pub time: Option<Time>,
}

/// The time of day of a `datetime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// Hour, minute and second.
    pub clock: (u8, u8, u8),
    /// Microseconds.
    pub microsecond: u32,
    /// The minutes that its zone is ahead of UTC; `None` without a zone.
    pub zone: Option<i16>,
}

impl Timestamp {
    /// Whether it has a time and a zone; days since the year 0; microseconds since midnight in UTC.
    fn instant(&self) -> (Option<bool>, i64, i64) {
        const DAY: i64 = 86_400_000_000;
        let days = days(self.date);
        let Some(time) = self.time else {
            return (None, days, 0);
        };
        let (hour, minute, second) = time.clock;
        let minutes = i64::from(hour) * 60 + i64::from(minute) - i64::from(time.zone.unwrap_or(0));
        let micros = (minutes * 60 + i64::from(second)) * 1_000_000 + i64::from(time.microsecond);
        (Some(time.zone.is_some()), days + micros.div_euclid(DAY), micros.rem_euclid(DAY))
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.instant() == other.instant()
    }
}

impl Eq for Timestamp {}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.instant().hash(state);
    }
}

/// A number for each day, in order.
fn days((year, month, day): (u16, u8, u8)) -> i64 {
    let year = i64::from(year) - 1;
    let before: i64 = (1..month).map(|month| i64::from(month_length(year + 1, month))).sum();
    year * 365 + year / 4 - year / 100 + year / 400 + before + i64::from(day)
}

fn month_length(year: i64, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The pieces of a text that has the form of a timestamp.
struct Fields<'t> {
    date: [&'t str; 3],
    time: Option<[&'t str; 3]>,
    fraction: &'t str,
    zone: Zone<'t>,
}

enum Zone<'t> {
    None,
    Utc,
    Offset { west: bool, hours: &'t str, minutes: &'t str },
}

/// Whether a plain scalar is a timestamp: a date alone must have two digits for month and day.
pub(in super::super) fn is_implicit(text: &str) -> bool {
    fields(text).is_some_and(|fields| fields.time.is_some() || text.len() == 10)
}

/// `None`: no timestamp; `Some(None)`: there is no such date or time. One line break at the end is
/// passed over.
pub(super) fn parse(text: &str) -> Option<Option<Timestamp>> {
    fields(text.strip_suffix('\n').unwrap_or(text)).map(|fields| fields.timestamp())
}

fn fields(text: &str) -> Option<Fields<'_>> {
    let (year, rest) = digits(text, 4, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 1, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 1, 2)?;
    let mut fields = Fields { date: [year, month, day], time: None, fraction: "", zone: Zone::None };
    if rest.is_empty() {
        return Some(fields);
    }
    let blanks = rest.trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix(['T', 't']).or((blanks.len() < rest.len()).then_some(blanks))?;
    let (hour, rest) = digits(rest, 1, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    let (second, mut rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    fields.time = Some([hour, minute, second]);
    if let Some(behind) = rest.strip_prefix('.') {
        (fields.fraction, rest) = digits(behind, 0, usize::MAX)?;
    }
    if rest.is_empty() {
        return Some(fields);
    }
    let zone = rest.trim_start_matches([' ', '\t']);
    if zone == "Z" {
        fields.zone = Zone::Utc;
        return Some(fields);
    }
    let (hours, rest) = digits(zone.strip_prefix(['-', '+'])?, 1, 2)?;
    let minutes = if rest.is_empty() {
        ""
    } else {
        let (minutes, rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
        rest.is_empty().then_some(minutes)?
    };
    fields.zone = Zone::Offset { west: zone.starts_with('-'), hours, minutes };
    Some(fields)
}

/// As many digits as there are within the bounds.
fn digits(text: &str, least: usize, most: usize) -> Option<(&str, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    (length >= least).then(|| text.split_at(length))
}

impl Fields<'_> {
    fn timestamp(&self) -> Option<Timestamp> {
        let number = |text: &str| text.parse::<u16>().unwrap_or(0);
        let small = |text: &str| u8::try_from(number(text)).unwrap_or(u8::MAX);
        let [year, month, day] = self.date;
        let date = (number(year), small(month), small(day));
        let (_, month, day) = date;
        if date.0 == 0 || !(1..=12).contains(&month) || day == 0 || day > month_length(date.0.into(), month) {
            return None;
        }
        let Some([hour, minute, second]) = self.time else {
            return Some(Timestamp { date, time: None });
        };
        let clock = (small(hour), small(minute), small(second));
        let micros = &self.fraction[..self.fraction.len().min(6)];
        let microsecond = format!("{micros:0<6}").parse().unwrap_or(0);
        let zone = match self.zone {
            Zone::None => None,
            Zone::Utc => Some(0),
            Zone::Offset { west, hours, minutes } => {
                let offset = i16::from(small(hours)) * 60 + i16::from(small(minutes));
                Some(if west { -offset } else { offset })
            }
        };
        let day_long = zone.is_some_and(|zone| zone.abs() >= 24 * 60);
        if clock.0 > 23 || clock.1 > 59 || clock.2 > 59 || day_long {
            return None;
        }
        Some(Timestamp { date, time: Some(Time { clock, microsecond, zone }) })
    }
}
