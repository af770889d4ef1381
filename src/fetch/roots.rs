//! Whose certificates are believed: the system's, or Mozilla's where the system has none, and
//! those that the operator adds.

use std::path::Path;

use reqwest::{Certificate, Client, ClientBuilder};

use super::{Config, Error};

/// The client of `plain`, which believes the roots that this machine and the configuration name.
pub(super) fn client(plain: impl Fn() -> ClientBuilder, config: &Config) -> Result<Client, Error> {
    let mut added = Vec::new();
    for path in &config.extra_ca {
        added.extend(authorities(path)?);
    }
    // The system's certificates come first, because an operator may have added some. A box
    // without any cannot even build a client for plain http, so we carry Mozilla's. That is asked
    // without the added ones, which alone would pass for a system that has some.
    match plain().build() {
        Ok(client) if added.is_empty() => Ok(client),
        Ok(_) => Ok(plain().tls_certs_merge(added).build()?),
        Err(error) => {
            tracing::warn!(%error, "no system certificates: using the ones compiled in");
            added.extend(compiled_in()?);
            Ok(plain().tls_certs_only(added).build()?)
        }
    }
}

/// The certificates of a PEM file: there must be one.
fn authorities(path: &Path) -> Result<Vec<Certificate>, Error> {
    let unusable = |why: String| Error::Authority(path.to_owned(), why);
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(unusable("no certificate in PEM stands there".to_owned())),
        Err(error) => Err(unusable(error.to_string())),
    }
}

fn compiled_in() -> reqwest::Result<Vec<Certificate>> {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    roots.map(|der| Certificate::from_der(der)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificates_compiled_in_are_usable() {
        let roots = compiled_in().expect("certificates");
        assert!(roots.len() > 50);
        assert!(Client::builder().tls_certs_only(roots).build().is_ok());
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
            let error = client(Client::builder, &config).expect_err("no certificate");
            let error = error.to_string();
            assert!(error.contains("ca.pem") && error.contains(why), "{error}");
        }
    }
}
