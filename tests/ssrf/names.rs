//! A name server on loopback that says what the test tells it, for no longer than the question.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;

#[derive(Default)]
struct Zone {
    /// What each name has, by the number of the lookup; the last for ever.
    names: HashMap<String, Vec<Vec<IpAddr>>>,
    /// How often each was asked for its IPv4 addresses; IPv6 is asked beside it.
    asked: HashMap<String, usize>,
}

pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    zone: Arc<Mutex<Zone>>,
}

impl NameServer {
    pub(crate) async fn listening() -> NameServer {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("it is bound");
        let zone = Arc::default();
        let known = Arc::clone(&zone);
        tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question).await {
                let reply = answer(&question[..length], &known);
                let _ = socket.send_to(&reply, from).await;
            }
        });
        NameServer { address, zone }
    }

    /// `name` has these addresses from now on.
    pub(crate) fn put(&self, name: &str, addresses: &[IpAddr]) -> String {
        self.turn(name, &[addresses])
    }

    /// `name` has the first of these at its first lookup, the second at its second, and so on.
    pub(crate) fn turn(&self, name: &str, lookups: &[&[IpAddr]]) -> String {
        let mut zone = self.zone.lock().expect("nobody panicked with it");
        let lookups = lookups.iter().map(|addresses| addresses.to_vec());
        zone.names.insert(name.to_owned(), lookups.collect());
        zone.asked.remove(name);
        name.to_owned()
    }

    /// How often a name was looked up since it was put there.
    pub(crate) fn asked(&self, name: &str) -> usize {
        let zone = self.zone.lock().expect("nobody panicked with it");
        zone.asked.get(name).copied().unwrap_or_default()
    }
}

fn answer(question: &[u8], zone: &Mutex<Zone>) -> Vec<u8> {
    let mut labels = Vec::new();
    let mut at = 12;
    while question[at] != 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..end]).to_lowercase());
        at = end;
    }
    // After the name's zero stand two bytes of type and two of class.
    let kind = question[at + 2];
    let name = labels.join(".");
    let mut zone = zone.lock().expect("nobody panicked with it");
    let lookups = zone.names.get(&name).cloned().unwrap_or_default();
    let asked = zone.asked.entry(name).or_default();
    if kind == 1 {
        *asked += 1;
    }
    let lookup = asked.saturating_sub(1).min(lookups.len().saturating_sub(1));
    let addresses = lookups.get(lookup).cloned().unwrap_or_default();
    let mut records = Vec::new();
    let mut count = 0;
    for address in addresses {
        let (own, bytes) = match address {
            IpAddr::V4(address) => (1, address.octets().to_vec()),
            IpAddr::V6(address) => (28, address.octets().to_vec()),
        };
        if own == kind {
            // The name of the question, type, class, no time to live, length.
            records.extend([0xc0, 12, 0, own, 0, 1, 0, 0, 0, 0, 0]);
            records.push(u8::try_from(bytes.len()).expect("4 or 16"));
            records.extend(bytes);
            count += 1;
        }
    }
    let mut reply = question[..at + 5].to_vec();
    reply[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0]);
    reply.extend(records);
    reply
}
