//! The ways to misbehave, by name, and where each one leaves its URL.

use foresignal::model::state::Failure;

use foresignal::model::task::TaskKind;

use crate::server::{Script, Step, bare, html, redirect, send};
use crate::{contents, pages};

/// Where a URL is to stand when the crawl is over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expect {
    Done,
    Moved,
    /// robots.txt could not be had, so nothing was asked.
    Waiting,
    Disallowed,
    Gone(u16),
    Refused(u16),
    Failed(Failure),
}

/// One way to misbehave: the host answers `script`, its URL `/way` ends as `expect` says, and the
/// host hears at most `most` requests.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) kind: TaskKind,
    pub(crate) scheme: &'static str,
    pub(crate) expect: Expect,
    pub(crate) most: usize,
    pub(crate) script: Script,
}

pub(crate) const fn way(name: &'static str, expect: Expect, script: Script) -> Way {
    Way {
        name,
        kind: TaskKind::Page,
        scheme: "http",
        expect,
        most: 4, // robots.txt, tdmrep.json, the sitemap that everybody has, the URL
        script,
    }
}

/// As [`way`], of a kind whose links are followed.
pub(crate) const fn leads(
    name: &'static str,
    kind: TaskKind,
    expect: Expect,
    most: usize,
    script: Script,
) -> Way {
    Way {
        name,
        kind,
        scheme: "http",
        expect,
        most,
        script,
    }
}

const BROKEN: Expect = Expect::Failed(Failure::Protocol);
const SLOW: Expect = Expect::Failed(Failure::Timeout);
const LARGE: Expect = Expect::Failed(Failure::TooLarge);
const ASTRAY: Expect = Expect::Failed(Failure::BadRedirect);
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n";

