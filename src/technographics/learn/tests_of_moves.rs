//! Days moved by hand: what moves is told once, and not as something gone and something new.

use super::tests::{AZURE_DNS, GMAIL, Record, adopted, assert_told, tell};
use crate::model::profile::Changed;
use crate::technographics::observed::Kind;

const OUTLOOK: Record = (
    "",
    Kind::Mx,
    "0 contoso-example.mail.protection.outlook.com.",
);
const MIMECAST: Record = ("", Kind::Mx, "10 eu-smtp-inbound-1.mimecast.com.");
const NOBODY: Record = ("", Kind::Mx, "?");
const DKIM: Record = (
    "selector1._domainkey",
    Kind::Cname,
    "selector1-contoso-example._domainkey.contoso.onmicrosoft.com.",
);
const GOOGLE_KEY: Record = ("google._domainkey", Kind::Txt, "v=DKIM1; k=rsa; p=MIGfMA0");
const ROUTE_53: Record = ("", Kind::Ns, "ns-1.awsdns-01.com.");
const CLOUDFRONT: Record = ("www", Kind::Cname, "d1.cloudfront.net.");
const FRONT_DOOR: Record = ("www", Kind::Cname, "contoso.azurefd.net.");

fn mail_moved(from: &str, to: &str) -> Changed {
    Changed::MailMoved {
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

#[test]
fn mailboxes_move_in_one_change() {
    let to_microsoft = mail_moved("google-workspace-mx", "exchange-online");
    let moved = [(0.0, &[GMAIL][..]), (7.0, &[OUTLOOK]), (8.0, &[OUTLOOK])];
    assert_told(&moved, &[(8.0, to_microsoft.clone())]);
    let (_, all) = tell(&moved);
    let (_, change) = &all[0];
    assert_eq!(
        change.before.evidence,
        "MX contoso.example: 1 aspmx.l.google.com."
    );
    assert!(
        change
            .after
            .evidence
            .ends_with("mail.protection.outlook.com.")
    );
    // What was left behind, or made ready before, does not hide it.
    let from_microsoft = mail_moved("exchange-online", "google-workspace-mx");
    assert_told(
        &[
            (0.0, &[OUTLOOK, DKIM][..]),
            (7.0, &[GMAIL, DKIM]),
            (8.0, &[GMAIL, DKIM]),
            (9.0, &[GMAIL, DKIM]),
            (30.0, &[GMAIL]),
            (40.0, &[GMAIL]),
        ],
        &[(8.0, from_microsoft)],
    );
    assert_told(
        &[
            (0.0, &[GMAIL, DKIM][..]),
            (7.0, &[OUTLOOK, DKIM]),
            (8.0, &[OUTLOOK, DKIM]),
        ],
        &[(8.0, to_microsoft.clone())],
    );
    // For a while both take mail in.
    let both = [GMAIL, OUTLOOK];
    assert_told(
        &[
            (0.0, &[GMAIL]),
            (7.0, &both),
            (8.0, &both),
            (14.0, &[OUTLOOK]),
            (15.0, &[OUTLOOK]),
        ],
        &[(8.0, adopted("exchange-online")), (15.0, to_microsoft)],
    );
    assert_told(&[(0.0, &[GMAIL]), (7.0, &[OUTLOOK]), (8.0, &[GMAIL])], &[]);
    assert_told(&[(0.0, &[GMAIL]), (7.0, &[NOBODY]), (8.0, &[NOBODY])], &[]);
}

#[test]
fn gateways_come_and_go_and_mail_moves_behind_them() {
    assert_told(
        &[
            (0.0, &[GMAIL, GOOGLE_KEY][..]),
            (7.0, &[MIMECAST, GOOGLE_KEY]),
            (8.0, &[MIMECAST, GOOGLE_KEY]),
        ],
        &[(8.0, adopted("mimecast"))],
    );
    // The exchanger is hidden; that Google's is not seen is no sign.
    assert_told(
        &[(0.0, &[GMAIL][..]), (7.0, &[MIMECAST]), (8.0, &[MIMECAST])],
        &[(8.0, adopted("mimecast"))],
    );
    assert_told(
        &[
            (0.0, &[MIMECAST, GOOGLE_KEY][..]),
            (7.0, &[MIMECAST, DKIM]),
            (8.0, &[MIMECAST, DKIM]),
        ],
        &[(8.0, mail_moved("google-workspace-mx", "exchange-online"))],
    );
}

#[test]
fn sites_and_name_servers_move_in_one_change() {
    let hosting = Changed::HostingMoved {
        from: "aws".to_owned(),
        to: "azure".to_owned(),
    };
    assert_told(
        &[
            (0.0, &[CLOUDFRONT][..]),
            (7.0, &[FRONT_DOOR]),
            (8.0, &[FRONT_DOOR]),
        ],
        &[(8.0, hosting)],
    );
    assert_told(
        &[
            (0.0, &[CLOUDFRONT]),
            (7.0, &[FRONT_DOOR]),
            (8.0, &[CLOUDFRONT]),
        ],
        &[],
    );
    let servers = Changed::NameServersMoved {
        from: "route-53".to_owned(),
        to: "azure-dns".to_owned(),
    };
    assert_told(
        &[
            (0.0, &[ROUTE_53][..]),
            (7.0, &[AZURE_DNS]),
            (8.0, &[AZURE_DNS]),
        ],
        &[(8.0, servers)],
    );
    let open = [("", Kind::Ns, "?")];
    assert_told(&[(0.0, &[ROUTE_53]), (7.0, &open), (8.0, &open)], &[]);
}
