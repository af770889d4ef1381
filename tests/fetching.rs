//! The network's edge over real sockets, on loopback alone.

#[path = "fetching/asking.rs"]
mod asking;
#[path = "quality/robots.rs"]
mod robots;
#[path = "fetching/server.rs"]
mod server;
#[path = "fetching/timeouts.rs"]
mod timeouts;

use std::io::Write;
use std::time::Duration;

use asking::{config, failure, fetch, noise, outcome, page, request};
use flate2::write::ZlibEncoder;
use foresignal::clock::Clock;
use foresignal::fetch::{Config, Fetch, FetchOutcome, FetchRequest, HttpFetcher, PRODUCT, Purpose};
use foresignal::model::state::Failure;
use foresignal::model::task::Validators;
use server::{Server, Step, encoded, gzip, send};
use url::Url;

#[tokio::test]
async fn what_a_server_still_allows_is_heard_with_every_answer() {
    for status in ["200 OK", "304 Not Modified", "404 Not Found", "429 Busy"] {
        let server = Server::saying(&format!(
            "HTTP/1.1 {status}\r\nRateLimit: \"day\";r=7;t=9\r\nContent-Length: 0\r\n\r\n"
        ))
        .await;
        let allowance = fetch(&config(), request(server.url())).await.allowance;
        let allowance = allowance.expect(status);
        assert_eq!((allowance.left, allowance.reset.as_secs()), (7, 9));
    }
    let server = Server::saying("HTTP/1.1 204 No Content\r\n\r\n").await;
    let fetched = fetch(&config(), request(server.url())).await;
    assert_eq!(fetched.allowance, None);
}

#[tokio::test]
async fn a_page_comes_with_everything_that_is_said_of_it() {
    let server = Server::saying(
        "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nX-Two: a\r\nX-Two: b\r\nX-Name: caf\u{e9}\r\n\
         Bad header : tolerated\r\nSet-Cookie: id=1\r\nContent-Length: 5\r\n\r\nhello",
    )
    .await;
    let fetched = fetch(&config(), request(server.url())).await;
    assert_eq!(fetched.address, Some(server.address.ip()));
    let FetchOutcome::Page(page) = fetched.outcome else {
        panic!("not a page: {fetched:?}")
    };
    assert_eq!(
        (page.status, page.body.as_slice(), page.truncated),
        (200, &b"hello"[..], false)
    );
    assert_eq!(page.url, server.url().as_str());
    assert_eq!(page.header("etag"), Some("\"x\""));
    assert_eq!(page.header("x-name"), Some("café"));
    assert_eq!(page.all_headers("x-two").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(page.address, fetched.address);
    assert_eq!(page.fetched.to_string(), "2015-10-21T07:28:00Z");

    let heard = &server.heard()[0];
    let agent = concat!(
        "user-agent: foresignal/",
        env!("CARGO_PKG_VERSION"),
        " (+https://x.example/bot)\r\n"
    );
    for field in [
        "get /path?q http/1.1\r\n",
        agent,
        "from: bot@x.example\r\n",
        "accept: text/html,",
        "accept-language: en,",
        "accept-encoding: zstd,gzip,deflate,br\r\n",
    ] {
        assert!(heard.contains(field), "{field} in {heard}");
    }
    assert!(
        !heard.contains("referer") && !heard.contains("if-"),
        "{heard}"
    );
}

#[tokio::test]
async fn every_request_says_who_asks_whatever_it_is_for() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    for purpose in [
        Purpose::Page,
        Purpose::Front,
        Purpose::Robots,
        Purpose::Reservation,
    ] {
        let asking = FetchRequest {
            purpose,
            ..request(server.url())
        };
        let fetched = fetch(&config(), asking).await;
        assert!(
            matches!(fetched.outcome, FetchOutcome::Page(_)),
            "{fetched:?}"
        );
        let heard = server.heard().pop().expect("it was asked");
        // The product token by which robots.txt calls us is what the User-Agent begins with.
        let agent = format!(
            "user-agent: {PRODUCT}/{} (+https://x.example/bot)\r\n",
            env!("CARGO_PKG_VERSION")
        );
        assert!(heard.contains(&agent), "{purpose:?}: {heard}");
        assert!(
            heard.contains("from: bot@x.example\r\n"),
            "{purpose:?}: {heard}"
        );
    }
    let quiet = Config {
        from: String::new(),
        ..config()
    };
    fetch(&quiet, request(server.url())).await;
    let heard = server.heard().pop().expect("it was asked");
    assert!(
        !heard.contains("from:"),
        "only where it is configured: {heard}"
    );
}

