//! A parked domain on the paused clock: asked once, told of nothing, and read again when somebody
//! has moved in.

use std::time::Duration;

use foresignal::crawl::config::Revisit;
use foresignal::crawl::tally;
use foresignal::model::state::State;
use foresignal::model::url::Host;
use foresignal::store::{Frontier, Records};

use super::web::Answer;
use super::{Crawled, article, config, home};

const HOME: &str = "https://contoso.example/";
const STORY: &str = "https://contoso.example/news/contoso-raises-money";

fn for_sale() -> Answer {
    Answer::Html(
        "<title>contoso.example is for sale</title><script src='https://js.hs-scripts.com/1.js'>\
         </script><h1>This domain is for sale</h1><a href='/search/loans'>Loans</a> \
         <a href='/news/contoso-raises-money'>News</a> <p>Contoso raised $35 million.</p>"
            .to_owned(),
    )
}

/// The pages that were asked for, in order: not the host's rules and reservations.
fn pages(crawled: &Crawled) -> impl Iterator<Item = String> {
    let log = crawled.web.log().into_iter();
    log.filter(|asked| asked.page).map(|asked| asked.url)
}

fn times(crawled: &Crawled, url: &str) -> usize {
    crawled.web.times(url)
}

#[tokio::test(start_paused = true)]
async fn a_parked_domain_is_asked_once_tells_nothing_and_is_read_when_somebody_moves_in() {
    let longest = Revisit::default().longest;
    let mut crawled = Crawled::empty(&["contoso.example"]).await;
    crawled.web.put(HOME, for_sale());
    crawled.web.put(STORY, article("4 May 2026"));
    crawled.again(config()).await;
    assert!(matches!(crawled.state(HOME), State::Parked { .. }));
    let asked: Vec<String> = pages(&crawled).collect();
    assert_eq!(asked, ["https://contoso.example/sitemap.xml", HOME]);
    assert_eq!(crawled.store.tasks("").count(), 2, "its links lead nowhere");
    assert_eq!(crawled.store.signals(None).count(), 0);
    let company = "contoso.example".to_owned();
    let company = foresignal::model::company::CompanyId(company);
    let profile = crawled.store.profile(&company).unwrap();
    assert!(profile.is_none_or(|profile| profile.facts.is_empty()));

    // It is left alone until its time comes.
    tokio::time::sleep(longest / 2).await;
    crawled.again(config()).await;
    assert_eq!(times(&crawled, HOME), 1);

    // Somebody moves in.
    crawled.web.put(HOME, home(&["/news/contoso-raises-money"]));
    tokio::time::sleep(longest).await;
    crawled.again(config()).await;
    assert_eq!((times(&crawled, HOME), times(&crawled, STORY)), (2, 1));
    assert_eq!(crawled.state(HOME), State::Done);
    assert!(crawled.store.signals(None).count() > 0);
}

#[tokio::test(start_paused = true)]
async fn pages_known_from_before_are_left_alone_while_their_domain_is_parked() {
    let longest = Revisit::default().longest;
    let mut crawled = Crawled::empty(&["contoso.example"]).await;
    crawled.web.put(HOME, home(&["/news/contoso-raises-money"]));
    crawled.web.put(STORY, article("4 May 2026"));
    crawled.again(config()).await;
    let told = crawled.store.signals(None).count();
    assert!(told > 0 && times(&crawled, STORY) == 1);

    crawled.web.put(HOME, for_sale());
    for _ in 0..12 {
        tokio::time::sleep(Duration::from_secs(7 * 24 * 3600)).await;
        crawled.again(config()).await;
    }
    let host = Host::of_domain("contoso.example").unwrap();
    let record = Frontier::host(&mut crawled.store, &host).await.unwrap();
    assert!(record.parked.is_some());
    let parked = |crawled: &Crawled| crawled.states("parked");
    assert!(parked(&crawled) > 1, "home and what it had led to");
    // At most in the run in which its home page was found parked was anything else still asked.
    let asked = pages(&crawled).count();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(7 * 24 * 3600)).await;
        crawled.again(config()).await;
    }
    let since: Vec<String> = pages(&crawled).skip(asked).collect();
    assert!(since.is_empty() || since == [HOME], "{since:?}");
    assert_eq!(crawled.store.signals(None).count(), told);

    crawled.web.put(
        HOME,
        home(&["/news/contoso-raises-money", "/news/contoso-hires"]),
    );
    for _ in 0..2 {
        tokio::time::sleep(longest).await;
        crawled.again(config()).await;
    }
    let states = crawled.store.tasks("").map(|task| task.unwrap().state);
    let states: Vec<&str> = states.map(|state| tally::name(&state)).collect();
    assert_eq!(parked(&crawled), 0, "{states:?}");
    assert!(times(&crawled, "https://contoso.example/news/contoso-hires") > 0);
}
