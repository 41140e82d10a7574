//! Who reads, and what that lets them see.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    id::{CaseId, UserId},
    municipality::MunicipalityCode,
    text::Text,
};

/// What a person is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Staff of the prefecture, which commissions the programme: figures and
    /// decisions, no plans.
    Prefecture,
    /// Staff of the prefecture's support centre: children with loans and the
    /// status of their plans; a plan's content only where consent or ordinance
    /// lets the municipality give it.
    Centre,
    /// Disaster staff of one municipality: its own children.
    Municipality,
    /// Night duty of one municipality (宿直): reads what the night needs, and
    /// writes down contacts.
    NightDuty,
    /// A coordinator for children with medical care: the children assigned to
    /// them.
    Coordinator,
    /// A family: its own child.
    Family,
    /// Keeps the accounts, and for that reason reads no plan.
    Administrator,
    /// Reads the audit trail, and no plan.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Prefecture,
        Self::Centre,
        Self::Municipality,
        Self::NightDuty,
        Self::Coordinator,
        Self::Family,
        Self::Administrator,
        Self::Auditor,
    ];

    /// The word in JSON, in the database and after `--role`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Prefecture => "prefecture",
            Self::Centre => "centre",
            Self::Municipality => "municipality",
            Self::NightDuty => "night_duty",
            Self::Coordinator => "coordinator",
            Self::Family => "family",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// The role of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Prefecture => Text::fixed("県", "prefecture"),
            Self::Centre => Text::fixed("支援センター", "support centre"),
            Self::Municipality => Text::fixed("市町村", "municipality"),
            Self::NightDuty => Text::fixed("市町村の宿直", "night duty"),
            Self::Coordinator => Text::fixed("コーディネーター", "coordinator"),
            Self::Family => Text::fixed("ご家族", "family"),
            Self::Administrator => Text::fixed("アカウント管理者", "administrator"),
            Self::Auditor => Text::fixed("監査担当", "auditor"),
        }
    }

    /// Whether an account of this role belongs to a municipality.
    pub const fn is_municipal(self) -> bool {
        matches!(self, Self::Municipality | Self::NightDuty)
    }
}

/// What a role may do. Whose data it may do it with is another question, which
/// the [`Reader`] answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// How many children stand where, and nobody in particular.
    ReadFigures,
    /// The list of children, and a search in it.
    ListChildren,
    /// The page of a plan, and its map.
    ReadPlan,
    /// The list of sites, and their pages.
    ReadSites,
    /// What imports and changes of many made of the sites, and the sites as a
    /// sheet.
    FollowSites,
    /// What no published list holds of a site, and sites that no list has: of the own
    /// municipality, and for the centre hospitals and short stays.
    EnterOnSite,
    /// The same of many sites at once, from the list or a sheet.
    EnterOnSites,
    /// The settings of a municipality, its ordinance among them.
    SetMunicipality,
    /// What was imported, and with what result; rows about children only of those
    /// whom the reader may read.
    ReadImports,
    /// Accounts: made, taken out of use, handed over.
    ManageAccounts,
    /// The whole audit trail.
    ReadTrail,
    /// The audit trail of one's own child.
    ReadOwnTrail,
    /// Emergency access: what is open, what was opened, and what was read.
    ReadEmergency,
    /// To open, extend and close emergency access; to open and to extend takes
    /// an account that is authorised, besides.
    OpenEmergency,
    /// A code that is told to a family over the telephone.
    TellCode,
    /// The account of a family.
    MakeFamily,
    /// The family's own page, and what it tells there.
    OwnPage,
    /// A calendar feed of one's own child.
    HaveCalendar,
    /// One's own account and sessions.
    OwnAccount,
    /// Ending a case or a loan, and the list of those that have ended.
    EndCase,
    /// Everything that is stored about a child, as a file.
    Disclose,
    /// Asking for a correction.
    AskCorrection,
    /// Answering requests for correction.
    AnswerCorrection,
    /// Noting what was said to supporters, and their letters.
    TellSupporters,
    /// Whether a child has moved, or stays elsewhere for a while.
    DecideMove,
    /// Where a home is on the map, and how exactly.
    PlaceHome,
    /// To which coordinators a child is assigned.
    AssignCoordinator,
    /// That a plan was confirmed with the family.
    ConfirmPlan,
    /// A draft of a plan, written; and what was done with it.
    WritePlan,
    /// Where the plans of one's children stand, and which came back.
    FollowPlans,
    /// The course of a plan, its versions, and what is different between them.
    ReadCourse,
    /// That the family agrees to a draft.
    AgreeToPlan,
    /// A draft returned or approved, a finding overridden, a plan given to others.
    DecidePlan,
    /// Drills, what failed in them, and who holds which paper of a plan.
    KeepDrills,
    /// Who was reached in the night.
    WriteContact,
    /// That an address is protected, and who may see it.
    ProtectAddress,
    /// A protected address, for whom it names.
    ReadProtectedAddress,
    /// The texts of the centre's letters.
    EditLetters,
    /// Loans from the first enquiry to the return, and the stock.
    KeepLoans,
    /// What was lent, checked and returned where in which year, and nobody in
    /// particular.
    ReadLoanReport,
    /// What is due with a family and what it was told of it; its mail addresses, what
    /// was said on the telephone, and what staff must do.
    FollowReminders,
    /// A child's devices and sources of power, written down.
    RecordPower,
    /// What is known of models of devices, on which every child's hours rest.
    KeepDevices,
    /// Whether a family is reminded of something for a while.
    SuspendReminders,
    /// Messages to families, written and released.
    WriteMessages,
    /// Whom to telephone since no mail arrives, and letters to them.
    ListCalls,
    /// The list of the night; the prefecture sees how many, and nobody.
    FollowNight,
    /// Levels and power cuts of the own municipality, and which of its sites are open.
    EnterLevel,
    /// Power cuts: an area, since when, for how long.
    EnterOutage,
    /// Telegrams of the weather agency.
    ReadTelegram,
    /// What is answered at a call of the night.
    AnswerNight,
    /// The diagnosis of a district: which places serve there, and how many need them.
    ReadDiagnosis,
}

