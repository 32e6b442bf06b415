//! Days and times as spreadsheets count them.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

/// Days between the two beginnings that spreadsheets count from.
const DAYS_TO_1904: f64 = 1_462.0;

/// The time of a serial number: days since the end of 1899, as Excel counts them from March 1900 on; `None` before
/// then and after 9999.
pub(in crate::intake) fn day_of_serial(serial: f64) -> Option<NaiveDateTime> {
    if !(61.0..2_958_466.0).contains(&serial) {
        return None;
    }
    // To the second: what is behind it is the rounding of a fraction.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 61 and 2,958,466 days"
    )]
    let seconds = (serial * 86_400.0).round() as u64;
    let day = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(seconds / 86_400))?;
    let of_day = u32::try_from(seconds % 86_400).ok()?;
    Some(day.and_time(NaiveTime::from_num_seconds_from_midnight_opt(of_day, 0)?))
}

/// A serial number as text in ISO 8601: a day, a day and time, or the number itself where it is neither.
pub(super) fn written(serial: f64, from_1904: bool) -> String {
    let days = if from_1904 { serial + DAYS_TO_1904 } else { serial };
    match day_of_serial(days) {
        None => number(serial),
        Some(time) if time.time() == NaiveTime::MIN => time.format("%Y-%m-%d").to_string(),
        Some(time) => time.format("%Y-%m-%dT%H:%M:%S").to_string(),
    }
}

/// A float below this is exact to the unit; what is above was rounded by the spreadsheet.
const EXACT_BELOW: f64 = 1e15;

/// A number as text: whole ones without exponent, and those that may have lost digits with one, so that whoever
/// reads a number out of it sees it.
pub(super) fn number(number: f64) -> String {
    if number.abs() >= EXACT_BELOW {
        format!("{number:E}")
    } else if number.fract() == 0.0 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_days_and_times() {
        // LibreOffice shows 46348 as 2026-11-22, 1 as 1899-12-31, 60.0 as 1900-02-28; Excel agrees from 61 on.
        assert_eq!(written(46_348.0, false), "2026-11-22");
        assert_eq!(written(46_348.395_833_333_336, false), "2026-11-22T09:30:00");
        assert_eq!(written(44_886.0, true), "2026-11-22");
        assert_eq!(written(61.0, false), "1900-03-01");
        assert_eq!(written(0.5, false), "0.5");
        assert_eq!(written(f64::NAN, false), "NaN");
        assert_eq!(written(1e300, false), "1E300");
    }

    #[test]
    fn numbers_keep_their_digits_or_show_that_they_lost_some() {
        assert_eq!(number(13_800_138_000.0), "13800138000");
        assert_eq!(number(1.38e16), "1.38E16");
        assert_eq!(number(0.25), "0.25");
        assert_eq!(number(-0.0), "-0");
    }
}
