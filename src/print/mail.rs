//! The text of mails, plain and as simple HTML.

use askama::Template;
use chrono::NaiveDate;

use crate::domain::{
    duty::{DutyKind, GENERATOR, OUTDOORS, Stage, Task, day_ja, subject},
    id::CaseNumber,
};

/// A mail to a family.
#[derive(Debug, Clone)]
pub struct FamilyMail {
    /// The child's number: nothing else says whom it is about.
    pub number: CaseNumber,
    /// 合言葉: what the family chose so that it knows our mails.
    pub pass_phrase: Option<String>,
    /// What is to be done, the most pressing first.
    pub tasks: Vec<Task>,
    /// The link to the family's page; `None`: the family wants none.
    pub link: Option<String>,
    /// Who writes, as the setting names it.
    pub centre: String,
    /// Where to telephone.
    pub telephone: Option<String>,
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub plain: String,
    /// The same as HTML; `None`: plain text alone.
    pub html: Option<String>,
}

#[derive(Template)]
#[template(path = "mail/reminder.txt")]
struct ReminderPlain<'m> {
    mail: &'m FamilyMail,
}

#[derive(Template)]
#[template(path = "mail/reminder.html")]
struct ReminderHtml<'m> {
    mail: &'m FamilyMail,
    subject: &'m str,
}

fn written(template: &impl Template) -> String {
    template
        .render()
        .expect("a template into memory is written")
}

/// The text of a mail to a family.
pub fn to_family(mail: &FamilyMail) -> MailText {
    let subject = subject(&mail.tasks, &mail.number);
    let html = ReminderHtml {
        mail,
        subject: &subject,
    };
    MailText {
        plain: written(&ReminderPlain { mail }),
        html: Some(written(&html)),
        subject,
    }
}

/// A message that somebody wrote, to a family.
#[derive(Debug, Clone)]
pub struct HandMail {
    /// The child's number.
    pub number: CaseNumber,
    /// 合言葉: what the family chose so that it knows our mails.
    pub pass_phrase: Option<String>,
    /// Whether it cannot wait.
    pub urgent: bool,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// The link to the family's page; `None`: the family wants none.
    pub link: Option<String>,
    /// Who writes.
    pub office: String,
    /// Where to telephone.
    pub telephone: Option<String>,
}

impl HandMail {
    /// What it says, line by line; whoever names a generator says where it runs.
    fn lines(&self) -> Vec<&str> {
        let mut lines: Vec<&str> = self.body.lines().map(str::trim_end).collect();
        if self.body.contains(GENERATOR) && !self.body.contains("必ず屋外で") {
            lines.push(OUTDOORS);
        }
        lines
    }
}

#[derive(Template)]
#[template(path = "mail/hand.txt")]
struct HandPlain<'m> {
    mail: &'m HandMail,
}

#[derive(Template)]
#[template(path = "mail/hand.html")]
struct HandHtml<'m> {
    mail: &'m HandMail,
    subject: &'m str,
}

/// The text of a message that somebody wrote.
pub fn by_hand(mail: &HandMail) -> MailText {
    let mark = if mail.urgent { "至急" } else { "連絡" };
    let subject = format!("【{mark}】{} 整理番号 {}", mail.subject, mail.number);
    MailText {
        plain: written(&HandPlain { mail }),
        html: Some(written(&HandHtml {
            mail,
            subject: &subject,
        })),
        subject,
    }
}

/// A line of a digest.
#[derive(Debug, Clone)]
pub struct DigestLine {
    /// The child's number.
    pub number: CaseNumber,
    /// What is owed, and by whom.
    pub what: String,
    /// By when, and how near that is.
    pub when: String,
}

impl DigestLine {
    /// A line about a duty.
    pub fn new(
        number: CaseNumber,
        (kind, stage): (DutyKind, Stage),
        (due_on, told_on): (NaiveDate, NaiveDate),
        late: bool,
    ) -> Self {
        let phase = kind.phase(stage, due_on, told_on).name();
        let mut when = format!("{}（{}）", day_ja(due_on), phase.ja);
        if late {
            when.push_str("　お知らせが遅れました");
        }
        Self {
            number,
            what: digest_name(kind).to_owned(),
            when,
        }
    }
}