#[tokio::test]
async fn nothing_is_remembered_between_two_requests() {
    let server =
        Server::saying("HTTP/1.1 200 OK\r\nSet-Cookie: id=1\r\nContent-Length: 0\r\n\r\n").await;
    let fetcher = HttpFetcher::new(&config(), Clock::system()).expect("a client");
    for _ in 0..2 {
        let fetched = fetcher.fetch(request(server.url())).await;
        assert!(
            matches!(fetched.outcome, FetchOutcome::Page(_)),
            "{fetched:?}"
        );
    }
    assert!(!server.heard()[1].contains("cookie"));
}

#[tokio::test]
async fn what_was_heard_last_time_makes_a_request_conditional() {
    let server = Server::saying("HTTP/1.1 304 Not Modified\r\n\r\n").await;
    let mut request = request(server.url());
    request.validators = Validators {
        etag: Some("W/\"abc\"".to_owned()),
        last_modified: Some("Wed, 21 Oct 2015 07:00:00 GMT".to_owned()),
    };
    assert_eq!(
        fetch(&config(), request).await.outcome,
        FetchOutcome::NotModified
    );
    let heard = &server.heard()[0];
    assert!(heard.contains("if-none-match: w/\"abc\"\r\n"), "{heard}");
    assert!(
        heard.contains("if-modified-since: wed, 21 oct 2015 07:00:00 gmt\r\n"),
        "{heard}"
    );
}

#[tokio::test]
async fn every_content_coding_is_undone() {
    let mut zlib = ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(b"hello").expect("a vector");
    let zlib = zlib.finish().expect("a vector");
    for (coding, body) in [
        ("gzip", gzip(b"hello")),
        ("deflate", zlib),
        ("br", b"\x0b\x02\x80hello\x03".to_vec()),
        (
            "zstd",
            b"\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello".to_vec(),
        ),
        ("identity", b"hello".to_vec()),
    ] {
        assert_eq!(
            page(encoded(coding, &body)).await.body,
            b"hello",
            "{coding}"
        );
    }
}

#[tokio::test]
async fn a_body_is_cut_at_the_limit() {
    let bomb = page(encoded("gzip", &gzip(&vec![0; 64 << 20]))).await;
    assert_eq!((bomb.body.len(), bomb.truncated), (100_000, true));
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let endless = page(vec![send(head), Step::Forever(vec![b'x'; 30_000], 1)]).await;
    assert_eq!((endless.body.len(), endless.truncated), (100_000, true));
    let exact = page(vec![send(head), Step::Send(vec![b'x'; 100_000])]).await;
    assert_eq!((exact.body.len(), exact.truncated), (100_000, false));
    // More than announced: the rest is no part of the answer.
    let more = page(vec![send(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, world",
    )])
    .await;
    assert_eq!(more.body, b"hello");
}

