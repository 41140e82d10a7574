//! The audit trail: who saw or changed what, when, from where. It holds ids
//! and codes, never a name, an address or a word that somebody typed.

use core::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    id::{CaseId, UserId},
    text::Text,
};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who is signed in.
    User(UserId),
    /// Whoever works at the command line of the machine.
    Operator,
    /// Somebody who is not signed in.
    Nobody,
}

impl Actor {
    /// The word in the database.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Operator => "operator",
            Self::Nobody => "nobody",
        }
    }

    /// Its account.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Operator | Self::Nobody => None,
        }
    }

    /// The actor of a word and an account.
    pub fn from_parts(kind: &str, user: Option<UserId>) -> Option<Self> {
        match (kind, user) {
            ("user", Some(user)) => Some(Self::User(user)),
            ("operator", None) => Some(Self::Operator),
            ("nobody", None) => Some(Self::Nobody),
            _ => None,
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $ja:literal, $en:literal;)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word in the database.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What people call it.
            pub const fn name(self) -> Text {
                match self { $(Self::$name => Text::fixed($ja, $en),)* }
            }
        }
    };
}

actions! {
    /// The list of children was shown; the event names those on it.
    ListedChildren = "listed_children", "一覧を見た", "saw the list of children";
    /// Children were searched for; the event names those found.
    SearchedChildren = "searched_children", "検索で見た", "searched for children";
    /// A plan's page was shown with its content.
    ReadPlan = "read_plan", "計画を見た", "read the plan";
    /// Only where a plan stands was shown.
    ReadStanding = "read_standing", "計画の状況を見た", "read where the plan stands";
    /// The map of a plan was shown.
    ReadMap = "read_map", "計画の地図を見た", "saw the plan's map";
    /// The map of the prefecture was shown; the event names the children on it and
    /// in the list beside it.
    ReadPrefectureMap = "read_prefecture_map", "全体の地図を見た", "saw the map of the prefecture";
    /// A site's page was shown with the children who plan to go there.
    ReadSiteUsers = "read_site_users", "避難先の利用予定を見た", "saw who plans to go to a site";
    /// The findings of a plan were printed at the command line.
    CheckedPlan = "checked_plan", "計画を検査した", "checked the plan";
    /// The trail was looked at.
    ReadTrail = "read_trail", "操作の記録を見た", "looked at the trail";
    /// A list of accounts was shown.
    ListedAccounts = "listed_accounts", "アカウントの一覧を見た", "saw a list of accounts";
    /// A case was added by an import.
    ImportedCase = "imported_case", "取り込みで登録した", "added by an import";
    /// A case was changed by an import.
    ChangedCase = "changed_case", "取り込みで変更した", "changed by an import";
    /// What no list holds of a site was entered.
    EnteredOnSite = "entered_on_site", "避難先に記入した", "entered facts on a site";
    /// A site that no list has was added.
    AddedSite = "added_site", "避難先を追加した", "added a site";
    /// Such a site was corrected.
    CorrectedSite = "corrected_site", "追加した避難先を訂正した", "corrected a site of its own";
    /// Such a site was ended.
    EndedSite = "ended_site", "追加した避難先を廃止した", "ended a site of its own";
    /// Such a site was taken into use again.
    ReopenedSite = "reopened_site", "追加した避難先を再開した", "reopened a site of its own";
    /// Many sites were changed at once.
    ChangedSites = "changed_sites", "避難先をまとめて変えた", "changed many sites at once";
    /// Such a change was undone.
    UndidSites = "undid_sites", "避難先のまとめての変更を元に戻した", "undid a change of many sites";
    /// A municipality's ordinance was set.
    SetOrdinance = "set_ordinance", "条例の扱いを設定した", "set the ordinance";
    /// Every link, session and calendar of a family was ended.
    EndedFamilyWays = "ended_family_ways", "ご家族のリンクとサインインを終わらせた", "ended the family's links and sessions";
    /// A list of homes whose position is to be confirmed was shown.
    ListedPositions = "listed_positions", "位置の確認の一覧を見た", "saw the list of positions to be confirmed";
    /// The page on which a home's position is set was shown.
    ReadPosition = "read_position", "自宅の位置を見た", "saw the position of the home";
    /// The position of a home was set on the map, or chosen among towns.
    SetPosition = "set_position", "自宅の位置を設定した", "set the position of the home";
    /// The position of a home was confirmed as it is.
    ConfirmedPosition = "confirmed_position", "自宅の位置を確認した", "confirmed the position of the home";
    /// The position of a home was found by its address.
    FoundPosition = "found_position", "住所から自宅の位置を求めた", "found the position of the home by its address";
    /// The report of an import was shown; the event names the children it is about.
    ReadImport = "read_import", "取り込みの結果を見た", "saw the report of an import";
    /// A move was put forward.
    ProposedMove = "proposed_move", "転居の届けを預かった", "put a move forward";
    /// A move was confirmed.
    ConfirmedMove = "confirmed_move", "転居を確定した", "confirmed a move";
    /// A proposed move was closed: it is none.
    ClosedMove = "closed_move", "転居ではないとした", "found that a move is none";
    /// A temporary stay was put on record.
    RecordedStay = "recorded_stay", "一時的な滞在を記録した", "recorded a temporary stay";
    /// A temporary stay was ended.
    EndedStay = "ended_stay", "一時的な滞在を終えた", "ended a temporary stay";
    /// A child was assigned to a coordinator.
    AssignedCoordinator = "assigned_coordinator", "コーディネーターを担当にした", "assigned a coordinator";
    /// A child was taken from a coordinator.
    WithdrewCoordinator = "withdrew_coordinator", "コーディネーターの担当を外した", "withdrew a coordinator";
    /// A plan was confirmed with the family.
    ConfirmedPlan = "confirmed_plan", "計画をご家族と確認した", "confirmed the plan with the family";
    /// A draft of a plan was begun.
    BeganPlan = "began_plan", "計画の案を書き始めた", "began a draft of the plan";
    /// A draft, the course or a version of a plan was read.
    ReadDraft = "read_draft", "計画の案・進み・版を見た", "read a draft, the course or a version of the plan";
    /// Where plans stand was listed.
    ListedPlans = "listed_plans", "計画の進みの一覧を見た", "saw where plans stand";
    /// That the family agreed to a draft.
    AgreedToPlan = "agreed_to_plan", "計画の案へのご家族の同意を記録した", "wrote down that the family agrees to the draft";
    /// A draft was handed in.
    HandedInPlan = "handed_in_plan", "計画の案を市町村に出した", "handed the draft in";
    /// A draft was taken back before it was decided on.
    TookBackPlan = "took_back_plan", "出した案を取り下げた", "took the draft back";
    /// A draft was returned.
    ReturnedPlan = "returned_plan", "計画の案を差し戻した", "returned the draft";
    /// A draft was approved, and is in force.
    ApprovedPlan = "approved_plan", "計画を承認した", "approved the plan";
    /// A draft was given up.
    GaveUpPlan = "gave_up_plan", "計画の案を取りやめた", "gave the draft up";
    /// A gap of a plan was closed, or opened again.
    ClosedGap = "closed_gap", "計画の不足を直したと記録した・戻した", "closed a gap of the plan, or opened it again";
    /// A finding was overridden.
    OverrodeFinding = "overrode_finding", "判定に例外を認めた", "overrode a finding";
    /// An override was ended before its day.
    EndedOverride = "ended_override", "例外を終わらせた", "ended an override";
    /// It was put on record that the plan was given to somebody.
    GavePlan = "gave_plan", "計画を渡したことを記録した", "wrote down to whom the plan was given";
    /// That was struck out.
    StruckGiving = "struck_giving", "計画を渡した記録を取り消した", "struck out that the plan was given to somebody";
    /// An answer of the family about its plan was written down.
    RecordedConsent = "recorded_consent", "計画への同意の答えを記録した", "wrote down what the family answered about its plan";
    /// That was struck out.
    StruckConsent = "struck_consent", "同意の答えの記録を取り消した", "struck out what the family had answered";
    /// The consents to a plan were shown.
    ReadConsents = "read_consents", "計画への同意の記録を見た", "saw the consents to a plan";
    /// What a municipality asks for in a plan besides was changed.
    SetMunicipalItems = "set_municipal_items", "市町村の追加の項目を変えた", "changed what the municipality asks for besides";
    /// A drill was written down.
    RecordedDrill = "recorded_drill", "訓練を記録した", "wrote down a drill";
    /// A drill that was recorded by mistake was struck out.
    StruckDrill = "struck_drill", "訓練の記録を取り消した", "struck out a drill";
    /// What failed in a drill was found to be done.
    FinishedDrillTask = "finished_drill_task", "訓練でうまくいかなかったことを直したと記録した", "found what failed in a drill to be done";
    /// What failed in a drill was found not to be done after all.
    ReopenedDrillTask = "reopened_drill_task", "直したという記録を取り消した", "found what failed in a drill not to be done";
    /// Somebody was given a paper of a plan.
    GavePaper = "gave_paper", "計画の紙を渡したと記録した", "wrote down who holds a paper";
    /// Somebody holds a paper of a plan no more.
    EndedPaper = "ended_paper", "計画の紙の取り替え・回収を記録した", "wrote down what became of a paper";
    /// The drills of a child and who holds its papers were shown.
    ReadDrills = "read_drills", "訓練と紙の記録を見た", "saw drills and who holds papers";
    /// A paper of a plan was made.
    PrintedSheet = "printed_sheet", "計画の紙を作った", "made a paper of the plan";
    /// The papers of all children of a municipality were made as one.
    PrintedBinder = "printed_binder", "夜間綴りを作った", "made the night binder";
    /// The list of plans that nobody has practised was shown.
    ListedDrills = "listed_drills", "訓練をしていない計画の一覧を見た", "saw the list of plans not practised";
    /// A call was written down.
    WroteContact = "wrote_contact", "連絡を記録した", "wrote down a contact";
    /// An address was protected.
    ProtectedAddress = "protected_address", "住所を保護した", "protected the address";
    /// Who may see a protected address was changed.
    ChangedProtection = "changed_protection", "住所を見られる人を変えた", "changed who may see the address";
    /// The protection of an address was ended.
    EndedProtection = "ended_protection", "住所の保護を終えた", "ended the protection of the address";
    /// A protected address was shown to a named person.
    ReadProtectedAddress = "read_protected_address", "保護された住所を見た", "saw the protected address";
    /// An account was made.
    AddedAccount = "added_account", "アカウントを作った", "made an account";
    /// An account was taken out of use.
    DisabledAccount = "disabled_account", "アカウントを停止した", "took an account out of use";
    /// An account was taken into use again.
    EnabledAccount = "enabled_account", "アカウントを再開した", "took an account into use again";
    /// An account and its open work went over to somebody else.
    HandedOver = "handed_over", "引き継いだ", "handed over";
    /// A sign-in link was made.
    MadeLink = "made_link", "サインイン用リンクを出した", "made a sign-in link";
    /// Somebody signed in.
    SignedIn = "signed_in", "サインインした", "signed in";
    /// Somebody could not be signed in, or typed a code that opens nothing; the
    /// event names the account, if there is one.
    SignInFailed = "sign_in_failed", "サインインできなかった", "could not sign in";
    /// A password was chosen.
    SetPassword = "set_password", "パスワードを決めた", "chose a password";
    /// A second factor was set up.
    SetSecondFactor = "set_second_factor", "認証アプリを登録した", "set up a second factor";
    /// A recovery code was used in the place of the second factor.
    UsedRecoveryCode = "used_recovery_code", "回復コードを使った", "used a recovery code";
    /// New recovery codes took the place of the old ones.
    MadeRecoveryCodes = "made_recovery_codes", "回復コードを作り直した", "made new recovery codes";
    /// A new key was put in front of the key file.
    RotatedKeys = "rotated_keys", "鍵を替えた", "changed the keys";
    /// Somebody signed out.
    SignedOut = "signed_out", "サインアウトした", "signed out";
    /// Sessions were ended from another device.
    EndedSessions = "ended_sessions", "ほかの端末を終わらせた", "ended other sessions";
    /// An account was authorised to open emergency access.
    AllowedEmergency = "allowed_emergency", "緊急アクセスを開くことを許可した", "authorised to open emergency access";
    /// An account was no longer authorised to do so.
    DisallowedEmergency = "disallowed_emergency", "緊急アクセスを開く許可を取り消した", "took back the authority to open emergency access";
    /// Emergency access was opened; the event names the children.
    OpenedEmergency = "opened_emergency", "緊急アクセスを開いた", "opened emergency access";
    /// A child came into the area of an emergency access, or left it.
    ChangedEmergencyArea = "changed_emergency_area", "緊急アクセスの対象が変わった", "changed whom emergency access covers";
    /// It was extended.
    ExtendedEmergency = "extended_emergency", "緊急アクセスを延長した", "extended emergency access";
    /// Somebody decided to let it end.
    LetEmergencyEnd = "let_emergency_end", "緊急アクセスを予定どおり終えると決めた", "decided to let emergency access end";
    /// It was closed before its end.
    ClosedEmergency = "closed_emergency", "緊急アクセスを閉じた", "closed emergency access";
    /// A child was read under emergency access.
    EmergencyRead = "emergency_read", "緊急アクセスで見た", "read under emergency access";
    /// The list of what was read was shown or downloaded.
    ListedEmergencyReads = "listed_emergency_reads", "緊急アクセスの閲覧記録を見た", "saw what was read under emergency access";
    /// A code was made to be told to a family, which had been called back.
    ToldCode = "told_code", "電話で伝えるコードを出した", "made a code to tell over the telephone";
    /// A calendar feed was made.
    MadeCalendarFeed = "made_calendar_feed", "カレンダーのアドレスを作った", "made a calendar feed";
    /// A calendar feed was revoked.
    RevokedCalendarFeed = "revoked_calendar_feed", "カレンダーのアドレスを無効にした", "revoked a calendar feed";
    /// A calendar feed was fetched.
    ReadCalendarFeed = "read_calendar_feed", "カレンダーが読み込まれた", "a calendar feed was read";
    /// A case was ended.
    EndedCase = "ended_case", "登録を終わらせた", "ended the case";
    /// A case that had ended goes on.
    ReopenedCase = "reopened_case", "登録を再開した", "reopened the case";
    /// A loan was ended.
    EndedLoan = "ended_loan", "貸与を終わらせた", "ended the loan";
    /// The list of cases that have ended was shown.
    ListedEnded = "listed_ended", "終わった登録の一覧を見た", "saw the list of ended cases";
    /// What is due was erased; the event names the case, where there is one.
    Erased = "erased", "保存期間が過ぎたものを消去した", "erased what was due";
    /// Everything about a child was handed out as a file.
    Disclosed = "disclosed", "登録内容のファイルを出した", "handed out everything as a file";
    /// A family asked for a correction.
    AskedCorrection = "asked_correction", "訂正を申し出た", "asked for a correction";
    /// A request for correction was answered.
    AnsweredCorrection = "answered_correction", "訂正の申出に答えた", "answered a request for correction";
    /// The list of requests for correction was shown.
    ListedCorrections = "listed_corrections", "訂正の申出の一覧を見た", "saw the requests for correction";
    /// It was noted that a supporter was told.
    ToldSupporter = "told_supporter", "支援者への連絡を記録した", "noted that a supporter was told";
    /// A supporter was taken out of a plan at their wish.
    WithdrewSupporter = "withdrew_supporter", "支援者を計画から外した", "took a supporter out of the plan";
    /// The letter to a supporter was shown.
    WroteToSupporter = "wrote_to_supporter", "支援者への文書を開いた", "opened the letter to a supporter";
    /// The text of a letter was changed, or set back to the program's.
    ChangedLetter = "changed_letter", "文書のひな型を変えた", "changed the text of a letter";
    /// The list of loans was shown.
    ListedLoans = "listed_loans", "貸与の一覧を見た", "saw the list of loans";
    /// A loan was shown.
    ReadLoan = "read_loan", "貸与の画面を見た", "saw a loan";
    /// A child was put on record by the centre.
    RegisteredChild = "registered_child", "お子さんを登録した", "put a child on record";
    /// A new file was opened for a child that was on record.
    OpenedLoanFile = "opened_loan_file", "貸与の相談を始めた", "opened a file for a loan";
    /// What is known for the decision on a loan was changed.
    ChangedLoanFacts = "changed_loan_facts", "貸与の確認事項を変えた", "changed what a loan is decided on";
    /// A step of a loan was written down.
    TookLoanStep = "took_loan_step", "貸与の手続きを記録した", "wrote down a step of a loan";
    /// A step of a loan was taken back.
    TookBackLoanStep = "took_back_loan_step", "貸与の手続きの記録を取り消した", "took back a step of a loan";
    /// A yearly check was struck out.
    StruckLoanCheck = "struck_loan_check", "年1回の確認の記録を取り消した", "struck out a yearly check";
    /// The application for the plan was struck out.
    StruckPlanApplication = "struck_plan_application", "計画の申請日の記録を取り消した", "struck out the application for the plan";
    /// Name, reading, birthday or applicant of a child of the centre was corrected.
    CorrectedLoanChild = "corrected_loan_child", "センターのお子さんの登録を直した", "corrected a child of the centre";
    /// The loans that ended lately were listed, by number.
    ListedEndedLoans = "listed_ended_loans", "最近終わった手続きの一覧を見た", "saw the list of loans that ended lately";
    /// A unit was handed over.
    LentUnit = "lent_unit", "発電機を引き渡した", "handed a unit over";
    /// A unit was exchanged.
    ExchangedUnit = "exchanged_unit", "発電機を交換した", "exchanged a unit";
    /// A mail came back.
    MailCameBack = "mail_came_back", "メールが戻ってきた", "a mail came back";
    /// The reminders of a duty were suspended until a day, or go on.
    SuspendedDuty = "suspended_duty", "お知らせを止めた・再開した", "suspended or resumed reminders";
    /// A task that the program had opened was done.
    DidTask = "did_task", "職員の用件を済ませた", "did a task";
    /// A check of the batteries was put on record, or struck out.
    NotedBatteryCheck = "noted_battery_check", "バッテリーの点検を記録した・取り消した", "put a check of the batteries on record, or struck it out";
    /// The page of a child's devices and sources of power was read.
    ReadPower = "read_power", "機器と電源を見た", "saw devices and sources of power";
    /// A child's devices and sources of power were written down.
    WrotePower = "wrote_power", "機器と電源を記録した", "wrote down devices and sources of power";
    /// The pass-phrase of a family was chosen or changed.
    ChosePassPhrase = "chose_pass_phrase", "ご家族の合言葉を決めた・変えた", "chose a family's pass-phrase";
    /// A mail that could not be sent, or was held, is to be sent again.
    RetriedMail = "retried_mail", "メールをもう一度送ることにした", "had a mail sent again";
    /// A mail that had not left was dropped.
    DroppedMail = "dropped_mail", "まだ送っていないメールを取り消した", "dropped a mail that had not left";
    /// A mail address of a family was put on record, or taken out of use.
    ChangedMailContacts = "changed_mail_contacts", "家族のメールアドレスを変えた", "changed a family's mail addresses";
    /// A family looked at its page.
    ReadFamilyPage = "read_family_page", "家族が自分のページを見た", "a family looked at its page";
    /// A family told something on its page.
    FamilyTold = "family_told", "家族がページで知らせた", "a family told something on its page";
    /// A family took back what it had told.
    FamilyTookBack = "family_took_back", "家族が知らせを取り消した", "a family took back what it had told";
    /// A family filled in what it sees for the yearly check, or changed it.
    FamilyFilledCheck = "family_filled_check", "家族が年1回の確認を記入した", "a family filled in its part of the yearly check";
    /// What a family had filled in was closed without a check.
    SetReportAside = "set_report_aside", "家族の記入を、確認を記録せずに閉じた", "set a family's part of the yearly check aside";
    /// The reminders of a child were shown.
    ReadReminders = "read_reminders", "お知らせの記録を見た", "saw the reminders";
    /// A message to families was previewed.
    PreviewedMessage = "previewed_message", "連絡の下書きを確かめた", "previewed a message";
    /// A message to families was written, and waits for a second person.
    WroteMessage = "wrote_message", "連絡を書いた（確認待ち）", "wrote a message for a second person";
    /// A message to families was sent, or released.
    SentMessage = "sent_message", "連絡を送った", "sent a message";
    /// An urgent message was sent.
    SentUrgentMessage = "sent_urgent_message", "至急の連絡を送った", "sent an urgent message";
    /// A message was returned to its writer, or withdrawn.
    StoppedMessage = "stopped_message", "連絡を戻した・取り下げた", "returned or withdrew a message";
    /// A message and what became of it were shown.
    ReadMessage = "read_message", "連絡とその結果を見た", "saw a message and what became of it";
    /// A call or a visit was written down.
    WroteCall = "wrote_call", "電話・訪問を記録した", "wrote down a call or a visit";
    /// Whom to telephone was listed.
    ListedCalls = "listed_calls", "電話をかけるご家族の一覧を見た", "saw whom to telephone";
    /// A letter in the place of a mail was printed.
    PrintedNotice = "printed_notice", "メールの代わりの手紙を印刷した", "printed a letter in the place of a mail";
    /// A yearly check was written down.
    CheckedLoan = "checked_loan", "年1回の確認を記録した", "wrote down a yearly check";
    /// Photos were added to a yearly check.
    AddedPhotos = "added_photos", "年1回の確認に写真を加えた", "added photos to a yearly check";
    /// A photo was taken out of a yearly check.
    RemovedPhoto = "removed_photo", "年1回の確認の写真を取り除いた", "took a photo out of a yearly check";
    /// A photo of a yearly check was shown.
    SawPhoto = "saw_photo", "年1回の確認の写真を見た", "saw a photo of a yearly check";
    /// It was written down that the family applied for the plan.
    NotedPlanApplication = "noted_plan_application", "計画の申請日を記録した", "noted the application for the plan";
    /// A day was agreed for a yearly check, or moved.
    AgreedCheck = "agreed_check", "年1回の確認の約束を記録した", "noted the day agreed for a yearly check";
    /// What a municipality answered was written down.
    NotedMunicipalAnswer = "noted_municipal_answer", "市町村の回答を記録した", "noted what the municipality answered";
    /// The list of the night was shown; the event names the children on it.
    SawNight = "saw_night", "今夜の一覧を見た", "saw the list of the night";
    /// A list of what would change if something happened was shown; the event names the
    /// children on it.
    SawWhatIf = "saw_what_if", "「もしも」の一覧を見た", "saw the list of what if";
    /// What was answered at a call of the night was written down.
    AnsweredNight = "answered_night", "今夜の電話の答えを記録した", "wrote down what was answered tonight";
    /// Such an answer was struck out.
    StruckNightAnswer = "struck_night_answer", "今夜の電話の記録を取り消した", "struck out an answer of the night";
    /// A level, or a power cut, was entered.
    EnteredLevel = "entered_level", "警戒レベルを入れた", "entered a level";
    /// A power cut was entered: its area, since when, for how long.
    EnteredOutage = "entered_outage", "停電の区域を入れた", "entered a power cut";
    /// How long a power cut is expected was changed.
    ChangedOutage = "changed_outage", "停電の長さの見込みを変えた", "changed how long a power cut is expected";
    /// A power cut was ended.
    EndedOutage = "ended_outage", "停電を終わらせた", "ended a power cut";
    /// A power cut that was ended goes on.
    ResumedOutage = "resumed_outage", "終わらせた停電を元に戻した", "let a power cut go on that was ended";
    /// The telephone sheet was made; the event names the children on it.
    PrintedCalls = "printed_calls", "電話の紙を印刷した", "printed the telephone sheet";
    /// Something that was in force was ended.
    EndedLevel = "ended_level", "警戒レベルを終わらせた", "ended a level";
    /// It was said whether a site is open, or has power.
    ReportedSite = "reported_site", "避難先の開設・電源を記録した", "said whether a site is open or has power";
    /// A telegram of the weather agency was read.
    ReadTelegram = "read_telegram", "気象庁の電文を読み込んだ", "read a telegram of the weather agency";
    /// A unit was put on record or changed.
    ChangedUnit = "changed_unit", "発電機の登録を変えた", "changed a unit on record";
    /// The three papers of a hand-over were printed.
    PrintedHandOver = "printed_hand_over", "引渡しの書類3枚を印刷した", "printed the three papers of a hand-over";
    /// A receipt with the conditions was printed.
    PrintedReceipt = "printed_receipt", "借受書を印刷した", "printed a receipt";
    /// An application for the plan was printed.
    PrintedPlanApplication = "printed_plan_application", "計画の申請書を印刷した", "printed an application for the plan";
    /// What to do in a power cut was printed.
    PrintedPowerCut = "printed_power_cut", "停電のときの紙を印刷した", "printed what to do in a power cut";
    /// The letter of a decision was printed.
    PrintedDecision = "printed_decision", "決定通知を印刷した", "printed a decision";
    /// The letter of a refusal was printed.
    PrintedRefusal = "printed_refusal", "不承認の通知を印刷した", "printed a refusal";
    /// A request to return was printed.
    PrintedReturnRequest = "printed_return_request", "返還のお願いを印刷した", "printed a request to return";
    /// An invitation to the training was printed.
    PrintedInvitation = "printed_invitation", "研修会の案内を印刷した", "printed an invitation to the training";
    /// A loan was extended.
    ExtendedLoan = "extended_loan", "貸与を延長した", "extended a loan";
    /// A municipality told the centre that a loan is over.
    ToldCentre = "told_centre", "貸与が終わったことをセンターに知らせた", "told the centre that a loan is over";
    /// The centre looked into what it was told.
    SawLoanWord = "saw_loan_word", "市町村からの連絡を確かめた", "looked into what a municipality said";
    /// A unit was lent for an emergency, or its day of return was set anew.
    LentForEmergency = "lent_for_emergency", "発電機を緊急に貸し出した", "lent a unit for an emergency";
    /// A unit that was out came back.
    TookUnitBack = "took_unit_back", "発電機を引き取った", "took a unit back";
    /// Figures of a model of generators were added, corrected or compared.
    ChangedCatalogue = "changed_catalogue", "発電機のカタログを変えた", "changed the catalogue of generators";
    /// Figures of a model of devices were added, corrected or taken back.
    ChangedDevices = "changed_devices", "機器の一覧（消費電力）を変えた", "changed the catalogue of devices";
    /// The table of schemes or windows of municipalities was changed.
    ChangedSchemes = "changed_schemes", "市町村の制度・窓口の表を変えた", "changed the table of schemes and windows";
    /// A loan or an application came in from a ledger.
    ImportedLoan = "imported_loan", "台帳から貸与を取り込んだ", "took a loan over from a ledger";
    /// The rows of a ledger of which nobody has said whose they are were shown; the
    /// event names the children that they may be.
    ListedLedgerRows = "listed_ledger_rows", "台帳の行がどのお子さんのものかの一覧を見た", "saw whose the rows of a ledger may be";
    /// Somebody said whose a row of a ledger is.
    SaidWhoseRow = "said_whose_row", "台帳の行がどのお子さんのものかを決めた", "said whose a row of a ledger is";
}