/// A duty in a few words, as a mail to staff may carry it.
const fn digest_name(kind: DutyKind) -> &'static str {
    match kind {
        DutyKind::ApplyPlan => "計画の申請",
        DutyKind::AnnualCheck => "年1回の確認",
        DutyKind::CheckDay => "確認の約束の日",
        DutyKind::FailedCheck => "不合格だった確認の手続き",
        DutyKind::FullTime => "貸与期間の満了",
        DutyKind::Return => "返却の日",
        DutyKind::BatteryCheck => "年1回の点検",
        DutyKind::TestRun => "月1回の試運転",
        DutyKind::Fuel => "燃料の入れ替え",
        DutyKind::ConfirmPlan => "計画の確認",
        DutyKind::ChangedFinding => "計画のあとで変わったこと",
    }
}

/// What is due, to a member of staff.
#[derive(Debug, Clone)]
pub struct Digest {
    /// What, line by line.
    pub lines: Vec<DigestLine>,
    /// Where to see it.
    pub link: Option<String>,
}

#[derive(Template)]
#[template(path = "mail/digest.txt")]
struct DigestPlain<'m> {
    digest: &'m Digest,
}

/// The text of a digest.
pub fn to_staff(digest: &Digest) -> MailText {
    MailText {
        subject: format!("【灯】期限のお知らせ {}件", digest.lines.len()),
        plain: written(&DigestPlain { digest }),
        html: None,
    }
}

#[derive(Template)]
#[template(path = "mail/returned.txt")]
struct Returned<'m> {
    number: &'m CaseNumber,
    places: &'m str,
    link: &'m str,
}

/// To whoever wrote a draft: it was returned, and in which steps something is to be mended.
/// What that is stands on the page alone.
pub fn returned(number: &CaseNumber, places: &str, link: &str) -> MailText {
    MailText {
        subject: format!("【灯】計画の案が差し戻されました 整理番号 {number}"),
        plain: written(&Returned {
            number,
            places,
            link,
        }),
        html: None,
    }
}

#[derive(Template)]
#[template(path = "mail/place.txt")]
struct Place<'m> {
    name: &'m str,
    town: &'m str,
    telephone: Option<&'m str>,
    link: &'m str,
    until: NaiveDate,
    again: bool,
}

/// To a place that receives: whether what is on record of it still holds. It names no child.
/// `again`: it was asked before and has not answered.
pub fn place(
    (name, again): (&str, bool),
    (town, telephone): (&str, Option<&str>),
    (link, until): (&str, NaiveDate),
) -> MailText {
    let word = if again { "（再送）" } else { "" };
    MailText {
        subject: format!("【{town}】受入れの確認のお願い{word}（1分で終わります）"),
        plain: written(&Place {
            name,
            town,
            telephone,
            link,
            until,
            again,
        }),
        html: None,
    }
}

#[derive(Template)]
#[template(path = "mail/from_family.txt")]
struct FromFamily<'m> {
    number: &'m CaseNumber,
    said: &'m str,
    time: &'m str,
    link: &'m str,
}

/// To a member of staff: what a family has told in an emergency, and when.
pub fn from_family(number: &CaseNumber, said: &str, time: &str, link: &str) -> MailText {
    MailText {
        subject: format!("【至急】ご家族から「{said}」 整理番号 {number}"),
        plain: written(&FromFamily {
            number,
            said,
            time,
            link,
        }),
        html: None,
    }
}

#[derive(Template)]
#[template(path = "mail/address_changed.txt")]
struct AddressChanged<'m> {
    number: &'m CaseNumber,
    telephone: Option<&'m str>,
}

