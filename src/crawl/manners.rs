//! How a host is treated: as `[crawl]` says, but for what the first `[[crawl.host]]` that names it
//! says otherwise. Pure.
//!
//! Invariants: of several overrides that name a host the first counts, alone; none makes us
//! faster than the host's own Crawl-delay or Retry-After would.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::config::Config;
use super::quiet::Quiet;
use crate::model::suppress;
use crate::model::url::Host;

/// What is done about a Crawl-delay that is longer than the operator waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    /// The host is asked as seldom as the operator allows, more often than it wishes.
    Slow,
    /// The host is left alone.
    Skip,
}

/// One `[[crawl.host]]`: what is said here goes before `[crawl]`, the rest is as there.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Whom it is for.
    #[serde(rename = "match")]
    pub names: Names,
    /// As `[crawl] rest`.
    #[serde(default, with = "humantime_serde")]
    pub rest: Option<Duration>,
    /// As `[crawl] rest_factor`.
    pub rest_factor: Option<f32>,
    /// As `[crawl] rest_max`.
    #[serde(default, with = "humantime_serde")]
    pub rest_max: Option<Duration>,
    /// As `[crawl] crawl_delay_max`, which it may not shorten.
    #[serde(default, with = "humantime_serde")]
    pub crawl_delay_max: Option<Duration>,
    /// As `[crawl] crawl_delay_beyond`.
    pub crawl_delay_beyond: Option<Beyond>,
    /// As `[crawl] back_off`.
    #[serde(default, with = "humantime_serde")]
    pub back_off: Option<Duration>,
    /// As `[crawl] back_off_max`.
    #[serde(default, with = "humantime_serde")]
    pub back_off_max: Option<Duration>,
    /// As `[crawl] pages_per_host`.
    pub pages: Option<u32>,
    /// Quiet hours of this host, beside those of the whole crawl.
    #[serde(default)]
    pub quiet: Vec<Quiet>,
}

/// Which hosts are meant.
#[derive(Clone, Debug, PartialEq)]
pub enum Names {
    /// A domain and everything below it, on every port or, where it names one, on that alone.
    Below(Host),
    /// A pattern over `www.example.com:8443` in which `*` stands for anything.
    Pattern(String),
}

impl Names {
    /// The hosts of `example.com`, `example.com:8443`, `*.example.com`; `None`: it is none of
    /// these.
    pub fn read(text: &str) -> Option<Names> {
        let text = text.trim();
        if text.contains('*') {
            return Some(Names::Pattern(text.to_lowercase()));
        }
        let name = !text.is_empty() && !text.contains(['/', '@', '?', '#', ' ']);
        Host::of_domain(text).filter(|_| name).map(Names::Below)
    }

    /// Whether `host` is one of them.
    pub fn hold(&self, host: &Host) -> bool {
        match self {
            Names::Pattern(pattern) => suppress::fits(pattern, &host.readable()),
            Names::Below(domain) => {
                let (above, its_port) = split(domain.as_str());
                let (name, port) = split(host.as_str());
                let same_port = its_port.is_none() || its_port == port;
                let below = name.strip_prefix(above);
                same_port && below.is_some_and(|below| below.is_empty() || below.starts_with(','))
            }
        }
    }
}

impl std::fmt::Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Names::Below(domain) => write!(f, "{domain}"),
            Names::Pattern(pattern) => f.write_str(pattern),
        }
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Names, D::Error> {
        let text = String::deserialize(from)?;
        Names::read(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "{text:?} is no host: say \"example.com\", \"example.com:8443\" or \"*.example.com\""
            ))
        })
    }
}

/// `com,example:8443` → `com,example` and `8443`; an IPv6 literal keeps its colons.
fn split(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    }
}

/// How one host is treated.
#[derive(Clone, Debug, PartialEq)]
pub struct Manner {
    /// The override that says so; `None`: `[crawl]` alone.
    pub by: Option<Names>,
    /// Its rest between two turns, at least.
    pub rest: Duration,
    /// … and at least this many times as long as its last answer took.
    pub rest_factor: f32,
    /// … which slowness alone does not make longer than this.
    pub rest_max: Duration,
    /// The longest Crawl-delay that is waited for.
    pub crawl_delay_max: Duration,
    /// What is done about a longer one.
    pub crawl_delay_beyond: Beyond,
    /// The first back-off.
    pub back_off: Duration,
    /// The longest.
    pub back_off_max: Duration,
    /// How long after a back-off a refusal is forgotten.
    pub back_off_forget: Duration,
    /// Pages asked of it in one run.
    pub pages: u32,
    /// Its own quiet hours.
    pub quiet: Vec<Quiet>,
}

impl Manner {
    /// Whether this Crawl-delay is longer than we wait for, and the host left alone for it.
    pub fn skips(&self, crawl_delay: Option<Duration>) -> bool {
        self.crawl_delay_beyond == Beyond::Skip
            && crawl_delay.is_some_and(|delay| delay > self.crawl_delay_max)
    }
}

/// How hosts are treated, all of them.
#[derive(Clone, Debug)]
pub struct Manners {
    rest: Manner,
    named: Vec<(Names, Manner)>,
}

