//! DNS on loopback, over UDP and TCP: a name server library with zones as master files write them,
//! and before it somebody who notes what is asked, and who can be told to do harm.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_proto::op::{Edns, Message, OpCode, ResponseCode};
use hickory_proto::rr::rdata::opt::EdnsOption;
use hickory_proto::rr::rdata::{CNAME, NS, TXT};
use hickory_proto::rr::{Name, RData, Record};
use hickory_proto::serialize::txt::Parser;
use hickory_server::Server;
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// What stands before the records of every zone, unless it has an SOA record of its own.
const HEAD: &str =
    "$TTL 300\n@ IN SOA ns.hoster.test. hostmaster.hoster.test. 1 7200 900 86400 300\n";

/// How a name server can be other than it should.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// Says only this code.
    Code(ResponseCode),
    /// SERVFAIL, and why (RFC 8914).
    Extended(u16),
    /// Says nothing.
    Silent,
    /// Answers after this long.
    Slow(Duration),
    /// Cuts what does not go over TCP.
    Cut,
    /// Cuts everything.
    CutTwice,
    /// Cuts what does not go over TCP, and hangs up on TCP.
    CutAndHangUp,
    /// Sends bytes that are no message, under the right number.
    Garbage,
    /// Has a TXT record whose strings are cut within a character, and are not all text.
    Bytes,
    /// Sends to other name servers, and answers nothing.
    Referral,
    /// Says that the name is an alias of itself.
    Alias,
}

/// One question, as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// The name, in lower case and without its last dot.
    pub(crate) name: String,
    /// The mnemonic of the type: `MX`.
    pub(crate) kind: String,
    /// Whether it came over TCP.
    pub(crate) tcp: bool,
}

/// A name server for all of DNS: what no zone has does not exist.
pub(crate) struct Names {
    pub(crate) address: SocketAddr,
    front: Arc<Front>,
    _server: Server<Catalog>,
}

#[derive(Default)]
struct Front {
    ways: Mutex<HashMap<String, Way>>,
    heard: Mutex<Vec<Heard>>,
    open: AtomicUsize,
    most: AtomicUsize,
}

impl Names {
    /// Serves these zones: the domain, and its records as a master file has them (RFC 1035 §5.1).
    pub(crate) async fn serving(zones: &[(&str, &str)]) -> Names {
        let mut catalog = Catalog::new();
        for (origin, text) in zones.iter().chain(&[(".", "")]) {
            let (name, zone) = zone(origin, text);
            catalog.upsert(name.into(), vec![Arc::new(zone)]);
        }
        let mut server = Server::new(catalog);
        let (inner, udp, tcp) = sockets().await;
        server.register_socket(udp);
        server.register_listener(tcp, Duration::from_secs(5), 64);

        let front = Arc::new(Front::default());
        let (address, udp, tcp) = sockets().await;
        tokio::spawn(datagrams(Arc::new(udp), inner, Arc::clone(&front)));
        tokio::spawn(connections(tcp, inner, Arc::clone(&front)));
        Names {
            address,
            front,
            _server: server,
        }
    }

    /// From now on this name, and every name below it, is answered like this.
    pub(crate) fn misbehave(&self, name: &str, way: Way) {
        let mut ways = self.front.ways.lock().expect("nobody panicked with it");
        ways.insert(name.to_owned(), way);
    }

    /// Everything asked so far, in order; a question that is sent again is there again.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        let heard = self.front.heard.lock().expect("nobody panicked with it");
        heard.clone()
    }

    /// How many questions were open at once at most.
    pub(crate) fn most(&self) -> usize {
        self.front.most.load(Ordering::SeqCst)
    }
}

/// UDP and TCP at one port.
async fn sockets() -> (SocketAddr, UdpSocket, TcpListener) {
    for _ in 0..50 {
        let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = tcp.local_addr().expect("it is bound");
        if let Ok(udp) = UdpSocket::bind(address).await {
            return (address, udp, tcp);
        }
    }
    panic!("no port that is free for both");
}

fn zone(origin: &str, text: &str) -> (Name, InMemoryZoneHandler) {
    let name = Name::from_ascii(origin).expect("a name");
    let head = if text.contains(" SOA ") { "" } else { HEAD };
    let parser = Parser::new(format!("{head}{text}\n"), None, Some(name));
    let (name, records) = parser
        .parse()
        .unwrap_or_else(|why| panic!("{origin}: {why}"));
    let zone = InMemoryZoneHandler::new(name.clone(), records, ZoneType::Primary, AxfrPolicy::Deny);
    (name, zone.unwrap_or_else(|why| panic!("{origin}: {why}")))
}

async fn datagrams(socket: Arc<UdpSocket>, inner: SocketAddr, front: Arc<Front>) {
    let mut buffer = [0; 4096];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let (question, front) = (buffer[..length].to_vec(), Arc::clone(&front));
        let socket = Arc::clone(&socket);
        tokio::spawn(async move {
            if let Some(reply) = front.reply(&question, inner, false).await {
                let _ = socket.send_to(&reply, from).await;
            }
        });
    }
}

