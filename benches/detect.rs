//! What finding signals costs: `cargo bench --bench detect`.
//!
//! Pages are of 8 KB of main text: made up by a seeded generator in English and Spanish, and,
//! where `FORESIGNAL_DATA` is there, real ones cut to that size. CPU time is what a busy machine
//! leaves comparable, and the ratio to a floor measured in the same run is what one machine tells
//! another: the floor looks once for some fifty words in the text, whatever their case.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints what it measured"
)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use cpu_time::{ProcessTime, ThreadTime};
use foresignal::detect;
use foresignal::model::company::Company;
use foresignal::model::document::Document;
use foresignal::model::time::Timestamp;
use serde_json::Value;

/// How much main text a page has, in bytes.
const PAGE: usize = 8 << 10;
/// How many pages of a set are tried; several times, of which the quickest counts: what others do
/// on the machine makes a round slower, and nothing makes it quicker.
const PAGES: usize = 400;
const ROUNDS: u32 = 9;
/// 2026-11-22
const SEEN: Timestamp = Timestamp(1_795_305_600_000);

fn main() {
    let before = resident();
    println!("{:<24}{:>9} ms CPU {:>9} ms", "loading", "", "");
    for (part, load) in detect::fuzzing::PARTS {
        let (wall, cpu) = (Instant::now(), ProcessTime::now());
        black_box(load());
        let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
        println!(
            "  {part:<22}{:>9.1} ms CPU {:>9.1} ms",
            millis(cpu),
            millis(wall)
        );
    }
    let sets = sets();
    let company = Company::new("contoso.example");
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    black_box(detect::detect(&sets[0].1[0], &company, SEEN));
    let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
    println!(
        "  {:<22}{:>9.1} ms CPU {:>9.1} ms",
        "a process's first page",
        millis(cpu),
        millis(wall)
    );
    println!(
        "{:<16}{:>6}{:>9}{:>10}{:>9}{:>8}{:>9}{:>9}",
        "pages of 8 KB", "pages", "signals", "us/page", "pages/s", "MB/s", "floor us", "x floor"
    );
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    for (name, pages) in sets.iter().filter(|(name, _)| is_wanted(name)) {
        report(name, pages, &company);
    }
    println!(
        "resident: {} MB before, {} MB after",
        before.unwrap_or_default(),
        resident().unwrap_or_default()
    );
}

fn report(name: &str, pages: &[Document], company: &Company) {
    let floor = floor();
    let (mut spent, mut least, mut signals) = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let clock = ThreadTime::now();
        for page in pages {
            black_box(floor.find_iter(&page.text).count());
        }
        least = least.min(clock.elapsed());
        let clock = ThreadTime::now();
        signals = 0;
        for page in pages {
            signals += black_box(detect::detect(page, company, SEEN)).len();
        }
        spent = spent.min(clock.elapsed());
    }
    let count = pages.len() as f64;
    let bytes: usize = pages.iter().map(|page| page.text.len()).sum();
    let seconds = spent.as_secs_f64();
    println!(
        "{name:<16}{:>6}{signals:>9}{:>10.1}{:>9.0}{:>8.1}{:>9.1}{:>9.1}",
        pages.len(),
        seconds * 1e6 / count,
        count / seconds,
        bytes as f64 / 1e6 / seconds,
        least.as_secs_f64() * 1e6 / count,
        seconds / least.as_secs_f64(),
    );
}

/// The least that finding words in a text takes.
fn floor() -> AhoCorasick {
    let words = "acquire merger takeover raises funding invest office plant appoints resigns hires \
                 layoffs partner contract customer launch migrate cloud server software licence \
                 security breach ransomware audit tender award compra fusion ronda inversion oficina \
                 fabrica nombra dimite contrata despidos alianza contrato cliente lanza migra nube \
                 servidor licencia seguridad brecha auditoria licitacion premio";
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words.split_ascii_whitespace())
        .expect("a small automaton")
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Megabytes that this process holds, where the system tells.
fn resident() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}

