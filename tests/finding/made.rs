//! A company's site, made from a seed: what it sells and explains, many pages; what it says, in a
//! blog, a newsroom and a careers page, in English; the newsroom in German too, where some releases
//! stand alone; the blog under Spanish addresses that state nothing of each other.

use foresignal::model::task::TaskKind;
use foresignal::model::time::Timestamp;

use super::curve::{NOW, Site};

const HOME: &str = "https://acme.example/";
const POSTS: u32 = 30;
const RELEASES: u32 = 20;
const POSITIONS: u32 = 8;
const PRODUCTS: u32 = 60;
const MANUALS: u32 = 40;
/// Entries on a page of a listing, and in a feed.
const PAGE: u32 = 10;
pub(crate) const ONLY_IN_GERMAN: u32 = 4;
const WORDS: [&str; 16] = [
    "plant", "order", "line", "team", "season", "works", "customer", "year", "valve", "pump",
    "signal", "test", "report", "engine", "winter", "market",
];

/// Words that are another text for every number.
fn text(seed: u32, count: u32) -> String {
    let mut state = u64::from(seed) + 1;
    let mut lines = Vec::new();
    for line in 0..count / 12 {
        let words: Vec<&str> = (0..12)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(u64::from(line) + 1);
                WORDS[usize::try_from(state >> 60).unwrap()]
            })
            .collect();
        lines.push(format!("<p>The {} of {seed}.</p>", words.join(" and the ")));
    }
    lines.join("\n")
}

fn day(age: u32) -> String {
    let days = i64::from(age) * 86_400_000;
    Timestamp(NOW.0 - days).day().to_string()
}

fn post(number: u32) -> String {
    format!("how-we-measured-the-pump-{number}")
}

fn release(number: u32) -> String {
    format!("acme-opens-a-plant-{number}")
}

/// A page of the site: its frame, and what it says.
fn page(language: &str, head: &str, title: &str, body: &str) -> String {
    let sold: String = (0..12)
        .map(|n| format!("<a href='/products/valve-{n}'>Valve {n}</a> "))
        .collect();
    format!(
        "<!doctype html><html lang={language}><head><title>{title} | Acme</title>{head}</head><body>\
         <nav>{sold}<a href='/docs/'>Documentation</a> <a href='/blog/'>Blog</a> \
         <a href='/press/'>Newsroom</a> <a href='/careers/'>Join our team</a> \
         <a href='/de/'>Deutsch</a> <a href='/es/'>Español</a></nav><main><h1>{title}</h1>{body}</main>\
         <footer><a href='/privacy'>Privacy</a> <a href='/terms'>Terms</a> <a href='/login'>Log in</a> \
         <a href='/imprint'>Imprint</a> <a href='/about-us'>About us</a></footer></body></html>"
    )
}

fn article(language: &str, head: &str, title: &str, age: u32, seed: u32) -> String {
    let day = day(age);
    let body = format!(
        "<article><time datetime={day}>{day}</time>{}</article>",
        text(seed, 96)
    );
    page(language, head, title, &body)
}

fn list(entries: &[(String, String)], next: Option<String>) -> String {
    let mut body: String = entries
        .iter()
        .map(|(path, title)| format!("<li><a href='{path}'>{title}</a></li>"))
        .collect();
    if let Some(next) = next {
        body.push_str(&format!("<a rel=next href='{next}'>Older posts</a>"));
    }
    body
}

fn editions(stated: &[(&str, &str)]) -> String {
    stated
        .iter()
        .map(|(language, path)| {
            format!("<link rel=alternate hreflang={language} href='{HOME}{path}'>")
        })
        .collect()
}

