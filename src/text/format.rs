//! The shapes of numbers, money, times and durations. Pure: takes the words where words are needed.

use std::time::Duration;

use super::{Lang, Text, Words};

/// Groups the digits of a whole number by thousands: `86,400`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of bytes, rounded down: `1.5 KiB`, `150 MiB`.
pub fn size(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let Some((unit, shift)) = units.into_iter().find(|(_, shift)| bytes >> shift > 0) else {
        return format!("{bytes} B");
    };
    let (whole, tenth) = (bytes >> shift, ((bytes & ((1 << shift) - 1)) * 10) >> shift);
    match tenth {
        _ if whole >= 100 => format!("{} {unit}", grouped(i64::try_from(whole).unwrap_or(i64::MAX))),
        0 => format!("{whole} {unit}"),
        tenth => format!("{whole}.{tenth} {unit}"),
    }
}

/// Shows a change with its sign: `+2,255`, `-1,200`, `0`.
pub fn signed(number: i64) -> String {
    if number > 0 { format!("+{}", grouped(number)) } else { grouped(number) }
}

/// Shows money from minor units with the sign of its currency: `¥86,400`, `$12.50`, `-¥300`.
///
/// `currency` is an ISO 4217 code; one without a known sign stands before the amount: `CHF 12.50`.
/// Whole amounts drop their `.00`.
pub fn money(minor: i64, currency: &str) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}{}", currency_sign(currency), unsigned_amount(minor, currency))
}

/// Shows a change of money with its sign: `+¥2,255`, `-¥1,200`, `¥0`.
pub fn signed_money(minor: i64, currency: &str) -> String {
    if minor > 0 { format!("+{}", money(minor, currency)) } else { money(minor, currency) }
}

/// Shows money from minor units without the currency, for columns whose head names it: `86,400`, `12.50`.
pub fn amount(minor: i64, currency: &str) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}", unsigned_amount(minor, currency))
}

/// Shows a share given in basis points (1/100 of a per cent) with at most one decimal: `72%`, `5.7%`.
pub fn percent(basis_points: i64) -> String {
    let tenths = (basis_points.unsigned_abs() + 5) / 10;
    let sign = if basis_points < 0 && tenths > 0 { "-" } else { "" };
    let whole = grouped(i64::try_from(tenths / 10).unwrap_or(i64::MAX));
    match tenths % 10 {
        0 => format!("{sign}{whole}%"),
        tenth => format!("{sign}{whole}.{tenth}%"),
    }
}

/// Shows a number given in hundredths with no more decimals than it has: `9.5`, `6.25`, `12`.
pub fn hundredths(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let whole = grouped(i64::try_from(number.unsigned_abs() / 100).unwrap_or(i64::MAX));
    match number.unsigned_abs() % 100 {
        0 => format!("{sign}{whole}"),
        rest if rest % 10 == 0 => format!("{sign}{whole}.{}", rest / 10),
        rest => format!("{sign}{whole}.{rest:02}"),
    }
}

/// Shows a duration by its largest unit, rounded down: `40 s`, `6 min`, `3 h`, `2 d`; `6分钟`, `2天`.
pub fn duration(words: &Words, length: Duration) -> String {
    let seconds = length.as_secs();
    let (text, count) = match seconds {
        0..60 => (Text("duration.seconds"), seconds),
        60..3_600 => (Text("duration.minutes"), seconds / 60),
        3_600..86_400 => (Text("duration.hours"), seconds / 3_600),
        _ => (Text("duration.days"), seconds / 86_400),
    };
    words.fill(text, &[("n", &count)])
}

/// Shows how long ago something was: `6 min ago`, `6分钟前`; less than a minute is `now`.
pub fn ago(words: &Words, length: Duration) -> String {
    relative(words, Text("duration.ago"), length)
}

/// Shows how long until something is: `in 6 min`, `6分钟后`; less than a minute is `now`.
pub fn until(words: &Words, length: Duration) -> String {
    relative(words, Text("duration.in"), length)
}

/// Shows the length of a call: `0:42`, `3:05`, `1:02:09`.
pub fn talk(length: Duration) -> String {
    let seconds = length.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Shows a minute of the day (0 to 1439, later ones wrap) as a clock: `09:05`.
pub fn clock(minute_of_day: u32) -> String {
    let minute = minute_of_day % 1_440;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Shows a day of the year by month (1 to 12) and day: `Nov 22`, `11月22日`.
pub fn month_day(words: &Words, month: u32, day: u32) -> String {
    let month = month.to_string();
    words.fill(Text("date.month_day"), &[("month", &words.name("date.month", &month)), ("day", &day)])
}

/// Names a day of the week, 0 for Monday to 6 for Sunday: `Thu`, `周四`.
pub fn weekday(words: &Words, from_monday: u32) -> &str {
    words.say(match from_monday % 7 {
        0 => Text("weekday.mon"),
        1 => Text("weekday.tue"),
        2 => Text("weekday.wed"),
        3 => Text("weekday.thu"),
        4 => Text("weekday.fri"),
        5 => Text("weekday.sat"),
        _ => Text("weekday.sun"),
    })
}

/// Shows a large number short, rounded down to two decimals: `8.02M`, `12.5k`; in Chinese `802万`, `1.25万`.
pub fn compact(words: &Words, number: i64) -> String {
    let size = number.unsigned_abs();
    let units: [(u64, &str); 2] = match words.lang() {
        Lang::En => [(1_000_000, "M"), (10_000, "k")],
        Lang::Zh => [(100_000_000, "亿"), (10_000, "万")],
    };
    let Some((from, unit)) = units.into_iter().find(|(from, _)| size >= *from) else {
        return grouped(number);
    };
    let scale = if unit == "k" { 1_000 } else { from };
    let hundredths = size % scale * 100 / scale;
    let decimals = match (hundredths / 10, hundredths % 10) {
        (0, 0) => String::new(),
        (tenth, 0) => format!(".{tenth}"),
        (tenth, hundredth) => format!(".{tenth}{hundredth}"),
    };
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}{decimals}{unit}", grouped(i64::try_from(size / scale).unwrap_or(i64::MAX)))
}

/// Decimal places of the minor unit (ISO 4217).
fn decimals(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" => 0,
        _ => 2,
    }
}