/// Which role may do what: the one table. `docs/security.md` prints it.
pub const PERMISSIONS: &[(Permission, &[Role])] = {
    use Permission as P;
    use Role::{
        Administrator, Auditor, Centre, Coordinator, Family, Municipality, NightDuty, Prefecture,
    };
    &[
        (P::ReadFigures, &[Prefecture]),
        (
            P::ListChildren,
            &[Centre, Municipality, NightDuty, Coordinator],
        ),
        (
            P::ReadPlan,
            &[Centre, Municipality, NightDuty, Coordinator, Family],
        ),
        (
            P::ReadSites,
            &[
                Prefecture,
                Centre,
                Municipality,
                NightDuty,
                Coordinator,
                Family,
            ],
        ),
        (
            P::FollowSites,
            &[Prefecture, Centre, Municipality, NightDuty, Coordinator],
        ),
        (P::EnterOnSite, &[Centre, Municipality]),
        (P::EnterOnSites, &[Municipality]),
        (P::SetMunicipality, &[Municipality]),
        (P::ReadImports, &[Centre, Municipality, Administrator]),
        (P::ManageAccounts, &[Administrator]),
        (P::ReadTrail, &[Auditor]),
        (P::ReadOwnTrail, &[Family]),
        (P::ReadEmergency, &[Municipality, Auditor]),
        (P::OpenEmergency, &[Municipality]),
        (P::TellCode, &[Centre, Municipality, Coordinator]),
        (P::MakeFamily, &[Municipality]),
        (P::OwnPage, &[Family]),
        (P::HaveCalendar, &[Family]),
        (
            P::OwnAccount,
            &[
                Prefecture,
                Centre,
                Municipality,
                NightDuty,
                Coordinator,
                Family,
                Administrator,
                Auditor,
            ],
        ),
        (P::EndCase, &[Municipality]),
        (P::Disclose, &[Municipality, Family]),
        (P::AskCorrection, &[Family]),
        (P::AnswerCorrection, &[Municipality]),
        (P::TellSupporters, &[Municipality, Coordinator]),
        (P::DecideMove, &[Centre, Municipality]),
        (P::PlaceHome, &[Centre, Municipality, Coordinator]),
        (P::AssignCoordinator, &[Centre, Municipality]),
        (P::ConfirmPlan, &[Municipality]),
        (P::WritePlan, &[Centre, Municipality, Coordinator]),
        (P::FollowPlans, &[Centre, Municipality, Coordinator]),
        (P::ReadCourse, &[Centre, Municipality, Coordinator, Family]),
        (P::AgreeToPlan, &[Centre, Municipality, Coordinator, Family]),
        (P::DecidePlan, &[Municipality]),
        (P::KeepDrills, &[Centre, Municipality, Coordinator]),
        (P::WriteContact, &[Municipality, NightDuty]),
        (P::ProtectAddress, &[Municipality]),
        (
            P::ReadProtectedAddress,
            &[Municipality, NightDuty, Coordinator],
        ),
        (P::EditLetters, &[Centre]),
        (P::KeepLoans, &[Centre]),
        (P::ReadLoanReport, &[Prefecture, Centre]),
        (P::FollowReminders, &[Centre, Municipality, Coordinator]),
        (P::RecordPower, &[Centre, Municipality, Coordinator]),
        (P::KeepDevices, &[Centre, Administrator]),
        (P::SuspendReminders, &[Centre, Municipality]),
        (P::WriteMessages, &[Centre, Municipality]),
        (P::ListCalls, &[Centre, Municipality]),
        (
            P::FollowNight,
            &[Prefecture, Centre, Municipality, NightDuty, Coordinator],
        ),
        (P::EnterLevel, &[Municipality, NightDuty]),
        (P::EnterOutage, &[Centre, Municipality, NightDuty]),
        (P::ReadTelegram, &[Centre, Municipality, NightDuty]),
        (
            P::AnswerNight,
            &[Centre, Municipality, NightDuty, Coordinator],
        ),
        (P::ReadDiagnosis, &[Centre, Municipality, Administrator]),
    ]
};

