//! CSV as CRMs export it: comma, semicolon or tab, with or without a byte order mark, in UTF-8,
//! UTF-16 or Windows-1252, any order and case of the header.

use anyhow::{bail, ensure};

use super::{Partial, Row};

/// The header's words for each column we use, lower case.
const DOMAIN: &[&str] = &[
    "domain",
    "website",
    "web site",
    "url",
    "homepage",
    "dominio",
    "sitio web",
    "web",
];
const NAME: &[&str] = &[
    "name",
    "company",
    "company name",
    "account name",
    "account",
    "nombre",
    "empresa",
];
const ID: &[&str] = &["id", "crm id", "account id", "crm_id"];
const COUNTRY: &[&str] = &["country", "pais", "país"];
const INDUSTRY: &[&str] = &["industry", "sector", "industria"];
const EMPLOYEES: &[&str] = &[
    "employees",
    "number of employees",
    "no. of employees",
    "empleados",
];
const ALIASES: &[&str] = &["aliases", "alias", "also known as", "other names"];

/// Every line that is not empty.
pub(super) fn rows(bytes: &[u8]) -> anyhow::Result<Vec<Row>> {
    ensure!(!bytes.iter().all(u8::is_ascii_whitespace), "it is empty");
    let text = decode(bytes);
    ensure!(!text.contains('\0'), "it is not text");
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .trim(::csv::Trim::All)
        .from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let columns = Columns::of(&header)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => rows.push(columns.row(&header, &record, line(&text, record.position()))),
            Err(error) => {
                let line = line(&text, error.position());
                rows.push(Row {
                    line,
                    error: Some(error.to_string()),
                    ..Row::default()
                });
            }
        }
    }
    Ok(rows)
}

/// The line on which a record begins; the reader's own count ends before empty lines.
fn line(text: &str, position: Option<&::csv::Position>) -> u64 {
    let Some(position) = position else {
        return 0;
    };
    let start = usize::try_from(position.byte())
        .unwrap_or(usize::MAX)
        .min(text.len());
    let empty = text.as_bytes()[start..]
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + empty.filter(|byte| **byte == b'\n').count() as u64
}

/// UTF-8 if it is, UTF-16 by its mark, else what Windows writes.
fn decode(bytes: &[u8]) -> String {
    let (encoding, _) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let (text, _, broken) = encoding.decode(bytes);
    if broken {
        encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned()
    } else {
        text.into_owned()
    }
}

/// The separator that stands most often in the header, outside quotes.
fn delimiter(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts
            .iter_mut()
            .find(|(delimiter, _)| !quoted && *delimiter == byte)
        {
            *count += 1;
        }
    }
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(delimiter, _)| *delimiter)
}

/// Where the columns we use stand.
struct Columns {
    domain: usize,
    name: Option<usize>,
    id: Option<usize>,
    country: Option<usize>,
    industry: Option<usize>,
    employees: Option<usize>,
    aliases: Option<usize>,
}

impl Columns {
    fn of(header: &[String]) -> anyhow::Result<Columns> {
        let find = |words: &[&str]| {
            // The first word is the name we document; it goes before its like.
            words.iter().find_map(|word| {
                header
                    .iter()
                    .position(|column| column.to_lowercase() == *word)
            })
        };
        let Some(domain) = find(DOMAIN) else {
            let shown = header.join(", ");
            bail!(
                "it has no column `domain`; its columns are: {}",
                shown.chars().take(300).collect::<String>()
            );
        };
        Ok(Columns {
            domain,
            name: find(NAME),
            id: find(ID),
            country: find(COUNTRY),
            industry: find(INDUSTRY),
            employees: find(EMPLOYEES),
            aliases: find(ALIASES),
        })
    }

