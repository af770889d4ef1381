#!/usr/bin/env python3
"""Builds one company's site with generators from the registries, for the harvest curve.

    pip install pelican markdown mkdocs-material nikola       # and hugo as the system packages it
    tests/finding/sites.py OUT [--forum http://127.0.0.1:8000/]
    FORESIGNAL_SITES=OUT cargo test --test finding -- --nocapture generators

Every generator gets the same content, made from a seed: products, documentation, legal pages,
customers, a blog, a newsroom, open positions, all in English and part of it in Spanish. What it
builds becomes OUT/NAME.jsonl: a page a line, and in the first line which pages tell something
dated (`gold`) and where the site speaks (`sources`). With --forum, the pages of a forum that runs
on this machine are added under forum.acme.example, read as a browser would, and linked to.
"""
import datetime, html, json, os, random, re, shutil, subprocess, sys, urllib.parse, urllib.request

HOME = "https://acme.example/"
TODAY = datetime.date(2026, 5, 30)
SUBJECT = ["pump", "valve", "sensor", "gauge", "boiler", "filter", "motor", "panel"]
PLACE = ["berlin", "lyon", "porto", "torino", "leiden", "austin", "madrid", "oslo"]
VERB = ["opens", "extends", "moves", "renews", "presents", "acquires", "delivers", "tests"]
WORDS = {
    "en": "the plant works with new orders from customers who want a better line and our team has shown how that goes in every season of the year".split(),
    "es": "la planta trabaja con nuevos pedidos de los clientes que quieren una linea mejor y nuestro equipo ha mostrado como se hace en cada temporada del año".split(),
}


def text(dice, lang, words=90):
    out = [dice.choice(WORDS[lang]) for _ in range(words)]
    return "\n\n".join(" ".join(out[at : at + 30]).capitalize() + "." for at in range(0, words, 30))


def content():
    """Everything the company says: kind, slug, title, day, language, text."""
    dice, items = random.Random(7), []

    def add(kind, number, title, lang="en", age=None):
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
        day = TODAY - datetime.timedelta(days=age) if age is not None else None
        items.append(dict(kind=kind, number=number, slug=slug, title=title, lang=lang, day=day, body=text(dice, lang)))

    for n in range(30):
        add("blog", n, f"How we measured the {dice.choice(SUBJECT)} number {n}", age=3 + 17 * n)
    for n in range(20):
        title = f"Acme {dice.choice(VERB)} a {dice.choice(SUBJECT)} works in {dice.choice(PLACE)} {n}"
        add("press", n, title, age=2 + 23 * n)
        if n % 2 == 0:
            add("press", n, title.replace(" a ", " una ").replace("works in", "planta en"), "es", age=2 + 23 * n)
    for n in range(5):
        add("press", 100 + n, f"Acme España presenta {dice.choice(SUBJECT)} {n}", "es", age=8 + 40 * n)
    for n in range(8):
        add("jobs", n, f"{dice.choice(SUBJECT).title()} engineer in {dice.choice(PLACE).title()} {n}", age=5 * n)
    for n in range(40):
        add("products", n, f"{dice.choice(SUBJECT).title()} series {100 + n}")
    for n in range(30):
        add("docs", n, f"Setting up the {dice.choice(SUBJECT)} interface {n}")
    for n in range(10):
        add("customers", n, f"How customer {n} uses the {dice.choice(SUBJECT)}")
    for title in ["About us", "Contact", "Imprint", "Privacy policy", "Terms of service", "Cookie policy"]:
        add("page", 0, title)
    for title in ["Quiénes somos", "Contacto"]:
        add("page", 0, title, "es")
    return items


