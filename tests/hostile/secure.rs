//! Hosts on loopback that speak TLS, or pretend to. Without TLS each says that it has no
//! robots.txt, so that it is TLS alone that stands in the way.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use foresignal::model::task::TaskKind;
use rcgen::CertificateParams;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use crate::authority::Authority;
use crate::crawled::{Case, Expect};

/// What a host does with one connection.
pub(crate) type Play = fn(Visitor) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// One way to misbehave over TLS, where its URL is to stand, and what the host hears at most.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) expect: Expect,
    pub(crate) most: usize,
    pub(crate) play: Play,
}

/// robots.txt with and without TLS, the sitemap that everybody has, the URL.
pub(crate) const fn way(name: &'static str, expect: Expect, play: Play) -> Way {
    Way {
        name,
        expect,
        most: 4,
        play,
    }
}

/// Somebody at the door.
pub(crate) struct Visitor {
    pub(crate) stream: TcpStream,
    pub(crate) at: SocketAddr,
    pub(crate) authority: Arc<Authority>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Visitor {
    /// The server's configuration when all is in order, but for these changes of its certificate.
    pub(crate) fn config(&self, change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
        self.authority.server(self.at.ip(), change)
    }

    /// Shakes hands by this configuration, if the other side wants to.
    pub(crate) async fn greet(self, config: ServerConfig) -> Option<(TlsStream<TcpStream>, Log)> {
        let log = Log(self.heard);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let stream = acceptor.accept(self.stream).await.ok()?;
        Some((stream, log))
    }

    /// A host that is in order but for its TLS: answers over it as everybody does.
    pub(crate) async fn serve(self, config: ServerConfig) {
        if let Some((mut stream, log)) = self.greet(config).await {
            let answer = match log.request(&mut stream).await.as_str() {
                "/way" => {
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\
                           Connection: close\r\n\r\n<p>hi"
                }
                _ => MISSING,
            };
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    }

    /// Answers what everybody asks for, one request a connection, and returns at that for `/way`.
    pub(crate) async fn until_way(self, config: ServerConfig) -> Option<TlsStream<TcpStream>> {
        let (mut stream, log) = self.greet(config).await?;
        if log.request(&mut stream).await == "/way" {
            return Some(stream);
        }
        let _ = stream.write_all(MISSING.as_bytes()).await;
        let _ = stream.shutdown().await;
        None
    }

    /// Reads the first message of the other side's handshake.
    pub(crate) async fn hello(&mut self) {
        let _ = self.stream.read(&mut [0; 4096]).await;
    }

    /// Says this, whatever was said before, and goes.
    pub(crate) async fn say(mut self, bytes: &[u8]) {
        self.hello().await;
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.shutdown().await;
        drain(&mut self.stream).await;
    }
}

/// What is not here.
pub(crate) const MISSING: &str =
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// What a host has heard.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn put(&self, path: &str) {
        self.0
            .lock()
            .expect("nobody panicked")
            .push(path.to_owned());
    }

    /// Reads the head of a request, and returns its path.
    pub(crate) async fn request(&self, stream: &mut (impl AsyncRead + Unpin)) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) if head.len() < 10_000 => head.push(byte),
                _ => break,
            }
        }
        let head = String::from_utf8_lossy(&head);
        let path = head.split(' ').nth(1).unwrap_or("(no request)").to_owned();
        self.put(&path);
        path
    }
}

/// Closing with bytes unread would reset the connection and take the answer with it.
pub(crate) async fn drain(stream: &mut (impl AsyncRead + Unpin)) {
    let mut rest = [0; 4096];
    while matches!(stream.read(&mut rest).await, Ok(1..)) {}
}

/// A host for every way, and the authority that signed for them.
pub(crate) async fn listening(groups: &[&[Way]]) -> (Vec<Case>, Arc<Authority>) {
    let authority = Arc::new(Authority::new());
    let mut cases = Vec::new();
    for (number, way) in groups.iter().copied().flatten().enumerate() {
        let [high, low] = u16::try_from(number + 1).expect("few").to_be_bytes();
        let any = (Ipv4Addr::new(127, 79, high, low), 0);
        let listener = TcpListener::bind(any).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let heard = Arc::default();
        cases.push(Case {
            name: way.name,
            kind: TaskKind::Page,
            scheme: "https",
            expect: way.expect,
            most: way.most,
            address,
            heard: Arc::clone(&heard),
        });
        let (play, authority) = (way.play, Arc::clone(&authority));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let visitor = Visitor {
                    stream,
                    at: address,
                    authority: Arc::clone(&authority),
                    heard: Arc::clone(&heard),
                };
                tokio::spawn(receive(visitor, play));
            }
        });
    }
    (cases, authority)
}

async fn receive(mut visitor: Visitor, play: Play) {
    let mut first = [0];
    match visitor.stream.peek(&mut first).await {
        Ok(1) if first[0] == 0x16 => play(visitor).await,
        Ok(1) => {
            let log = Log(Arc::clone(&visitor.heard));
            log.request(&mut visitor.stream).await;
            let _ = visitor.stream.write_all(MISSING.as_bytes()).await;
            let _ = visitor.stream.shutdown().await;
            drain(&mut visitor.stream).await;
        }
        _ => {}
    }
}
