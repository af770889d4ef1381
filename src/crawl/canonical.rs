//! Pages that name another address as their own (`rel=canonical`). Pure.
//!
//! The address is believed within the company: it is visited too, and what the page tells is told
//! as of that address, so that two addresses of one text are one piece of evidence.

use ::url::Url;

use crate::model::company::Company;
use crate::model::document::Reading;
use crate::model::task::{Discovery, Task};
use crate::model::time::Timestamp;
use crate::model::url::{self, UrlKey};

/// The other address that a page has, where it is to be believed.
pub(super) fn of(reading: &Reading, task: &Task, company: &Company) -> Option<Url> {
    let stated = url::parse(reading.canonical.as_deref()?)?;
    let elsewhere = UrlKey::of(&stated)? != task.key();
    // That every page is the front page is the usual slip of a template.
    let front = stated.path() == "/" && task.parsed().path() != "/";
    (elsewhere && !front && company.owns(&stated)).then_some(stated)
}

/// Tells what the page itself says as of its own address, and has that address visited.
pub(super) fn honour(
    reading: &mut Reading,
    task: &Task,
    company: &Company,
    deepest: u8,
    now: Timestamp,
) -> Option<Discovery> {
    let stated = of(reading, task, company)?;
    let page = task.parsed();
    for document in &mut reading.documents {
        if url::parse(&document.url).as_ref() == Some(&page) {
            document.url = stated.to_string();
        }
    }
    (task.depth < deepest).then(|| task.leads_to(stated, task.kind, now, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;
    use crate::model::document::Document;
    use crate::model::task::TaskKind;

    #[test]
    fn another_address_of_the_same_company_is_believed_and_no_other() {
        let company = Company::new("example.com");
        for (stated, believed) in [
            ("https://www.example.com/x-1", true),
            ("https://example.com/y?id=2", true),
            // The same page, spelt otherwise.
            ("http://example.com/x?utm_source=feed", false),
            // Every page its front page, and another company's page.
            ("https://example.com/", false),
            ("https://other.example/x", false),
            ("javascript:x", false),
        ] {
            let document = |url: &str| Document {
                url: url.to_owned(),
                ..Document::default()
            };
            let mut reading = Reading {
                canonical: Some(stated.to_owned()),
                documents: vec![
                    document("https://example.com/x"),
                    document("https://example.com/x#job-2"),
                    document("https://example.com/item"),
                ],
                ..Reading::default()
            };
            let task = task(TaskKind::Article);
            let found = honour(&mut reading, &task, &company, 5, Timestamp(9));
            assert_eq!(found.is_some(), believed, "{stated}");
            if let Some(found) = found {
                assert_eq!(
                    (found.url.as_str(), found.kind),
                    (stated, TaskKind::Article)
                );
                assert_eq!(reading.documents[0].url, stated);
            }
            assert_eq!(reading.documents[2].url, "https://example.com/item");
            assert!(honour(&mut reading, &task, &company, 0, Timestamp(9)).is_none());
        }
    }
}
