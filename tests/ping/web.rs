//! The companies' pages over real TLS on loopback: one server that shows each host its certificate.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use foresignal::clock::Clock;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::Acceptor;
use url::Url;

use crate::data::{Certificate, Company, Page};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What is served at one host.
struct Site {
    tls: Arc<ServerConfig>,
    /// Path → answer.
    pages: BTreeMap<String, Vec<u8>>,
}

/// The web of these companies.
pub(crate) struct Web {
    pub(crate) address: SocketAddr,
    dir: TempDir,
}

impl Web {
    pub(crate) async fn of(companies: &[Company]) -> Web {
        let dir = tempfile::tempdir().expect("a directory");
        let key = KeyPair::generate().expect("a key");
        let mut params = authority();
        params
            .distinguished_name
            .push(DnType::CommonName, "Test web");
        let root = params.self_signed(&key).expect("signed");
        std::fs::write(dir.path().join("ca.pem"), root.pem()).expect("written");
        let root = Issuer::new(params, key);

        let mut sites = BTreeMap::new();
        for company in companies {
            if let Some(certificate) = &company.certificate {
                sites.extend(hosts(company, certificate, &root));
            }
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let sites = Arc::new(sites);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sites = sites.clone();
                tokio::spawn(async move { serve(stream, &sites).await });
            }
        });
        Web { address, dir }
    }

    /// The file for `extra_ca`.
    pub(crate) fn authority(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// Where a URL of the data is served.
    pub(crate) fn at(&self, url: &str) -> Url {
        let mut url = Url::parse(url).expect("a URL");
        url.set_port(Some(self.address.port())).expect("it has one");
        url
    }
}

/// What an authority asks to be signed.
fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name = DistinguishedName::new();
    params
}

/// A company's hosts: those that its certificate names, and others with one of their own.
fn hosts(
    company: &Company,
    certificate: &Certificate,
    root: &Issuer<'static, KeyPair>,
) -> BTreeMap<String, Site> {
    let issuer_key = KeyPair::generate().expect("a key");
    let mut params = authority();
    params.distinguished_name = distinguished(&certificate.issuer);
    let signed = params.signed_by(&issuer_key, root).expect("signed");
    let issuer = Issuer::new(params, issuer_key);

    let mut pages: BTreeMap<String, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
    for page in &company.page {
        let url = Url::parse(&page.url).expect("a URL");
        let host = url.host_str().expect("a host").to_owned();
        let paths = pages.entry(host).or_default();
        paths.insert(url.path().to_owned(), answer(page));
    }
    let site = |(host, pages): (String, _)| {
        let covered = certificate.names.iter().any(|name| covers(name, &host));
        let names = match covered {
            true => certificate.names.clone(),
            false => vec![host.clone()],
        };
        let mut params = CertificateParams::new(names).expect("names");
        let [from, until] = certificate.days.map(|days| {
            let (year, month, day) = day(days);
            date_time_ymd(year, month, day)
        });
        (params.not_before, params.not_after) = (from, until);
        let key = KeyPair::generate().expect("a key");
        let leaf = params.signed_by(&key, &issuer).expect("signed");
        let chain = vec![leaf.der().clone(), signed.der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("they fit");
        if certificate.alpn.is_some() {
            tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        }
        let tls = Arc::new(tls);
        (host, Site { tls, pages })
    };
    pages.into_iter().map(site).collect()
}

/// The day (UTC) so many days from now: year, month, day.
fn day(days: i64) -> (i32, u8, u8) {
    let ms = Clock::system().now().0 + days * DAY;
    let moment = jiff::Timestamp::from_millisecond(ms).expect("in our time");
    let date = moment.to_zoned(jiff::tz::TimeZone::UTC).date();
    let small = |number: i8| number.try_into().expect("months and days are positive");
    (date.year().into(), small(date.month()), small(date.day()))
}

/// `C=US, O=Let's Encrypt, CN=R11`.
fn distinguished(text: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for part in text.split(", ") {
        let (kind, value) = part.split_once('=').expect("a part has a kind");
        let kind = match kind {
            "C" => DnType::CountryName,
            "ST" => DnType::StateOrProvinceName,
            "L" => DnType::LocalityName,
            "O" => DnType::OrganizationName,
            "CN" => DnType::CommonName,
            other => panic!("{other} is no part of an issuer's name here"),
        };
        name.push(kind, value);
    }
    name
}

fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => name == host,
    }
}

/// The bytes of an answer.
fn answer(page: &Page) -> Vec<u8> {
    let body = page.body();
    let mut bytes = format!("HTTP/1.1 {} Test\r\n", page.status);
    for (name, value) in &page.headers {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    bytes.push_str(&format!("content-length: {}\r\n", body.len()));
    bytes.push_str("connection: close\r\n\r\n");
    [bytes.into_bytes(), body].concat()
}

/// One connection: a greeting, one request, one answer.
async fn serve(stream: TcpStream, sites: &BTreeMap<String, Site>) -> Option<()> {
    let greeting = LazyConfigAcceptor::new(Acceptor::default(), stream);
    let greeting = greeting.await.ok()?;
    let site = sites.get(greeting.client_hello().server_name()?)?;
    let mut stream = greeting.into_stream(site.tls.clone()).await.ok()?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1)?.split('?').next()?;
    let missing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let answer = site.pages.get(path).map_or(&missing[..], Vec::as_slice);
    stream.write_all(answer).await.ok()?;
    stream.shutdown().await.ok()
}
