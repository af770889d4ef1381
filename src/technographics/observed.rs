//! What a domain's name servers and its certificate say: filled by whoever asks, plain data.

use crate::model::time::Timestamp;

/// Records of one answer that are looked at: no honest name has as many.
const RECORDS: usize = 200;

/// Bytes of a record: more do not fit its length field (RFC 1035 §3.2.1).
const LONGEST: usize = 65_535;

/// Everything observed of one domain beside its pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The domain, in lower case and without a dot at its end: `contoso.example`.
    pub domain: String,
    /// What was asked of DNS, each question once.
    pub asked: Vec<Asked>,
    /// The certificates that the domain's hosts showed.
    pub certificates: Vec<Certificate>,
    /// When.
    pub seen: Timestamp,
}

/// One question to DNS.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// The whole name, in lower case and without a dot at its end: `_dmarc.contoso.example`.
    pub name: String,
    /// The record type asked for.
    pub kind: Kind,
}

impl Question {
    /// The question with this answer.
    pub fn answered(self, answer: Answer) -> Asked {
        Asked {
            name: self.name,
            kind: self.kind,
            answer,
        }
    }
}

/// One question to DNS, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The whole name asked: `_dmarc.contoso.example`.
    pub name: String,
    /// The record type asked for.
    pub kind: Kind,
    /// What came.
    pub answer: Answer,
}

/// A DNS record type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the record types")]
pub enum Kind {
    A,
    Aaaa,
    Caa,
    Cname,
    Mx,
    Ns,
    Soa,
    Srv,
    Txt,
}

impl Kind {
    /// Its mnemonic: `MX`.
    pub fn id(self) -> &'static str {
        match self {
            Kind::A => "A",
            Kind::Aaaa => "AAAA",
            Kind::Caa => "CAA",
            Kind::Cname => "CNAME",
            Kind::Mx => "MX",
            Kind::Ns => "NS",
            Kind::Soa => "SOA",
            Kind::Srv => "SRV",
            Kind::Txt => "TXT",
        }
    }
}

/// What came of a question. That nobody answered is not that there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The records' data as master files write them (RFC 1035 §5.1), but that the strings of a TXT
    /// record are joined and not quoted: `10 mx.contoso.example.`.
    Records(Vec<String>),
    /// The name exists, and has no record of this type.
    NoData,
    /// There is no such name (NXDOMAIN, RFC 8020).
    NoName,
    /// Nobody could say.
    Unknown(Why),
}

/// Why nobody could say: never that there is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// SERVFAIL: broken DNSSEC, a zone that does not load, a resolver in trouble.
    ServFail,
    /// The name servers that the parent zone names do not answer for the zone (lame delegation), as
    /// far as the resolver says so (RFC 8914 codes 22 and 23).
    Lame,
    /// REFUSED.
    Refused,
    /// No answer in time.
    Timeout,
    /// The answer was cut short, and could not be had whole over TCP either.
    Truncated,
    /// An alias of an alias, and so on, without an end.
    Loop,
    /// An answer that is none: it cannot be read, or has another error code.
    Malformed,
    /// There was nobody to ask, or the budget of questions was used up.
    NotAsked,
}

/// A certificate, and the connection it came with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// The URL whose host showed it.
    pub url: String,
    /// Its issuer's distinguished name: `C=US, O=Let's Encrypt, CN=R11`.
    pub issuer: String,
    /// The names it is good for, as it writes them: `*.contoso.example`.
    pub names: Vec<String>,
    /// The protocol agreed on: `TLSv1.3`.
    pub protocol: String,
    /// The application protocol agreed on (RFC 7301): `h2`.
    pub alpn: Option<String>,
    /// The first moment at which it is good.
    pub not_before: Timestamp,
    /// The last moment at which it is good.
    pub not_after: Timestamp,
    /// Why it is not believed, where it is not.
    pub distrust: Option<Distrust>,
}

/// Why a certificate is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distrust {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYet,
    /// It is good for other names.
    WrongName,
    /// Nobody whom we believe issued it: self-signed, or a chain that is broken.
    Untrusted,
    /// Anything else.
    Broken,
}

impl Asked {
    /// The question as a URI (RFC 4501): `dns:contoso.example?type=MX`.
    pub fn uri(&self) -> String {
        format!("dns:{}?type={}", self.name, self.kind.id())
    }

    /// Whether there was an answer, were it that there is nothing.
    pub(super) fn is_answered(&self) -> bool {
        !matches!(self.answer, Answer::Unknown(_))
    }

    /// The records, where there are any: as many, and as long ones, as an answer can hold.
    pub(super) fn records(&self) -> impl Iterator<Item = &String> {
        let records = match &self.answer {
            Answer::Records(records) => records.as_slice(),
            Answer::NoData | Answer::NoName | Answer::Unknown(_) => &[],
        };
        let possible = records.iter().filter(|record| record.len() <= LONGEST);
        possible.take(RECORDS)
    }
}

impl Observed {
    /// The name asked relative to the domain, empty for the domain itself; none: another domain's.
    pub(super) fn relative<'a>(&self, name: &'a str) -> Option<&'a str> {
        let rest = name.strip_suffix(self.domain.as_str())?;
        match rest.strip_suffix('.') {
            Some(relative) => Some(relative),
            None => rest.is_empty().then_some(rest),
        }
    }

    /// The answer to a question of this type about this whole name.
    pub(super) fn ask(&self, name: &str, kind: Kind) -> Option<&Asked> {
        self.asked
            .iter()
            .find(|asked| asked.kind == kind && asked.name.eq_ignore_ascii_case(name))
    }
}
