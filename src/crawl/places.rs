//! Places of a company on others' hosts: its job boards, its accounts at social networks. Pure.
//!
//! A link of the company's own pages leads there ([`Attribute::Board`], [`Attribute::Social`]); of a
//! board it is enough, an account must name the company's domain in turn, for anybody may link to
//! anybody.
//!
//! Invariants: from such a place no link leads on but to its own further pages and positions; what
//! it says is the company's word, what its host runs and states is not.

use ::url::Url;

use super::rank;
use crate::extract::{boards, social};
use crate::model::company::Company;
use crate::model::document::Reading;
use crate::model::profile::Attribute;
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url::{self, UrlKey};

/// Positions of a board that are visited each for itself.
const POSITIONS: usize = 300;

/// Whether a task's page stands on a host that is not the company's, and speaks for it.
pub(super) fn is_elsewhere(task: &Task, company: &Company) -> bool {
    task.kind.is_place() || task.kind == TaskKind::Job && !company.owns(&task.parsed())
}

/// Takes what was read at a place of the company for the company's own word.
pub(super) fn speak(reading: &mut Reading, task: &Task, company: &Company) {
    if is_elsewhere(task, company) {
        for document in &mut reading.documents {
            document.official = true;
        }
        reading.claims.clear();
    }
}

/// The places that a page of the company's own leads to. What it asks robots not to follow is left
/// alone.
pub(super) fn named(reading: &Reading, task: &Task, now: Timestamp) -> Vec<Discovery> {
    let mut found: Vec<Discovery> = Vec::new();
    for claim in &reading.claims {
        let Some((kind, ask)) = asked(claim.attribute, &claim.value) else {
            continue;
        };
        let leads = |url: &str| asked_at(claim.attribute, url).as_ref() == Some(&ask);
        let mut links = reading
            .links
            .iter()
            .filter(|link| leads(&link.url))
            .peekable();
        if links.peek().is_some() && links.all(|link| link.nofollow) {
            continue;
        }
        if found.iter().all(|known| known.url != ask) {
            found.push(discovery(ask, kind, task, now));
        }
    }
    found
}

/// What answers machines at a place that a page names, and what it is.
pub(crate) fn asked(attribute: Attribute, address: &str) -> Option<(TaskKind, Url)> {
    let kind = match attribute {
        Attribute::Board => TaskKind::Board,
        Attribute::Social => TaskKind::Account,
        _ => return None,
    };
    Some((kind, asked_at(attribute, address)?))
}

fn asked_at(attribute: Attribute, address: &str) -> Option<Url> {
    match attribute {
        Attribute::Board => Some(boards::place(address)?.ask),
        _ => Some(social::reach(address)?.ask),
    }
}

