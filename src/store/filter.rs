//! Which signals a reader wants, and handing them out with their companies.

use std::collections::HashSet;

use super::{Records, Result};
use crate::model::company::{Company, CompanyId};
use crate::model::signal::{Signal, SignalId, SignalKind, Status};

/// Which signals a reader wants; the default is all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Those of this company.
    pub company: Option<CompanyId>,
    /// Those of these kinds; none named: of every kind.
    pub kinds: Vec<SignalKind>,
    /// Those that are at least so sure, 0–1.
    pub min_confidence: f32,
    /// Those that changed after the change with this number ([`super::Counts::changes`] as it was
    /// at the last export), in the order of their first change since.
    pub since: Option<u64>,
}

impl Filter {
    fn wants(&self, signal: &Signal) -> bool {
        self.company
            .as_ref()
            .is_none_or(|company| signal.company == *company)
            && (self.kinds.is_empty() || self.kinds.contains(&signal.kind))
            && (signal.confidence >= self.min_confidence || self.takes_back(signal))
    }
}

impl Filter {
    /// Whether whoever had a signal must hear that there is nothing in it any more, however unsure
    /// it has become by that.
    fn takes_back(&self, signal: &Signal) -> bool {
        let status = signal.status();
        self.since.is_some() && matches!(status, Status::Retracted | Status::Superseded)
    }
}

/// The signals that `filter` wants, each once, with their companies; a signal whose company has
/// left the list comes with what its id says.
pub fn select<'a>(
    records: &'a impl Records,
    filter: &'a Filter,
) -> impl Iterator<Item = Result<(Signal, Company)>> + 'a {
    let signals: Box<dyn Iterator<Item = Result<Signal>>> = match filter.since {
        None => Box::new(records.signals(filter.company.as_ref())),
        Some(since) => Box::new(changed(records, since)),
    };
    let mut last: Option<Company> = None;
    signals
        .filter(|read| read.as_ref().map_or(true, |signal| filter.wants(signal)))
        .map(move |read| {
            let signal = read?;
            // They mostly come company by company.
            let company = match last.take().filter(|last| last.id == signal.company) {
                Some(company) => company,
                None => company_of(records, &signal.company)?,
            };
            last = Some(company.clone());
            Ok((signal, company))
        })
}

fn changed(records: &impl Records, since: u64) -> impl Iterator<Item = Result<Signal>> {
    let mut handed_out: HashSet<SignalId> = HashSet::new();
    records
        .changes(since.saturating_add(1))
        .filter_map(move |change| {
            let id = match change {
                Ok((_, id)) => id,
                Err(why) => return Some(Err(why)),
            };
            if !handed_out.insert(id) {
                return None;
            }
            records.signal(&id).transpose()
        })
}

fn company_of(records: &impl Records, id: &CompanyId) -> Result<Company> {
    let listed = records.company(id)?;
    Ok(listed.unwrap_or_else(|| Company::new(&id.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::signal::tests::told;
    use crate::model::task::{Harvest, Seed};
    use crate::store::Frontier;
    use crate::store::memory::MemoryStore;

    async fn commit(store: &mut MemoryStore, signals: Vec<Signal>) {
        let harvest = Harvest {
            was: None,
            now: None,
            hosts: Vec::new(),
            found: Vec::new(),
            signals,
            withdrawn: Vec::new(),
            profile: None,
            page: None,
        };
        store.commit(&[harvest]).await.expect("a model");
    }

    fn selected(store: &MemoryStore, filter: &Filter) -> Vec<(String, f32)> {
        let read: Result<Vec<_>> = select(store, filter).collect();
        let short = |(signal, company): (Signal, Company)| (company.name, signal.confidence);
        read.expect("a model").into_iter().map(short).collect()
    }

    #[tokio::test]
    async fn a_reader_gets_what_it_wants_and_each_signal_once() {
        let mut store = MemoryStore::new();
        let mut company = Company::new("a.example");
        company.name = "A AG".to_owned();
        let tasks = Vec::new();
        store
            .seed(&[Seed { company, tasks }])
            .await
            .expect("a model");
        let told_at = |company: &str, url: &str, sure| told(company, "k", url, sure);
        commit(
            &mut store,
            vec![
                told_at("a.example", "https://a.example/1", 0.5),
                told_at("b.example", "https://b.example/1", 0.7),
            ],
        )
        .await;
        let cursor = store.counts().expect("a model").changes;
        assert_eq!(cursor, 2);
        let all = Filter::default();
        let expected = [("A AG".to_owned(), 0.5), ("b.example".to_owned(), 0.7)];
        assert_eq!(selected(&store, &all), expected);
        let sure = Filter {
            min_confidence: 0.6,
            ..all.clone()
        };
        assert_eq!(selected(&store, &sure), expected[1..]);
        let tenders = Filter {
            kinds: vec![SignalKind::Tender],
            ..all.clone()
        };
        assert_eq!(selected(&store, &tenders), []);
        let one = Filter {
            company: Some(CompanyId("a.example".to_owned())),
            ..all.clone()
        };
        assert_eq!(selected(&store, &one), expected[..1]);

        let news = Filter {
            since: Some(cursor),
            ..all.clone()
        };
        assert_eq!(selected(&store, &news), []);
        for url in ["https://c.example/", "https://d.example/"] {
            commit(&mut store, vec![told_at("b.example", url, 0.7)]).await;
        }
        assert_eq!(selected(&store, &news).len(), 1);
        let old = Filter {
            since: Some(0),
            ..one
        };
        assert_eq!(selected(&store, &old), expected[..1]);
    }
}
