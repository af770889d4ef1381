//! What a whole domain shows: clues that join, gateways that hide, silence that is no denial.

use super::observed::{Answer, Asked, Certificate, Kind};
use super::*;
use crate::model::time::Timestamp;

/// `contoso.example`, of which these questions were answered: name, type, record. No record: there
/// is none. A question mark: nobody answered.
pub(super) fn contoso(asked: &[(&str, Kind, &str)]) -> Observed {
    let mut all: Vec<Asked> = Vec::new();
    for (at, kind, record) in asked {
        let name = match *at {
            "" => "contoso.example".to_owned(),
            at => format!("{at}.contoso.example"),
        };
        if let Some(known) = all
            .iter_mut()
            .find(|known| known.name == name && known.kind == *kind)
            && let Answer::Records(records) = &mut known.answer
        {
            records.push((*record).to_owned());
            continue;
        }
        let answer = match *record {
            "" => Answer::NoData,
            "?" => Answer::Unknown(super::observed::Why::ServFail),
            record => Answer::Records(vec![record.to_owned()]),
        };
        let kind = *kind;
        all.push(Asked { name, kind, answer });
    }
    Observed {
        domain: "contoso.example".to_owned(),
        asked: all,
        certificates: Vec::new(),
        seen: Timestamp(9),
    }
}

fn sure(findings: &Findings, slug: &str) -> f32 {
    let fact = findings.facts.iter().find(|fact| fact.technology == slug);
    fact.map_or(0.0, |fact| fact.confidence)
}

fn near(one: f32, other: f32) -> bool {
    (one - other).abs() < 0.005
}

const OUTLOOK: (&str, Kind, &str) = (
    "",
    Kind::Mx,
    "0 contoso-example.mail.protection.outlook.com.",
);
const SPF: (&str, Kind, &str) = (
    "",
    Kind::Txt,
    "v=spf1 include:spf.protection.outlook.com -all",
);
const TOKEN: (&str, Kind, &str) = ("", Kind::Txt, "MS=ms12345678");
const DKIM: (&str, Kind, &str) = (
    "selector1._domainkey",
    Kind::Cname,
    "selector1-contoso-example._domainkey.contoso.onmicrosoft.com.",
);
const AUTODISCOVER: (&str, Kind, &str) = ("autodiscover", Kind::Cname, "autodiscover.outlook.com.");
const GATEWAY: (&str, Kind, &str) = ("", Kind::Mx, "10 eu-smtp-inbound-1.mimecast.com.");
const GMAIL: (&str, Kind, &str) = ("", Kind::Mx, "1 aspmx.l.google.com.");

#[test]
fn clues_join_by_noisy_or() {
    for (asked, expected) in [
        (&[TOKEN][..], 0.45),
        (&[SPF], 0.70),
        (&[AUTODISCOVER], 0.85),
        (&[OUTLOOK], 0.97),
        (&[SPF, TOKEN], 0.835),
        (&[SPF, AUTODISCOVER], 0.955),
        (&[DKIM], 0.99),
        (&[OUTLOOK, SPF, DKIM, TOKEN, AUTODISCOVER], 0.99),
    ] {
        let found = fuse(&contoso(asked), &[]);
        let sure = sure(&found, "microsoft-365");
        assert!(near(sure, expected), "{asked:?}: {sure}, not {expected}");
    }
}

#[test]
fn many_clues_of_one_source_stay_below_its_cap() {
    let hosts = [
        ("", Kind::Mx, "1 aspmx.l.google.com."),
        ("", Kind::Mx, "5 alt1.aspmx.l.google.com."),
        ("", Kind::Mx, "10 aspmx2.googlemail.com."),
        ("", Kind::Mx, "10 smtp.google.com."),
    ];
    assert!(near(
        sure(&fuse(&contoso(&hosts), &[]), "google-workspace-mx"),
        0.97
    ));
    let tokens = [
        ("", Kind::Txt, "atlassian-domain-verification=a"),
        ("", Kind::Txt, "atlassian-sending-domain-verification=b"),
    ];
    assert!(near(sure(&fuse(&contoso(&tokens), &[]), "atlassian"), 0.6));
    let twice = [("", Kind::Txt, "MS=ms1"), ("", Kind::Txt, "MS=ms2")];
    assert!(near(
        sure(&fuse(&contoso(&twice), &[]), "microsoft-365"),
        0.45
    ));
}

