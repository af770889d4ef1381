//! The ways in which HTTP/2 can be broken, or meant to break us: those that a real server's
//! library can be made to do, and those that take frames by hand.

use std::time::Duration;

use bytes::Bytes;
use foresignal::model::state::Failure;
use h2::server::{Connection, SendResponse};
use h2::{Reason, SendStream};
use http::Response;
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::server::TlsStream;

use crate::crawled::Expect;
use crate::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, OK, PADDED, PING, PUSH_PROMISE,
    RST_STREAM, SETTINGS, WINDOW_UPDATE, field, frame,
};
use crate::secure::{Visitor, Way, way};

const BROKEN: Expect = Expect::Failed(Failure::Protocol);
const SLOW: Expect = Expect::Failed(Failure::Timeout);

pub(crate) const ALL: &[&[Way]] = &[LAWFUL, FRAMES, FLOODS];

type Speaking = Connection<TlsStream<TcpStream>, Bytes>;

impl Visitor {
    /// Speaks HTTP/2 as a real server does, up to the request for `/way`; what else is asked for
    /// is not here.
    async fn asked(self) -> Option<(SendResponse<Bytes>, Speaking)> {
        let mut config = self.config(|_| {});
        config.alpn_protocols = vec![b"h2".to_vec()];
        let (stream, log) = self.greet(config).await?;
        let mut connection = h2::server::handshake(stream).await.ok()?;
        while let Some(Ok((request, mut answer))) = connection.accept().await {
            let path = request.uri().path().to_owned();
            log.put(&path);
            if path == "/way" {
                return Some((answer, connection));
            }
            let missing = Response::builder().status(404).body(()).expect("a head");
            let _ = answer.send_response(missing, true);
        }
        None
    }
}

fn head(answer: &mut SendResponse<Bytes>) -> Option<SendStream<Bytes>> {
    let head = Response::builder().header("content-type", "text/html");
    answer
        .send_response(head.body(()).expect("a head"), false)
        .ok()
}

/// Lets the connection do its work for so long, or until the other side has gone.
async fn work(mut connection: Speaking, millis: u64) {
    let rest = Duration::from_millis(millis);
    let _ = tokio::time::timeout(rest, async {
        while connection.accept().await.is_some_and(|asked| asked.is_ok()) {}
    })
    .await;
}

/// What a real server does.
const LAWFUL: &[Way] = &[
    way("HTTP/2 in order", Expect::Done, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            if let Some(mut body) = head(&mut answer) {
                let _ = body.send_data("<p>hi".into(), true);
            }
            work(connection, 5000).await;
        })
    }),
    way("reset before the answer", BROKEN, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            answer.send_reset(Reason::INTERNAL_ERROR);
            work(connection, 5000).await;
        })
    }),
    way("the stream is refused", BROKEN, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            answer.send_reset(Reason::REFUSED_STREAM);
            work(connection, 5000).await;
        })
    }),
    way("HTTP/1.1 is wanted", BROKEN, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            answer.send_reset(Reason::HTTP_1_1_REQUIRED);
            work(connection, 5000).await;
        })
    }),
    way("the stream is told to calm down", BROKEN, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            answer.send_reset(Reason::ENHANCE_YOUR_CALM);
            work(connection, 5000).await;
        })
    }),
    way("reset within the body", BROKEN, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            if let Some(mut body) = head(&mut answer) {
                let _ = body.send_data("<p>hi".into(), false);
                body.send_reset(Reason::INTERNAL_ERROR);
            }
            work(connection, 5000).await;
        })
    }),
    way("all said, and told to go away", Expect::Done, |v| {
        Box::pin(async move {
            let Some((mut answer, mut connection)) = v.asked().await else {
                return;
            };
            if let Some(mut body) = head(&mut answer) {
                connection.graceful_shutdown();
                let _ = body.send_data("<p>hi".into(), true);
            }
            work(connection, 5000).await;
        })
    }),
    way("told to calm down and go away", BROKEN, |v| {
        Box::pin(async move {
            let Some((_answer, mut connection)) = v.asked().await else {
                return;
            };
            connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
            work(connection, 5000).await;
        })
    }),
    way("gone within the body", BROKEN, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            if let Some(mut body) = head(&mut answer) {
                let _ = body.send_data("<p>hi".into(), false);
                work(connection, 100).await;
            }
        })
    }),
    way("drips for ever", SLOW, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            if let Some(mut body) = head(&mut answer) {
                tokio::spawn(work(connection, 60_000));
                while body.send_data("x".into(), false).is_ok() {
                    sleep(Duration::from_millis(50)).await;
                }
            }
        })
    }),
    way("an endless body over HTTP/2", Expect::Done, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            if let Some(mut body) = head(&mut answer) {
                tokio::spawn(work(connection, 60_000));
                let piece = Bytes::from(b"<p>and so on ".repeat(1000));
                while body.send_data(piece.clone(), false).is_ok() {
                    sleep(Duration::from_millis(1)).await;
                }
            }
        })
    }),
    way("trailers", Expect::Done, |v| {
        Box::pin(async move {
            let Some((mut answer, connection)) = v.asked().await else {
                return;
            };
            if let Some(mut body) = head(&mut answer) {
                let _ = body.send_data("<p>hi".into(), false);
                let _ = body.send_trailers(http::HeaderMap::from_iter([(
                    http::HeaderName::from_static("x-late"),
                    http::HeaderValue::from_static("y"),
                )]));
            }
            work(connection, 5000).await;
        })
    }),
];

