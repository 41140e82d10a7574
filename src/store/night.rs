//! Tonight: levels in force, sites as they are reported, and answers at calls.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{kept_from_lists, visible},
    by_engine,
    cases::hide_address,
    from_json, from_millis, run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    family::AnswerKind,
    hazard::Hazard,
    id::{CaseId, CaseNumber, EmergencyId, SiteId, UserId},
    municipality::MunicipalityCode,
    night::{Need, NightAnswer, NightFacts, NightKind, NightLevel, PowerNow, SiteNow, Whereabouts},
    plan::document::ChildItems,
    residence::Called,
};

/// A level to be put on record.
#[derive(Debug, Clone)]
pub struct NewNightLevel {
    /// Its id.
    pub id: Uuid,
    /// Where.
    pub municipality: MunicipalityCode,
    /// Of which hazard.
    pub hazard: Option<Hazard>,
    /// The level.
    pub level: Option<u8>,
    /// As it is called.
    pub name: String,
    /// A part of the municipality.
    pub part: Option<String>,
    /// Since when it holds.
    pub since: DateTime<Utc>,
    /// The telegram that says so.
    pub telegram: Option<Uuid>,
    /// Who enters it.
    pub by: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A telegram to be put on record.
#[derive(Debug, Clone)]
pub struct NewTelegram {
    /// Its id.
    pub id: Uuid,
    /// Which telegrams it replaces: their kind and area.
    pub series: (String, String),
    /// Its title.
    pub title: String,
    /// Who issued it.
    pub office: String,
    /// Since when what it says holds.
    pub reported_at: DateTime<Utc>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Who read it; `None`: the operator.
    pub by: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The last telegram of a series: when issued, when sent, and its hash.
pub type LastTelegram = (DateTime<Utc>, DateTime<Utc>, String);

/// A child of the night, cut to what the reader may see.
#[derive(Debug, Clone)]
pub struct NightCase {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Where it lives; `None`: unknown, or not for the reader.
    pub home: Option<MunicipalityCode>,
    /// Its address is protected.
    pub hidden: bool,
    /// What its plan and the maps say.
    pub facts: NightFacts,
    /// It stays elsewhere today.
    pub stays_elsewhere: bool,
    /// The emergency accesses that alone let the reader see it.
    pub emergencies: Vec<EmergencyId>,
}

/// What is known of a site tonight, and who has said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteReport {
    /// What.
    pub now: SiteNow,
    /// The name of who said it last.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct LevelRow {
    id: Uuid,
    municipality: String,
    hazard: Option<String>,
    level: Option<i64>,
    name: String,
    part: Option<String>,
    since: i64,
    night_since: i64,
    entered_at: i64,
    office: Option<String>,
    by: Option<String>,
}

impl LevelRow {
    fn read(self) -> Result<NightLevel, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "night_level",
            column,
        };
        let level = |number: i64| {
            let number = u8::try_from(number).map_err(|_| corrupt("level"))?;
            number.try_into().map_err(|_| corrupt("level"))
        };
        Ok(NightLevel {
            id: self.id,
            municipality: MunicipalityCode::parse(&self.municipality)
                .map_err(|_| corrupt("municipality"))?,
            hazard: self.hazard.as_deref().map(hazard_of).transpose()?,
            level: self.level.map(level).transpose()?,
            name: self.name,
            part: self.part,
            since: from_millis(self.since, "night_level", "since")?,
            night_since: from_millis(self.night_since, "night_level", "night_since")?,
            entered_at: from_millis(self.entered_at, "night_level", "entered_at")?,
            by: match (self.office, self.by) {
                (Some(office), _) => Err(office),
                (None, by) => Ok(by.unwrap_or_default()),
            },
        })
    }
}

fn hazard_of(code: &str) -> Result<Hazard, StoreError> {
    let mut all = Hazard::ALL.into_iter();
    all.find(|hazard| hazard.code() == code)
        .ok_or(StoreError::Corrupt {
            table: "night_level",
            column: "hazard",
        })
}

