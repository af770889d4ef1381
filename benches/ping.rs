//! What pings cost: `cargo bench --bench ping`.
//!
//! A thousand domains are looked at through the crawl's loop, over real DNS on loopback, into a
//! store on disk. The name server runs in this process, so what it takes is measured apart: as
//! packets that nobody makes anything of. The floor is a bare resolver that asks the same questions
//! in the same run: what is beyond it is plan, fusion, profile, loop and commit. DOMAINS in the
//! environment changes how many there are.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time and prints it"
)]

#[expect(dead_code, reason = "shared with tests that need more of it")]
#[path = "../tests/names/mod.rs"]
mod names;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Limits, Parts};
use foresignal::fetch::{self, HttpFetcher};
use foresignal::model::company::Company;
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Records, Result};
use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RecordType};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use names::{Heard, Names};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

/// On a machine that is too busy, fewer domains are looked at, not longer.
const TIME: Duration = Duration::from_secs(120);

/// Questions that the floor has open at once: as many as a ping has, times the turns at once.
const OPEN: usize = 256;

const MAIL: &[&str] = &[
    "1 smtp.google.com.",
    "0 firm-example.mail.protection.outlook.com.",
    "10 mx00.ionos.de.",
    "10 eu-smtp-inbound-1.mimecast.com.",
    "5 mail",
];
const SERVED: &[&str] = &[
    "ns1-01.azure-dns.com.",
    "kate.ns.cloudflare.com.",
    "ns1019.ui-dns.com.",
];
const TOKENS: &[&str] = &[
    "MS=ms26804765",
    "google-site-verification=NMLv5mh0qM306pyJwMDO37bB8chMIhjj6twB0Ksr0C8",
    "docusign=1b0a6754-49b1-4db5-8540-d2c12664b289",
    "atlassian-domain-verification=q4k8",
];
const SENDERS: &[&str] = &[
    "spf.protection.outlook.com",
    "_spf.google.com",
    "servers.mcsv.net",
];
const SITES: &[&str] = &[
    "firm.azurewebsites.net.",
    "cdn1.wixdns.net.",
    "ext-cust.squarespace.com.",
];

/// What a domain publishes; by its number, so that all runs see the same.
fn zone(number: usize) -> String {
    // A multiplicative hash: neighbours have little in common.
    let seed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let pick = |of: &[&'static str], shift: u32| of[(seed >> shift) as usize % of.len()];
    let mut zone = format!(
        "@ IN MX {}\n@ IN NS {}\n@ IN TXT \"v=spf1 include:{} ~all\"\n@ IN TXT \"{}\"\n",
        pick(MAIL, 8),
        pick(SERVED, 16),
        pick(SENDERS, 24),
        pick(TOKENS, 32),
    );
    if seed >> 40 & 1 == 1 {
        zone.push_str("_dmarc IN TXT \"v=DMARC1; p=reject\"\n");
    }
    if seed >> 41 & 1 == 1 {
        zone.push_str("enterpriseenrollment IN CNAME enterpriseenrollment.manage.microsoft.com.\n");
        zone.push_str("autodiscover IN CNAME autodiscover.outlook.com.\n");
    }
    // The domain itself has no address, so that no site is asked.
    zone.push_str(&format!("www IN CNAME {}\n", pick(SITES, 42)));
    zone
}

/// Kilobytes that the system says of this process.
fn kilobytes(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with(field));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let number = number.and_then(|number| number.parse().ok());
    number.expect("a number of kB")
}

fn seeds(domains: &[String], clock: &Clock) -> Vec<Seed> {
    let now = clock.now();
    let seed = |domain: &String| {
        let company = Company::new(domain);
        let task = Discovery {
            url: TaskKind::ping_url(domain).expect("a domain"),
            company: company.id.clone(),
            kind: TaskKind::Ping,
            due: now,
            depth: 0,
            from: None,
            at: now,
            updated: None,
        };
        Seed {
            company,
            tasks: vec![task],
        }
    };
    domains.iter().map(seed).collect()
}

/// The CPU and wall time of something, in seconds.
async fn timed<T>(what: impl Future<Output = T>) -> (T, f64, f64) {
    let (cpu, wall) = (ProcessTime::now(), Instant::now());
    let done = what.await;
    (
        done,
        cpu.elapsed().as_secs_f64(),
        wall.elapsed().as_secs_f64(),
    )
}

/// Asks each question of the server, some at a time, and makes nothing of the answers.
async fn at_once<F>(asked: &[Heard], ask: impl Fn(Name, RecordType) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut open = JoinSet::new();
    for one in asked {
        if open.len() >= OPEN {
            open.join_next().await;
        }
        let name = Name::from_ascii(format!("{}.", one.name)).expect("a name");
        open.spawn(ask(name, one.kind.parse().expect("a type")));
    }
    open.join_all().await;
}

