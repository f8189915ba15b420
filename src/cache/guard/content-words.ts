import { singular } from './lexicon.ts';
import { isNumberWord } from './numbers.ts';
import { UNITS } from './word-lists.ts';
import { wordsOf } from './words.ts';

/** Words that carry a sentence and not its matter; a paraphrase may have others. */
const CARRIERS: ReadonlySet<string> = new Set(
  `a an the is are was were be been being am do does did done doing have has had having can could will would shall should may might must i you he she it we they
  me him her us them my your his its our their mine yours this that these those there here what which who whom whose when where why how and or but if then than
  so as at by for from in into of on onto to with about over under up down out off through during between against within without not no yes please help tell
  know want need like get getting got gets give given way ways thing things someone somebody anyone anybody people one ones something anything best good any
  some much many more most very really just also ever even still only actually currently possible possibly able let lets go going make makes making made take
  takes use using used work works working explain describe show find mean means meaning difference different example examples question answer kind type sort
  i'm i've i'd i'll it's that's what's there's don't doesn't didn't can't isn't aren't wasn't weren't won't wouldn't shouldn't couldn't haven't hasn't you're
  exactly should simply kindly quickly properly hi hello hey thanks thank s t re ve d ll m`.split(/\s+/),
);

/** Groups of words that may stand for one another; the first one names the group. */
const SAME: ReadonlyMap<string, string> = new Map(
  `reset,change,recover,restore purchase,buy,order,ordering mobile,cell,phone,telephone,smartphone movie,film photo,picture,image,pic car,automobile,vehicle
  job,occupation begin,start stop,quit,end lose,reduce learn,study,master increase,improve,boost,raise enhance,improve fix,repair,solve error,problem,issue
  big,large quick,fast,rapid earn,make cost,price,fee,charge country,nation company,firm,business doctor,physician delete,remove,erase site,website
  photo,photograph application,app invoice,bill email,mail,e-mail contact,reach support,assistance location,address shop,store item,product,goods
  delivery,shipping,shipment arrive,come receive,arrive cancel,stop kid,child spouse,partner holiday,vacation trip,travel university,college
  programme,program,software language,tongue uk,britain us,usa,america,u.s india,indian`
    .split(/\s+/)
    .flatMap((group) => {
      const [name = '', ...others] = group.split(',');
      return [name, ...others].map((word) => [word, name] as const);
    })
    .reverse(),
);

/** Kanji that carry a sentence as well. */
const WIDE_CARRIERS: ReadonlySet<string> = new Set(
  '方法 方 教 知 何 事 時 場合 必要 下 欲 思 出来 出 行 来 見 言 使 使用 利用 質問 説明 手順 際 為 頂 願 今 私 自分 人 物 者 的 様'.split(
    ' ',
  ),
);

/** The words of a tidied text that say what it is about, each once, in one spelling. Pure. */
export function contentWords(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const word of wordsOf(text)) {
    if (/^[\p{Script=Hiragana}]+$/u.test(word) || WIDE_CARRIERS.has(word)) continue;
    // Counted and measured elsewhere, whatever they are written in.
    if (CARRIERS.has(word) || /^\p{N}+$/u.test(word) || isNumberWord(word) || UNITS.latin.has(word)) continue;
    const stem = stemOf(word);
    if (!CARRIERS.has(stem)) found.add(SAME.get(stem) ?? SAME.get(word) ?? stem);
  }
  return found;
}

function stemOf(word: string): string {
  const plain = singular(word.replace(/'s$/, ''));
  if (plain.length > 6 && plain.endsWith('ing')) return plain.slice(0, -3).replace(/(.)\1$/, '$1');
  if (plain.length > 5 && plain.endsWith('ed')) return plain.slice(0, -2).replace(/(.)\1$/, '$1');
  if (plain.length > 5 && plain.endsWith('ly')) return plain.slice(0, -2);
  return plain.length > 4 && plain.endsWith('e') ? plain.slice(0, -1) : plain;
}
