//! What a ping asks of DNS, over real sockets on loopback: every type of record, every way of not
//! being answered, and what it costs.

mod names;

use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::fetch::{Config, Fetch, HttpFetcher};
use foresignal::technographics::observed::{Answer, Kind, Question, Why};
use foresignal::technographics::plan;
use hickory_proto::op::ResponseCode;
use names::{Names, Way};
use tokio::time::Instant;

const ZONE: &str = r#"
@ IN A 192.0.2.10
@ IN A 10.1.2.3
@ IN AAAA 2001:db8::10
@ IN NS ns1.azure-dns.test.
@ IN MX 10 contoso-example.mail.protection.outlook.com.
@ IN MX 20 mx.backup.test.
@ IN TXT "v=spf1 include:spf.protection" ".outlook.com -all"
@ IN TXT "MS=ms12345678"
@ IN CAA 0 issue "letsencrypt.org"
www IN CNAME edge.hoster.test.
autodiscover IN CNAME autodiscover.outlook.com.
_sipfederationtls._tcp IN SRV 10 60 5061 sipfed.online.lync.com.
empty.www2 IN A 192.0.2.1
dangling IN CNAME gone.hoster.test.
mailless IN CNAME edge.hoster.test.
idn IN CNAME xn--mnchen-3ya.hoster.test.
srv-alias IN CNAME srv.hoster.test.
ping IN CNAME pong
pong IN CNAME ping
"#;

const HOSTER: &str = "edge IN A 192.0.2.20\nedge IN TXT \"edge\"\n\
    srv IN SRV 1 2 443 edge.hoster.test.\n";

async fn server() -> Names {
    Names::serving(&[("contoso.example", ZONE), ("hoster.test", HOSTER)]).await
}

fn config(names: &Names) -> Config {
    Config {
        // The resolver waits a quarter of it for an answer, twice.
        connect_timeout: Duration::from_millis(1600),
        total_timeout: Duration::from_secs(20),
        dns: vec![names.address],
        ..Config::default()
    }
}

fn fetcher(config: &Config) -> HttpFetcher {
    HttpFetcher::new(config, Clock::system()).expect("a client")
}

fn question(name: &str, kind: Kind) -> Question {
    Question {
        name: name.to_owned(),
        kind,
    }
}

async fn ask(fetcher: &HttpFetcher, name: &str, kind: Kind) -> Answer {
    let asked = fetcher.ask(vec![question(name, kind)]).await;
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].name.as_str(), asked[0].kind), (name, kind));
    asked[0].answer.clone()
}

