//! Ways to misbehave within answers that are HTTP: bodies, endless sites, robots.txt.

use foresignal::model::task::TaskKind;

use crate::crawled::Expect;
use crate::pages;
use crate::server::{Step, bare, html, page, redirect, send};
use crate::ways::{OK, Way, leads, way};

/// Bodies that cost a parser dearly, or are not what they say.
pub(crate) const BODIES: &[Way] = &[
    way("100,000 nested divs", Expect::Done, |_, _| {
        html("<div>".repeat(100_000))
    }),
    way("3,000 nested formatting elements", Expect::Done, |_, _| {
        html(format!("{}<p>x<p>y", "<b><i><font color=red>".repeat(1000)))
    }),
    leads(
        "10 million links",
        TaskKind::Listing,
        Expect::Done,
        400,
        |path, _| match path {
            "/way" => {
                let links: String = (0..1000)
                    .map(|n| format!("<a href='/news/a-{n}'>n</a>"))
                    .collect();
                vec![
                    send(OK),
                    send("\r\n"),
                    Step::Repeat(links.into_bytes(), 10_000),
                ]
            }
            _ => bare("404 Not Found"),
        },
    ),
    way("a line of 10 MB", Expect::Done, |_, _| {
        vec![
            send(OK),
            send("\r\n<p>"),
            Step::Repeat(vec![b'x'; 1 << 20], 10),
        ]
    }),
    way("a tag of 1 MB", Expect::Done, |_, _| {
        html(format!("<p {}>hi", "a=b ".repeat(250_000)))
    }),
    leads(
        "a feed in UTF-16BE",
        TaskKind::Feed,
        Expect::Done,
        4,
        |_, root| {
            let feed = pages::feed(root, "hello");
            let bytes: Vec<u8> = feed.encode_utf16().flat_map(u16::to_be_bytes).collect();
            page(
                "application/rss+xml",
                [b"\xfe\xff".to_vec(), bytes].concat(),
            )
        },
    ),
    leads(
        "a feed with an entity bomb",
        TaskKind::Feed,
        Expect::Done,
        4,
        |_, root| page("application/rss+xml", pages::laughs(root)),
    ),
    leads(
        "a feed with a bare ampersand",
        TaskKind::Feed,
        Expect::Done,
        4,
        |_, root| page("application/rss+xml", pages::feed(root, "Smith & Sons")),
    ),
    leads(
        "a sitemap index of itself",
        TaskKind::Sitemap,
        Expect::Done,
        3,
        |_, root| {
            page(
                "application/xml",
                format!(
                    "<?xml version='1.0'?><sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
             <sitemap><loc>{root}/way</loc></sitemap></sitemapindex>"
                ),
            )
        },
    ),
    leads(
        "a sitemap of 50,000 entries",
        TaskKind::Sitemap,
        Expect::Done,
        42,
        |path, root| match path {
            "/way" => {
                let entries: String = (0..50_000)
                    .map(|n| format!("<url><loc>{root}/news/a-{n}</loc></url>"))
                    .collect();
                page(
                    "application/xml",
                    format!(
                        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entries}</urlset>"
                    ),
                )
            }
            _ => bare("404 Not Found"),
        },
    ),
    way("image bytes as HTML", Expect::Done, |_, _| {
        html([&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0xc3; 5000]].concat())
    }),
    leads("JSON as HTML", TaskKind::Page, Expect::Done, 4, |_, _| {
        html(r#"{"a":["<a href='/x'>",1,null]}"#)
    }),
    way("an unknown charset", Expect::Done, |_, _| {
        page("text/html; charset=klingon", b"<p>\xff\xfe\x00hi")
    }),
    way("nothing at all", Expect::Done, |_, _| page("", "")),
];

/// Sites that go on for ever.
pub(crate) const TRAPS: &[Way] = &[
    leads(
        "session ids",
        TaskKind::Home,
        Expect::Done,
        42,
        |path, _| {
            let links: String = (0..20)
                .map(|n| {
                    format!(
                        "<a href='/about/us;s={n}{n}?sid={:x}'>about</a>",
                        path.len() * 7919 + n
                    )
                })
                .collect();
            html(links)
        },
    ),
    leads(
        "endless calendar",
        TaskKind::Listing,
        Expect::Done,
        42,
        |path, _| {
            let day = path
                .rsplit('/')
                .next()
                .and_then(|day| day.parse().ok())
                .unwrap_or(0u32);
            html(format!("<a href='/events/2026/{}'>next</a>", day + 1))
        },
    ),
    leads("soft 404", TaskKind::Home, Expect::Missing, 4, |path, _| {
        html(format!(
            "<title>Not found</title><p>Sorry, {path} is not here.</p><a href='/news{path}/x'>news</a>"
        ))
    }),
    leads(
        "endless pagination",
        TaskKind::Listing,
        Expect::Done,
        42,
        |path, _| {
            let number = path
                .rsplit('=')
                .next()
                .and_then(|n| n.parse().ok())
                .unwrap_or(1u32);
            html(format!("<a href='/news?page={}'>next</a>", number + 1))
        },
    ),
];

/// What robots.txt can be; `/way` itself is a plain page.
pub(crate) const ROBOTS: &[Way] = &[
    way(
        "robots.txt of 5 MB",
        Expect::Disallowed,
        |path, root| match path {
            "/robots.txt" => vec![
                send("HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /way\n"),
                Step::Repeat(b"Disallow: /some/where/else\n".repeat(1000), 190),
            ],
            _ => pages::plain(path, root),
        },
    ),
    way("binary robots.txt", Expect::Done, |path, root| match path {
        "/robots.txt" => page(
            "application/octet-stream",
            [0u8, 255, 10, 13, 128].repeat(999),
        ),
        _ => pages::plain(path, root),
    }),
    way(
        "HTML as robots.txt",
        Expect::Done,
        |path, root| match path {
            "/robots.txt" => html("<html><p>User-agent: nobody</p></html>"),
            _ => pages::plain(path, root),
        },
    ),
    leads(
        "slow robots.txt",
        TaskKind::Page,
        Expect::Waiting,
        6,
        |path, root| match path {
            "/robots.txt" => vec![
                send("HTTP/1.1 200 OK\r\n\r\n"),
                Step::Forever(b"#".to_vec(), 50),
            ],
            _ => pages::plain(path, root),
        },
    ),
    leads(
        "robots.txt answers 500",
        TaskKind::Page,
        Expect::Waiting,
        6,
        |path, root| match path {
            "/robots.txt" => bare("500 Oops"),
            _ => pages::plain(path, root),
        },
    ),
    leads(
        "robots.txt redirects for ever",
        TaskKind::Page,
        Expect::Done,
        10,
        |path, root| match path {
            "/way" => pages::plain(path, root),
            "/sitemap.xml" => bare("404 Not Found"),
            _ => redirect(&format!("{path}x")),
        },
    ),
    leads(
        "robots.txt is cut off",
        TaskKind::Page,
        Expect::Waiting,
        6,
        |path, root| match path {
            "/robots.txt" => vec![send(
                "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser-agent: *\n",
            )],
            _ => pages::plain(path, root),
        },
    ),
];
