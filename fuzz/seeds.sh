#!/bin/sh
# Lays out corpus/TARGET from the small files that this repository has, and a few lines by hand.
# A leading byte is the target's choice of media type, language or format. Safe to run again.
set -eu
cd "$(dirname "$0")"
golden=../tests/golden

# put TARGET NAME FIRST: what comes in, behind the byte whose octal number is FIRST (none: "").
put() {
    mkdir -p "corpus/$1"
    { [ -z "$3" ] || printf "\\$3"; cat; } > "corpus/$1/$2"
}

for file in $(find "$golden/extract" -type f ! -name '*.json'); do
    name=$(basename "$file")
    put page "$name" 000 < "$file"
    put charset "$name" 012 < "$file"
    put technographics "$name" "" < "$file"
    case $file in
        */feed/*) put feed "$name" 000 < "$file" ;;
        */boards/greenhouse.txt) tail -n +2 "$file" | put places "$name" 000 ;;
        */boards/lever.txt) tail -n +2 "$file" | put places "$name" 001 ;;
        */boards/smartrecruiters.txt) tail -n +2 "$file" | put places "$name" 002 ;;
        */boards/personio.xml) put places "$name" 003 < "$file" ;;
        */boards/teamtailor.xml) put places "$name" 004 < "$file" ;;
        */social/mastodon_posts.txt) tail -n +2 "$file" | put places "$name" 006 ;;
        */social/bluesky_posts.txt) tail -n +2 "$file" | put places "$name" 010 ;;
        */threads/discourse_thread.txt) tail -n +2 "$file" | put places "$name" 012 ;;
        */threads/nodebb_recent.txt) tail -n +2 "$file" | put places "$name" 013 ;;
        */sitemap/*) put sitemap "$name" 000 < "$file" && put sitemap "packed-$name" 001 < "$file" ;;
    esac
    # The JSON-LD of a page, without its element.
    sed -n '/ld+json/,/<\/script>/p' "$file" | sed 's/<[^>]*>//g' | put structured "$name" ""
done
for file in $(find "$golden/detect" -type f); do
    put detect "$(basename "$file")" 001 < "$file"
done
printf '\000BC acquires XY\nContoso acquires Northwind for $5 million, it said on 3 May 2026.' |
    put detect acquires 001
printf '\001Engineer\nWe are hiring a Senior Rust Engineer with Kubernetes and SAP.' |
    put detect hiring 001

printf '{"@context":"https://schema.org","@type":"JobPosting","title":"Engineer","datePosted":"2026-05-03","hiringOrganization":{"name":"Contoso"},"jobLocation":[{"address":{"addressLocality":"Bern"}}],"description":"<p>x"}' | put structured job ""
printf '{"@graph":[{"@type":["NewsArticle"],"headline":"x","datePublished":"2026-05-03T10:00:00Z"},{"@id":"#a"}]}' | put structured graph ""

printf 'User-agent: *\nDisallow: /a*b$\nAllow: /%%7Ex\nCrawl-delay: 1.5\nSitemap: https://x.example/s.xml\n' | put robots plain ""
printf '\357\273\277USER-AGENT : foresignal\r\nuser agent: x\rDisallow:/\303\274/*.php$\n\n# c\n' | put robots odd ""
printf '301\nLocation: /news/?utm_source=a#b' | put answer moved ""
printf '429\nRetry-After: 120\nDate: Wed, 21 Oct 2015 07:29:00 GMT' | put answer seconds ""
printf '503\nRetry-After: Wednesday, 21-Oct-15 07:30:00 GMT' | put answer date ""
printf '503\nRetry-After: Wed Oct 21 07:30:00 2015\nRateLimit: limit=10, remaining=0, reset=30' | put answer asctime ""
printf 'https://www.example.com:8443/a/../%%7eb/?utm_source=x&b=%%2f&jsessionid=1#f' | put url long ""
printf 'http://user@[::1]:80/a;b?c' | put url user ""
printf 'example.com/people/\n*.example.com/jobs/*\n# nobody\nexample.org' | put url suppressed ""
head -c 2000 ../seeds/companies.csv | put list csv 000
printf 'Firma;Webseite\nB\303\274cher;b\303\274cher.example\n' | put list german 000
head -c 2000 ../seeds/companies.toml | put list toml 001
head -c 3000 ../src/detect/rules/en.toml | put rules en ""
head -c 2000 ../src/detect/lexicon/technologies.toml | put rules lexicon ""
head -c 2000 ../src/detect/rules/gates.toml | put rules gates ""
head -c 2000 ../src/detect/lexicon/language_es.toml | put rules language ""
printf 'server: nginx\nset-cookie: JSESSIONID=1\n\n<meta name=generator content="WordPress 6.4"><script src="https://js.hs-scripts.com/1.js"></script>' | put technographics site ""
printf 'v=spf1 include:spf.protection.outlook.com -all\n10 aspmx.l.google.com.\nMS=ms12345678\n0 issue "letsencrypt.org"' | put ping zone ""
printf 'text/html; charset=koi8-r\n<meta charset=utf-8><?xml encoding="x"?>\377\376' | put charset header ""
{
    printf 'WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n'
    printf 'WARC-Date: 2026-05-03T10:00:00Z\r\nWARC-Target-URI: https://x.example/\r\n'
    printf 'Content-Type: application/http;msgtype=response\r\nContent-Length: 62\r\n\r\n'
    printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-A: b\r\n\r\n<p>hello!\r\n\r\n'
} | put warc response 000
# Records by hand: a version, then postcard: a name, a number, nothing.
printf '\001\013example.com\007Example\000\000\000\000\000\000\000\000\000\000' | put stored company ""
printf '\002\024https://x.example/a\011x.example\001\001\200\001\000\000\000\000\000\000\000\000' | put stored task ""
printf '\002\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000' | put stored host ""