SECTIONS = {"blog": "Blog", "press": "Newsroom", "jobs": "Careers", "products": "Products", "docs": "Documentation", "customers": "Customers"}
ORDER = ["products", "docs", "customers", "blog", "press", "jobs"]


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def hugo(root, items):
    put(f"{root}/hugo.toml", f"""
baseURL = "{HOME}"
title = "Acme Instruments"
defaultContentLanguage = "en"
[languages.en]
languageName = "English"
[languages.es]
languageName = "Español"
[taxonomies]
[sitemap]
[services.rss]
limit = 10
""")
    shutil.move(f"{root}/hugo.toml", f"{root}/config.toml")
    nav = "".join(f'<a href="/{kind}/">{SECTIONS[kind]}</a> ' for kind in ORDER)
    put(f"{root}/layouts/_default/baseof.html", """<!doctype html><html lang="{{ .Language.Lang }}"><head><title>{{ .Title }}</title>
{{ with .OutputFormats.Get "rss" }}<link rel="alternate" type="application/rss+xml" href="{{ .Permalink }}">{{ end }}
{{ if .IsTranslated }}{{ range .AllTranslations }}<link rel="alternate" hreflang="{{ .Language.Lang }}" href="{{ .Permalink }}">{{ end }}{{ end }}
</head><body><nav><a href="/">Home</a> NAV{{ range .AllTranslations }}<a href="{{ .Permalink }}">{{ .Language.LanguageName }}</a> {{ end }}</nav>
<main>{{ block "main" . }}{{ end }}</main>
<footer><a href="/privacy-policy/">Privacy</a> <a href="/terms-of-service/">Terms</a> <a href="/cookie-policy/">Cookies</a> <a href="/imprint/">Imprint</a> <a href="/about-us/">About us</a> <a href="/contact/">Contact</a></footer></body></html>""".replace("NAV", nav))
    put(f"{root}/layouts/_default/single.html", """{{ define "main" }}<article><h1>{{ .Title }}</h1>{{ if not .Date.IsZero }}<time datetime="{{ .Date.Format "2006-01-02" }}">{{ .Date.Format "2 January 2006" }}</time>{{ end }}{{ .Content }}</article>{{ end }}""")
    put(f"{root}/layouts/_default/list.html", """{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ $p := .Paginate .RegularPages 10 }}{{ range $p.Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ if $p.HasNext }}<a href="{{ $p.Next.URL }}">Next</a>{{ end }}{{ end }}""")
    put(f"{root}/layouts/index.html", """{{ define "main" }}<h1>Acme Instruments</h1><p>We make pumps, valves and sensors for plants all over the world.</p>{{ range first 8 (where .Site.RegularPages "Section" "products") }}<a href="{{ .RelPermalink }}">{{ .Title }}</a> {{ end }}{{ end }}""")
    for section in ORDER:
        put(f"{root}/content/{section}/_index.md", f"---\ntitle: {SECTIONS[section]}\n---\n")
    put(f"{root}/content/press/_index.es.md", "---\ntitle: Sala de prensa\nurl: /es/sala-de-prensa/\n---\n")
    for item in items:
        name = item["slug"] if item["kind"] != "press" else f"release-{item['number']}"
        ending = ".es.md" if item["lang"] == "es" else ".md"
        folder = "" if item["kind"] == "page" else item["kind"] + "/"
        day = f"date: {item['day']}\n" if item["day"] else ""
        slug = f"slug: {item['slug']}\n" if item["kind"] == "press" else ""
        put(f"{root}/content/{folder}{name}{ending}", f"---\ntitle: \"{item['title']}\"\n{day}{slug}---\n{item['body']}\n")
    run("hugo", "--quiet", "--buildFuture", cwd=root)
    return f"{root}/public"


def pelican(root, items):
    put(f"{root}/pelicanconf.py", f"""
SITENAME = "Acme Instruments"
SITEURL = "{HOME.rstrip('/')}"
PATH = "content"
PAGE_PATHS = ["pages"]
ARTICLE_PATHS = ["articles"]
DEFAULT_LANG = "en"
TIMEZONE = "UTC"
FEED_ALL_ATOM = "feeds/all.atom.xml"
CATEGORY_FEED_ATOM = "feeds/{{slug}}.atom.xml"
AUTHOR = "Acme"
DEFAULT_PAGINATION = 10
FEED_MAX_ITEMS = 10
ARTICLE_URL = "{{category}}/{{slug}}.html"
ARTICLE_SAVE_AS = "{{category}}/{{slug}}.html"
""")
    for item in items:
        head = f"Title: {item['title']}\nSlug: {item['slug']}\nLang: {item['lang']}\n"
        if item["day"]:
            put(f"{root}/content/articles/{item['kind']}-{item['lang']}-{item['slug']}.md", f"{head}Date: {item['day']}\nCategory: {item['kind']}\nTags: {item['kind']}, {item['slug'].split('-')[3]}\n\n{item['body']}\n")
        else:
            put(f"{root}/content/pages/{item['slug']}.md", f"{head}\n{item['body']}\n")
    run("pelican", "-q", "content", "-s", "pelicanconf.py", "-o", "public", cwd=root)
    return f"{root}/public"


