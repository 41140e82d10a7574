//! What is answered at calls, and what families tell meanwhile.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{
    StoreError, Tx, access::visible, from_json, from_millis, run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    family::AnswerKind,
    id::{CaseId, UserId},
    night::{Need, NightAnswer, NightKind, PowerNow, Whereabouts},
    residence::Called,
};

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

impl Tx {
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
                visible!(night),
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
                visible!(night),
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
}
