//! Notices of public contracts in the European Union: eForms (UBL `ContractNotice`,
//! `ContractAwardNotice`, `PriorInformationNotice`), and the older `TED_EXPORT`.
//!
//! Invariants: what a notice says of persons (contacts, owners, winners who are no company) is not
//! read, nor are addresses of mail; memory is bounded by [`FACTS`], whatever the notice repeats.

mod eforms;
mod export;
mod xml;

use url::Url;

use super::charset;
use crate::model::document::{DateSource, Dated, Document, Link, Reading, TenderNotice};
use crate::model::page::Page;
use crate::model::time::Day;

/// The most that is kept of anything that a notice may repeat: lots, organisations, tenders.
const FACTS: usize = 500;
/// Characters of all descriptions together.
const WORDS: usize = 20_000;

/// What both forms state.
#[derive(Debug, Default)]
struct Notice {
    titles: Vec<String>,
    descriptions: Vec<String>,
    tender: TenderNotice,
    /// The day on which it was sent.
    published: Option<Day>,
    /// The day of the journal that it stands in, which goes before.
    journal: Option<Day>,
    /// ISO 639-1.
    language: Option<String>,
    links: Vec<String>,
}

/// Reads a notice.
pub(super) fn read(page: &Page) -> Option<Reading> {
    let start = &page.body[..page.body.len().min(4096)];
    let head = charset::decode(start, page.header("content-type"));
    let is = |names: &[&str]| names.iter().any(|name| xml::opens_with(&head, name));
    let form = if is(&[
        "ContractNotice",
        "ContractAwardNotice",
        "PriorInformationNotice",
    ]) {
        eforms::read
    } else if is(&["TED_EXPORT"]) {
        export::read
    } else {
        return None;
    };
    let text = charset::decode(&page.body, page.header("content-type"));
    let notice = form(&text);
    if notice.titles.is_empty() || notice.tender.buyers.is_empty() {
        return None;
    }
    let base = Url::parse(&page.url).ok();
    let link = |stated: String| {
        let url = super::links::resolved(base.as_ref()?, &stated)?;
        Some(Link {
            url,
            ..Link::default()
        })
    };
    let mut links: Vec<Link> = Vec::new();
    for link in notice.links.iter().cloned().filter_map(link) {
        if !links.contains(&link) {
            links.push(link);
        }
    }
    Some(Reading {
        documents: vec![document(page, notice)],
        links,
        heard: super::asked::of_headers(page),
        reader: "tender",
        ..Reading::default()
    })
}

fn document(page: &Page, notice: Notice) -> Document {
    let tender = notice.tender;
    let mut lines = Vec::new();
    for (label, names) in [("Buyer", &tender.buyers), ("Winner", &tender.winners)] {
        lines.extend(names.iter().map(|name| format!("{label}: {name}")));
    }
    let named = |label: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!("{label}: {value}"))
    };
    lines.extend(named("Value", &tender.value));
    lines.extend(named("Country", &tender.country));
    lines.extend(named(
        "Deadline",
        &tender.deadline.map(|day| day.to_string()),
    ));
    if !tender.cpv.is_empty() {
        lines.push(format!("CPV: {}", tender.cpv.join(", ")));
    }
    let mut titles = notice.titles.into_iter();
    let title = titles.next().unwrap_or_default();
    let mut room = WORDS;
    for told in titles.chain(notice.descriptions) {
        let told = without_addresses(&told);
        if room < told.len() {
            break;
        }
        if told != title && !lines.contains(&told) {
            room -= told.len();
            lines.push(told);
        }
    }
    Document {
        url: page.url.clone(),
        publisher: tender.buyers.first().cloned(),
        published: notice.journal.or(notice.published).map(|day| Dated {
            day,
            source: DateSource::Structured,
        }),
        language: notice.language,
        fetched: page.fetched.day(),
        tender: Some(tender),
        complete: true,
        text: lines.join("\n"),
        title,
        ..Document::default()
    }
}

/// A text without the words that are addresses of mail.
fn without_addresses(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains('@'));
    words.collect::<Vec<_>>().join(" ")
}

/// Adds what is not there yet, up to what is kept.
fn add(all: &mut Vec<String>, new: &str) {
    if !new.is_empty() && all.len() < FACTS && !all.iter().any(|known| known == new) {
        all.push(new.to_owned());
    }
}

/// The language of a code of three letters (the Union's, ISO 639-3) or two.
fn language(code: &str) -> Option<String> {
    const LANGUAGES: &[(&str, &str)] = &[
        ("bul", "bg"),
        ("ces", "cs"),
        ("dan", "da"),
        ("deu", "de"),
        ("ell", "el"),
        ("eng", "en"),
        ("est", "et"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("gle", "ga"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("ita", "it"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("mlt", "mt"),
        ("nld", "nl"),
        ("nor", "no"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("spa", "es"),
        ("swe", "sv"),
    ];
    let code = code.to_lowercase();
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Some(code);
    }
    let known = LANGUAGES.iter().find(|(three, _)| *three == code);
    known.map(|(_, two)| (*two).to_owned())
}

/// The day that a date begins with: `2019-10-23+01:00`, `20191023`.
fn day(text: &str) -> Option<Day> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(8).collect();
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let (month, day) = (part(4, 6)?, part(6, 8)?);
    Day::new(
        part(0, 4)?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    fn page(body: &str) -> Page {
        Page {
            url: "https://tenders.example/notice/1/xml".to_owned(),
            status: 200,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            truncated: false,
            fetched: Timestamp(1_775_001_600_000),
            address: None,
        }
    }

    #[test]
    fn dates_and_languages_are_read_in_both_forms() {
        let october = Some(jiff::civil::date(2019, 10, 23));
        assert_eq!(day("2019-10-23+01:00"), october);
        assert_eq!(day("20191023 12:00"), october);
        assert_eq!(day("2019-13-23"), None);
        assert_eq!(day("soon"), None);
        assert_eq!(language("FRA").as_deref(), Some("fr"));
        assert_eq!(language("ES").as_deref(), Some("es"));
        assert_eq!(language("martian"), None);
    }

    #[test]
    fn broken_and_endless_notices_are_survived() {
        let deep = format!("<ContractNotice>{}", "<cbc:Name>".repeat(100_000));
        let many = format!(
            "<ContractNotice>{}",
            "<cac:ProcurementProject><cbc:Name>a</cbc:Name></cac:ProcurementProject>".repeat(9_000)
        );
        for body in [
            "<ContractNotice",
            "<ContractNotice></x>&;<",
            &deep,
            &many,
            "",
        ] {
            assert!(read(&page(body)).is_none());
        }
    }

    #[test]
    fn mail_addresses_are_not_read() {
        assert_eq!(
            without_addresses("write to a@b.example today"),
            "write to today"
        );
    }
}