/// The feed of the blog's newest posts.
pub(crate) fn feed(entries: u32) -> String {
    let item = |number: u32| {
        format!(
            "<item><title>How we measured {number}</title><link>{HOME}blog/{}</link>\
             <pubDate>{}T08:00:00Z</pubDate><description>Of {number}.</description></item>",
            post(number),
            day(2 + 17 * number)
        )
    };
    let items: String = (0..entries).map(item).collect();
    format!(
        "<?xml version='1.0'?><rss version='2.0'><channel><title>Acme</title>{items}</channel></rss>"
    )
}

/// The site.
pub(crate) fn site() -> Site {
    let mut site = Site::of(HOME);
    let mut put = |path: &str, body: String| {
        site.pages.insert(format!("{HOME}{path}"), body);
    };
    let announced = "<link rel=alternate type='application/rss+xml' href='/blog/index.xml'>";
    let doors = editions(&[("x-default", ""), ("en", ""), ("de", "de/"), ("es", "es/")]);
    put(
        "",
        page(
            "en",
            &format!("{announced}{doors}"),
            "Valves and pumps",
            &text(1, 60),
        ),
    );
    put(
        "de/",
        page(
            "de",
            &doors,
            "Ventile und Pumpen",
            "<a href='/de/presse/'>Presse</a>",
        ),
    );
    put(
        "es/",
        page(
            "es",
            &doors,
            "Válvulas y bombas",
            "<a href='/es/blog/'>Blog</a>",
        ),
    );
    let plain = [
        ("about-us", "About us"),
        ("imprint", "Imprint"),
        ("privacy", "Privacy"),
        ("terms", "Terms"),
    ];
    for (seed, (path, title)) in (10..).zip(plain) {
        put(path, page("en", announced, title, &text(seed, 72)));
    }
    for number in 0..PRODUCTS {
        let body = text(1000 + number, 72);
        put(
            &format!("products/valve-{number}"),
            page("en", announced, &format!("Valve {number}"), &body),
        );
    }
    let manual = |number: u32| format!("docs/setting-up-the-interface-of-{number}");
    let manuals: Vec<(String, String)> = (0..MANUALS)
        .map(|n| (format!("/{}", manual(n)), format!("Setting up {n}")))
        .collect();
    put(
        "docs/",
        page("en", announced, "Documentation", &list(&manuals, None)),
    );
    for number in 0..MANUALS {
        put(
            &manual(number),
            page(
                "en",
                announced,
                &format!("Setting up {number}"),
                &text(2000 + number, 72),
            ),
        );
    }
    // The blog, in two trees of which neither states the other.
    for (tree, language) in [("blog", "en"), ("es/blog", "es")] {
        let posts: Vec<(String, String)> = (0..POSTS)
            .map(|n| {
                (
                    format!("/{tree}/{}", post(n)),
                    format!("How we measured {n}"),
                )
            })
            .collect();
        listing(&mut put, tree, language, announced, "Blog", &posts);
        for number in 0..POSTS {
            let shift = if language == "en" { 0 } else { 500 };
            let body = article(
                language,
                announced,
                &format!("How we measured {number}"),
                2 + 17 * number,
                3000 + shift + number,
            );
            put(&format!("{tree}/{}", post(number)), body);
        }
    }
    put("blog/index.xml", feed(PAGE));
    // The newsroom; every second release in German as well, and some in German alone.
    let english: Vec<(String, String)> = (0..RELEASES)
        .map(|n| {
            (
                format!("/press/{}", release(n)),
                format!("Acme opens plant {n}"),
            )
        })
        .collect();
    listing(&mut put, "press", "en", announced, "Newsroom", &english);
    let mut german = Vec::new();
    for number in 0..RELEASES {
        let (own, other) = (
            format!("press/{}", release(number)),
            format!("de/presse/acme-eroeffnet-werk-{number}"),
        );
        let both = editions(&[("en", &own), ("de", &other)]);
        let title = format!("Acme opens plant {number}");
        put(
            &own,
            article("en", &both, &title, 1 + 23 * number, 4000 + number),
        );
        if number % 2 == 0 {
            put(
                &other,
                article(
                    "de",
                    &both,
                    &format!("Acme eröffnet Werk {number}"),
                    1 + 23 * number,
                    5000 + number,
                ),
            );
            german.push((format!("/{other}"), format!("Acme eröffnet Werk {number}")));
        }
    }
    for number in 0..ONLY_IN_GERMAN {
        let path = format!("de/presse/acme-nur-auf-deutsch-{number}");
        put(
            &path,
            article(
                "de",
                "",
                &format!("Nur auf Deutsch {number}"),
                5 + 30 * number,
                6000 + number,
            ),
        );
        german.push((format!("/{path}"), format!("Nur auf Deutsch {number}")));
    }
    put("de/presse/", page("de", "", "Presse", &list(&german, None)));
    let open: Vec<(String, String)> = (0..POSITIONS)
        .map(|n| {
            (
                format!("/careers/engineer-in-leiden-{n}"),
                format!("Engineer {n}"),
            )
        })
        .collect();
    put(
        "careers/",
        page("en", announced, "Careers", &list(&open, None)),
    );
    for number in 0..POSITIONS {
        let body = article(
            "en",
            announced,
            &format!("Engineer {number}"),
            3 * number,
            7000 + number,
        );
        put(&format!("careers/engineer-in-leiden-{number}"), body);
    }
    let pages = site.pages.keys().filter(|url| !url.ends_with(".xml"));
    let all: Vec<String> = pages.cloned().collect();
    let entries: String = all
        .iter()
        .map(|url| format!("<url><loc>{url}</loc><lastmod>2026-06-01</lastmod></url>"))
        .collect();
    site.pages.insert(
        format!("{HOME}sitemap.xml"),
        format!("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entries}</urlset>"),
    );
    site.gold = gold();
    site.sources = [
        (TaskKind::Feed, "blog/index.xml"),
        (TaskKind::Sitemap, "sitemap.xml"),
        (TaskKind::Listing, "blog/"),
        (TaskKind::Listing, "press/"),
        (TaskKind::Listing, "de/presse/"),
        (TaskKind::Careers, "careers/"),
        (TaskKind::Page, "about-us"),
        (TaskKind::Page, "imprint"),
    ]
    .map(|(kind, path)| (kind, format!("{HOME}{path}")))
    .into();
    site
}

