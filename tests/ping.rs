//! A test web of thirty companies and more with known stacks: what is found of them over real DNS
//! and real TLS on loopback.
#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

#[path = "ping/consistent.rs"]
mod consistent;
#[path = "ping/data.rs"]
mod data;
#[path = "ping/measure.rs"]
mod measure;
#[expect(dead_code, reason = "here nobody asks what was heard")]
mod names;
#[path = "ping/observe.rs"]
mod observe;
#[path = "ping/told.rs"]
mod told;
#[path = "ping/web.rs"]
mod web;
#[path = "ping/zones.rs"]
mod zones;

use foresignal::technographics::fuse;
use foresignal::technographics::observed::{Answer, Asked};
use observe::{Network, Seen};
use zones::Zones;

/// The figures of what is found of the companies do not fall; and what was heard is what stands in
/// the zones, so that they are figures of what is made of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_companies_use_is_found_and_what_they_do_not_is_not_said() {
    let (companies, slugs) = (data::companies(), measure::slugs());
    let (network, zones) = (Network::of(&companies).await, Zones::of(&companies));
    let mut measured = measure::Measured::default();
    let mut misheard = Vec::new();
    for company in &companies {
        let Seen {
            observed, pages, ..
        } = network.look(company).await;
        misheard.extend(
            observed
                .asked
                .iter()
                .filter_map(|asked| differs(asked, &zones)),
        );
        let found = fuse(&observed, &pages);
        measured.add(company, &found, &slugs);
    }
    println!("{}", measured.report());
    assert!(misheard.is_empty(), "{}", misheard.join("\n"));
    let broken = measure::broken(&measured.figures);
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Says where an answer is not what stands in the zones.
fn differs(asked: &Asked, zones: &Zones) -> Option<String> {
    let sorted = |answer: Answer| match answer {
        Answer::Records(mut records) => {
            records.sort();
            Answer::Records(records)
        }
        other => other,
    };
    let heard = sorted(asked.answer.clone());
    let published = sorted(zones.answer(&asked.name, asked.kind));
    (heard != published).then(|| format!("{}: {heard:?}, published {published:?}", asked.uri()))
}
