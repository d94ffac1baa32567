//! The bell and who answers it. tokio-cron-scheduler only rings, once a minute; what is due, the database says.
//! Runs missed while the service was down collapse into one catch-up run, keyed by the day for which it is run.

use crate::actions::check_all_projects::{CheckAll, SCHEDULED, check_all_projects};
use crate::actions::claim_due::{Due, claim_due};
use crate::actions::forget_answers::forget_answers;
use crate::actions::{Error, Judging, Moment};
use crate::clock::Clock;
use crate::config::Schedule;
use crate::domain::access::Actor;
use crate::domain::calendar::FiscalYear;
use crate::storage::Db;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use croner::Cron;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// The bell, hung and ringing.
pub struct Bell(JobScheduler);

impl Bell {
    /// Takes it down.
    pub async fn stop(mut self) -> std::io::Result<()> {
        self.0.shutdown().await.map_err(std::io::Error::other)
    }
}

/// The name under which due times of the daily check are claimed.
const DAILY_CHECK: &str = "daily_check";
/// When the bell rings: at each minute's first second (six fields, with seconds).
const EVERY_MINUTE: &str = "0 * * * * *";

/// What the scheduler needs.
#[derive(Clone)]
pub struct Scheduler {
    /// The database.
    pub db: Db,
    /// The one clock.
    pub clock: Clock,
    /// The zone in which due times are meant.
    pub zone: Tz,
    /// The rules in force.
    pub judging: Arc<Judging>,
    /// When the service acts of itself.
    pub schedule: Schedule,
}

impl Scheduler {
    /// Starts the bell and the one who answers it; both end with the runtime.
    pub async fn start(self) -> std::io::Result<Bell> {
        let ring = self.listen();
        hang(ring).await.map_err(std::io::Error::other)
    }

    /// Answers every ring, one at a time, and looks once before the first.
    fn listen(self) -> mpsc::Sender<()> {
        let (ring, mut heard) = mpsc::channel::<()>(1);
        tokio::spawn(async move {
            let mut tidied_on = None;
            loop {
                let scheduler = self.clone();
                let answered = tokio::task::spawn_blocking(move || {
                    scheduler.answer();
                    tidy(&scheduler.db, &scheduler.clock, scheduler.zone, tidied_on)
                });
                if let Ok(day) = answered.await {
                    tidied_on = day;
                } else {
                    tracing::error!("a scheduled run panicked; the next ring tries again");
                }
                if heard.recv().await.is_none() {
                    return;
                }
            }
        });
        ring
    }

    /// Does what is due now.
    fn answer(&self) {
        let Some(cron) = &self.schedule.daily_check else { return };
        let now = self.clock.now();
        let Some(due_at) = last_due(cron, self.zone, now) else { return };
        let due = Due { job: DAILY_CHECK, due_at, years: self.years(due_at.with_timezone(&self.zone).date_naive()) };
        let years = due.years.clone();
        match self.db.write(move |conn| claim_due(conn, &due, now)).wait() {
            Ok(true) => years.into_iter().for_each(|(year, as_of)| self.check(year, as_of, now)),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the schedule cannot be read now; the next ring tries again"),
        }
    }

    /// The years judged on a day: the running one, and the last one until it closes.
    fn years(&self, day: NaiveDate) -> Vec<(FiscalYear, NaiveDate)> {
        [day.year() - 1, day.year()]
            .into_iter()
            .filter_map(|number| FiscalYear::new(number).ok())
            .filter(|year| year.is_open(day, self.judging.year_closes_on))
            .map(|year| (year, year.nearest(day)))
            .collect()
    }

    fn check(&self, year: FiscalYear, as_of: NaiveDate, now: DateTime<Utc>) {
        let moment = Moment { now, today: self.clock.today(self.zone) };
        let actor = Actor { name: "schedule".to_owned(), request_id: None };
        let command = CheckAll { year, as_of, cause: SCHEDULED, actor };
        match check_all_projects(&self.db, &command, &self.judging, moment, || self.clock.now()) {
            Ok(checked) => {
                let (projects, letters) = (checked.run.counts.projects, checked.run.counts.letters);
                tracing::info!(%year, %as_of, projects, letters, "scheduled check done");
            }
            Err(Error::CheckBackwards { last }) => {
                tracing::info!(%year, %as_of, %last, "a later day has been checked already");
            }
            Err(error) => tracing::error!(%year, %as_of, %error, "scheduled check failed; it is taken up again"),
        }
    }
}

