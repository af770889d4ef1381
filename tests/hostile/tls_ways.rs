//! The ways in which TLS can be broken, or meant to break us.

use std::time::Duration;

use foresignal::model::state::Failure;
use rcgen::{
    CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, NameConstraints,
    SanType, date_time_ymd,
};
use tokio::io::AsyncWriteExt;
use tokio::time::sleep;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, version};

use crate::authority::{above, key, leaf, root, showing};
use crate::crawled::Expect;
use crate::secure::{Way, drain, way};

const UNSAFE: Expect = Expect::Failed(Failure::Tls);
const BROKEN: Expect = Expect::Failed(Failure::Protocol);
/// robots.txt does not come either: nothing else is asked.
const UNASKED: Expect = Expect::Waiting;

/// A TLS record of this type.
fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("a record is short");
    [&[kind, 3, 3], &length.to_be_bytes()[..], body].concat()
}

/// A ServerHello of this version that picks this cipher.
fn server_hello(version: [u8; 2], cipher: [u8; 2]) -> Vec<u8> {
    let body = [&version[..], &[7; 32], &[0], &cipher, &[0]].concat();
    let length = u8::try_from(body.len()).expect("a short one");
    record(22, &[&[2, 0, 0, length], &body[..]].concat())
}

const ALERT_HANDSHAKE_FAILURE: &[u8] = &[21, 3, 3, 0, 2, 2, 40];
const ALERT_PROTOCOL_VERSION: &[u8] = &[21, 3, 1, 0, 2, 2, 70];
const ALERT_WARNING: &[u8] = &[21, 3, 3, 0, 2, 1, 90];
const AES_128_CBC_SHA: [u8; 2] = [0, 0x2f];
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

pub(crate) const ALL: &[&[Way]] = &[CERTIFICATES, HANDSHAKES, AFTERWARDS];

