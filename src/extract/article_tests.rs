//! Tests of the main text.

use super::super::dom::parse;
use super::*;

const PROSE_LINE: &str = "Northwind said on Tuesday that its plant in Zaragoza would employ two \
                          hundred people from next spring, most of them welders.";

fn text(markup: &str, shape: Shape) -> String {
    main_text(&Dom::of(&parse(markup)), shape)
}

#[test]
fn the_frame_is_left_out_and_blocks_are_lines() {
    let found = text(
        &format!(
            "<header><a href=/>Home</a></header><nav>Menu</nav><div class='content'><h1>T</h1>\
             <p>{PROSE_LINE}</p><ul><li>one point<li>two</ul><p>More of it,<br>here: {PROSE_LINE}\
             </div><div class='related-posts'>Other</div><footer>© Northwind</footer>"
        ),
        Shape::Article,
    );
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines[0], PROSE_LINE);
    assert_eq!(lines[1..4], ["one point", "two", "More of it,"]);
    assert_eq!(lines.len(), 5);
}

#[test]
fn what_is_said_twice_is_written_once() {
    let markup = format!("<div><p>{PROSE_LINE}</p></div><div><p>{PROSE_LINE}</p></div>");
    assert_eq!(text(&markup, Shape::Pieces), PROSE_LINE);
}

#[test]
fn a_likely_article_is_one_when_its_paragraphs_stand_in_one_run() {
    let run = format!("<div><h1>Title</h1><p>{PROSE_LINE}</p><p>B {PROSE_LINE}</p></div>");
    let sections = format!(
        "<h1>Title</h1><section><p>{PROSE_LINE}</p></section><section><p>B {PROSE_LINE}</p>\
         </section><section><p>C {PROSE_LINE}</p></section>"
    );
    assert!(!text(&run, Shape::Likely).contains("Title"));
    assert!(text(&sections, Shape::Likely).starts_with("Title"));
}

#[test]
fn a_page_of_pieces_keeps_its_links() {
    let items = "<li><a href=/a>Welding services</a><li><a href=/b>Cutting services</a>";
    assert_eq!(
        text(&format!("<ul>{items}</ul>"), Shape::Pieces),
        "Welding services\nCutting services"
    );
}

#[test]
fn what_waits_for_a_program_is_the_page_when_it_has_its_title() {
    let grid: String = (0..40).map(|n| format!("<div>Pump {n}</div>")).collect();
    let page = |title: &str| {
        format!(
            "<div><p>{PROSE_LINE}</p></div><div style='display:none'>{title}<section>{grid}\
             </section></div>"
        )
    };
    assert!(text(&page("<h1>Pumps</h1>"), Shape::Pieces).contains("Pump 7"));
    assert!(!text(&page("<b>Pumps</b>"), Shape::Pieces).contains("Pump 7"));
}

#[test]
fn names_that_take_nearly_everything_away_are_not_believed() {
    let sections: String = (0..9)
        .map(|n| format!("<section id=more-forms-{n}><p>{n} {PROSE_LINE}</p></section>"))
        .collect();
    let few = format!("<div><p>A {PROSE_LINE}</p><p>B {PROSE_LINE}</p>");
    let wrong = text(&format!("{few}{sections}"), Shape::Pieces);
    assert!(wrong.contains("7 Northwind"));
    let right = text(
        &format!("{few}<div id=forms><p>7 {PROSE_LINE}</p></div>"),
        Shape::Pieces,
    );
    assert!(!right.contains("7 Northwind"));
}

#[test]
fn an_answer_in_a_table_is_said_again_and_a_label_is_not() {
    let rows: String = (0..4)
        .map(|n| format!("<tr><td>Valve {n}<td>Yes"))
        .collect();
    let cards: String = (0..4)
        .map(|n| format!("<div>Pump {n}</div><div>New</div>"))
        .collect();
    let found = text(
        &format!("<p>{PROSE_LINE}</p><table>{rows}</table>{cards}"),
        Shape::Pieces,
    );
    assert_eq!(found.matches("Yes").count(), 4);
    assert_eq!(found.matches("New").count(), 2);
}