/// How a connection can break, or lie about itself.
pub(crate) const BROKEN_HTTP: &[Way] = &[
    way("dropped at once", BROKEN, |_, _| vec![]),
    way("dropped in the head", BROKEN, |_, _| {
        vec![send("HTTP/1.1 200 OK\r\nContent-")]
    }),
    way("dropped after the head", BROKEN, |_, _| {
        vec![send(OK), send("Content-Length: 100\r\n\r\n")]
    }),
    way("dropped within the body", BROKEN, |_, _| {
        vec![send(OK), send("Content-Length: 100\r\n\r\n<p>half")]
    }),
    way("more than announced", Expect::Done, |_, _| {
        vec![
            send(OK),
            send("Content-Length: 8\r\n\r\n<p>hello and much more"),
        ]
    }),
    way("two lengths", BROKEN, |_, _| {
        vec![
            send(OK),
            send("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        ]
    }),
    way("negative length", BROKEN, |_, _| {
        vec![send(OK), send("Content-Length: -5\r\n\r\nhello")]
    }),
    way("bad chunk size", BROKEN, |_, _| {
        vec![send(CHUNKED), send("zz\r\nhello\r\n0\r\n\r\n")]
    }),
    way("huge chunk size", BROKEN, |_, _| {
        vec![send(CHUNKED), send("ffffffffffffffffff\r\nhello")]
    }),
    way("missing last chunk", BROKEN, |_, _| {
        vec![send(CHUNKED), send("5\r\nhello\r\n")]
    }),
    way("invalid status line", BROKEN, |_, _| {
        vec![send("HTTP/1.1 OK fine\r\n\r\n")]
    }),
    way("another protocol", BROKEN, |_, _| {
        vec![send("220 mail.x.example ESMTP\r\n")]
    }),
    way("HTTP/0.9", BROKEN, |_, _| {
        vec![send("<html><p>no head at all</p></html>")]
    }),
    way("header flood", LARGE, |_, _| {
        let fields: String = (0..5000).map(|n| format!("X-{n}: y\r\n")).collect();
        vec![send(OK), send(fields), send("\r\n<p>hi")]
    }),
    way("a header field of 1 MB", LARGE, |_, _| {
        vec![
            send(OK),
            send("X: "),
            Step::Repeat(vec![b'y'; 1024], 1024),
            send("\r\n\r\n<p>hi"),
        ]
    }),
    way("endless header fields", LARGE, |_, _| {
        vec![send(OK), Step::Forever(b"X: y\r\n".repeat(500), 1)]
    }),
    way("NUL in a header field", BROKEN, |_, _| {
        vec![send(format!(
            "{OK}X: a\0b\r\nContent-Length: 5\r\n\r\n<p>hi"
        ))]
    }),
    leads(
        "NUL in the body",
        TaskKind::Page,
        Expect::Done,
        4,
        |path, _| match path {
            "/way" => html("<p>\0\0hi\0</p><a href='/\0'>x</a>\0"),
            _ => bare("404 Not Found"),
        },
    ),
    way("never answers", SLOW, |_, _| vec![Step::Pause(60_000)]),
    way("drips its head", SLOW, |_, _| {
        vec![send(OK), send("X: "), Step::Forever(b"y".to_vec(), 50)]
    }),
    way("drips its body", SLOW, |_, _| {
        vec![
            send(OK),
            send("Content-Length: 9999\r\n\r\n"),
            Step::Forever(b"y".to_vec(), 50),
        ]
    }),
    way("stops within the body", SLOW, |_, _| {
        vec![
            send(OK),
            send("Content-Length: 9999\r\n\r\n<p>"),
            Step::Pause(60_000),
        ]
    }),
    way("endless body", Expect::Done, |_, _| {
        vec![
            send(OK),
            send("\r\n"),
            Step::Forever(b"<p>and so on ".repeat(5000), 0),
        ]
    }),
    Way {
        scheme: "https",
        most: 4, // robots.txt without TLS, too
        ..way(
            "plain HTTP on a TLS port",
            Expect::Failed(Failure::Tls),
            |_, _| bare("400 Bad Request"),
        )
    },
    Way {
        scheme: "https",
        most: 4, // robots.txt without TLS, too
        ..way(
            "noise on a TLS port",
            Expect::Failed(Failure::Tls),
            |_, _| vec![send([0x17; 200])],
        )
    },
];

/// What stands behind a content coding.
pub(crate) const CODINGS: &[Way] = &[
    way("gzip bomb", Expect::Done, |_, _| {
        pages::coded("gzip", pages::gzip_bomb())
    }),
    way("deflate bomb", Expect::Done, |_, _| {
        pages::coded("deflate", pages::zlib_bomb())
    }),
    way("zstd bomb", Expect::Done, |_, _| {
        pages::coded("zstd", pages::zstd_bomb())
    }),
    way("brotli bomb", Expect::Done, |_, _| {
        pages::coded("br", pages::brotli_bomb())
    }),
    way("gzip in gzip", Expect::Done, |_, _| {
        pages::coded("gzip, gzip", pages::gzip(&pages::gzip_bomb()))
    }),
    way("truncated gzip", BROKEN, |_, _| {
        let whole = pages::gzip(b"<p>hello and some more");
        pages::coded("gzip", whole[..whole.len() - 12].to_vec())
    }),
    way("gzip that is none", BROKEN, |_, _| {
        pages::coded("gzip", b"<p>hello".to_vec())
    }),
    way("brotli labelled gzip", BROKEN, |_, _| {
        pages::coded("gzip", pages::brotli_bomb())
    }),
    way("unknown coding", Expect::Done, |_, _| {
        pages::coded("x-rot13", b"<c>uryyb".to_vec())
    }),
];

/// What a status can be.
pub(crate) const STATUSES: &[Way] = &[
    way("204", Expect::Done, |_, _| {
        vec![send("HTTP/1.1 204 No Content\r\n\r\n")]
    }),
    way("206", Expect::Done, |_, _| {
        vec![send(
            "HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-4/99\r\nContent-Length: 5\r\n\r\n<p>hi",
        )]
    }),
    way("100 first", Expect::Done, |path, root| {
        let mut steps = vec![send("HTTP/1.1 100 Continue\r\n\r\n")];
        steps.extend(pages::plain(path, root));
        steps
    }),
    way("100 for ever", SLOW, |_, _| {
        vec![Step::Forever(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), 20)]
    }),
    way("101", BROKEN, |_, _| {
        vec![send(
            "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        )]
    }),
    way("304 unasked", BROKEN, |_, _| {
        vec![send("HTTP/1.1 304 Not Modified\r\n\r\n")]
    }),
    way("999", Expect::Refused(999), |_, _| {
        bare("999 Request Denied")
    }),
    way("429 for a century", Expect::Refused(429), |_, _| {
        bare("429 Slow\r\nRetry-After: 99999999999999999999")
    }),
    way("503 without a word", Expect::Refused(503), |_, _| {
        bare("503 Slow")
    }),
    way("418", Expect::Gone(418), |_, _| bare("418 Teapot")),
    way("000", BROKEN, |_, _| bare("000 Nothing")),
];

/// Where a redirect can lead.
pub(crate) const REDIRECTS: &[Way] = &[
    leads(
        "redirect loop",
        TaskKind::Page,
        Expect::Moved,
        4,
        |path, _| match path {
            "/way" => redirect("/yaw"),
            _ => redirect("/way"),
        },
    ),
    way("redirect to itself", ASTRAY, |_, _| redirect("/way")),
    way("redirect without Location", ASTRAY, |_, _| {
        bare("301 Moved")
    }),
    way("redirect to a file", ASTRAY, |_, _| {
        redirect("file:///etc/passwd")
    }),
    way("redirect to a script", ASTRAY, |_, _| {
        redirect("javascript:alert(1)")
    }),
    way("redirect to a private address", ASTRAY, |_, _| {
        redirect("http://10.0.0.1/")
    }),
    way("redirect to the cloud's metadata", ASTRAY, |_, _| {
        redirect("http://169.254.169.254/latest/")
    }),
    way("redirect with a password", ASTRAY, |_, root| {
        redirect(&root.replacen("//", "//a:b@", 1))
    }),
    way("redirect to a URL of 10 KB", ASTRAY, |_, _| {
        redirect(&format!("/{}", "x".repeat(10_000)))
    }),
    way("redirect to half an address", ASTRAY, |_, _| {
        redirect("http://[::1")
    }),
    leads(
        "redirect of bytes",
        TaskKind::Page,
        Expect::Moved,
        4,
        |path, _| match path {
            "/way" => vec![send(b"HTTP/1.1 302 F\r\nLocation: /\xff\xfe\r\n\r\n")],
            _ => bare("404 Not Found"),
        },
    ),
    leads("1,000 hops", TaskKind::Page, Expect::Moved, 8, |path, _| {
        let hop: u32 = path.trim_start_matches("/hop/").parse().unwrap_or(0);
        redirect(&format!("/hop/{}", hop + 1))
    }),
];

/// Every group of ways, and whether its hosts answer robots.txt themselves; others have none.
pub(crate) const ALL: &[(bool, &[Way])] = &[
    (false, BROKEN_HTTP),
    (false, CODINGS),
    (false, STATUSES),
    (false, REDIRECTS),
    (false, contents::BODIES),
    (false, contents::TRAPS),
    (true, contents::ROBOTS),
];