/// Who the server says it is.
const CERTIFICATES: &[Way] = &[
    way("TLS in order", Expect::Done, |v| {
        Box::pin(async move {
            let config = v.config(|_| {});
            v.serve(config).await;
        })
    }),
    way("expired", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|params| params.not_after = date_time_ymd(2020, 1, 1));
            v.serve(config).await;
        })
    }),
    way("not yet valid", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|params| params.not_before = date_time_ymd(3000, 1, 1));
            v.serve(config).await;
        })
    }),
    way("another's name", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|params| {
                let other = "www.other.example".try_into().expect("a name");
                params.subject_alt_names = vec![SanType::DnsName(other)];
            });
            v.serve(config).await;
        })
    }),
    way("no name at all", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|params| params.subject_alt_names.clear());
            v.serve(config).await;
        })
    }),
    way("self-signed", UNSAFE, |v| {
        Box::pin(async move {
            let own = leaf(v.at.ip()).self_signed(&v.authority.key);
            let config = v
                .authority
                .showing(vec![own.expect("signed").der().clone()]);
            v.serve(config).await;
        })
    }),
    way("signed by a stranger", UNSAFE, |v| {
        Box::pin(async move {
            let (above, stranger) = root("Believed");
            let own = leaf(v.at.ip()).signed_by(&v.authority.key, &stranger);
            let chain = vec![own.expect("signed").der().clone(), above.der().clone()];
            let config = v.authority.showing(chain);
            v.serve(config).await;
        })
    }),
    way("signed by one who is no authority", UNSAFE, |v| {
        Box::pin(async move {
            let mut params = above("Nobody");
            params.is_ca = IsCa::ExplicitNoCa;
            let nobody = key();
            let middle = params
                .signed_by(&nobody, &v.authority.signer)
                .expect("signed");
            let own = leaf(v.at.ip()).signed_by(&v.authority.key, &Issuer::new(params, nobody));
            let chain = vec![own.expect("signed").der().clone(), middle.der().clone()];
            let config = v.authority.showing(chain);
            v.serve(config).await;
        })
    }),
    way("signed by one who may not sign this name", UNSAFE, |v| {
        Box::pin(async move {
            let mut params = above("Narrow");
            params.name_constraints = Some(NameConstraints {
                permitted_subtrees: vec![GeneralSubtree::DnsName("other.example".to_owned())],
                excluded_subtrees: vec![GeneralSubtree::IpAddress(
                    rcgen::CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8),
                )],
            });
            let narrow = key();
            let middle = params
                .signed_by(&narrow, &v.authority.signer)
                .expect("signed");
            let own = leaf(v.at.ip()).signed_by(&v.authority.key, &Issuer::new(params, narrow));
            let chain = vec![own.expect("signed").der().clone(), middle.der().clone()];
            let config = v.authority.showing(chain);
            v.serve(config).await;
        })
    }),
    way("an authority on the way is missing", UNSAFE, |v| {
        Box::pin(async move {
            let middle = Issuer::new(above("Missing"), key());
            let own = leaf(v.at.ip()).signed_by(&v.authority.key, &middle);
            let config = v
                .authority
                .showing(vec![own.expect("signed").der().clone()]);
            v.serve(config).await;
        })
    }),
    way("a certificate for visitors", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            });
            v.serve(config).await;
        })
    }),
    way("somebody else's certificate", UNSAFE, |v| {
        Box::pin(async move {
            let own = leaf(v.at.ip()).signed_by(&v.authority.key, &v.authority.signer);
            let config = showing(vec![own.expect("signed").der().clone()], &key());
            v.serve(config).await;
        })
    }),
    way("a critical extension that nobody knows", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|params| {
                let mut odd = CustomExtension::from_oid_content(&[1, 3, 9, 9], vec![5, 0]);
                odd.set_criticality(true);
                params.custom_extensions.push(odd);
            });
            v.serve(config).await;
        })
    }),
    way("a certificate of 2,000 names", Expect::Done, |v| {
        Box::pin(async move {
            let config = v.config(|params| {
                let name = |n| format!("n{n}.example").try_into().expect("a name");
                params
                    .subject_alt_names
                    .extend((0..2000).map(|n| SanType::DnsName(name(n))));
            });
            v.serve(config).await;
        })
    }),
    way("a certificate of 200 KB", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|params| {
                let fat = CustomExtension::from_oid_content(&[1, 3, 9, 9], vec![5; 200_000]);
                params.custom_extensions.push(fat);
            });
            v.serve(config).await;
        })
    }),
    way("a chain of twelve authorities", UNSAFE, |v| {
        Box::pin(async move {
            let mut chain = Vec::new();
            let mut last = None;
            for number in 0..12 {
                let (params, own) = (above(&format!("Number {number}")), key());
                let signer = last.as_ref().unwrap_or(&v.authority.signer);
                let middle = params.signed_by(&own, signer).expect("signed");
                chain.insert(0, middle.der().clone());
                last = Some(Issuer::new(params, own));
            }
            let signer = last.expect("twelve");
            let own = leaf(v.at.ip()).signed_by(&v.authority.key, &signer);
            chain.insert(0, own.expect("signed").der().clone());
            let config = v.authority.showing(chain);
            v.serve(config).await;
        })
    }),
    way("a chain of 100 strangers", Expect::Done, |v| {
        Box::pin(async move {
            let own = leaf(v.at.ip()).signed_by(&v.authority.key, &v.authority.signer);
            let mut chain = vec![own.expect("signed").der().clone()];
            chain.extend(vec![root("Stranger").0.der().clone(); 100]);
            let config = v.authority.showing(chain);
            v.serve(config).await;
        })
    }),
    way("a chain of 10,000 strangers", UNSAFE, |v| {
        Box::pin(async move {
            let own = leaf(v.at.ip()).signed_by(&v.authority.key, &v.authority.signer);
            let mut chain = vec![own.expect("signed").der().clone()];
            chain.extend(vec![root("Stranger").0.der().clone(); 10_000]);
            let config = v.authority.showing(chain);
            v.serve(config).await;
        })
    }),
    way("a certificate that is noise", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.authority.showing(vec![vec![0x30; 900].into()]);
            v.serve(config).await;
        })
    }),
];