/// What a place leads to: of a board the further pages of its answer and its positions, of an
/// account that names the company what it posts.
pub(super) fn beyond(
    reading: &Reading,
    task: &Task,
    company: &Company,
    deepest: u8,
    now: Timestamp,
) -> Vec<Discovery> {
    if task.depth >= deepest {
        return Vec::new();
    }
    match task.kind {
        TaskKind::Board => of_board(reading, task, now),
        TaskKind::Account => {
            let account = reading.account.as_ref();
            let account =
                account.filter(|account| account.names.iter().any(|name| is_of(name, company)));
            let stream = account.and_then(|account| url::parse(&account.stream));
            let stream = stream.map(|stream| discovery(stream, TaskKind::Stream, task, now));
            stream.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn of_board(reading: &Reading, task: &Task, now: Timestamp) -> Vec<Discovery> {
    let board = task.parsed();
    let mut found: Vec<Discovery> = Vec::new();
    for link in reading.links.iter().filter(|link| !link.nofollow) {
        let Some(target) = url::parse(&link.url) else {
            continue;
        };
        let here = target.host() == board.host() && target.port() == board.port();
        let kind = match link.kind {
            Some(TaskKind::Board) if here && target.path() == board.path() => TaskKind::Board,
            Some(TaskKind::Sitemap) if here => TaskKind::Board,
            _ if boards::is_posting(&board, &target) => TaskKind::Job,
            _ => continue,
        };
        if UrlKey::of(&target) != Some(task.key()) {
            found.push(discovery(target, kind, task, now));
        }
        if found.len() >= POSITIONS {
            break;
        }
    }
    found
}

/// The target of a redirect of a place: the same place under another address.
pub(super) fn moved(to: &Url, task: &Task, deepest: u8, now: Timestamp) -> Option<Discovery> {
    let was = task.parsed();
    let same = match task.kind {
        TaskKind::Board => boards::place(was.as_str())
            .is_some_and(|place| boards::place(to.as_str()) == Some(place)),
        _ => to.host() == was.host(),
    };
    (same && task.depth < deepest).then(|| discovery(to.clone(), task.kind, task, now))
}

/// Whether an account's address is one of the company's own.
fn is_of(name: &str, company: &Company) -> bool {
    url::parse(name).is_some_and(|url| company.owns(&url))
}

fn discovery(url: Url, kind: TaskKind, task: &Task, now: Timestamp) -> Discovery {
    task.leads_to(url, kind, rank::due(kind, now), now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;
    use crate::model::document::{Account, Document, Link};
    use crate::model::profile::{Claim, ClaimBasis};

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    fn at(address: &str, kind: TaskKind) -> Task {
        Task {
            url: address.to_owned(),
            ..task(kind)
        }
    }

    fn claim(attribute: Attribute, value: &str) -> Claim {
        Claim {
            attribute,
            value: value.to_owned(),
            basis: ClaimBasis::Frame,
            evidence: value.to_owned(),
            url: "https://example.com/".to_owned(),
            first_seen: NOW,
            last_seen: NOW,
        }
    }

    fn link(address: &str, kind: Option<TaskKind>, nofollow: bool) -> Link {
        Link {
            url: address.to_owned(),
            kind,
            nofollow,
            ..Link::default()
        }
    }

    #[test]
    fn what_a_page_names_is_asked_unless_its_author_minds() {
        let board = "https://jobs.lever.co/contoso";
        let ask = "https://api.lever.co/v0/postings/contoso?mode=json";
        let named = |links: Vec<Link>| {
            let reading = Reading {
                claims: vec![
                    claim(Attribute::Board, board),
                    claim(Attribute::Board, "https://jobs.lever.co/contoso/"),
                    claim(
                        Attribute::Social,
                        "https://www.linkedin.com/company/contoso",
                    ),
                    claim(Attribute::Name, "https://jobs.lever.co/contoso"),
                ],
                links,
                ..Reading::default()
            };
            let found = super::named(&reading, &task(TaskKind::Careers), NOW);
            let found = found
                .into_iter()
                .map(|found| (found.kind, found.url.to_string()));
            found.collect::<Vec<_>>()
        };
        let wanted = vec![(TaskKind::Board, ask.to_owned())];
        assert_eq!(named(vec![]), wanted, "embedded");
        assert_eq!(named(vec![link(board, None, false)]), wanted);
        let position = "https://jobs.lever.co/contoso/1";
        assert_eq!(
            named(vec![link(board, None, true), link(position, None, false)]),
            wanted
        );
        assert!(named(vec![link(board, None, true), link(position, None, true)]).is_empty());
    }

    #[test]
    fn a_board_leads_to_itself_alone() {
        let company = Company::new("example.com");
        let smart = "https://api.smartrecruiters.com/v1/companies/C/postings?limit=100";
        let board = at(smart, TaskKind::Board);
        let next = format!("{smart}&offset=100");
        let reading = Reading {
            links: vec![
                link(&next, Some(TaskKind::Board), false),
                link(smart, Some(TaskKind::Board), false),
                link(
                    "https://api.smartrecruiters.com/v1/companies/D/postings",
                    Some(TaskKind::Board),
                    false,
                ),
                link(
                    "https://evil.example/v1/companies/C/postings",
                    Some(TaskKind::Board),
                    false,
                ),
                link("https://example.com/news", None, false),
            ],
            ..Reading::default()
        };
        let found = beyond(&reading, &board, &company, 5, NOW);
        let found: Vec<&str> = found.iter().map(|found| found.url.as_str()).collect();
        assert_eq!(found, [next.as_str()]);
        assert!(beyond(&reading, &board, &company, 0, NOW).is_empty());
        let many = Reading {
            links: (0..1_000)
                .map(|n| {
                    link(
                        &format!("https://c.icims.com/jobs/{n}/welder/job"),
                        None,
                        false,
                    )
                })
                .collect(),
            ..Reading::default()
        };
        let board = at("https://c.icims.com/sitemap.xml", TaskKind::Board);
        assert_eq!(beyond(&many, &board, &company, 5, NOW).len(), POSITIONS);
    }

    #[test]
    fn an_account_must_name_the_company_itself() {
        let company = Company::new("example.com");
        let account = at(
            "https://m.example/api/v1/accounts/lookup?acct=c",
            TaskKind::Account,
        );
        let stream = |names: &[&str]| {
            let reading = Reading {
                account: Some(Account {
                    names: names.iter().map(|name| (*name).to_owned()).collect(),
                    stream: "https://m.example/api/v1/accounts/1/statuses".to_owned(),
                }),
                ..Reading::default()
            };
            beyond(&reading, &account, &company, 5, NOW).len()
        };
        assert_eq!(
            stream(&["https://other.example/", "https://www.example.com/x"]),
            1
        );
        for names in [
            &["https://example.com.evil.example/"][..],
            &["https://notexample.com/"],
            &["example"],
            &[],
        ] {
            assert_eq!(stream(names), 0, "{names:?}");
        }
    }

    #[test]
    fn a_place_moves_only_to_itself() {
        let board = at("https://contoso.recruitee.com/api/offers/", TaskKind::Board);
        let moves = |to: &str, task: &Task| {
            let to = Url::parse(to).expect("a URL");
            moved(&to, task, 5, NOW).is_some()
        };
        assert!(moves("https://contoso.recruitee.com/api/offers", &board));
        assert!(!moves("https://www.recruitee.com/", &board));
        assert!(!moves("https://fabrikam.recruitee.com/api/offers/", &board));
        let stream = at(
            "https://m.example/api/v1/accounts/1/statuses",
            TaskKind::Stream,
        );
        assert!(moves("https://m.example/other", &stream));
        assert!(!moves(
            "https://n.example/api/v1/accounts/1/statuses",
            &stream
        ));
    }

    #[test]
    fn only_places_speak_for_the_company() {
        let company = Company::new("example.com");
        let official = |address: &str, kind| {
            let mut reading = Reading {
                documents: vec![Document::default()],
                claims: vec![claim(Attribute::Name, "Somebody")],
                ..Reading::default()
            };
            speak(&mut reading, &at(address, kind), &company);
            (reading.documents[0].official, reading.claims.is_empty())
        };
        assert_eq!(
            official("https://jobs.lever.co/x", TaskKind::Board),
            (true, true)
        );
        assert_eq!(
            official("https://c.icims.com/jobs/1/x/job", TaskKind::Job),
            (true, true)
        );
        assert_eq!(
            official("https://example.com/jobs/1", TaskKind::Job),
            (false, false)
        );
        assert_eq!(
            official("https://moved.example/", TaskKind::Home),
            (false, false)
        );
    }
}
