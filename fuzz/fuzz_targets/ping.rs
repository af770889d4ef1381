//! What a domain shows a ping: DNS answers, and a certificate.
#![no_main]

use foresignal::detect;
use foresignal::fetch::fuzzing::certificate;
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::profile::Profile;
use foresignal::model::time::Timestamp;
use foresignal::technographics::learn::{Look, Shown, learn};
use foresignal::technographics::observed::{Answer, Observed, Question};
use foresignal::technographics::plan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Records, one a line, an empty line, a certificate.
    let end = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (records, leaf) = bytes.split_at(end.unwrap_or(bytes.len()));
    let records = String::from_utf8_lossy(records);
    let records: Vec<String> = records.lines().map(str::to_owned).collect();
    let answered = |question: Question| question.answered(Answer::Records(records.clone()));
    let mut observed = Observed {
        domain: "contoso.example".to_owned(),
        asked: plan::questions("contoso.example").into_iter().map(answered).collect(),
        certificates: vec![certificate(leaf)],
        ..Observed::default()
    };
    let more: Vec<Question> = plan::follow_up(&observed);
    observed.asked.extend(more.into_iter().map(answered));
    assert!(observed.asked.len() <= plan::MOST);
    let company = Company::new("contoso.example");
    let mut profile = Profile::new(CompanyId("contoso.example".to_owned()));
    for day in 0..3 {
        let look = Look {
            at: Timestamp(1_780_000_000_000 + day * 86_400_000),
            shown: Shown::Names(observed.clone()),
        };
        let changes = learn(&mut profile, &look);
        detect::change::signals(&changes, &company);
        let known = profile.clone();
        assert!(learn(&mut profile, &look).is_empty(), "a look taken again tells nothing");
        assert_eq!(profile, known, "a look taken again changes nothing");
        // The next day half of it is gone.
        observed.asked.truncate(observed.asked.len() / 2);
    }
});
