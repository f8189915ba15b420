import type { Sign } from './signs.ts';

/*
 * How texts talk a model out of its rules: a persona that has none, rules declared void, refusals forbidden, two answers side by side. After the families
 * that NVIDIA garak and verazuo/jailbreak_llms describe (read 2026-11).
 */
const GAP = '(?:\\S{1,24}\\s{1,4}){0,5}?';
const LIMITS =
  '(?:restrictions?|rules|filters?|limits|limitations|guidelines|censorship|ethics|ethical|morals?|morality|polic(?:y|ies)|laws|boundaries|consequences|constraints|confines|warnings|disclaimers|safety)';

/** Signs of a jailbreak. */
export const JAILBREAK_SIGNS: readonly Sign[] = [
  {
    words: [
      'dan',
      'stan',
      'dude',
      'aim',
      'jailbreak',
      'jailbroken',
      'jailbreaking',
      'maximum',
      'mongo',
      'antidan',
      'ranti',
      'evilbot',
    ],
    expression:
      /(?:dan|stan|dude|aim|mongo|maximum|antidan|ranti|evilbot)(?:,|:|\)|"|'|”|’| is | can | mode| would | has |\.)|jailbr/y,
    weight: 0.45,
  },
  { words: ['do'], expression: /do anything now|do anything and everything/y, weight: 0.7 },
  {
    words: ['developer', 'god', 'debug', 'dev', 'opposite', 'unrestricted', 'maintenance'],
    expression: /(?:developer|god|debug|dev|opposite|unrestricted|maintenance) mode/y,
    weight: 0.55,
  },
  {
    words: [
      'no',
      'without',
      'free',
      'freed',
      'any',
      'bypass',
      'bypassing',
      'ignore',
      'ignores',
      'break',
      'broken',
      'disregard',
      'violate',
      'not',
      'beyond',
      'remove',
      'lacks',
      'lack',
      'despite',
      'abide',
      'bound',
      'follow',
    ],
    expression: new RegExp(
      `(?:no|without|free[d]? (?:from|of)|bypass(?:ing)?|ignores?|break|broken free|broken|disregard|violate|not (?:bound|have|abide|follow|care|adhere|limited|restricted)|beyond|remove|lacks?|despite|abide by|bound by)\\s{1,4}${GAP}${LIMITS}(?![a-z])`,
      'y',
    ),
    weight: 0.5,
  },
  {
    words: [
      'unfiltered',
      'uncensored',
      'amoral',
      'immoral',
      'unethical',
      'unmoral',
      'illegal',
      'unlawful',
      'unrestricted',
      'unbound',
      'unhinged',
      'malicious',
      'evil',
    ],
    expression: /\S/y,
    weight: 0.4,
  },
  {
    words: [
      'never',
      'cannot',
      "can't",
      'must',
      'not',
      'refuse',
      'don',
      'can',
      'always',
      'reject',
      'decline',
      'refusing',
    ],
    expression:
      /(?:never|cannot|can't|can’t|must not|not|don't|don’t|without|can not) (?:\S{1,12} ){0,2}?(?:refus|declin|reject|apologi|break character|say (?:no|that you|you can)|disclose|warn|remind|mention that)|always (?:answer|comply|obey|respond)|refuse to answer|must (?:always )?(?:answer|comply|obey|stay in)/y,
    weight: 0.4,
  },
  {
    words: ['stay', 'break', 'remain', 'character', 'immerse'],
    expression:
      /(?:stay|remain) in (?:your )?(?:character|role|dan|developer)|break(?:ing|s)? (?:out of )?(?:character|role)|immerse yourself/y,
    weight: 0.45,
  },
  {
    words: ['openai', 'chatgpt', 'anthropic', 'gpt', 'content'],
    expression:
      /(?:openai|chatgpt|anthropic|gpt)(?:'s|’s)? (?:\S{1,12} )?(?:content |usage )?(?:polic|guideline|rules|restriction|limit)|content polic/y,
    weight: 0.45,
  },
  {
    words: [
      'assistant',
      'chatgpt',
      'act',
      'pretend',
      'roleplay',
      'role',
      'you',
      'play',
      'simulate',
      'acting',
      'emulate',
      'imagine',
      'respond',
      'answer',
      'assume',
    ],
    expression:
      /(?:act|acting|respond|answer) as |pretend|role-?play|you(?: are|'re) (?:going to|about to|to act|now|a |an |my |not |in |\S{2,12}gpt)|(?:chatgpt|assistant) (?:is )?now|you will (?:act|play|now|be|respond|answer)|play the (?:role|part)|simulate|emulate|imagine |assume the role/y,
    weight: 0.3,
  },
  {
    words: ['two', 'both', 'normal', 'classic', 'first', 'second', 'separate', 'twice'],
    expression:
      /(?:two|both|separate) (?:different |separate )?(?:ways|responses|answers|paragraphs|outputs|lines|personalities)|\[?(?:classic|normal)\]?:/y,
    weight: 0.35,
  },
  {
    words: ['tokens', 'token', 'points'],
    expression: /(?:tokens?|points)(?: system|\.| and| will| for| each| left|,)/y,
    weight: 0.3,
  },
  {
    words: ['hypothetical', 'hypothetically', 'fictional', 'fiction', 'story', 'novel', 'screenplay', 'dialogue'],
    expression:
      /hypothetical(?:ly)? (?:response|scenario|story|world)|fictional (?:story|world|scenario|character|universe)|(?:dialogue|story) (?:between|where|about)/y,
    weight: 0.35,
  },
  {
    words: [
      'explicit',
      'sexual',
      'violent',
      'offensive',
      'swear',
      'curse',
      'profanity',
      'nsfw',
      'vulgar',
      'derogatory',
      'gore',
      'weapons',
      'drugs',
      'bomb',
      'meth',
      'erotic',
      'erotica',
    ],
    expression: /\S/y,
    weight: 0.3,
  },
  {
    words: ['from', 'hereby', 'ignore', 'forget', 'previous'],
    expression: /from now on|hereby|ignore (?:all|any|previous|the|your)|forget (?:all|every|your|previous)/y,
    weight: 0.4,
  },
  {
    words: ['persona', 'personality', 'entity', 'entities', 'debugging'],
    expression: /persona|entit|debugging mode/y,
    weight: 0.3,
  },
  {
    expression:
      /🔓|🔒|\[jailbreak\]|(?:脱獄|制限なし|規制を無視|なんでもできる|倫理(?:規定|的制約)[^。\n]{0,8}(?:無視|なし))/,
    weight: 0.55,
  },
];