impl Action {
    /// The action of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.code() == code)
    }

    /// The action of authorising an account to open emergency access, or of
    /// taking that back.
    pub const fn allowing_emergency(allowed: bool) -> Self {
        if allowed {
            Self::AllowedEmergency
        } else {
            Self::DisallowedEmergency
        }
    }
}

/// What else an event is about, besides children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What kind of thing: a fixed word of ours.
    pub kind: AboutKind,
    /// Its id.
    pub id: Uuid,
}

/// What kind of thing an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AboutKind {
    /// An account.
    Account,
    /// A site.
    Site,
    /// An emergency access.
    Emergency,
    /// A change of many sites at once.
    SiteBatch,
    /// A data set that was imported.
    DataSet,
    /// A version of a letter's text.
    Letter,
    /// A mail of the outbox.
    Mail,
    /// A message that staff wrote to families.
    Message,
}

impl AboutKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Account,
        Self::Site,
        Self::Emergency,
        Self::SiteBatch,
        Self::DataSet,
        Self::Letter,
        Self::Mail,
        Self::Message,
    ];

    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Site => "site",
            Self::Emergency => "emergency",
            Self::SiteBatch => "site_batch",
            Self::DataSet => "data_set",
            Self::Letter => "letter",
            Self::Mail => "mail",
            Self::Message => "message",
        }
    }

    /// The kind of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One event of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its id; later ones sort after earlier ones.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// From which network address; `None` at the command line, or where the
    /// server was not told.
    pub from: Option<IpAddr>,
    /// What.
    pub action: Action,
    /// About which children, in order, each once.
    pub cases: Vec<CaseId>,
    /// About what else.
    pub about: Option<About>,
}

