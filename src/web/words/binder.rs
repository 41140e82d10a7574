//! Words of the night binder.

use crate::domain::text::Text;

words! {
    TITLE = "夜間綴り", "The night binder";
    FROM_TONIGHT = "夜間綴り（全員の紙を1つのPDFに）", "The night binder (everybody's sheets as one PDF)";
    HELP = "この市町村のお子さん全員の紙を、1つのPDFにしたものです。計画がないお子さん、案のままのお子さんも、そう書いて入ります。毎日18時に自動で作ります。", "The sheets of every child of this municipality as one PDF: also of those with a draft or without a plan, each marked so. It is made every day at 18:00.";
    BEFORE_THE_NIGHT = "停電や回線の不通の前に、印刷するか、この端末に保存してください。ここには最後の1つだけが残ります。", "Print it, or save it on this machine, before power or network fail. Only the last one is kept here.";
    MADE = "作った時刻", "Made";
    CHILDREN = "お子さん（人）", "Children";
    PAGES = "ページ", "Pages";
    OPEN = "PDFを開く（印刷・保存）", "Open the PDF (to print or save)";
    OLD = "1日より前のものです。作り直してください。", "It is more than a day old: make it again.";
    MORE_BEFORE = "これより後に加わったお子さん（人）", "Children who have come since";
    MORE_AFTER = "作り直すと入ります。", "They are in it when it is made again.";
    SHUT = "作ったあとで、見てはいけなくなったお子さんか、住所を伏せるお子さんが出ました。この綴りは開けません。作り直してください。印刷した紙があれば、その方の紙を抜いて裁断してください。", "Since it was made somebody in it is not to be seen any more, or has a protected address: it cannot be opened. Make it again; take that sheet out of a printed binder and shred it.";
    NONE = "まだ作られていません。下のボタンで、いま作れます。", "There is none yet: make it now with the button below.";
    MAKING = "作っています", "Being made";
    READ = "人分を読みました", "read";
    OF = "人のうち", "of";
    SETTING = "全員を読み終え、紙面を組んでいます。", "Everybody is read; the pages are being set.";
    GO_ON = "このページを離れても続きます。ほかの画面もそのまま使えます。", "It goes on when you leave this page; every other page works meanwhile.";
    FAILED = "前回は作り終えられませんでした", "The last try did not come to its end";
    MAKE = "今の内容で作る", "Make it as things are now";
    IN_FOLDER = "作るたびに、管理者が決めたフォルダーにも入ります。", "Each one is also put into the folder that the administrator has set.";
    TO_TONIGHT = "今夜の一覧へ", "To tonight's list";
}
