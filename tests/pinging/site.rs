//! The companies' sites over TLS on loopback: one server for all of their names, that notes who was
//! asked for what, and when.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// One request, as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) at: Instant,
}

/// What is answered at a host and path, `www.contoso.example/`: the head's lines and the body.
pub(crate) type Pages = BTreeMap<String, (String, String)>;

pub(crate) struct Sites {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
    dir: TempDir,
}

impl Sites {
    /// Serves what `pages` says of these names, once the port is known.
    pub(crate) async fn of(names: &[&str], pages: impl Fn(u16) -> Pages) -> Sites {
        let dir = tempfile::tempdir().expect("a directory");
        let root_key = KeyPair::generate().expect("a key");
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        root.distinguished_name.push(DnType::CommonName, "Believed");
        let pem = root.self_signed(&root_key).expect("signed").pem();
        std::fs::write(dir.path().join("ca.pem"), pem).expect("written");
        let root = Issuer::new(root, root_key);
        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let leaf = CertificateParams::new(names).expect("names");
        let leaf = leaf.signed_by(&key, &root).expect("signed");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .expect("they fit");
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let pages = Arc::new(pages(address.port()));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, pages, log) = (acceptor.clone(), pages.clone(), log.clone());
                tokio::spawn(async move { serve(stream, &acceptor, &pages, &log).await });
            }
        });
        Sites {
            address,
            heard,
            dir,
        }
    }

    /// The file for `extra_ca`.
    pub(crate) fn authority(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// What one host was asked, in order.
    pub(crate) fn heard(&self, host: &str) -> Vec<Heard> {
        let heard = self.heard.lock().expect("nobody panicked with it");
        heard
            .iter()
            .filter(|one| one.host == host)
            .cloned()
            .collect()
    }

    /// The paths that one host was asked for; and that it was left alone for `rest` in between.
    #[track_caller]
    pub(crate) fn politely(&self, host: &str, rest: Duration) -> Vec<String> {
        let heard = self.heard(host);
        for pair in heard.windows(2) {
            let apart = pair[1].at.duration_since(pair[0].at);
            assert!(apart >= rest, "{apart:?}: {pair:?}");
        }
        heard.into_iter().map(|one| one.path).collect()
    }
}

/// One connection: one request, one answer.
async fn serve(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
    pages: &Pages,
    log: &Mutex<Vec<Heard>>,
) -> Option<()> {
    let mut stream = acceptor.accept(stream).await.ok()?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let at = Instant::now();
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let path = head.split(' ').nth(1)?.to_owned();
    let host = head.lines().find_map(|line| line.strip_prefix("host: "))?;
    let host = host.split(':').next()?.to_owned();
    let answer = match pages.get(&format!("{host}{path}")) {
        Some((head, body)) => format!(
            "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        ),
        None => {
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
        }
    };
    log.lock()
        .expect("nobody panicked with it")
        .push(Heard { host, path, at });
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}