#[tokio::test]
async fn robots_have_limits_of_their_own() {
    let head = send("HTTP/1.1 200 OK\r\n\r\n");
    let robots = |server: &Server, purpose| FetchRequest {
        purpose,
        ..request(server.url())
    };
    let long = Server::playing(vec![head.clone(), Step::Send(vec![b'#'; 5000])]).await;
    for purpose in [Purpose::Robots, Purpose::Reservation] {
        let FetchOutcome::Page(page) = fetch(&config(), robots(&long, purpose)).await.outcome
        else {
            panic!("not a page")
        };
        assert_eq!((page.body.len(), page.truncated), (1000, true));
    }
    let slow = Server::playing(vec![head, Step::Forever(vec![b'#'], 50)]).await;
    let fetched = fetch(&config(), robots(&slow, Purpose::Reservation)).await;
    assert_eq!(fetched.outcome, FetchOutcome::Failed(Failure::Timeout));
    assert!(
        fetched.took < Duration::from_millis(1200),
        "{:?}",
        fetched.took
    );
    let fetched = fetch(&config(), robots(&slow, Purpose::Robots)).await;
    assert_eq!(fetched.outcome, FetchOutcome::Failed(Failure::Timeout));
    assert!(
        fetched.took < Duration::from_millis(1200),
        "{:?}",
        fetched.took
    );
    assert_eq!(fetched.address, Some(slow.address.ip()), "it did answer");
}

#[tokio::test]
async fn who_is_too_slow_is_left() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
    for script in [
        vec![Step::Pause(5000)],
        vec![send("HTTP/1.1 200"), Step::Pause(5000)],
        vec![send(head), send("half"), Step::Pause(5000)],
        vec![send(head), Step::Forever(vec![b'x'], 50)],
        vec![Step::Forever(
            b"HTTP/1.1 200 OK\r\nX: y\r\n"[..3].to_vec(),
            5000,
        )],
    ] {
        assert_eq!(failure(script).await, Failure::Timeout);
    }
}

#[tokio::test]
async fn what_is_not_http_or_breaks_off_is_told_so() {
    let cut = gzip(&[7; 5000]);
    for (what, script) in [
        ("closed at once", vec![]),
        (
            "closed in the head",
            vec![send("HTTP/1.1 200 OK\r\nContent-")],
        ),
        (
            "half a body",
            vec![send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")],
        ),
        (
            "bad chunk size",
            vec![send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
            )],
        ),
        (
            "missing last chunk",
            vec![send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            )],
        ),
        (
            "two lengths",
            vec![send(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            )],
        ),
        (
            "another protocol",
            vec![send("220 mail.x.example ESMTP\r\n")],
        ),
        ("half a gzip", encoded("gzip", &cut[..cut.len() - 12])),
        ("no gzip", encoded("gzip", b"hello")),
    ] {
        assert_eq!(failure(script).await, Failure::Protocol, "{what}");
    }
}

