//! Until when a credential opens anything, where it says so itself: a JSON web
//! token in its `exp` (RFC 7519, section 4.1.4), a shared access signature of
//! Azure in the `se` beside it (learn.microsoft.com/rest/api/storageservices,
//! "Create a service SAS").

use std::fmt;
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Confidence, Finding, checksum};

const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

/// A day of the calendar in UTC, as ISO 8601 writes it: `2023-01-20`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(String);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Day {
    /// The day before yesterday: whatever ended then has ended everywhere, and
    /// for clocks that are a little wrong, too. A clock that was never set makes
    /// nothing expire.
    pub(super) fn long_over() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = now.map_or(0, |now| now.as_secs() as i64);
        Self::of(seconds - 2 * SECONDS_OF_A_DAY)
    }

    /// The day of a moment, in seconds from 1970 on (Howard Hinnant,
    /// "chrono-compatible low-level date algorithms", `civil_from_days`).
    fn of(seconds: i64) -> Self {
        let days = seconds.div_euclid(SECONDS_OF_A_DAY) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        // The last year of four digits stands for all behind it.
        let year = (year_of_era + era * 400 + i64::from(month <= 2)).clamp(0, 9999);
        Self(format!("{year:04}-{month:02}-{day:02}"))
    }

    /// The day at the start of a date and time: `2023-01-20T19%3A57%3A46Z`.
    fn read(text: &str) -> Option<Self> {
        let day = text.get(..10)?;
        let fits = |(at, byte): (usize, u8)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        day.bytes().enumerate().all(fits).then(|| Self(day.into()))
    }
}

/// What says itself that it ended by `long_over` opens nothing any more: it is
/// only possible. `text` is the one that the finding's span lies in.
pub(super) fn doubt(finding: &mut Finding, text: &str, long_over: &Day) {
    let (text, span) = match &finding.view {
        Some((view, span)) => (view.text(), span),
        None => (text, &finding.span),
    };
    let end = of(text, span, finding.value.expose());
    if let Some(end) = end.filter(|end| end <= long_over) {
        finding.confidence = Confidence::Possible;
        finding.reason = format!("{}, but it expired on {end}", finding.reason);
    }
}

/// When the value at `span` of `text` ends, if it says so; `value` is the value
/// itself, decoded.
fn of(text: &str, span: &Range<usize>, value: &str) -> Option<Day> {
    if value.starts_with("eyJ") {
        return checksum::jwt_expiry(value).and_then(day_of);
    }
    if text.get(..span.start)?.ends_with("sig=") {
        return latest(&text[link_around(text, span)]);
    }
    // A connection string or several links may hold more than one credential.
    let is_one_link = value.matches("sig=").count() == 1
        && !value.replace("&amp;", "&").contains([';', ' ', '\n', ',']);
    is_one_link.then(|| latest(value))?
}

/// The last day that a link names as its end.
fn latest(link: &str) -> Option<Day> {
    // In HTML a `&` is `&amp;`.
    let members = link.split(['?', '&', ';']);
    let ends = members.filter_map(|member| member.strip_prefix("se="));
    // Service Bus and IoT Hub count seconds.
    ends.map(|end| Day::read(end).or_else(|| end.parse().ok().and_then(day_of)))
        .max()?
}

/// The day of a moment in seconds. Some programs write 0 for "never", or how long
/// it lasts: nothing that is still used ended before September 2001.
fn day_of(seconds: i64) -> Option<Day> {
    (seconds >= 1_000_000_000).then(|| Day::of(seconds))
}

/// The address or the query around a value.
fn link_around(text: &str, span: &Range<usize>) -> Range<usize> {
    /// Longer ones do not occur.
    const MOST: usize = 4096;
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`<>\\(){}[]|^,".contains(byte);
    let bytes = text.as_bytes();
    let first = text.ceil_char_boundary(span.start.saturating_sub(MOST));
    let last = text.floor_char_boundary(text.len().min(span.end + MOST));
    let start = bytes[first..span.start].iter().rposition(ends);
    let end = bytes[span.end..last.max(span.end)].iter().position(ends);
    start.map_or(first, |at| first + at + 1)..end.map_or(last.max(span.end), |at| span.end + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    #[test]
    fn days_are_those_of_the_calendar() {
        let day = |seconds: i64| Day::of(seconds).to_string();
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(951_868_799), "2000-02-29");
        assert_eq!(day(951_868_800), "2000-03-01");
        assert_eq!(day(1_700_000_000), "2023-11-14");
        assert_eq!(day(4_107_542_400), "2100-03-01");
        assert_eq!(day(-1), "1969-12-31");
        assert!(Day::of(i64::MAX) > Day::long_over());
        assert!(Day::of(i64::MIN) < Day::long_over());
    }

    /// The day that the signature in `text` (marked by `~~`) ends.
    fn ends(text: &str) -> Option<String> {
        let start = text.find("~~").unwrap();
        let (text, value) = (text.replace("~~", ""), "A".repeat(43));
        let text = text.replace("SIG", &value);
        of(&text, &(start..start + value.len()), &value).map(|day| day.to_string())
    }

    #[test]
    fn a_signature_ends_when_the_link_around_it_says() {
        let day = Some("2023-01-20".to_owned());
        let link = "https://a.blob.core.windows.net/c/b.tif?st=2023-01-12T1Z&se=";
        assert_eq!(
            ends(&format!("'{link}2023-01-20T19%3A57%3A46Z&sig=~~SIG%3D'")),
            day
        );
        assert_eq!(ends("?sv=2021-06-08&amp;se=2023-01-20&amp;sig=~~SIG"), day);
        assert_eq!(ends("SharedAccessSignature sig=~~SIG&se=2023-01-20"), day);
        assert_eq!(ends("x?se=2023-01-20 y?sig=~~SIG&sv=2021-06-08"), None);
        assert_eq!(ends("x?use=2023-01-20&sig=~~SIG"), None);
        assert_eq!(ends("sr=hub&sig=~~SIG&se=1674244800&skn=root"), day);
        assert_eq!(ends("x?se=tomorrow&sig=~~SIG"), None);
        assert_eq!(ends("x?se=0&sig=~~SIG"), None);
        assert_eq!(
            ends("se=2999-01-01;y?sig=~~SIG&se=2023-01-20"),
            Some("2999-01-01".to_owned())
        );
    }

    #[test]
    fn what_may_hold_more_than_a_link_has_no_end() {
        let ends = |value: &str| of(value, &(0..value.len()), value).is_some();
        assert!(ends("sv=2021-06-08&se=2023-01-20&sig=abc"));
        assert!(!ends(
            "AccountKey=abc;SharedAccessSignature=se=2023-01-20&sig=abc"
        ));
        assert!(!ends("x?se=2023-01-20&sig=abc y?sig=abc"));
    }

    #[test]
    fn a_web_token_ends_by_its_payload_alone() {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let token =
            |payload: &str| format!("{}.{}.c2ln", part(r#"{"alg":"HS256"}"#), part(payload));
        let ends = |value: &str| of(value, &(0..value.len()), value).is_some();
        let ended = token(r#"{"exp":1700000000}"#);
        assert!(ends(&ended));
        assert!(ends(&token(r#"{"exp":1700000000.5}"#)));
        assert!(!ends(&token(r#"{"exp":0}"#)));
        assert!(!ends(&token(r#"{"sub":"7"}"#)));
        assert!(!ends(&format!("{ended}; id=another")));
    }
}