impl Permission {
    /// What it is about, for people.
    #[expect(clippy::too_many_lines, reason = "a name for each permission")]
    pub const fn name(self) -> Text {
        match self {
            Self::ReadFigures => Text::fixed("数字", "figures"),
            Self::ListChildren => Text::fixed("お子さんの一覧と検索", "list and search children"),
            Self::ReadPlan => Text::fixed("計画とその地図", "a plan and its map"),
            Self::ReadSites => Text::fixed("避難先", "sites"),
            Self::FollowSites => Text::fixed(
                "避難先の取り込みの記録と表",
                "what changed in the sites, and their sheet",
            ),
            Self::EnterOnSite => Text::fixed(
                "避難先への記入と追加",
                "enter what no list holds of a site, and sites of one's own (the centre: hospitals and short stays)",
            ),
            Self::EnterOnSites => Text::fixed(
                "避難先へのまとめての記入",
                "enter on many sites at once, from the list or a sheet",
            ),
            Self::SetMunicipality => Text::fixed("市町村の設定", "settings of the municipality"),
            Self::ReadImports => Text::fixed(
                "取り込みの記録と、地図の対象の市町村",
                "what was imported, and which municipality no map covers",
            ),
            Self::ManageAccounts => Text::fixed("アカウントの管理", "accounts"),
            Self::ReadTrail => Text::fixed("監査記録", "the audit trail"),
            Self::ReadOwnTrail => Text::fixed(
                "自分のお子さんの監査記録",
                "the audit trail of one's own child",
            ),
            Self::ReadEmergency => {
                Text::fixed("緊急アクセスとその記録", "emergency access and its record")
            }
            Self::OpenEmergency => Text::fixed(
                "緊急アクセスを開く（許可された職員）",
                "open emergency access (authorised accounts)",
            ),
            Self::MakeFamily => Text::fixed("ご家族のアカウントを作る", "make a family's account"),
            Self::TellCode => Text::fixed(
                "電話で伝えるコード",
                "a code told to a family over the telephone",
            ),
            Self::OwnPage => Text::fixed(
                "ご家族のページと、そこからの知らせ",
                "the family's own page, and what it tells there",
            ),
            Self::HaveCalendar => Text::fixed(
                "自分のお子さんのカレンダー",
                "a calendar feed of one's own child",
            ),
            Self::OwnAccount => Text::fixed("自分のアカウント", "one's own account"),
            Self::EndCase => Text::fixed("登録・貸与を終わらせる", "end a case or a loan"),
            Self::Disclose => Text::fixed(
                "登録内容をファイルで受け取る（開示）",
                "everything about a child as a file",
            ),
            Self::AskCorrection => Text::fixed("訂正を申し出る", "ask for a correction"),
            Self::AnswerCorrection => {
                Text::fixed("訂正の申出に答える", "answer requests for correction")
            }
            Self::TellSupporters => {
                Text::fixed("支援者への連絡と記録", "tell supporters, and take them out")
            }
            Self::DecideMove => Text::fixed("転居と一時的な滞在", "decide on moves and stays"),
            Self::PlaceHome => Text::fixed(
                "自宅の位置を設定・確認する",
                "set and confirm where a home is",
            ),
            Self::AssignCoordinator => Text::fixed("コーディネーターの担当", "assign coordinators"),
            Self::ConfirmPlan => Text::fixed("計画の確認の記録", "confirm a plan"),
            Self::KeepDrills => Text::fixed(
                "訓練の記録と、計画の紙を持っている人",
                "drills, what failed in them, and who holds which paper",
            ),
            Self::WritePlan => Text::fixed("計画の案を書く", "write the draft of a plan"),
            Self::FollowPlans => Text::fixed("計画の進みの一覧", "where the plans stand"),
            Self::ReadCourse => Text::fixed(
                "計画の進み、版、違い",
                "the course of a plan, its versions and their differences",
            ),
            Self::AgreeToPlan => Text::fixed(
                "計画の案へのご家族の同意",
                "that the family agrees to a draft",
            ),
            Self::DecidePlan => Text::fixed(
                "計画の差し戻し・承認・例外・提供",
                "return, approve, override and give out a plan",
            ),
            Self::WriteContact => Text::fixed("夜間の連絡の記録", "write down contacts"),
            Self::ProtectAddress => Text::fixed("住所の保護", "protect an address"),
            Self::ReadDiagnosis => Text::fixed(
                "地域診断（アカウント管理者は避難先だけ）",
                "the diagnosis of a district (the administrator: places only)",
            ),
            Self::EditLetters => Text::fixed("文書のひな型", "the texts of letters"),
            Self::KeepLoans => Text::fixed(
                "貸与の手続きと発電機の在庫",
                "loans, and generators in stock",
            ),
            Self::ReadLoanReport => Text::fixed("貸与の集計", "the report on loans"),
            Self::FollowReminders => Text::fixed(
                "お知らせの記録、メールアドレス、電話の記録、職員の用件",
                "reminders of a family, its mail addresses, calls and tasks",
            ),
            Self::KeepDevices => Text::fixed(
                "機器の一覧（消費電力とバッテリーの時間）",
                "what is known of models of devices: watts, hours of batteries",
            ),
            Self::RecordPower => Text::fixed(
                "機器と電源の記録",
                "a child's devices and sources of power, written down",
            ),
            Self::SuspendReminders => Text::fixed(
                "お知らせを止める・再開する",
                "suspend reminders for a while",
            ),
            Self::WriteMessages => Text::fixed(
                "ご家族への連絡を書く・確認して送る",
                "write messages to families, and release them",
            ),
            Self::ListCalls => Text::fixed(
                "電話をかけるご家族の一覧と手紙",
                "whom to telephone since no mail arrives, and their letters",
            ),
            Self::FollowNight
            | Self::EnterLevel
            | Self::EnterOutage
            | Self::ReadTelegram
            | Self::AnswerNight => self.name_of_night(),
            Self::ReadProtectedAddress => Text::fixed(
                "保護された住所（名前が登録された人だけ）",
                "a protected address, where named",
            ),
        }
    }