#[derive(FromRow)]
struct AnswerRow {
    id: Uuid,
    case_id: Uuid,
    kind: String,
    whom: Option<String>,
    place: Option<String>,
    power: Option<String>,
    hours_left: Option<f64>,
    needs: String,
    words: Option<String>,
    next_call_at: Option<i64>,
    at: i64,
    by_user: Uuid,
    by: String,
    struck_at: Option<i64>,
}

impl AnswerRow {
    fn read(self) -> Result<(CaseId, NightAnswer), StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "night_answer",
            column,
        };
        let at = |at: Option<i64>, column| {
            at.map(|at| from_millis(at, "night_answer", column))
                .transpose()
        };
        let needs: Vec<String> = from_json(&self.needs, "night_answer", "needs")?;
        let needs = needs
            .iter()
            .map(|need| Need::from_code(need).ok_or(corrupt("needs")));
        let whom = self.whom.as_deref();
        let place = self.place.as_deref();
        let power = self.power.as_deref();
        let answer = NightAnswer {
            id: self.id,
            kind: NightKind::from_code(&self.kind).ok_or(corrupt("kind"))?,
            whom: whom
                .map(|word| Called::from_code(word).ok_or(corrupt("whom")))
                .transpose()?,
            place: place
                .map(|word| Whereabouts::from_code(word).ok_or(corrupt("place")))
                .transpose()?,
            power: power
                .map(|word| PowerNow::from_code(word).ok_or(corrupt("power")))
                .transpose()?,
            hours_left: self.hours_left,
            needs: needs.collect::<Result<_, _>>()?,
            words: self.words,
            next_call_at: at(self.next_call_at, "next_call_at")?,
            at: from_millis(self.at, "night_answer", "at")?,
            by: (UserId(self.by_user), self.by),
            struck_at: at(self.struck_at, "struck_at")?,
        };
        Ok((CaseId(self.case_id), answer))
    }
}

#[derive(FromRow)]
struct CaseRow {
    id: Uuid,
    number: String,
    municipality: Option<String>,
    hidden: bool,
    whole: bool,
    body: Option<String>,
    away: bool,
}

impl CaseRow {
    fn read(self, reader: &Reader) -> Result<(NightCase, bool), StoreError> {
        let corrupt = |table, column| StoreError::Corrupt { table, column };
        let mut home = self
            .municipality
            .as_deref()
            .map(MunicipalityCode::parse)
            .transpose()
            .map_err(|_| corrupt("home", "municipality"))?;
        let mut facts: NightFacts = match &self.body {
            Some(body) => from_json(body, "night_facts", "body")?,
            None => NightFacts::default(),
        };
        if self.hidden {
            // What hits the home tells where it is; of its municipality its staff know.
            facts.exposed.clear();
            home = home
                .map(MunicipalityCode::responsible)
                .filter(|town| reader.municipality().is_some_and(|own| own.same_as(*town)));
        }
        let case = NightCase {
            id: CaseId(self.id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("child_case", "number"))?,
            home,
            hidden: self.hidden,
            facts,
            stays_elsewhere: self.away,
            emergencies: Vec::new(),
        };
        Ok((case, self.whole))
    }
}