fn sets() -> Vec<(&'static str, Vec<Document>)> {
    let mut sets = vec![
        ("made, English", made("en", ENGLISH, ENGLISH_EVENTS)),
        ("made, Spanish", made("es", SPANISH, SPANISH_EVENTS)),
    ];
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = std::env::var_os("FORESIGNAL_DATA")
        .map_or_else(|| home.join("../shared/data"), PathBuf::from);
    for (name, file, text) in [
        ("wcxb", "wcxb/gold.jsonl", "main_content"),
        ("knowledgator", "signals/knowledgator.jsonl", "text"),
        ("reuters_acq", "signals/reuters_acq.jsonl", "text"),
        ("casie", "signals/casie.jsonl", "text"),
        ("es_news", "signals/es_news.jsonl", "text"),
    ] {
        let pages = real(&data.join(file), text);
        if !pages.is_empty() {
            sets.push((name, pages));
        }
    }
    sets
}

/// Pages made of a set's texts: long ones cut, short ones joined.
fn real(file: &Path, key: &str) -> Vec<Document> {
    let Ok(lines) = std::fs::read_to_string(file) else {
        return Vec::new();
    };
    let mut pages = Vec::new();
    let mut text = String::new();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("the sets are JSON lines");
        let string = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        text.push_str(&string(key));
        text.push('\n');
        if text.len() < PAGE {
            continue;
        }
        while !text.is_char_boundary(PAGE.min(text.len())) {
            text.pop();
        }
        let mut end = PAGE;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        let language = line["lang"].as_str().map(str::to_owned);
        pages.push(page(
            pages.len(),
            string("title"),
            std::mem::take(&mut text),
            language,
        ));
        if pages.len() == PAGES {
            break;
        }
    }
    pages
}

fn page(at: usize, title: String, text: String, language: Option<String>) -> Document {
    Document {
        url: format!("https://contoso.example/{at}"),
        title,
        text,
        language,
        fetched: jiff::civil::date(2026, 6, 1),
        ..Document::default()
    }
}

/// Pages of made-up prose: every eighth sentence tells of an event.
fn made(language: &str, prose: &[&str], events: &[&str]) -> Vec<Document> {
    let mut dice = Dice(20_261_122);
    let pages = (0..PAGES).map(|at| {
        let mut text = String::new();
        while text.len() < PAGE {
            let told = if dice.roll(8) == 0 { events } else { prose };
            let sentence = told[dice.roll(told.len())];
            for (at, piece) in sentence.split('@').enumerate() {
                if at > 0 {
                    text.push_str(NAMES[dice.roll(NAMES.len())]);
                }
                text.push_str(piece);
            }
            text.push_str(if dice.roll(6) == 0 { "\n" } else { " " });
        }
        text.truncate(
            (0..=PAGE)
                .rev()
                .find(|end| text.is_char_boundary(*end))
                .unwrap_or(0),
        );
        let title = prose[dice.roll(prose.len())].replace('@', "Contoso");
        page(at, title, text, Some(language.to_owned()))
    });
    pages.collect()
}

/// Numbers that come out the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % sides
    }
}

const NAMES: &[&str] = &[
    "Contoso",
    "Fabrikam Ltd",
    "Adatum Systems",
    "Northwind Traders Inc.",
    "the company",
    "Litware",
    "Tailspin Toys Group",
    "Proseware GmbH",
    "Wide World Importers",
    "Jane Roe",
    "Madrid",
    "Azure",
    "Trey Research",
    "Coho Vineyard S.A.",
];

