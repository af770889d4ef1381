//! The certificate of a front page's host, over real TLS on loopback: seen on the connection that
//! carries the request, believed or not, and never believed because it was seen.

#[path = "hostile/authority.rs"]
mod authority;
#[expect(dead_code, reason = "here names are resolved, and no more")]
mod names;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use authority::{Authority, key, leaf, root, showing};
use foresignal::clock::Clock;
use foresignal::fetch::{Config, Fetch, FetchOutcome, FetchRequest, Fetched, HttpFetcher, Purpose};
use foresignal::model::state::Failure;
use foresignal::model::task::Validators;
use foresignal::technographics::observed::{Certificate, Distrust};
use names::Names;
use rcgen::{CertificateParams, DnType, SanType, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::version::TLS12;
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion};
use url::Url;

const HOST: &str = "www.contoso.example";
const UNSAFE: FetchOutcome = FetchOutcome::Failed(Failure::Tls);

/// A web server with this configuration of TLS, and how many connections it had.
struct Web {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Web {
    async fn listening(config: ServerConfig) -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let connections = Arc::new(AtomicUsize::new(0));
        let (count, acceptor) = (
            Arc::clone(&connections),
            TlsAcceptor::from(Arc::new(config)),
        );
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, acceptor.clone()));
            }
        });
        Web {
            address,
            connections,
        }
    }

    fn url(&self) -> Url {
        Url::parse(&format!("https://{HOST}:{}/", self.address.port())).expect("a URL")
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor) {
    let Ok(mut stream) = acceptor.accept(stream).await else {
        return;
    };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        let mut connection = h2::server::handshake(stream).await.expect("HTTP/2");
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            let head = http::Response::builder().body(()).expect("a head");
            let mut body = respond.send_response(head, false).expect("sent");
            body.send_data("hi".into(), true).expect("sent");
        }
        return;
    }
    // Whoever wants another page over this connection has it.
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        let _ = stream.write_all(page).await;
    }
}

/// A certificate for the host that is in order, but for these changes.
fn certified(authority: &Authority, change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
    authority.server([127, 0, 0, 1].into(), |params| {
        params.subject_alt_names = [HOST, "contoso.example", "*.fabrikam.example"]
            .map(dns)
            .to_vec();
        params.not_before = date_time_ymd(2020, 1, 2);
        params.not_after = date_time_ymd(2999, 3, 4);
        change(params);
    })
}

fn dns(name: impl AsRef<str>) -> SanType {
    SanType::DnsName(name.as_ref().try_into().expect("a name"))
}

/// The same server, but that it speaks these versions and application protocols alone.
fn speaking(
    config: &ServerConfig,
    versions: &[&'static SupportedProtocolVersion],
    alpn: &[&[u8]],
) -> ServerConfig {
    let mut new = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .expect("the provider has them")
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(&config.cert_resolver));
    new.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    new
}

/// Somebody who believes this authority, and resolves the host to this machine.
async fn fetcher(authority: &Authority) -> (HttpFetcher, Names) {
    let names =
        Names::serving(&[("contoso.example", "www IN A 127.0.0.1\n@ IN A 127.0.0.1")]).await;
    let config = Config {
        connect_timeout: Duration::from_secs(8),
        allow_loopback: true,
        extra_ca: vec![authority.file()],
        dns: vec![names.address],
        ..Config::default()
    };
    let fetcher = HttpFetcher::new(&config, Clock::system()).expect("a client");
    (fetcher, names)
}

async fn front(fetcher: &HttpFetcher, web: &Web, purpose: Purpose) -> Fetched {
    let request = FetchRequest {
        url: web.url(),
        validators: Validators::default(),
        purpose,
    };
    fetcher.fetch(request).await
}

