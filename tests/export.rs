//! Exports, read back by other people's programs.

use std::convert::Infallible;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use foresignal::export::{self, Error, Item};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::signal::{
    Basis, Evidence, Modality, Precision, ProductArea, Provenance, Role, Signal, SignalId,
    SignalKind, Slots, Stage, Telling, When,
};
use foresignal::model::time::Timestamp;

const QUOTE: &str = "=HYPERLINK(\"x\") Société Générale, \"größte\" Runde:\nüber 35 Mio. €";

fn item() -> Item {
    let mut company = Company::new("contoso.example");
    company.name = "Contoso, S.à r.l.".to_owned();
    company.crm_id = Some("0017".to_owned());
    company.employees = Some(250);
    company.extra.insert("Región".to_owned(), "@süd".to_owned());
    let day = "2026-02-28".parse().expect("a day");
    let signal = Signal {
        id: SignalId([7; 16]),
        company: CompanyId("contoso.example".to_owned()),
        kind: SignalKind::Funding,
        role: Role::Subject,
        areas: vec![ProductArea::Azure, ProductArea::Security],
        modality: Modality::Asserted,
        event: Some(When {
            day,
            precision: Precision::Month,
            basis: Basis::FirstSeen,
        }),
        published: Some(day),
        slots: Slots {
            amount: Some("35 Mio. €".to_owned()),
            technologies: vec!["Azure".to_owned(), "SAP".to_owned()],
            ..Slots::default()
        },
        confidence: 0.9,
        evidence: vec![Evidence {
            url: "https://contoso.example/news".to_owned(),
            origin: "contoso.example".to_owned(),
            quote: QUOTE.to_owned(),
            marks: vec![(0, 3)],
            title: "-News".to_owned(),
            language: Some("de".to_owned()),
            published: None,
            seen: Timestamp(1000),
            detector: "rules".to_owned(),
            version: 3,
            rule: "funding.round".to_owned(),
            confidence: 0.9,
            provenance: Provenance::default(),
            because: Vec::new(),
            telling: Telling::default(),
        }],
        first_seen: Timestamp(0),
        last_seen: Timestamp(86_400_000),
    }
    .as_told(Stage::Done);
    (signal, company)
}

fn exported(format: &str, items: Vec<Item>, columns: &[String]) -> String {
    let format = export::format(format).expect("it is known");
    let mut out = Vec::new();
    let items = items.into_iter().map(Ok::<Item, Infallible>);
    export::export(format.write, items, columns, &mut out).expect("writes");
    String::from_utf8(out).expect("text")
}

#[test]
fn a_line_of_json_has_everything() {
    let line = exported("jsonl", vec![item(), item()], &[]);
    assert_eq!(line.lines().count(), 2);
    let expected = r#"{"id":"07070707070707070707070707070707","kind":"funding","company":{"id":"contoso.example","name":"Contoso, S.à r.l.","domains":["contoso.example"],"crm_id":"0017","country":null,"industry":null,"employees":250,"extra":{"Región":"@süd"}},"role":"subject","areas":["azure","security"],"modality":"asserted","event_date":"2026-02-28","event_precision":"month","event_basis":"first_seen","published":"2026-02-28","first_seen":"1970-01-01T00:00:00Z","last_seen":"1970-01-02T00:00:00Z","confidence":0.9,"slots":{"counterpart":null,"amount":"35 Mio. €","position":null,"place":null,"count":null,"technologies":["Azure","SAP"]},"evidence":[{"url":"https://contoso.example/news","origin":"contoso.example","quote":"=HYPERLINK(\"x\") Société Générale, \"größte\" Runde:\nüber 35 Mio. €","marks":[[0,3]],"title":"-News","language":"de","published":null,"seen":"1970-01-01T00:00:01Z","detector":"rules","detector_version":3,"rule":"funding.round","confidence":0.9,"told_by":null,"copy_of":null,"because":[],"stage":"done","withdrawn":null,"withdrawn_why":null}],"class":"funding.round","half_life":120,"deadline":null,"stage":"done","history":[{"stage":"done","first":"1970-01-01","last":"1970-01-01"}],"status":"new"}"#;
    assert_eq!(line.lines().next(), Some(expected));
}

