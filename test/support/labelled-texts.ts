import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A text with the places of one entity in it, as somebody else labelled them. */
export interface LabelledText {
  readonly source: string;
  readonly text: string;
  /** Start and end of each; exclusive. */
  readonly places: readonly (readonly [number, number])[];
  /** Why its label is left out of the count, where it is wrong or says nothing. */
  readonly doubt?: string;
}

/** Texts by entity: card, phone, email, iban, ip, ssn, my-number, key. */
export type LabelledTexts = Readonly<Record<Entity, readonly LabelledText[]>>;
export type Entity = 'card' | 'phone' | 'email' | 'iban' | 'ip' | 'ssn' | 'my-number' | 'key';

/** Reads the labelled texts below `../shared/data/pii`. */
export function readLabelledTexts(folder: string): LabelledTexts {
  const sentences = [
    ...readSentences(folder, 'presidio-research/synth_dataset_v2.json.gz'),
    ...readSentences(folder, 'presidio-research/generated_small.json'),
  ];
  const inSentences = (type: string) =>
    sentences.map(({ source, full_text: text, spans }) => ({
      source,
      text,
      places: spans
        .filter(({ entity_type }) => entity_type === type)
        .map(({ start_position, end_position }) => [start_position, end_position] as const),
    }));
  const vectors = readVectors(folder);
  const ofRecognizer = (name: string) => vectors.filter(({ recognizer }) => recognizer === name);
  const japanese = readJapanese(folder);
  return {
    card: [
      ...ofRecognizer('credit_card'),
      ...inSentences('CREDIT_CARD'),
      ...readAnnotated(folder, 'core-credit-card', /^credit_card$/),
    ],
    phone: [...ofRecognizer('phone'), ...inSentences('PHONE_NUMBER'), ...readPhones(folder), ...japanese.phone],
    email: [
      ...ofRecognizer('email'),
      ...inSentences('EMAIL_ADDRESS'),
      ...readAnnotated(folder, 'core-email', /^email$/),
    ],
    iban: inSentences('IBAN_CODE'),
    ip: [...ofRecognizer('ip'), ...inSentences('IP_ADDRESS')],
    ssn: [...ofRecognizer('us_ssn'), ...inSentences('US_SSN')],
    'my-number': [...japanese.myNumber, ...inSentences('none of these')],
    key: [
      ...['api-keys', 'misc-tokens', 'auth-headers', 'cookies', 'jwt', 'url-tokens'].flatMap((file) =>
        readAnnotated(folder, `security-${file}`, /^sec_/),
      ),
      ...inSentences('none of these'),
    ],
  };
}

interface Sentence {
  readonly source: string;
  readonly full_text: string;
  readonly spans: readonly {
    readonly entity_type: string;
    readonly start_position: number;
    readonly end_position: number;
  }[];
}

