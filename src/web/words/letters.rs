//! The words of the pages on the texts of letters.

use crate::domain::text::Text;

words! {
    MENU = "文書のひな型", "Letters";
    HELP = "センターが出す文書の文です。名前や日付は、文書を作るときに入ります。変えた文は、次に作る文書から使われます。前の文はすべて残り、いつでも戻せます。", "The texts of the centre's letters. Names and dates are filled in when a letter is made. A change counts from the next letter on; every earlier text is kept.";
    LETTER = "文書", "Letter";
    PURPOSE = "いつ使うか", "Used";
    STATE = "今の文", "Text in force";
    DEFAULT = "はじめからの文", "the program's own text";
    VERSION = "版", "Version";
    WHO = "変えた人", "Changed by";
    SUBJECT = "件名", "Subject";
    BODY = "本文", "Body";
    BODY_HELP = "1行が1段落です。「記」だけの行は中央に、「以上」だけの行は右に置かれます。数字や「・」で始まる行は項目になります。", "One line is one paragraph. 記 alone stands in the middle, 以上 alone at the right; lines that begin with a number or ・ are items.";
    PLACEHOLDERS = "差し込みの言葉", "Placeholders";
    PLACEHOLDERS_HELP = "文の中に、半角の波かっこ二つずつで囲んで書きます。分からないものは、手で書くための線になります。", "Write them in the text between two braces and two. What is not known becomes a line to write on.";
    WORD = "言葉", "Word";
    MEANING = "入るもの", "What comes in its place";
    PREVIEW = "PDFで確かめる（保存しません）", "Look at the PDF (does not save)";
    PREVIEW_HELP = "架空の名前【デモ】で作ります。", "With invented names (【デモ】).";
    HISTORY = "変更の記録", "Changes";
    HISTORY_NONE = "まだ変更はありません。", "No changes yet.";
    LOAD = "この文を下の欄に読み込む", "Take this text into the form";
    LOADED = "前の文を読み込みました。「保存」を押すと、この文に戻ります。", "An earlier text was taken into the form. Save it to go back to it.";
    BACK = "はじめからの文に戻す", "Back to the program's own text";
    BACK_HELP = "今の文は記録に残ります。", "The text in force stays on record.";
    BACK_DONE = "はじめからの文に戻しました。", "The program's own text is in force again.";
    UNCHANGED = "文は変わっていません。", "The text is the same as before.";
    REFUSED = "保存していません。次のところを直してください。", "Not saved. Please correct:";
    UNPRINTABLE = "PDFの文字（フォント）にない文字があり、印刷すると空の四角になります。別の字にしてください：", "The typeface of the papers lacks these characters, which would print as empty boxes; use others:";
    TO_LIST = "文書の一覧へ", "All letters";
}
