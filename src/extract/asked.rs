//! What a page asks of robots and miners, in its header fields and `meta` elements: robots rules
//! (as Google documents them, the sum of the negative ones), TDM reservations (W3C TDMRep, final
//! report of 10 May 2024), Content-Usage (draft-ietf-aipref-attach) and Content-Signal.

use super::expiry;
use super::head::Head;
use crate::model::page::Page;
use crate::model::time::Timestamp;
use crate::model::usage;
use crate::model::wishes::{Heard, Wishes};

/// The token by which a page may address this crawler alone.
const TOKEN: &str = "foresignal";

/// Rules that have a value behind a colon, beside all that begin with `max-`: they look like a
/// robot that is addressed, and are none.
const VALUED: &[&str] = &["unavailable_after", "unavailable-after"];

/// Pieces between commas that a date may consist of: `Friday, Jun 25, 2010 15:00`.
const DATE_PIECES: usize = 3;

/// What the header fields of a page ask for.
pub(super) fn of_headers(page: &Page) -> Heard {
    let mut heard = Heard::default();
    for value in page.all_headers("x-robots-tag") {
        let rules = Rules::read(value, true);
        rules.tell(&mut heard, page.fetched, &format!("X-Robots-Tag: {value}"));
    }
    // A field on several lines is one list (RFC 9110 §5.3).
    for field in ["content-usage", "content-signal"] {
        let whole: Vec<&str> = page.all_headers(field).collect();
        let whole = whole.join(",");
        heard.say(usage::wishes(&whole), &format!("{field}: {whole}"));
    }
    let reservation = page.all_headers("tdm-reservation").last();
    mining(
        &mut heard,
        reservation,
        page.header("tdm-policy"),
        "header field",
    );
    heard
}

/// What the header fields and the `meta` elements of a page ask for.
pub(super) fn of(page: &Page, head: &Head<'_>) -> Heard {
    let mut heard = Heard::default();
    for name in ["robots", TOKEN] {
        for value in head.all(name) {
            let by = format!("meta {name}: {value}");
            Rules::read(value, false).tell(&mut heard, page.fetched, &by);
        }
    }
    let reservation = head.all("tdm-reservation").last();
    mining(
        &mut heard,
        reservation,
        head.all("tdm-policy").last(),
        "meta",
    );
    of_headers(page).and(heard)
}

/// A reservation is 0 or 1; any other value is a slip, and says nothing (TDMRep).
fn mining(heard: &mut Heard, reservation: Option<&str>, policy: Option<&str>, place: &str) {
    let value = reservation.map(str::trim).unwrap_or_default();
    if matches!(value, "0" | "1") {
        let offer = policy.map_or(String::new(), |url| format!(", policy {url}"));
        heard.mine(
            value == "1",
            &format!("{place} tdm-reservation: {value}{offer}"),
        );
    }
}

/// The rules of one `meta` element or field line that are addressed to us.
#[derive(Default)]
struct Rules {
    wishes: Wishes,
    until: Option<Timestamp>,
}

impl Rules {
    /// Reads `noindex, otherbot: nofollow, unavailable_after: 25 Jun 2010 15:00:00 PST`; where
    /// robots may be `addressed`, a name speaks to that robot until the next name.
    fn read(text: &str, addressed: bool) -> Rules {
        let mut rules = Rules::default();
        let mut ours = true;
        let pieces: Vec<&str> = text.split([',', ';']).map(str::trim).collect();
        let mut place = 0;
        while let Some(piece) = pieces.get(place) {
            place += 1;
            let mut rule = piece.to_ascii_lowercase();
            while let Some((name, rest)) = rule.split_once(':') {
                let name = name.trim();
                if VALUED.contains(&name) {
                    let first = rest.trim().to_owned();
                    let (at, taken) = date(&first, &pieces[place..]);
                    place += taken;
                    if ours {
                        rules.until = rules.until.into_iter().chain(at).min();
                    }
                    rule.clear();
                } else if name.starts_with("max-") || !addressed || !is_token(name) {
                    break;
                } else {
                    ours = name == TOKEN || name == "*";
                    rule = rest.trim().to_owned();
                }
            }
            if ours {
                rules.wishes = rules.wishes.and(meaning(&rule));
            }
        }
        rules
    }

