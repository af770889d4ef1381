//! What pages of a source come to.

use super::*;
use crate::extract;
use crate::model::page::Page;
use crate::model::source::tests::source;

const NOW: Timestamp = Timestamp(1_780_000_000_000);

fn company(domain: &str, name: &str) -> Arc<Company> {
    let mut company = Company::new(domain);
    company.name = name.to_owned();
    Arc::new(company)
}

fn task(kind: TaskKind, url: &str) -> Task {
    Task::new(&Discovery {
        url: Url::parse(url).expect("valid"),
        company: CompanyId::of_source("wire"),
        kind,
        due: NOW,
        depth: 0,
        from: None,
        at: NOW,
        updated: None,
    })
}

/// What a page of a wire at `wire.example` comes to.
fn told(kind: TaskKind, body: &str) -> Told {
    let url = "https://wire.example/list";
    let wire = source("wire", SourceKind::Wire, &[url]);
    let owner = wire.as_owner();
    let roster = Roster::new(vec![
        company("contoso.example", "Contoso"),
        company("fabrikam.example", "Fabrikam Foods"),
    ]);
    let config = Config::default();
    let reader = Reader {
        source: &wire,
        owner: &owner,
        roster: &roster,
        config: &config,
        now: NOW,
    };
    let page = Page {
        url: url.to_owned(),
        status: 200,
        headers: vec![(
            "content-type".to_owned(),
            "text/html; charset=utf-8".to_owned(),
        )],
        body: body.as_bytes().to_vec(),
        truncated: false,
        fetched: NOW,
        address: None,
    };
    reader.digest(&extract::read(&page), &task(kind, url), true)
}

fn urls(told: &Told) -> Vec<(&str, &str)> {
    let found = told.found.iter();
    found
        .map(|found| (found.url.as_str(), found.company.0.as_str()))
        .collect()
}

