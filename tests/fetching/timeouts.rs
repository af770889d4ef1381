//! Each limit of time, proven alone: the others are far away.

use std::time::Duration;

use foresignal::fetch::{Config, FetchOutcome, Fetched};
use foresignal::model::state::Failure;
use tokio::net::{TcpSocket, TcpStream};
use url::Url;

use crate::asking::{config, fetch, request};
use crate::server::{Server, Step, send};

const SHORT: Duration = Duration::from_millis(400);
const FAR: Duration = Duration::from_secs(30);

/// A configuration in which no time ends but those that the test sets.
fn patient() -> Config {
    Config {
        connect_timeout: FAR,
        read_timeout: FAR,
        total_timeout: FAR,
        ..config()
    }
}

/// It ended after the short time, for want of time, and not by far later.
fn is_over(fetched: &Fetched, what: &str) {
    let timeout = FetchOutcome::Failed(Failure::Timeout);
    assert_eq!(fetched.outcome, timeout, "{what}");
    assert!(
        fetched.took >= SHORT && fetched.took < SHORT * 20,
        "{what}: {:?}",
        fetched.took
    );
}

#[tokio::test]
async fn a_connection_that_does_not_come_about() {
    let config = Config {
        connect_timeout: SHORT,
        ..patient()
    };
    // A listener that takes nobody off its short queue: whoever comes later waits for an answer
    // to the first packet.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    let listener = socket.listen(1).expect("it is bound");
    let address = listener.local_addr().expect("it is bound");
    let mut waiting = Vec::new();
    for _ in 0..8 {
        let connecting = TcpStream::connect(address);
        match tokio::time::timeout(Duration::from_millis(200), connecting).await {
            Ok(stream) => waiting.push(stream.expect("the queue has room")),
            Err(_) => break,
        }
    }
    assert!(waiting.len() < 8, "the queue is full");
    let url = Url::parse(&format!("http://{address}/")).expect("a URL");
    is_over(&fetch(&config, request(url)).await, "no connection");
}

#[tokio::test]
async fn a_handshake_that_does_not_end() {
    let config = Config {
        connect_timeout: SHORT,
        ..patient()
    };
    let silent = Server::playing(vec![Step::Pause(60_000)]).await;
    let drips = Server::playing(vec![
        Step::Send(vec![22, 3, 3, 0x3f, 0xff]),
        Step::Forever(vec![2], 20),
    ]);
    for (what, server) in [("silent", silent), ("drips", drips.await)] {
        let url = Url::parse(&format!("https://{}/", server.address)).expect("a URL");
        is_over(&fetch(&config, request(url)).await, what);
    }
}

#[tokio::test]
async fn a_first_byte_that_does_not_come() {
    let config = Config {
        read_timeout: SHORT,
        ..patient()
    };
    let silent = Server::playing(vec![Step::Pause(60_000)]).await;
    is_over(
        &fetch(&config, request(silent.url())).await,
        "no first byte",
    );
}

#[tokio::test]
async fn a_silence_within_the_answer() {
    let config = Config {
        read_timeout: SHORT,
        ..patient()
    };
    let head = send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    let stops = Server::playing(vec![head.clone(), send("half"), Step::Pause(60_000)]).await;
    is_over(&fetch(&config, request(stops.url())).await, "stops");

    // As long as something comes, nothing is over, though it takes longer than the silence may.
    let mut slow = vec![head];
    for _ in 0..10 {
        slow.extend([Step::Send(vec![b'x'; 100]), Step::Pause(80)]);
    }
    let slow = Server::playing(slow).await;
    let fetched = fetch(&config, request(slow.url())).await;
    assert!(
        matches!(fetched.outcome, FetchOutcome::Page(_)),
        "{fetched:?}"
    );
    assert!(fetched.took > SHORT, "{:?}", fetched.took);
}

#[tokio::test]
async fn an_answer_that_goes_on() {
    let config = Config {
        total_timeout: SHORT,
        ..patient()
    };
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    let drips = vec![send(head), Step::Forever(vec![b'x'], 20)];
    let head_drips = vec![
        send("HTTP/1.1 200 OK\r\nX: "),
        Step::Forever(vec![b'x'], 20),
    ];
    let hints = vec![Step::Forever(
        b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(),
        20,
    )];
    for (what, script) in [("body", drips), ("head", head_drips), ("hints", hints)] {
        let server = Server::playing(script).await;
        is_over(&fetch(&config, request(server.url())).await, what);
    }
}