/// How a handshake can go wrong.
const HANDSHAKES: &[Way] = &[
    way("TLS 1.2 alone", Expect::Done, |v| {
        Box::pin(async move {
            let modern = v.config(|_| {});
            let mut config = ServerConfig::builder_with_provider(modern.crypto_provider().clone())
                .with_protocol_versions(&[&version::TLS12])
                .expect("the provider has it")
                .with_no_client_auth()
                .with_cert_resolver(modern.cert_resolver.clone());
            config.alpn_protocols = modern.alpn_protocols.clone();
            v.serve(config).await;
        })
    }),
    way("TLS 1.0 alone", UNSAFE, |v| {
        Box::pin(async move { v.say(&server_hello([3, 1], AES_128_CBC_SHA)).await })
    }),
    way("TLS 1.0 alone, politely", UNSAFE, |v| {
        Box::pin(async move { v.say(ALERT_PROTOCOL_VERSION).await })
    }),
    way("no cipher in common", UNSAFE, |v| {
        Box::pin(async move { v.say(ALERT_HANDSHAKE_FAILURE).await })
    }),
    way("a cipher that was not offered", UNSAFE, |v| {
        Box::pin(async move { v.say(&server_hello([3, 3], AES_128_CBC_SHA)).await })
    }),
    way("no protocol in common", UNSAFE, |v| {
        Box::pin(async move {
            let mut config = v.config(|_| {});
            config.alpn_protocols = vec![b"h3".to_vec()];
            v.serve(config).await;
        })
    }),
    way("a certificate is asked of us", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|_| {});
            let mut roots = RootCertStore::empty();
            roots.add(root("Club").0.der().clone()).expect("a root");
            let provider = aws_lc_rs::default_provider().into();
            let club = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            let mut private = ServerConfig::builder_with_provider(config.crypto_provider().clone())
                .with_safe_default_protocol_versions()
                .expect("the provider has them")
                .with_client_cert_verifier(club.build().expect("one root"))
                .with_cert_resolver(config.cert_resolver.clone());
            private.alpn_protocols = config.alpn_protocols.clone();
            v.serve(private).await;
        })
    }),
    way("gone after our hello", UNSAFE, |v| {
        Box::pin(async move { v.say(b"").await })
    }),
    way("gone within its hello", UNSAFE, |v| {
        Box::pin(async move { v.say(&server_hello([3, 3], [0x13, 1])[..20]).await })
    }),
    way("reset after our hello", UNSAFE, |mut v| {
        Box::pin(async move {
            v.hello().await;
            v.stream.set_zero_linger().expect("a socket");
        })
    }),
    way("noise on a TLS port", UNSAFE, |v| {
        Box::pin(async move { v.say(&[0x17; 500]).await })
    }),
    way("another protocol on a TLS port", UNSAFE, |v| {
        Box::pin(async move { v.say(b"SSH-2.0-OpenSSH_9.6\r\n").await })
    }),
    way("plain HTTP on a TLS port", UNSAFE, |v| {
        Box::pin(async move { v.say(b"HTTP/1.1 400 Bad Request\r\n\r\n").await })
    }),
    way("our own hello, back", UNSAFE, |v| {
        Box::pin(async move {
            let mut hello = vec![0; 4096];
            let length = v.stream.peek(&mut hello).await.unwrap_or(0);
            v.say(&hello[..length]).await;
        })
    }),
    way("a record beyond every size", UNSAFE, |v| {
        Box::pin(async move {
            let fat = [&[22, 3, 3, 0xff, 0xff][..], &[0; 0xffff]].concat();
            v.say(&fat).await;
        })
    }),
    way("a handshake message of 16 MB", UNSAFE, |v| {
        Box::pin(async move {
            let first = record(22, &[2, 0xff, 0xff, 0xff, 3, 3]);
            v.say(&[first, record(22, &[0; 16_000]).repeat(1050)].concat())
                .await;
        })
    }),
    way("empty records for ever", UNSAFE, |mut v| {
        Box::pin(async move {
            v.hello().await;
            while v
                .stream
                .write_all(&record(22, &[]).repeat(1000))
                .await
                .is_ok()
            {}
        })
    }),
    way("warnings for ever", UNSAFE, |mut v| {
        Box::pin(async move {
            v.hello().await;
            while v
                .stream
                .write_all(&ALERT_WARNING.repeat(1000))
                .await
                .is_ok()
            {}
        })
    }),
    way("changes of cipher for ever", UNSAFE, |mut v| {
        Box::pin(async move {
            v.hello().await;
            while v
                .stream
                .write_all(&record(20, &[1]).repeat(1000))
                .await
                .is_ok()
            {}
        })
    }),
    way("silence after our hello", UNASKED, |mut v| {
        Box::pin(async move {
            v.hello().await;
            sleep(Duration::from_secs(60)).await;
        })
    }),
    way("drips its hello", UNASKED, |mut v| {
        Box::pin(async move {
            v.hello().await;
            for byte in [22, 3, 3, 0x3f, 0xff, 2, 0, 0x3f, 0xf0, 3, 3]
                .into_iter()
                .chain([3; 2000])
            {
                if v.stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                sleep(Duration::from_millis(50)).await;
            }
        })
    }),
];