/// To the addresses that a family had: they were changed on its page.
pub fn address_changed(number: &CaseNumber, telephone: Option<&str>) -> MailText {
    MailText {
        subject: format!("【お知らせ】メールアドレスの変更 整理番号 {number}"),
        plain: written(&AddressChanged { number, telephone }),
        html: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::duty::FORBIDDEN;

    fn task(kind: DutyKind, days: i16) -> Task {
        Task {
            kind,
            stage: Stage::Days(days),
            due_on: "2026-04-30".parse().unwrap(),
            told_on: "2026-04-30".parse::<NaiveDate>().unwrap()
                + chrono::TimeDelta::days(days.into()),
            late: false,
            moved_from: None,
            window: None,
        }
    }

    #[test]
    fn every_mail_keeps_what_the_child_has_to_itself() {
        for kind in DutyKind::ALL {
            for days in [-180, -30, -7, 0, 7] {
                let mail = FamilyMail {
                    number: CaseNumber::parse("C-0001").unwrap(),
                    pass_phrase: Some("ひまわり".into()),
                    tasks: vec![task(*kind, days)],
                    link: Some("https://example.jp/enter/x".into()),
                    centre: "支援センター".into(),
                    telephone: Some("096-000-0000".into()),
                };
                let text = to_family(&mail);
                let digest = to_staff(&Digest {
                    lines: vec![DigestLine::new(
                        mail.number.clone(),
                        (*kind, Stage::Days(days)),
                        (mail.tasks[0].due_on, mail.tasks[0].told_on),
                        true,
                    )],
                    link: None,
                });
                let html = text.html.clone().unwrap();
                for part in [
                    &text.subject,
                    &text.plain,
                    &html,
                    &digest.subject,
                    &digest.plain,
                ] {
                    for word in FORBIDDEN {
                        assert!(!part.contains(word), "{word} in {part}");
                    }
                }
                assert!(!text.subject.contains(GENERATOR), "{}", text.subject);
                for part in [&text.plain, &html] {
                    assert!(
                        part.contains("ひまわり") && part.contains("C-0001"),
                        "{part}"
                    );
                    assert!(part.contains("https://example.jp/enter/x"), "{part}");
                    assert!(
                        !part.contains(GENERATOR) || part.contains("必ず屋外で"),
                        "{part}"
                    );
                }
                assert!(
                    text.plain.lines().all(|line| line.len() < 900),
                    "{}",
                    text.plain
                );
            }
        }
    }

    #[test]
    fn a_mail_without_a_link_has_none() {
        let mail = FamilyMail {
            number: CaseNumber::parse("C-0001").unwrap(),
            pass_phrase: None,
            tasks: vec![task(DutyKind::ApplyPlan, 0), task(DutyKind::TestRun, 0)],
            link: None,
            centre: "支援センター".into(),
            telephone: None,
        };
        let text = to_family(&mail);
        assert!(
            !text.plain.contains("http") && !text.plain.contains("合言葉"),
            "{}",
            text.plain
        );
        insta::assert_snapshot!(text.plain);
    }

    #[test]
    fn a_message_by_hand_says_who_writes_and_where_a_generator_runs() {
        let mail = HandMail {
            number: CaseNumber::parse("C-0001").unwrap(),
            pass_phrase: Some("ひまわり".into()),
            urgent: true,
            subject: "台風の前に".into(),
            body: "発電機を動かせるか確かめてください。\n<b>電話</b>をお待ちしています。".into(),
            link: None,
            office: "支援センター".into(),
            telephone: Some("096-000-0000".into()),
        };
        let text = by_hand(&mail);
        assert_eq!(text.subject, "【至急】台風の前に 整理番号 C-0001");
        let html = text.html.clone().unwrap();
        for part in [&text.plain, &html] {
            for word in ["ひまわり", "096-000-0000", "必ず屋外で", "119"] {
                assert!(part.contains(word), "{word} in {part}");
            }
            assert!(!part.contains("http"), "{part}");
        }
        assert!(!html.contains("<b>電話"), "{html}");
        insta::assert_snapshot!(text.plain);
    }

    #[test]
    fn what_somebody_wrote_is_text_in_html() {
        let mail = FamilyMail {
            number: CaseNumber::parse("C-0001").unwrap(),
            pass_phrase: Some("<b>ひまわり</b>".into()),
            tasks: vec![task(DutyKind::ApplyPlan, 0)],
            link: None,
            centre: "支援センター".into(),
            telephone: None,
        };
        let html = to_family(&mail).html.unwrap();
        assert!(
            html.contains("&#60;b&#62;ひまわり") || html.contains("&lt;b&gt;ひまわり"),
            "{html}"
        );
    }
}
