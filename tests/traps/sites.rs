//! Sites that a server makes up without end, and honest ones that look like them.

use url::Url;

use super::web::Answer;

/// How many articles each of these companies really has.
pub(crate) const REAL: usize = 30;

/// Words that differ from page to page, as a text does: `count` of them, told by `seed`.
pub(crate) fn prose(seed: u64, count: usize) -> String {
    const WORDS: [&str; 32] = [
        "harbour", "copper", "valve", "orchard", "signal", "ledger", "engine", "meadow", "timber",
        "bridge", "canvas", "anchor", "furnace", "lantern", "quarry", "saddle", "turbine",
        "willow", "compass", "granite", "kettle", "marble", "needle", "parcel", "ribbon", "shovel",
        "thread", "vessel", "wagon", "barrel", "candle", "drawer",
    ];
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::new();
    for place in 0..count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(WORDS[(state >> 33) as usize % WORDS.len()]);
        text.push_str(if place % 12 == 11 { ". The " } else { " " });
    }
    text
}

/// The same number for the same text.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

pub(crate) fn page(title: &str, body: &str) -> Option<Answer> {
    Some(Answer::Html(format!(
        "<html lang=en><head><title>{title}</title></head><body><nav><a href='/'>Home</a> \
         <a href='/news'>News</a></nav><main><h1>{title}</h1>{body}</main></body></html>"
    )))
}

fn paragraphs(seed: u64) -> String {
    (0..4)
        .map(|n| format!("<p>The {}.</p>", prose(seed.wrapping_add(n), 40)))
        .collect()
}

/// A page of its own text, with these links.
fn text(url: &Url, links: &str) -> Option<Answer> {
    let seed = hash(url.as_str());
    page(
        &format!("About {}", prose(seed, 4)),
        &(paragraphs(seed) + links),
    )
}

fn link(href: &str, words: &str) -> String {
    format!("<li><a href='{href}'>{words}</a></li> ")
}

pub(crate) fn real(number: usize) -> String {
    format!("/news/real-story-number-{number}")
}

