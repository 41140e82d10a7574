//! What was said between a family and staff, as its disclosure holds it.

use serde_json::{Value, json};

use super::time;
use crate::{
    domain::{
        access::Reader,
        duty::{Audience, MailState},
        family_check::Still,
        hand_message::{MessageFate, MessageState},
        id::CaseId,
        night::NightAnswer,
        plan::drill::DrillTo,
    },
    print::disclosure::Part,
    service::ServiceError,
    store::{
        FamilyAnswer, HeldPaper, MailContact, StoredBatteryCheck, StoredCall, StoredDrill,
        StoredFamilyCheck, StoredMessage, StoredNotice, StoredTerm, Tx,
    },
};

/// What was said between a family and staff.
pub(super) struct Told {
    answers: Vec<FamilyAnswer>,
    contacts: Vec<MailContact>,
    calls: Vec<StoredCall>,
    messages: Vec<StoredMessage>,
    reminders: Vec<(StoredTerm, StoredNotice)>,
    batteries: Vec<StoredBatteryCheck>,
    reports: Vec<StoredFamilyCheck>,
    nights: Vec<NightAnswer>,
    drills: Vec<StoredDrill>,
    papers: Vec<HeldPaper>,
}

impl Told {
    /// Reads it. `withheld`: what belongs to the loan is not this reader's to hand out.
    pub(super) async fn read(
        tx: &mut Tx,
        case: CaseId,
        (reader, withheld): (&Reader, bool),
    ) -> Result<Self, ServiceError> {
        let own = reader.subject().id;
        let mut answers = tx.family_answers(case, i64::MAX).await?;
        answers.retain(|told| !withheld || !told.kind.is_of_the_loan());
        let mut calls = tx.calls_of(case).await?;
        calls.retain(|call| !withheld || call.office == own);
        let mut messages = Vec::new();
        for office in tx.offices_that_wrote(case).await? {
            if withheld && office != own {
                continue;
            }
            let all = tx.messages_to(case, &office).await?.into_iter();
            let sent = all.filter(|(message, fate, _)| {
                message.state == MessageState::Sent && *fate != MessageFate::LeftOut
            });
            messages.extend(sent.map(|(message, _, _)| message));
        }
        let notices = tx.notices(case).await?;
        let mut reminders = Vec::new();
        for term in tx.duty_terms(case).await? {
            if withheld && term.kind.is_of_the_loan() {
                continue;
            }
            let of_term = notices.iter().filter(|notice| {
                notice.term == term.id
                    && notice.audience == Audience::Family
                    && notice.mail.as_deref() == Some(MailState::Sent.code())
            });
            reminders.extend(of_term.map(|notice| (term.clone(), notice.clone())));
        }
        reminders.sort_by_key(|(_, notice)| std::cmp::Reverse(notice.planned_on));
        Ok(Self {
            answers,
            contacts: tx.mail_contacts(case).await?,
            calls,
            messages,
            reminders,
            batteries: tx.battery_checks(case).await?,
            nights: tx.night_answers_of(case).await?,
            drills: tx.drills_of(case).await?,
            papers: tx.papers_of(case).await?,
            reports: if withheld {
                Vec::new()
            } else {
                tx.family_checks(case, i64::MAX).await?
            },
        })
    }

    /// Its parts. `note`: what is not in them, and why.
    pub(super) fn parts(&self, note: &'static str) -> Vec<Part> {
        let part = |title, note, content| Part {
            title,
            note,
            content,
        };
        vec![
            part("ご家族がページで知らせたこと", note, self.answers()),
            part("年1回の確認でご家族が書いたこと", note, self.reports()),
            part("お知らせを送るメールアドレス", "", self.contacts()),
            part("電話・訪問・手紙の記録", note, self.calls()),
            part("職員からのメール", note, self.messages()),
            part("送った期限のお知らせ", note, self.reminders()),
            part("バッテリーの点検", "", self.batteries()),
            part("今夜の一覧に記録した電話", note, self.nights()),
            part(
                "訓練の記録",
                "新しい順。取り消したものも残っています。",
                self.drills(),
            ),
            part("計画の紙を持っている人", "", self.papers()),
        ]
    }