impl AuditEvent {
    /// An event about nothing in particular.
    pub const fn new(id: Uuid, at: DateTime<Utc>, actor: Actor, action: Action) -> Self {
        Self {
            id,
            at,
            actor,
            from: None,
            action,
            cases: Vec::new(),
            about: None,
        }
    }

    /// The event with the network address that it came from.
    #[must_use]
    pub const fn from_address(mut self, address: Option<IpAddr>) -> Self {
        self.from = address;
        self
    }

    /// The event with the children that it is about.
    #[must_use]
    pub fn on(mut self, cases: impl IntoIterator<Item = CaseId>) -> Self {
        self.cases.extend(cases);
        self.cases.sort_unstable();
        self.cases.dedup();
        self
    }

    /// The event with what else it is about.
    #[must_use]
    pub const fn about(mut self, kind: AboutKind, id: Uuid) -> Self {
        self.about = Some(About { kind, id });
        self
    }
}

/// What a look at the whole trail found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuditVerdict {
    /// Seals looked at.
    pub seals: u64,
    /// Events that are in a seal, as they were sealed.
    pub sealed: u64,
    /// Events that wait for the sealer.
    pub waiting: u64,
    /// Number and hash of the last seal: to be kept elsewhere, since a trail
    /// that was cut off at its end looks whole from inside.
    pub head: Option<Head>,
    /// What is wrong, in the order of the trail.
    pub faults: Vec<Fault>,
}

