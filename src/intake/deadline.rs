//! Dates as budget documents write them: `2024年12月31日前`, `12月底前完成`, `每月月底前`, and plain days in CSV files.

use crate::domain::calendar::FiscalYear;
use chrono::NaiveDate;

/// What a text says about a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// By that day, the day itself included.
    Once(NaiveDate),
    /// By the end of each month.
    Monthly,
    /// It speaks of a day that does not exist, or of a rhythm that is not kept (each quarter, the 10th of each month).
    Unclear,
}

/// Reads a deadline from a text in plain signs without spaces; none when it is no date at all.
#[must_use]
pub fn read(text: &str, year: FiscalYear) -> Option<Deadline> {
    let text = text.trim_start_matches(['=', '≤', '<']);
    let text = ["截至", "截止", "不晚于", "不迟于", "于", "在"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text);
    if let Some(rest) = text.strip_prefix('每') {
        return recurring(rest);
    }
    let (day, rest) = one_off(text, year)?;
    if rest.is_empty() || is_by_then(rest) {
        return Some(day.map_or(Deadline::Unclear, Deadline::Once));
    }
    // A date that is followed by something else, such as `2024年1月31日至3月1日`, is not one deadline.
    Some(Deadline::Unclear)
}

fn is_by_then(rest: &str) -> bool {
    let known = ["前", "之前", "以前", "内", "以内", "完成", "完工", "止"].iter().any(|word| rest.starts_with(word));
    known && !rest.contains(|sign: char| sign.is_ascii_digit())
}

/// `月月底前`, `月底前`, `月末`; of other rhythms only that they are deadlines.
fn recurring(rest: &str) -> Option<Deadline> {
    let month = rest.strip_prefix("个月").or_else(|| rest.strip_prefix('月'))?;
    let end = month.strip_prefix('月').unwrap_or(month).strip_prefix(['底', '末']);
    match end {
        Some(after) if after.is_empty() || is_by_then(after) => Some(Deadline::Monthly),
        Some(_) => Some(Deadline::Unclear),
        None => month.contains('前').then_some(Deadline::Unclear),
    }
    .or(Some(Deadline::Unclear).filter(|_| rest.contains('前') && rest.contains(['日', '号'])))
}

/// The day (none when it does not exist) and what follows it.
fn one_off(text: &str, year: FiscalYear) -> Option<(Option<NaiveDate>, &str)> {
    if let Some((day, rest)) = separated(text) {
        return Some((day, rest));
    }
    let (number, rest) = match digits(text) {
        Some((number, rest)) if rest.starts_with('年') => (Some(number), rest.strip_prefix('年')?),
        _ => (None, ["本年", "当年", "年"].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text)),
    };
    let stated = number.is_some() || rest.len() != text.len();
    let rest = if number.is_some() { rest.strip_prefix('度').unwrap_or(rest) } else { rest };
    let year = match number {
        Some(number) => FiscalYear::new(i32::try_from(number).ok()?).ok()?,
        None => year,
    };
    if let Some(rest) = rest.strip_prefix(['底', '末', '终']).filter(|_| stated) {
        return Some((Some(year.last_day()), rest));
    }
    month_and_day(rest, year)
}

fn month_and_day(text: &str, year: FiscalYear) -> Option<(Option<NaiveDate>, &str)> {
    let (month, rest) = digits(text)?;
    let rest = rest.strip_prefix("月份").or_else(|| rest.strip_prefix('月'))?;
    if let Some(rest) = rest.strip_prefix("月").unwrap_or(rest).strip_prefix(['底', '末']) {
        return Some((year.month_end(month).filter(|_| month > 0), rest));
    }
    let (day, rest) = digits(rest)?;
    let rest = rest.strip_prefix(['日', '号'])?;
    Some((NaiveDate::from_ymd_opt(year.number(), month, day), rest))
}

/// `2024-03-28`, `2024/3/28`, `2024.3.28`.
fn separated(text: &str) -> Option<(Option<NaiveDate>, &str)> {
    let (year, rest) = digits(text)?;
    let sign = rest.chars().next().filter(|sign| matches!(sign, '-' | '/' | '.') && (1900..3000).contains(&year))?;
    let (month, rest) = digits(rest.strip_prefix(sign)?)?;
    let (day, rest) = digits(rest.strip_prefix(sign)?)?;
    Some((NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day), rest))
}

fn digits(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    if number.len() > 4 { None } else { Some((number.parse().ok()?, rest)) }
}

/// Reads a day of a CSV file in plain signs: `2024-03-28`, `2024/3/28`, `2024年3月28日`; never one without a year.
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    let text: String = text.chars().filter(|sign| *sign != ' ').collect();
    let (day, rest) = separated(&text).or_else(|| {
        let (number, rest) = digits(&text)?;
        month_and_day(rest.strip_prefix('年')?, FiscalYear::new(i32::try_from(number).ok()?).ok()?)
    })?;
    day.filter(|_| rest.is_empty() && !text.contains(['底', '末']))
}

