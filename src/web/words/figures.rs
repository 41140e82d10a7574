//! The words of the prefecture's figures.

use crate::domain::text::Text;

words! {
    FIGURES = "数字で見る", "Figures";
    FIGURES_HELP = "市町村ごとの人数です。お子さんの名前も計画の中身も、ここからは見られません。", "How many children each municipality has. Neither names nor plans can be seen from here.";
    FIGURES_EMPTY = "まだお子さんが登録されていません。市町村の様式を取り込むと、ここに人数が出ます。", "No child is on record yet. Once a municipality's sheet is imported, the numbers stand here.";
    MUNICIPALITY = "市町村", "Municipality";
    CHILDREN = "お子さん", "Children";
    LENT = "貸出中", "With a loan";
    TOTAL = "合計", "Total";
    UNKNOWN_PLACE = "市町村が不明", "municipality unknown";
    EACH_ONCE = "どのお子さんも、1つの欄だけに数えています（左ほど急ぎます）。", "Every child is counted in one column; the further left, the more urgent.";
}