/// Frames that no library would send.
const FRAMES: &[Way] = &[
    way("HTTP/2 by hand, in order", Expect::Done, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, END_HEADERS, OK).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    // SETTINGS_INITIAL_WINDOW_SIZE 0: there is nothing that we would send through it.
    way("a window that never opens", Expect::Done, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[0, 4, 0, 0, 0, 0]).await else {
                return;
            };
            to.frame(HEADERS, END_HEADERS, OK).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    way("HTTP/1.1 where HTTP/2 was agreed", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<p>hi")
                .await;
            to.silence().await;
        })
    }),
    way("no :status", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, END_HEADERS, &field("x", "y")).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    // Malformed by RFC 9113 §8.3; the library passes over it, and it does no harm.
    way("a request's :path in an answer", Expect::Done, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let fields = [OK, &field(":path", "/x")].concat();
            to.frame(HEADERS, END_HEADERS, &fields).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    way(":status after other fields", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let fields = [&field("x", "y"), OK].concat();
            to.frame(HEADERS, END_HEADERS, &fields).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    way("a field's name in capitals", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let fields = [OK, &field("X-Loud", "y")].concat();
            to.frame(HEADERS, END_HEADERS, &fields).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    way("Connection over HTTP/2", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let fields = [OK, &field("connection", "close")].concat();
            to.frame(HEADERS, END_HEADERS, &fields).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    way("a field that the table does not have", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, END_HEADERS, &[0x88, 0xff, 0xff, 0x7f])
                .await;
            to.silence().await;
        })
    }),
    way("less than announced over HTTP/2", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let fields = [OK, &field("content-length", "99")].concat();
            to.frame(HEADERS, END_HEADERS, &fields).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    way("more than announced over HTTP/2", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let fields = [OK, &field("content-length", "2")].concat();
            to.frame(HEADERS, END_HEADERS, &fields).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    way("a body before its head", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    way("more padding than frame", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, END_HEADERS, OK).await;
            to.frame(DATA, END_STREAM | PADDED, b"\xff<p>").await;
            to.silence().await;
        })
    }),
    way("a frame beyond the agreed size", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, END_HEADERS, OK).await;
            to.frame(DATA, END_STREAM, &[b'x'; 1 << 20]).await;
            to.silence().await;
        })
    }),
    way("more than the window allows", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, END_HEADERS, OK).await;
            let flood = frame(DATA, 0, to.stream, &[b'x'; 16_384]);
            to.send(flood.repeat(2000)).await;
            to.silence().await;
        })
    }),
    way("a window beyond every size", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let wide = 0x7fff_ffff_u32.to_be_bytes();
            to.send(frame(WINDOW_UPDATE, 0, 0, &wide).repeat(2)).await;
            to.silence().await;
        })
    }),
    way("a push that nobody wanted", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let promised = [&[0, 0, 0, 2][..], &[0x82, 0x86, 0x84]].concat();
            to.frame(PUSH_PROMISE, END_HEADERS, &promised).await;
            to.silence().await;
        })
    }),
    way("a reset of nobody's stream", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.send(frame(RST_STREAM, 0, 0, &[0, 0, 0, 8])).await;
            to.silence().await;
        })
    }),
    way("gone away, without a reason", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.send(frame(GOAWAY, 0, 0, &[0; 8])).await;
            to.silence().await;
        })
    }),
    way("a head that never ends", SLOW, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, 0, OK).await;
            to.silence().await;
        })
    }),
    way("silence after the preface", SLOW, |v| {
        Box::pin(async move {
            if let Some(to) = v.by_hand(&[]).await {
                to.silence().await;
            }
        })
    }),
];

