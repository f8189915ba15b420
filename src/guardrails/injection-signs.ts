import type { Sign } from './signs.ts';

/*
 * How texts try to take a model over, in the words of OWASP LLM01 and of the probes that NVIDIA garak publishes (read 2026-11): setting instructions
 * aside, asking for them, giving the model another part, dictating its answer, and imitating the frame of a conversation.
 * `GAP` is a few words, whatever they are.
 */
const GAP = '(?:\\S{1,24}\\s{1,4}){0,6}?';
const NEAR = '(?:\\S{1,24}\\s{1,4}){0,3}?';

const RULES =
  '(?:instructions?|rules|prompts?|guidelines|directives|orders|commands|assignments|tasks|programming|restrictions|documents|articles|anweisungen|aufträge|aufgaben|befehle|regeln|informationen|instrucciones|instructions|consignes|istruzioni|instruções|instrukcije|polecenia)';
const BEFORE =
  '(?:everything|all|above|before|previous|prior|preceding|earlier|alles?|bisherigen?|vorherigen?|todo|todas|tout|toutes|tutto|tudo)';

/** Signs of an injection. */
export const INJECTION_SIGNS: readonly Sign[] = [
  {
    words: [
      ...['ignore', 'ignoring', 'disregard', 'disregarding', 'forget', 'forgetting', 'neglect', 'overlook', 'abandon'],
      ...['ignoriere', 'ignorieren', 'ignorier', 'vergiss', 'vergessen', 'vergesse', 'missachte', 'olvida', 'olvide'],
      ...[
        'olvidar',
        'ignora',
        'ignorez',
        'oublie',
        'oubliez',
        'dimentica',
        'esqueça',
        'esquece',
        'zaboravi',
        'zapomnij',
      ],
    ],
    expression: new RegExp(`\\S+\\s{1,4}${GAP}(?:${RULES}|${BEFORE})(?![a-z])`, 'y'),
    weight: 0.9,
  },
  {
    words: ['vorherigen', 'bisherigen', 'obigen', 'previous', 'preceding', 'prior'],
    expression:
      /\S+ (?:instruktionen|anweisungen|informationen|aufgaben|befehle|ausführungen|instructions)(?: |,)(?:\S{1,24}[\s,.]{1,4}){0,8}?(?:ignor|irrelevant|vergessen|nicht|bitte|do not|don't|are void|no longer)/y,
    weight: 0.7,
  },
  {
    words: [
      'remove',
      'drop',
      'delete',
      'erase',
      'discard',
      'override',
      'bypass',
      'change',
      'violate',
      'skip',
      'lassen',
    ],
    expression: new RegExp(
      `\\S+\\s{1,4}${NEAR}(?:your|all|any|previous|prior|system|these|the above|alle)\\s{1,4}${NEAR}${RULES}(?![a-z])`,
      'y',
    ),
    weight: 0.8,
  },
  {
    words: [
      ...['show', 'print', 'reveal', 'repeat', 'output', 'display', 'tell', 'give', 'write', 'spell', 'list', 'share'],
      ...['expose', 'recite', 'echo', 'summarize', 'return', 'leak', 'provide', 'copy', 'showing', 'zeige', 'zeig'],
      ...['nenne', 'wiederhole', 'gib', 'verrate', 'montre', 'muestra', 'what', 'was', 'translate', 'dump', 'describe'],
      ...['encode', 'convert', 'complete', 'continue', 'read', 'reproduce', 'quote'],
    ],
    expression: new RegExp(
      `\\S+\\s{1,4}${GAP}(?:(?:your|deine[nrs]?|initial|original|hidden|secret|system|internal|previous|developer|first)\\s{1,4}${NEAR}(?:prompts?|instructions?|directives?|guidelines|rules|configuration|message|anweisung(?:en)?)|(?:full|entire|whole|all|gesamten?|complete)\\s{1,4}${NEAR}prompt|prompt[- ]?texte?|(?:text|words|everything|message|content|written|said)\\s{1,4}(?:\\S{1,12}\\s{1,4})?above|(?:this|the|our) (?:entire |whole |full )?conversation (?:back|so far|verbatim|word)|initiali[sz]ation string|(?:beginning|start) of (?:the|this|your|our) (?:prompt|conversation|chat)|you(?: were|'ve been| have been)? (?:told|given|instructed)|was (?:instructed|told) to)`,
      'y',
    ),
    weight: 0.75,
  },
  {
    words: [
      'act',
      'acting',
      'behave',
      'pretend',
      'roleplay',
      'simulate',
      'impersonate',
      'agiere',
      'fungieren',
      'actúa',
    ],
    expression:
      /(?:act(?:ing)?|behave|agiere|actúa) (?:as|like|als|como) |(?:roleplay|simulate|impersonate|pretend)\W|fungieren/y,
    weight: 0.5,
  },
  {
    words: ['you', 'now', 'du', 'jetzt', 'nun', 'imagine', 'stell', 'tu', 'your', 'ab', 'from', 'suppose'],
    expression:
      /you(?: are|'re) (?:now|no longer|going to|about to|not an? |an? (?!(?:bank|company|help|customer|great|good|bit|real|legit))|the |three )|you will (?:now |be acting|act|play)|now,? you(?: are|'re)|now (?:you )?act|du bist (?:jetzt|nun|kein|ein)|(?:jetzt|nun) bist du|imagine (?:that )?(?:you|a world)|suppose (?:that )?you are|stell dir vor,? (?:du|sie)|your (?:new )?(?:name|role|character|persona) is|ab jetzt|from now on/y,
    weight: 0.5,
  },
  {
    words: [
      ...['new', 'additional', 'next', 'neue', 'neuen', 'neuer', 'weitere', 'weiteren', 'start', 'nouvelle', 'nueva'],
      ...['konzentriere', 'nächste', 'following', 'updated'],
    ],
    expression:
      /(?:new|additional|next|following|updated) (?:\S{1,12} )?(?:tasks?|instructions?|assignments?|challenge|commands?)(?![a-z])|start(?:ing)? over with|neuen? (?:\S{1,12} )?(?:aufgaben?|anweisung|anweisungen|herausforderung|aufträge?)|neuer auftrag|weiteren? (?:\S{1,12} )?(?:aufgaben?|anweisung(?:en)?)|nächste aufgabe|nouvelle (?:tâche|instruction)|nueva (?:tarea|instrucción)|konzentriere dich/y,
    weight: 0.5,
  },
  {
    words: [
      'just',
      'only',
      'instead',
      'simply',
      'repeat',
      'answer',
      'respond',
      'reply',
      'say',
      'schreibe',
      'sag',
      'di',
    ],
    expression:
      /(?:just|only|instead|simply) (?:say|output|write|print|answer with|respond with|reply with|tell)|repeat after me|(?:say|print|(?:answer|respond|reply) (?:only )?with):? ["'“«]|(?:schreibe?|sage?) (?:mir )?(?:nur|einfach)|di lo siguiente/y,
    weight: 0.5,
  },
  {
    words: ['stop', 'stopp', 'achtung', 'halt', 'attention'],
    expression:
      /(?:stopp?|achtung|halt|attention)\s{0,2}[-:,.!]{1,3}\s{0,3}(?:stopp?|write|say|print|ignor|schreib|ich|now|new|forget|vergiss)/y,
    weight: 0.6,
  },
  {
    words: [
      'sehr',
      'gut',
      'super',
      'great',
      'well',
      'congratulations',
      'excellent',
      'ausgezeichnete',
      'großartig',
      'ok',
      'okay',
    ],
    expression:
      /(?:sehr gut|gut gemacht|super|great|well done|congratulations|excellent|ausgezeichnete|großartig|okay|ok)[^?]{0,80}(?:\bnow (?:new|forget|we|focus|comes?)|\bnun (?:folg|komm|kommt|eine|hilf)|\bjetzt (?:aber|komm|hab|bist|eine)|\bverfasse nun|nächste|weiteren? )/y,
    weight: 0.55,
  },
  { words: ['system', 'systemprompt', 'system_prompt'], expression: /system[ _-]?prompt/y, weight: 0.6 },
  { words: ['not'], expression: /not (?:supposed|allowed) to (?:tell|share|reveal|say)/y, weight: 0.5 },
  {
    words: ['input', 'eingabe', 'entrada'],
    expression:
      /(input|eingabe|entrada): ?[^:\n]{1,60}(?:output|ausgabe|salida): ?[^:]{1,60}(?:input|eingabe|entrada):/y,
    weight: 0.5,
  },
  {
    words: ['say', 'state', 'include', 'write', 'print', 'admit', 'confirm', 'schreibe', 'sage'],
    expression:
      /(?:say|state|include|write|print|admit|confirm)(?: in your answer)?(?: that)? (?:you|i) (?:hate|love|are|am)|say yes|^state that|blame (?:it|them)|(?:schreibe|sage),? dass/y,
    weight: 0.5,
  },
  {
    words: ['antworte', 'respond', 'answer', 'speak', 'talk', 'role', 'schauspieler', 'leading', 'hauptrollen'],
    expression:
      /antworte (?:im stil|wie|als)|(?:respond|answer|speak|talk) (?:as such|like an? |as an? |in the style)|role-playing|schauspieler|leading roles|hauptrollen/y,
    weight: 0.5,
  },
  {
    words: ['human', 'system', 'assistant', 'user', 'instruction', 'context', 'kontext', 'question'],
    expression:
      /(?:human|assistant|system|user): ?(?:human|assistant|system|user|you|now|ignore)|instructions?: |(?:context|kontext) ?[:{"][^\n]{0,200}(?:question|frage)/y,
    weight: 0.5,
  },
  {
    words: [
      'theoretical',
      'hypothetical',
      'hypothetically',
      'immoral',
      'unethical',
      'actors',
      'character',
      'characters',
      'roles',
      'fictional',
      'make',
      'rollen',
    ],
    expression:
      /(?:theoretical|hypothetical|fictional) (?:world|scenario|universe|situation)|hypothetically|immoral|unethical|actors (?:and|in|who)|characters? (?:and|in a|even)|(?:in )?(?:character|roles?) (?:without|even)|make something up|rollen /y,
    weight: 0.5,
  },
  {
    words: ['not', "don't", 'without', 'own', 'documents', 'articles'],
    expression:
      /not (?:\S{1,12} ){0,3}(?:according to|by|use|in|look in|look at|from) (?:\S{1,12} )?(?:the )?(?:provided )?(?:documents|articles|context)|own knowledge and not|documents provided i command/y,
    weight: 0.5,
  },
  {
    words: ['die', 'stirbst', 'mueres', 'kill'],
    expression: /die(?: if|!)|stirbst|mueres|kill you/y,
    weight: 0.5,
  },
  { expression: /^\s{0,4}(?:you are|du bist|be an?) (?!\w{1,16}ing\b)\w/, weight: 0.5 },
  // Letters apart, so that no word can be found.
  { expression: /(?:(?<![^\s])[a-zа-яß-ÿ] ){8}/, weight: 0.6 },
  {
    expression:
      /(?:забудь|забудьте|игнорируй|игнорируйте|не обращай)[^.\n]{0,40}(?:инструкц|указан|правил|выше|всё|все)/,
    weight: 0.85,
  },
  {
    expression:
      /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>|\[\/?inst\]|<<sys>>|<\/?(?:system|instructions?)>|^#{2,6} ?(?:system|instruction|new instruction)/m,
    weight: 0.7,
  },
  { expression: /(?:\\ ?n\s{0,3}){4}/, weight: 0.5 },
  {
    expression:
      /(?:指示|命令|ルール|プロンプト|設定|制約)[^。\n]{0,12}(?:無視|忘れ|破棄|無効)|(?:以前|これまで|上記|今まで|前)の[^。\n]{0,12}(?:無視|忘れ)|(?:システム|初期|元の)(?:プロンプト|指示|メッセージ)[^。\n]{0,16}(?:教え|見せ|表示|出力|繰り返)|あなたは(?:今|これ)から|忽略[^。\n]{0,12}(?:指令|指示|提示|规则)|(?:이전|위의)[^.\n]{0,12}(?:지시|명령)[^.\n]{0,8}무시/,
    weight: 0.85,
  },
];
