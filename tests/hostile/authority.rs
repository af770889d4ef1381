//! An authority of this test's own, and the certificates that it makes well or badly.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tempfile::TempDir;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::ResolvesServerCert;
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};

/// Who signs certificates.
pub(crate) type Signer = Issuer<'static, KeyPair>;

/// An authority that the fetcher believes, in a file.
pub(crate) struct Authority {
    pub(crate) signer: Signer,
    /// What servers prove themselves with.
    pub(crate) key: KeyPair,
    dir: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let dir = tempfile::tempdir().expect("a directory");
        let (certificate, signer) = root("Believed");
        std::fs::write(dir.path().join("ca.pem"), certificate.pem()).expect("written");
        Authority {
            signer,
            key: key(),
            dir,
        }
    }

    /// The file for `extra_ca`.
    pub(crate) fn file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// A server at `ip` whose certificate is in order, but for these changes.
    pub(crate) fn server(
        &self,
        ip: IpAddr,
        change: impl FnOnce(&mut CertificateParams),
    ) -> ServerConfig {
        let mut params = leaf(ip);
        change(&mut params);
        let signed = params.signed_by(&self.key, &self.signer).expect("signed");
        self.showing(vec![signed.der().clone()])
    }

    /// A server that shows this chain, whatever it is, and proves itself by our key.
    pub(crate) fn showing(&self, chain: Vec<CertificateDer<'static>>) -> ServerConfig {
        showing(chain, &self.key)
    }
}

/// A server that shows this chain, and proves itself by this key, whether they fit or not.
pub(crate) fn showing(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> ServerConfig {
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let key = aws_lc_rs::sign::any_supported_type(&private).expect("of a type we know");
    let certified = CertifiedKey::new(chain, key);
    let resolver: Arc<dyn ResolvesServerCert> = Arc::new(SingleCertAndKey::from(certified));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

pub(crate) fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

/// What a server at `ip` asks to be signed.
pub(crate) fn leaf(ip: IpAddr) -> CertificateParams {
    CertificateParams::new([ip.to_string()]).expect("an address is a name")
}

/// What an authority asks to be signed.
pub(crate) fn above(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// An authority that signs for itself.
pub(crate) fn root(name: &str) -> (rcgen::Certificate, Signer) {
    let key = key();
    let params = above(name);
    let certificate = params.self_signed(&key).expect("signed");
    (certificate, Issuer::new(params, key))
}