/// What comes of a front page behind this configuration.
async fn seen(authority: &Authority, config: ServerConfig) -> (FetchOutcome, Certificate) {
    let web = Web::listening(config).await;
    let (fetcher, _names) = fetcher(authority).await;
    let fetched = front(&fetcher, &web, Purpose::Front).await;
    let certificate = fetched.certificate.expect("a certificate was shown");
    assert_eq!(certificate.url, web.url().as_str());
    assert_eq!(web.connections.load(Ordering::SeqCst), 1, "one connection");
    (fetched.outcome, certificate)
}

#[tokio::test]
async fn a_certificate_in_order_comes_with_its_page() {
    let authority = Authority::new();
    let (outcome, certificate) = seen(&authority, certified(&authority, |_| {})).await;
    let FetchOutcome::Page(page) = outcome else {
        panic!("not a page: {outcome:?}")
    };
    assert_eq!(page.body, b"hi");
    assert_eq!(certificate.issuer, "CN=Believed");
    assert_eq!(
        certificate.names,
        [HOST, "contoso.example", "*.fabrikam.example"]
    );
    assert_eq!(certificate.not_before.to_string(), "2020-01-02T00:00:00Z");
    assert_eq!(certificate.not_after.to_string(), "2999-03-04T00:00:00Z");
    assert_eq!(certificate.distrust, None);
    assert_eq!(certificate.protocol, "TLSv1.3");
    assert_eq!(certificate.alpn, None);
}

#[tokio::test]
async fn what_is_not_believed_is_recorded_and_not_accepted() {
    let authority = Authority::new();
    let own = leaf([127, 0, 0, 1].into()).self_signed(&authority.key);
    let (_, stranger) = root("Believed");
    let (mut itself, itself_key) = (authority::above("Itself"), key());
    itself.subject_alt_names = vec![dns(HOST)];
    let itself = itself.self_signed(&itself_key).expect("signed");
    let mut params = leaf([127, 0, 0, 1].into());
    params.subject_alt_names = vec![dns(HOST)];
    let strange = params.signed_by(&authority.key, &stranger).expect("signed");
    let another = params.signed_by(&authority.key, &authority.signer);
    let another = another.expect("signed").der().clone();
    let cases = [
        (
            "expired",
            certified(&authority, |p| p.not_after = date_time_ymd(2021, 1, 1)),
            Distrust::Expired,
        ),
        (
            "not yet",
            certified(&authority, |p| p.not_before = date_time_ymd(2998, 1, 1)),
            Distrust::NotYet,
        ),
        (
            "wrong name",
            certified(&authority, |p| {
                p.subject_alt_names = vec![dns("www.other.example")];
            }),
            Distrust::WrongName,
        ),
        (
            "self-signed",
            authority.showing(vec![own.expect("signed").der().clone()]),
            Distrust::Untrusted,
        ),
        (
            "an authority that signs for itself",
            showing(vec![itself.der().clone()], &itself_key),
            Distrust::Untrusted,
        ),
        (
            "a stranger's",
            authority.showing(vec![strange.der().clone()]),
            Distrust::Untrusted,
        ),
        (
            "another's",
            showing(vec![another], &key()),
            Distrust::Broken,
        ),
    ];
    for (name, config, distrust) in cases {
        for (versions, protocol) in [
            (tokio_rustls::rustls::ALL_VERSIONS, "TLSv1.3"),
            (&[&TLS12][..], "TLSv1.2"),
        ] {
            let config = speaking(&config, versions, &[b"http/1.1"]);
            let (outcome, certificate) = seen(&authority, config).await;
            assert_eq!(outcome, UNSAFE, "{name}, {protocol}");
            assert_eq!(certificate.distrust, Some(distrust), "{name}, {protocol}");
            assert_eq!(certificate.protocol, protocol, "{name}");
        }
    }
}