#[tokio::test]
async fn noise_is_an_outcome_too() {
    for round in 0..100 {
        let start = match round % 4 {
            0 => "",
            1 => "HTTP/1.1 ",
            2 => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            _ => "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n",
        };
        let server = Server::playing(vec![send(start), Step::Send(noise(round))]).await;
        let outcome = outcome(&server).await;
        let known = matches!(
            outcome,
            FetchOutcome::Page(_) | FetchOutcome::Failed(Failure::Protocol)
        );
        assert!(known, "{start:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_flood_of_header_fields_is_left() {
    let many: String = (0..5000)
        .map(|number| format!("X-{number}: y\r\n"))
        .collect();
    let long = format!("X: {}\r\n", "y".repeat(2 << 20));
    for fields in [many, long] {
        let script = vec![send("HTTP/1.1 200 OK\r\n"), send(&fields), send("\r\n")];
        assert_eq!(failure(script).await, Failure::TooLarge);
    }
    let endless = vec![
        send("HTTP/1.1 200 OK\r\n"),
        Step::Forever(b"X: y\r\n".repeat(500), 1),
    ];
    assert_eq!(failure(endless).await, Failure::TooLarge);
}

#[tokio::test]
async fn no_connection_no_tls_no_name() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = free.local_addr().expect("bound");
    drop(free);
    let plain = Server::saying("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    // Silence is counted from the start, name and all: it must not end before the resolver does.
    let patient = Config {
        read_timeout: Duration::from_secs(2),
        total_timeout: Duration::from_secs(2),
        ..config()
    };
    for (url, expected) in [
        (format!("http://{closed}/"), Failure::Connect),
        (format!("https://{closed}/"), Failure::Connect),
        (format!("https://{}/", plain.address), Failure::Tls),
        ("http://no-such.example/".to_owned(), Failure::Dns),
    ] {
        let fetched = fetch(&patient, request(Url::parse(&url).expect("a URL"))).await;
        assert_eq!(fetched.outcome, FetchOutcome::Failed(expected), "{url}");
    }
}

#[tokio::test]
async fn statuses_and_their_fields_reach_the_outcome() {
    let refused = |status, seconds: Option<u64>| FetchOutcome::Refused {
        status,
        retry_after: seconds.map(Duration::from_secs),
    };
    let moved = |to: &str, permanent| FetchOutcome::Moved {
        to: Url::parse(to).expect("a URL"),
        permanent,
    };
    for (head, expected) in [
        ("404 Not Found", FetchOutcome::Gone(404)),
        ("410 Gone", FetchOutcome::Gone(410)),
        ("403 Forbidden", refused(403, None)),
        ("429 Slow\r\nRetry-After: 120", refused(429, Some(120))),
        (
            "429 Slow\r\nRetry-After: Wed, 21 Oct 2015 07:30:00 GMT",
            refused(429, Some(120)),
        ),
        (
            "503 Slow\r\nDate: Wed, 21 Oct 2015 07:29:00 GMT\r\nRetry-After: Wed, 21 Oct 2015 07:30:00 GMT",
            refused(503, Some(60)),
        ),
        ("500 Oops", refused(500, None)),
        (
            "301 Moved\r\nLocation: https://y.example/n#x",
            moved("https://y.example/n", true),
        ),
        (
            "302 Found\r\nLocation: https://y.example/",
            moved("https://y.example/", false),
        ),
        (
            "303 See\r\nLocation: //y.example/",
            moved("http://y.example/", false),
        ),
        (
            "307 Moved\r\nLocation: https://y.example/ü",
            moved("https://y.example/%C3%BC", false),
        ),
        (
            "308 Moved\r\nLocation: https://y.example/",
            moved("https://y.example/", true),
        ),
        ("301 Moved", FetchOutcome::Failed(Failure::BadRedirect)),
        (
            "302 Found\r\nLocation: /path?q",
            FetchOutcome::Failed(Failure::BadRedirect),
        ),
        (
            "302 Found\r\nLocation: mailto:x@y.example",
            FetchOutcome::Failed(Failure::BadRedirect),
        ),
    ] {
        let server = Server::saying(&format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n")).await;
        let mut outcome = outcome(&server).await;
        if let FetchOutcome::Refused { retry_after, .. } = &mut outcome {
            // Our clock went on a few milliseconds since its making.
            *retry_after =
                retry_after.map(|rest| Duration::from_secs_f64(rest.as_secs_f64().ceil()));
        }
        assert_eq!(outcome, expected, "{head}");
        assert_eq!(server.heard().len(), 1, "{head}: asked twice, or followed");
    }
}

#[tokio::test]
async fn loopback_is_out_of_reach_unless_allowed() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let port = server.address.port();
    let closed = Config {
        allow_loopback: false,
        extra_ports: vec![port],
        ..config()
    };
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:7f00:1]",
        "localhost",
        "localhost.",
        "0.0.0.0",
    ] {
        let url = Url::parse(&format!("http://{host}:{port}/")).expect("a URL");
        let fetched = fetch(&closed, request(url)).await;
        assert_eq!(
            fetched.outcome,
            FetchOutcome::Failed(Failure::Private),
            "{host}"
        );
    }
    assert_eq!(server.heard().len(), 0);
    let named = Url::parse(&format!("http://localhost:{port}/")).expect("a URL");
    let fetched = fetch(&config(), request(named)).await;
    assert!(
        matches!(fetched.outcome, FetchOutcome::Page(_)),
        "{fetched:?}"
    );
}

#[test]
fn robots_are_read_as_google_reads_them() {
    let data = std::env::var_os("FORESIGNAL_DATA").unwrap_or_default();
    let measured = robots::measure(data.as_ref());
    assert_eq!(measured["asked"], measured["agreed"], "{measured}");
}