fn records(texts: &[&str]) -> Answer {
    Answer::Records(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// The records in order: servers turn them as they like.
fn sorted(answer: Answer) -> Answer {
    match answer {
        Answer::Records(mut records) => {
            records.sort();
            Answer::Records(records)
        }
        other => other,
    }
}

#[tokio::test]
async fn every_type_of_record_is_read_as_master_files_write_it() {
    let names = server().await;
    let fetcher = fetcher(&config(&names));
    let soa = "ns.hoster.test. hostmaster.hoster.test. 1 7200 900 86400 300";
    let cases: &[(&str, Kind, &[&str])] = &[
        ("", Kind::A, &["10.1.2.3", "192.0.2.10"]),
        ("", Kind::Aaaa, &["2001:db8::10"]),
        ("", Kind::Ns, &["ns1.azure-dns.test."]),
        ("", Kind::Soa, &[soa]),
        (
            "",
            Kind::Mx,
            &[
                "10 contoso-example.mail.protection.outlook.com.",
                "20 mx.backup.test.",
            ],
        ),
        (
            "",
            Kind::Txt,
            &[
                "MS=ms12345678",
                "v=spf1 include:spf.protection.outlook.com -all",
            ],
        ),
        ("", Kind::Caa, &["0 issue \"letsencrypt.org\""]),
        ("autodiscover.", Kind::Cname, &["autodiscover.outlook.com."]),
        (
            "_sipfederationtls._tcp.",
            Kind::Srv,
            &["10 60 5061 sipfed.online.lync.com."],
        ),
        // Through an alias only what was asked for, and of an alias only the next name.
        ("www.", Kind::A, &["192.0.2.20"]),
        ("www.", Kind::Txt, &["edge"]),
        ("www.", Kind::Cname, &["edge.hoster.test."]),
        ("srv-alias.", Kind::Srv, &["1 2 443 edge.hoster.test."]),
        // A name in another script stays as it is on the wire.
        ("idn.", Kind::Cname, &["xn--mnchen-3ya.hoster.test."]),
    ];
    for (name, kind, expected) in cases {
        let answer = ask(&fetcher, &format!("{name}contoso.example"), *kind).await;
        assert_eq!(sorted(answer), records(expected), "{name} {kind:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_from_what_has_no_such_record_also_from_the_cache() {
    let names = server().await;
    let fetcher = fetcher(&config(&names));
    let cases = [
        ("contoso.example", Kind::Srv, Answer::NoData),
        ("contoso.example", Kind::Cname, Answer::NoData),
        ("www.contoso.example", Kind::Aaaa, Answer::NoData),
        ("www.contoso.example", Kind::Mx, Answer::NoData),
        ("nobody.contoso.example", Kind::A, Answer::NoName),
        ("nobody.contoso.example", Kind::Cname, Answer::NoName),
        ("_dmarc.contoso.example", Kind::Txt, Answer::NoName),
        // A name that has names below it exists (RFC 8020).
        ("www2.contoso.example", Kind::A, Answer::NoData),
        // An alias of nothing exists as well.
        ("dangling.contoso.example", Kind::A, Answer::NoData),
        ("dangling.contoso.example", Kind::Txt, Answer::NoData),
        ("fabrikam.example", Kind::Soa, Answer::NoName),
        ("fabrikam.example", Kind::Mx, Answer::NoName),
    ];
    let mut heard = Vec::new();
    for round in ["asked", "from the cache"] {
        for (name, kind, expected) in &cases {
            let answer = ask(&fetcher, name, *kind).await;
            assert_eq!(answer, *expected, "{name} {kind:?}, {round}");
        }
        // That a name has no SOA record is what the resolver never remembers.
        let mut asked = names.heard();
        asked.retain(|heard| heard.kind != "SOA");
        heard.push(asked);
    }
    assert_eq!(heard[0], heard[1], "nothing is asked twice within its time");
}

#[tokio::test]
async fn every_way_of_not_being_answered_is_told_apart_and_is_never_nothing() {
    let names = server().await;
    let ways = [
        ("servfail", Way::Code(ResponseCode::ServFail), Why::ServFail),
        ("refused", Way::Code(ResponseCode::Refused), Why::Refused),
        ("formerr", Way::Code(ResponseCode::FormErr), Why::Malformed),
        ("notimp", Way::Code(ResponseCode::NotImp), Why::Malformed),
        (
            "unheard-of",
            Way::Code(ResponseCode::Unknown(11)),
            Why::Malformed,
        ),
        ("unreachable", Way::Extended(22), Why::Lame),
        ("network", Way::Extended(23), Why::Lame),
        ("bogus", Way::Extended(6), Why::ServFail),
        ("silent", Way::Silent, Why::Timeout),
        ("cut", Way::CutTwice, Why::Truncated),
        ("hangs-up", Way::CutAndHangUp, Why::Truncated),
        ("garbage", Way::Garbage, Why::Malformed),
        ("referral", Way::Referral, Why::Malformed),
        ("alias", Way::Alias, Why::Loop),
    ];
    for (name, way, _) in &ways {
        names.misbehave(&format!("{name}.test"), way.clone());
    }
    let fetcher = fetcher(&config(&names));
    for kind in [Kind::A, Kind::Mx, Kind::Txt] {
        for (name, _, why) in &ways {
            // Twice: what is remembered is no other than what was heard.
            for _ in 0..2 {
                let answer = ask(&fetcher, &format!("www.{name}.test"), kind).await;
                assert_eq!(answer, Answer::Unknown(*why), "{name} {kind:?}");
            }
        }
        for _ in 0..2 {
            let answer = ask(&fetcher, "ping.contoso.example", kind).await;
            assert_eq!(answer, Answer::Unknown(Why::Loop), "{kind:?}");
        }
    }
    let direct = ask(&fetcher, "ping.contoso.example", Kind::Cname).await;
    assert_eq!(direct, records(&["pong.contoso.example."]));
    let direct = ask(&fetcher, "www.silent.test", Kind::Cname).await;
    assert_eq!(direct, Answer::Unknown(Why::Timeout));
}

#[tokio::test]
async fn an_alias_of_what_nobody_can_say_is_not_said_to_be_nothing() {
    let zone = "a IN CNAME b.broken.test.\nb IN CNAME b.silent.test.\n";
    let names = Names::serving(&[("contoso.example", zone)]).await;
    names.misbehave("broken.test", Way::Code(ResponseCode::ServFail));
    names.misbehave("silent.test", Way::Silent);
    let fetcher = fetcher(&config(&names));
    for (name, why) in [("a", Why::ServFail), ("b", Why::Timeout)] {
        let answer = ask(&fetcher, &format!("{name}.contoso.example"), Kind::A).await;
        assert_eq!(answer, Answer::Unknown(why), "{name}");
    }
}

#[tokio::test]
async fn what_does_not_fit_a_datagram_is_asked_again_over_tcp() {
    let long: String = (0..40)
        .map(|n| format!("@ IN TXT \"token{n}={}\"\n", "x".repeat(100)))
        .collect();
    let many: String = (0..300)
        .map(|n| format!("many IN A 192.0.{}.{}\n", n / 250, n % 250))
        .collect();
    let names = Names::serving(&[
        ("contoso.example", &(long + &many)),
        ("cut.test", "@ IN A 192.0.2.9"),
    ])
    .await;
    names.misbehave("cut.test", Way::Cut);
    let fetcher = fetcher(&config(&names));
    let Answer::Records(found) = ask(&fetcher, "contoso.example", Kind::Txt).await else {
        panic!("no records")
    };
    assert_eq!(found.len(), 40);
    assert_eq!(
        ask(&fetcher, "cut.test", Kind::A).await,
        records(&["192.0.2.9"])
    );
    let spoken: Vec<bool> = names.heard().iter().map(|heard| heard.tcp).collect();
    assert_eq!(spoken, [false, true, false, true]);
    // No honest name has as many.
    let Answer::Records(found) = ask(&fetcher, "many.contoso.example", Kind::A).await else {
        panic!("no records")
    };
    assert_eq!(found.len(), 200);
}

#[tokio::test]
async fn bytes_that_are_no_text_and_quotes_do_no_harm() {
    let zone = r#"@ IN CAA 128 issue "a\"b""#;
    let names = Names::serving(&[("contoso.example", zone)]).await;
    names.misbehave("bytes.test", Way::Bytes);
    let fetcher = fetcher(&config(&names));
    let text = ask(&fetcher, "bytes.test", Kind::Txt).await;
    assert_eq!(text, records(&["café \u{fffd} \0 \"quoted\""]));
    let caa = ask(&fetcher, "contoso.example", Kind::Caa).await;
    assert_eq!(caa, records(&["128 issue \"a\\\"b\""]));
}

#[tokio::test]
async fn some_are_asked_at_a_time_and_all_are_answered_in_their_order() {
    let names = server().await;
    names.misbehave("contoso.example", Way::Slow(Duration::from_millis(60)));
    names.misbehave(
        "slow.contoso.example",
        Way::Slow(Duration::from_millis(250)),
    );
    let fetcher = fetcher(&config(&names));
    let mut questions = plan::questions("contoso.example");
    questions.insert(0, question("slow.contoso.example", Kind::A));
    let asked = fetcher.ask(questions.clone()).await;
    let again = asked.into_iter().map(|asked| Question {
        name: asked.name,
        kind: asked.kind,
    });
    assert_eq!(again.collect::<Vec<_>>(), questions);
    assert_eq!(names.most(), 8);
    // An alias that leads to another zone costs one more: of www, for both kinds of address.
    assert_eq!(names.heard().len(), questions.len() + 2);
}

#[tokio::test]
async fn a_silent_resolver_does_not_hold_a_turn() {
    let names = Names::serving(&[]).await;
    names.misbehave("example", Way::Silent);
    let config = Config {
        total_timeout: Duration::from_millis(1000),
        ..config(&names)
    };
    let fetcher = fetcher(&config);
    let questions = plan::questions("contoso.example");
    let start = Instant::now();
    let asked = fetcher.ask(questions.clone()).await;
    let took = start.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(asked.len(), questions.len());
    let timeout = Answer::Unknown(Why::Timeout);
    assert!(asked.iter().all(|asked| asked.answer == timeout));
    // Those that were left over were never sent.
    let mut sent: Vec<_> = names
        .heard()
        .into_iter()
        .map(|h| (h.name, h.kind))
        .collect();
    sent.sort();
    sent.dedup();
    assert!(sent.len() < questions.len(), "{}", sent.len());
}

#[tokio::test]
async fn nobody_is_asked_where_nobody_is_and_what_is_no_name_is_not_asked() {
    let names = server().await;
    let nobody = Config {
        // The port of a server that is gone.
        dns: vec![([127, 0, 0, 1], 9).into()],
        ..config(&names)
    };
    let answer = ask(&fetcher(&nobody), "contoso.example", Kind::A).await;
    assert!(
        matches!(answer, Answer::Unknown(Why::NotAsked | Why::Timeout)),
        "{answer:?}"
    );
    let fetcher = fetcher(&config(&names));
    let long = format!("{}.example", "x".repeat(64));
    for name in ["a..example", "b\u{fc}cher.example", "a b.example", &long] {
        let answer = ask(&fetcher, name, Kind::A).await;
        assert_eq!(answer, Answer::Unknown(Why::NotAsked), "{name}");
    }
    assert_eq!(names.heard(), []);
    assert_eq!(fetcher.ask(Vec::new()).await, []);
}
