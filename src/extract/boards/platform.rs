//! Which address leads to whose board: `platforms.toml`, made ready.

use std::sync::LazyLock;

use ::url::Url;
use regex::{Captures, Regex};
use serde::Deserialize;

use super::filled;
use crate::model::url;

/// Bytes of an address that leads to a board.
const LONGEST: usize = 600;

/// `platforms.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    board: Vec<Board>,
}

/// One platform.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Board {
    name: String,
    hosts: Vec<String>,
    links: Vec<String>,
    not: Vec<String>,
    page: String,
    ask: String,
    postings: Option<String>,
    /// How its answer is read; `None`: its positions have pages.
    pub(super) read: Option<Fields>,
}

/// How a board's answer is read: paths into one position.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub(super) form: Form,
    /// What begins such an answer at any address: boards may stand at a domain of the company's.
    mark: Option<String>,
    /// XML: the element around all.
    pub(super) root: Option<String>,
    /// What holds the positions; JSON without it is a list of them.
    pub(super) list: Option<String>,
    /// What is `false` of a position that is not shown.
    pub(super) unless: Option<String>,
    pub(super) title: String,
    pub(super) url: String,
    pub(super) organization: Option<String>,
    pub(super) location: Vec<String>,
    pub(super) department: String,
    pub(super) posted: Vec<String>,
    pub(super) updated: Option<String>,
    pub(super) closes: Option<String>,
    pub(super) text: Vec<String>,
    /// Whether the texts are the same in several forms.
    #[serde(default)]
    pub(super) one_text: bool,
    pub(super) next: Option<Next>,
}

/// The notation of an answer.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    Json,
    Xml,
}

/// How an answer in several pages goes on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Next {
    pub(super) parameter: String,
    pub(super) step: usize,
    pub(super) total: String,
}

/// A platform, made ready.
struct Ready {
    board: Board,
    links: Vec<Regex>,
    ask: Regex,
    postings: Option<Regex>,
}

/// What an address names: `token` and whatever else.
pub(super) type Named = Vec<(String, String)>;

static BOARDS: LazyLock<Vec<Ready>> = LazyLock::new(|| {
    let file: File =
        toml::from_str(include_str!("platforms.toml")).expect("tests read platforms.toml");
    file.board.into_iter().map(Ready::of).collect()
});

impl Ready {
    fn of(board: Board) -> Ready {
        let regex = |pattern: &String| Regex::new(pattern).expect("it is well formed");
        Ready {
            links: board.links.iter().map(regex).collect(),
            ask: asking(&board.ask),
            postings: board.postings.as_ref().map(regex),
            board,
        }
    }

    fn is_at(&self, host: &str) -> bool {
        self.board.hosts.iter().any(|own| {
            host.strip_suffix(own.as_str())
                .is_some_and(|below| below.is_empty() || below.ends_with('.'))
        })
    }
}

/// The pattern of the addresses that a template makes, whatever follows.
fn asking(template: &str) -> Regex {
    static BRACES: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\\\{(\w+)\\\}").expect("it is well formed"));
    let address = template.trim_start_matches("https://");
    let pattern = BRACES
        .replace_all(&regex::escape(address), "(?<$1>[^/?&]+)")
        .into_owned();
    Regex::new(&format!("^{pattern}(?:&|$)")).expect("it is made of escaped text")
}

/// A company's board at a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The platform's name.
    pub platform: &'static str,
    /// What the company is called there.
    pub token: String,
    /// The page that people open.
    pub page: String,
    /// What answers machines.
    pub ask: Url,
}

/// The board that an address leads to: the board's own, that of a position on it, or that of what
/// embeds it into a page.
pub fn place(address: &str) -> Option<Place> {
    let (url, subject) = subject(address)?;
    let host = url.host_str()?;
    BOARDS
        .iter()
        .filter(|ready| ready.is_at(host))
        .find_map(|ready| {
            let mut found = ready.links.iter().filter_map(|link| {
                let named = named(link, &link.captures(&subject)?);
                let token = of(&named, "token")?;
                let own = ready
                    .board
                    .not
                    .iter()
                    .any(|not| token.eq_ignore_ascii_case(not));
                (!own).then_some((token, named))
            });
            let (token, named) = found.next()?;
            let fill = |template: &str| filled(template, |name| of(&named, name));
            Some(Place {
                platform: &ready.board.name,
                token,
                page: fill(&ready.board.page)?,
                ask: url::parse(&fill(&ready.board.ask)?)?,
            })
        })
}

/// Whether `link` leads to a position of the board that answers at `ask`, where positions have
/// pages.
pub fn is_posting(ask: &Url, link: &Url) -> bool {
    let subjects = subject(ask.as_str()).zip(subject(link.as_str()));
    let Some(((_, board), (_, subject))) = subjects else {
        return false;
    };
    let Some(host) = ask.host_str() else {
        return false;
    };
    let mut boards = BOARDS.iter().filter(|ready| ready.is_at(host));
    boards.any(|ready| {
        let Some(postings) = &ready.postings else {
            return false;
        };
        let own = ready
            .ask
            .captures(&board)
            .map(|found| named(&ready.ask, &found));
        let its = postings
            .captures(&subject)
            .map(|found| named(postings, &found));
        own.is_some() && own == its
    })
}

/// The platform whose answer stands at an address, or is told by how it begins.
pub(super) fn answering(url: &Url, start: &[u8]) -> Option<(&'static Board, Named)> {
    let (_, subject) = subject(url.as_str())?;
    let host = url.host_str()?;
    let at_home = BOARDS.iter().filter(|ready| ready.is_at(host));
    let mut asked = at_home.filter_map(|ready| {
        let found = ready.ask.captures(&subject)?;
        Some((&ready.board, named(&ready.ask, &found)))
    });
    asked.next().or_else(|| {
        let start = String::from_utf8_lossy(start);
        let marked = BOARDS.iter().find(|ready| {
            let mark = ready
                .board
                .read
                .as_ref()
                .and_then(|read| read.mark.as_ref());
            mark.is_some_and(|mark| start.contains(mark.as_str()))
        });
        marked.map(|ready| (&ready.board, Named::new()))
    })
}

/// An address, and what patterns are held against.
fn subject(address: &str) -> Option<(Url, String)> {
    if address.len() > LONGEST {
        return None;
    }
    let url = Url::parse(address).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.port().is_some() {
        return None;
    }
    let mut subject = format!("{}{}", url.host_str()?, url.path());
    if let Some(query) = url.query() {
        subject.push('?');
        subject.push_str(query);
    }
    Some((url, subject))
}

fn named(pattern: &Regex, found: &Captures<'_>) -> Named {
    let names = pattern.capture_names().flatten();
    let pair = |name: &str| Some((name.to_owned(), found.name(name)?.as_str().to_owned()));
    let mut named: Named = names.filter_map(pair).collect();
    named.sort();
    named
}

/// What is named so.
pub(super) fn of(named: &Named, name: &str) -> Option<String> {
    let found = named.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests;
