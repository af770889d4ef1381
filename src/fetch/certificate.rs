//! The certificate that a host shows, seen where it is judged.
//!
//! Invariant: a [`Witness`] passes on every verdict as it was given; what it notes decides nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, Resumption};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, KeyLog, SignatureScheme,
};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use crate::model::time::Timestamp;
use crate::technographics::observed::{Certificate, Distrust};

/// Names of one certificate that are kept.
const NAMES: usize = 1000;

/// The longest issuer that is kept, in bytes.
const ISSUER: usize = 1000;

/// The first secret of a TLS 1.3 connection, by its label in a key log: it is there before any
/// certificate is, and TLS 1.2 has none of that name.
const TLS13_SECRET: &str = "CLIENT_HANDSHAKE_TRAFFIC_SECRET";

/// Sees the certificate of one request's connection, and what a judge says of it.
#[derive(Debug)]
pub(super) struct Witness {
    judge: Arc<dyn ServerCertVerifier>,
    seen: Mutex<Seen>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    leaf: Option<Vec<u8>>,
    distrust: Option<Distrust>,
    tls13: bool,
}

impl Witness {
    /// Somebody who watches this judge, and a configuration of TLS in which both sit: like
    /// `config`, but that no session is resumed, in which no certificate is shown.
    pub(super) fn of(
        judge: &Arc<dyn ServerCertVerifier>,
        config: &ClientConfig,
    ) -> (Arc<Witness>, ClientConfig) {
        let witness = Arc::new(Witness {
            judge: Arc::clone(judge),
            seen: Mutex::default(),
        });
        let mut config = config.clone();
        config.resumption = Resumption::disabled();
        config.key_log = witness.clone();
        config.dangerous().set_certificate_verifier(witness.clone());
        (witness, config)
    }

    /// What was seen, if a certificate was shown at all; `url`: for whom, `h2`: whether HTTP/2 was
    /// agreed on.
    pub(super) fn certificate(&self, url: &str, h2: bool) -> Option<Certificate> {
        let seen = self.lock().clone();
        let mut certificate = read(&seen.leaf?);
        certificate.url = url.to_owned();
        certificate.protocol = if seen.tls13 { "TLSv1.3" } else { "TLSv1.2" }.to_owned();
        certificate.alpn = h2.then(|| "h2".to_owned());
        certificate.distrust = seen.distrust.or(certificate.distrust);
        Some(certificate)
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        // What is behind it is whole between any two assignments.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The certificate may be in order, and another's.
    fn note_signature<T>(&self, verdict: &Result<T, Error>) {
        if verdict.is_err() {
            self.lock().distrust.get_or_insert(Distrust::Broken);
        }
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self.judge.verify_server_cert(leaf, above, name, ocsp, now);
        let mut seen = self.lock();
        seen.leaf = Some(leaf.to_vec());
        seen.distrust = verdict.as_ref().err().map(|error| distrust(error, leaf));
        drop(seen);
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verdict = self.judge.verify_tls12_signature(message, leaf, signature);
        self.note_signature(&verdict);
        verdict
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verdict = self.judge.verify_tls13_signature(message, leaf, signature);
        self.note_signature(&verdict);
        verdict
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.judge.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.judge.root_hint_subjects()
    }
}

/// Which version was agreed on is known before the certificate is judged, and a connection that
/// ends there tells it nowhere else. The secrets themselves are not taken.
impl KeyLog for Witness {
    fn will_log(&self, label: &str) -> bool {
        if label == TLS13_SECRET {
            self.lock().tls13 = true;
        }
        false
    }

    fn log(&self, _: &str, _: &[u8], _: &[u8]) {}
}

fn distrust(error: &Error, leaf: &[u8]) -> Distrust {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext,
        NotValidYet, NotValidYetContext, UnknownIssuer,
    };
    let Error::InvalidCertificate(error) = error else {
        return Distrust::Broken;
    };
    match error {
        Expired | ExpiredContext { .. } => Distrust::Expired,
        NotValidYet | NotValidYetContext { .. } => Distrust::NotYet,
        NotValidForName | NotValidForNameContext { .. } => Distrust::WrongName,
        // Somebody signed it who goes by the name of one whom we believe, or by nobody's.
        UnknownIssuer | BadSignature => Distrust::Untrusted,
        // One made by hand often says that it is an authority's, which is what is heard first.
        _ if is_self_issued(leaf) => Distrust::Untrusted,
        _ => Distrust::Broken,
    }
}

fn is_self_issued(leaf: &[u8]) -> bool {
    let leaf = X509Certificate::from_der(leaf);
    leaf.is_ok_and(|(_, leaf)| leaf.issuer() == leaf.subject())
}

/// What a certificate says of itself; of one that cannot be read, that it is broken.
pub(super) fn read(leaf: &[u8]) -> Certificate {
    let Ok((_, leaf)) = X509Certificate::from_der(leaf) else {
        return Certificate {
            distrust: Some(Distrust::Broken),
            ..Certificate::default()
        };
    };
    let mut issuer = leaf.issuer().to_string();
    issuer.truncate(issuer.floor_char_boundary(ISSUER));
    let names = match leaf.subject_alternative_name() {
        Ok(Some(names)) => names.value.general_names.as_slice(),
        _ => &[],
    };
    let names = names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    });
    Certificate {
        issuer,
        names: names.take(NAMES).collect(),
        not_before: moment(leaf.validity().not_before),
        not_after: moment(leaf.validity().not_after),
        ..Certificate::default()
    }
}

fn moment(time: ASN1Time) -> Timestamp {
    Timestamp(time.timestamp().saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_broken() {
        for bytes in [&b""[..], b"0", &[0x30, 0x82, 0xff, 0xff], &[0x30; 5000]] {
            assert_eq!(read(bytes).distrust, Some(Distrust::Broken));
        }
    }

    #[test]
    fn every_way_to_be_wrong_has_its_name() {
        let verdict = |error| distrust(&Error::InvalidCertificate(error), b"");
        assert_eq!(verdict(CertificateError::Expired), Distrust::Expired);
        assert_eq!(verdict(CertificateError::NotValidYet), Distrust::NotYet);
        assert_eq!(
            verdict(CertificateError::NotValidForName),
            Distrust::WrongName
        );
        assert_eq!(
            verdict(CertificateError::UnknownIssuer),
            Distrust::Untrusted
        );
        assert_eq!(verdict(CertificateError::Revoked), Distrust::Broken);
        assert_eq!(distrust(&Error::DecryptError, b""), Distrust::Broken);
    }
}
