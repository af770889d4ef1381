//! The company's own job boards at platforms, as its pages link to them or show them within
//! themselves.

use super::own::Own;
use super::{Said, Source};
use crate::extract::boards::{self, Place};
use crate::model::profile::{Attribute, ClaimBasis};

/// Boards of one company: its own, and those of a country or two.
const MOST: usize = 3;

/// A board that the page leads to.
struct Met {
    place: Place,
    /// The page shows it as part of itself.
    embedded: bool,
    frame: bool,
}

/// The boards that are the company's: shown within its page, called like it, linked to by its
/// careers page, or the one that its pages' frame leads to. A page that leads to many boards that
/// are not called like it speaks of others'.
pub(super) fn said(source: &Source<'_>, place: Option<ClaimBasis>, own: &Own) -> Vec<Said> {
    let met = met(source);
    let few = met.len() <= MOST;
    let careers = place == Some(ClaimBasis::Careers);
    let is_own = |met: &Met| {
        own.resembles(&met.place.token) || few && (met.embedded || careers || met.frame)
    };
    let own = met.iter().filter(|met| is_own(met)).take(MOST);
    let said = own.map(|met| Said {
        attribute: Attribute::Board,
        value: met.place.page.clone(),
        basis: place.filter(|_| !met.frame).unwrap_or(ClaimBasis::Frame),
        evidence: format!("{}: {}", met.place.platform, met.place.token),
    });
    said.collect()
}

/// The boards that the page leads to, each once, in page order.
fn met(source: &Source<'_>) -> Vec<Met> {
    let links = source.links.iter();
    let linked = links.filter_map(|link| {
        let place = boards::place(&link.url)?;
        Some(Met {
            place,
            embedded: false,
            frame: link.frame,
        })
    });
    let loads = source.dom.iter().filter_map(|(_, node)| {
        node.name()
            .filter(|name| matches!(*name, "iframe" | "script"))?;
        let address = node.attr("src").or_else(|| node.attr("data-src"))?;
        let place = boards::place(source.url.join(address.trim()).ok()?.as_str())?;
        Some(Met {
            place,
            embedded: true,
            frame: false,
        })
    });
    let mut met: Vec<Met> = Vec::new();
    for found in linked.chain(loads) {
        match met.iter_mut().find(|known| known.place == found.place) {
            Some(known) => {
                known.embedded |= found.embedded;
                known.frame &= found.frame;
            }
            None => met.push(found),
        }
    }
    met
}

#[cfg(test)]
mod tests {
    use super::super::super::dom::{Dom, parse};
    use super::super::super::head::Head;
    use super::super::super::{links, structured};
    use super::*;
    use crate::model::time::Timestamp;
    use url::Url;

    fn boards(url: &str, place: Option<ClaimBasis>, markup: &str) -> Vec<String> {
        let html = parse(markup);
        let dom = Dom::of(&html);
        let url = Url::parse(url).expect("a URL");
        let (head, items) = (Head::of(&dom), structured::items(&dom));
        let links = links::links(&dom, &url);
        let own = Own::of(&url, &head, &items);
        let source = Source {
            url: &url,
            dom: &dom,
            head: &head,
            items: &items,
            links: &links,
            fetched: Timestamp(0),
        };
        let said = said(&source, place, &own);
        said.into_iter().map(|said| said.value).collect()
    }

    #[test]
    fn a_board_is_the_companys_where_it_is_shown_named_or_led_to_as_such() {
        let careers = Some(ClaimBasis::Careers);
        for (place, markup, wanted) in [
            (
                None,
                "<script src='https://boards.greenhouse.io/embed/job_board/js?for=ctsoinc'></script>",
                "https://boards.greenhouse.io/ctsoinc",
            ),
            (
                None,
                "<iframe src='//jobs.ashbyhq.com/ctso/embed'></iframe>",
                "https://jobs.ashbyhq.com/ctso",
            ),
            (
                None,
                "<p>See <a href='https://jobs.lever.co/contoso/6b1f'>Welder</a>",
                "https://jobs.lever.co/contoso",
            ),
            (
                careers,
                "<a href='https://ctso-gmbh.jobs.personio.de/job/1'>Welder</a>",
                "https://ctso-gmbh.jobs.personio.de/",
            ),
            (
                None,
                "<footer><a href='https://apply.workable.com/ctso/'>Jobs</a></footer>",
                "https://apply.workable.com/ctso",
            ),
        ] {
            assert_eq!(
                boards("https://contoso.example/x", place, markup),
                [wanted],
                "{markup}"
            );
        }
    }

    #[test]
    fn boards_of_others_are_not() {
        let story = "<p>Fabrikam <a href='https://jobs.lever.co/fabrikam'>is hiring</a>";
        let url = "https://contoso.example/blog/x";
        assert!(boards(url, None, story).is_empty());
        let many: String = (0..9)
            .map(|n| format!("<a href='https://jobs.lever.co/customer{n}'>Customer {n}</a>"))
            .collect();
        assert!(boards(url, Some(ClaimBasis::Careers), &many).is_empty());
        let named = format!("{many}<a href='https://jobs.lever.co/contoso'>We</a>");
        assert_eq!(boards(url, None, &named), ["https://jobs.lever.co/contoso"]);
    }
}
