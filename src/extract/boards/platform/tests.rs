//! Addresses that lead to boards, and those that do not.

use super::*;

#[test]
fn every_spelling_of_a_board_leads_to_what_answers_machines() {
    for (address, page, ask) in [
        (
            "https://boards.greenhouse.io/contoso/jobs/123?gh_src=x",
            "https://boards.greenhouse.io/contoso",
            "https://boards-api.greenhouse.io/v1/boards/contoso/jobs?content=true",
        ),
        (
            "https://job-boards.eu.greenhouse.io/contoso",
            "https://boards.greenhouse.io/contoso",
            "https://boards-api.greenhouse.io/v1/boards/contoso/jobs?content=true",
        ),
        (
            "https://boards.greenhouse.io/embed/job_board/js?for=contoso",
            "https://boards.greenhouse.io/contoso",
            "https://boards-api.greenhouse.io/v1/boards/contoso/jobs?content=true",
        ),
        (
            "https://boards.greenhouse.io/embed/job_app?token=7&for=contoso&b=x",
            "https://boards.greenhouse.io/contoso",
            "https://boards-api.greenhouse.io/v1/boards/contoso/jobs?content=true",
        ),
        (
            "http://jobs.lever.co/contoso/6b1f/apply",
            "https://jobs.lever.co/contoso",
            "https://api.lever.co/v0/postings/contoso?mode=json",
        ),
        (
            "https://jobs.eu.lever.co/contoso",
            "https://jobs.eu.lever.co/contoso",
            "https://api.eu.lever.co/v0/postings/contoso?mode=json",
        ),
        (
            "https://jobs.ashbyhq.com/contoso/embed?version=2",
            "https://jobs.ashbyhq.com/contoso",
            "https://api.ashbyhq.com/posting-api/job-board/contoso",
        ),
        (
            "https://contoso.workable.com/jobs/1",
            "https://apply.workable.com/contoso",
            "https://apply.workable.com/api/v1/widget/accounts/contoso?details=true",
        ),
        (
            "https://apply.workable.com/contoso/j/A1B2/",
            "https://apply.workable.com/contoso",
            "https://apply.workable.com/api/v1/widget/accounts/contoso?details=true",
        ),
        (
            "https://jobs.smartrecruiters.com/Contoso1/7439-engineer",
            "https://careers.smartrecruiters.com/Contoso1",
            "https://api.smartrecruiters.com/v1/companies/Contoso1/postings?limit=100",
        ),
        (
            "https://contoso.recruitee.com/o/welder",
            "https://contoso.recruitee.com/",
            "https://contoso.recruitee.com/api/offers/",
        ),
        (
            "https://contoso.breezy.hr/p/1-welder",
            "https://contoso.breezy.hr/",
            "https://contoso.breezy.hr/json?verbose=true",
        ),
        (
            "https://contoso.bamboohr.com/careers/31",
            "https://contoso.bamboohr.com/careers",
            "https://contoso.bamboohr.com/careers/list",
        ),
        (
            "https://contoso-gmbh.jobs.personio.de/job/1?language=de",
            "https://contoso-gmbh.jobs.personio.de/",
            "https://contoso-gmbh.jobs.personio.de/xml",
        ),
        (
            "https://contoso.teamtailor.com/jobs/1-welder",
            "https://contoso.teamtailor.com/",
            "https://contoso.teamtailor.com/jobs.rss",
        ),
        (
            "https://contoso.wd5.myworkdayjobs.com/en-US/External/job/Lyon/Welder_R-1",
            "https://contoso.wd5.myworkdayjobs.com/External",
            "https://contoso.wd5.myworkdayjobs.com/External/siteMap.xml",
        ),
        (
            "https://careers-contoso.icims.com/jobs/search?ss=1",
            "https://careers-contoso.icims.com/jobs",
            "https://careers-contoso.icims.com/sitemap.xml",
        ),
        (
            "https://contoso.applytojob.com/apply/Ab12Cd/Welder",
            "https://contoso.applytojob.com/apply",
            "https://contoso.applytojob.com/apply",
        ),
    ] {
        let found = place(address).unwrap_or_else(|| panic!("{address} leads to a board"));
        assert_eq!(
            (found.page.as_str(), found.ask.as_str()),
            (page, ask),
            "{address}"
        );
        // What people open leads there again, and what is asked is known as an answer.
        assert_eq!(place(page).as_ref(), Some(&found), "{page}");
        let (board, names) = answering(&found.ask, b"").expect("the address that is asked");
        assert_eq!(board.name, found.platform, "{address}");
        assert_eq!(of(&names, "token"), Some(found.token), "{address}");
    }
}

#[test]
fn the_platforms_own_pages_and_strangers_are_no_boards() {
    for address in [
        "https://www.greenhouse.io/customers",
        "https://boards.greenhouse.io/",
        "https://boards.greenhouse.io/embed/job_board",
        "https://notgreenhouse.io/contoso",
        "https://boards.greenhouse.io.evil.example/contoso",
        "https://www.workable.com/pricing",
        "https://apply.workable.com/j/A1B2C3",
        "https://www.recruitee.com/",
        "https://www.personio.de/",
        "https://contoso.bamboohr.com/login.php",
        "https://boards.greenhouse.io:8443/contoso",
        "ftp://boards.greenhouse.io/contoso",
        "https://contoso.example/jobs.lever.co/contoso",
    ] {
        assert_eq!(place(address), None, "{address}");
    }
    let long = format!("https://jobs.lever.co/{}", "a".repeat(LONGEST));
    assert_eq!(place(&long), None);
}

#[test]
fn only_its_own_positions_are_a_boards() {
    let url = |text: &str| Url::parse(text).expect("a URL");
    let ask = url("https://contoso.wd5.myworkdayjobs.com/External/siteMap.xml");
    let is = |link: &str| is_posting(&ask, &url(link));
    assert!(is(
        "https://contoso.wd5.myworkdayjobs.com/External/job/Lyon/Welder_R-1"
    ));
    assert!(is(
        "https://contoso.wd5.myworkdayjobs.com/en-US/External/job/Lyon/Welder_R-1"
    ));
    assert!(!is(
        "https://contoso.wd5.myworkdayjobs.com/Interns/job/Lyon/Welder_R-1"
    ));
    assert!(!is(
        "https://fabrikam.wd5.myworkdayjobs.com/External/job/Lyon/Welder_R-1"
    ));
    assert!(!is("https://contoso.wd5.myworkdayjobs.com/External/login"));
    let lever = url("https://api.lever.co/v0/postings/contoso?mode=json");
    assert!(!is_posting(&lever, &url("https://jobs.lever.co/contoso/1")));
}
