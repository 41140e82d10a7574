//! What a reminder says. Nothing in it tells who the child is or what it has
//! (`RULES.md`, "Duties"): a number, the family's own pass-phrase, one task, a day.

use chrono::{Datelike as _, NaiveDate};

use super::{DutyKind, Phase, Stage};
use crate::domain::{calendar::era::weekday_ja, id::CaseNumber, text::search_form};

/// Words that no subject and no body of a mail holds (`RULES.md`, "Duties"). A
/// subject does not name the generator either.
pub const FORBIDDEN: &[&str] = &[
    "人工呼吸器",
    "呼吸器",
    "気管",
    "吸引",
    "酸素",
    "医療的ケア",
    "障害",
    "障がい",
    "病",
    "電源",
    "バッテリー",
    "電池",
    "蘇生",
];

/// What the list of `RULES.md` does not hold and tells as much: illnesses, devices. The
/// list is ours, and no list is complete.
const TELLING: &[&str] = &[
    "人工呼吸",
    "レスピレータ",
    "ventilator",
    "bipap",
    "nppv",
    "tppv",
    "カニューレ",
    "てんかん",
    "ジストロフィ",
    "ミオパチー",
    "脳性",
    "麻痺",
    "染色体",
    "症候群",
    "疾患",
];

/// The same, where they stand by themselves: part of another word they tell nothing.
const TELLING_ALONE: &[&str] = &["als", "sma"];

/// The first word of a text that no mail carries; the generator is none of them.
pub fn telling_word(text: &str) -> Option<&'static str> {
    let text = search_form(text);
    let anywhere = FORBIDDEN.iter().chain(TELLING).copied();
    let mut anywhere = anywhere.filter(|word| text.contains(&search_form(word)));
    let alone = |word: &&str| {
        let latin = |c: char| c.is_ascii_alphabetic();
        text.match_indices(*word).any(|(at, found)| {
            !text[..at].ends_with(latin) && !text[at + found.len()..].starts_with(latin)
        })
    };
    let mut by_itself = TELLING_ALONE.iter().copied().filter(alone);
    anywhere.next().or_else(|| by_itself.next())
}

/// The word that stands in a body alone, and there with [`OUTDOORS`].
pub const GENERATOR: &str = "発電機";

/// What every text says that names a generator (`RULES.md`, "Duties").
pub const OUTDOORS: &str = "発電機は必ず屋外で使ってください。";

/// Whether a text of somebody's own may stand in a mail.
pub fn may_stand_in_a_mail(text: &str) -> bool {
    !text.chars().any(char::is_control)
        && telling_word(text).is_none()
        && !search_form(text).contains(GENERATOR)
}

/// One task of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What is owed.
    pub kind: DutyKind,
    /// At which stage.
    pub stage: Stage,
    /// By when.
    pub due_on: NaiveDate,
    /// On which day it is told.
    pub told_on: NaiveDate,
    /// Whether it should have been sent on an earlier day.
    pub late: bool,
    /// Which day it was due before.
    pub moved_from: Option<NaiveDate>,
    /// Where the family applies: the name of the office, where a mail may carry it,
    /// and its telephone.
    pub window: Option<Window>,
}

/// An office, as a mail names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its name; `None`: it holds a word that a mail does not carry (障害福祉課).
    pub name: Option<String>,
    /// Its telephone.
    pub telephone: Option<String>,
}

impl Window {
    /// An office, its name left out where a mail does not carry it.
    pub fn new(name: &str, telephone: Option<&str>) -> Self {
        Self {
            name: may_stand_in_a_mail(name).then(|| name.to_owned()),
            telephone: telephone.map(ToOwned::to_owned),
        }
    }
}

/// `2026年4月30日（木）`.
pub fn day_ja(day: NaiveDate) -> String {
    let weekday = weekday_ja(day.weekday());
    format!(
        "{}年{}月{}日（{weekday}）",
        day.year(),
        day.month(),
        day.day()
    )
}

/// The subject of a mail about these tasks, the most pressing first.
pub fn subject(tasks: &[Task], number: &CaseNumber) -> String {
    let first = tasks.first().expect("a mail has a task");
    let phase = first.phase().name().ja;
    let day = format!("{}月{}日", first.due_on.month(), first.due_on.day());
    let more = match tasks.len() {
        1 => String::new(),
        more => format!("ほか{}件", more - 1),
    };
    format!(
        "【{phase}】{}（{day}）{more} 整理番号 {number}",
        short_name(first.kind)
    )
}

/// Puts tasks in the order in which a family should read them: what is over, what
/// is due today, then by day.
pub fn in_order(tasks: &mut [Task]) {
    tasks.sort_by_key(Task::pressing);
}