/// The last day of the month that a plan's heading names: `3月底`, `2024年3月末`, `三月底`, `一季度末`, `年底`, `3月31日`.
#[must_use]
pub fn plan_point(heading: &str, year: FiscalYear) -> Option<NaiveDate> {
    let text = heading.trim_start_matches('至').trim_start_matches("截至");
    let text = text.split('(').next().unwrap_or(text);
    if let Some(quarter) = quarter(text) {
        return year.month_end(quarter * 3);
    }
    let text = arabic_month(text);
    let (day, rest) = match digits(&text) {
        Some((month, "月")) => (year.month_end(month).filter(|_| month > 0), ""),
        _ => one_off(&text, year)?,
    };
    day.filter(|day| rest.is_empty() && year.contains(*day))
}

const NUMERALS: [&str; 12] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];

fn quarter(text: &str) -> Option<u32> {
    let (number, rest) = text.trim_start_matches('第').split_once("季度")?;
    let place = NUMERALS.iter().take(4).position(|numeral| *numeral == number);
    let place = place.and_then(|place| u32::try_from(place + 1).ok()).or_else(|| number.parse().ok())?;
    (matches!(rest, "" | "末" | "底") && (1..=4).contains(&place)).then_some(place)
}

fn arabic_month(text: &str) -> String {
    match text.split_once('月') {
        Some((numeral, rest)) => match NUMERALS.iter().position(|known| *known == numeral) {
            Some(place) => format!("{}月{rest}", place + 1),
            None => text.to_owned(),
        },
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year() -> FiscalYear {
        FiscalYear::new(2024).unwrap()
    }

    #[test]
    fn deadlines_as_documents_write_them() {
        let once = |day: &str| Some(Deadline::Once(day.parse().unwrap()));
        for (text, read_as) in [
            ("2024年12月31日前", once("2024-12-31")),
            ("2024年12月31日前完成", once("2024-12-31")),
            ("2024年12月31日之前", once("2024-12-31")),
            ("≤2024年12月31日", once("2024-12-31")),
            ("于2024年6月30日前完成竣工验收", once("2024-06-30")),
            ("2025年1月31日前", once("2025-01-31")),
            ("2024-12-31前", once("2024-12-31")),
            ("2024.6.30前", once("2024-06-30")),
            ("2024年底前", once("2024-12-31")),
            ("2024年2月底前", once("2024-02-29")),
            ("年底前", once("2024-12-31")),
            ("本年底前", once("2024-12-31")),
            ("12月底前", once("2024-12-31")),
            ("6月30日前", once("2024-06-30")),
            ("每月月底前", Some(Deadline::Monthly)),
            ("每月底前", Some(Deadline::Monthly)),
            ("每月末", Some(Deadline::Monthly)),
            ("每个月底前发放", Some(Deadline::Monthly)),
            ("2024年2月30日前", Some(Deadline::Unclear)),
            ("2024年13月底前", Some(Deadline::Unclear)),
            ("2024年1月1日至6月30日", Some(Deadline::Unclear)),
            ("每月10日前", Some(Deadline::Unclear)),
            ("有效保障权益", None),
            ("12个月", None),
            ("1年", None),
            ("2024年工作计划", None),
            ("年度工作完成", None),
        ] {
            assert_eq!(read(text, year()), read_as, "{text}");
        }
    }

    #[test]
    fn days_in_files_need_their_year() {
        let expected = NaiveDate::from_ymd_opt(2024, 3, 28);
        for text in ["2024-03-28", "2024/3/28", "2024年3月28日", "2024.03.28", "2024 年 3 月 28 日"] {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in ["", "3月28日", "2024-02-30", "2024-03-28x", "24-03-28", "2024年3月底", "28/3/2024", "20240328"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn plan_headings_name_a_months_end() {
        for (text, day) in [
            ("3月底", "2024-03-31"),
            ("12月末", "2024-12-31"),
            ("2月", "2024-02-29"),
            ("2024年9月底", "2024-09-30"),
            ("三月底", "2024-03-31"),
            ("十二月底", "2024-12-31"),
            ("第一季度", "2024-03-31"),
            ("四季度末", "2024-12-31"),
            ("年底", "2024-12-31"),
            ("6月底(累计)", "2024-06-30"),
        ] {
            assert_eq!(plan_point(text, year()), day.parse().ok(), "{text}");
        }
        for text in ["", "合计", "13月底", "0月底", "2023年3月底", "3月底前"] {
            assert_eq!(plan_point(text, year()), None, "{text}");
        }
    }
}
