//! The words of the pages. A [`Text`] has both languages: one that lacks a
//! translation does not compile.

use crate::domain::text::{Lang, Text};

macro_rules! words {
    ($($name:ident = $ja:literal, $en:literal;)*) => {
        $( pub(in crate::web) const $name: Text = Text::fixed($ja, $en); )*
        /// Every word, for the test that reads them.
        #[cfg(test)]
        pub(in crate::web) const ALL: &[Text] = &[$($name),*];
    };
}

/// A day with its word, which stands behind it in Japanese and before it in English:
/// 「2026-11-10 から」, "since 2026-11-10".
pub(in crate::web) fn with_day(
    day: impl std::fmt::Display,
    word: impl std::borrow::Borrow<Text>,
    lang: impl std::borrow::Borrow<Lang>,
) -> String {
    let (word, lang) = (word.borrow(), *lang.borrow());
    let word = word.get(lang);
    match lang {
        Lang::Ja => format!("{day} {word}"),
        Lang::En => format!("{word} {day}"),
    }
}

/// A count with its unit, which stands apart from it in English alone.
pub(in crate::web) fn counted(
    count: impl std::fmt::Display,
    unit: impl std::borrow::Borrow<Text>,
    lang: impl std::borrow::Borrow<Lang>,
) -> String {
    let (unit, lang) = (unit.borrow(), *lang.borrow());
    let unit = unit.get(lang);
    match lang {
        Lang::Ja => format!("{count}{unit}"),
        Lang::En => format!("{count} {unit}"),
    }
}

pub(super) mod accounts;
pub(super) mod binder;
pub(super) mod calendar;
pub(super) mod care;
pub(super) mod consents;
pub(super) mod course;
pub(super) mod demo_clock;
pub(super) mod devices;
pub(super) mod diagnosis;
pub(super) mod draft;
pub(super) mod drills;
pub(super) mod emergency;
pub(super) mod family;
pub(super) mod family_check;
pub(super) mod family_link;
pub(super) mod figures;
pub(super) mod fresh;
pub(super) mod imports;
pub(super) mod letters;
pub(super) mod loan_desk;
pub(super) mod loan_ends;
pub(super) mod loan_figures;
pub(super) mod loan_ledger;
pub(super) mod loan_papers;
pub(super) mod loan_photos;
pub(super) mod loan_report;
pub(super) mod loan_reported;
pub(super) mod loan_towns;
pub(super) mod loan_undo;
pub(super) mod loans;
pub(super) mod messages;
pub(super) mod night;
pub(super) mod outage;
pub(super) mod place_answer;
pub(super) mod places;
pub(super) mod positions;
pub(super) mod power;
pub(super) mod prefecture_map;
pub(super) mod reminders;
pub(super) mod rights;
pub(super) mod sheets;
pub(super) mod sites;
pub(super) mod trail;
pub(super) mod unit_places;
pub(super) mod what_if;

