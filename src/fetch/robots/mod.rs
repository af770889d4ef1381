//! robots.txt: what a host asks of us, and how it says so (RFC 9309, read as Google reads it).
//!
//! `robotxt` decides whether a pattern matches a path; around it stand the readings that Google's
//! parser accepts and the file's own words for every verdict, so that `inspect` can say why.
//!
//! What a file says of how content may be used (`usage`) is heard beside its rules, and changes
//! none of them.
//!
//! Invariants: nothing here fails or panics, whatever the bytes; `/robots.txt` itself is always
//! allowed; a verdict costs time linear in the path for every rule; a packed form never exceeds
//! 48 KB and never allows what the file forbids.

use std::cmp::Reverse;
use std::time::Duration;

mod lines;
mod pack;
mod usage;

use crate::model::wishes::Heard;
use lines::{Key, Line};
use usage::Usage;

/// What a robots.txt says to one robot.
#[derive(Clone, Debug, PartialEq)]
pub struct Robots {
    /// Our group's rules, the one that wins first.
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
    sitemaps: Vec<String>,
    /// Our group's preferences, in the file's order.
    usage: Vec<Usage>,
}

/// One Allow or Disallow line of our group.
#[derive(Clone, Debug, PartialEq)]
struct Rule {
    pattern: robotxt::Rule,
    /// How specific it is: the longest wins, and Allow over Disallow of the same length.
    rank: (Reverse<usize>, Reverse<bool>),
    value: String,
    line: usize,
}

/// Whether a path may be asked for, and which line of the file says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may be asked for.
    pub allowed: bool,
    /// The rule that decided, as it stands in the file: `Disallow: /x`; `None` when none matched.
    pub rule: Option<String>,
    /// Its line in the file, counted from one.
    pub line: Option<usize>,
}

impl Robots {
    /// Reads a file for the robot whose product token is `agent`: the groups that name it, or, if
    /// none does, those for everyone.
    pub fn parse(body: &[u8], agent: &str) -> Robots {
        let lines = lines::read(body);
        let agent = lines::product_token(agent.as_bytes());
        let named = lines
            .iter()
            .any(|line| line.key == Key::UserAgent && names(line, agent));
        let ours = |line: &Line<'_>| {
            if named {
                names(line, agent)
            } else {
                lines::is_everyone(line.value)
            }
        };