fn listing(
    put: &mut impl FnMut(&str, String),
    tree: &str,
    language: &str,
    head: &str,
    title: &str,
    entries: &[(String, String)],
) {
    let pages: Vec<&[(String, String)]> = entries.chunks(usize::try_from(PAGE).unwrap()).collect();
    for (number, shown) in (1..).zip(&pages) {
        let next = (number < pages.len()).then(|| format!("/{tree}/page/{}/", number + 1));
        let path = match number {
            1 => format!("{tree}/"),
            number => format!("{tree}/page/{number}/"),
        };
        put(&path, page(language, head, title, &list(shown, next)));
    }
}

/// What is said, by the addresses that say it.
fn gold() -> std::collections::HashMap<String, String> {
    let mut gold = std::collections::HashMap::new();
    for number in 0..POSTS {
        for tree in ["blog", "es/blog"] {
            gold.insert(
                format!("{HOME}{tree}/{}", post(number)),
                format!("post {number}"),
            );
        }
    }
    for number in 0..RELEASES {
        gold.insert(
            format!("{HOME}press/{}", release(number)),
            format!("release {number}"),
        );
        gold.insert(
            format!("{HOME}de/presse/acme-eroeffnet-werk-{number}"),
            format!("release {number}"),
        );
    }
    for number in 0..ONLY_IN_GERMAN {
        gold.insert(
            format!("{HOME}de/presse/acme-nur-auf-deutsch-{number}"),
            format!("German {number}"),
        );
    }
    for number in 0..POSITIONS {
        gold.insert(
            format!("{HOME}careers/engineer-in-leiden-{number}"),
            format!("position {number}"),
        );
    }
    gold
}