fn currency_sign(currency: &str) -> String {
    match currency {
        "CNY" | "JPY" => "¥".to_owned(),
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "HKD" => "HK$".to_owned(),
        "TWD" => "NT$".to_owned(),
        other => format!("{other} "),
    }
}

fn unsigned_amount(minor: i64, currency: &str) -> String {
    let scale = 10_u64.pow(decimals(currency));
    let size = minor.unsigned_abs();
    let whole = grouped(i64::try_from(size / scale).unwrap_or(i64::MAX));
    match size % scale {
        0 => whole,
        rest => format!("{whole}.{rest:02}"),
    }
}

fn relative(words: &Words, text: Text, length: Duration) -> String {
    if length < Duration::from_mins(1) {
        return words.say(Text("duration.now")).to_owned();
    }
    words.fill(text, &[("length", &duration(words, length))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn en() -> Words {
        Words::new(Lang::En)
    }

    fn zh() -> Words {
        Words::new(Lang::Zh)
    }

    #[test]
    fn a_size_is_short() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 KiB"),
            (1_600, "1.5 KiB"),
            (150 << 10, "150 KiB"),
            (5 << 20, "5 MiB"),
            (1_234 << 30, "1,234 GiB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (86_400, "86,400"),
            (-1_234_567, "-1,234,567"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn a_change_has_its_sign() {
        assert_eq!(signed(2_255), "+2,255");
        assert_eq!(signed(-1_200), "-1,200");
        assert_eq!(signed(0), "0");
        assert_eq!(signed_money(225_500, "CNY"), "+¥2,255");
    }

    #[test]
    fn money_drops_the_zeros_of_whole_amounts() {
        for (minor, currency, expected) in [
            (8_640_000, "CNY", "¥86,400"),
            (1_250, "USD", "$12.50"),
            (5, "CNY", "¥0.05"),
            (-30_000, "CNY", "-¥300"),
            (1_500, "JPY", "¥1,500"),
            (1_250, "CHF", "CHF 12.50"),
        ] {
            assert_eq!(money(minor, currency), expected);
        }
        assert_eq!(amount(-8_640_050, "CNY"), "-86,400.50");
    }

    #[test]
    fn a_share_has_at_most_one_decimal() {
        assert_eq!(percent(7_200), "72%");
        assert_eq!(percent(571), "5.7%");
        assert_eq!(percent(12_345), "123.5%");
        assert_eq!(percent(-4), "0%");
        assert_eq!(percent(-50), "-0.5%");
    }

    #[test]
    fn a_duration_is_short() {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        assert_eq!(duration(&en(), Duration::from_secs(40)), "40 s");
        assert_eq!(duration(&en(), minutes(6)), "6 min");
        assert_eq!(duration(&en(), minutes(60 * 48)), "2 d");
        assert_eq!(duration(&zh(), minutes(6)), "6分钟");
        assert_eq!(duration(&zh(), minutes(60 * 48)), "2天");
        assert_eq!(ago(&en(), minutes(6)), "6 min ago");
        assert_eq!(ago(&zh(), minutes(6)), "6分钟前");
        assert_eq!(until(&en(), minutes(120)), "in 2 h");
        assert_eq!(until(&zh(), minutes(120)), "2小时后");
        assert_eq!(ago(&en(), Duration::from_secs(59)), "now");
    }

    #[test]
    fn clocks_and_dates() {
        assert_eq!(clock(0), "00:00");
        assert_eq!(clock(11 * 60 + 42), "11:42");
        assert_eq!(clock(1_440), "00:00");
        assert_eq!(talk(Duration::from_secs(185)), "3:05");
        assert_eq!(talk(Duration::from_secs(3_729)), "1:02:09");
        assert_eq!(month_day(&en(), 11, 22), "Nov 22");
        assert_eq!(month_day(&zh(), 11, 22), "11月22日");
        assert_eq!(weekday(&en(), 3), "Thu");
        assert_eq!(weekday(&zh(), 6), "周日");
    }

    #[test]
    fn large_numbers_have_a_short_form() {
        assert_eq!(compact(&en(), 8_020_000), "8.02M");
        assert_eq!(compact(&zh(), 8_020_000), "802万");
        assert_eq!(compact(&en(), 12_500), "12.5k");
        assert_eq!(compact(&zh(), 12_500), "1.25万");
        assert_eq!(compact(&en(), 9_999), "9,999");
        assert_eq!(compact(&zh(), -230_000_000), "-2.3亿");
    }
}
