import { lexicon } from './lexicon.ts';

/** Units and currencies. */
export const UNITS = lexicon(`
usd dollar dollars $ ドル 米ドル
eur euro euros € ユーロ
gbp pound pounds £ ポンド sterling
jpy yen ¥ 円 日本円
cny yuan rmb 元 人民元
inr rupee rupees ルピー
krw won ウォン
cent cents セント
percent % percentage パーセント 割合
mm millimeter millimetre ミリ ミリメートル
cm centimeter centimetre センチ センチメートル
m meter metre メートル
km kilometer kilometre キロメートル
mile miles マイル
inch inches インチ
foot feet ft フィート
g gram グラム
kg kilo kilogram kilogramme キログラム
ton tonne tons トン
lb lbs ポンド重
oz ounce オンス
liter litre l リットル
ml milliliter ミリリットル
gallon ガロン
second seconds sec 秒
minute minutes min 分間
hour hours hr 時間
day days 日間
night nights 泊
week weeks 週間
month months か月 ヶ月 カ月 ヵ月 箇月
year years 年間
decade decades
century centuries 世紀
kb kilobyte キロバイト
mb megabyte メガバイト
gb gigabyte ギガバイト
tb terabyte テラバイト
celsius 摂氏 セルシウス
fahrenheit 華氏
degree degrees ° 度数
watt watts ワット
volt volts ボルト
calorie calories kcal カロリー
tablespoon tbsp 大さじ
teaspoon tsp 小さじ
cup cups カップ
person people 人前 名様
monthly 月額 毎月 月払い
yearly annual annually 年額 毎年 年払い
daily 毎日 日額
weekly 毎週 週払い
hourly 毎時 時給
`);

/** Points and spans of time that a calendar names. */
export const DATES = lexicon(`
today 今日 本日 きょう
tomorrow 明日 あした あす
yesterday 昨日 きのう
tonight 今夜 今晩
day-after-tomorrow 明後日 あさって
day-before-yesterday 一昨日 おととい
now currently 現在 今すぐ
next 来 次 次回 翌 つぎ
last previous past 先 前回 昨
this 今 今回 当
monday mon 月曜
tuesday tue 火曜
wednesday wed 水曜
thursday thu 木曜
friday fri 金曜
saturday sat 土曜
sunday sun 日曜
weekend weekends 週末
weekday weekdays 平日
holiday holidays 祝日 休日
january jan
february feb
march
april apr
june jun
july jul
august aug
september sep sept
october oct
november nov
december dec
spring 春
summer 夏
autumn fall 秋
winter 冬
morning 朝 午前 am
noon 昼 正午
afternoon 午後 pm
evening 夕方 夕
night 夜 深夜
midnight 真夜中
christmas クリスマス
easter イースター
future 将来 未来
`);

