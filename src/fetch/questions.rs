//! The questions that a ping asks of DNS, and what each answer means.
//!
//! Invariants: every question has an answer, in the order asked and before the limit of time; what
//! nobody could say is never "there is none"; an answer's records are of the type asked for, and
//! are bounded. They are data: private addresses among them are kept, because nothing connects to
//! them here.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, OnceLock};

use futures_util::StreamExt;
use futures_util::stream;
use hickory_resolver::Resolver;
use hickory_resolver::config::ResolveHosts;
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::time::{Instant, timeout_at};

use super::upstream::{LAME, Upstream};
use super::{Config, dns};
use crate::technographics::observed::{Answer, Asked, Kind, Question, Why};

/// Questions in flight at once, of one call: an upstream that is asked by many at once would drop
/// some, and those would look like silence.
const AT_ONCE: usize = 8;

/// So many questions without any answer, and the upstream is down: the others are not asked.
const SILENT: usize = 2 * AT_ONCE;

/// How many answers are kept: those of some hundred domains, and the records that many of them
/// include. Of 64 KB at most, a zone that means harm fills no more than 130 MB.
const CACHED: u64 = 2_000;

/// Records of one answer that are kept: no honest name has as many.
const RECORDS: usize = 200;

/// Asks DNS.
#[derive(Clone)]
pub(super) struct Questions {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    // Made on first use, because it needs the runtime.
    resolver: OnceLock<Option<Resolver<Upstream>>>,
}

impl Questions {
    /// Asks the configured servers, or the system's.
    pub(super) fn new(config: &Config) -> Questions {
        Questions {
            inner: Arc::new(Inner {
                config: config.clone(),
                resolver: OnceLock::new(),
            }),
        }
    }

    /// Asks all of them, within the limit for a whole request.
    pub(super) async fn ask(&self, questions: Vec<Question>) -> Vec<Asked> {
        let until = Instant::now() + self.inner.config.total_timeout;
        let built = self.inner.resolver.get_or_init(|| self.inner.build());
        let (heard, silent) = (&AtomicBool::new(false), &AtomicUsize::new(0));
        let asking = questions.into_iter().enumerate().map(|(place, question)| {
            let resolver = built.clone();
            async move {
                let given_up = || !heard.load(Relaxed) && silent.load(Relaxed) >= SILENT;
                let answer = match resolver {
                    Some(_) if given_up() => Answer::Unknown(Why::Timeout),
                    Some(resolver) => answer(&resolver, &question, until).await,
                    None => Answer::Unknown(Why::NotAsked),
                };
                match answer {
                    Answer::Unknown(Why::Timeout) => _ = silent.fetch_add(1, Relaxed),
                    _ => heard.store(true, Relaxed),
                }
                (place, question.answered(answer))
            }
        });
        let mut asked: Vec<_> = stream::iter(asking)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        asked.sort_unstable_by_key(|(place, _)| *place);
        asked.into_iter().map(|(_, asked)| asked).collect()
    }
}

impl Inner {
    /// `None`: there is no name server, which has been said.
    fn build(&self) -> Option<Resolver<Upstream>> {
        let servers = dns::name_servers(&self.config);
        let mut builder = dns::builder(&servers, &self.config, Upstream::default()).ok()?;
        let options = builder.options_mut();
        options.cache_size = CACHED;
        // An upstream says why it failed only to who speaks EDNS.
        options.edns0 = true;
        // What this machine calls its own says nothing of a company's domain.
        options.use_hosts_file = ResolveHosts::Never;
        // With the aliases on the way kept, an SRV record behind one would not be found.
        options.preserve_intermediates = false;
        let built = builder.build();
        built
            .inspect_err(|error| tracing::error!(%error, "no resolver"))
            .ok()
    }
}

async fn answer(resolver: &Resolver<Upstream>, question: &Question, until: Instant) -> Answer {
    // A name that DNS cannot have is not asked. Of the others none is completed by the system's
    // search list: they end with a dot.
    let Ok(name) = Name::from_ascii(format!("{}.", question.name)) else {
        return Answer::Unknown(Why::NotAsked);
    };
    // A future whose time is over is polled once all the same, and would send a datagram.
    if Instant::now() >= until {
        return Answer::Unknown(Why::Timeout);
    }
    timeout_at(until, heard(resolver, name, question.kind))
        .await
        .unwrap_or(Answer::Unknown(Why::Timeout))
}

async fn heard(resolver: &Resolver<Upstream>, name: Name, kind: Kind) -> Answer {
    match resolver.lookup(name.clone(), record_type(kind)).await {
        Ok(found) => records(&found, &name, kind),
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) => nothing(resolver, &name, &none).await,
        Err(error) => Answer::Unknown(why(&error)),
    }
}