/// The home page and the newsroom of an honest company with [`REAL`] articles; its home page leads
/// to `doors` too.
fn company(url: &Url, doors: &[&str]) -> Option<Answer> {
    let path = url.path();
    if url.query().is_some() {
        return None;
    }
    if path == "/" {
        let links: String = doors.iter().map(|door| link(door, "More of it")).collect();
        return text(url, &(link("/news", "News") + &links));
    }
    if path == "/news" {
        let links: String = (0..REAL)
            .map(|n| link(&real(n), &format!("Our real story, number {n}")))
            .collect();
        return text(url, &links);
    }
    (0..REAL).any(|n| path == real(n)).then(|| text(url, ""))?
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn number(url: &Url, name: &str) -> i64 {
    query(url, name)
        .and_then(|value| value.parse().ok())
        .unwrap_or(1)
}

/// Every month leads to the months around it and to each of its days, for ever.
pub(crate) fn calendar(url: &Url) -> Option<Answer> {
    if host(url) != "calendar.example" {
        return None;
    }
    if let Some(found) = company(url, &["/agenda/2026/06/", "/whats-on?ym=2026-06"]) {
        return Some(found);
    }
    let parts: Vec<i64> = match query(url, "ym") {
        Some(month) => month
            .split('-')
            .filter_map(|part| part.parse().ok())
            .collect(),
        None => url
            .path()
            .split('/')
            .filter_map(|part| part.parse().ok())
            .collect(),
    };
    let (year, month) = (*parts.first()?, *parts.get(1)?);
    let at = year * 12 + month - 1;
    let mut links = String::new();
    for step in [-12, -2, -1, 1, 2, 12] {
        let (year, month) = ((at + step).div_euclid(12), (at + step).rem_euclid(12) + 1);
        links += &link(&format!("/agenda/{year}/{month:02}/"), "month");
        links += &link(&format!("/whats-on?ym={year}-{month:02}"), "month");
    }
    for day in 1..=28 {
        links += &link(&format!("/agenda/{year}/{month:02}/{day:02}/"), "day");
        links += &link(&format!("/whats-on?ym={year}-{month:02}&dd={day}"), "day");
    }
    text(url, &links)
}

/// Every filter combines with every other.
pub(crate) fn facets(url: &Url) -> Option<Answer> {
    if host(url) != "facets.example" {
        return None;
    }
    if let Some(found) = company(url, &["/customers"]) {
        return Some(found);
    }
    if url.path() != "/customers" {
        return None;
    }
    let mut links = String::new();
    for name in ["colour", "size", "maker", "price", "stock"] {
        for value in 0..6 {
            let mut chosen: Vec<(String, String)> = url
                .query_pairs()
                .filter(|(key, _)| key != name)
                .map(|(key, value)| (key.into_owned(), value.into_owned()))
                .collect();
            chosen.push((name.to_owned(), value.to_string()));
            chosen.sort();
            let pairs: Vec<String> = chosen
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            links += &link(&format!("/customers?{}", pairs.join("&")), "filter");
        }
    }
    text(url, &links)
}

/// A listing whose every page leads to ten further ones.
pub(crate) fn paging(url: &Url) -> Option<Answer> {
    if host(url) != "paging.example" {
        return None;
    }
    if let Some(found) = company(url, &["/news?page=2", "/blog/page/2"]) {
        return Some(found);
    }
    let at = match url.path().strip_prefix("/blog/page/") {
        Some(page) => page.parse().ok()?,
        None => number(url, "page"),
    };
    let links: String = (at - 2..at + 9)
        .map(|n| {
            link(&format!("/news?page={n}"), "page") + &link(&format!("/blog/page/{n}"), "page")
        })
        .collect();
    text(url, &links)
}

/// Every page gives its links a mark of its own, and is the same under each of them.
pub(crate) fn session(url: &Url) -> Option<Answer> {
    if host(url) != "session.example" {
        return None;
    }
    let mark = |kind: &str| {
        format!(
            "{:016x}{:016x}",
            hash(url.as_str()),
            hash(&format!("{kind}{url}"))
        )
    };
    if let Some(found) = company(url, &["/go/0/about-the-house", "/shop;jsessionid=0A1B2C"]) {
        return Some(found);
    }
    let links: String = ["team", "house", "plant", "range"]
        .iter()
        .map(|name| {
            link(&format!("/go/{}/{name}-and-more", mark("go")), name)
                + &link(&format!("/{name};jsessionid={}", mark("path")), name)
                + &link(&format!("/{name}?sid={}", mark("sid")), name)
                + &link(&format!("/{name}?PHPSESSID={}", mark("php")), name)
        })
        .collect();
    let name = url
        .path()
        .split(['/', ';'])
        .rfind(|part| !part.is_empty() && !part.contains('='))?;
    let seed = hash(name.trim_end_matches("-and-more"));
    page(
        &format!("About {}", prose(seed, 4)),
        &(paragraphs(seed) + &links),
    )
}

/// A query that stands in each of the page's own links, longer every time.
pub(crate) fn reflection(url: &Url) -> Option<Answer> {
    if host(url) != "reflection.example" {
        return None;
    }
    if let Some(found) = company(url, &["/lookup?term=a", "/door?back=/lookup"]) {
        return Some(found);
    }
    let term = query(url, "term").unwrap_or_default();
    let full = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let back: String = url::form_urlencoded::byte_serialize(full.as_bytes()).collect();
    let links: String = (0..8)
        .map(|n| {
            link(&format!("/lookup?term={term}+{n}"), "narrower")
                + &link(&format!("/door?back={back}&n={n}"), "sign in")
        })
        .collect();
    text(url, &links)
}

/// Links that are relative where they should not be.
pub(crate) fn repetition(url: &Url) -> Option<Answer> {
    if host(url) != "repetition.example" {
        return None;
    }
    if let Some(found) = company(url, &["/a/"]) {
        return Some(found);
    }
    let links = ["about/", "team/", "plant/", "history/"]
        .map(|name| link(name, name))
        .concat();
    text(url, &links)
}

/// The same text under whatever address.
pub(crate) fn sameness(url: &Url) -> Option<Answer> {
    if host(url) != "sameness.example" {
        return None;
    }
    if let Some(found) = company(url, &["/k/0"]) {
        return Some(found);
    }
    let links: String = (0..20)
        .map(|n| link(&format!("/k/{:x}", hash(&format!("{n}{url}"))), "on"))
        .collect();
    page("About our house", &(paragraphs(7) + &links))
}

/// A server that answers 200 to everything, and says in words that it has nothing.
pub(crate) fn missing(url: &Url) -> Option<Answer> {
    if host(url) != "missing.example" {
        return None;
    }
    let doors: Vec<String> = (0..40).map(|n| format!("/company/old-page-{n}")).collect();
    let doors: Vec<&str> = doors.iter().map(String::as_str).collect();
    if let Some(found) = company(url, &doors) {
        return Some(found);
    }
    let links: String = (0..10)
        .map(|n| link(&format!("/company/{n}{}", url.path().len()), "perhaps this"))
        .collect();
    page(
        "Page not found",
        &format!("<p>Sorry, the page you are looking for does not exist.</p>{links}"),
    )
}

/// All of these at one host, without end.
pub(crate) fn endless(url: &Url) -> Option<Answer> {
    if host(url) != "endless.example" {
        return None;
    }
    let doors = [
        "/agenda/2026/06/",
        "/whats-on?ym=2026-06",
        "/customers",
        "/news?page=2",
    ];
    if let Some(found) = company(url, &doors) {
        return Some(found);
    }
    let at = |name: &str| {
        let mut other = url.clone();
        other.set_host(Some(name)).ok()?;
        Some(other)
    };
    // A listing that leads into the other mazes too, so that they are entered from everywhere.
    let maze = match url.path() {
        "/customers" => facets(&at("facets.example")?),
        path if path == "/news" || path.starts_with("/blog") => paging(&at("paging.example")?),
        _ => calendar(&at("calendar.example")?),
    };
    let Some(Answer::Html(html)) = maze else {
        return maze;
    };
    let doors: String = doors.map(|door| link(door, "More of it")).concat();
    Some(Answer::Html(html.replace("</main>", &(doors + "</main>"))))
}

/// WordPress without pretty addresses: posts, pages, categories, paging, months.
pub(crate) fn wordpress(url: &Url) -> Option<Answer> {
    if host(url) != "wordpress.example" || url.path() != "/" {
        return None;
    }
    if query(url, "p").is_some() {
        return text(url, "");
    }
    let paged = number(url, "paged");
    let mut links = link("/?page_id=2", "About us");
    for n in 0..10 {
        let post = (paged - 1) * 10 + n + 101;
        links += &link(
            &format!("/?p={post}"),
            &format!("Our real story, number {post}"),
        );
    }
    if paged < 3 {
        links += &link(&format!("/?paged={}", paged + 1), "Older posts");
    }
    text(url, &links)
}

/// phpBB: a forum of four boards with fifteen topics each, some of several pages.
pub(crate) fn forum(url: &Url) -> Option<Answer> {
    if host(url) != "forum.example" {
        return None;
    }
    let sid = format!("{:016x}{:016x}", hash(url.as_str()), hash("sid"));
    let mut links = String::new();
    match url.path() {
        "/" => links += &link("/forum/index.php", "Forum"),
        "/forum/" => {
            for board in 1..=4 {
                links += &link(
                    &format!("/forum/viewforum.php?f={board}&sid={sid}"),
                    "Board",
                );
            }
        }
        "/forum/viewforum.php" => {
            let board = number(url, "f");
            for topic in 0..15 {
                let topic = board * 100 + topic;
                links += &link(
                    &format!("/forum/viewtopic.php?f={board}&t={topic}&sid={sid}"),
                    "Topic",
                );
            }
        }
        "/forum/viewtopic.php" if number(url, "t") % 5 == 0 => {
            let (board, topic) = (number(url, "f"), number(url, "t"));
            links += &link(
                &format!("/forum/viewtopic.php?f={board}&t={topic}&start=60"),
                "5",
            );
        }
        "/forum/viewtopic.php" => {}
        _ => return None,
    }
    text(url, &links)
}

/// A shop with forty products in three languages, told apart by a parameter.
pub(crate) fn shop(url: &Url) -> Option<Answer> {
    if host(url) != "shop.example" {
        return None;
    }
    let mut links = String::new();
    match url.path() {
        "/" => links += &link("/products", "Products"),
        "/products" => {
            for product in 0..20 {
                links += &link(&format!("/product?id={product}&market=en"), "Product");
                links += &link(&format!("/product?id={product}&market=de"), "Produkt");
            }
        }
        "/product" => {}
        _ => return None,
    }
    text(url, &links)
}

/// A newsroom of twenty pages with five articles each, which shows where all its pages are.
pub(crate) fn newsroom(url: &Url) -> Option<Answer> {
    if host(url) != "newsroom.example" {
        return None;
    }
    let mut links = String::new();
    match url.path() {
        "/" => links += &link("/newsroom", "Newsroom"),
        "/newsroom" => {
            let at = number(url, "page");
            for n in 0..5 {
                links += &link(
                    &format!("/newsroom/story-number-{at}-{n}-told"),
                    "A story of ours",
                );
            }
            for page in 2..=20 {
                links += &link(&format!("/newsroom?page={page}"), "page");
            }
        }
        path if path.starts_with("/newsroom/story-number-") => {}
        _ => return None,
    }
    text(url, &links)
}
