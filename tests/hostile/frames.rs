//! HTTP/2 by hand, for what no library would send (RFC 9113).

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::server::TlsStream;

use crate::secure::Visitor;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PUSH_PROMISE: u8 = 5;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
pub(crate) const PADDED: u8 = 8;

/// `:status: 200` and `:status: 404` of the static table (RFC 7541, appendix A).
pub(crate) const OK: &[u8] = &[0x88];
const NOT_FOUND: &[u8] = &[0x8d];
/// `/way` as a request's field says it: four bytes, in Huffman's code (RFC 7541, appendix B).
const WAY: &[u8] = &[0x84, 0x63, 0xc0, 0xfd, 0x7f];

/// One frame.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame is short");
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A field that no table has, spelt out.
pub(crate) fn field(name: &str, value: &str) -> Vec<u8> {
    let mut field = vec![0];
    for text in [name, value] {
        let length = u8::try_from(text.len()).expect("a short one");
        assert!(length < 127, "a longer one takes more bytes");
        field.push(length);
        field.extend(text.as_bytes());
    }
    field
}

/// A connection by hand, on which a request has come.
pub(crate) struct Asked {
    pub(crate) out: WriteHalf<TlsStream<TcpStream>>,
    /// Its stream.
    pub(crate) stream: u32,
}

impl Asked {
    /// Sends frames, if somebody is still there.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let sent = self.out.write_all(bytes.as_ref()).await.is_ok();
        sent && self.out.flush().await.is_ok()
    }

    /// Sends one frame of the request's stream.
    pub(crate) async fn frame(&mut self, kind: u8, flags: u8, payload: &[u8]) -> bool {
        self.send(frame(kind, flags, self.stream, payload)).await
    }

    /// Sends these again and again, until nobody is there or a minute is over.
    pub(crate) async fn for_ever(&mut self, bytes: &[u8], millis: u64) {
        let until = tokio::time::Instant::now() + Duration::from_secs(60);
        while self.send(bytes).await && tokio::time::Instant::now() < until {
            sleep(Duration::from_millis(millis)).await;
        }
    }

    /// Leaves the connection open and says no more.
    pub(crate) async fn silence(self) {
        sleep(Duration::from_secs(60)).await;
    }
}

impl Visitor {
    /// Speaks HTTP/2 by hand after these settings, up to the request for `/way`; what else is
    /// asked for is not here.
    pub(crate) async fn by_hand(self, settings: &[u8]) -> Option<Asked> {
        let mut config = self.config(|_| {});
        config.alpn_protocols = vec![b"h2".to_vec()];
        let (stream, log) = self.greet(config).await?;
        let (mut input, mut out) = tokio::io::split(stream);
        input.read_exact(&mut [0; 24]).await.ok()?;
        out.write_all(&frame(SETTINGS, 0, 0, settings)).await.ok()?;
        out.flush().await.ok()?;
        let (asked, mut requests) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(listen(input, asked));
        loop {
            let (stream, for_way) = requests.recv().await?;
            log.put(if for_way { "/way" } else { "(another)" });
            if for_way {
                return Some(Asked { out, stream });
            }
            let answer = frame(HEADERS, END_HEADERS | END_STREAM, stream, NOT_FOUND);
            out.write_all(&answer).await.ok()?;
            out.flush().await.ok()?;
        }
    }
}

/// Reads frames until the end, and tells of every request.
async fn listen(
    mut input: ReadHalf<TlsStream<TcpStream>>,
    asked: tokio::sync::mpsc::UnboundedSender<(u32, bool)>,
) -> Option<()> {
    loop {
        let mut head = [0; 9];
        input.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(length).ok()?];
        input.read_exact(&mut payload).await.ok()?;
        if head[3] == HEADERS {
            let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            let for_way = payload.windows(WAY.len()).any(|piece| piece == WAY);
            let _ = asked.send((stream, for_way));
        }
    }
}
