//! The reader that writes mails: what a notice tells on the page, a mail tells at the address that
//! was given with the dossier. Mails go into the outbox in one transaction with the reader's place
//! in the log, so each is written once.
//! Does not know: how mail is carried.
use std::collections::HashMap;

use facts::procedure::Words;
use jiff::civil::{Date, time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use kernel::log::Placed;
use kernel::reader::{React, Reader};
use kernel::{Decide, Entry, Json, Statement, Trouble, Whole};
use matters::dossier::{self, Law};

use super::choice::{Choice, Pace, digest};
use super::compose::{self, By, Told};
use super::{LANE, Letterbox, views};
use crate::notice::events::About;

/// The reader's name in the database; never changed.
const NAME: &str = "mail";
/// What is older when it is read was told on the page long ago: mail was switched on, or the
/// reader stood still.
const NEWS_FOR: SignedDuration = SignedDuration::from_hours(48);
/// The hour of a morning's mail: before offices open.
const DIGEST_HOUR: i8 = 7;
/// What happens later than so long before that hour belongs to the next morning, so that the reader
/// is done with it in time.
const DIGEST_LEAD: SignedDuration = SignedDuration::from_hours(1);

/// The reader for the house's list.
#[must_use]
pub fn reader(letterbox: &Letterbox) -> Reader {
    let letterbox = letterbox.clone();
    Reader {
        name: NAME,
        // No tables: a rebuild must not write to anybody a second time.
        react: React::rows(&[], move |round| {
            let letterbox = letterbox.clone();
            async move { letterbox.written(round).await }
        }),
    }
}

/// A piece of news with the place of its entry in the log.
struct News {
    place: i64,
    entry: Entry<dossier::Event>,
    about: About,
}

impl Letterbox {
    async fn written(&self, round: Vec<Placed>) -> Result<Vec<Statement>, Trouble> {
        let now = (self.clock)();
        let mut mails = Vec::new();
        let mut dossiers: HashMap<String, Whole<Law>> = HashMap::new();
        for placed in round {
            let Some(news) = heard(placed, now)? else {
                continue;
            };
            let id = news.entry.id().to_owned();
            if !dossiers.contains_key(&id) {
                let (journal, law) = (&self.ground.journal, &self.ground.law);
                dossiers.insert(id.clone(), journal.whole(&**law, &id).await?);
            }
            mails.extend(self.mails(&dossiers[&id], &news).await?);
        }
        Ok(mails)
    }

    async fn mails(&self, whole: &Whole<Law>, news: &News) -> Result<Vec<Statement>, Trouble> {
        let Some(dossier) = &whole.state.dossier else {
            return Ok(Vec::new());
        };
        let addresses = addresses(whole);
        if addresses.is_empty() {
            return Ok(Vec::new());
        }
        let agency = self.ground.offices.agency(&dossier.agency).await?;
        let agency = agency.map_or_else(|| dossier.agency.clone(), |agency| agency.name);
        let by = self.by(dossier, &news.entry.actor).await?;
        let nameless = Words::default();
        let procedure = self.ground.catalogue().get(&dossier.procedure);
        let told = Told {
            code: dossier.code.to_string(),
            procedure: procedure.map_or(&nameless, |procedure| &procedure.name),
            about: &news.about,
            agency: &agency,
            by: &by,
            at: news.entry.at,
            public_url: &self.ground.public_url,
        };
        let mut mails = Vec::new();
        for address in addresses {
            let choice = views::choice_of(self.db(), address).await?;
            mails.extend(self.mail(&told, (address, &choice), news.place));
        }
        Ok(mails)
    }

    fn mail(
        &self,
        told: &Told<'_>,
        (address, choice): (&str, &Choice),
        place: i64,
    ) -> Option<Statement> {
        let language = choice.language.as_str();
        let stop = self.link(address);
        let parcel = |id: String, at: Timestamp, subject: String, text: String| courier::Parcel {
            id,
            destination: address.to_owned(),
            subject,
            text,
            unsubscribe: stop.clone(),
            at,
            tries: 0,
        };
        match choice.pace {
            Pace::Never => None,
            Pace::Each => {
                let id = format!("mail/{place}/{}", digest(address));
                let subject = compose::subject(told, language);
                let text = compose::whole(told, language, &stop);
                Some(courier::send(LANE, &parcel(id, told.at, subject, text)))
            }
            Pace::Daily => {
                let (day, at) = next_morning(told.at);
                let id = format!("mail/digest/{day}/{}", digest(address));
                let (subject, head) = compose::digest(day, language, &stop);
                let text = compose::digest_part(told, language);
                Some(courier::add(LANE, &head, &parcel(id, at, subject, text)))
            }
        }
    }

    /// Who did it, in words that people know.
    async fn by(&self, dossier: &dossier::Dossier, actor: &str) -> Result<By, Trouble> {
        if actor == dossier.applicant || actor == dossier.filed_by() {
            return Ok(By::People);
        }
        let officer = self.ground.offices.officer(actor).await?;
        Ok(officer.map_or(By::Itself, |officer| By::Officer(officer.name)))
    }
}

fn heard(placed: Placed, now: Timestamp) -> Result<Option<News>, Trouble> {
    if placed.noun() != Law::NAME {
        return Ok(None);
    }
    let place = placed.position;
    let entry: Entry<dossier::Event> = placed.typed()?;
    // Whose dossier the office found it to be is told on that person's page: the addresses are
    // those that somebody else typed.
    let about = About::of(&entry.event).filter(|about| *about != About::Identified);
    let about = about.filter(|_| now.duration_since(entry.at) <= NEWS_FOR);
    Ok(about.map(|about| News {
        place,
        entry,
        about,
    }))
}

/// The addresses that were given with the dossier, each once; none when they were erased.
fn addresses(whole: &Whole<Law>) -> Vec<&str> {
    let submitted = whole
        .written()
        .find(|(event, _)| matches!(event, dossier::Event::Submitted { .. }));
    let Some((_, document)) = submitted else {
        return Vec::new();
    };
    let mut found: Vec<&str> = ["/applicant/email", "/filer/email"]
        .into_iter()
        .filter_map(|at| document.pointer(at).and_then(Json::as_str))
        .map(str::trim)
        .filter(|address| courier::address_is_possible(address))
        .collect();
    found.dedup_by_key(|address| address.to_lowercase());
    found
}

/// The morning on which something that happened at `at` is told, and its moment.
fn next_morning(at: Timestamp) -> (Date, Timestamp) {
    let zone = TimeZone::fixed(Offset::constant(7));
    let told = (at + DIGEST_LEAD).to_zoned(zone.clone()).datetime();
    let morning = time(DIGEST_HOUR, 0, 0, 0);
    let day = match told.time() < morning {
        true => told.date(),
        false => told.date().tomorrow().unwrap_or(told.date()),
    };
    let moment = zone.to_timestamp(day.to_datetime(morning));
    (day, moment.unwrap_or(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_morning_tells_what_happened_until_six() {
        for (at, told) in [
            ("2026-11-30T05:59:59+07:00", "2026-11-30T07:00:00+07:00"),
            ("2026-11-30T06:00:00+07:00", "2026-12-01T07:00:00+07:00"),
            ("2026-11-30T23:59:00+07:00", "2026-12-01T07:00:00+07:00"),
            ("2026-12-31T12:00:00+07:00", "2027-01-01T07:00:00+07:00"),
        ] {
            let (day, moment) = next_morning(at.parse().unwrap());
            assert_eq!(moment, told.parse::<Timestamp>().unwrap(), "{at}");
            assert!(told.starts_with(&day.to_string()));
        }
    }
}