    /// What it is about, of the night.
    const fn name_of_night(self) -> Text {
        match self {
            Self::FollowNight => Text::fixed(
                "今夜の一覧（県は数だけ）",
                "the list of the night (the prefecture: how many)",
            ),
            Self::EnterLevel => Text::fixed(
                "警戒レベル・停電・開いた避難先を入れる（自分の市町村）",
                "enter levels, power cuts and open sites (own municipality)",
            ),
            Self::EnterOutage => Text::fixed(
                "停電の区域・始まり・長さを入れる（市町村は自分の区域）",
                "enter where the power is cut, since when, for how long (a municipality: its own)",
            ),
            Self::ReadTelegram => Text::fixed(
                "気象庁の電文を読み込む",
                "read telegrams of the weather agency",
            ),
            Self::AnswerNight => Text::fixed(
                "今夜の電話の答えを記録する",
                "write down what is answered at a call of the night",
            ),
            _ => Text::fixed("", ""),
        }
    }
}

impl Role {
    /// Whether the table lets the role do it. What is not in the table, nobody
    /// may.
    pub fn may(self, permission: Permission) -> bool {
        PERMISSIONS
            .iter()
            .any(|(known, roles)| *known == permission && roles.contains(&self))
    }
}

/// Somebody who reads: every query on cases takes one, and shows only what
/// `case_access` grants it on that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Staff of the prefecture: no case is ever granted to it.
    Prefecture(UserId),
    /// Staff of the support centre.
    Centre(UserId),
    /// Disaster staff of a municipality (never a ward: its city).
    Municipality(UserId, MunicipalityCode),
    /// Night duty of a municipality: the cases of its staff; the table of
    /// permissions says what it may do with them.
    NightDuty(UserId, MunicipalityCode),
    /// A coordinator: the cases assigned to this account.
    Coordinator(UserId),
    /// The family of one child.
    Family(UserId, CaseId),
    /// Keeps accounts: no case is ever granted to it.
    Administrator(UserId),
    /// Reads the audit trail: no case is ever granted to it.
    Auditor(UserId),
    /// The program itself, at the command line of the machine that holds the
    /// database: whoever starts it could read the file.
    Operator,
}

