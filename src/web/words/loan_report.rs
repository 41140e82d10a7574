//! The words of the report on the programme.

use crate::domain::text::Text;

words! {
    MENU = "貸与の集計", "Report on loans";
    TITLE = "貸与の集計（年度別・市町村別）", "Report on loans, by fiscal year and municipality";
    HELP = "年度は4月から翌年3月まで。利用申請・貸与・計画の申請と作成・点検・返却を、その日にお子さんが住んでいた市町村で数えます。何もなかった市町村も0として載ります。", "A fiscal year runs from April to March. Applications, loans, plans applied for and made, checks and returns are counted where the child lived on that day. Municipalities with none are lines too.";
    FROM = "はじめの年度", "from fiscal year";
    UNTIL = "終わりの年度", "to fiscal year";
    SHOW = "表示する", "Show";
    INSIDE = "内部用：1〜4の数も見えます。このまま公表しないでください。", "For use inside: small numbers are shown. Do not publish it as it is.";
    TO_PUBLISH = "公表用の表にする", "Show the form for publication";
    PUBLISHED = "公表用：X は秘匿した数です（1〜4の数と、合計との差し引きで分かってしまう数）。同じ年度を、日を変えて・年度の組合せを変えて二度公表すると、差し引きで分かることがあります。一つの年度の公表は一度にしてください。", "For publication: X is a number left out (1 to 4, and those that could be got back by subtraction from a total). Publish a year once: two publications of it, of different days or together with other years, can be subtracted from each other.";
    TO_INSIDE = "内部用の表に戻す", "Back to the form for use inside";
    MARK_INSIDE = "内部用", "inside";
    MARK_PUBLISHED = "公表用", "for publication";
    XLSX = "XLSXで出す", "as XLSX";
    CSV = "CSVで出す", "as CSV";
    TOTAL = "計", "total";
    NOWHERE = "市町村が不明", "municipality not known";
    NO_TOWNS = "どの県のデータベースかがまだ分からないので、件数のある市町村だけを載せています。行政区域（tomoshibi import boundaries）を取り込むと、県内のすべての市町村が並びます。", "It is not known yet of which prefecture this database is: only municipalities with something are listed. Import boundaries (tomoshibi import boundaries) to see all of them.";
    WHICH = "区分", "form";
    CODE = "市町村コード", "code";
    YEAR = "年度", "fiscal year";
    ON = "時点", "as of";
}
