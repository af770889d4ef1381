//! Points in time and days, as the house stores them.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day without a time zone, as pages state their dates.
pub type Day = jiff::civil::Date;

/// Milliseconds since 1970-01-01T00:00:00Z.
///
/// A plain number, because it is part of the store's keys (eight bytes, big-endian) and is
/// compared far more often than it is shown.
/// To people (JSON) it is written as RFC 3339, to the store as the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if out.is_human_readable() {
            out.collect_str(self)
        } else {
            out.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        if !from.is_human_readable() {
            return i64::deserialize(from).map(Timestamp);
        }
        let text = String::deserialize(from)?;
        let at: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Timestamp(at.as_millisecond()))
    }
}

impl Timestamp {
    /// This point in time, moved `by` into the future (saturating).
    pub fn after(self, by: Duration) -> Timestamp {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.0.saturating_add(millis))
    }

    /// This point in time, moved `by` into the past (saturating).
    pub fn before(self, by: Duration) -> Timestamp {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.0.saturating_sub(millis))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The day in UTC on which this point in time lies.
    pub fn day(self) -> Day {
        self.instant().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// Midnight UTC at the start of `day`.
    pub fn of_day(day: Day) -> Timestamp {
        let midnight = day.to_zoned(jiff::tz::TimeZone::UTC);
        midnight.map_or(Timestamp::default(), |at| {
            Timestamp(at.timestamp().as_millisecond())
        })
    }

    /// jiff's view of this point in time, clamped to the years jiff knows.
    pub fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl std::fmt::Display for Timestamp {
    /// RFC 3339 in UTC, to the second: `2026-11-22T16:37:00Z`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0}", self.instant())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_its_midnight_round_trip() {
        let day = jiff::civil::date(2026, 2, 28);
        assert_eq!(Timestamp::of_day(day).day(), day);
        assert_eq!(Timestamp::of_day(day).to_string(), "2026-02-28T00:00:00Z");
    }

    #[test]
    fn moving_saturates_instead_of_wrapping() {
        let end = Timestamp(i64::MAX - 1);
        assert_eq!(end.after(Duration::from_secs(9)), Timestamp(i64::MAX));
        assert_eq!(Timestamp(5).since(Timestamp(9)), Duration::ZERO);
        assert_eq!(end.to_string().len(), Timestamp(0).to_string().len());
    }
}