/// When somebody reads: some grounds end with a day, others at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub now: DateTime<Utc>,
    /// Its day in Asia/Tokyo.
    pub today: NaiveDate,
}

/// Who `case_access` names: the kind and the id of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// A role's word (of night duty its municipality's), or `operator`.
    pub kind: &'static str,
    /// `centre`, a municipality's code, an account's id, a case's id, or
    /// `operator`.
    pub id: String,
}

impl Reader {
    /// As whom `case_access` knows the reader.
    pub fn subject(&self) -> Subject {
        let (kind, id) = match self {
            Self::Prefecture(user) => ("prefecture", user.to_string()),
            Self::Centre(_) => ("centre", "centre".to_owned()),
            Self::Municipality(_, code) | Self::NightDuty(_, code) => {
                ("municipality", code.responsible().to_string())
            }
            Self::Coordinator(user) => ("coordinator", user.to_string()),
            Self::Family(_, case) => ("family", case.to_string()),
            Self::Administrator(user) => ("administrator", user.to_string()),
            Self::Auditor(user) => ("auditor", user.to_string()),
            Self::Operator => ("operator", "operator".to_owned()),
        };
        Subject { kind, id }
    }

    /// Its role; `None` for the program itself.
    pub const fn role(&self) -> Option<Role> {
        match self {
            Self::Prefecture(_) => Some(Role::Prefecture),
            Self::Centre(_) => Some(Role::Centre),
            Self::Municipality(..) => Some(Role::Municipality),
            Self::NightDuty(..) => Some(Role::NightDuty),
            Self::Coordinator(_) => Some(Role::Coordinator),
            Self::Family(..) => Some(Role::Family),
            Self::Administrator(_) => Some(Role::Administrator),
            Self::Auditor(_) => Some(Role::Auditor),
            Self::Operator => None,
        }
    }

    /// Its account; `None` for the program itself.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Prefecture(user)
            | Self::Centre(user)
            | Self::Municipality(user, _)
            | Self::NightDuty(user, _)
            | Self::Coordinator(user)
            | Self::Family(user, _)
            | Self::Administrator(user)
            | Self::Auditor(user) => Some(*user),
            Self::Operator => None,
        }
    }

    /// The municipality that it works for.
    pub const fn municipality(&self) -> Option<MunicipalityCode> {
        match self {
            Self::Municipality(_, code) | Self::NightDuty(_, code) => Some(*code),
            _ => None,
        }
    }

    /// Whether it works here (and may see what concerns other users of a
    /// site), rather than being a family.
    pub const fn is_staff(&self) -> bool {
        !matches!(self, Self::Family(..))
    }
}

/// Why a reader may see a case: the word in `case_access.ground`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ground {
    /// The child lives there: everything.
    Residence,
    /// It is the family's own child: everything.
    Own,
    /// The centre lends it a generator: that it exists, and where its plan
    /// stands.
    Loan,
    /// Consent or ordinance lets the municipality give the plan to the reader
    /// (第49条の15第2項): its content.
    Provision,
    /// The child is assigned to a coordinator: everything.
    Assignment,
    /// Emergency access is open (第49条の15第3項): what evacuation support needs,
    /// until an instant.
    Emergency,
    /// The child stays there for some days: everything, for those days.
    Stay,
    /// The centre has decided on an application or has ended a loan: what it wrote
    /// itself, to read, for as long as that is kept.
    Decided,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 8] = [
        Self::Residence,
        Self::Own,
        Self::Loan,
        Self::Provision,
        Self::Assignment,
        Self::Emergency,
        Self::Stay,
        Self::Decided,
    ];

    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Residence => "residence",
            Self::Own => "own",
            Self::Loan => "loan",
            Self::Provision => "provision",
            Self::Assignment => "assignment",
            Self::Emergency => "emergency",
            Self::Stay => "stay",
            Self::Decided => "decided",
        }
    }
}
