//! `TED_EXPORT`, in which notices were published until October 2023.

use super::xml::{self, Element};
use super::{Notice, add, day, language};

pub(super) fn read(text: &str) -> Notice {
    let mut notice = Notice::default();
    // A notice stands there in its own language first, then in translations.
    let mut forms = 0;
    xml::walk(text, |element| {
        state(&mut notice, element, forms);
        if element.path.len() == 3 && element.is_in("FORM_SECTION") {
            forms += 1;
        }
    });
    notice
}

fn state(notice: &mut Notice, element: &Element<'_>, forms: usize) {
    let text = element.text.as_str();
    if element.is_in("CODED_DATA_SECTION") {
        if element.is("REF_OJS/DATE_PUB") {
            notice.published = day(text);
        } else if element.is("NOTICE_DATA/LG_ORIG") {
            notice.language = language(text);
        } else if element.is("NOTICE_DATA/ISO_COUNTRY") {
            notice.tender.country = element.attribute("VALUE").map(str::to_owned);
        } else if element.is("URI_LIST/URI_DOC") && notice.links.is_empty() {
            add(&mut notice.links, text);
        }
        return;
    }
    if !element.is_in("FORM_SECTION") || forms > 0 {
        return;
    }
    let tender = &mut notice.tender;
    if element.is("ADDRESS_CONTRACTING_BODY/OFFICIALNAME")
        || element.is("ADDRESS_CONTRACTING_BODY_ADDITIONAL/OFFICIALNAME")
    {
        add(&mut tender.buyers, text);
    } else if element.is("ADDRESS_CONTRACTOR/OFFICIALNAME") {
        add(&mut tender.winners, text);
        tender.awarded = true;
    } else if element.is("OBJECT_CONTRACT/TITLE/P") || element.is("OBJECT_DESCR/TITLE/P") {
        add(&mut notice.titles, text);
    } else if element.is("SHORT_DESCR/P") {
        add(&mut notice.descriptions, text);
    } else if element.is("CPV_CODE") {
        add(
            &mut tender.cpv,
            element.attribute("CODE").unwrap_or_default(),
        );
    } else if element.is("VAL_TOTAL") || element.is("OBJECT_CONTRACT/VAL_ESTIMATED_TOTAL") {
        let currency = element.attribute("CURRENCY").unwrap_or_default();
        let amount = format!("{text} {currency}").trim().to_owned();
        tender.value.get_or_insert(amount);
    } else if element.is("DATE_RECEIPT_TENDERS") {
        tender.deadline = day(text);
    } else if element.is("URL_DOCUMENT") || element.is("URL_PARTICIPATION") {
        add(&mut notice.links, text);
    } else if element.is("AWARDED_CONTRACT") {
        tender.awarded = true;
    }
}