/** Opposites and other words of which a swap turns an answer around. */
export const TURNS = lexicon(`
before prior 前に 以前 より前 前
after 後に 以降 のち 後
within 以内
above over 以上 上
below under 以下 未満 下
more most greater 多 もっと 増
less least fewer 少 減
maximum max 最大 最高 上限
minimum min 最小 最低 下限
increase raise increasing raised grow 上げ 引き上げ 増やす 増加 値上げ
decrease reduce lower decreasing reduced shrink 下げ 引き下げ 減らす 減少 値下げ
enable enabled activate activated 有効 オン
disable disabled deactivate deactivated 無効 オフ
on
off
open opened opening 開 開け 開設 開店
close closed closing shut 閉 閉め 閉鎖 閉店 解約
start begin started starting 開始 始 始め
stop end ended stopped quit finish 停止 終了 終 やめ 止め
buy purchase bought buying 買 購入 仕入
sell sold selling 売 販売 売却
lend lent 貸
borrow borrowed 借
send sent sending 送 送信 送付 発送
receive received receiving get 受信 受け取 受取 届
login log-in signin ログイン サインイン
logout signout ログアウト サインアウト
upload uploading アップロード
download downloading ダウンロード
install installing インストール
uninstall アンインストール
import imported importing 輸入 インポート
export exported exporting 輸出 エクスポート
add added adding 追加 足
remove delete removed deleted removing 削除 消 除
include included including 含
exclude excluded excluding 除外
accept accepted 承認 受け入れ 受諾
reject decline rejected declined refuse refused 却下 拒否 断
allow allowed permit permitted 許可 可能 可
forbid forbidden ban banned prohibit block blocked 禁止 ブロック
lock locked ロック 施錠
unlock unlocked ロック解除 解錠
encrypt 暗号化
decrypt 復号
connect connected 接続
disconnect 切断
import-tax
win won winning 勝
lose lost losing 負
pass passed 合格
fail failed 失敗 不合格
legal 合法 適法
illegal 違法 不法
safe 安全
dangerous unsafe 危険
healthy 健康 体に良
unhealthy 不健康 体に悪
good better best 良 良い 最良
bad worse worst 悪 悪い 最悪
advantage benefit benefits pros メリット 利点 長所
disadvantage drawback drawbacks cons デメリット 欠点 短所
cheap cheaper cheapest 安 最安
expensive 高価
high higher highest 高
low lower lowest 低
large big bigger largest 大 大き
small little smaller smallest 小 小さ
fast quick faster quickly 速 早
slow slower slowly 遅
long longer longest 長
short shorter shortest 短
hot warm 熱 暑 温
cold cool 冷 寒
new newer 新 新規
old older 古 既存
first 最初 初
final 最後
male man men boy 男性 男
female woman women girl 女性 女
adult adults 大人 成人
child children kid 子供 子ども 子 小児
mother mom 母
father dad 父
husband 夫
wife 妻
brother 兄 弟
sister 姉 妹
inside indoor indoors 屋内 室内 中
outside outdoor outdoors 屋外 外
domestic 国内
international abroad overseas 海外 国際 国外
one-way 片道
round-trip return-trip 往復
departure depart 出発
arrival arrive 到着
left 左
right 右
north 北
south 南
east 東
west 西
up 登 昇
down 降
front 表
back 裏
public 公開
private 非公開 個人
personal
business corporate company 法人 会社 事業
free 無料
paid 有料
credit クレジット
debit デビット
deposit deposited 入金 預
withdraw withdrawal 出金 引き出
pay payment paid-out 支払 払 振込
refund refunded 返金 払い戻 払戻
exchange 交換
return returned 返品 返却
cancel cancelled canceled キャンセル 取り消 取消
change changed edit modify update 変更 更新
create make made 作成 作
reset リセット 初期化
restore 復元 復旧
renew renewal 更新する
subscribe 購読 登録
unsubscribe 退会 登録解除
import-duty
wet 濡 湿
dry 乾
full 満
empty 空
boil 茹 煮
fry 揚 炒
raw 生
cause causes 原因
effect effects 影響
employer 雇用主
employee 従業員 社員
teacher 教師 先生
student 学生 生徒
buyer 買主
seller 売主
sender 送信者 差出人
recipient receiver 受信者 受取人
always いつも 常に
sometimes 時々
all every 全 すべて 全て 全部 全員
some several 一部
only だけ のみ
except 以外
from から
until till まで
why reason なぜ どうして 理由
when いつ
where どこ
who whom 誰 だれ
which どちら どれ
how どうやって どのように どう 方法
many いくつ 何個 何人
much いくら 料金 値段 価格
`);

/** Signs of a negation. */
export const NEGATIONS: ReadonlySet<string> = new Set(
  'not no never none nobody nothing neither nor without cannot cant dont doesnt didnt wont isnt arent wasnt werent shouldnt couldnt wouldnt hardly lack lacks lacking'.split(
    ' ',
  ),
);

/** Japanese endings and prefixes that turn a word around, the longer first; what only looks like one is passed over before. */
export const NOT_NEGATIVE =
  /ではないか|じゃないか|なければなり|なければいけ|なくてはなり|なくてはいけ|ないといけ|ないとだめ|かもしれない|かもしれません|に違いない|少ない|少なく|危ない|つまらない|間違いな|もったいない|ください|下さいません|いただけません|くれません|もらえません|ませんか|すみません|不動産|不思議|非常|未来|未満|無料|無線|みんな|いけない/g;
export const NEGATIVE = /ません|ない|なかっ|なく|なけれ|ずに|ぬよう|なし|無し|抜き|不可|不要|不正|不足|不|非|未|無/g;