#[test]
fn a_table_has_a_header_and_no_formulas() {
    let (_, company) = item();
    let columns = export::extra_columns([&company, &Company::new("x.example")]);
    let table = exported("csv", vec![item()], &columns);
    let header = "id,kind,company,company_name,crm_id,country,industry,employees,role,areas,modality,\
        event_date,event_precision,event_basis,published,first_seen,last_seen,confidence,\
        counterpart,amount,position,place,count,technologies,evidence_count,quote,quote_title,\
        source_url,language,detector,detector_version,rule,told_by,class,half_life,\
        deadline,stage,stage_told,status,crm.Región\r\n";
    let row = "07070707070707070707070707070707,funding,contoso.example,\"Contoso, S.à r.l.\",0017,,,\
        250,subject,azure;security,asserted,2026-02-28,month,first_seen,2026-02-28,\
        1970-01-01T00:00:00Z,1970-01-02T00:00:00Z,0.9,,35 Mio. €,,,,Azure;SAP,1,\
        \"'=HYPERLINK(\"\"x\"\") Société Générale, \"\"größte\"\" Runde:\nüber 35 Mio. €\",'-News,\
        https://contoso.example/news,de,rules,3,funding.round,,funding.round,120,,done,\
        1970-01-01,new,'@süd\r\n";
    assert_eq!(table, format!("{header}{row}"));
}

#[test]
fn python_reads_the_table_back() {
    let (_, company) = item();
    let table = exported(
        "csv",
        vec![item(), item()],
        &export::extra_columns([&company]),
    );
    let script = "import csv, io, json, sys\n\
        text = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='')\n\
        rows = list(csv.DictReader(text, strict=True))\n\
        sys.stdout.buffer.write(json.dumps(rows, ensure_ascii=False).encode())";
    let python = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else {
        writeln!(io::stderr(), "SKIPPED: no python3").expect("somebody listens");
        return;
    };
    let mut stdin = python.stdin.take().expect("it is piped");
    stdin.write_all(table.as_bytes()).expect("python listens");
    drop(stdin);
    let read = python.wait_with_output().expect("python ends").stdout;
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&read).expect("JSON");
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!(row["quote"], format!("'{QUOTE}"));
        assert_eq!(row["company_name"], "Contoso, S.à r.l.");
        assert_eq!(row["crm.Región"], "'@süd");
        assert_eq!(row["counterpart"], "");
        assert_eq!(row.as_object().map(|row| row.len()), Some(40));
    }
}

#[test]
fn a_file_is_there_whole_or_not_at_all() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("signals.jsonl");
    let format = export::format("jsonl").expect("it is known");
    let failing = [Ok(item()), Err(io::Error::other("the source ran dry"))];
    let failed = export::export_to_file(format.write, failing.into_iter(), &[], &path);
    assert!(matches!(failed, Err(Error::Source(_))));
    assert_eq!(std::fs::read_dir(dir.path()).expect("reads").count(), 0);

    std::fs::write(&path, "old").expect("writes");
    let items = || (0..3).map(|_| Ok::<Item, Infallible>(item()));
    let written = export::export_to_file(format.write, items(), &[], &path).expect("writes");
    assert_eq!(written, 3);
    let text = std::fs::read_to_string(&path).expect("reads");
    assert_eq!(text.lines().count(), 3);
    assert_eq!(std::fs::read_dir(dir.path()).expect("reads").count(), 1);

    let nowhere = dir.path().join("missing/signals.jsonl");
    let failed = export::export_to_file(format.write, items(), &[], &nowhere);
    assert!(matches!(failed, Err(Error::Write(_))));
}

/// `head -1`: takes a little, then hangs up.
struct Head(usize);

impl Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_hangs_up_is_told_from_trouble() {
    for format in export::FORMATS {
        let items = (0..100).map(|_| Ok::<Item, Infallible>(item()));
        let failed = export::export(format.write, items, &[], &mut Head(9000));
        let Err(Error::Write(why)) = failed else {
            panic!("{}: it cannot have been written", format.name);
        };
        assert_eq!(why.kind(), io::ErrorKind::BrokenPipe, "{}", format.name);
    }
}
