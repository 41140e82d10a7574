//! The words of what municipalities offer, as the centre keeps it.

use crate::domain::text::Text;

words! {
    TITLE = "市町村の制度と窓口", "Municipal schemes and windows";
    HELP = "市町村に助成制度（給付や補助）があるときは、そちらが優先します。制度があっても使えないお子さん（手帳の対象にならないなど）は、貸与のページの「市町村の制度が使えない理由」に書くと、条件を満たすとして扱います。", "A scheme of the municipality comes first. A child who cannot use it (no handbook yet, …) meets the condition where the page of its loan says why.";
    SCHEMES = "助成制度", "Schemes";
    SCHEMES_EMPTY = "助成制度が一つも載っていません。このままでは、どの市町村にも「制度がない」と判定されます。県の資料や市町村への問合せで確かめて、下から追加してください。", "No scheme is on the table: every municipality counts as one without. Ask the municipalities, and add theirs below.";
    FIRST = "プログラムが持っている一覧から、まだない市町村の分を入れる", "Add what the program knows of municipalities that are not on the table";
    FIRST_HELP = "書き直した行、取り除いた行には触れません。", "Rows that were changed or taken off stay as they are.";
    BENEFIT = "内容（何への、どんな助成か）", "What it gives";
    FROM = "最初の日（分からなければ空欄）", "First day (empty: not known)";
    UNTIL = "最後の日（続いていれば空欄）", "Last day (empty: goes on)";
    SOURCE = "どこで、いつ確かめたか", "Where and when it was read";
    IN_FORCE = "有効", "in force";
    NOT_YET = "まだ始まっていない", "not yet";
    OVER = "終わった", "over";
    ADD = "制度を追加する", "Add a scheme";
    CHANGE = "直す・終わりの日を入れる", "Change it, or give it a last day";
    SAVE = "保存する", "Save";
    REMOVE = "取り除く（誤りのとき）", "Take it off (a mistake)";
    REMOVED = "取り除いた制度", "Schemes taken off the table";
    RESTORE = "元に戻す", "Put it back";
    WINDOWS = "個別避難計画の窓口", "Windows for the plan";
    WINDOWS_HELP = "計画を申請する窓口です。引渡しのページと申請書に、ここに書いた名前・電話・様式が出ます。", "Where the family applies for the plan. The hand-over and the application show what is written here.";
    WINDOWS_EMPTY = "窓口がまだ一つも載っていません。下から市町村を選んで追加してください。", "No window is on the table yet: choose a municipality below and add its own.";
    WITHOUT = "窓口がまだ載っていない市町村", "Municipalities without a window yet";
    WINDOW = "窓口の名前（課・係）", "Name of the window";
    TELEPHONE = "電話", "Telephone";
    FORM = "申請の様式（名前、または様式のある場所）", "Form of the application (its name, or where it is)";
    ADD_WINDOW = "窓口を追加する・直す", "Add or change a window";
    TOWN = "市町村", "Municipality";
    CHOOSE = "選んでください", "Choose";
    EDIT = "直す", "Change";
    FROM_SHORT = "から", "from";
    UNTIL_SHORT = "まで", "until";
    UNKNOWN_FROM = "開始日は不明", "first day not known";
}