async fn connections(listener: TcpListener, inner: SocketAddr, front: Arc<Front>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let front = Arc::clone(&front);
        tokio::spawn(async move {
            while let Some(question) = framed(&mut stream).await {
                let Some(reply) = front.reply(&question, inner, true).await else {
                    return;
                };
                if frame(&mut stream, &reply).await.is_err() {
                    return;
                }
            }
        });
    }
}

/// One message behind its length (RFC 1035 §4.2.2).
async fn framed(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let length = stream.read_u16().await.ok()?;
    let mut message = vec![0; usize::from(length)];
    stream.read_exact(&mut message).await.ok()?;
    Some(message)
}

async fn frame(stream: &mut TcpStream, message: &[u8]) -> std::io::Result<()> {
    let length = u16::try_from(message.len()).expect("a message fits its length");
    stream
        .write_all(&[&length.to_be_bytes(), message].concat())
        .await
}

impl Front {
    /// `None`: nothing is said.
    async fn reply(&self, question: &[u8], inner: SocketAddr, tcp: bool) -> Option<Vec<u8>> {
        let message = Message::from_vec(question).ok()?;
        let query = message.queries.first()?;
        let name = query.name().to_ascii().to_lowercase();
        let name = name.trim_end_matches('.').to_owned();
        self.heard
            .lock()
            .expect("nobody panicked with it")
            .push(Heard {
                name: name.clone(),
                kind: query.query_type().to_string(),
                tcp,
            });
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(open, Ordering::SeqCst);
        let reply = self.behave(&name, question, &message, inner, tcp).await;
        self.open.fetch_sub(1, Ordering::SeqCst);
        reply
    }

    async fn behave(
        &self,
        name: &str,
        question: &[u8],
        message: &Message,
        inner: SocketAddr,
        tcp: bool,
    ) -> Option<Vec<u8>> {
        let own = message.queries.first()?.name().clone();
        let mut reply = Message::response(message.metadata.id, OpCode::Query);
        reply.queries.clone_from(&message.queries);
        match self.way(name) {
            None => return ask(question, inner, tcp).await,
            Some(Way::Slow(time)) => {
                tokio::time::sleep(time).await;
                return ask(question, inner, tcp).await;
            }
            Some(Way::Cut | Way::CutAndHangUp) if !tcp => reply.metadata.truncation = true,
            Some(Way::Cut) => return ask(question, inner, tcp).await,
            Some(Way::CutTwice) => reply.metadata.truncation = true,
            Some(Way::CutAndHangUp) => return None,
            Some(Way::Silent) => {
                // Open until whoever asks has long given up.
                tokio::time::sleep(Duration::from_secs(2)).await;
                return None;
            }
            Some(Way::Code(code)) => reply.metadata.response_code = code,
            Some(Way::Extended(why)) => {
                reply.metadata.response_code = ResponseCode::ServFail;
                // Only whoever speaks EDNS is told more.
                if message.edns.is_some() {
                    let mut edns = Edns::new();
                    let option = EdnsOption::Unknown(15, why.to_be_bytes().to_vec());
                    edns.options_mut().insert(option);
                    reply.set_edns(edns);
                }
            }
            Some(Way::Garbage) => {
                let noise = [0xff; 60];
                return Some([&message.metadata.id.to_be_bytes()[..], &noise].concat());
            }
            Some(Way::Bytes) => {
                let strings = [&b"caf\xc3"[..], b"\xa9 \xff \0 \"quoted\""];
                let text = RData::TXT(TXT::from_bytes(strings.to_vec()));
                reply.add_answer(Record::from_rdata(own, 300, text));
            }
            Some(Way::Referral) => {
                let to = Name::from_ascii("ns.elsewhere.test.").expect("a name");
                reply.add_authority(Record::from_rdata(own, 300, RData::NS(NS(to))));
            }
            Some(Way::Alias) => {
                let alias = RData::CNAME(CNAME(own.clone()));
                reply.add_answer(Record::from_rdata(own, 300, alias));
            }
        }
        Some(reply.to_vec().expect("it can be written"))
    }

    fn way(&self, name: &str) -> Option<Way> {
        let ways = self.ways.lock().expect("nobody panicked with it");
        let below = |own: &&String| {
            let rest = name.strip_suffix(own.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let own = ways.keys().filter(below).max_by_key(|own| own.len())?;
        ways.get(own).cloned()
    }
}

/// What the server behind says.
async fn ask(question: &[u8], inner: SocketAddr, tcp: bool) -> Option<Vec<u8>> {
    if tcp {
        let mut stream = TcpStream::connect(inner).await.ok()?;
        frame(&mut stream, question).await.ok()?;
        return framed(&mut stream).await;
    }
    let socket = UdpSocket::bind("127.0.0.1:0").await.ok()?;
    socket.send_to(question, inner).await.ok()?;
    let mut reply = vec![0; 65_535];
    let length = socket.recv(&mut reply).await.ok()?;
    reply.truncate(length);
    Some(reply)
}