    fn tell(self, heard: &mut Heard, now: Timestamp, by: &str) {
        let over = self.until.is_some_and(|until| until <= now);
        let expired = if over { Wishes::EXPIRED } else { Wishes::NONE };
        heard.say(self.wishes.and(expired), by);
        heard.until = heard.until.into_iter().chain(self.until).min();
    }
}

/// The date that begins in `first` and may go on behind commas, and how many pieces it took.
fn date(first: &str, rest: &[&str]) -> (Option<Timestamp>, usize) {
    let longest = rest.len().min(DATE_PIECES - 1);
    for taken in (0..=longest).rev() {
        let whole = [&[first], &rest[..taken]].concat().join(", ");
        if let Some(at) = expiry::read(&whole) {
            return (Some(at), taken);
        }
    }
    (None, 0)
}

/// Whether this may be a robot's name, and not the start of a time of day.
fn is_token(name: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*/".contains(&byte);
    name.bytes().all(token)
        && name
            .bytes()
            .any(|byte| byte.is_ascii_alphabetic() || byte == b'*')
}

/// A rule in lower case.
fn meaning(rule: &str) -> Wishes {
    match rule {
        "noindex" => Wishes::NOINDEX,
        "nofollow" => Wishes::NOFOLLOW,
        "none" => Wishes::NOINDEX.and(Wishes::NOFOLLOW),
        "noarchive" | "nocache" => Wishes::NOARCHIVE,
        "nosnippet" => Wishes::NOSNIPPET,
        "noai" => Wishes::NO_AI_INPUT.and(Wishes::NO_AI_TRAIN),
        // No snippet of any length is no snippet.
        rule => match rule.split_once(':') {
            Some((name, length)) if name.trim() == "max-snippet" && length.trim() == "0" => {
                Wishes::NOSNIPPET
            }
            _ => Wishes::NONE,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::dom::{Dom, parse};
    use super::*;

    /// 2026-11-22T00:00:00Z
    const NOW: Timestamp = Timestamp(1_795_305_600_000);

    fn heard(markup: &str, fields: &[(&str, &str)]) -> Heard {
        let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let page = Page {
            url: "https://northwind.example/".to_owned(),
            status: 200,
            headers: fields.iter().map(field).collect(),
            body: Vec::new(),
            truncated: false,
            fetched: NOW,
            address: None,
        };
        let html = parse(markup);
        of(&page, &Head::of(&Dom::of(&html)))
    }

    fn names(markup: &str, fields: &[(&str, &str)]) -> Vec<&'static str> {
        heard(markup, fields).wishes().names().collect()
    }

    #[test]
    fn robots_rules_are_the_sum_of_what_is_addressed_to_us() {
        let both = [("x-robots-tag", "nofollow"), ("x-robots-tag", "nosnippet")];
        assert_eq!(
            names("<meta name=Robots content='NOINDEX, noarchive'>", &both),
            ["noindex", "nofollow", "noarchive", "nosnippet"]
        );
        for (markup, expected) in [
            ("<meta name=foresignal content=noindex>", &["noindex"][..]),
            (
                "<meta name=robots content=all><meta name=foresignal content=none>",
                &["noindex", "nofollow"],
            ),
            (
                "<meta name=robots content='max-snippet: 0'>",
                &["nosnippet"],
            ),
            (
                "<meta name=robots content='max-snippet:50, x: y, noarchive'>",
                &["noarchive"],
            ),
            (
                "<meta name=robots content='noai, noimageai'>",
                &["ai-input=no", "ai-train=no"],
            ),
            ("<meta name=googlebot content=noindex>", &[]),
            ("<meta name=robots content='index, follow'>", &[]),
        ] {
            assert_eq!(names(markup, &[]), expected, "{markup}");
        }
    }

    #[test]
    fn a_field_line_may_speak_to_several_robots() {
        for (value, expected) in [
            ("foresignal: none", &["noindex", "nofollow"][..]),
            ("ForeSignal: noindex", &["noindex"]),
            ("googlebot: noindex, nofollow", &[]),
            ("noarchive, googlebot: noindex", &["noarchive"]),
            ("googlebot: noindex, foresignal: nofollow", &["nofollow"]),
            (
                "foresignal: nofollow, otherbot: noindex, none",
                &["nofollow"],
            ),
            ("max-snippet:5, noindex", &["noindex"]),
            ("max-image-preview: large; noarchive", &["noarchive"]),
            ("foresignals: noindex", &[]),
            (": noindex", &[]),
            ("", &[]),
        ] {
            assert_eq!(names("", &[("x-robots-tag", value)]), expected, "{value}");
        }
    }

    #[test]
    fn a_date_of_expiry_holds_commas_and_colons_and_splits_nothing() {
        for (value, expected, until) in [
            (
                "unavailable_after: 25 Jun 2010 15:00:00 PST",
                &["unavailable_after"][..],
                Some("2010-06-25T23:00:00Z"),
            ),
            (
                "unavailable_after: Friday, 25-Jun-10 15:00:00 GMT, noarchive",
                &["noarchive", "unavailable_after"],
                Some("2010-06-25T15:00:00Z"),
            ),
            (
                "noindex, unavailable_after: Jun 25, 2027 15:00:00 GMT, nofollow",
                &["noindex", "nofollow"],
                Some("2027-06-25T15:00:00Z"),
            ),
            (
                "unavailable_after: Fri, Jun 25, 2027, nofollow",
                &["nofollow"],
                Some("2027-06-26T00:00:00Z"),
            ),
            (
                "unavailable_after: 2026-11-21",
                &["unavailable_after"],
                Some("2026-11-22T00:00:00Z"),
            ),
            (
                "unavailable_after: 2026-11-22",
                &[],
                Some("2026-11-23T00:00:00Z"),
            ),
            (
                "foresignal: unavailable_after: 2026-11-20",
                &["unavailable_after"],
                Some("2026-11-21T00:00:00Z"),
            ),
            (
                "googlebot: unavailable_after: 2026-11-20, noindex",
                &[],
                None,
            ),
            ("unavailable_after: soon, noindex", &["noindex"], None),
            ("unavailable_after:, noindex", &["noindex"], None),
        ] {
            let heard = heard("", &[("x-robots-tag", value)]);
            assert_eq!(
                heard.wishes().names().collect::<Vec<_>>(),
                expected,
                "{value}"
            );
            assert_eq!(
                heard.until.map(|at| at.to_string()).as_deref(),
                until,
                "{value}"
            );
        }
        let earliest = heard(
            "<meta name=robots content='unavailable_after: 2027-02-01'>",
            &[("x-robots-tag", "unavailable_after: 2027-03-01")],
        );
        assert_eq!(
            earliest.until.map(|at| at.to_string()).as_deref(),
            Some("2027-02-02T00:00:00Z")
        );
    }

    #[test]
    fn a_reservation_in_the_page_goes_before_the_header_fields() {
        let meta = |value| format!("<meta name=tdm-reservation content='{value}'>");
        for (markup, field, expected) in [
            (String::new(), "1", Some(true)),
            (String::new(), "0", Some(false)),
            (String::new(), "2", None),
            (String::new(), "yes", None),
            (meta("1"), "0", Some(true)),
            (meta("0"), "1", Some(false)),
            (meta("9"), "1", Some(true)),
            (meta(""), "", None),
        ] {
            let heard = heard(&markup, &[("tdm-reservation", field)]);
            let reserved = heard.mining.map(|(reserved, _)| reserved);
            assert_eq!(reserved, expected, "{markup} {field}");
        }
        let offered = [
            ("tdm-reservation", "1"),
            ("tdm-policy", "https://x.example/p.json"),
        ];
        assert_eq!(
            heard("", &offered).by(Wishes::TDM_RESERVED),
            Some("header field tdm-reservation: 1, policy https://x.example/p.json")
        );
    }

    #[test]
    fn preferences_on_several_lines_are_one_list() {
        let fields = [
            ("content-usage", "train-ai=n"),
            ("content-usage", "search=n"),
            ("content-signal", "ai-input=no, search=yes"),
        ];
        assert_eq!(
            names("", &fields),
            ["search=no", "ai-input=no", "ai-train=no"]
        );
        assert_eq!(
            heard("", &fields).by(Wishes::NO_SEARCH),
            Some("content-usage: train-ai=n,search=n")
        );
    }
}