/// The last seal of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: String,
}

impl Head {
    /// A head as it is written down: number, colon, hash.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, hash) = text.trim().split_once(':')?;
        let whole = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        Some(Self {
            number: number.parse().ok().filter(|_| whole)?,
            hash: hash.to_ascii_lowercase(),
        })
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

/// Something in the trail that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum Fault {
    /// An event differs from what was sealed.
    EventChanged {
        /// Which.
        event: Uuid,
        /// The seal that names it.
        seal: u64,
    },
    /// An event that was sealed is gone.
    EventRemoved {
        /// Which.
        event: Uuid,
        /// The seal that names it.
        seal: u64,
    },
    /// An event says that it is in a seal that does not name it.
    EventAdded {
        /// Which.
        event: Uuid,
        /// The seal that it names.
        seal: u64,
    },
    /// An event stands in two seals.
    EventTwice {
        /// Which.
        event: Uuid,
        /// The second seal.
        seal: u64,
    },
    /// A seal's hash is not that of its content: its list of events was
    /// changed, shortened or put into another order.
    SealChanged {
        /// Which.
        seal: u64,
    },
    /// A seal does not follow from the one before it: one was removed, or the
    /// trail was written anew.
    SealUnchained {
        /// Which.
        seal: u64,
    },
    /// A seal was not signed with a key of this program: the trail was written
    /// anew by somebody who has the database, or the key file is another one.
    SealForged {
        /// Which.
        seal: u64,
    },
    /// The seals jump over a number: one or more were removed.
    SealRemoved {
        /// The first number that is missing.
        seal: u64,
    },
    /// There are accounts, and no event at all: what made them is gone.
    TrailGone,
    /// The seal that was kept elsewhere is not the one in the trail.
    OtherHead {
        /// Its number.
        seal: u64,
    },
}

