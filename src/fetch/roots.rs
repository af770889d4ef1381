//! Whose certificates are believed: the system's, or Mozilla's where the system has none, and
//! those that the operator adds.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::client::{ClientConfig, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{Error as TlsError, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::{Config, Error};

/// Who judges certificates, and the configuration of TLS in which the judge sits. Every client is
/// made of it, so that none believes another.
pub(super) struct Trust {
    pub(super) judge: Arc<dyn ServerCertVerifier>,
    pub(super) tls: ClientConfig,
}

/// The judge who believes the roots that this machine and the configuration name.
pub(super) fn trust(config: &Config) -> Result<Trust, Error> {
    let mut added = Vec::new();
    for path in &config.extra_ca {
        added.extend(authorities(path)?);
    }
    // The system's certificates come first, because an operator may have added some. A box
    // without any still fetches plain http, and has Mozilla's from us. Whether it has some is asked
    // without the added ones, which alone would pass for that.
    let judge: Arc<dyn ServerCertVerifier> = match Verifier::new(provider()) {
        Ok(system) if added.is_empty() => Arc::new(system),
        Ok(_) => Arc::new(Verifier::new_with_extra_roots(added, provider())?),
        Err(error) => {
            tracing::warn!(%error, "no system certificates: using the ones compiled in");
            compiled_in(added)?
        }
    };
    let mut tls = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&judge))
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Trust { judge, tls })
}

fn provider() -> Arc<CryptoProvider> {
    let chosen = CryptoProvider::get_default().cloned();
    chosen.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()))
}

/// The certificates of a PEM file: there must be one.
fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unusable = |why: String| Error::Authority(path.to_owned(), why);
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(unusable("no certificate in PEM stands there".to_owned())),
        Err(error) => Err(unusable(error.to_string())),
    }
}

/// A judge who believes Mozilla's roots and those added.
fn compiled_in(
    added: Vec<CertificateDer<'static>>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for root in added {
        roots.add(root)?;
    }
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    let judge = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    Ok(judge.map_err(|error| TlsError::General(error.to_string()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificates_compiled_in_are_usable() {
        let mut roots = RootCertStore::empty();
        let known = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
        let (usable, not) = roots.add_parsable_certificates(known);
        assert!(usable > 50 && not == 0, "{usable}, {not}");
        assert!(compiled_in(Vec::new()).is_ok());
    }

    #[test]
    fn a_file_without_a_certificate_is_said_so() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("ca.pem");
        for (text, why) in [
            (None, "No such file"),
            (Some(""), "no certificate"),
            (
                Some("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
                "no cert",
            ),
            (
                Some("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"),
                "",
            ),
        ] {
            if let Some(text) = text {
                std::fs::write(&file, text).expect("written");
            }
            let config = Config {
                extra_ca: vec![file.clone()],
                ..Config::default()
            };
            let error = trust(&config).err().expect("no certificate");
            let error = error.to_string();
            assert!(error.contains("ca.pem") && error.contains(why), "{error}");
        }
    }
}