def nikola(root, items):
    run("nikola", "init", "-q", "site", cwd=root)
    site = f"{root}/site"
    with open(f"{site}/conf.py") as conf:
        conf = conf.read()
    places = {"blog": "posts", "press": "press", "jobs": "jobs"}
    posts = ", ".join(f'("{kind}/*.md", "{kind}", "post.tmpl")' for kind in places)
    conf += f"""
SITE_URL = "{HOME}"
BLOG_TITLE = "Acme Instruments"
TRANSLATIONS = {{"en": "", "es": "./es"}}
POSTS = ({posts},)
PAGES = (("pages/*.md", "", "page.tmpl"), ("products/*.md", "products", "page.tmpl"), ("docs/*.md", "docs", "page.tmpl"), ("customers/*.md", "customers", "page.tmpl"))
POSTS_SECTIONS = True
POSTS_SECTION_NAME = {{"en": {{"blog": "Blog", "press": "Newsroom", "jobs": "Careers"}}, "es": {{"blog": "Blog", "press": "Sala de prensa", "jobs": "Empleo"}}}}
INDEX_DISPLAY_POST_COUNT = 10
NAVIGATION_LINKS = {{"en": (("/products/", "Products"), ("/docs/", "Documentation"), ("/customers/", "Customers"), ("/blog/", "Blog"), ("/press/", "Newsroom"), ("/jobs/", "Careers"), ("/about-us/", "About us"), ("/contact/", "Contact"), ("/imprint/", "Imprint"), ("/privacy-policy/", "Privacy")), "es": (("/es/press/", "Sala de prensa"), ("/es/quienes-somos/", "Quiénes somos"))}}
COMMENT_SYSTEM = ""
"""
    put(f"{site}/conf.py", conf)
    lists = {kind: [] for kind in ("products", "docs", "customers")}
    for item in items:
        folder = "pages" if item["kind"] == "page" else item["kind"]
        name = item["slug"] if item["kind"] != "press" else f"release-{item['number']}"
        ending = ".es.md" if item["lang"] == "es" else ".md"
        day = item["day"] or datetime.date(2020, 1, 1)
        slug = item["slug"] if item["lang"] == "en" or item["kind"] == "page" else item["slug"]
        put(f"{site}/{folder}/{name}{ending}", f".. title: {item['title']}\n.. slug: {slug}\n.. date: {day} 08:00:00 UTC\n.. type: text\n\n{item['body']}\n")
        if item["kind"] in lists:
            lists[item["kind"]].append(f"* [{item['title']}](/{item['kind']}/{item['slug']}/)")
    for kind, links in lists.items():
        put(f"{site}/{kind}/index.md", f".. title: {SECTIONS[kind]}\n.. slug: index\n.. date: 2020-01-01 08:00:00 UTC\n\n" + "\n".join(links) + "\n")
    run("nikola", "build", "-q", cwd=site)
    return f"{site}/output"


def mkdocs(root, items):
    nav = []
    for kind in ("products", "docs", "customers"):
        nav.append({SECTIONS[kind]: [f"{kind}/{item['slug']}.md" for item in items if item["kind"] == kind]})
    places = {"blog": "Blog", "press": "Newsroom", "jobs": "Careers"}
    nav += [{title: f"{kind}/index.md"} for kind, title in places.items()]
    nav += [f"{item['slug']}.md" for item in items if item["kind"] == "page" and item["lang"] == "en"]
    plugins = [{"blog": {"blog_dir": kind, "post_url_format": "{slug}", "blog_toc": False, "pagination_per_page": 10}} for kind in places]
    put(f"{root}/mkdocs.yml", json.dumps({
        "site_name": "Acme Instruments", "site_url": HOME, "theme": {"name": "material"}, "nav": [{"Home": "index.md"}] + nav, "plugins": plugins,
    }))
    put(f"{root}/docs/index.md", "# Acme Instruments\n\nWe make pumps, valves and sensors.\n")
    for kind, title in places.items():
        put(f"{root}/docs/{kind}/index.md", f"# {title}\n")
    for item in items:
        if item["lang"] == "es":
            continue
        if item["kind"] in places:
            put(f"{root}/docs/{item['kind']}/posts/{item['slug']}.md", f"---\ndate: {item['day']}\nslug: {item['slug']}\n---\n# {item['title']}\n\n{item['body']}\n")
        else:
            folder = "" if item["kind"] == "page" else item["kind"] + "/"
            put(f"{root}/docs/{folder}{item['slug']}.md", f"# {item['title']}\n\n{item['body']}\n")
    run("mkdocs", "build", "-q", cwd=root)
    return f"{root}/site"