    fn drills(&self) -> Value {
        let drills = self.drills.iter();
        drills
            .map(|one| {
                let drill = &one.drill;
                let tried = drill.tried.iter().map(|one| one.name().ja);
                let tasks = one.tasks.iter().map(|task| {
                    let failure = &task.failure;
                    let done = task.done.as_ref();
                    json!({
                        "failed": failure.what, "mender": failure.part.map(|part| part.name().ja),
                        "mender_name": failure.person, "mend_by": failure.until,
                        "mended_at": done.map(|(at, ..)| time(*at)),
                        "mended_how": done.and_then(|(.., note)| note.clone()),
                    })
                });
                json!({
                    "drilled_on": drill.on, "people": drill.people,
                    "drill_to": drill.to.as_ref().map(DrillTo::label),
                    "travel_by": drill.by, "drill_minutes": drill.minutes,
                    "tried": tried.collect::<Vec<_>>(), "tried_other": drill.tried_other,
                    "failures": tasks.collect::<Vec<_>>(),
                    "taken_back": one.undone.as_ref().map(|(at, ..)| time(*at)),
                    "taken_back_why": one.undone.as_ref().and_then(|(.., why)| why.clone()),
                })
            })
            .collect()
    }

    fn papers(&self) -> Value {
        let papers = self.papers.iter();
        papers
            .map(|one| {
                json!({
                    "paper": one.paper.name().ja, "holder": one.holder,
                    "given_on": one.given_on, "of_version": one.version,
                    "print_number": one.print_number,
                    "held_until": one.ended.map(|(on, _)| on),
                    "ended_how": one.ended.map(|(_, how)| how.name().ja),
                })
            })
            .collect()
    }

    fn answers(&self) -> Value {
        let answers = self.answers.iter();
        answers
            .map(|one| {
                json!({
                    "told_at": time(one.at), "told": one.kind.name().ja, "day": one.on,
                    "ran": one.ran, "words": one.words,
                    "taken_back": one.taken_back_at.map(time),
                })
            })
            .collect()
    }

    fn reports(&self) -> Value {
        let reports = self.reports.iter();
        reports
            .map(|one| {
                let said = &one.said;
                let still = |still: Option<Still>| still.map(|still| still.name().ja);
                json!({
                    "told_at": time(one.at), "started": said.started.map(|one| one.name().ja),
                    "tried_on": said.tried_on, "hours_run": said.hours_run,
                    "usage_note": said.usage, "oil": said.oil.map(|oil| oil.name().ja),
                    "fuel_on": said.fuel_on, "outdoor_place": said.outdoor_place,
                    "ventilated": still(said.ventilated), "same_home": still(said.same_home),
                    "words": said.words, "photos_kept": one.photos.len(),
                })
            })
            .collect()
    }

    fn contacts(&self) -> Value {
        let contacts = self.contacts.iter();
        contacts
            .map(|one| {
                json!({
                    "email": one.address, "whose": one.who, "with_link": one.with_link,
                    "mail_state": one.state.name().ja,
                })
            })
            .collect()
    }

    fn calls(&self) -> Value {
        let calls = self.calls.iter();
        calls
            .map(|one| {
                json!({
                    "day": one.on, "call_way": one.way.name().ja,
                    "spoken": one.whom.map(|whom| whom.name().ja), "reached": one.reached,
                    "said": one.said, "next_call": one.next_on,
                })
            })
            .collect()
    }

    fn messages(&self) -> Value {
        let messages = self.messages.iter();
        messages
            .map(|one| {
                json!({
                    "written": time(one.written_at), "mail_subject": one.subject,
                    "mail_body": one.body,
                })
            })
            .collect()
    }

    fn reminders(&self) -> Value {
        let reminders = self.reminders.iter();
        reminders
            .map(|(term, notice)| {
                json!({
                    "day": notice.planned_on, "reminder": term.kind.name().ja,
                    "due_on": term.term.due_on,
                })
            })
            .collect()
    }

    fn nights(&self) -> Value {
        let answers = self.nights.iter();
        answers
            .map(|one| {
                json!({
                    "told_at": time(one.at), "outcome": one.kind.name().ja,
                    "spoken": one.whom.map(|whom| whom.name().ja),
                    "where_is": one.place.map(|place| place.name().ja),
                    "power_now": one.power.map(|power| power.name().ja),
                    "hours_left": one.hours_left,
                    "needs": one.needs.iter().map(|need| need.name().ja).collect::<Vec<_>>(),
                    "words": one.words, "next_call_at": one.next_call_at.map(time),
                    "struck_out": one.struck_at.map(time),
                })
            })
            .collect()
    }

    fn batteries(&self) -> Value {
        let checks = self.batteries.iter();
        checks
            .map(|one| json!({"day": one.on, "checked_by": one.by.name().ja}))
            .collect()
    }
}
