//! Quiet hours: when the operator wants nothing to be started. Pure: time is an argument.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::model::time::Timestamp;

/// Windows that follow one another are taken together; beyond so many, it is asked again at the
/// end of the last one.
const IN_A_ROW: usize = 16;

/// One daily window in which nothing is started.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// When it begins, on the clock of its zone.
    pub from: Time,
    /// When it ends: on the next day where that is not later than `from`.
    pub to: Time,
    /// The zone of both, by its IANA name; UTC where none is given.
    #[serde(default = "utc", deserialize_with = "zone")]
    pub zone: TimeZone,
    /// The days on which it begins; none: every day.
    #[serde(default, deserialize_with = "days")]
    pub days: Vec<Weekday>,
}

impl Quiet {
    /// When the window that `now` lies in ends; `None`: it lies in none. A clock that is put
    /// forward or back moves the window with it.
    fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let today = now.instant().to_zoned(self.zone.clone()).date();
        [today.yesterday().ok()?, today]
            .into_iter()
            .filter(|day| self.days.is_empty() || self.days.contains(&day.weekday()))
            .find_map(|day| {
                let last = match self.to > self.from {
                    true => day,
                    false => day.checked_add(1.day()).ok()?,
                };
                let from = day
                    .to_datetime(self.from)
                    .to_zoned(self.zone.clone())
                    .ok()?;
                let to = last.to_datetime(self.to).to_zoned(self.zone.clone()).ok()?;
                (millis(&from)..millis(&to))
                    .contains(&now)
                    .then_some(millis(&to))
            })
    }
}

/// When the quiet that holds at `now` ends; `None`: there is none.
pub fn until(windows: &[Quiet], now: Timestamp) -> Option<Timestamp> {
    let longest = |at| windows.iter().filter_map(|quiet| quiet.until(at)).max();
    let mut end = longest(now)?;
    for _ in 0..IN_A_ROW {
        match longest(end) {
            Some(later) => end = later,
            None => break,
        }
    }
    Some(end)
}

fn millis(at: &Zoned) -> Timestamp {
    Timestamp(at.timestamp().as_millisecond())
}

fn utc() -> TimeZone {
    TimeZone::UTC
}

fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(from)?;
    TimeZone::get(&name).map_err(|_| {
        D::Error::custom(format!(
            "{name:?} is no time zone: it is named like \"Europe/Madrid\" or \"UTC\""
        ))
    })
}

fn days<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Weekday>, D::Error> {
    let named = |name: String| match name.to_lowercase().as_str() {
        "mon" | "monday" => Ok(Weekday::Monday),
        "tue" | "tuesday" => Ok(Weekday::Tuesday),
        "wed" | "wednesday" => Ok(Weekday::Wednesday),
        "thu" | "thursday" => Ok(Weekday::Thursday),
        "fri" | "friday" => Ok(Weekday::Friday),
        "sat" | "saturday" => Ok(Weekday::Saturday),
        "sun" | "sunday" => Ok(Weekday::Sunday),
        _ => Err(D::Error::custom(format!("{name:?} is no day: say \"mon\""))),
    };
    Vec::<String>::deserialize(from)?
        .into_iter()
        .map(named)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Windows {
        quiet: Vec<Quiet>,
    }

    fn windows(text: &str) -> Vec<Quiet> {
        toml::from_str::<Windows>(&format!("quiet = [{text}]"))
            .expect("windows")
            .quiet
    }

    /// When the quiet at `now` ends, both as RFC 3339.
    fn end(text: &str, now: &str) -> Option<String> {
        let now: jiff::Timestamp = now.parse().expect("a time");
        let now = Timestamp(now.as_millisecond());
        until(&windows(text), now).map(|at| at.to_string())
    }

    #[test]
    fn a_window_may_pass_midnight_and_stands_on_its_zones_clock() {
        // In November, Madrid is an hour ahead of UTC, in July two.
        let night = "{ from = '22:00', to = '06:00', zone = 'Europe/Madrid' }";
        for (now, ends) in [
            ("2026-11-22T20:59:59Z", None),
            ("2026-11-22T21:00:00Z", Some("2026-11-23T05:00:00Z")),
            ("2026-11-23T04:59:59Z", Some("2026-11-23T05:00:00Z")),
            ("2026-11-23T05:00:00Z", None),
            ("2026-07-01T20:30:00Z", Some("2026-07-02T04:00:00Z")),
            ("2026-07-01T19:30:00Z", None),
            // The night in which the clock is put forward is an hour shorter.
            ("2026-03-28T21:30:00Z", Some("2026-03-29T04:00:00Z")),
        ] {
            assert_eq!(end(night, now).as_deref(), ends, "{now}");
        }
    }

    #[test]
    fn days_are_those_on_which_a_window_begins() {
        let friday = "{ from = '22:00', to = '06:00', days = ['fri'] }";
        // 2026-11-20 is a Friday.
        for (now, quiet) in [
            ("2026-11-20T23:00:00Z", true),
            ("2026-11-21T05:00:00Z", true),
            ("2026-11-21T23:00:00Z", false),
            ("2026-11-20T05:00:00Z", false),
        ] {
            assert_eq!(end(friday, now).is_some(), quiet, "{now}");
        }
    }

    #[test]
    fn windows_that_touch_are_one_and_quiet_for_ever_has_an_end() {
        let weekend = "{ from = '00:00', to = '00:00', days = ['Saturday', 'sun'] },
                       { from = '23:00', to = '00:00', days = ['fri'] }";
        assert_eq!(
            end(weekend, "2026-11-20T23:30:00Z").as_deref(),
            Some("2026-11-23T00:00:00Z")
        );
        assert!(end("{ from = '00:00', to = '00:00' }", "2026-11-20T23:30:00Z").is_some());
    }

    #[test]
    fn what_is_no_window_is_refused() {
        for wrong in [
            "{ from = '22:00' }",
            "{ from = '22:00', to = '25:00' }",
            "{ from = '22:00', to = '06:00', zone = 'Europe/Nowhere' }",
            "{ from = '22:00', to = '06:00', days = ['someday'] }",
            "{ from = '22:00', to = '06:00', at = 'home' }",
        ] {
            assert!(
                toml::from_str::<Windows>(&format!("quiet = [{wrong}]")).is_err(),
                "{wrong}"
            );
        }
    }
}