/// Forgets old answers on the first ring of each day; gives the day on which that was done last.
fn tidy(db: &Db, clock: &Clock, zone: Tz, tidied_on: Option<NaiveDate>) -> Option<NaiveDate> {
    let today = Some(clock.today(zone));
    if tidied_on == today {
        return tidied_on;
    }
    match forget_answers(db, clock.now()) {
        Ok(forgotten) => {
            tracing::debug!(forgotten, "old answers forgotten");
            today
        }
        Err(error) => {
            tracing::warn!(%error, "old answers cannot be forgotten now; the next ring tries again");
            tidied_on
        }
    }
}

/// Hangs a bell that rings every minute.
async fn hang(ring: mpsc::Sender<()>) -> Result<Bell, JobSchedulerError> {
    let bell = JobScheduler::new().await?;
    let job = Job::new_async(EVERY_MINUTE, move |_, _| {
        let ring = ring.clone();
        Box::pin(async move {
            if ring.try_send(()).is_err() {
                tracing::debug!("the last ring is still being answered");
            }
        })
    })?;
    bell.add(job).await?;
    bell.start().await?;
    Ok(Bell(bell))
}

/// The last time that a schedule was due by an instant, computed in the zone itself, so that summer time and a
/// changed clock are understood.
fn last_due(cron: &Cron, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let local = now.with_timezone(&zone);
    cron.find_previous_occurrence(&local, true).ok().map(|due| due.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Opening;
    use crate::storage::answers::{self, Answer, AnswerKey};
    use std::str::FromStr;

    #[test]
    fn old_answers_are_forgotten_once_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("milepost.db").display());
        let db = Db::open(&url, Opening::MayCreate).unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let of = |key: &str| {
            let place = ("t".to_owned(), "POST".to_owned(), "/p".to_owned());
            AnswerKey { token: place.0, method: place.1, path: place.2, key: key.to_owned() }
        };
        let keep = |key: &str, recorded_at: &'static str| {
            let key = of(key);
            let answer = Answer { body_sha256: String::new(), status: 201, body: String::new(), location: None };
            db.write(move |conn| answers::insert(conn, &key, &answer, at(recorded_at))).wait().unwrap();
        };
        let zone = chrono_tz::Asia::Shanghai;
        let on = |text: &str, last| tidy(&db, &Clock::Fixed(at(text)), zone, last);
        let is_kept = |key: &'static str| db.read(move |conn| answers::find(conn, &of(key))).wait().unwrap().is_some();
        keep("old", "2024-06-20T00:00:00Z");
        keep("young", "2024-06-30T00:00:00Z");
        let first = on("2024-07-01T00:00:00Z", None);
        assert_eq!((is_kept("old"), is_kept("young")), (false, true));
        keep("old", "2024-06-20T00:00:00Z");
        let same = on("2024-07-01T15:59:00Z", first);
        assert_eq!((is_kept("old"), same), (true, first), "not twice on a day");
        on("2024-07-01T16:01:00Z", same);
        assert!(!is_kept("old") && is_kept("young"), "in Shanghai it is the next day");
    }

    #[test]
    fn a_due_time_is_meant_in_the_zone() {
        let cron = Cron::from_str("30 8 * * *").unwrap();
        let now: DateTime<Utc> = "2024-07-01T00:29:59Z".parse().unwrap();
        let due = |now| last_due(&cron, chrono_tz::Asia::Shanghai, now).unwrap().to_string();
        assert_eq!(due(now), "2024-06-30 00:30:00 UTC");
        assert_eq!(due("2024-07-01T00:30:00Z".parse().unwrap()), "2024-07-01 00:30:00 UTC");
    }
}