impl Fault {
    /// What is wrong, for people.
    pub fn words(&self) -> Text {
        match self {
            Self::EventChanged { event, seal } => crate::text!(
                "記録 {event} が、封 {seal} のあとで書き換えられています。",
                "Event {event} was changed after seal {seal}."
            ),
            Self::EventRemoved { event, seal } => crate::text!(
                "封 {seal} にある記録 {event} が、なくなっています。",
                "Event {event} of seal {seal} was removed."
            ),
            Self::EventAdded { event, seal } => crate::text!(
                "記録 {event} は封 {seal} にあるとしていますが、封にはありません。あとから加えられています。",
                "Event {event} claims seal {seal}, which does not name it: it was added later."
            ),
            Self::EventTwice { event, seal } => crate::text!(
                "記録 {event} が、2つめの封 {seal} にもあります。",
                "Event {event} stands in a second seal, {seal}."
            ),
            Self::SealChanged { seal } => crate::text!(
                "封 {seal} の中身が変わっています（記録の一覧の書き換え、削除、並べ替え）。",
                "Seal {seal} does not match its content: its list was changed, shortened or re-ordered."
            ),
            Self::SealUnchained { seal } => crate::text!(
                "封 {seal} が、ひとつ前の封につながっていません。",
                "Seal {seal} does not follow from the one before it."
            ),
            Self::SealForged { seal } => crate::text!(
                "封 {seal} の署名が、この鍵ファイルのものではありません。書き直されたか、鍵ファイルが違います。",
                "Seal {seal} is not signed with a key of this key file: it was written anew, or the key file is another one."
            ),
            Self::SealRemoved { seal } => {
                crate::text!("封 {seal} がありません。", "Seal {seal} is missing.")
            }
            Self::TrailGone => Text::fixed(
                "アカウントがあるのに、操作の記録がひとつもありません。すべて消されています。",
                "There are accounts and no event at all: the whole trail is gone.",
            ),
            Self::OtherHead { seal } => crate::text!(
                "封 {seal} が、控えておいたものと違うか、ありません。末尾が切り取られたか、書き直されています。",
                "Seal {seal} is not the one that was kept elsewhere: the trail was cut off or written anew."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_word_that_leads_back_to_it() {
        for action in Action::ALL {
            assert_eq!(Action::from_code(action.code()), Some(*action));
            assert!(!action.name().ja.is_empty() && !action.name().en.is_empty());
        }
    }

    #[test]
    fn an_event_names_each_child_once_and_in_order() {
        let child = |n: u128| CaseId(Uuid::from_u128(n));
        let event = AuditEvent::new(
            Uuid::from_u128(1),
            DateTime::UNIX_EPOCH,
            Actor::Operator,
            Action::ReadPlan,
        );
        let event = event.on([child(3), child(1), child(3)]);
        assert_eq!(event.cases, [child(1), child(3)]);
    }
}
