//! A server on loopback that plays a script to whoever connects.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use url::Url;

/// What the server does next.
#[derive(Clone)]
pub(crate) enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Says nothing for so long.
    Pause(u64),
    /// Sends these bytes again and again, resting so many milliseconds in between.
    Forever(Vec<u8>, u64),
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Plays the script after every request head, then closes the connection.
    pub(crate) async fn playing(script: Vec<Step>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(play(stream, script.clone(), log.clone()));
            }
        });
        Server { address, heard }
    }

    pub(crate) async fn saying(answer: &str) -> Server {
        Server::playing(vec![Step::Send(answer.as_bytes().to_vec())]).await
    }

    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("http://{}/path?q", self.address)).expect("a URL")
    }

    /// The heads of all requests so far, in lower case.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("nobody panicked with it").clone()
    }
}

pub(crate) fn send(text: &str) -> Step {
    Step::Send(text.as_bytes().to_vec())
}

pub(crate) fn encoded(coding: &str, body: &[u8]) -> Vec<Step> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {length}\r\n\r\n"
    );
    vec![send(&head), Step::Send(body.to_vec())]
}

pub(crate) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).expect("a vector");
    encoder.finish().expect("a vector")
}

async fn play(mut stream: TcpStream, script: Vec<Step>, log: Arc<Mutex<Vec<String>>>) {
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
    let head = String::from_utf8_lossy(&head).to_lowercase();
    log.lock().expect("nobody panicked with it").push(head);
    for step in script {
        let done = match step {
            Step::Send(bytes) => stream.write_all(&bytes).await,
            Step::Pause(millis) => {
                sleep(Duration::from_millis(millis)).await;
                Ok(())
            }
            Step::Forever(bytes, millis) => loop {
                if let Err(gone) = stream.write_all(&bytes).await {
                    break Err(gone);
                }
                sleep(Duration::from_millis(millis)).await;
            },
        };
        if done.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
}