/// Much of what is lawful once.
const FLOODS: &[Way] = &[
    way("continuations for ever", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, 0, OK).await;
            let more = frame(CONTINUATION, 0, to.stream, &field("x", "y"));
            to.for_ever(&more.repeat(100), 1).await;
        })
    }),
    way("empty continuations for ever", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, 0, OK).await;
            let more = frame(CONTINUATION, 0, to.stream, &[]);
            to.for_ever(&more.repeat(100), 1).await;
        })
    }),
    // The library that speaks HTTP/2 for us calls both of these a breach of protocol.
    way("fields of 1 MB over HTTP/2", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let long = field("x-long", &"y".repeat(120));
            to.frame(HEADERS, 0, OK).await;
            for _ in 0..70 {
                to.frame(CONTINUATION, 0, &long.repeat(125)).await;
            }
            to.frame(CONTINUATION, END_HEADERS, &[]).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    // One field of 100 bytes enters the table, and one byte each says it again.
    way("a bomb of packed fields", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let mut fields = OK.to_vec();
            let mut first = field("x-long", &"y".repeat(100));
            first[0] = 0x40;
            fields.extend(first);
            fields.extend([0xbe; 16_000]);
            to.frame(HEADERS, END_HEADERS, &fields).await;
            to.frame(DATA, END_STREAM, b"<p>hi").await;
            to.silence().await;
        })
    }),
    way("empty pieces of a body for ever", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, END_HEADERS, OK).await;
            let empty = frame(DATA, 0, to.stream, &[]);
            to.for_ever(&empty.repeat(1000), 1).await;
        })
    }),
    way("padding for ever", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.frame(HEADERS, END_HEADERS, OK).await;
            let padding = [&[255][..], &[0; 255]].concat();
            let padded = frame(DATA, PADDED, to.stream, &padding);
            to.for_ever(&padded, 2).await;
        })
    }),
    way("settings for ever", SLOW, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let settings = frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0xff, 0xff]);
            to.for_ever(&settings.repeat(100), 1).await;
        })
    }),
    way("pings for ever", SLOW, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.for_ever(&frame(PING, 0, 0, &[7; 8]).repeat(100), 1)
                .await;
        })
    }),
    way("frames of no known kind for ever", SLOW, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            to.for_ever(&frame(0xfa, 0, 0, &[7; 100]).repeat(100), 1)
                .await;
        })
    }),
    way("early hints for ever", SLOW, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            // `:status: 103`, its name from the static table.
            let hint = frame(HEADERS, END_HEADERS, to.stream, b"\x08\x03103");
            to.for_ever(&hint.repeat(100), 1).await;
        })
    }),
    way("resets and windows for ever", BROKEN, |v| {
        Box::pin(async move {
            let Some(mut to) = v.by_hand(&[]).await else {
                return;
            };
            let reset = frame(RST_STREAM, 0, to.stream, &[0, 0, 0, 8]);
            let window = frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]);
            to.for_ever(&[reset, window].concat().repeat(100), 1).await;
        })
    }),
];