#[tokio::test]
async fn the_protocols_agreed_on_are_told() {
    let authority = Authority::new();
    let config = certified(&authority, |_| {});
    let all = tokio_rustls::rustls::ALL_VERSIONS;
    for (versions, alpn, protocol, agreed) in [
        (all, &[&b"h2"[..], b"http/1.1"][..], "TLSv1.3", Some("h2")),
        (all, &[b"http/1.1"], "TLSv1.3", None),
        (&[&TLS12], &[b"h2"], "TLSv1.2", Some("h2")),
        (&[&TLS12], &[], "TLSv1.2", None),
    ] {
        let (outcome, certificate) = seen(&authority, speaking(&config, versions, alpn)).await;
        assert!(matches!(outcome, FetchOutcome::Page(_)), "{outcome:?}");
        assert_eq!(certificate.protocol, protocol, "{alpn:?}");
        assert_eq!(certificate.alpn.as_deref(), agreed, "{protocol} {alpn:?}");
    }
}

#[tokio::test]
async fn names_and_issuers_are_bounded() {
    let authority = Authority::new();
    let many = certified(&authority, |params| {
        let names = (0..2000).map(|n| dns(format!("n{n}.example")));
        params.subject_alt_names.extend(names);
    });
    let (outcome, certificate) = seen(&authority, many).await;
    assert!(matches!(outcome, FetchOutcome::Page(_)), "{outcome:?}");
    assert_eq!(certificate.names.len(), 1000);
    assert_eq!(certificate.names[0], HOST);

    let mut above = authority::above("x");
    above
        .distinguished_name
        .push(DnType::OrganizationName, "\u{fc}".repeat(20_000));
    let signer = rcgen::Issuer::new(above, key());
    let own = leaf([127, 0, 0, 1].into()).signed_by(&authority.key, &signer);
    let config = authority.showing(vec![own.expect("signed").der().clone()]);
    let (outcome, certificate) = seen(&authority, config).await;
    assert_eq!(outcome, UNSAFE);
    assert!(certificate.issuer.len() <= 1000 && certificate.issuer.len() > 900);
}

#[tokio::test]
async fn only_a_front_page_over_tls_is_looked_at_and_each_over_a_connection_of_its_own() {
    let authority = Authority::new();
    let web = Web::listening(certified(&authority, |_| {})).await;
    let (fetcher, _names) = fetcher(&authority).await;
    let open = |web: &Web| web.connections.load(Ordering::SeqCst);
    for _ in 0..3 {
        let fetched = front(&fetcher, &web, Purpose::Page).await;
        assert!(matches!(fetched.outcome, FetchOutcome::Page(_)));
        assert_eq!(fetched.certificate, None);
    }
    let before = open(&web);
    for number in 1..=3 {
        let fetched = front(&fetcher, &web, Purpose::Front).await;
        // A session that is resumed would show none.
        assert!(fetched.certificate.is_some(), "{number}");
        assert_eq!(open(&web), before + number);
    }
    let plain = FetchRequest {
        url: Url::parse(&format!("http://{HOST}:{}/", web.address.port())).expect("a URL"),
        validators: Validators::default(),
        purpose: Purpose::Front,
    };
    assert_eq!(fetcher.fetch(plain).await.certificate, None);
}

#[tokio::test]
async fn two_at_once_to_one_host_are_not_mixed_up() {
    let authority = Authority::new();
    let good = Web::listening(certified(&authority, |_| {})).await;
    let over = certified(&authority, |p| p.not_after = date_time_ymd(2021, 1, 1));
    let over = Web::listening(over).await;
    let (fetcher, _names) = fetcher(&authority).await;
    let pairs = (0..8).map(|_| async {
        tokio::join!(
            front(&fetcher, &good, Purpose::Front),
            front(&fetcher, &over, Purpose::Front)
        )
    });
    for (one, two) in futures_util::future::join_all(pairs).await {
        assert!(matches!(one.outcome, FetchOutcome::Page(_)));
        let (one, two) = (one.certificate, two.certificate);
        assert_eq!(one.expect("shown").distrust, None);
        assert_eq!(two.expect("shown").distrust, Some(Distrust::Expired));
    }
}