        let mut robots = Robots::allow_all();
        // Consecutive User-agent lines head one group. Only rules end the heading: what the RFC
        // does not know (crawl-delay, sitemap) must not interfere (RFC 9309 §2.2.4).
        let (mut heading, mut applies) = (false, false);
        for line in &lines {
            match line.key {
                Key::UserAgent => {
                    applies = ours(line) || (heading && applies);
                    heading = true;
                }
                Key::Allow | Key::Disallow => {
                    heading = false;
                    if applies {
                        let allow = line.key == Key::Allow;
                        robots.add(&lines::printable(line.value), allow, line.number);
                    }
                }
                Key::CrawlDelay if applies => robots.delay(line.value),
                Key::ContentUsage | Key::ContentSignal if applies => {
                    let dialect = usage::Dialect::of(line.key);
                    let value = String::from_utf8_lossy(line.value);
                    robots
                        .usage
                        .extend(Usage::new(dialect, &value, line.number));
                }
                Key::CrawlDelay | Key::ContentUsage | Key::ContentSignal => {}
                Key::Sitemap => robots.sitemap(line.value),
            }
        }
        robots.rules.sort_by_key(|rule| rule.rank);
        robots
    }

    /// What stands where no file does: everything is allowed.
    pub fn allow_all() -> Robots {
        Robots {
            rules: Vec::new(),
            crawl_delay: None,
            sitemaps: Vec::new(),
            usage: Vec::new(),
        }
    }

    /// Whether this path, with its query, may be asked for.
    pub fn verdict(&self, path_and_query: &str) -> Verdict {
        let path = path_and_query.split('#').next().unwrap_or_default();
        let rule = match path {
            "/robots.txt" => None,
            path => {
                let slashed = format!("/{path}");
                self.rules.iter().find(|rule| rule.matches(path, &slashed))
            }
        };
        Verdict {
            allowed: rule.is_none_or(|rule| rule.pattern.is_allow()),
            rule: rule.map(Rule::text),
            line: rule.map(|rule| rule.line),
        }
    }

    /// What the file asks of those who use what lies at this path.
    pub fn wishes(&self, path_and_query: &str) -> Heard {
        usage::at(&self.usage, path_and_query)
    }

    /// Every line of the file that says how content may be used, in its order.
    pub fn preferences(&self) -> impl Iterator<Item = String> {
        self.usage.iter().map(Usage::text)
    }

    /// The rest that the host asks for between two requests; the longest where it names several.
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }

    /// The sitemaps that the file names, whoever they are for, in its order.
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }

    fn add(&mut self, value: &str, allow: bool, line: usize) {
        self.rules.extend(Rule::new(value, value, allow, line));
        // Google: who allows a directory's index page allows the directory.
        if allow
            && let Some((directory, page)) = value.rsplit_once('/')
            && page.starts_with("index.htm")
        {
            let directory = format!("{directory}/$");
            self.rules.extend(Rule::new(&directory, value, allow, line));
        }
    }

    fn delay(&mut self, value: &[u8]) {
        let seconds = std::str::from_utf8(value)
            .ok()
            .and_then(|text| text.replace(',', ".").parse().ok());
        let delay = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        self.crawl_delay = self.crawl_delay.max(delay);
    }

    fn sitemap(&mut self, value: &[u8]) {
        let text = String::from_utf8_lossy(value);
        if !text.is_empty() && !self.sitemaps.iter().any(|known| *known == text) {
            self.sitemaps.push(text.into_owned());
        }
    }
}

impl Rule {
    /// `None` when the value matches nothing: it is empty, or starts like no path.
    fn new(pattern: &str, value: &str, allow: bool, line: usize) -> Option<Rule> {
        if !pattern.starts_with(['/', '*']) {
            return None;
        }
        let key = if allow { "Allow" } else { "Disallow" };
        let alone = format!("User-agent: *\n{key}: {pattern}");
        let pattern = robotxt::Robots::parse(alone.as_bytes(), "*")
            .rules()
            .first()?
            .clone();
        // robotxt puts a slash before a leading star: it does not make a rule more specific.
        let length = pattern.pattern().len() - usize::from(!value.starts_with('/'));
        Some(Rule {
            rank: (Reverse(length), Reverse(allow)),
            pattern,
            value: value.to_owned(),
            line,
        })
    }

    /// robotxt puts a slash before a pattern's leading star, so that `*/x` would not match `/x`:
    /// such a pattern is asked about the path with a slash before it, too.
    fn matches(&self, path: &str, slashed: &str) -> bool {
        let starred = self.value.starts_with('*');
        self.pattern.is_match(if starred { slashed } else { path })
    }

    fn text(&self) -> String {
        let key = if self.pattern.is_allow() {
            "Allow"
        } else {
            "Disallow"
        };
        format!("{key}: {}", self.value)
    }
}

/// A pattern of paths with `*` and `$`, as robots.txt has them; for files that borrow them.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Rule);

impl Pattern {
    /// `None`: it starts like no path.
    pub fn new(pattern: &str) -> Option<Pattern> {
        // A remark would begin at the hash, and in a URL it could only stand encoded.
        let plain = lines::printable(pattern.as_bytes()).replace('#', "%23");
        Rule::new(&plain, &plain, false, 0).map(Pattern)
    }

    /// Whether it matches this path, with its query.
    pub fn matches(&self, path_and_query: &str) -> bool {
        self.0
            .matches(path_and_query, &format!("/{path_and_query}"))
    }
}

fn names(line: &Line<'_>, agent: &[u8]) -> bool {
    !agent.is_empty() && lines::product_token(line.value).eq_ignore_ascii_case(agent)
}

#[cfg(test)]
mod tests;
