//! The words of importing a centre's ledger of loans.

use crate::domain::text::Text;

words! {
    SENT_TWICE = "この内容はもう取り込みました。結果は「取り込みの記録」で見られます。", "This was imported already: its result is on the page of imports.";
    TITLE = "台帳の取り込み", "Import a ledger";
    HELP = "これまで表計算ソフトで付けてきた貸与の台帳を読み込みます。1行が1件の貸与（または申請）です。列の名前は「氏名」「貸与日」など、いつもの書き方でかまいません。何度取り込んでも、同じ行が二重に登録されることはありません。", "Reads the ledger of loans that was kept in a spreadsheet until now. One row is one loan, or one application. The usual headings (氏名, 貸与日, …) are known. However often it is imported, no row is put on record twice.";
    FILE = "台帳のファイル（XLSX、CSV。900KBまで。大きいときは、サーバーを管理する人に tomoshibi import loans を頼んでください）", "The ledger (XLSX or CSV, up to 900 KB; a larger one: ask whoever runs the server for `tomoshibi import loans`)";
    TRY = "試してみる（まだ保存しません）", "Try it (nothing is saved yet)";
    MISSING = "ファイルを選んでください。", "Choose a file.";
    TOO_BIG = "ファイルが900KBを超えています。サーバーを管理する人に「tomoshibi import loans ファイル名」で取り込むよう頼んでください。", "The file is larger than 900 KB: ask whoever runs the server to import it with `tomoshibi import loans FILE`.";
    TRIED = "試した結果（まだ保存していません）", "What would happen (nothing is saved yet)";
    DONE = "取り込みました", "Imported";
    REFUSED = "取り込めません", "Not taken";
    IMPORT = "この内容で取り込む", "Import it so";
    NONE_LEFT = "取り込む行がありません。下の理由を見て、台帳を直してから、もう一度試してください。", "There is no row to import: see the reasons below, mend the ledger and try again.";
    ALL_SAME = "すべての行が登録と同じです。取り込むものはありません。", "Every row is on record already: there is nothing to import.";
    NEW = "新しい", "new";
    CHANGED = "登録に加わる", "adds to the record";
    SAME = "登録と同じ", "on record already";
    REJECTED = "断った", "refused";
    WAITING = "人が決める", "for a person to decide";
    DIFFERING = "登録と食い違う（人が確かめる）", "contradicts the record (for a person to look at)";
    WHOSE_LATER = "いまは試しただけなので、まだ並んでいません。上の「この内容で取り込む」を押すと、人が決める行がここに並びます。", "This was a trial, so no row is listed yet. Press \"Import it so\" above: the rows for a person to decide are then listed here.";
    WARNED = "注意", "warnings";
    ROWS = "行ごとの理由", "Row by row";
    ROW = "行目", "row";
    WHOLE = "台帳全体", "the whole ledger";
    KIND = "結果", "Result";
    COLUMN = "列", "Column";
    REASON = "理由と、次にすること", "Why, and what to do";
    WHOSE = "どのお子さんの行か、決めてください", "Say which child these rows are about";
    WHOSE_HELP = "登録済みのお子さんと一部だけ一致した行です。プログラムは決めません。選んだ答えは残り、次の取り込みで使われます。迷うときは、市町村に電話で確かめてから選んでください。", "These rows match a child on record in part. The program does not decide. What you choose is kept and used by the next import. In doubt, telephone the municipality first.";
    WHOSE_EMPTY = "決めるのを待っている行はありません。", "No row waits to be decided.";
    LEDGER_SAYS = "台帳の記載", "The ledger says";
    ON_RECORD = "登録", "on record";
    ELSEWHERE = "センターがまだ見ていないお子さん", "a child that the centre does not see yet";
    ASK_TOWN = "確かめる先", "ask";
    A_NEW_CHILD = "どれでもない：新しいお子さんとして登録する", "None of them: a new child";
    CHOOSE = "この答えにする", "Keep this answer";
    AGAIN = "答えは残りました。次に：同じ台帳をもう一度取り込むと、この行も入ります。", "Your answer is kept. Next: import the same ledger once more, and this row comes in.";
    NAME = "氏名", "name";
    KANA = "ふりがな", "reading";
    BORN = "生年月日", "birthday";
    NUMBER = "番号", "number";
    SERIAL = "製造番号", "serial number";
    LENT = "貸与日", "lent on";
    PART_SAME = "同じ", "same";
    PART_DIFFERS = "違う", "differs";
    PART_UNKNOWN = "不明", "unknown";
    RECORDS = "これまでの取り込みの記録", "What was imported before";
    NO_ANSWER = "どのお子さんか、選んでください。", "Choose which child it is.";
}
