//! The words of the papers of a loan, and of the labels of units.

use crate::domain::text::Text;

words! {
    PAPERS = "書類", "Papers";
    HELP = "分からないところは、手で書くための線になります。だれの何を印刷したかは記録に残ります。", "What is not known becomes a line to write on. Who printed what for whom is kept on record.";
    HANDED = "引渡しを記録しました。次の3枚を印刷して、ご家族に渡してください。", "The hand-over is on record. Print these three papers and give them to the family.";
    ALL_THREE = "3枚をまとめて開く（PDF）", "Open all three (PDF)";
    ONE_BY_ONE = "1枚ずつ：", "One by one:";
    RECEIPT_HELP = "署名をいただき、控えを渡す", "to be signed; a copy stays with the family";
    APPLICATION_HELP = "市町村の窓口へ出す。市町村の様式があるときはそちらが優先", "for the municipality's window; its own form comes first";
    POWER_CUT_HELP = "枕元に貼る", "for the wall beside the bed";
    UNPRINTABLE_TITLE = "印刷できない文字があります", "Some characters cannot be printed";
    UNPRINTABLE = "次の文字は、PDFの文字（フォント）になく、空の四角で印刷されます。印刷したあと、手で書き入れてください：", "The typeface lacks these characters. They print as empty boxes, to be written in by hand:";
    ANYWAY = "このままPDFを開く", "Open the PDF nevertheless";
    NOT_NOW_TITLE = "この書類は、いまは出せません", "This paper does not fit now";
    NOT_NOW = "いまの段階に合う書類は、貸与の画面の「書類」にあります。いまの段階：", "The papers that fit are listed on the loan's page. It stands at:";
    NO_PAPER_TITLE = "PDFを作れませんでした", "No PDF could be made";
    TO_LOAN = "貸与の画面へ戻る", "Back to the loan";
    GROUP = "研修会の案内をまとめて印刷する", "Print the invitations as one";
    GROUP_HELP = "貸与を受けている方と申請中の方、全員分を1つのPDFにします。空欄は手で書くための線になります。", "One PDF with a letter for every borrower and applicant. What is left empty becomes a line to write on.";
    GROUP_COUNT = "宛先（世帯）", "Letters";
    GROUP_NONE = "貸与中・申請中の方がいないので、案内はありません。", "Nobody borrows or has applied: there is nobody to invite.";
    TIME = "日時", "When";
    PLACE = "会場", "Where";
    ANSWER_BY = "申込期限", "Answer by";
    PRINT = "PDFを開く", "Open the PDF";
    LABELS = "ラベルを印刷する", "Print labels";
    LABELS_HELP = "A4・24面（70×37mm）のラベル用紙に、QRコードつきで印刷します。読み取ると発電機の画面が開きます（サインインが必要です）。", "On A4 label sheets of 24 (70 × 37 mm), with a QR code that opens the unit's page (after signing in).";
    LABELS_ALL = "印刷する発電機（どれも選ばないと、紛失・廃棄を除く全部）", "Units (none ticked: all but lost and retired ones)";
    LABELS_START = "用紙の何番目の面から（左上が1、右へ数える）", "First free label on the sheet (1 is top left, counted to the right)";
    OWN_LABEL = "この発電機のラベルを印刷する", "Print the label of this unit";
    LABELS_NONE = "印刷する発電機がありません。", "There is no unit to print a label for.";
    BAD_PLACE = "1から24までの数を入れてください。", "A number from 1 to 24, please.";
}