#[test]
fn a_gateway_hides_and_the_rest_sees_through() {
    let hidden = fuse(&contoso(&[GATEWAY]), &[]);
    assert_eq!(hidden.gateways, ["mimecast"]);
    assert!(sure(&hidden, "mimecast") > 0.9);
    assert!(near(sure(&hidden, "exchange-online"), 0.0));
    let through = fuse(&contoso(&[GATEWAY, SPF, DKIM, AUTODISCOVER]), &[]);
    assert!(sure(&through, "exchange-online") > 0.98);
    // Two exchangers: with a gateway among them, no mailbox is shown to be elsewhere.
    let both = fuse(&contoso(&[GATEWAY, GMAIL, SPF]), &[]);
    assert!(near(sure(&both, "exchange-online"), 0.70));
}

#[test]
fn mailboxes_shown_elsewhere_halve_what_lingers() {
    let moved = fuse(&contoso(&[GMAIL, SPF]), &[]);
    assert!(moved.gateways.is_empty());
    assert!(near(sure(&moved, "exchange-online"), 0.35), "{moved:?}");
    assert!(sure(&moved, "google-workspace-mx") > 0.96);
    let signed = fuse(&contoso(&[GMAIL, DKIM]), &[]);
    assert!(
        sure(&signed, "exchange-online") > 0.98,
        "a key is no leftover"
    );
}

#[test]
fn silence_is_no_denial() {
    use Kind::{Cname, Mx, Txt};
    let all = |mx| {
        let mut asked = vec![("", Mx, mx), ("", Txt, ""), ("autodiscover", Cname, "")];
        asked.push(("selector1._domainkey", Cname, ""));
        fuse(&contoso(&asked), &[])
    };
    let presence = |found: &Findings| found.presence("mxlogic");
    assert_eq!(presence(&all("")), Presence::Absent);
    assert_eq!(presence(&all("5 mail.contoso.example.")), Presence::Absent);
    assert_eq!(presence(&all("?")), Presence::Unknown);
    assert_eq!(all("?").unanswered, ["dns:contoso.example?type=MX"]);
    assert_eq!(presence(&fuse(&contoso(&[]), &[])), Presence::Unknown);
    let behind = fuse(&contoso(&[GATEWAY, ("", Txt, "")]), &[]);
    assert_eq!(behind.presence("infomaniak-mail"), Presence::Unknown);
    let open = fuse(
        &contoso(&[("", Mx, "5 mail.contoso.example."), ("", Txt, "")]),
        &[],
    );
    assert_eq!(open.presence("infomaniak-mail"), Presence::Absent);
    assert!(matches!(behind.presence("mimecast"), Presence::Seen(sure) if sure > 0.9));
    // A page technology is absent only from a page that was seen.
    assert_eq!(open.presence("olark"), Presence::Unknown);
    assert_eq!(open.presence("no-such-thing"), Presence::Unknown);
}

#[test]
fn a_version_names_the_product_behind_it() {
    let page = |server: &str| Page {
        url: "https://www.contoso.example/".to_owned(),
        status: 200,
        headers: vec![("server".to_owned(), server.to_owned())],
        body: Vec::new(),
        truncated: false,
        fetched: Timestamp(7),
        address: None,
    };
    let facts = recognise(&page("Microsoft-IIS/8.5"));
    let fact = |slug: &str| facts.iter().find(|fact| fact.technology == slug);
    let system = fact("windows-server-2012-r2").expect("IIS 8.5 came with it");
    let end = support(system).expect("its end is known");
    assert_eq!(end.ends.to_string(), "2023-10-10");
    assert!(
        end.source
            .starts_with("https://learn.microsoft.com/lifecycle/")
    );
    assert!(
        system.evidence.contains("Microsoft-IIS/8.5"),
        "{}",
        system.evidence
    );
    assert!(fact("windows-server-2012").is_none());
    assert!(system.confidence < fact("iis").map_or(0.0, |iis| iis.confidence));
}