/// The task in a few words, as a subject carries it.
pub const fn short_name(kind: DutyKind) -> &'static str {
    match kind {
        DutyKind::ApplyPlan => "避難の計画の申請",
        DutyKind::AnnualCheck => "年1回の確認の日決め",
        DutyKind::CheckDay => "確認の約束の日",
        DutyKind::FailedCheck => "確認のあとの手続き",
        DutyKind::FullTime => "お貸しする期間の終わり",
        DutyKind::Return => "返却の日",
        DutyKind::BatteryCheck => "年1回の点検",
        DutyKind::TestRun => "月1回の試運転",
        DutyKind::Fuel => "燃料の入れ替え",
        DutyKind::ConfirmPlan => "避難の計画の確認",
        DutyKind::ChangedFinding => "避難の計画の見直し",
    }
}

impl Task {
    /// How pressing it is.
    pub fn phase(&self) -> Phase {
        self.kind.phase(self.stage, self.due_on, self.told_on)
    }

    fn nearness(&self) -> Phase {
        Phase::of(self.stage, self.due_on, self.told_on)
    }

    /// By what tasks are put in order: the most pressing first.
    pub fn pressing(&self) -> (u8, NaiveDate, &'static str) {
        let phase = match self.phase() {
            Phase::Overdue => 0,
            Phase::Today => 1,
            Phase::Soon => 2,
            Phase::First => 3,
        };
        (phase, self.due_on, self.kind.code())
    }

    /// What is to be done by when, in a heading.
    pub fn heading(&self) -> String {
        let day = day_ja(self.due_on);
        match self.kind {
            DutyKind::CheckDay | DutyKind::Return => format!("{}：{day}", short_name(self.kind)),
            DutyKind::TestRun => short_name(self.kind).to_owned(),
            _ if self.nearness() == Phase::Overdue => {
                format!("{}：期限は{day}でした", short_name(self.kind))
            }
            _ => format!("{}：{day}まで", short_name(self.kind)),
        }
    }

