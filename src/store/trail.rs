//! The audit trail for those who read it: the auditor, a family, and whoever opened
//! an emergency access.

use std::collections::{HashMap, HashSet};

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{kept_from_lists, visible},
    audit::{EventRow, event_columns},
    by_engine, run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader, Role},
    audit::{Action, AuditEvent},
    id::{CaseNumber, EmergencyId, UserId},
    municipality::MunicipalityCode,
    print_number::PrintNumber,
};

/// So many events are on one page of the trail; the literal of the queries.
pub const TRAIL_PAGE: usize = 200;

/// Which events to show.
#[derive(Debug, Clone, Default)]
pub struct TrailFilter {
    /// Only about this child.
    pub case: Option<CaseNumber>,
    /// Only of this account.
    pub actor: Option<UserId>,
    /// Only what was done before the event of this id.
    pub before: Option<Uuid>,
    /// Only the events from whose ids this number of a print is made.
    pub print: Option<PrintNumber>,
}

/// One line of the trail as it is shown.
#[derive(Debug, Clone)]
pub struct TrailRow {
    /// The event, without its children.
    pub event: AuditEvent,
    /// Who: role, municipality and name of the account.
    pub who: Option<(Role, Option<MunicipalityCode>, String)>,
    /// The numbers of its children.
    pub cases: Vec<CaseNumber>,
    /// The name of the account that it is about.
    pub about: Option<String>,
}

#[derive(FromRow)]
struct ShownRow {
    #[sqlx(flatten)]
    event: EventRow,
    role: Option<String>,
    municipality: Option<String>,
    name: Option<String>,
    about_name: Option<String>,
}

/// The trail for the auditor, with the last bytes of an event's id as text.
macro_rules! trail_query {
    ($tail:literal) => {
        concat!(
            "select ",
            event_columns!(),
            ", a.role, a.municipality, a.name, b.name as about_name
             from audit_event e left join account a on a.id = e.actor_id
             left join account b on b.id = e.about_id and e.about_kind = 'account'
             where $1 in ('auditor', 'operator')
               and ($2 is null or e.id < $2)
               and ($3 is null or e.actor_id = $3)
               and ($4 is null or e.case_set in (select m.set_hash
                   from audit_set_member m join child_case n on n.id = m.case_id
                   where n.number = $4))
               and ($5 is null or ",
            $tail,
            " = $5)
             order by e.id desc limit 200"
        )
    };
}

impl Tx {
    /// Up to 200 events, the latest first; for the auditor alone.
    pub async fn trail(
        &mut self,
        reader: &Reader,
        filter: &TrailFilter,
    ) -> Result<Vec<TrailRow>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: trail_query!("lower(hex(substr(e.id, 12)))"),
            postgres: trail_query!("right(cast(e.id as text), 10)"),
        );
        let tail = filter.print.map(|number| crate::seal::hex(&number.0));
        let rows: Vec<ShownRow> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(reader.subject().kind)
                .bind(filter.before)
                .bind(filter.actor.map(|user| user.0))
                .bind(filter.case.as_ref().map(CaseNumber::as_str))
                .bind(&tail)
                .fetch_all(conn)
                .await?
        });
        self.shown(rows).await
    }

    /// Up to 200 events about a child, the latest first, for its family: who
    /// they were is told by role and municipality.
    pub async fn trail_of_own(
        &mut self,
        reader: &Reader,
        at: Moment,
        before: Option<Uuid>,
    ) -> Result<Vec<TrailRow>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<ShownRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                event_columns!(),
                ", a.role, a.municipality, null as name, null as about_name
                 from audit_event e left join account a on a.id = e.actor_id
                 where $1 = 'family' and ($5 is null or e.id < $5)
                   and e.case_set in (select m.set_hash from child_case c
                       join audit_set_member m on m.case_id = c.id where ",
                visible!(content),
                ") order by e.id desc limit 200"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(before)
            .fetch_all(conn)
            .await?
        });
        // Where an address is protected, nobody who finds the page open learns
        // which municipality looks after the child.
        let is_protected: bool = run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select exists (select 1 from child_case c where ",
                visible!(content),
                " and ",
                kept_from_lists!(),
                ")"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_one(conn)
            .await?
        });
        // On a list of many children a family sees its own and no other.
        let rows = self.shown(rows).await?;
        Ok(rows
            .into_iter()
            .map(|row| TrailRow {
                cases: Vec::new(),
                who: row
                    .who
                    .map(|(role, town, name)| (role, town.filter(|_| !is_protected), name)),
                ..row
            })
            .collect())
    }

    /// Everything that was read under an emergency access, the first first;
    /// for its municipality and for the auditor.
    pub async fn emergency_reads(
        &mut self,
        reader: &Reader,
        id: EmergencyId,
    ) -> Result<Vec<TrailRow>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<ShownRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                event_columns!(),
                ", a.role, a.municipality, a.name, null as about_name
                 from audit_event e left join account a on a.id = e.actor_id
                 where e.about_id = $3 and e.action = $4
                   and ($1 in ('auditor', 'operator')
                        or exists (select 1 from emergency_access x where x.id = $3
                            and $1 = 'municipality' and x.municipality = $2))
                 order by e.id"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(id.0)
            .bind(Action::EmergencyRead.code())
            .fetch_all(conn)
            .await?
        });
        self.shown(rows).await
    }

    async fn shown(&mut self, rows: Vec<ShownRow>) -> Result<Vec<TrailRow>, StoreError> {
        let sets: HashSet<&str> = rows
            .iter()
            .filter_map(|row| row.event.case_set.as_deref())
            .collect();
        let text = by_engine!(
            self,
            sqlite: "select m.set_hash, n.number from audit_set_member m
                     join child_case n on n.id = m.case_id
                     where m.set_hash in (select value from json_each($1)) order by n.number",
            postgres: "select m.set_hash, n.number from audit_set_member m
                       join child_case n on n.id = m.case_id
                       where m.set_hash in
                           (select json_array_elements_text(cast($1 as json))) order by n.number",
        );
        let members: Vec<(String, String)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_json(&sets))
                .fetch_all(conn)
                .await?
        });
        let mut named: HashMap<String, Vec<CaseNumber>> = HashMap::new();
        for (set, number) in members {
            let number = CaseNumber::parse(&number).map_err(|_| StoreError::Corrupt {
                table: "child_case",
                column: "number",
            })?;
            named.entry(set).or_default().push(number);
        }
        rows.into_iter()
            .map(|row| {
                let corrupt = |column| StoreError::Corrupt {
                    table: "account",
                    column,
                };
                let who = match row.role {
                    None => None,
                    Some(role) => Some((
                        Role::from_code(&role).ok_or(corrupt("role"))?,
                        row.municipality
                            .map(|code| {
                                MunicipalityCode::parse(&code).map_err(|_| corrupt("municipality"))
                            })
                            .transpose()?,
                        row.name.unwrap_or_default(),
                    )),
                };
                let set = row.event.case_set.clone();
                Ok(TrailRow {
                    cases: set
                        .and_then(|set| named.get(&set).cloned())
                        .unwrap_or_default(),
                    event: row.event.event()?,
                    about: row.about_name,
                    who,
                })
            })
            .collect()
    }
}