const ENGLISH: &[&str] = &[
    "The market for cold storage has been growing for several years, and suppliers have had to keep up with it.",
    "Our customers in Europe ask for shorter delivery times, which is why we work with @ and local partners.",
    "In the second quarter, revenue rose by 4 percent to $312 million, helped by higher prices and a better mix.",
    "@ has been making valves since 1962 and sells them in 40 countries.",
    "You can read more about the product on our website, or call our team for a free demonstration.",
    "The report says that costs have fallen, that stocks are low and that nobody expects this to last.",
    "Employees say that they like the new canteen, the short way to the station, and the people they work with.",
    "Each unit holds up to 250 litres and needs no more than a square metre of floor.",
    "\"We have learned a lot from this,\" a spokeswoman for @ said on Tuesday.",
    "Fill in the form, choose a date, and one of our advisers will come to your office.",
    "The board will decide on the plan in June, after it has heard the works council.",
    "Analysts had expected more, but said that the outlook for the second half was better than that of @.",
    "There is a lot to see in the old town: churches, markets, a castle, and the harbour with its cranes.",
    "Data are kept on servers in two places, and backups are tested every month.",
    "The company's shares closed 2% lower in Frankfurt, having gained 14% since January.",
    "This guide shows how to set up a workflow, add people to it and keep track of what they do.",
    "A good contract says who does what, by when, and what happens if it is not done.",
    "Terms, fees and deadlines are listed below; ask @ for the conditions that hold in your country.",
];

const ENGLISH_EVENTS: &[&str] = &[
    "@ said on Monday that it had agreed to acquire @ for $35 million in cash.",
    "@ has raised €12 million in a Series A round led by @ to hire engineers and expand in Spain.",
    "@ opened a new office in @, its third in the region, with room for 120 people.",
    "@ has appointed Jane Roe, formerly of @, as its chief financial officer.",
    "@ and @ have signed a partnership to bring the platform to small firms.",
    "@ will migrate 400 servers to @ and close its data centre by the end of 2027.",
    "@ plans to cut 300 jobs, a tenth of its workforce, as orders fall.",
    "Hackers stole the data of 20,000 customers from @, the retailer confirmed.",
    "@ launched a new version of its payment platform for hotels and restaurants.",
    "@ will invest $50 million in a plant near @ that makes batteries.",
];

const SPANISH: &[&str] = &[
    "El mercado del frío lleva años creciendo, y los proveedores han tenido que seguirle el paso.",
    "Nuestros clientes en Europa piden plazos más cortos, por eso trabajamos con @ y con socios locales.",
    "En el segundo trimestre, los ingresos subieron un 4 % hasta los 312 millones de euros.",
    "@ fabrica válvulas desde 1962 y las vende en 40 países.",
    "Puede leer más sobre el producto en nuestra página, o llamar a nuestro equipo para una demostración.",
    "El informe dice que los costes han bajado, que hay pocas existencias y que nadie espera que dure.",
    "«Hemos aprendido mucho de esto», dijo el martes una portavoz de @.",
    "Rellene el formulario, elija una fecha, y uno de nuestros asesores irá a su oficina.",
    "El consejo decidirá sobre el plan en junio, después de escuchar al comité de empresa.",
    "Los analistas esperaban más, pero la previsión para el segundo semestre era mejor que la de @.",
    "Hay mucho que ver en el casco antiguo: iglesias, mercados, un castillo y el puerto con sus grúas.",
    "Los datos se guardan en servidores en dos sitios, y las copias se prueban cada mes.",
    "Esta guía muestra cómo crear un flujo de trabajo, añadir personas y seguir lo que hacen.",
    "Un buen contrato dice quién hace qué, para cuándo, y qué pasa si no se hace.",
];

const SPANISH_EVENTS: &[&str] = &[
    "@ ha adquirido la empresa @ por 12 millones de euros, según anunció el lunes.",
    "@ cierra una ronda de financiación de 5 millones de euros liderada por @.",
    "@ inaugura una nueva oficina en @, la tercera en la región.",
    "@ ha nombrado a Jane Roe directora financiera.",
    "@ y @ firman un acuerdo de colaboración para llevar la plataforma a las pymes.",
    "@ migrará 400 servidores a @ y cerrará su centro de datos.",
    "@ despedirá a 300 empleados, una décima parte de su plantilla.",
    "@ lanza una nueva versión de su plataforma de pagos para hoteles.",
];