/// What can come after a handshake that went well.
const AFTERWARDS: &[Way] = &[
    way("20 tickets", Expect::Done, |v| {
        Box::pin(async move {
            let mut config = v.config(|_| {});
            config.send_tls13_tickets = 20;
            v.serve(config).await;
        })
    }),
    way("new keys for ever", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|_| {});
            let Some(mut stream) = v.until_way(config).await else {
                return;
            };
            while stream.get_mut().1.refresh_traffic_keys().is_ok() {
                if stream.flush().await.is_err() {
                    return;
                }
            }
        })
    }),
    way("gone without a word after the answer", Expect::Done, |v| {
        Box::pin(async move {
            let config = v.config(|_| {});
            let Some(mut stream) = v.until_way(config).await else {
                return;
            };
            let answer = [HEAD, b"Content-Length: 5\r\n\r\n<p>hi"].concat();
            let _ = stream.write_all(&answer).await;
            let _ = stream.flush().await;
            let (mut bare, _) = stream.into_inner();
            let _ = bare.shutdown().await;
            drain(&mut bare).await;
        })
    }),
    way("gone without a word within the answer", BROKEN, |v| {
        Box::pin(async move {
            let config = v.config(|_| {});
            let Some(mut stream) = v.until_way(config).await else {
                return;
            };
            let _ = stream.write_all(&[HEAD, b"\r\n<p>hi"].concat()).await;
            let _ = stream.flush().await;
            let (mut bare, _) = stream.into_inner();
            let _ = bare.shutdown().await;
            drain(&mut bare).await;
        })
    }),
    way(
        "an answer that ends with its connection",
        Expect::Done,
        |v| {
            Box::pin(async move {
                let config = v.config(|_| {});
                let Some(mut stream) = v.until_way(config).await else {
                    return;
                };
                let _ = stream.write_all(&[HEAD, b"\r\n<p>hi"].concat()).await;
                let _ = stream.shutdown().await;
                drain(&mut stream).await;
            })
        },
    ),
    way("reset within the answer", BROKEN, |v| {
        Box::pin(async move {
            let config = v.config(|_| {});
            let Some(mut stream) = v.until_way(config).await else {
                return;
            };
            let _ = stream
                .write_all(&[HEAD, b"Content-Length: 99\r\n\r\n<p>hi"].concat())
                .await;
            let _ = stream.flush().await;
            sleep(Duration::from_millis(50)).await;
            stream.get_ref().0.set_zero_linger().expect("a socket");
        })
    }),
    way("noise within the answer", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|_| {});
            let Some(mut stream) = v.until_way(config).await else {
                return;
            };
            let _ = stream
                .write_all(&[HEAD, b"Content-Length: 99\r\n\r\n<p>hi"].concat())
                .await;
            let _ = stream.flush().await;
            let (mut bare, _) = stream.into_inner();
            let _ = bare.write_all(&record(23, &[9; 500])).await;
            drain(&mut bare).await;
        })
    }),
    way("plain text within the answer", UNSAFE, |v| {
        Box::pin(async move {
            let config = v.config(|_| {});
            let Some(stream) = v.until_way(config).await else {
                return;
            };
            let (mut bare, _) = stream.into_inner();
            let _ = bare
                .write_all(&[HEAD, b"Content-Length: 5\r\n\r\n<p>hi"].concat())
                .await;
            drain(&mut bare).await;
        })
    }),
];
