//! Servers on loopback, an address each, that answer every path with the script for it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// What the server does next.
pub(crate) enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes so many times.
    Repeat(Vec<u8>, usize),
    /// Says nothing for so many milliseconds.
    Pause(u64),
    /// Sends these bytes until the other side has gone, resting so many milliseconds in between.
    Forever(Vec<u8>, u64),
}

/// What a host answers a path with; the host's own `http://address` is its second argument.
pub(crate) type Script = fn(&str, &str) -> Vec<Step>;

/// One host on loopback.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A host that answers by `script`, where nothing else is said robots.txt and the sitemap
    /// excepted, which are not there; the connection ends with every answer.
    pub(crate) async fn playing(script: Script, has_robots: bool, number: usize) -> Server {
        let [high, low] = u16::try_from(number + 1).expect("few hosts").to_be_bytes();
        let listener = TcpListener::bind((std::net::Ipv4Addr::new(127, 77, high, low), 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(play(stream, address, script, has_robots, Arc::clone(&log)));
            }
        });
        Server { address, heard }
    }

    /// `http://127.77.0.1:4711`.
    pub(crate) fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The paths asked for so far.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("nobody panicked with it").clone()
    }
}

pub(crate) fn send(text: impl AsRef<[u8]>) -> Step {
    Step::Send(text.as_ref().to_vec())
}

/// 200 with this media type and body.
pub(crate) fn page(media: &str, body: impl AsRef<[u8]>) -> Vec<Step> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    vec![send(head), send(body)]
}

pub(crate) fn html(body: impl AsRef<[u8]>) -> Vec<Step> {
    page("text/html; charset=utf-8", body)
}

/// A status line with these fields, and no body.
pub(crate) fn bare(status: &str) -> Vec<Step> {
    vec![send(format!(
        "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"
    ))]
}

pub(crate) fn redirect(to: &str) -> Vec<Step> {
    bare(&format!("302 Found\r\nLocation: {to}"))
}

async fn play(
    mut stream: TcpStream,
    address: SocketAddr,
    script: Script,
    has_robots: bool,
    log: Arc<Mutex<Vec<String>>>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) if head.len() < 10_000 => head.push(byte),
            _ => break,
        }
        // Whoever speaks TLS to us waits for an answer before any empty line.
        if head.first() == Some(&0x16) && head.len() > 5 {
            break;
        }
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or("(no request)").to_owned();
    log.lock().expect("nobody panicked").push(path.clone());
    let steps = match path.as_str() {
        "/.well-known/tdmrep.json" => bare("404 Not Found"),
        "/robots.txt" | "/sitemap.xml" if !has_robots => bare("404 Not Found"),
        _ => script(&path, &format!("http://{address}")),
    };
    for step in steps {
        if do_step(&mut stream, step).await.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
    // Closing with bytes unread would reset the connection and take the answer with it.
    let mut rest = [0; 1024];
    while matches!(stream.read(&mut rest).await, Ok(1..)) {}
}

async fn do_step(stream: &mut TcpStream, step: Step) -> std::io::Result<()> {
    match step {
        Step::Send(bytes) => stream.write_all(&bytes).await,
        Step::Repeat(bytes, times) => {
            for _ in 0..times {
                stream.write_all(&bytes).await?;
            }
            Ok(())
        }
        Step::Pause(millis) => {
            sleep(Duration::from_millis(millis)).await;
            Ok(())
        }
        Step::Forever(bytes, millis) => loop {
            stream.write_all(&bytes).await?;
            sleep(Duration::from_millis(millis)).await;
        },
    }
}
