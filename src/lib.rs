//! foresignal finds out which companies are about to buy, from what they show in public: it
//! crawls their sites politely, reads what they publish, and turns it into dated, evidenced
//! buying signals.
//!
//! # The idea in six sentences
//!
//! 1. **A host has turns.** A turn is one request; between turns the host rests. Queues wait,
//!    workers never do.
//! 2. **One loop starts turns, one function is a turn, one commit ends it**: [`crawl::run`], the
//!    private `crawl::turn`, [`store::Frontier::commit`].
//! 3. **The web cannot cause an error.** Whatever a server does is a [`fetch::FetchOutcome`],
//!    which is data; an `Err` means that *we* are broken.
//! 4. **A URL leaves the queue in the commit that holds its results, and nowhere else.** A crash
//!    costs a repeated request, never a loss; a URL always has a named
//!    [`State`](model::state::State), and `inspect url` says why.
//! 5. **Pages are ground truth, documents are derived, signals and profiles are the product.**
//!    Pages are archived as WARC; documents are never kept.
//! 6. **What multiplies is a const slice of functions or a data file** ([`extract::READERS`],
//!    [`detect::DETECTORS`], [`export::FORMATS`], rules, lexicons, fingerprints). **What is
//!    exchanged is a trait** ([`fetch::Fetch`], [`store::Frontier`], [`store::Records`]). Nothing
//!    else is either.
//!
//! # The floors
//!
//! A room names only rooms on lower floors, and rooms on one floor do not know each other;
//! `tests/floors.rs` holds the walls.
//!
//! | floor | rooms |
//! |---|---|
//! | 0 | [`model`]: plain data, no I/O, no clock |
//! | 1 | [`clock`]: the one source of time · [`extract`]: bytes to text · [`detect`]: text to signals · [`technographics`]: headers, markup, DNS answers and certificates to technologies; all but the clock are pure |
//! | 2 | [`fetch`]: the network's edge · [`store`]: the disk's edge · [`export`]: signals to files |
//! | 3 | [`crawl`]: the only room where things happen at once |
//! | 4 | [`command`], with [`cli`] and [`config`]: one file a subcommand; opens things, calls down, prints |
//!
//! # One URL, from seed to exported signal
//!
//! ```text
//!  seeds/companies.csv
//!    1 │ command/crawl.rs: store.seed(company, its home page)
//!      ▼
//!  ┌─ crawl::run ───────────────────────────────────────────────┐
//!  │ 2  hosts.take_ready(now)        whose turn?      (memory)  │
//!  │ 3  frontier.next(host)          which URL?       (read)    │
//!  │    rules.at(host)               may we? robots.txt first,  │
//!  │    site(task)                   then tdmrep.json           │
//!  │    pace.ask(address)            now? for address and crawl │
//!  │    ┌─ turn ──────────────────────────── its own task ────┐ │
//!  │    │ 4 fetch      Page | NotModified | Moved | Refused … │ │
//!  │    │ 5 read       Page → Reading        ┐                │ │
//!  │    │ 6 detect     Document → Signals    │ one hop to     │ │
//!  │    │   follow     links worth a visit   │ a CPU thread   │ │
//!  │    │   pack       Page → gzip member    ┘                │ │
//!  │    │ 7 judge      → Harvest                              │ │
//!  │    └─────────────────────────────────────────────────────┘ │
//!  │    compare(done)                a copy? not there?         │
//!  │ 8  archive.append, sync; frontier.commit(harvests)         │
//!  │    hosts.rest(host), hosts.wake(those with new work)       │
//!  └────────────────────────────────────────────────────────────┘
//!    9 │ command/export.rs: select(records) → FORMATS
//!      ▼
//!    signals.jsonl
//! ```
//!
//! A company's domain has a turn of its own, its ping: step 4 asks DNS, and steps 5 to 7 are one,
//! [`technographics::learn`], which pages pass through as well: what a turn showed of its company goes
//! into the company's profile, and what that changed is a signal ([`detect::change`]).
//!
//! Step 4 is the only one that leaves this machine. A redirect is not followed in it: its target
//! is discovered, and waits its turn at its own host, under that host's rules and rest.
//!
//! # Adding things
//!
//! | to add | touch |
//! |---|---|
//! | a rule, a technology, a fingerprint | a TOML file, with its tests inside |
//! | words that lead to a newsroom or a careers page | `crawl/words.toml` |
//! | parameters that make addresses without end, words of error pages and parked domains, marks of visitors | `crawl/traps.toml`, `crawl/missing.toml`, `crawl/parked.toml`, `model/visitor.txt` |
//! | a free-mail provider, a social network, a market, a dealer in domains | `model/shared.toml` |
//! | a press wire, a trade paper, a register of tenders | `seeds/sources.toml` |
//! | an everyday word that companies are named after | `detect/lexicon/common.txt` |
//! | what public contracts under a CPV code may lead to | `detect/lexicon/cpv.toml` |
//! | months, words beside dates, bylines, words that tell kindred languages apart, words of genres | the files in `extract/words` |
//! | a class of signals, an end of support | `detect/taxonomy.toml`, `detect/deadlines.toml` |
//! | how people in forums speak of products | `detect/lexicon/forum.toml` |
//! | a desk, a word for projects or first posts in job titles | `detect/lexicon/postings.toml` |
//! | a detector | `detect/NAME.rs`, its line in [`detect::DETECTORS`], two golden files |
//! | a kind of signal | also a variant of [`SignalKind`](model::kind::SignalKind); the compiler lists who must have an opinion |
//! | a legal form, a register, a word for employees, a social network | the TOML files in `extract/organization` |
//! | a domain that many share, a page of a domain that is for sale | `model/shared.toml`, `crawl/parked.toml`, `technographics/fingerprints/parking.toml` |
//! | a question that a ping asks | [`technographics::plan`]; DKIM selectors come from the fingerprints by themselves |
//! | a platform for job boards, a forum program that answers machines | `extract/boards/platforms.toml`, `extract/threads/programs.toml` |
//! | a kind of source | `extract/NAME.rs` and its line in [`extract::READERS`] |
//! | an export format | `export/NAME.rs` and its line in [`export::FORMATS`] |
//! | a subcommand | `command/NAME.rs` and a variant in [`cli`] |
//! | a setting | a field in its room's config and its line in `config.toml`; a test compares the two |

pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod crawl;
pub mod detect;
pub mod export;
pub mod extract;
pub mod fetch;
pub mod model;
pub mod store;
pub mod technographics;