    fn row(&self, header: &[String], record: &::csv::StringRecord, line: u64) -> Row {
        let cell = |column: Option<usize>| {
            column
                .and_then(|column| record.get(column))
                .filter(|cell| !cell.is_empty())
                .map(str::to_owned)
        };
        let used = [
            Some(self.domain),
            self.name,
            self.id,
            self.country,
            self.industry,
            self.employees,
            self.aliases,
        ];
        let extra = header
            .iter()
            .enumerate()
            .filter(|(column, _)| !used.contains(&Some(*column)))
            .filter_map(|(column, name)| Some((name.clone(), cell(Some(column))?)))
            .collect();
        let aliases = cell(self.aliases).unwrap_or_default();
        Row {
            line,
            domain: cell(Some(self.domain)).unwrap_or_default(),
            company: Partial {
                name: cell(self.name),
                id: cell(self.id),
                country: cell(self.country),
                industry: cell(self.industry),
                employees: cell(self.employees).and_then(|cell| number(&cell)),
                aliases: aliases
                    .split([';', '|', ','])
                    .map(str::trim)
                    .filter(|a| !a.is_empty())
                    .map(str::to_owned)
                    .collect(),
                extra,
                ..Partial::default()
            },
            error: None,
        }
    }
}

/// `1,200`, `1.200`, `1 200`; a range is no number.
fn number(cell: &str) -> Option<u64> {
    let digits: String = cell
        .chars()
        .filter(|c| !matches!(c, ',' | '.' | ' ' | '\u{a0}' | '\''))
        .collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use crate::command::list::List;

    fn read(bytes: &[u8]) -> anyhow::Result<List> {
        Ok(List::of(super::rows(bytes)?, false))
    }

    #[test]
    fn any_separator_order_case_and_encoding() {
        for bytes in [
            b"Name,DOMAIN,Owner\n\"Cont\xc3\xb3so, S.A.\",www.contoso.com,Ann\n".as_slice(),
            b"\xef\xbb\xbfOwner;Domain;Name\r\nAnn;https://contoso.com/;\"Cont\xc3\xb3so, S.A.\"\r\n",
            b"name\tdomain\towner\nCont\xf3so, S.A.\tcontoso.com\tAnn\n",
        ] {
            let list = read(bytes).expect("a list");
            let company = &list.companies[0].company;
            assert_eq!((company.id.0.as_str(), company.name.as_str()), ("contoso.com", "Contóso, S.A."));
            assert_eq!(company.extra.values().collect::<Vec<_>>(), ["Ann"]);
            assert_eq!(list.complaints, []);
        }
    }

    #[test]
    fn utf_16_with_its_mark() {
        let text = "domain;name\ncontoso.com;Contóso\n";
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        // encoding_rs decodes UTF-16 as well as UTF-8.
        assert_eq!(
            read(&bytes).expect("a list").companies[0].company.name,
            "Contóso"
        );
    }

    #[test]
    fn every_column_we_use_and_every_other_is_kept() {
        let list = read(b"domain,name,id,country,industry,employees,aliases,Segment\ncontoso.com,Contoso,42,ES,Retail,\"1,200\",Conto;CTS,SMB\n");
        let company = &list.expect("a list").companies[0].company;
        assert_eq!(company.employees, Some(1200));
        assert_eq!(company.crm_id.as_deref(), Some("42"));
        assert_eq!(company.aliases, ["Conto", "CTS"]);
        assert_eq!(
            company.extra.get("Segment").map(String::as_str),
            Some("SMB")
        );
    }

    #[test]
    fn a_bad_line_is_named_and_the_rest_goes_on() {
        let list = read(b"domain,name\ncontoso.com,A\n\nnot a domain,B\n,C\nwww.contoso.com,D\nfabrikam.com,E\n").expect("a list");
        assert_eq!(list.companies.len(), 2);
        let complaints: Vec<(u64, bool)> = list
            .complaints
            .iter()
            .map(|c| (c.line, c.why.is_empty()))
            .collect();
        assert_eq!(complaints, [(4, false), (5, false), (6, false)]);
        assert!(list.complaints[2].why.contains("line 2"));
    }

    #[test]
    fn an_unusable_file_is_refused() {
        for (bytes, says) in [
            (b"".as_slice(), "empty"),
            (b"name,country\nA,B\n", "no column `domain`"),
            (b"\x00\x01\x02", "not text"),
        ] {
            let error = read(bytes).expect_err(says).to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