def pages(folder):
    """The files of a built site, under the addresses at which a plain server shows them."""
    for root, _, names in os.walk(folder):
        for name in names:
            if not name.endswith((".html", ".xml", ".atom", ".rss", ".txt", ".json")):
                continue
            path = os.path.relpath(os.path.join(root, name), folder).replace(os.sep, "/")
            with open(os.path.join(root, name), errors="replace") as file:
                body = file.read()
            url = HOME + (path[: -len("index.html")] if name == "index.html" else path)
            yield url, body


def forum(at, most=250):
    """A running forum's pages, breadth-first, as of forum.acme.example."""
    own, seen, queue = "https://forum.acme.example/", set(), [at]
    while queue and len(seen) < most:
        url = queue.pop(0)
        if url in seen:
            continue
        seen.add(url)
        try:
            with urllib.request.urlopen(url) as answer:
                if "html" not in answer.headers["content-type"] and "xml" not in answer.headers["content-type"]:
                    continue
                body, url = answer.read().decode(), answer.url
        except OSError:
            continue
        yield url.replace(at, own), body.replace(at, own)
        for link in re.findall(r'href="([^"#]+)', body):
            target = urllib.parse.urljoin(url, html.unescape(link))
            if target.startswith(at) and not re.search(r"\.(css|js|png|ico)\b|/user/|/search|/admin", target):
                queue.append(target)


def main():
    out = os.path.abspath(sys.argv[1])
    items = content()
    for name, build in [("hugo", hugo), ("pelican", pelican), ("nikola", nikola), ("mkdocs", mkdocs)]:
        root = f"{out}/{name}"
        shutil.rmtree(root, ignore_errors=True)
        os.makedirs(root)
        found = dict(pages(build(root, items)))
        # A text in two languages is one thing that was said.
        said = {item["slug"]: f"{item['kind']} {item['number']}" for item in items if item["day"]}
        slug = lambda url: url.rstrip("/").split("/")[-1].removesuffix(".html").removesuffix("-es")
        gold = {url: said[slug(url)] for url in found if slug(url) in said}
        places = [(kind, url) for url in found for kind, pattern in [
            ("feed", r"^(feeds/all\.atom|rss|index|feed_rss_created|es/index|press/index|blog/index|blog/feed_rss_created|press/feed_rss_created)\.xml$"),
            ("sitemap", r"^sitemap(index)?\.xml$"),
            ("listing", r"^((es/)?(press|blog)/|es/sala-de-prensa/|category/(press|blog)\.html)$"),
            ("careers", r"^(jobs/|category/jobs\.html)$"),
            ("page", r"^(pages/)?(about-us|contact|imprint)(/|\.html)$"),
        ] if re.match(pattern, url.removeprefix(HOME))]
        if len(sys.argv) > 3 and name == "hugo":
            found |= dict(forum(sys.argv[3]))
            found[HOME] = found[HOME].replace("</nav>", '<a href="https://forum.acme.example/">Community</a></nav>')
            places.append(("forum", "https://forum.acme.example/"))
        with open(f"{out}/{name}.jsonl", "w") as file:
            print(json.dumps({"home": HOME, "gold": gold, "sources": places}), file=file)
            for url, body in sorted(found.items()):
                print(json.dumps({"url": url, "body": body}), file=file)
        print(name, len(found), "pages", len(set(gold.values())), "dated", len(places), "sources")


main()
