//! The proof of politeness, from the asked side: what the web's own log says.

use std::collections::HashMap;
use std::io::Write;
use std::time::Duration;

use super::log::Request;

/// How one host was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Manners {
    requests: usize,
    /// The shortest time between an answer and the next request.
    smallest_gap: Option<Duration>,
    /// Requests at the same time.
    most_at_once: usize,
}

/// Prints what the web's log says of the crawl.
pub(super) fn show(out: &mut impl Write, log: &[Request], rest: Duration) -> std::io::Result<()> {
    let hosts = of(log);
    let gap = hosts
        .values()
        .filter_map(|manners| manners.smallest_gap)
        .min()
        .unwrap_or_default();
    let at_once = hosts
        .values()
        .map(|manners| manners.most_at_once)
        .max()
        .unwrap_or_default();
    let agents: std::collections::BTreeSet<&str> = log
        .iter()
        .map(|request| request.user_agent.as_str())
        .collect();
    writeln!(
        out,
        "politeness, from the servers' own log: {} requests to {} hosts, at most {at_once} at once at a host, \
         smallest gap {gap:?} (the rest is {rest:?}), as {}",
        log.len(),
        hosts.len(),
        agents.into_iter().collect::<Vec<_>>().join(" | ")
    )
}

fn of(log: &[Request]) -> HashMap<&str, Manners> {
    let mut by_host: HashMap<&str, Vec<&Request>> = HashMap::new();
    for request in log {
        by_host.entry(&request.host).or_default().push(request);
    }
    let manners = |requests: Vec<&Request>| {
        let gaps = requests
            .windows(2)
            .map(|pair| pair[1].start.since(pair[0].end));
        let at_once = |at: &Request| {
            requests
                .iter()
                .filter(|other| other.start <= at.start && at.start < other.end)
                .count()
        };
        Manners {
            requests: requests.len(),
            smallest_gap: gaps.min(),
            most_at_once: requests
                .iter()
                .map(|request| at_once(request).max(1))
                .max()
                .unwrap_or_default(),
        }
    };
    by_host
        .into_iter()
        .map(|(host, requests)| (host, manners(requests)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    #[test]
    fn a_rude_log_is_seen_as_one() {
        let request = |start, end| Request {
            host: "h".into(),
            path: "/".into(),
            start: Timestamp(start),
            end: Timestamp(end),
            status: 200,
            user_agent: String::new(),
        };
        let polite = [request(0, 10), request(210, 220)];
        let expected = Manners {
            requests: 2,
            smallest_gap: Some(Duration::from_millis(200)),
            most_at_once: 1,
        };
        assert_eq!(of(&polite)["h"], expected);
        let rude = [request(0, 100), request(50, 150)];
        let expected = Manners {
            requests: 2,
            smallest_gap: Some(Duration::ZERO),
            most_at_once: 2,
        };
        assert_eq!(of(&rude)["h"], expected);
    }
}
