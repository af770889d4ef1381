//! The compact form that a host's record keeps.

use std::io::{Read, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

use super::usage::{Dialect, Usage};
use super::{Robots, Rule};

/// The longest packed form: the store leaks values beyond 64 KB, and a record holds more than this.
pub(super) const LARGEST: usize = 48 * 1024;

/// The longest form before deflating: one that is longer was not made here.
const LARGEST_PLAIN: u64 = 8 * 1024 * 1024;

/// Forms longer than this are deflated; shorter ones hardly gain.
const DEFLATED_FROM: usize = 256;

/// How many sitemaps are kept: a host that names more names an index too.
const SITEMAPS: usize = 500;

/// How a packed form begins: with or without preferences, deflated or not. Those without were
/// written before preferences were heard; they are replaced when the file is next asked for.
const PLAIN_WITHOUT: u8 = 1;
const DEFLATED_WITHOUT: u8 = 2;
const PLAIN: u8 = 3;
const DEFLATED: u8 = 4;

#[derive(Serialize, Deserialize)]
struct Packed {
    delay_millis: Option<u64>,
    sitemaps: Vec<String>,
    /// Whether it allows, the value, the line; in the file's order.
    rules: Vec<(bool, String, u32)>,
}

/// Preferences: whether in Cloudflare's words, the value, the line.
type Preferences = Vec<(bool, String, u32)>;

impl Robots {
    /// Our group's rules and preferences, the crawl-delay and the sitemaps, at most `LARGEST` bytes; empty when
    /// there is nothing to say.
    ///
    /// A file too large even so gives up what may be given up without harm to the host: first
    /// sitemaps, then what it allows, and at last everything is forbidden.
    pub fn pack(&self) -> Vec<u8> {
        if *self == Robots::allow_all() {
            return Vec::new();
        }
        let all = Robots {
            sitemaps: self.sitemaps.iter().take(SITEMAPS).cloned().collect(),
            ..self.clone()
        };
        let rules_alone = Robots {
            sitemaps: Vec::new(),
            ..self.clone()
        };
        let mut forbidden = rules_alone.clone();
        forbidden.rules.retain(|rule| !rule.pattern.is_allow());
        [all, rules_alone, forbidden]
            .iter()
            .map(packed)
            .find(|bytes| bytes.len() <= LARGEST)
            .unwrap_or_else(|| packed(&Robots::parse(b"User-agent: *\nDisallow: /", "*")))
    }

    /// Reads what [`Robots::pack`] wrote; `None` when it is something else.
    pub fn unpack(bytes: &[u8]) -> Option<Robots> {
        let inflated;
        let plain = match bytes {
            [] => return Some(Robots::allow_all()),
            [PLAIN | PLAIN_WITHOUT, plain @ ..] => plain,
            [DEFLATED | DEFLATED_WITHOUT, deflated @ ..] => {
                let mut out = Vec::new();
                let mut reader = DeflateDecoder::new(deflated).take(LARGEST_PLAIN);
                reader.read_to_end(&mut out).ok()?;
                inflated = out;
                &inflated
            }
            _ => return None,
        };
        let (packed, rest): (Packed, _) = postcard::take_from_bytes(plain).ok()?;
        let usage: Preferences = match bytes[0] {
            PLAIN | DEFLATED => postcard::from_bytes(rest).ok()?,
            _ => Preferences::new(),
        };
        let mut robots = Robots {
            rules: Vec::new(),
            crawl_delay: packed.delay_millis.map(Duration::from_millis),
            sitemaps: packed.sitemaps,
            usage: Vec::new(),
        };
        for (signal, value, line) in &usage {
            let dialect = Dialect::signal(*signal);
            let line = usize::try_from(*line).ok()?;
            robots.usage.extend(Usage::new(dialect, value, line));
        }
        for (allow, value, line) in &packed.rules {
            robots.add(value, *allow, usize::try_from(*line).ok()?);
        }
        robots.rules.sort_by_key(|rule| rule.rank);
        Some(robots)
    }
}

fn packed(robots: &Robots) -> Vec<u8> {
    let mut rules: Vec<(bool, String, u32)> = robots.rules.iter().map(parts).collect();
    // Neighbours in the file are alike, which deflates better; a directory's index page is two
    // rules on one line and becomes two again when read.
    rules.sort_by_key(|(_, _, line)| *line);
    rules.dedup_by_key(|(_, _, line)| *line);
    let packed = Packed {
        delay_millis: robots
            .crawl_delay
            .map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)),
        sitemaps: robots.sitemaps.clone(),
        rules,
    };
    let usage: Preferences = robots.usage.iter().map(Usage::parts).collect();
    let plain = postcard::to_stdvec(&(&packed, usage));
    let plain = plain.expect("strings and numbers always serialise");
    let (mark, body) = if plain.len() < DEFLATED_FROM {
        (PLAIN, plain)
    } else {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        let deflated = encoder.write_all(&plain).and_then(|()| encoder.finish());
        (DEFLATED, deflated.expect("a vector takes every byte"))
    };
    [&[mark], body.as_slice()].concat()
}

fn parts(rule: &Rule) -> (bool, String, u32) {
    let line = u32::try_from(rule.line).unwrap_or(u32::MAX);
    (rule.pattern.is_allow(), rule.value.clone(), line)
}
