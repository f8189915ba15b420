import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';

/** Something that must be found nowhere, or everywhere: with the name of the place where it was planted. */
export interface Planted {
  readonly place: string;
  readonly value: string;
  /** No digest of it tells anything, as of keys that are long and random. */
  readonly isRandom?: boolean;
}

/** What was written, by where it was found. */
export interface Written {
  readonly where: string;
  readonly bytes: Buffer;
}

/** Personal data and a key of one place, all valid by their check digits and unlike those of every other place. */
export function plantIn(place: string, number: number) {
  const digits = (length: number, salt: number) =>
    String(BigInt(`0x${hash('sha256', `${place} ${salt} ${number}`).slice(0, 24)}`))
      .slice(-length)
      .padStart(length, '7');
  const card = withLuhn(`4${digits(14, 1)}`);
  const local = digits(8, 2);
  return {
    email: `${place}.${digits(6, 3)}@mail.example.org`,
    card: card.replace(/(\d{4})(?=\d)/g, '$1 '),
    domesticPhone: `080-${digits(4, 5)}-${digits(4, 6)}`,
    phone: `+81 90-${local.slice(0, 4)}-${local.slice(4)}`,
    myNumber: withMyNumberDigit(digits(11, 4)),
    key: `sk-${hash('sha256', `key ${place}`).slice(0, 40)}`,
  };
}

export type Plants = ReturnType<typeof plantIn>;

/** A text that holds everything of a place. */
export function plantedText(plants: Plants): string {
  const { email, card, phone, domesticPhone, myNumber, key } = plants;
  return `Mail ${email}, card ${card}, call ${phone} or ${domesticPhone}, My Number ${myNumber}, key ${key}.`;
}

/** Every form of a value that somebody could turn back: as it is, encoded, without its separators, and its plain digest, which a table of all numbers turns back. */
export function formsOf(value: string): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  const bare = value.replaceAll(/[\s()-]/g, '');
  for (const [name, text] of [
    ['as it is', value],
    ['without separators', bare],
    ['without its plus', bare.replace(/^\+/, '')],
  ] as const) {
    forms.set(name, text);
    forms.set(`${name}, url-encoded`, encodeURIComponent(text));
    forms.set(`${name}, as a form field`, new URLSearchParams({ v: text }).toString().slice(2));
    forms.set(`${name}, in JSON`, JSON.stringify(text).slice(1, -1));
    forms.set(`${name}, in HTML`, text.replaceAll('@', '&#64;').replaceAll('+', '&#43;'));
    forms.set(`${name}, in hex`, Buffer.from(text).toString('hex'));
    forms.set(`${name}, SHA-256`, hash('sha256', text));
    // Within a longer text, base64 depends on where the value begins in it; the first and last characters are others' too.
    for (const before of ['', 'a', 'ab']) {
      const bytes = Buffer.from(`${before}${text}`);
      const from = before === '' ? 0 : 4;
      const whole = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 3)))
        .toString('base64')
        .slice(from);
      forms.set(`${name}, base64 after ${before.length}`, whole);
      forms.set(`${name}, base64url after ${before.length}`, whole.replaceAll('+', '-').replaceAll('/', '_'));
    }
  }
  return forms;
}

/** Where planted values were written, in any of their forms and in either case: the first form of each place. */
export function findPlanted(written: readonly Written[], planted: readonly Planted[]): readonly string[] {
  const texts = written.map(({ where, bytes }) => ({ where, text: bytes.toString('latin1').toLowerCase() }));
  return planted.flatMap(({ place, value, isRandom = false }) => {
    const shapes = [...formsOf(value)]
      .filter(([form]) => !(isRandom && form.endsWith('SHA-256')))
      .map(([form, shape]) => [form, Buffer.from(shape).toString('latin1').toLowerCase()] as const);
    return texts.flatMap(({ where, text }) => {
      const found = shapes.find(([, shape]) => text.includes(shape));
      return found === undefined ? [] : [`${value} of ${place} in ${where}: ${found[0]}`];
    });
  });
}

/** Every file of a folder: unpacked where it is packed, and the cells of databases beside their pages, which may cut a value in two. */
export function writtenFiles(directory: string): readonly Written[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      const where = path.slice(directory.length + 1);
      if (where.endsWith('.gz')) return [{ where, bytes: gunzipSync(bytes) }];
      if (!where.endsWith('.db')) return [{ where, bytes }];
      return [
        { where, bytes },
        { where: `${where} (cells)`, bytes: cellsOf(path) },
      ];
    });
}

function cellsOf(path: string): Buffer {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const cells = tables.flatMap(({ name }) =>
      database
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .flatMap((row) => Object.values(row)),
    );
    return Buffer.concat(
      cells.flatMap((cell) => [cell instanceof Uint8Array ? cell : Buffer.from(String(cell)), Buffer.from('\n')]),
    );
  } finally {
    database.close();
  }
}

function withLuhn(digits: string): string {
  const sum = [...digits]
    .toReversed()
    .map((digit, at) => (at % 2 === 0 ? Number(digit) * 2 : Number(digit)))
    .reduce((total, each) => total + (each > 9 ? each - 9 : each), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** The check digit of a Japanese My Number: Ordinance of the Ministry of Internal Affairs no. 85 of 2014, article 5. */
function withMyNumberDigit(digits: string): string {
  const sum = [...digits]
    .toReversed()
    .reduce((total, digit, at) => total + Number(digit) * (at < 6 ? at + 2 : at - 4), 0);
  return `${digits}${sum % 11 <= 1 ? 0 : 11 - (sum % 11)}`;
}