#[test]
fn of_two_that_exclude_each_other_one_stays() {
    let policy = |text| contoso(&[("_dmarc", Kind::Txt, text)]);
    let slugs = |found: Findings| -> Vec<String> {
        found
            .facts
            .into_iter()
            .map(|fact| fact.technology)
            .collect()
    };
    assert_eq!(
        slugs(fuse(&policy("v=DMARC1; p=reject"), &[])),
        ["dmarc-enforced"]
    );
    assert_eq!(
        slugs(fuse(&policy("v=DMARC1;p=none"), &[])),
        ["dmarc-monitoring"]
    );
    // Two records are one too many (RFC 7489 §6.6.3): what is surest of them stands once.
    let two = contoso(&[
        ("_dmarc", Kind::Txt, "v=DMARC1; p=none"),
        ("_dmarc", Kind::Txt, "v=DMARC1; p=reject"),
    ]);
    assert_eq!(slugs(fuse(&two, &[])), ["dmarc-enforced"]);
}

#[test]
fn revoked_keys_and_wildcards_are_no_keys() {
    let shows = |kind, record: &str| {
        let found = fuse(&contoso(&[("mandrill._domainkey", kind, record)]), &[]);
        sure(&found, "mandrill") > 0.0
    };
    assert!(shows(Kind::Txt, "v=DKIM1; k=rsa; p=MIGfMA0"));
    assert!(!shows(Kind::Txt, "v=DKIM1; k=rsa; p="));
    assert!(!shows(Kind::Txt, "v=spf1 -all"));
    assert!(!shows(Kind::Cname, "www.contoso.example."));
    assert!(shows(Kind::Cname, "mandrill._domainkey.mandrillapp.com."));
}

#[test]
fn names_are_compared_by_whole_labels_and_at_their_place() {
    let shows = |slug: &str, asked| sure(&fuse(&contoso(&[asked]), &[]), slug) > 0.0;
    assert!(shows("mimecast", ("", Kind::Mx, "10 MX.Mimecast.COM.")));
    assert!(!shows("mimecast", ("", Kind::Mx, "10 notmimecast.com.")));
    assert!(!shows(
        "mimecast",
        ("", Kind::Mx, "10 mimecast.com.evil.example.")
    ));
    assert!(!shows("mimecast", ("lab", Kind::Mx, "10 x.mimecast.com.")));
    assert!(!shows(
        "exchange-online",
        ("www", Kind::Cname, "autodiscover.outlook.com.")
    ));
    assert!(!shows("route-53", ("", Kind::Ns, "awsdns-cheap.com.")));
    let mut other = contoso(&[GATEWAY]);
    "fabrikam.example".clone_into(&mut other.domain);
    assert!(
        fuse(&other, &[]).facts.is_empty(),
        "another's answers are not its own"
    );
}

#[test]
fn certificates_speak_too() {
    let mut observed = contoso(&[]);
    observed.certificates.push(Certificate {
        url: "https://contoso.example/".to_owned(),
        issuer: "C=US, O=Let's Encrypt, CN=R11".to_owned(),
        names: vec!["sni.cloudflaressl.com".to_owned()],
        protocol: "TLSv1.1".to_owned(),
        ..Certificate::default()
    });
    let found = fuse(&observed, &[]);
    for slug in ["lets-encrypt", "cloudflare", "legacy-tls"] {
        assert!(sure(&found, slug) > 0.5, "{slug}");
    }
    assert_eq!(found.facts[0].url, "https://contoso.example/");
}

#[test]
fn foreign_answers_are_bounded() {
    let full = |text: &str| text.repeat(65_000 / text.len());
    let answer = |at: &str, record: String| Asked {
        name: format!("{at}contoso.example"),
        kind: Kind::Txt,
        answer: Answer::Records(vec![record; 1000]),
    };
    let mut observed = contoso(&[]);
    observed.asked = vec![
        answer(
            "",
            "v=spf1 ".to_owned() + &full("include:spf.protection.outlook.com "),
        ),
        answer("", full("token=1")),
        answer(
            "_dmarc.",
            "v=DMARC1; p=none; rua=".to_owned() + &full("mailto:a@b,"),
        ),
        answer("k1._domainkey.", "v=DKIM1; p=".to_owned() + &full("A")),
    ];
    let began = cpu_time::ThreadTime::now();
    let found = fuse(&observed, &[]);
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    assert!(near(sure(&found, "microsoft-365"), 0.70));
    assert!(
        found
            .facts
            .iter()
            .all(|fact| fact.evidence.len() <= EVIDENCE)
    );
    // What cannot have come in an answer is not read.
    let endless = "MS=ms1".to_owned() + &"1".repeat(70_000);
    let endless = fuse(&contoso(&[("", Kind::Txt, endless.as_str())]), &[]);
    assert!(endless.facts.is_empty());
}
