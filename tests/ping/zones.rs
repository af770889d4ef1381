//! The zones of the test web, read: what a name server that is in order would say.

use std::collections::BTreeMap;

use foresignal::technographics::observed::{Answer, Kind, Why};
use hickory_proto::rr::{LowerName, Name, RData, RecordType};
use hickory_proto::serialize::txt::Parser;

use crate::data::{Broken, Company, others};

/// Owner and type → data.
pub(crate) type Records = BTreeMap<(LowerName, RecordType), Vec<RData>>;

/// The records of one master file.
pub(crate) fn records(domain: &str, zone: &str) -> Records {
    let origin: Name = format!("{domain}.").parse().expect("a name");
    let parsed = Parser::new(zone, None, Some(origin)).parse();
    let (_, sets) = parsed.unwrap_or_else(|wrong| panic!("{domain}: {wrong}"));
    let records = sets.into_iter().map(|(key, set)| {
        let data = set.records_without_rrsigs();
        let data = data.map(|record| record.data.clone()).collect();
        ((key.name().clone(), key.record_type), data)
    });
    records.collect()
}

/// Every name that is served while these companies are as they are.
pub(crate) struct Zones {
    records: Records,
    broken: Vec<(LowerName, Broken)>,
}

impl Zones {
    pub(crate) fn of(companies: &[Company]) -> Zones {
        let mut all = records("", &others());
        let mut broken = Vec::new();
        for company in companies {
            for (domain, zone) in company.zones() {
                all.extend(records(domain, zone));
            }
            if let Some(how) = company.answers {
                broken.push((name(&company.domain), how));
            }
        }
        Zones {
            records: all,
            broken,
        }
    }

    /// What is to be heard of a question.
    pub(crate) fn answer(&self, asked: &str, kind: Kind) -> Answer {
        let mut owner = name(asked);
        let broken = self.broken.iter().find(|(zone, _)| zone.zone_of(&owner));
        match broken.map(|(_, how)| how) {
            Some(Broken::Nxdomain) => return Answer::NoName,
            Some(Broken::Servfail) => return Answer::Unknown(Why::ServFail),
            Some(Broken::Lame) => return Answer::Unknown(Why::Lame),
            None => {}
        }
        let kind = record_type(kind);
        loop {
            if let Some(data) = self.records.get(&(owner.clone(), kind)) {
                return Answer::Records(data.iter().map(written).collect());
            }
            match self.records.get(&(owner.clone(), RecordType::CNAME)) {
                Some(alias) => match &alias[0] {
                    RData::CNAME(target) => owner = LowerName::from(&target.0),
                    other => panic!("{other} is no alias"),
                },
                None if self.is_there(&owner) => return Answer::NoData,
                None => return Answer::NoName,
            }
        }
    }

    /// Whether the name, or one below it, has a record: what lies between is there too (RFC 8020).
    fn is_there(&self, owner: &LowerName) -> bool {
        self.records.keys().any(|(name, _)| owner.zone_of(name))
    }
}

fn name(text: &str) -> LowerName {
    let name: Name = format!("{text}.").parse().expect("a name");
    LowerName::from(&name)
}

fn record_type(kind: Kind) -> RecordType {
    kind.id().parse().expect("a type of records")
}

/// A record's data as [`Answer::Records`] has it.
fn written(data: &RData) -> String {
    match data {
        RData::TXT(txt) => {
            let bytes = txt.txt_data.concat();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        data => data.to_string(),
    }
}