fn feed(items: &[(&str, &str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(title, link, text)| {
            format!(
                "<item><title>{title}</title><link>{link}</link><description>{text}</description>\
                 <pubDate>Thu, 28 May 2026 10:00:00 GMT</pubDate></item>"
            )
        })
        .collect();
    format!("<rss version='2.0'><channel><title>The Wire</title>{items}</channel></rss>")
}

#[test]
fn only_items_that_speak_of_a_listed_company_leave_anything_behind() {
    let told = told(
        TaskKind::Feed,
        &feed(&[
            (
                "Contoso raises $35M in Series B",
                "https://wire.example/1",
                "For valves.",
            ),
            (
                "Adatum raises $90M in Series C",
                "https://wire.example/2",
                "For pumps.",
            ),
            ("A contoso of sorts", "https://wire.example/3", "Nothing."),
            (
                "All is well",
                "https://www.fabrikam.example/news/4",
                "They say.",
            ),
        ]),
    );
    assert_eq!(
        urls(&told),
        [
            ("https://wire.example/1", "source:wire"),
            ("https://www.fabrikam.example/news/4", "fabrikam.example"),
        ]
    );
    assert_eq!(told.seen.entries, 4);
    let signal = &told.signals[0];
    assert_eq!(told.signals.len(), 1);
    assert_eq!(signal.company.0, "contoso.example");
    let by = &signal.evidence[0].provenance;
    assert_eq!(
        (by.source.as_deref(), by.standing),
        (Some("WIRE"), Standing::Wire)
    );
}

#[test]
fn an_item_with_its_whole_text_is_not_fetched() {
    let text = format!(
        "<p>Contoso raises $35M in Series B.</p>{}",
        "<p>More of it.</p>".repeat(40)
    );
    let feed = format!(
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><item>\
         <title>Contoso raises $35M in Series B</title><link>https://wire.example/1</link>\
         <description>In short.</description><content:encoded><![CDATA[{text}]]></content:encoded>\
         </item></channel></rss>"
    );
    let told = told(TaskKind::Feed, &feed);
    assert_eq!(urls(&told), []);
    assert_eq!(told.signals.len(), 1);
}

#[test]
fn of_a_listing_only_the_headlines_that_match_are_followed() {
    let told = told(
        TaskKind::Listing,
        "<html><body><nav><a href='/about'>About the wire and its people</a></nav>\
         <a href='/a'>Contoso opens a plant in Lyon</a> <a href='/b'>Adatum opens a plant</a>\
         <a href='/c'>Contoso</a> <a href='https://elsewhere.example/d'>Contoso closes a plant</a>\
         <a href='/e' rel='nofollow'>Contoso closes an office</a></body></html>",
    );
    assert_eq!(urls(&told), [("https://wire.example/a", "source:wire")]);
    assert_eq!(told.signals, []);
}

#[test]
fn a_news_sitemap_is_told_by_its_titles() {
    let entry = |url: &str, title: &str| {
        format!(
            "<url><loc>https://wire.example/{url}</loc><news:news><news:publication><news:name>W</news:name>\
             <news:language>en</news:language></news:publication><news:publication_date>2026-05-28</news:publication_date>\
             <news:title>{title}</news:title></news:news></url>"
        )
    };
    let told = told(
        TaskKind::Sitemap,
        &format!(
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{}{}</urlset>",
            entry("1", "Fabrikam Foods buys a mill"),
            entry("2", "The weather will be fine"),
        ),
    );
    assert_eq!(urls(&told), [("https://wire.example/1", "source:wire")]);
}

#[test]
fn an_article_is_told_of_each_company_that_has_a_part_in_it_and_leads_nowhere() {
    let told = told(
        TaskKind::Article,
        "<html><head><title>Contoso acquires Fabrikam Foods</title></head><body><article>\
         <h1>Contoso acquires Fabrikam Foods</h1><p>Contoso has acquired Fabrikam Foods for $20 million, \
         it said on Thursday. The price was paid in cash.</p><p><a href='/z'>More about Contoso today</a></p></article></body></html>",
    );
    let mut parts: Vec<(&str, Role)> = told
        .signals
        .iter()
        .map(|signal| (signal.company.0.as_str(), signal.role))
        .collect();
    parts.sort();
    assert_eq!(
        parts,
        [
            ("contoso.example", Role::Buyer),
            ("fabrikam.example", Role::Target)
        ]
    );
    assert_eq!(urls(&told), []);
}

#[test]
fn addresses_are_taken_for_what_they_look_like() {
    let kind = |url: &str| kind_of(&Url::parse(url).expect("valid"), SourceKind::Press);
    assert_eq!(kind("https://wire.example/rss/all"), TaskKind::Feed);
    assert_eq!(
        kind("https://wire.example/news-sitemap.xml"),
        TaskKind::Sitemap
    );
    assert_eq!(kind("https://wire.example/latest"), TaskKind::Listing);
}

#[test]
fn items_are_read_once_and_lists_as_their_operator_says() {
    let usual = Revisit::default();
    let own = revisit(&source("wire", SourceKind::Wire, &[]), &usual);
    assert_eq!((own.feed.as_secs(), own.article_checks), (900, 0));
    let mut patient = source("wire", SourceKind::Wire, &[]);
    patient.interval = None;
    assert_eq!(revisit(&patient, &usual).feed, usual.feed);
}

#[test]
fn a_moved_item_stays_the_sources_and_a_moved_list_stays_at_home() {
    let wire = source("wire", SourceKind::Wire, &["https://wire.example/list"]);
    let owner = wire.as_owner();
    let roster = Roster::new(vec![company("contoso.example", "Contoso")]);
    let config = Config::default();
    let reader = Reader {
        source: &wire,
        owner: &owner,
        roster: &roster,
        config: &config,
        now: NOW,
    };
    let moved = |kind, to: &str| {
        let to = Url::parse(to).expect("valid");
        let task = task(kind, "https://wire.example/list");
        reader.moved(&to, &task).map(|found| found.company.0)
    };
    let wires = Some("source:wire".to_owned());
    assert_eq!(moved(TaskKind::Article, "https://paper.example/1"), wires);
    assert_eq!(moved(TaskKind::Feed, "https://www.wire.example/rss"), wires);
    assert_eq!(moved(TaskKind::Feed, "https://parked.example/rss"), None);
    let own = Some("contoso.example".to_owned());
    assert_eq!(moved(TaskKind::Article, "https://contoso.example/1"), own);
}

#[test]
fn nobody_is_looked_for_without_a_source_or_against_their_word() {
    let mut owners: HashMap<CompanyId, Arc<Company>> = HashMap::new();
    let listed = company("contoso.example", "Contoso");
    owners.insert(listed.id.clone(), listed);
    let none = Suppressed::default();
    assert!(roster(&owners, &none).is_empty());
    let wire = source("wire", SourceKind::Wire, &["https://wire.example/"]).as_owner();
    owners.insert(wire.id.clone(), Arc::new(wire));
    assert_eq!(roster(&owners, &none).len(), 1);
    let mut suppressed = Suppressed::default();
    suppressed.add("contoso.example").expect("an entry");
    assert!(roster(&owners, &suppressed).is_empty());
}