impl Tx {
    /// Counts what is entered for the night.
    pub async fn night_revision(&mut self) -> Result<i64, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar("select revision from night_mark where id = 1")
                .fetch_one(conn)
                .await?
        }))
    }

    /// Notes that something of the night has changed.
    pub async fn turn_night(&mut self) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update night_mark set revision = revision + 1 where id = 1")
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// A mark of what families have said of an emergency since an instant.
    pub async fn night_words_mark(&mut self, since: DateTime<Utc>) -> Result<String, StoreError> {
        let (said, last, back): (i64, Option<i64>, Option<i64>) = run!(self, |conn| {
            sqlx::query_as(
                "select count(*), max(said_at), max(taken_back_at) from family_answer
                 where said_at >= $1",
            )
            .bind(to_millis(since))
            .fetch_one(conn)
            .await?
        });
        Ok(format!(
            "{said}.{}.{}",
            last.unwrap_or(0),
            back.unwrap_or(0)
        ))
    }

    /// Everything that is in force, worst first.
    pub async fn night_levels(&mut self) -> Result<Vec<NightLevel>, StoreError> {
        let rows: Vec<LevelRow> = run!(self, |conn| {
            sqlx::query_as(
                "select l.id, l.municipality, l.hazard, l.level, l.name, l.part, l.since,
                     l.night_since, l.entered_at, t.office, a.name as by
                 from night_level l
                 left join night_telegram t on t.id = l.telegram_id
                 left join account a on a.id = l.entered_by
                 where l.ended_at is null
                 order by coalesce(l.level, 0) desc, l.municipality, l.hazard nulls first, l.id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(LevelRow::read).collect()
    }

    /// Puts a level on record. The night goes on from what is in force there already.
    pub async fn add_night_level(&mut self, new: &NewNightLevel) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into night_level (id, municipality, hazard, level, name, part, since,
                     night_since, telegram_id, entered_at, entered_by)
                 values ($1, $2, $3, $4, $5, $6, $7,
                     coalesce((select min(o.night_since) from night_level o
                         where o.municipality = $2
                           and (o.ended_at is null or o.ended_at = $9)), $9),
                     $8, $9, $10)",
            )
            .bind(new.id)
            .bind(new.municipality.as_str())
            .bind(new.hazard.map(Hazard::code))
            .bind(new.level.map(i64::from))
            .bind(&new.name)
            .bind(&new.part)
            .bind(to_millis(new.since))
            .bind(new.telegram)
            .bind(to_millis(new.at))
            .bind(new.by.map(|user| user.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends a level; `false`: it is over already.
    pub async fn end_night_level(
        &mut self,
        id: Uuid,
        (by, now): (Option<UserId>, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update night_level set ended_at = $2, ended_by = $3
                 where id = $1 and ended_at is null",
            )
            .bind(id)
            .bind(to_millis(now))
            .bind(by.map(|user| user.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Ends what staff have entered of a hazard in a municipality: a new word of theirs
    /// takes its place.
    pub async fn end_entered_levels(
        &mut self,
        (municipality, hazard): (MunicipalityCode, Option<Hazard>),
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update night_level set ended_at = $3, ended_by = $4
                 where municipality = $1 and coalesce(hazard, '') = $2
                   and telegram_id is null and ended_at is null",
            )
            .bind(municipality.as_str())
            .bind(hazard.map_or("", Hazard::code))
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The newest telegram of a series that was read.
    pub async fn last_telegram(
        &mut self,
        (kind, area): (&str, &str),
    ) -> Result<Option<LastTelegram>, StoreError> {
        let row: Option<(i64, i64, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select reported_at, sent_at, sha256 from night_telegram
                 where kind = $1 and area = $2
                 order by reported_at desc, sent_at desc, id desc limit 1",
            )
            .bind(kind)
            .bind(area)
            .fetch_optional(conn)
            .await?
        });
        row.map(|(reported, sent, hash)| {
            Ok((
                from_millis(reported, "night_telegram", "reported_at")?,
                from_millis(sent, "night_telegram", "sent_at")?,
                hash,
            ))
        })
        .transpose()
    }

    /// Puts a telegram on record, and ends what earlier ones of its series said.
    pub async fn add_telegram(&mut self, new: &NewTelegram) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into night_telegram (id, kind, area, title, office, reported_at, sent_at,
                     sha256, read_at, read_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(new.id)
            .bind(&new.series.0)
            .bind(&new.series.1)
            .bind(&new.title)
            .bind(&new.office)
            .bind(to_millis(new.reported_at))
            .bind(to_millis(new.sent_at))
            .bind(&new.sha256)
            .bind(to_millis(new.at))
            .bind(new.by.map(|user| user.0))
            .execute(conn)
            .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "update night_level set ended_at = $3, ended_by = $4
                 where ended_at is null and telegram_id in
                     (select id from night_telegram where kind = $1 and area = $2)",
            )
            .bind(&new.series.0)
            .bind(&new.series.1)
            .bind(to_millis(new.at))
            .bind(new.by.map(|user| user.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Puts on record whether a site is open and has power; `None` says nothing of it.
    pub async fn report_site(
        &mut self,
        id: Uuid,
        (site, now): (SiteId, SiteNow),
        (by, at): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into night_site (id, site_id, is_open, powered, at, by_user)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(site.0)
            .bind(now.open)
            .bind(now.powered)
            .bind(to_millis(at))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What was reported of sites since an instant: the last that was said of each thing.
    pub async fn site_reports(
        &mut self,
        since: DateTime<Utc>,
    ) -> Result<HashMap<SiteId, SiteReport>, StoreError> {
        let rows: Vec<(Uuid, Option<bool>, Option<bool>, i64, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select s.site_id, s.is_open, s.powered, s.at, a.name from night_site s
                 join account a on a.id = s.by_user where s.at >= $1 order by s.at, s.id",
            )
            .bind(to_millis(since))
            .fetch_all(conn)
            .await?
        });
        let mut reports: HashMap<SiteId, SiteReport> = HashMap::new();
        for (site, open, powered, at, by) in rows {
            let at = from_millis(at, "night_site", "at")?;
            let known = reports.entry(SiteId(site)).or_insert_with(|| SiteReport {
                now: SiteNow::default(),
                by: by.clone(),
                at,
            });
            known.now.open = open.or(known.now.open);
            known.now.powered = powered.or(known.now.powered);
            (known.by, known.at) = (by, at);
        }
        Ok(reports)
    }

    /// Puts on record what was answered.
    pub async fn add_night_answer(
        &mut self,
        case: CaseId,
        answer: &NightAnswer,
    ) -> Result<(), StoreError> {
        let needs: Vec<&str> = answer.needs.iter().map(|need| need.code()).collect();
        run!(self, |conn| {
            sqlx::query(
                "insert into night_answer (id, case_id, kind, whom, place, power, hours_left,
                     needs, words, next_call_at, at, by_user)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            )
            .bind(answer.id)
            .bind(case.0)
            .bind(answer.kind.code())
            .bind(answer.whom.map(Called::code))
            .bind(answer.place.map(Whereabouts::code))
            .bind(answer.power.map(PowerNow::code))
            .bind(answer.hours_left)
            .bind(to_json(&needs))
            .bind(&answer.words)
            .bind(answer.next_call_at.map(to_millis))
            .bind(to_millis(answer.at))
            .bind(answer.by.0.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Strikes out an answer; `false`: there is none that stands.
    pub async fn strike_night_answer(
        &mut self,
        (id, case): (Uuid, CaseId),
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update night_answer set struck_at = $3, struck_by = $4
                 where id = $1 and case_id = $2 and struck_at is null",
            )
            .bind(id)
            .bind(case.0)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Every answer since an instant, the latest first, of the cases whose content the
    /// reader may see.
    pub async fn night_answers(
        &mut self,
        reader: &Reader,
        at: Moment,
        since: DateTime<Utc>,
    ) -> Result<HashMap<CaseId, Vec<NightAnswer>>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<AnswerRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select n.id, n.case_id, n.kind, n.whom, n.place, n.power, n.hours_left, n.needs,
                     n.words, n.next_call_at, n.at, n.by_user, a.name as by, n.struck_at
                 from night_answer n join child_case c on c.id = n.case_id
                 join account a on a.id = n.by_user where n.at >= $5 and ",
                visible!(content),
                " order by n.at desc, n.id desc"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(to_millis(since))
            .fetch_all(conn)
            .await?
        });
        let mut answers: HashMap<CaseId, Vec<NightAnswer>> = HashMap::new();
        for row in rows {
            let (case, answer) = row.read()?;
            answers.entry(case).or_default().push(answer);
        }
        Ok(answers)
    }

    /// Every answer about a case, for its disclosure, the latest first.
    pub async fn night_answers_of(&mut self, case: CaseId) -> Result<Vec<NightAnswer>, StoreError> {
        let rows: Vec<AnswerRow> = run!(self, |conn| {
            sqlx::query_as(
                "select n.id, n.case_id, n.kind, n.whom, n.place, n.power, n.hours_left, n.needs,
                     n.words, n.next_call_at, n.at, n.by_user, a.name as by, n.struck_at
                 from night_answer n join account a on a.id = n.by_user
                 where n.case_id = $1 order by n.at desc, n.id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| row.read().map(|(_, answer)| answer))
            .collect()
    }

    /// What families have said of an emergency since an instant and not taken back, the
    /// latest first: what, when, and whether somebody has looked at it.
    pub async fn night_words(
        &mut self,
        reader: &Reader,
        at: Moment,
        since: DateTime<Utc>,
    ) -> Result<HashMap<CaseId, Vec<(AnswerKind, DateTime<Utc>, bool)>>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<(Uuid, String, i64, Option<i64>)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select f.case_id, f.kind, f.said_at, t.closed_at from family_answer f
                 join child_case c on c.id = f.case_id
                 left join staff_task t on t.id = f.task_id
                 where f.said_at >= $5 and f.taken_back_at is null
                   and f.kind in ('at_home', 'evacuated', 'need_help', 'all_well') and ",
                visible!(content),
                " order by f.said_at desc, f.id desc"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(to_millis(since))
            .fetch_all(conn)
            .await?
        });
        let mut words: HashMap<CaseId, Vec<_>> = HashMap::new();
        for (case, kind, said_at, closed) in rows {
            let kind = AnswerKind::from_code(&kind).ok_or(StoreError::Corrupt {
                table: "family_answer",
                column: "kind",
            })?;
            let at = from_millis(said_at, "family_answer", "said_at")?;
            let told = (kind, at, closed.is_some());
            words.entry(CaseId(case)).or_default().push(told);
        }
        Ok(words)
    }

    /// Every child whose content the reader may see, as far as the night needs it.
    pub async fn night_cases(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<NightCase>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<CaseRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, h.municipality, f.body, ",
                kept_from_lists!(),
                " as hidden, ",
                visible!(whole),
                " as whole, exists (select 1 from temporary_stay s where s.case_id = c.id
                     and s.from_day <= $3 and (s.until_day >= $3 or s.is_open)) as away
                 from child_case c
                 left join home h on h.case_id = c.id and h.until_day is null
                 left join night_facts f on f.case_id = c.id
                 where ",
                visible!(content),
                " order by c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        let mut under = if rows.iter().any(|row| !row.whole) {
            self.emergency_grounds(reader, at).await?
        } else {
            HashMap::new()
        };
        rows.into_iter()
            .map(|row| {
                let (mut case, whole) = row.read(reader)?;
                if !whole {
                    case.emergencies = under.remove(&case.id).unwrap_or_default();
                }
                Ok(case)
            })
            .collect()
    }

    /// Names and telephones of some of those children, by number.
    pub async fn night_people(
        &mut self,
        reader: &Reader,
        at: Moment,
        numbers: &[&str],
    ) -> Result<BTreeMap<String, ChildItems>, StoreError> {
        let subject = reader.subject();
        let text = by_engine!(
            self,
            sqlite: concat!(
                "select c.number, c.child, ", kept_from_lists!(), " from child_case c
                 where c.number in (select value from json_each($5)) and ",
                visible!(content)
            ),
            postgres: concat!(
                "select c.number, c.child, ", kept_from_lists!(), " from child_case c
                 where c.number in (select json_array_elements_text(cast($5 as json))) and ",
                visible!(content)
            ),
        );
        let rows: Vec<(String, String, bool)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .bind(to_json(&numbers))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|(number, child, hidden)| {
                let mut items: ChildItems = from_json(&child, "child_case", "child")?;
                if hidden {
                    hide_address(&mut items);
                }
                Ok((number, items))
            })
            .collect()
    }

    /// Keeps what the night needs of a child.
    pub async fn keep_night_facts(
        &mut self,
        case: CaseId,
        facts: &NightFacts,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into night_facts (case_id, body) values ($1, $2)
                 on conflict (case_id) do update set body = excluded.body",
            )
            .bind(case.0)
            .bind(to_json(facts))
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
