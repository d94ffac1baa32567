//! The bell and who answers it. What is due, the database says: tokio-cron-scheduler only rings, once a minute, and where it
//! does not (it counts by a clock that may be set back) the schedule is looked at all the same.
//!
//! Runs missed while the service was down collapse into one catch-up run, keyed by the day for which it is run. A plan
//! point that passed meanwhile needs no run of its own: who lags behind a point is judged against it until the next one,
//! every posting has judged its project for its day, and a lag that came and went while nobody looked is no news.

mod due;
mod ping;

use crate::actions::check_all_projects::{CheckAll, SCHEDULED, check_all_projects};
use crate::actions::claim_due::{Claimed, DAILY_CHECK, DIGEST, Due, MONTHLY_DIGEST, claim_due, finish_due, is_checked};
use crate::actions::forget_answers::forget_answers;
use crate::actions::monthly_digest::monthly_digest;
use crate::actions::tell_news::tell_news;
use crate::actions::{Error, Judging, Moment};
use crate::clock::Clock;
use crate::config::Schedule;
use crate::domain::access::Actor;
use crate::domain::calendar::FiscalYear;
use crate::heartbeat::Heartbeat;
use crate::storage::Db;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use croner::Cron;
use due::{DueTime, last_due, next_due};
use ping::Watcher;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job as BellJob, JobScheduler, JobSchedulerError};

/// The bell, hung and ringing.
pub struct Bell(JobScheduler);

impl Bell {
    /// Takes it down.
    pub async fn stop(mut self) -> std::io::Result<()> {
        self.0.shutdown().await.map_err(std::io::Error::other)
    }
}

/// When the bell rings: at each minute's first second (six fields, with seconds).
const EVERY_MINUTE: &str = "0 * * * * *";
/// How long a bell that is silent is waited for, by the monotonic clock.
const LONGEST_SILENCE: Duration = Duration::from_secs(90);

/// One thing that the service does by itself.
struct Job {
    /// The name under which its due times are claimed, of those in `actions::claim_due`.
    name: &'static str,
    /// When it is due; none where it is off.
    cron: fn(&Schedule) -> Option<&Cron>,
    /// What it does; an error is taken up again.
    run: fn(&Scheduler, &Run) -> Result<(), Error>,
}

/// All of them, in the order in which they are done where several are due: who tells comes after who finds out.
const JOBS: &[Job] = &[
    Job { name: DAILY_CHECK, cron: |schedule| schedule.daily_check.as_ref(), run: Scheduler::check_all },
    Job { name: DIGEST, cron: digest_apart, run: Scheduler::tell_all },
    Job { name: MONTHLY_DIGEST, cron: |schedule| schedule.monthly_digest.as_ref(), run: Scheduler::tell_the_month },
];

/// The digest's own due times; none where the check tells at its end, for then it has nothing to add.
fn digest_apart(schedule: &Schedule) -> Option<&Cron> {
    let is_the_checks =
        |digest: &&Cron| schedule.daily_check.as_ref().is_some_and(|check| check.as_str() == digest.as_str());
    schedule.digest.as_ref().filter(|digest| !is_the_checks(digest))
}