impl Manners {
    /// As the configuration has it.
    pub fn new(config: &Config) -> Manners {
        let general = Manner {
            by: None,
            rest: config.rest,
            rest_factor: config.rest_factor,
            rest_max: config.rest_max,
            crawl_delay_max: config.crawl_delay_max,
            crawl_delay_beyond: config.crawl_delay_beyond,
            back_off: config.back_off,
            back_off_max: config.back_off_max,
            back_off_forget: config.back_off_forget,
            pages: config.pages_per_host,
            quiet: Vec::new(),
        };
        let manner = |said: &Override| Manner {
            by: Some(said.names.clone()),
            rest: said.rest.unwrap_or(general.rest),
            rest_factor: said.rest_factor.unwrap_or(general.rest_factor),
            rest_max: said.rest_max.unwrap_or(general.rest_max),
            crawl_delay_max: said.crawl_delay_max.unwrap_or(general.crawl_delay_max),
            crawl_delay_beyond: said
                .crawl_delay_beyond
                .unwrap_or(general.crawl_delay_beyond),
            back_off: said.back_off.unwrap_or(general.back_off),
            back_off_max: said.back_off_max.unwrap_or(general.back_off_max),
            pages: said.pages.unwrap_or(general.pages),
            quiet: said.quiet.clone(),
            ..general.clone()
        };
        let named = config.host.iter();
        Manners {
            named: named
                .map(|said| (said.names.clone(), manner(said)))
                .collect(),
            rest: general,
        }
    }

    /// How `host` is treated.
    pub fn at(&self, host: &Host) -> &Manner {
        let named = self.named.iter().find(|(names, _)| names.hold(host));
        named.map_or(&self.rest, |(_, manner)| manner)
    }

    /// What is wrong with them, in words; `None`: nothing.
    pub fn trouble(&self) -> Option<String> {
        let all = std::iter::once(&self.rest).chain(self.named.iter().map(|(_, manner)| manner));
        for manner in all {
            let of = manner.by.as_ref().map_or("[crawl]".to_owned(), |names| {
                format!("[[crawl.host]] match = \"{names}\"")
            });
            if !(0.0..=1000.0).contains(&manner.rest_factor) {
                return Some(format!("{of}: rest_factor must be between 0 and 1000"));
            }
            if manner.crawl_delay_beyond == Beyond::Slow
                && manner.crawl_delay_max < self.rest.crawl_delay_max
            {
                return Some(format!(
                    "{of}: crawl_delay_max is shorter than that of [crawl]: an override does not \
                     hurry a host that asks for patience"
                ));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manners(overrides: &str) -> Manners {
        Manners::new(&toml::from_str(overrides).expect("a section"))
    }

    fn host(name: &str) -> Host {
        Host::of_domain(name).expect("a host")
    }

    #[test]
    fn a_name_is_for_itself_and_what_lies_below_it() {
        for (names, name, held) in [
            ("example.com", "example.com", true),
            ("Example.com", "www.example.com", true),
            ("example.com", "example.com:8443", true),
            ("example.com", "notexample.com", false),
            ("example.com", "example.com.evil.example", false),
            ("example.com:8443", "www.example.com:8443", true),
            ("example.com:8443", "example.com", false),
            ("example.com:8443", "example.com:9443", false),
            ("bücher.example", "www.xn--bcher-kva.example", true),
            ("127.0.1.5:8080", "127.0.1.5:8080", true),
            ("127.0.1.5", "127.0.1.55", false),
            ("[2001:db8::1]", "[2001:db8::1]:8080", true),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "example.com", false),
            ("shop*.example.*", "shop7.example.net", true),
            ("*:8080", "example.com:8080", true),
        ] {
            let names = Names::read(names).expect(names);
            assert_eq!(names.hold(&host(name)), held, "{names} {name}");
        }
        for wrong in [
            "",
            "example.com/news",
            "http://example.com",
            "a b",
            "a@b.example",
        ] {
            assert_eq!(Names::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_first_that_names_a_host_counts_alone_and_what_it_leaves_out_is_as_ever() {
        let manners = manners(
            "rest = '4s'\n[[host]]\nmatch = 'slow.example'\nrest = '1m'\npages = 7\n\
             [[host]]\nmatch = '*.example'\nrest = '1s'\nback_off = '2h'\n",
        );
        let at = |name: &str| manners.at(&host(name));
        assert_eq!(at("www.slow.example").rest, Duration::from_secs(60));
        assert_eq!(at("www.slow.example").back_off, Config::default().back_off);
        assert_eq!(at("www.slow.example").pages, 7);
        assert_eq!(at("other.example").rest, Duration::from_secs(1));
        assert_eq!(at("other.example").pages, Config::default().pages_per_host);
        assert_eq!(at("contoso.com").rest, Duration::from_secs(4));
        assert_eq!(at("contoso.com").by, None);
    }

    #[test]
    fn an_override_that_would_hurry_a_patient_host_is_refused() {
        let trouble =
            |of_host: &str| manners(&format!("[[host]]\nmatch = 'a.example'\n{of_host}")).trouble();
        assert_eq!(trouble("crawl_delay_max = '1h'"), None);
        assert!(trouble("crawl_delay_max = '1s'").is_some_and(|why| why.contains("a.example")));
        assert_eq!(
            trouble("crawl_delay_max = '1s'\ncrawl_delay_beyond = 'skip'"),
            None
        );
        assert!(trouble("rest_factor = inf").is_some());
        assert!(trouble("rest_factor = -1.0").is_some());
        assert!(manners("rest_factor = nan").trouble().is_some());
    }
}