/// Packets to and fro: the server's own share.
async fn packets(names: &Names, asked: &[Heard]) {
    let to = names.address;
    at_once(asked, |name, kind| async move {
        let mut message = Message::query();
        message.add_query(Query::query(name, kind));
        let bytes = message.to_vec().expect("it can be written");
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        socket.send_to(&bytes, to).await.expect("loopback");
        let mut reply = [0; 4096];
        let answered = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut reply));
        answered.await.expect("in time").expect("loopback");
    })
    .await;
}

async fn floor(names: &Names, asked: &[Heard]) {
    let mut server = NameServerConfig::udp_and_tcp(names.address.ip());
    for connection in &mut server.connections {
        connection.port = names.address.port();
    }
    let config = ResolverConfig::from_name_servers(vec![server]);
    let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let resolver = Arc::new(resolver.build().expect("a resolver"));
    at_once(asked, |name, kind| {
        let resolver = Arc::clone(&resolver);
        async move {
            // That there is nothing is an error to it.
            let _ = resolver.lookup(name, kind).await;
        }
    })
    .await;
}

#[tokio::main]
#[expect(clippy::cast_precision_loss, reason = "thousands")]
async fn main() -> Result<()> {
    let many = std::env::var("DOMAINS").map_or(1000, |value| value.parse().expect("a number"));
    let domains: Vec<String> = (0..many)
        .map(|number| format!("firm-{number}.example"))
        .collect();
    let zones: Vec<String> = (0..many).map(zone).collect();
    let pairs: Vec<(&str, &str)> = domains
        .iter()
        .map(String::as_str)
        .zip(zones.iter().map(String::as_str))
        .collect();
    let names = Names::serving(&pairs).await;
    let clock = Clock::system();
    let config = fetch::Config {
        dns: vec![names.address],
        allow_loopback: true,
        ..fetch::Config::default()
    };
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 64 << 20)?;
    store.seed(&seeds(&domains, &clock)).await?;
    let before = kilobytes("VmRSS");
    let unbounded = NonZeroU32::new(1_000_000).expect("not zero");
    let companies = domains.iter().map(|domain| Company::new(domain));
    let parts = Parts {
        config: Config {
            per_second: unbounded,
            questions_per_second: unbounded,
            rest: Duration::ZERO,
            rest_factor: 0.0,
            patience: Duration::from_secs(1),
            ..Config::default()
        },
        ..Parts::new(
            HttpFetcher::new(&config, clock.clone()).expect("a client"),
            &mut store,
            companies
                .map(|company| (company.id.clone(), Arc::new(company)))
                .collect(),
            clock,
        )
    };
    let limits = Limits {
        time: Some(TIME),
        pages: None,
    };
    let mut unheard = |_: crawl::Event<'_>| {};
    let run = crawl::run(parts, limits, std::future::pending(), &mut unheard);
    let (tally, cpu, wall) = timed(run).await;
    let (pings, peak) = (tally?.pings as f64, kilobytes("VmHWM"));
    let heard = names.heard();
    let mut distinct = heard.clone();
    distinct.sort_by(|one, other| (&one.name, &one.kind).cmp(&(&other.name, &other.kind)));
    distinct.dedup_by(|one, other| (&one.name, &one.kind) == (&other.name, &other.kind));
    let records = store.records();
    let mut facts = 0;
    for domain in &domains {
        let profile = records.profile(&Company::new(domain).id)?;
        facts += profile.map_or(0, |profile| profile.facts.len());
    }

    let ((), bare, _) = timed(floor(&names, &distinct)).await;
    let floored = names.heard().len() - heard.len();
    let ((), served, _) = timed(packets(&names, &distinct)).await;

    println!(
        "{pings} pings of {many} domains, {:.1} technologies each",
        facts as f64 / pings
    );
    println!(
        "{:.0} pings/s, {:.0} pings per CPU second (the name server's CPU, some {:.1} ms a ping, \
         taken off: {:.0})",
        pings / wall,
        pings / cpu,
        served * 1e3 / pings,
        pings / (cpu - served),
    );
    println!(
        "{:.1} questions, {:.1} packets to the server a ping; floor: {:.1} packets",
        distinct.len() as f64 / pings,
        heard.len() as f64 / pings,
        floored as f64 / pings,
    );
    println!(
        "{:.2} ms CPU a ping, bare resolver {:.2}, server alone {:.2}: {:.2} × floor, {:.2} with the \
         server taken off both",
        cpu * 1e3 / pings,
        bare * 1e3 / pings,
        served * 1e3 / pings,
        cpu / bare,
        (cpu - served) / (bare - served),
    );
    println!("{before} kB before the first ping, {peak} at most");
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for one in heard {
        *kinds.entry(one.kind).or_default() += 1;
    }
    for (kind, many) in kinds {
        println!("  {kind:<6}{:>6.2} a ping", many as f64 / pings);
    }
    Ok(())
}