/// A run that is to be made.
struct Run {
    due: DueTime,
    /// Whether it was begun before and broke off.
    again: bool,
    moment: Moment,
}

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
    /// Where it shows that it lives.
    pub heartbeat: Arc<Heartbeat>,
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
        let watcher = self.schedule.ping_url.clone().map(|url| Arc::new(Watcher::new(url)));
        tokio::spawn(async move {
            let mut tidied_on = None;
            loop {
                let (scheduler, watcher) = (self.clone(), watcher.clone());
                self.heartbeat.begin();
                let answered = tokio::task::spawn_blocking(move || {
                    scheduler.answer(watcher.as_deref());
                    tidy(&scheduler.db, &scheduler.clock, scheduler.zone, tidied_on)
                });
                if let Ok(day) = answered.await {
                    tidied_on = day;
                } else {
                    tracing::error!("a scheduled run panicked; it is taken up again");
                }
                let now = self.clock.now();
                self.heartbeat.rest(now, self.next_due_at(now));
                // A bell that stays silent is no reason to sleep on; one that was taken down is.
                if let Ok(None) = tokio::time::timeout(LONGEST_SILENCE, heard.recv()).await {
                    return;
                }
            }
        });
        ring
    }

    /// Does what is due now.
    fn answer(&self, watcher: Option<&Watcher>) {
        let now = self.clock.now();
        for job in JOBS {
            let Some(due) = (job.cron)(&self.schedule).and_then(|cron| last_due(cron, self.zone, now)) else {
                continue;
            };
            let claim = Due { job: job.name, due_at: due.at };
            let again = match self.db.write(move |conn| claim_due(conn, claim, now)).wait() {
                Ok(Claimed::Settled) => continue,
                Ok(claimed) => claimed == Claimed::OursAgain,
                Err(error) => {
                    tracing::warn!(job = job.name, %error, "the schedule cannot be read now; the next ring tries again");
                    continue;
                }
            };
            let run = Run { due, again, moment: Moment { now, today: self.clock.today(self.zone) } };
            if let Err(error) = (job.run)(self, &run) {
                tracing::error!(job = job.name, due_at = %due.at, %error, "a scheduled run failed; it is taken up again");
                continue;
            }
            let at = self.clock.now();
            if let Err(error) = self.db.write(move |conn| finish_due(conn, claim, at)).wait() {
                tracing::warn!(job = job.name, %error, "a run's end cannot be written down; it is made again");
            } else if let Some(watcher) = watcher {
                watcher.call(job.name);
            }
        }
    }

    /// When the first of all jobs is due next.
    fn next_due_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        JOBS.iter().filter_map(|job| next_due((job.cron)(&self.schedule)?, self.zone, now)).min()
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

    /// Checks each open year; one that fails stops none of the others.
    fn check_all(&self, run: &Run) -> Result<(), Error> {
        let checked = self.years(run.due.on).into_iter().map(|(year, as_of)| {
            let is_checked = self.db.read(move |conn| is_checked(conn, year, as_of));
            if run.again && is_checked.wait()? {
                return Ok(());
            }
            self.check(year, as_of, run.moment)
        });
        // Gathered before it is summed up: each is tried.
        checked.collect::<Vec<_>>().into_iter().collect()
    }

    fn check(&self, year: FiscalYear, as_of: NaiveDate, moment: Moment) -> Result<(), Error> {
        let actor = Actor { name: "schedule".to_owned(), request_id: None };
        let tell = digest_apart(&self.schedule).is_none();
        let command = CheckAll { year, as_of, cause: SCHEDULED, actor, tell };
        match check_all_projects(&self.db, &command, &self.judging, moment, || self.clock.now()) {
            Ok(checked) => {
                let (projects, letters) = (checked.run.counts.projects, checked.run.counts.letters);
                tracing::info!(%year, %as_of, projects, letters, "scheduled check done");
                Ok(())
            }
            // As after a clock that was ahead: what came up since must not wait until the days have caught up.
            Err(Error::CheckBackwards { last }) => {
                tracing::info!(%year, %as_of, %last, "a later day has been checked already");
                if tell { self.tell(year, as_of, moment) } else { Ok(()) }
            }
            Err(error) => Err(error),
        }
    }

    /// Tells the news of each open year.
    fn tell_all(&self, run: &Run) -> Result<(), Error> {
        let told = self.years(run.due.on).into_iter().map(|(year, as_of)| self.tell(year, as_of, run.moment));
        told.collect::<Vec<_>>().into_iter().collect()
    }

    /// Tells how the month before the due day ended, in the year that it belongs to.
    fn tell_the_month(&self, run: &Run) -> Result<(), Error> {
        let until = run.due.on.with_day(1).and_then(|first| first.pred_opt());
        let Some((until, year)) = until.and_then(|until| Some((until, FiscalYear::new(until.year()).ok()?))) else {
            return Ok(());
        };
        let letters = monthly_digest(&self.db, year, until, &self.judging, run.moment)?;
        tracing::info!(%year, %until, letters, "month told");
        Ok(())
    }

    fn tell(&self, year: FiscalYear, as_of: NaiveDate, moment: Moment) -> Result<(), Error> {
        let judging = Arc::clone(&self.judging);
        let told = self.db.write(move |conn| tell_news(conn, year, as_of, &judging, moment)).wait()?;
        tracing::info!(%year, %as_of, letters = told.letters, "news told");
        Ok(())
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
    let job = BellJob::new_async(EVERY_MINUTE, move |_, _| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Opening;
    use crate::storage::answers::{self, Answer, AnswerKey};

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
}