    /// What is said of it, one sentence or two a line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(was) = self.moved_from {
            lines.push(format!(
                "日が{}から{}に変わりました。前のお知らせは取り消します。",
                day_ja(was),
                day_ja(self.due_on)
            ));
        }
        if self.late {
            lines.push("このお知らせは、遅れてお送りしています。".to_owned());
        }
        lines.push(self.what());
        if matches!(self.kind, DutyKind::ApplyPlan | DutyKind::ConfirmPlan)
            && let Some(window) = &self.window
        {
            let name = window
                .name
                .as_deref()
                .unwrap_or("お住まいの市町村の担当窓口");
            lines.push(match &window.telephone {
                Some(telephone) => format!("窓口：{name}（電話 {telephone}）"),
                None => format!("窓口：{name}"),
            });
        }
        lines.extend(self.afterwards().map(ToOwned::to_owned));
        if self.names_generator() {
            lines.push(OUTDOORS.to_owned());
        }
        lines
    }

    /// The task itself.
    fn what(&self) -> String {
        let (day, phase) = (day_ja(self.due_on), self.nearness());
        match (self.kind, phase) {
            (DutyKind::ApplyPlan, Phase::First) => format!(
                "避難のときの計画（個別避難計画）を、{day}までに市町村の窓口へ申請してください。避難の行き先と、来てくれる人を決めておく計画です。"
            ),
            (DutyKind::ApplyPlan, Phase::Soon) => format!(
                "避難のときの計画（個別避難計画）の申請は、{day}までです。まだのときは、窓口に電話で「個別避難計画を申請したい」と伝えてください。"
            ),
            (DutyKind::ApplyPlan, Phase::Today) => "避難のときの計画（個別避難計画）の申請は、今日までです。間に合わないときは、センターに電話してください。一緒に進めます。".to_owned(),
            (DutyKind::ApplyPlan, Phase::Overdue) => format!(
                "避難のときの計画（個別避難計画）の申請の期限（{day}）を過ぎています。センターに電話してください。一緒に進めます。"
            ),
            (DutyKind::AnnualCheck, Phase::Overdue) => format!(
                "年に1回の確認の時期（{day}まで）を過ぎています。発電機の動き、付属品、使い方を一緒に確かめます。ご家族のページで答えるか、都合のよい日をセンターに電話で知らせてください。"
            ),
            (DutyKind::AnnualCheck, _) => format!(
                "年に1回の確認の時期です（{day}まで）。発電機の動き、付属品、使い方を一緒に確かめます。ご家族のページで答えるか、都合のよい日をセンターに電話で知らせてください。"
            ),
            (DutyKind::CheckDay, _) => format!(
                "年に1回の確認を、お約束の{day}に行います。都合が悪くなったときは、センターに電話してください。"
            ),
            (DutyKind::FailedCheck, _) => "確認のあとの手続きが残っています。センターから電話します。".to_owned(),
            (DutyKind::FullTime, Phase::Overdue) => format!(
                "発電機をお貸しする期間が{day}で終わりました。返す日と、そのあとの備えを一緒に決めます。センターに電話してください。"
            ),
            (DutyKind::FullTime, _) => format!(
                "発電機をお貸しする期間は、{day}で終わります。返す日と、そのあとの備えを一緒に決めます。センターに電話してください。"
            ),
            (DutyKind::Return, Phase::First) => format!("発電機を返していただく日は、{day}です。"),
            (DutyKind::Return, Phase::Soon) => format!("発電機を返していただく日は、{day}です。付属品も一緒にお願いします。"),
            (DutyKind::Return, Phase::Today) => "今日は、発電機を返していただく日です。付属品も一緒にお願いします。".to_owned(),
            (DutyKind::Return, Phase::Overdue) => format!(
                "発電機を返していただく日（{day}）を過ぎています。センターに電話してください。別の日を決められます。"
            ),
            (DutyKind::BatteryCheck, _) => format!("年に1回の点検の時期です（{day}まで）。"),
            (DutyKind::TestRun, Phase::First) => "月に1回、発電機を動かしてみてください。天気のよい日に、電気スタンドなどをつないで10分ほどです。".to_owned(),
            (DutyKind::TestRun, _) => "前に発電機を動かしてから2か月以上たちました。天気のよい日に、電気スタンドなどをつないで10分ほど動かしてください。".to_owned(),
            (DutyKind::Fuel, _) => format!(
                "発電機の燃料は、買ってから半年で入れ替えます（{day}まで）。古い燃料は、買った店に引き取りを相談してください。"
            ),
            (DutyKind::ConfirmPlan, Phase::Overdue) => format!(
                "避難のときの計画を確かめる時期（{day}まで）を過ぎています。住所、電話、行き先、手伝う人が変わったときは、市町村の窓口に知らせてください。"
            ),
            (DutyKind::ConfirmPlan, _) => format!(
                "避難のときの計画を確かめる時期です（{day}まで）。住所、電話、行き先、手伝う人が変わったときは、市町村の窓口に知らせてください。"
            ),
            (DutyKind::ChangedFinding, _) => "避難のときの計画に、見直すところがあります。市町村から連絡します。".to_owned(),
        }
    }

    /// What to do when it is done, or cannot be.
    fn afterwards(&self) -> Option<&'static str> {
        match self.kind {
            DutyKind::ApplyPlan => Some(
                "もう申請したときは、ご家族のページの「市町村に申請しました」を押すか、センターに電話してください。お知らせが止まります。",
            ),
            DutyKind::TestRun => Some("動かなかったときは、センターに電話してください。"),
            DutyKind::Fuel => Some("入れ替えたら、その日を知らせてください。"),
            DutyKind::AnnualCheck => Some("もう答えたときは、そのままで大丈夫です。"),
            DutyKind::Return if self.nearness() != Phase::Overdue => {
                Some("その日に返せないときは、センターに電話してください。")
            }
            _ => None,
        }
    }

    /// Whether its text names the generator.
    fn names_generator(&self) -> bool {
        self.what().contains(GENERATOR)
    }

    /// The task in one English sentence.
    pub fn english(&self) -> String {
        let day = self.due_on.format("%-d %B %Y");
        match self.kind {
            DutyKind::ApplyPlan if self.nearness() == Phase::Overdue => format!(
                "The application for the evacuation plan (個別避難計画) was due by {day}: please telephone the centre."
            ),
            DutyKind::ApplyPlan => format!(
                "Please apply to your town hall for the evacuation plan (個別避難計画) by {day}."
            ),
            DutyKind::AnnualCheck => format!(
                "The yearly check is due by {day}: please answer it on your page, or telephone the centre to agree on a day."
            ),
            DutyKind::CheckDay => format!("The yearly check is on {day}, as agreed."),
            DutyKind::FailedCheck => "The centre will telephone you about the check.".to_owned(),
            DutyKind::FullTime => format!(
                "The loan ends on {day}: please telephone the centre to agree on what follows."
            ),
            DutyKind::Return if self.nearness() == Phase::Overdue => {
                format!("The generator was to be returned on {day}: please telephone the centre.")
            }
            DutyKind::Return => format!("The day of return is {day}."),
            DutyKind::BatteryCheck => format!("The yearly inspection is due by {day}."),
            DutyKind::TestRun => {
                "Please run the generator for ten minutes, always outdoors.".to_owned()
            }
            DutyKind::Fuel => format!(
                "Please renew the fuel by {day}, half a year after it was bought; always use it outdoors."
            ),
            DutyKind::ConfirmPlan => format!(
                "Please look through your evacuation plan by {day}, and tell your town hall what has changed."
            ),
            DutyKind::ChangedFinding => {
                "Your town hall will look at your evacuation plan with you again.".to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::duty::{Audience, Ladders};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn number() -> CaseNumber {
        CaseNumber::parse("C-0001").unwrap()
    }

    /// A task of every duty at every stage of every ladder, in time, late and moved.
    fn every_task() -> Vec<Task> {
        let ladders = Ladders::default();
        let window = Window::new("【デモ】障がい福祉課", Some("0966-00-0000"));
        let mut tasks = Vec::new();
        for kind in DutyKind::ALL {
            for audience in Audience::ALL {
                for stage in ladders.of(*kind).of(*audience) {
                    let days = match stage {
                        Stage::Begin => -180,
                        Stage::Days(days) => i64::from(*days),
                    };
                    for (after, late, moved_from) in [
                        (0, false, None),
                        (3, true, Some(day("2026-04-20"))),
                        (400, true, None),
                    ] {
                        tasks.push(Task {
                            kind: *kind,
                            stage: *stage,
                            due_on: day("2026-04-30"),
                            told_on: day("2026-04-30") + chrono::TimeDelta::days(days + after),
                            late,
                            moved_from,
                            window: Some(window.clone()),
                        });
                    }
                }
            }
        }
        tasks
    }

    #[test]
    fn no_mail_says_what_the_child_has() {
        let tasks = every_task();
        assert!(tasks.len() > 60, "{}", tasks.len());
        for task in &tasks {
            let subject = subject(std::slice::from_ref(task), &number());
            let body = [task.lines(), vec![task.heading(), task.english()]]
                .concat()
                .join("\n");
            for word in FORBIDDEN {
                assert!(!subject.contains(word), "{word} in {subject}");
                assert!(!body.contains(word), "{word} in {body}");
            }
            assert!(!subject.contains(GENERATOR), "{subject}");
            assert!(!subject.chars().any(char::is_control), "{subject}");
            if body.contains(GENERATOR) {
                assert!(body.contains("必ず屋外で"), "{body}");
            }
            // Nobody is asked to run anything down, or to a place.
            assert!(!body.contains("使い切"), "{body}");
        }
    }

    #[test]
    fn a_subject_says_stage_task_day_and_number() {
        let task = |kind, stage: i16| Task {
            kind,
            stage: Stage::Days(stage),
            due_on: day("2026-04-30"),
            told_on: day("2026-04-30") + chrono::TimeDelta::days(stage.into()),
            late: false,
            moved_from: None,
            window: None,
        };
        let apply = task(DutyKind::ApplyPlan, -7);
        assert_eq!(
            subject(std::slice::from_ref(&apply), &number()),
            "【まもなく】避難の計画の申請（4月30日） 整理番号 C-0001"
        );
        let mut both = vec![apply, task(DutyKind::Return, 0)];
        in_order(&mut both);
        assert_eq!(
            subject(&both, &number()),
            "【今日まで】返却の日（4月30日）ほか1件 整理番号 C-0001"
        );
    }

    #[test]
    fn a_mail_that_leaves_after_the_day_does_not_call_it_today() {
        let task = Task {
            kind: DutyKind::ApplyPlan,
            stage: Stage::Days(0),
            due_on: day("2026-04-30"),
            told_on: day("2026-05-02"),
            late: true,
            moved_from: None,
            window: None,
        };
        let text = [task.lines(), vec![task.heading()]].concat().join("\n");
        assert!(!text.contains("今日まで"), "{text}");
        assert!(
            text.contains("を過ぎています") && text.contains("期限は"),
            "{text}"
        );
        let subject = subject(&[task], &number());
        assert!(subject.starts_with("【期限を過ぎています】"), "{subject}");
    }

    #[test]
    fn a_day_that_moved_is_said_to_have_moved() {
        let task = Task {
            kind: DutyKind::ApplyPlan,
            stage: Stage::Days(-30),
            due_on: day("2026-05-07"),
            told_on: day("2026-04-07"),
            late: false,
            moved_from: Some(day("2026-04-30")),
            window: None,
        };
        let lines = task.lines();
        assert_eq!(
            lines[0],
            "日が2026年4月30日（木）から2026年5月7日（木）に変わりました。前のお知らせは取り消します。"
        );
    }

    #[test]
    fn an_office_whose_name_says_too_much_is_named_by_its_telephone() {
        for name in [
            "【デモ】障がい福祉課",
            "障害福祉課",
            "疾病対策課",
            "発電機の窓口",
        ] {
            assert_eq!(Window::new(name, None).name, None, "{name}");
        }
        let open = Window::new("【デモ】危機管理課", Some("0966-00-0000"));
        assert_eq!(open.name.as_deref(), Some("【デモ】危機管理課"));
    }
}
