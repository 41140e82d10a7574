//! The words of the calendar feed.

use crate::domain::text::Text;

words! {
    CALENDAR = "カレンダー", "Calendar";
    HELP = "計画の確認などの期日を、スマートフォンなどのカレンダーに表示できます。入っているのは整理番号と期日だけで、お名前や病気のことは入っていません。", "The days on which something is due, such as a look at the plan, can be shown in the calendar of a telephone. It holds the case number and days only, nothing of names or illness.";
    MAKE = "カレンダーのアドレスを作る", "Make an address for the calendar";
    MADE_ON = "作成", "made";
    REVOKE = "このアドレスを無効にする", "Revoke this address";
    ADDRESS = "カレンダーのアドレス", "The calendar's address";
    ADDRESS_HELP = "このアドレスは、いまだけ表示します。カレンダーの「照会（URLで追加）」に貼り付けてください。ほかの人に渡さないでください。なくしたときは、アカウントのページで無効にして、作り直してください。", "This address is shown only now. Add it to your calendar by URL, and give it to nobody. If it is lost, revoke it on the account page and make another.";
    TO_ACCOUNT = "アカウントへ戻る", "Back to the account";
}
