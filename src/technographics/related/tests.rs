//! Which domains are tied to a company's, and which are not.

use super::*;

const AT: Timestamp = Timestamp(9);

#[test]
fn a_front_page_elsewhere_is_an_alias_and_a_page_about_it_is_none() {
    for (to, alias) in [
        ("https://www.contoso.com/", Some("contoso.com")),
        ("https://fabrikam.co.uk/en/home", Some("fabrikam.co.uk")),
        ("https://contosogroup.com/contoso", Some("contosogroup.com")),
        ("https://www.contoso.de/", None),
        ("https://portal.example/companies/contoso", None),
        ("https://portal.example/?company=contoso", None),
        ("https://fabrikam.com/a/b/c", None),
        ("https://www.facebook.com/", None),
        ("https://mail.google.com/", None),
        ("https://play.google.com/store", None),
        ("https://login.microsoftonline.com/", None),
        ("https://bit.ly/x", None),
        ("https://urldefense.com/v3", None),
        ("https://www.hugedomains.com/domain_profile.cfm", None),
        ("https://contoso.github.io/", None),
        ("https://contoso.wordpress.com/", None),
        ("https://203.0.113.7/", None),
        ("https://localhost/", None),
        ("https://example.com/", None),
    ] {
        let to_url = Url::parse(to).expect(to);
        let found = of_redirect("contoso.de", "https://contoso.de/", &to_url, true, AT);
        assert_eq!(
            found.as_ref().map(|found| found.domain.as_str()),
            alias,
            "{to}"
        );
        let named = of_canonical("contoso.de", "https://contoso.de/", to, AT);
        assert_eq!(
            named.as_ref().map(|found| found.domain.as_str()),
            alias,
            "{to}"
        );
        if let (Some(found), Some(named)) = (found, named) {
            assert_eq!(
                (found.relation, found.basis),
                (Relation::Alias, RelationBasis::Moved)
            );
            assert_eq!(named.basis, RelationBasis::Canonical);
            assert_eq!(found.url, "https://contoso.de/");
        }
    }
    let to = Url::parse("https://contoso.com/").expect("valid");
    let found = of_redirect("contoso.de", "https://contoso.de/", &to, false, AT);
    let found = found.expect("an alias");
    assert_eq!(found.basis, RelationBasis::Redirect);
    assert_eq!(found.evidence, "leads for now to https://contoso.com/");
    assert_eq!(
        of_canonical("contoso.de", "https://contoso.de/", "/", AT),
        None
    );
}

#[test]
fn a_stated_parent_is_one() {
    let page = "https://contoso.de/about";
    let found = of_statement(
        "contoso.de",
        page,
        "https://www.northwind.com/x",
        Relation::Parent,
        AT,
    );
    let found = found.expect("a parent");
    assert_eq!(
        (found.domain.as_str(), found.relation),
        ("northwind.com", Relation::Parent)
    );
    for stated in [
        "https://www.linkedin.com/company/x",
        "https://contoso.de/",
        "x",
    ] {
        assert_eq!(
            of_statement("contoso.de", page, stated, Relation::Parent, AT),
            None
        );
    }
}

fn on_certificate(issuer: &str, names: &[&str], distrust: Option<Distrust>) -> Vec<String> {
    let certificate = Certificate {
        url: "https://contoso.com/".to_owned(),
        issuer: issuer.to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        distrust,
        ..Certificate::default()
    };
    let found = of_certificate("contoso.com", &certificate, AT);
    assert!(found.iter().all(|one| one.evidence.len() <= EVIDENCE));
    found
        .into_iter()
        .map(|one| format!("{:?} {}", one.relation, one.domain))
        .collect()
}

const DV: &str = "C=US, O=Let's Encrypt, CN=R11";
const OV: &str = "C=GB, O=Sectigo Limited, CN=Sectigo RSA Organization Validation Secure Server CA";

#[test]
fn what_bears_the_companys_label_is_its_own() {
    let names = [
        "*.contoso.com",
        "contoso.de",
        "www.contoso-shop.com",
        "mycontoso.fr",
        "con-toso.es",
        "contest.com",
        "contoso.github.io",
    ];
    let kin = [
        "Alias contoso.de",
        "Sibling con-toso.es",
        "Sibling contoso-shop.com",
        "Sibling mycontoso.fr",
    ];
    let mut found = on_certificate(DV, &names, None);
    found.sort();
    // A hoster's name is on it: contest.com may be another customer's.
    assert_eq!(found, kin);
    assert_eq!(on_certificate(DV, &names, Some(Distrust::Expired)).len(), 4);
    for untrue in [
        Distrust::Untrusted,
        Distrust::WrongName,
        Distrust::Broken,
        Distrust::NotYet,
    ] {
        assert!(on_certificate(DV, &names, Some(untrue)).is_empty());
    }
    assert!(
        on_certificate(DV, &["fabrikam.com", "contoso.de"], None).is_empty(),
        "not its own"
    );
}

#[test]
fn strangers_are_siblings_only_where_one_house_is_likely() {
    let strangers: Vec<String> = (0..25).map(|n| format!("customer{n}.com")).collect();
    let mut many = vec!["contoso.com"];
    many.extend(strangers.iter().map(String::as_str));
    for (issuer, names, siblings) in [
        // A hoster's customers.
        (DV, &["contoso.com", "fabrikam.com"][..], 0),
        (DV, &many, 0),
        (OV, &many, 0),
        // One house.
        (DV, &["contoso.com", "contoso.de", "fabrikam.com"], 2),
        (OV, &["contoso.com", "fabrikam.com", "northwind.com"], 2),
        // A house's label among too many others.
        (
            DV,
            &[
                "contoso.com",
                "contoso.de",
                "fabrikam.com",
                "northwind.com",
                "tailspin.com",
            ],
            1,
        ),
        // A network's certificate.
        (
            OV,
            &["sni.cloudflaressl.com", "contoso.com", "fabrikam.com"],
            0,
        ),
        (OV, &["imperva.com", "contoso.com", "fabrikam.com"], 0),
        (
            OV,
            &["contoso.azurewebsites.net", "contoso.com", "fabrikam.com"],
            0,
        ),
        (
            "C=BE, O=GlobalSign nv-sa, CN=GlobalSign Atlas R3 OV TLS CA 2024 Q1",
            &["contoso.com", "fabrikam.com"],
            0,
        ),
        // What is no name, and what many share.
        (
            OV,
            &[
                "contoso.com",
                "CN=fabrikam.com",
                "203.0.113.7",
                "*.com",
                "facebook.com",
                "",
            ],
            0,
        ),
    ] {
        assert_eq!(
            on_certificate(issuer, names, None).len(),
            siblings,
            "{names:?}"
        );
    }
}

#[test]
fn a_hostile_certificate_costs_and_yields_little() {
    let names: Vec<String> = (0..5000).map(|n| format!("contoso{n}.com")).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names[0] = "contoso.com";
    assert_eq!(on_certificate(OV, &names, None).len(), MOST);
}