function readSentences(folder: string, file: string): readonly Sentence[] {
  const bytes = readFileSync(join(folder, file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return (JSON.parse(text) as Sentence[]).map((sentence) => ({ ...sentence, source: 'presidio-research' }));
}

interface Vector {
  readonly recognizer: string;
  readonly text: string;
  readonly expected_len?: number;
  readonly expected_positions?: readonly (readonly [number, number])[];
  readonly expected_res?: readonly (readonly [number, number])[];
  /** Least and most confidence that the recognizer may have in each place. */
  readonly expected_score_ranges?: readonly (readonly [number, number])[];
}

/** Offsets count code points, and these texts have none beyond the basic plane. */
function readVectors(folder: string): readonly (LabelledText & { readonly recognizer: string })[] {
  return lines(join(folder, 'presidio-recognizer-vectors/vectors.jsonl')).map((line) => {
    const {
      recognizer,
      text,
      expected_len,
      expected_positions,
      expected_res,
      expected_score_ranges: scores,
    } = JSON.parse(line) as Vector;
    const given = expected_positions ?? expected_res ?? [];
    // Some tables count findings without saying where: with one finding it is the text.
    const places = given.length === 0 && expected_len === 1 ? [[0, text.length] as const] : given;
    const isWeak = (scores ?? []).some(([, most]) => most <= 0.4);
    const doubt = isWeak ? 'the recognizer itself is to doubt it' : undefined;
    return { source: 'presidio-vectors', recognizer, text, places, ...(doubt && { doubt }) };
  });
}

interface Annotated {
  readonly id: string;
  readonly text: string;
  readonly annotations?: readonly {
    readonly start: number;
    readonly end: number;
    readonly type: string;
    readonly value: string;
  }[];
}

/** Texts with a key or token of a known form, or one assigned to a name as `token`, that their labels leave out: a finding there is right. */
const UNLABELLED_KEYS: ReadonlySet<string> = new Set([
  ...['api-001', 'api-003', 'api-012', 'api-018', 'api-020', 'misc-003', 'misc-015'],
  ...['auth-005', 'auth-007', 'auth-011', 'auth-014', 'cookie-009', 'url-001', 'url-003'],
  ...['jwt-004', 'jwt-013', 'jwt-015'],
]);

/** Offsets of these files are not all right: where the value stands elsewhere in the text, that place counts. */
function readAnnotated(folder: string, file: string, type: RegExp): readonly LabelledText[] {
  const texts = JSON.parse(readFileSync(join(folder, `noren-ground-truth/${file}.json`), 'utf8')) as Annotated[];
  return texts.map(({ id, text, annotations = [] }) => ({
    source: 'noren',
    text,
    ...(UNLABELLED_KEYS.has(id) && { doubt: `${id} holds a key or token that is not labelled` }),
    places: annotations
      .filter((annotation) => type.test(annotation.type))
      .map(({ start, end, value }) => {
        if (text.slice(start, end) === value) return [start, end] as const;
        const at = text.indexOf(value);
        return at < 0 ? ([start, end] as const) : ([at, at + value.length] as const);
      }),
  }));
}

/** Every example of the numbering plans, as people abroad write it. */
function readPhones(folder: string): readonly LabelledText[] {
  return lines(join(folder, 'phone-examples/libphonenumber_examples.jsonl')).map((line) => {
    const { country_code: code, national_number: number } = JSON.parse(line) as Record<string, string>;
    const text = `+${code} ${number}`;
    return { source: 'phone-examples', text, places: [[0, text.length] as const] };
  });
}

const JAPANESE_PHONE = /\+?[\d\uff10-\uff19][\d\uff10-\uff19 -]{8,}[\d\uff10-\uff19]/;

/**
 * Vectors of Japanese formats. Those of the boundary tests are labelled for another detector than ours (its label for a number in full width is `none`,
 * and telephone numbers are negatives of postal codes): what they hold is told by their description.
 */
function readJapanese(folder: string): Record<'phone' | 'myNumber', readonly LabelledText[]> {
  const cases = lines(join(folder, 'japanese-formats/noren_jp_vectors.jsonl')).map(
    (line) => JSON.parse(line) as JapaneseCase,
  );
  const source = 'noren-jp';
  const phone = cases.flatMap(({ text, desc, check }) => {
    if (check !== undefined) return [];
    const isPhone = /phone|international/i.test(desc ?? '');
    return [{ source, text, places: isPhone ? placesOf(text, JAPANESE_PHONE) : [] }];
  });
  const myNumber = cases.flatMap(({ text, desc, check, expected }) => {
    const isNumber = check === 'validateMyNumber' ? expected : /my number/i.test(desc ?? '');
    return [{ source, text, places: isNumber ? placesOf(text, /\d[\d -]{10,}\d/) : [] }];
  });
  return { phone, myNumber };
}

interface JapaneseCase {
  readonly text: string;
  readonly expected: boolean;
  readonly desc?: string;
  readonly check?: string;
}

function placesOf(text: string, expression: RegExp): LabelledText['places'] {
  const match = expression.exec(text);
  return match === null ? [] : [[match.index, match.index + match[0].length]];
}

function lines(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
