//! Words of the papers of a plan.

use crate::domain::text::Text;

words! {
    TITLE = "計画の紙", "The papers of the plan";
    OPEN = "計画の紙を印刷する", "Print the papers of the plan";
    STANDS = "この紙のもと", "They are made from";
    VERSION = "版", "version";
    BY_IMPORT = "取り込んだ計画", "imported";
    DRAFT = "案", "draft,";
    NO_PLAN = "計画なし", "no plan";
    FAMILY = "ご家族の紙", "The family's sheet";
    FAMILY_HELP = "大きな字とふりがなで、停電したとき・レベル3のとき・外に出られないときにすることが1枚目にあります。2枚目は、手伝う人、持っていくもの、電源の図です。", "In large type with readings: on its first page what to do in a power cut, at level 3, and when it is too late to leave; on the second who helps, what to take, and the picture of the power.";
    PRINT = "PDFを開く", "Open the PDF";
    OTHERS = "ほかの人に渡す紙", "For others";
    OTHERS_HELP = "計画の「同意」にある相手ごとに、渡してよい部分だけを印刷します。渡したら「計画の進み」と「訓練と、計画の紙」に記録します。", "For each recipient of the plan's consents, with no more than it may be given. When it is given, write that down on the course of the plan and with the papers.";
    NO_OTHERS = "渡す相手が計画に書かれていません。計画の「同意」に書くと、ここに出ます。", "The plan names no recipients: they appear here once its consents do.";
    NOT_IN_FORCE = "有効な計画がまだないので、ほかの人に渡す紙は作れません。ご家族の紙は、書きかけの案から（そう書いて）作ります。", "No plan is in force, so there is nothing to be given to others. The family's sheet is made from the draft, and says so.";
    MAY_NOT = "渡せません", "may not be given";
    BASIS = "根拠", "basis";
    PARTS = "渡す部分", "what is given";
    TO_COURSE = "計画の進みへ", "To the course of the plan";
    HOLDERS = "だれがどの紙を持っているか", "Who holds which paper";
}
