//! Companies as an operator lists them: CSV as a CRM exports it, or TOML.
//!
//! A line that cannot be used is reported with its number and reason, and the rest goes on; a
//! file that cannot be used at all is refused.

mod csv;
mod domain;
pub(in crate::command) mod sources;
mod toml;

use std::path::Path;

use anyhow::Context;

use crate::model::company::Company;

/// What a list holds.
#[derive(Debug, Default, PartialEq)]
pub struct List {
    /// Its companies, each domain once, in the list's order.
    pub companies: Vec<Listed>,
    /// What could not be used.
    pub complaints: Vec<Complaint>,
    /// What is odd about lines that were used.
    pub remarks: Vec<Complaint>,
}

/// A company, and the scheme its list names.
#[derive(Debug, PartialEq)]
pub struct Listed {
    /// The company.
    pub company: Company,
    /// Its home page.
    pub home: String,
}

/// A line that was left out, or that says something odd.
#[derive(Debug, PartialEq)]
pub struct Complaint {
    /// The line in the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: String,
}

impl List {
    /// Reads a list; `.toml` is TOML, everything else CSV.
    ///
    /// # Errors
    /// When the file cannot be read, has no `domain` column, or no line that can be used.
    pub fn read(path: &Path, allow_loopback: bool) -> anyhow::Result<List> {
        let shown = path.display();
        let bytes = std::fs::read(path).with_context(|| format!("cannot read the list {shown}"))?;
        let is_toml = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        let list = List::parse(&bytes, is_toml, allow_loopback)
            .with_context(|| format!("the list {shown} cannot be used"))?;
        if list.companies.is_empty() {
            let first = list.complaints.first();
            let why = first.map_or("it lists no company".to_owned(), |c| {
                format!("line {}: {}", c.line, c.why)
            });
            anyhow::bail!("the list {shown} cannot be used: no line names a company; {why}");
        }
        Ok(list)
    }

    /// Reads a list's bytes: TOML, or else CSV. It may hold no company, and complaints alone.
    ///
    /// # Errors
    /// When it cannot be read as such, or has no `domain` column.
    pub fn parse(bytes: &[u8], is_toml: bool, allow_loopback: bool) -> anyhow::Result<List> {
        let rows = match is_toml {
            true => toml::rows(bytes),
            false => csv::rows(bytes),
        };
        Ok(List::of(rows?, allow_loopback))
    }

    /// Domains alone, one a line; empty lines and those that begin with `#` are passed over.
    pub fn of_domains(text: &str, allow_loopback: bool) -> List {
        let numbered = (1..).zip(text.lines());
        let named = numbered.filter(|(_, line)| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#')
        });
        let row = |(line, domain): (u64, &str)| Row {
            line,
            domain: domain.to_owned(),
            ..Row::default()
        };
        List::of(named.map(row).collect(), allow_loopback)
    }

    fn of(rows: Vec<Row>, allow_loopback: bool) -> List {
        let mut list = List::default();
        let mut lines = std::collections::HashMap::new();
        for row in rows {
            let row = match row {
                Row {
                    line,
                    error: Some(why),
                    ..
                } => {
                    list.complaints.push(Complaint { line, why });
                    continue;
                }
                row => row,
            };
            match domain::read(&row.domain, allow_loopback) {
                Err(why) => list.complaints.push(Complaint {
                    line: row.line,
                    why,
                }),
                Ok(door) => {
                    if let Some(first) = lines.get(&door.domain) {
                        let why = format!("{} is already on line {first}", door.domain);
                        list.complaints.push(Complaint {
                            line: row.line,
                            why,
                        });
                        continue;
                    }
                    lines.insert(door.domain.clone(), row.line);
                    let line = row.line;
                    let remarks = door.remarks.iter().cloned();
                    list.remarks
                        .extend(remarks.map(|why| Complaint { line, why }));
                    list.companies.push(row.company(door));
                }
            }
        }
        list
    }
}

/// One line, whatever the format, before its domain is judged.
#[derive(Debug, Default)]
struct Row {
    line: u64,
    domain: String,
    company: Partial,
    /// Why the line cannot be read at all.
    error: Option<String>,
}

/// What a line says beside the domain.
#[derive(Debug, Default)]
struct Partial {
    name: Option<String>,
    id: Option<String>,
    country: Option<String>,
    industry: Option<String>,
    employees: Option<u64>,
    aliases: Vec<String>,
    extra: std::collections::BTreeMap<String, String>,
    first_urls: Vec<String>,
    notes: Option<String>,
}

impl Row {
    fn company(self, door: domain::Door) -> Listed {
        let given = self.company;
        let mut company = Company::new(&door.domain);
        company.name = given.name.unwrap_or(company.name);
        company.crm_id = given.id;
        company.country = given.country;
        company.industry = given.industry;
        company.employees = given.employees;
        company.aliases = given.aliases;
        company.extra = given.extra;
        company.first_urls = given.first_urls;
        company.first_urls.extend(door.page);
        company.notes = given.notes;
        Listed {
            company,
            home: door.home,
        }
    }
}