/// What it means that nothing was found.
async fn nothing(resolver: &Resolver<Upstream>, asked: &Name, none: &NoRecords) -> Answer {
    let last = none.query.name();
    let answer = match none.response_code {
        ResponseCode::NXDomain if last == asked => Answer::NoName,
        // The name exists: it is an alias of one that does not.
        ResponseCode::NXDomain => Answer::NoData,
        // Name servers and no SOA: the upstream sends us to somebody else (RFC 2308 §2.2).
        ResponseCode::NoError if none.soa.is_none() && none.ns.is_some() => {
            return Answer::Unknown(Why::Malformed);
        }
        ResponseCode::NoError => Answer::NoData,
        _ => return Answer::Unknown(Why::Malformed),
    };
    // The resolver follows some aliases and then says that it found nothing: where it stopped at
    // yet another alias, nobody knows what is at the end. Where a zone speaks for itself, it ended.
    if none.soa.is_some() {
        return answer;
    }
    match resolver.lookup(last.clone(), RecordType::CNAME).await {
        Ok(found) if is_alias(&found, last) => Answer::Unknown(Why::Loop),
        Ok(_) | Err(NetError::Dns(DnsError::NoRecordsFound(_))) => answer,
        Err(error) => Answer::Unknown(why(&error)),
    }
}

fn is_alias(found: &Lookup, name: &Name) -> bool {
    let mut answers = found.answers().iter();
    answers.any(|record| record.record_type() == RecordType::CNAME && record.name == *name)
}

/// The records of this type; of an alias, only the name's own.
fn records(found: &Lookup, name: &Name, kind: Kind) -> Answer {
    let wanted = record_type(kind);
    let of_type = found.answers().iter().filter(|record| {
        record.record_type() == wanted && (kind != Kind::Cname || record.name == *name)
    });
    let texts = of_type.filter_map(|record| text(&record.data));
    let texts: Vec<String> = texts.take(RECORDS).collect();
    if !texts.is_empty() {
        return Answer::Records(texts);
    }
    let mut authorities = found.authorities().iter();
    let speaks = authorities.any(|record| record.record_type() == RecordType::SOA);
    match found.message().response_code {
        ResponseCode::NXDomain => Answer::NoName,
        ResponseCode::NoError if speaks => Answer::NoData,
        _ => Answer::Unknown(Why::Malformed),
    }
}

fn why(error: &NetError) -> Why {
    match error {
        NetError::Timeout => Why::Timeout,
        NetError::Truncated => Why::Truncated,
        NetError::Message(LAME) => Why::Lame,
        NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail)) => Why::ServFail,
        NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused)) => Why::Refused,
        // Only TCP has a connection that can be closed.
        error if error.is_connection_closed() => Why::Truncated,
        NetError::Io(_) | NetError::NoConnections | NetError::Busy => Why::NotAsked,
        _ => Why::Malformed,
    }
}

fn record_type(kind: Kind) -> RecordType {
    match kind {
        Kind::A => RecordType::A,
        Kind::Aaaa => RecordType::AAAA,
        Kind::Caa => RecordType::CAA,
        Kind::Cname => RecordType::CNAME,
        Kind::Mx => RecordType::MX,
        Kind::Ns => RecordType::NS,
        Kind::Soa => RecordType::SOA,
        Kind::Srv => RecordType::SRV,
        Kind::Txt => RecordType::TXT,
    }
}

/// A record's data as [`Answer::Records`] has it. Names stay as they are on the wire: one that is
/// shown in another script could not be compared.
fn text(data: &RData) -> Option<String> {
    Some(match data {
        RData::A(address) => address.to_string(),
        RData::AAAA(address) => address.to_string(),
        RData::CNAME(name) => name.to_ascii(),
        RData::NS(name) => name.to_ascii(),
        RData::MX(mx) => format!("{} {}", mx.preference, mx.exchange.to_ascii()),
        RData::SRV(srv) => format!(
            "{} {} {} {}",
            srv.priority,
            srv.weight,
            srv.port,
            srv.target.to_ascii()
        ),
        RData::SOA(soa) => format!(
            "{} {} {} {} {} {} {}",
            soa.mname.to_ascii(),
            soa.rname.to_ascii(),
            soa.serial,
            soa.refresh,
            soa.retry,
            soa.expire,
            soa.minimum
        ),
        RData::CAA(caa) => {
            let value = String::from_utf8_lossy(&caa.value);
            let value = value.replace('\\', r"\\").replace('"', "\\\"");
            format!("{} {} \"{value}\"", caa.flags(), caa.tag)
        }
        // Joined first: a character may begin in one string and end in the next.
        RData::TXT(txt) => String::from_utf8_lossy(&txt.txt_data.concat()).into_owned(),
        _ => return None,
    })
}
