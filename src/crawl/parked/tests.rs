//! What is parked and what is not, as whole pages.

use super::*;
use crate::extract;
use crate::model::host::HostRecord;

fn page(url: &str, body: &str) -> Page {
    Page {
        url: url.to_owned(),
        status: 200,
        headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
        body: body.as_bytes().to_vec(),
        truncated: false,
        fetched: Timestamp(1_780_000_000_000),
        address: None,
    }
}

fn shown(body: &str) -> Option<String> {
    let page = page("https://www.contoso.com/", body);
    judge(&page, &extract::read(&page), true)
}

fn html(title: &str, body: &str) -> String {
    format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>")
}

#[test]
fn domains_for_sale_are_told_in_seven_languages() {
    for (title, body) in [
        (
            "contoso.com is for sale",
            "<h1>The domain contoso.com is for sale</h1><p>Make an offer.</p>",
        ),
        (
            "contoso.com",
            "<h1>This domain is for sale!</h1><p>Contact us for a price.</p>",
        ),
        (
            "Contoso.com - Domain Name For Sale | Dan.com",
            "<p>Lease to own.</p>",
        ),
        (
            "",
            "<p>Buy this domain</p><p>The owner is offering it for an asking price of 999 EUR.</p>",
        ),
        ("contoso.com", "<p>Este dominio está en venta</p>"),
        ("contoso.com", "<p>Ce nom de domaine est à vendre.</p>"),
        ("contoso.com", "<p>Diese Domain steht zum Verkauf!</p>"),
        (
            "contoso.com steht zum Verkauf",
            "<p>Jetzt Angebot abgeben</p>",
        ),
        ("contoso.com", "<p>Este domínio está à venda</p>"),
        ("contoso.com", "<p>Questo dominio è in vendita</p>"),
        ("contoso.com", "<p>Deze domeinnaam is te koop</p>"),
    ] {
        assert!(shown(&html(title, body)).is_some(), "{title}: {body}");
    }
}

#[test]
fn parked_expired_and_suspended_are_told() {
    for (title, body) in [
        (
            "contoso.com",
            "<p>This Web page is parked FREE, courtesy of GoDaddy.com.</p>",
        ),
        (
            "contoso.com",
            "<p>This domain has expired. If you owned it, renew it now.</p>",
        ),
        (
            "Account Suspended",
            "<h1>Account Suspended</h1><p>This Account has been suspended.</p>",
        ),
        (
            "contoso.com",
            "<h1>Este dominio está aparcado</h1><p>en nuestros servidores.</p>",
        ),
        (
            "contoso.com",
            "<p>Diese Domain ist bereits registriert.</p>",
        ),
        ("Domain geparkt", "<p>Domain geparkt</p>"),
        (
            "Registered at Namecheap.com",
            "<p>This domain is registered at Namecheap. Check back later!</p>",
        ),
        ("contoso.com", "<p>Dit domein is gereserveerd</p>"),
        (
            "contoso.com",
            "<p>Ce domaine est enregistré chez un hébergeur.</p>",
        ),
    ] {
        assert!(shown(&html(title, body)).is_some(), "{title}: {body}");
    }
}

#[test]
fn servers_as_they_come_are_told_by_their_titles() {
    let manual = "<p>This is the default welcome page used to test the correct operation of the \
        server after installation. You should replace this file before continuing.</p>"
        .repeat(8);
    for title in [
        "Apache2 Ubuntu Default Page: It works",
        "Apache2 Debian Default Page: It works",
        "Welcome to nginx!",
        "IIS Windows Server",
        "Test Page for the Apache HTTP Server on Red Hat Enterprise Linux",
        "HTTP Server Test Page powered by CentOS-WebPanel.com",
        "Default Web Site Page",
        "Domain Default page",
    ] {
        let told = shown(&html(title, &format!("<h1>{title}</h1>{manual}")));
        assert!(told.is_some() || title.contains("WebPanel"), "{title}");
    }
}

#[test]
fn scripts_of_parking_services_give_a_page_away() {
    for body in [
        "<html><head><script>window.onload=function(){window.location.href=\"/lander\"}</script></head></html>",
        "<html data-adblockkey=\"MFwwDQYJ\"><head><title>contoso.com</title></head><body></body></html>",
        "<title>contoso.com</title><script src='https://www.google.com/adsense/domains/caf.js'></script>",
        "<title>contoso.com</title><p>Related links</p><iframe src=\"//www.SedoParking.com/contoso.com\"></iframe>",
        "<title>x</title><script>var u='https://c.parkingcrew.net/jsparkcaf.php';load(u)</script>",
    ] {
        assert!(shown(body).is_some(), "{body}");
    }
}