words! {
    SITE_NAME = "灯 Tomoshibi", "Tomoshibi 灯";
    SKIP = "本文へ", "Skip to content";
    SIGN_OUT = "サインアウト", "Sign out";
    LANGUAGE = "English", "日本語";
    MENU_CHILDREN = "お子さん一覧", "Children";
    MENU_SITES = "避難先一覧", "Sites";
    MENU_MUNICIPALITY = "市町村の設定", "Municipality";
    WELCOME = "灯（ともしび）", "Tomoshibi";
    WHAT_IT_IS = "在宅で人工呼吸器を使うお子さんの個別避難計画を、公開されている地図で確かめます。", "Checks the evacuation plans of children on home ventilators against published maps.";
    HOW_TO_ENTER = "ご家族は、お渡ししたサインインのリンクを開いてください。リンクを開けないときは、一緒にお渡ししたコードを入力できます。お持ちでない場合や期限が切れた場合は、市町村の防災担当か支援センターに電話してください。", "Families: open the sign-in link you were given; where it cannot be opened, type the code that came with it. If you have none, or it is over, telephone your municipality or the support centre.";
    STAFF_SIGN_IN = "職員のサインイン", "Staff: sign in";
    TYPE_CODE = "コードを入力する", "Type a code";
    CODE_HELP = "リンクと一緒にお渡しした10文字のコードを入力してください。大文字・小文字、全角・半角、ハイフンの有無はどれでもかまいません。", "Type the code of ten letters and digits that came with your link: capitals or not, with or without the hyphen.";
    CODE = "コード", "Code";
    CODE_GO = "次へ", "Next";
    CODE_WRONG = "このコードは使えません。打ち間違いがないか確かめてください。すでに使われたか期限が切れているときは、お渡しした窓口に電話して、新しいものをもらってください。", "This code does not work. Check it letter by letter. If it has been used or is over, telephone whoever gave it to you and ask for a new one.";
    EMAIL = "メールアドレス", "Mail address";
    PASSWORD = "パスワード", "Password";
    PASSWORD_AGAIN = "パスワード（もう一度）", "Password once more";
    SECOND_CODE = "認証アプリの6桁の数字（または、紙の回復コード）", "The six digits of your authenticator (or a recovery code from paper)";
    SIGN_IN_WRONG = "メールアドレス、パスワード、数字のどれかが違います。数字は30秒ごとに変わり、同じものは2回使えません。新しい数字で、もう一度お試しください。", "The address, the password or the code is wrong. The code changes every 30 seconds and works once: try again with a new one.";
    SIGN_IN_LOST = "パスワードも、認証アプリと回復コードも使えないときは、管理者に電話して新しい招待をもらってください。", "If you have lost your password, or both authenticator and recovery codes, telephone the administrator for a new invitation.";
    INVITE_HELP = "下のボタンを押して、パスワードと認証アプリを登録してください。登録が終わるまで、この招待は何度でも開けます。", "Press the button to choose a password and set up an authenticator. Until that is done this invitation can be opened again.";
    INVITE_BEGIN = "登録を始める", "Begin";
    CHOOSE_PASSWORD = "パスワードを決める", "Choose a password";
    PASSWORD_RULES = "12文字以上200文字まで。記号や数字を混ぜる必要はありません。長い言葉をいくつか並べると、覚えやすく破られにくくなります。空白や日本語も使えます。", "12 to 200 characters. No need for digits or signs: several words in a row are easy to keep and hard to guess. Spaces and Japanese are welcome.";
    PASSWORDS_DIFFER = "二つのパスワードが違います。同じものを2回入力してください。", "The two passwords differ. Enter the same one twice.";
    PASSWORD_COMMON = "このパスワードは、真っ先に試されるものに似ています。よくある言葉や並び、くり返しを避けて、別のものにしてください。", "This password is like those that are tried first. Avoid common words, rows of keys and repetitions, and choose another.";
    PASSWORD_NAMED = "パスワードに、ご自分のメールアドレスやこのサービスの名前を入れないでください。", "Leave your mail address and the name of this service out of the password.";
    PASSWORD_NOT_TEXT = "パスワードに、入力できない文字が入っています。打ち直してください。", "The password holds something that is no character. Type it anew.";
    PASSWORD_SAVE = "次へ（認証アプリの登録）", "Next: the authenticator";
    SECOND_FACTOR = "認証アプリを登録する", "Set up an authenticator";
    SECOND_FACTOR_HELP = "認証アプリ（電話でも、パソコンでも使えます）に、下の鍵を登録してください。電話で読み取るか、鍵の文字をそのまま入力します。", "Add the key below to an authenticator, on a telephone or on a computer: scan the picture, or type the key.";
    SECRET = "鍵（文字）", "Key";
    SECRET_ADDRESS = "鍵（アドレスの形）", "Key as an address";
    SECRET_KIND = "種類：時刻（TOTP）、SHA-1、6桁、30秒", "Kind: time-based (TOTP), SHA-1, 6 digits, 30 seconds";
    FACTOR_CODE = "アプリに出た6桁の数字", "The six digits that it shows";
    FACTOR_CONFIRM = "確かめて終える", "Confirm and finish";
    FACTOR_WRONG = "数字が違います。アプリに出ている新しい数字を入力してください。何度も違うときは、機器の時計が合っているか確かめてください。", "The digits are wrong. Enter those that it shows now. If it goes on, check the clock of your device.";
    RECOVERY_CODES = "回復コード", "Recovery codes";
    RECOVERY_HELP = "認証アプリが使えないとき、6桁の数字の代わりに使います。1つにつき1回だけ使えます。いま印刷して、鍵のかかるところにしまってください。このページは二度と表示できません。", "Use one instead of the six digits when the authenticator is lost. Each works once. Print them now and lock them away: this page cannot be shown again.";
    RECOVERY_GO = "印刷したので、始める", "They are printed: go on";
    RECOVERY_LEFT = "残っている回復コード", "Recovery codes left";
    RENEW_OWN = "パスワードと認証アプリを決め直す", "Choose password and authenticator anew";
    RENEW_OWN_HELP = "パスワードを人に知られたかもしれないとき、機器を替えるときに使います。いまのものは、新しいものを設定し終わるまで使えます。終わると、ほかの端末のサインインはすべて終わります。", "When somebody may know the password, or for a new device. The old ones hold until the new ones are set; then every other session ends.";
    RECOVERY_NEW = "新しい回復コードを作る（いまのものは使えなくなります）", "Make new recovery codes (the present ones end)";
    RESUME = "まだ保存されていません", "Not saved yet";
    RESUME_HELP = "サインインが切れている間に送られた内容です。確かめて、よければもう一度送ってください。", "This was sent when you were no longer signed in. Look it over and send it again.";
    RESUME_SEND = "この内容を送る", "Send it";
    RESUME_DROP = "送らずにやめる", "Leave it";
    KEPT_SIGN_IN = "サインインの期限が切れていたので、まだ保存していません。入力した内容は残してあります。同じアカウントでサインインすると、もう一度送れます。", "You were no longer signed in, so nothing is saved yet. What you typed is kept: sign in to the same account and send it again.";
    NOT_OUR_FORM = "受け付けられません", "Not accepted";
    NOT_OUR_FORM_HELP = "このフォームは古くなっているか、このサイトのページから送られたものではありません。何も保存していません。前のページに戻って開き直し、もう一度送ってください。", "This form is out of date, or no page of this site has sent it. Nothing was saved. Go back, open the page again, and send it once more.";
    CLOSED_FROM = "閉鎖の始まり", "Closed from";
    CLOSED_UNTIL = "閉鎖の終わり", "Closed until";
    ENTER = "サインイン", "Sign in";
    ENTER_HELP = "下のボタンを押すと入れます。ご家族のリンクは、期限までお父さん・お母さんの端末など何台でも使えます。ほかの人に転送しないでください。", "Press the button to come in. A family's link works on every device of the family until it ends. Do not forward it.";
    ENTER_ONCE_HELP = "下のボタンを押すと、この端末で入れます。コードは1回だけ使えます。", "Press the button to come in on this device. The code works once.";
    LINK_OVER = "このリンクは使えません", "This link does not work";
    LINK_OVER_HELP = "すでに使われたか、期限が切れています。ご自分で使った職員の方は、はじめのページからサインインしてください。使った覚えがないときは、すぐに、お渡しした窓口に電話してそのことを伝え、新しいリンクをもらってください。", "It has been used or is over. Staff who used it: sign in from the first page. If you did not use it, telephone whoever gave it to you at once, say so, and ask for a new one.";
    NOT_FOUND = "見つかりません", "Not found";
    NOT_FOUND_HELP = "そのページはないか、ご覧になれません。はじめのページからお探しください。", "There is no such page, or it is not yours to see. Begin again from the first page.";
    BAD_FORM = "入力を読み取れませんでした", "The form could not be read";
    BAD_FORM_HELP = "前のページに戻り、入力を確かめてもう一度送ってください。", "Go back, check what you entered, and send it again.";
    FAILED = "うまく動きませんでした", "Something went wrong";
    FAILED_HELP = "少し待ってもう一度お試しください。続くときは管理者に電話してください。入力したものは保存されていません。", "Wait a moment and try again. If it goes on, telephone the administrator. Nothing was saved.";
    HIDDEN_MARK = "目に見えない制御文字（文字の向きを変える記号や幅のない空白）が入っています。コピーした文字を消して、キーボードで打ち直してください。", "It holds a mark that nobody sees (one that turns the direction of writing, or a space without width): delete what was copied and type it anew.";
    HIDDEN_MARK_TITLE = "目に見えない文字が入っています", "There is a mark that nobody sees";
    HIDDEN_MARK_BACK = "入力した文字に、目に見えない制御文字（文字の向きを変える記号や幅のない空白）が入っています。何も保存していません。ブラウザーの「戻る」で画面に戻り、ほかからコピーした文字を消して、キーボードで打ち直してください。", "What was typed holds a mark that nobody sees (one that turns the direction of writing, or a space without width). Nothing was saved. Go back with the browser's button, delete what was copied from elsewhere and type it anew.";
    TO_START = "はじめのページへ", "To the first page";
    BACK_TO_PLAN = "計画の画面に戻る", "Back to the plan";
    CHILDREN = "お子さん一覧", "Children";
    ON_DAY = "判定日", "Checked for";
    ALL_CHILDREN = "全員", "All";
    NO_PLAN = "計画なし", "No plan";
    UNKNOWN_PLAN = "計画の有無が不明", "Unknown whether there is a plan";
    PART_BLOCKER = "承認不可", "Not approvable";
    PART_NOT_SHAREABLE = "共有不可", "Not shareable";
    PART_BLOCKERS = "承認・共有を止めるもの", "Blockers";
    PART_GAP = "重大な不足", "Gap";
    PART_WARNING = "要確認", "Warning";
    PART_UNKNOWN = "不明あり", "With unknowns";
    PART_CLEAN = "不足なし", "Nothing missing";
    MUNICIPALITY = "市町村", "Municipality";
    HAZARD = "災害", "Hazard";
    ANY = "すべて", "Any";
    APPLY = "絞り込む", "Filter";
    SEARCH = "名前・整理番号で探す", "Find by name or case number";
    FIND = "探す", "Find";
    CHILD = "お子さん", "Child";
    AGE = "歳", "y";
    PROBLEM = "いちばんの問題", "Worst problem";
    NEXT_STEP = "次にすること", "Next step";
    BATTERY = "電池", "Battery";
    HOURS = "時間", "h";
    UNKNOWN = "不明", "unknown";
    CALL = "電話", "Call";
    NOTHING_WRONG = "いま不足は見つかっていません", "Nothing is missing as far as is known";
    UNKNOWNS = "不明", "unknown";
    ITEMS = "件", "";
    STATUS_ONLY = "計画の内容は、同意か条例があるときだけご覧になれます（災害対策基本法 第49条の15第2項）。ほかは進み具合だけを示します。", "A plan's content may be read only with consent or under an ordinance (Basic Act on Disaster Management, art. 49-15 (2)). For the others only where the plan stands is shown.";
    EMPTY_CHILDREN_CENTRE = "まだお子さんが登録されていません。ご家族か病院から相談があったら、新しい相談として登録してください。", "No children are on record yet. When a family or a hospital asks, enter a new enquiry.";
    EMPTY_CHILDREN_TOWN = "この市町村のお子さんは、まだ登録されていません。家族の様式（表計算）に書き、このシステムの管理者に取り込みを頼んでください。", "No children of this municipality are on record yet. Fill in the families' sheet, and ask whoever runs this system to import it.";
    EMPTY_CHILDREN_OTHER = "あなたが見ることのできるお子さんは、まだ登録されていません。登録と担当は、市町村が決めます。市町村におたずねください。", "No children whom you may see are on record yet. The municipality puts children on record and says who sees them: ask there.";
    EMPTY_CHILDREN = "まだお子さんが登録されていません。家族の様式を `tomoshibi import families` で取り込むと、ここに並びます。", "No children are on record yet. Import the families' sheet with `tomoshibi import families` and they appear here.";
    EMPTY_FILTER = "この条件に当てはまるお子さんはいません。", "No child fits this filter.";
    SHOW_ALL = "全員を表示する", "Show all";
    APPROVABLE = "承認できます", "May be approved";
    APPROVABLE_WITH_GAPS = "承認できます（不足あり）", "May be approved, with gaps";
    NOT_KNOWN_YET = "承認できるかは、まだ判断できません（不明あり）", "Whether it may be approved is not known yet";
    NOT_APPROVABLE = "承認できません", "May not be approved";
    NOT_SHAREABLE = "関係者への提供はまだできません", "May not be given to others yet";
    FIRST = "いちばん先にすること", "First of all";
    FINDINGS = "見つかったこと", "Findings";
    FAMILY_FINDINGS = "まだ決まっていないこと", "Not settled yet";
    FAMILY_NOTHING = "計画に足りないところは見つかっていません。台風や大雨のときは、下の「出発のきっかけ」のとおりに動いてください。", "Nothing is found missing in the plan. In a typhoon or heavy rain act as “When to leave” below says.";
    FAMILY_CALM = "計画に急いで直すところは見つかっていません。台風や大雨のときは、下の「出発のきっかけ」のとおりに動いてください。", "Nothing in the plan needs mending at once. In a typhoon or heavy rain act as “When to leave” below says.";
    FAMILY_ADVICE = "できるときにしておくとよいこと", "Good to do when there is time";
    UNKNOWN_FIRST = "まだ分からないことがあります。下の一覧を見てください。", "Some things are not known yet: see the list below.";
    UNKNOWN_LIST = "まだ分からないこと", "Not known yet";
    UNKNOWN_HELP = "分からないことは「問題なし」ではありません。答えられる人に確かめてください。", "What is unknown is no pass. Ask whoever can answer.";
    TOUCHES = "これが分からないと決められないこと", "What waits for this:";
    TO_SITE = "この避難先のページへ", "To the page of this place";
    EVIDENCE = "根拠", "Evidence";
    SOURCE = "基準", "Source of the rule";
    HOLDS = "確かめて問題のなかったこと", "Looked at and right";
    CONTENT = "計画の内容", "Content of the plan";
    NAME = "氏名", "Name";
    BORN = "生年月日", "Born";
    SEX = "性別", "Sex";
    ADDRESS = "住所又は居所", "Address";
    CONTACTS = "連絡先", "Contacts";
    REASON = "支援を必要とする事由", "Reason for support";
    ROSTER = "避難行動要支援者名簿", "Roster";
    CASE = "整理番号", "Case";
    VERSION = "版", "Version";
    HOME = "自宅", "Home";
    ACCURACY = "位置の精度", "Accuracy of the position";
    ROOM_FLOOR = "お子さんの部屋", "Child's room";
    EXPOSURES = "この場所の危険", "What threatens this place";
    DESTINATIONS = "避難先", "Destinations";
    STRAIGHT = "直線距離（道のりではありません）", "straight line (not a route)";
    TRAVEL = "移動時間", "Travel time";
    MINUTES = "分", "min";
    ROUTE = "経路", "Route";
    FOR_HAZARDS = "対象の災害", "For";
    COMMA = "、", ", ";
    ALL_HAZARDS = "すべての災害", "all hazards";
    EARLY = "台風の早めのきっかけ", "Early trigger for a typhoon";
    LEVEL = "警戒レベル", "Level";
    LEAD = "災害までの猶予", "Lead time";
    TOO_LATE = "逃げ遅れたとき", "Too late to leave";
    SUPPORTERS = "避難支援等実施者", "Supporters";
    CONSENTS = "同意と説明", "Consents";
    CONSENT_MAKE = "計画を作る同意", "Consent to make the plan";
    EXPLAINED = "提供についての説明", "Explanation";
    GIVEN = "あり", "given";
    REFUSED = "拒否", "refused";
    NOT_RECORDED = "記録なし", "not on record";
    YES = "はい", "yes";
    NO = "いいえ", "no";
    MAP = "地図", "Map";
    MAP_HELP = "地図と同じことが、一覧に書いてあります。", "The list says the same as the map.";
    MAP_SHOW = "地図で見る", "Show on the map";
    MAP_NONE = "位置が登録されていないので、地図はありません。", "No position is on record, so there is no map.";
    MAP_NO_SCRIPT = "地図の絵には JavaScript が要ります。内容は下の一覧と同じです。", "The picture needs JavaScript. The list below says the same.";
    ZONES_NEAR = "数キロ以内の危険区域", "Zones within a few kilometres";
    SITE = "避難先", "Site";
    SITES = "避難先一覧", "Sites";
    PUBLISHED = "公開されていること", "Published";
    LIST = "出典", "List";
    DESIGNATED = "指定された災害", "Designated for";
    NONE_DESIGNATED = "なし", "none";
    NOT_BY_HAZARD = "災害別の指定はありません", "not designated by hazard";
    ACCEPTED = "受入対象者", "Accepted persons";
    NOTE = "備考", "Note";
    WITHDRAWN = "新しい一覧にはありません（廃止）", "Not in the newest list (withdrawn)";
    ENTERED = "市町村（病院・短期入所はセンターも）が記入したこと", "Entered by the municipality (hospitals and short stays: by the centre, too)";
    NOT_ENTERED = "未入力（不明）", "not entered (unknown)";
    BY_WHOM = "記入", "by";
    OPENS_AT = "開設する警戒レベル", "Opens at level";
    POWER = "確認済みの電源", "Confirmed power";
    SOCKET = "どのコンセントか（停電時の給電元）", "Which socket, fed by what in a power cut";
    CONFIRMED_BY = "確認した人", "Confirmed by";
    EXPIRED = "期限切れ：確かめ直すまで不明", "over: unknown until confirmed anew";
    VALID_UNTIL = "いつまで有効か", "Until when";
    DIRECT = "直接避難", "Direct admission";
    FLOORS = "使える階", "Usable floors";
    LOWEST = "一番下の階", "Lowest floor";
    HIGHEST = "一番上の階", "Highest floor";
    COMPANIONS = "施設が受け入れる付添いの人数", "Companions the place takes";
    PLACES = "呼吸器を使う人の受入れ数（コンセント・場所）", "Places for ventilator users";
    CLOSED = "閉鎖している期間", "Closed";
    FROM = "から", "from";
    UNTIL = "まで", "until";
    SAVE = "保存する", "Save";
    SAVED = "保存しました。", "Saved.";
    STALE = "ほかの人が先に保存したので、まだ保存していません。上の「いまの内容」と、下に残したあなたの入力を見比べて、よければもう一度保存してください。", "Somebody else saved first, and yours is not saved yet. Compare what is there now with what you typed below, and save again if it is right.";
    OTHER_BODY = "同じ用紙から違う内容が送られました。このページを開き直して記入してください。", "The same form came twice with different content. Open this page again.";
    POWER_PARTS = "電源は、コンセント・確認した人・期限の三つがそろって「確認済み」になります。", "Power counts as confirmed when all three are given: socket, by whom, until when.";
    ALL_CHANGES = "変わったことをすべて見る", "See all that changed:";
    USERS = "ここに避難する計画のお子さん", "Children whose plan leads here";
    USERS_NONE = "ここに避難する計画は（ご覧になれる範囲には）ありません。", "No plan leads here (as far as you may see).";
    USERS_TOTAL = "全体の人数", "in all";
    SAME_ADDRESS = "同じ住所の避難先", "At the same address";
    PLANS_HERE = "計画", "Plans";
    SETTINGS = "市町村の設定", "Settings of the municipality";
    ORDINANCE = "平時の提供についての条例", "Ordinance on giving plans to others in peacetime";
    ORDINANCE_HELP = "災害対策基本法 第49条の15第2項：平時に関係者へ計画を渡すには、条例に特別の定めがない限り、本人（法定代理人）と支援者全員の同意が要ります。", "Art. 49-15 (2): unless an ordinance provides otherwise, consent of the child (its representative) and of every supporter is needed.";
    TELEPHONE_HELP = "相談の電話", "Somebody to ask";
    CONTENT_HIDDEN = "内容は見られません（同意も条例もありません）", "content not open to you (no consent, no ordinance)";
    ENTER_NEW = "記入・訂正する", "Enter or correct";
    TELEPHONE_FIRST = "まず電話", "Telephone";
    HOW_TO_CORRECT = "計画の直し方：「計画の進み」の「計画を書き直す」から直します。家族の様式（CSV・XLSX）で届いた計画は、次の整理番号の行を直して取り込んでもかまいません。整理番号：", "To correct the plan: begin a draft on its course. A plan that came with the families' sheet (CSV, XLSX) may also be corrected in its row and imported again. Case:";
    INTERIM = "仮の対応", "Meanwhile";
    WHEN = "出発のきっかけ・逃げ遅れたとき", "When to leave, and when it is too late";
    AGREEMENT = "受入れの合意", "Agreement";
    FREE_BED = "空床があるとき", "subject to a free bed";
    AGREED_ON = "合意日", "agreed on";
    TRIED_ON = "試した日", "tried on";
    CROSSES = "通る区域", "the way touches";
    UNKNOWN_TAIL = "これらは担当の方が確かめます。心配なとき、連絡がないときは、担当の方に電話してください。", "Your contact finds these out. Telephone them when you worry or hear nothing.";
    STAY_UNKNOWN = "大雨のとき、自宅にとどまってよいかどうか。確かめられるまでは、とどまらずに、早めに次の行き先へ避難します。", "whether you may stay at home in heavy rain. Until it is known do not stay, but go early to the next place.";
    NOT_USABLE = "いまは使えないおそれがあります", "may not be available at present";
    ACCOUNT = "アカウント", "Account";
    SESSIONS = "サインインしている端末", "Where you are signed in";
    SESSIONS_HELP = "見覚えのない端末があれば、終了させてください。", "End whatever you do not know.";
    THIS_DEVICE = "この端末", "this one";
    BEGAN = "開始", "since";
    LAST_SEEN = "最後の利用", "last used";
    END_SESSION = "この端末を終了する", "End this one";
    END_LINK = "ほかのすべての端末・リンク・カレンダーを終わらせる", "End all other devices, the link and calendars";
    END_LINK_HELP = "リンクがほかの人に渡った心配があるときに押します。この端末はこのまま使えます。別の端末で使うときは、市町村に電話してコードを受け取ってください。", "When the link may be in other hands. This device stays signed in; for another one, ask your municipality for a code.";
    END_OTHERS = "ほかのすべての端末を終了する", "Sign out everywhere else";
    PHONE = "スマートフォン", "phone";
    TABLET = "タブレット", "tablet";
    COMPUTER = "パソコン", "computer";
    UNKNOWN_DEVICE = "不明な端末", "unknown device";
    NOT_CONFIRMED = "確かめられていません", "not confirmed";
    COMPANIONS_GOING = "一緒に行く人", "Companions going";
    CONFIDENTIAL = "取扱注意（個人情報）", "Confidential";
    PRINTED = "印刷", "Printed";
    SESSION_OVER = "サインインの期限が切れています", "You are no longer signed in";
    SESSION_OVER_HELP = "いま送った内容は保存されていません。サインインし直して、もう一度入力してください。", "What you just sent was NOT saved. Sign in again and enter it once more.";
    REFUSED_REQUEST = "受け付けられません", "Not accepted";
    TOO_LARGE = "大きすぎます", "Too large";
    TOO_LARGE_HELP = "送られたものが大きすぎるため、受け取っていません。何も保存していません。ファイルは2 MBまで、写真は合わせて40 MBまで、ほかの入力は256 KBまでです。前のページに戻り、ファイルの余分なシート・画像・行を減らすか、写真を減らすか、いくつかに分けて送ってください。", "It was too large, was not taken, and nothing was saved. A file may have up to 2 MB, photos up to 40 MB together, any other form 256 KB. Go back, take unneeded sheets, pictures or rows out of the file or split it, choose fewer photos, and send it again.";
    REFUSED_REQUEST_HELP = "この操作は受け付けられませんでした。何も保存していません。はじめのページからやり直してください。", "This was not accepted and nothing was saved. Begin again from the first page.";
    TOO_BUSY_HELP = "いま混み合っています。少し待ってもう一度お試しください。入力したものは保存されていません。", "Too much is going on. Wait a moment and try again. Nothing was saved.";
    MENU_TRAIL = "監査記録", "Audit trail";
    NO_PROMISE = "この計画は救助を約束するものではありません。", "This plan is no promise of rescue.";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = &'static Text> {
        [
            ALL,
            accounts::ALL,
            binder::ALL,
            letters::ALL,
            figures::ALL,
            prefecture_map::ALL,
            imports::ALL,
            loan_ends::ALL,
            loan_undo::ALL,
            power::ALL,
            reminders::ALL,
            messages::ALL,
            night::ALL,
            outage::ALL,
            loan_papers::ALL,
            loan_photos::ALL,
            loan_desk::ALL,
            devices::ALL,
            loan_figures::ALL,
            loan_ledger::ALL,
            loan_report::ALL,
            loan_towns::ALL,
            loans::ALL,
            place_answer::ALL,
            places::ALL,
            positions::ALL,
            drills::ALL,
            fresh::ALL,
            trail::ALL,
            what_if::ALL,
            unit_places::ALL,
            emergency::ALL,
            calendar::ALL,
            demo_clock::ALL,
            draft::ALL,
            consents::ALL,
            course::ALL,
            diagnosis::ALL,
            family::ALL,
            family_check::ALL,
            loan_reported::ALL,
            family_link::ALL,
            rights::ALL,
            sheets::ALL,
            sites::ALL,
            care::ALL,
        ]
        .into_iter()
        .flatten()
    }

    #[test]
    fn every_word_stands_in_japanese_and_most_in_both() {
        for word in all() {
            assert!(!word.ja.is_empty(), "{word:?}");
        }
        let without_english = all().filter(|w| w.en.is_empty()).count();
        assert_eq!(
            without_english, 1,
            "only the counter 件 has no English word"
        );
    }

    #[test]
    fn nobody_is_asked_to_run_a_battery_down() {
        for word in all() {
            // It may only be said that one does not (RULES.md, PWR-09).
            let named = word.ja.matches("使い切").count();
            assert_eq!(word.ja.matches("使い切らない").count(), named, "{word:?}");
        }
    }
}
