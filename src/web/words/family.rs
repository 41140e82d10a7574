//! The words of the family's own page: short, and none that blames.

use crate::domain::text::Text;

words! {
    SHEET = "もしものときの紙を印刷する", "Print the sheet for an emergency";
    TITLE = "ご家族のページ", "Your page";
    IN_CUT = "停電したら", "In a power cut";
    LOOK = "まず、お子さんを見る。苦しそう・顔色が悪い・呼吸器が止まった → 蘇生バッグで呼吸を助け、119へ。", "Look at your child first. Struggling, pale, or the ventilator has stopped: breathe with the resuscitation bag, and call 119.";
    BATTERY = "電池で動かす。電池がもつ時間：", "Run on the batteries. They last:";
    BATTERY_KNOWN = "（登録されている時間。古くなると短くなります）", "(as on record; they last less as they age)";
    BATTERY_UNCONFIRMED = "この時間には、まだ確かめていない数字があります。これより短いかもしれません。早めに電話してください。", "Some of this rests on figures that nobody has confirmed: it may be less. Telephone early.";
    BATTERY_UNKNOWN = "登録されていません。分からないまま待たず、停電したらすぐ電話してください。", "not on record. Do not wait and see: telephone as soon as the power fails.";
    MOVE = "電池があるうちに電話し、動き始める。なくなるまで待たない。", "Telephone and set out while there is charge. Do not wait until it is gone.";
    GO_TO = "行き先：", "Where to:";
    GO_UNKNOWN = "行き先はまだ決まっていません。停電したら、下の番号に電話してください。", "Not decided yet: telephone one of the numbers below.";
    GO_ASK = "この場所には、まだ分からないことがあります。行く前に、下の番号に電話してください。", "Something about it is not known yet: telephone one of the numbers below before you go.";
    GO_FAULTY = "計画の行き先に、直すところが見つかっています。行く前に、下の番号に電話してください。", "Something is wrong with the places of the plan: telephone one of the numbers below before you go.";
    GENERATOR = "発電機は、電池の充電だけに使う。必ず屋外で。", "The generator charges batteries, nothing else. Outdoors only.";
    CARBON = "家の中・玄関・車庫・車では、ぜったいに動かさない（一酸化炭素は、においがなく、命にかかわります）。", "Never in the house, an entrance, a garage or a car: carbon monoxide has no smell and kills.";
    STANDS = "置く場所（外）：", "Its place outdoors:";
    TELEPHONES = "電話", "Telephone";
    LIFE = "命があぶないとき", "Life in danger";
    NO_PROMISE = "このページは救助を約束するものではありません。", "This page promises no rescue.";

    NIGHT = "いま、すること", "What to do now";
    NIGHT_GO = "いま出発してください。行き先：", "Leave now. Where to: ";
    NIGHT_OPEN = "開いていると知らせがありました。", "It was said to be open.";
    NIGHT_ASK_OPEN = "開いているかは、まだ分かりません。出る前に、下の番号に電話してください。", "Nobody has said yet that it is open: telephone one of the numbers below before you go.";
    NIGHT_NO_PLACE = "行き先がまだ決まっていません。すぐに下の番号に電話して、出る支度をしてください。", "No place is settled yet: telephone one of the numbers below at once, and get ready to leave.";
    NIGHT_FAULTY = "計画の行き先には、いま行けません（閉まっているか、直すところがあります）。すぐに下の番号に電話して、出る支度をしてください。", "The places of the plan cannot be used now (closed, or something is wrong with them): telephone one of the numbers below at once, and get ready to leave.";
    NIGHT_UPSTAIRS = "計画では、家の上の階にいます。いますぐ、呼吸器・バッテリー・吸引器・蘇生バッグを持って上の階へ移ってください。足りないものがあれば、すぐに下の番号に電話してください。", "The plan stays upstairs at home: go up now with ventilator, batteries, suction and manual resuscitator. If anything is missing, telephone one of the numbers below at once.";
    NIGHT_FIVE = "外へ出ないでください。呼吸器・バッテリー・吸引器・蘇生バッグを持って、上の階の、がけや川から遠い部屋へ移ってください。命があぶないときは119。", "Do not go outside. Take ventilator, batteries, suction and manual resuscitator upstairs, to a room away from slope and river. Life in danger: 119.";
    NIGHT_STOP = "それより先へ行かず、近くの丈夫な建物の上の階へ入ってください。命があぶないときは119。", "Go no further: into the nearest strong building, upstairs. Life in danger: 119.";
    NIGHT_LEFT = "家を出たと聞いています。着いたら「避難した」を押すか、電話してください。", "You are known to have left: press \"we have evacuated\" on arrival, or telephone.";
    NIGHT_ARRIVED = "避難したと聞いています。電源が足りないときは、下の番号に電話してください。", "You are known to have evacuated: telephone one of the numbers below if power runs short.";
    NIGHT_AWAY = "お子さんは家にいないと聞いています。電源で困ったら、そこの人に話し、下の番号に電話してください。", "Your child is known to be elsewhere: if power runs short, tell the people there and telephone one of the numbers below.";
    NIGHT_OUTSIDE = "地図では危ない区域の外ですが、安全とはかぎりません。こわいと思ったら、待たずに下の番号に電話してください。", "On the maps you are outside the zones, which does not make it safe. If you are worried, do not wait: telephone one of the numbers below.";
    NIGHT_HELP = "助けが要ると聞いています。返事を待たずに動いてください。命があぶないときは119。", "Your call for help is here. Do not wait for an answer. Life in danger: 119.";
    NIGHT_POWERED = "電気が来ていると聞いています。消えたら、すぐに下の番号に電話してください。", "You are known to have power: telephone one of the numbers below as soon as it fails.";
    NIGHT_UNKNOWN = "電池がもつ時間が分かりません。待たずに、いますぐ下の番号に電話してください。", "Nobody knows how long the batteries last: do not wait, telephone one of the numbers below now.";
    NIGHT_AT_ONCE = "いますぐ下の番号に電話して、出る支度をしてください。", "Telephone one of the numbers below at once, and get ready to leave.";
    NOW = "いま、停電や避難のとき", "Power cut or evacuation, now";
    NOT_119 = "119ではありません", "This is not 119";
    NOT_119_HELP = "命があぶないときは、先に119へ電話してください。ここを押すと、担当の職員にメールで伝わります。いつ見るかは約束できません。", "If life is in danger, call 119 first. These buttons mail those who look after you. When they read it cannot be promised.";
    SAID_LAST = "伝えたこと：", "You have told:";
    SEEN = "職員が対応しました", "staff have acted on it";
    NOT_SEEN = "職員はまだ対応していません。返事を待たずに動いてください。", "Nobody of the staff has acted on it yet. Do not wait for an answer.";

    TO_DO = "すること", "What to do";
    PLAN_OPEN = "避難の計画に、まだ決まっていないことがあります", "Something in the evacuation plan is not settled yet";
    NOTHING = "今することはありません。", "There is nothing to do now.";
    LATER = "このあとの予定", "What comes later";
    HELD = "お知らせを止めています：", "Reminders are held until";
    TELL = "知らせる", "Tell us";
    TOLD = "これまでに知らせたこと", "What you have told";
    TAKEN_BACK = "取り消しました", "taken back";
    TAKE_BACK = "取り消す（押し間違い）", "Take back (pressed by mistake)";
    RAN = "動きました", "it ran";
    DID_NOT_RUN = "動きませんでした", "it did not run";

    MAIL = "お知らせのメール", "Mail";
    MAIL_NONE = "メールアドレスの登録がありません。お知らせは電話でします。", "No mail address is on record: you are telephoned.";
    MAIL_BACK_HELP = "受信の設定を直したら、同じアドレスをもう一度登録してください。また届くようになります。", "Once you have changed the filter, enter the same address again: mail is sent there anew.";
    MAIL_IRREGULAR = "古い形のアドレスです。届かないことがあるので、別のアドレスも登録するか、センターに電話してください。", "An address of an old form, which some servers refuse: add another one, or telephone the centre.";
    MAIL_BACK = "届きませんでした", "mail came back";
    MAIL_ADD = "メールアドレスを追加する", "Add a mail address";
    MAIL_ADDRESS = "メールアドレス", "Mail address";
    MAIL_WHO = "どなたの", "Whose";
    MAIL_LINK = "メールにこのページへのリンクを入れる", "Put the link to this page into the mails";
    MAIL_ADD_HELP = "迷惑メールの設定で届かないことがあります。追加すると、前からのアドレスにも変更のお知らせが届きます。", "Mail filters may keep our mails away. The addresses that were there are told of the change.";
    MAIL_END = "外す", "Take out";
    MAIL_END_HELP = "このアドレスへのお知らせを止めます。", "No more mail goes to this address.";
    MAIL_DEAD = "登録のアドレスが使えず、このページにも入れないときは、センターに電話してください。", "If the address is dead and you cannot come in here, telephone the centre.";
    ADD = "追加する", "Add";

    MORE = "そのほか", "More";
    PLAN = "避難の計画を見る", "The evacuation plan";
    CALENDAR = "カレンダーに予定を入れる", "Put the days into your calendar";
    HISTORY = "だれが見たか", "Who has looked";
    FURIGANA_ON = "ふりがなをつける", "Show readings (furigana)";
    FURIGANA_OFF = "ふりがなを消す", "Hide readings (furigana)";

    SEND = "この内容で知らせる", "Send this";
    BACK = "知らせずに戻る", "Back, without sending";
    NOT_SENT_YET = "まだ送っていません。下のボタンを押すと送ります。", "Nothing is sent yet: the button below sends it.";
    DAY_APPLIED = "申請した日", "Day of the application";
    DAY_RAN = "動かした日", "On which day";
    DAY_FUEL = "新しい燃料を買った日", "The day on which the new fuel was bought";
    FUEL_HELP = "燃料は、火の気のない、涼しい場所に置いてください。古い燃料は、買った店に引き取りを相談してください。発電機は必ず屋外で使います。", "Keep fuel cool and away from fire. Ask the shop where it was bought to take the old fuel back. The generator runs outdoors alone.";
    HOW_RAN = "動きましたか", "Did it run?";
    YES_RAN = "動いた", "It ran";
    NO_RAN = "動かなかった", "It did not run";
    WHERE_TO = "どこに避難しましたか（空欄でもかまいません）", "Where to (may stay empty)";
    HELP_WHAT = "どんな助けが要りますか（空欄でもかまいません）", "What help do you need (may stay empty)";
    HOURS_LEFT = "電池はあと何時間くらいもちますか（空欄でもかまいません）", "How long will the batteries last (may stay empty)";
    MOVE_WHEN = "いつごろ、どこへ引っ越しますか（空欄でもかまいません）", "When and where to (may stay empty)";
    CALL_WHEN = "電話に出られる時間や番号（空欄でもかまいません）", "When and at which number (may stay empty)";
    RAN_NOTE = "気になること（空欄でもかまいません）", "Anything unusual (may stay empty)";
    MOVING_HELP = "住所が変わると、避難の行き先も、担当の市町村も変わります。センターと職員が電話します。", "With your address your destination and your municipality change. You will be telephoned.";
    APPLIED_HELP = "知らせると、申請のお知らせは止まります。受け付けられたかは、職員が市町村に確かめます。", "Reminders of the application stop. Staff find out whether it has arrived.";
    CALL_HELP = "急ぐときは、待たずに電話してください。", "If it is urgent, telephone instead of waiting.";
    RAN_HELP = "必ず屋外で。動かなかったときも知らせてください。センターが電話します。", "Outdoors only. Tell us too if it did not run: the centre will telephone.";
    WELL_HELP = "電気が戻った、家に帰ったなど、心配がなくなったときに知らせてください。", "Tell us when the power is back or you are home again.";
    SENT = "知らせました。", "It is sent.";
    SENT_EMERGENCY = "知らせました。返事を待たずに、電池があるうちに動いてください。", "It is sent. Do not wait for an answer: act while there is charge.";
}