#[test]
fn what_is_somebodys_is_not_parked() {
    let article = "Investors park names with a service, and whoever calls reads that this domain \
        is for sale, at a price that the dealer sets. "
        .repeat(12);
    let article = format!("<h1>What is domain parking?</h1><p>{article}</p>");
    let shop: String = (0..30)
        .map(|n| format!("<li><a href='/domains/{n}'>brand{n}.com</a> Buy this domain</li>"))
        .collect();
    for (title, body) in [
        ("What is domain parking?", article.as_str()),
        (
            "Contoso Domains",
            &format!("<h1>Premium domains</h1><ul>{shop}</ul>"),
        ),
        (
            "Contoso | Under construction",
            "<h1>We are building our new site</h1><p>Coming soon.</p>",
        ),
        (
            "Contoso",
            "<h1>Launching soon</h1><p>Sign up to hear from us.</p>",
        ),
        (
            "Contoso",
            "<p>Hier entsteht eine neue Internetpräsenz der Contoso GmbH.</p>",
        ),
        (
            "Contoso: houses for sale",
            "<h1>Houses for sale in Bilbao</h1><p>Call us.</p>",
        ),
        (
            "Contoso.com for sale and rent",
            "<h1>Boats</h1><p>Contoso.com: for sale, for rent.</p>",
        ),
        (
            "Contoso parking",
            "<h1>Parking at the airport</h1><p>Your car is parked free.</p>",
        ),
        (
            "Contoso nginx hosting",
            "<p>Welcome to nginx! We run it for you.</p>",
        ),
        (
            "Contoso",
            "<p>We are on <a href='https://sedoparking.com/x'>Sedo</a>, and not on bodis.com.</p>",
        ),
        ("", ""),
    ] {
        assert_eq!(shown(&html(title, body)), None, "{title}");
    }
    let sold = html("contoso.com is for sale", "<p>Make an offer.</p>");
    let deep = page("https://www.contoso.com/x", &sold);
    assert_eq!(
        judge(&deep, &extract::read(&deep), false),
        None,
        "front pages alone"
    );
    let dated = sold.replace(
        "</head>",
        "<meta property='article:published_time' content='2026-05-04T08:00:00Z'></head>",
    );
    assert_eq!(shown(&dated), None, "an article");
}

#[test]
fn what_shows_it_is_said_in_our_words() {
    let body = html(
        "x",
        "<h1>Contoso.com is for sale by Jane Doe, jane@doe.example</h1>",
    );
    let shows = shown(&body).expect("it is parked");
    assert_eq!(shows, "its heading says \"contoso.com is for sale\"");
}

#[test]
fn a_host_comes_back_to_life_with_its_front_page_alone() {
    let config = Revisit::default();
    let now = Timestamp(1_000_000);
    let mut front = crate::crawl::judge::tests::task(crate::model::task::TaskKind::Home);
    front.url = "https://example.com/".to_owned();
    front.state = State::Done;
    let mut host = HostRecord::default();
    let shows = "it says so".to_owned();
    settle(&mut front, &mut host, Some(shows.clone()), &config, now);
    assert_eq!(
        front.state,
        State::Parked {
            shows: shows.clone()
        }
    );
    assert_eq!(front.due, Some(now.after(config.longest)));
    assert_eq!(leaves_alone(&front, &host), None, "it is asked again");
    let mut other = front.clone();
    other.url = "https://example.com/news".to_owned();
    assert_eq!(leaves_alone(&other, &host), Some(shows));
    for (task, state, lives) in [
        (&other, State::Done, false),
        (
            &front,
            State::Failed {
                failure: crate::model::state::Failure::Dns,
            },
            false,
        ),
        (&front, State::Gone { status: 404 }, false),
        (
            &front,
            State::Moved {
                to: "https://a.example/".into(),
            },
            true,
        ),
        (&front, State::Done, true),
    ] {
        let (mut task, mut host) = (
            Task {
                state,
                ..task.clone()
            },
            host.clone(),
        );
        settle(&mut task, &mut host, None, &config, now);
        assert_eq!(host.parked.is_none(), lives, "{:?}", task.state);
    }
}

#[test]
fn the_words_are_as_lines_are_compared() {
    let words = &READY.words;
    for word in words.says.iter().chain(&words.lines).chain(&words.titles) {
        assert_eq!(*word, slug(word));
    }
    for piece in &words.loads {
        assert!(piece.len() > 8 && piece.is_ascii(), "{piece}");
    }
}

#[test]
fn hostile_pages_cost_little() {
    let open = "<script".repeat(100_000);
    let sale = "this domain is for ".repeat(50_000);
    for body in [
        open.as_str(),
        &sale,
        &html(&sale, &open),
        "\u{0}\u{fffd}",
        "<title>-</title>",
    ] {
        assert_eq!(shown(body), None);
    }
}
