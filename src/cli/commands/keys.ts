import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { VERSION } from '#core';
import type { ParsedDocument } from '#policy';
import { addKey, fieldsOf, type KeyEntry, setExpiry } from '../keys/edit-consumer.ts';
import { consumersOf, findConsumer, keysOf, nextKeyId, type WrittenKey } from '../keys/find-consumer.ts';
import { dayOf, endDay, startOfDay } from '../keys/key-dates.ts';
import { isWithin, readEnvironments, sharedEnvironments } from '../keys/key-environments.ts';
import { hashKey, isKey, makeKey } from '../keys/key-material.ts';
import { type ListedKey, showKeys, stateOf } from '../keys/show-keys.ts';
import { blockItem } from '../keys/splice-yaml.ts';
import { loadTree, type PolicyTree } from '../load-tree.ts';
import { textOption, withPolicies } from '../options.ts';
import { replaceFile } from '../replace-file.ts';
import { readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { writeReports } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

// Lint asks for a new key after this long.
const DEFAULT_EXPIRES = '90d';
const DEFAULT_GRACE = '7d';

/** `signalbox keys create|rotate|hash|list`: consumer keys. A key is shown once, when it is made; policies hold its digest. */
export const keys: Verb = {
  configure(command) {
    const create = command
      .command('create')
      .description('make a key, print it once, and write its digest into the consumer’s document');
    create.argument('<consumer>', 'name of a Consumer document');
    withKey(withPolicies(create));
    const rotate = command.command('rotate').description('make a key, and let the older ones end');
    rotate.argument('<consumer>', 'name of a Consumer document');
    withKey(withPolicies(rotate))
      .option('--grace <duration>', 'how long the older keys go on', DEFAULT_GRACE)
      .option('--key <id>', 'the one key to let end (default: every key that still holds)');
    const hash = command.command('hash').description('print the digest of a key');
    hash.argument('<key>', 'the key, or - to read it from stdin, where no other user sees it');
    const list = command.command('list').description('every key with its dates');
    list.argument('[consumer]', 'name of a Consumer document');
    withReports(withPolicies(list));
  },
  run(call) {
    if (call.name === 'hash') return printHash(call);
    if (call.name === 'list') return listKeys(call);
    return call.name === 'rotate' ? rotateKey(call) : createKey(call);
  },
};

function withKey(command: Command): Command {
  return command
    .option('--expires <when>', 'a duration, or a date that begins at 00:00 UTC', DEFAULT_EXPIRES)
    .option('--id <id>', 'name of the key in records (default: k1, k2, …)')
    .option(
      '--for <environments...>',
      'the environments in which the key is known (default: create: all; rotate: those of the older keys)',
    )
    .option('--note <text>', 'who or what holds the key')
    .option('--print', 'print the YAML to put in by hand; change no file');
}

async function createKey(call: VerbCall): Promise<ExitCode> {
  const { tree, consumer, present } = await consumerOf(call);
  const { secret, entry } = newKey(call, present, readEnvironments(call.options.for, tree));
  if (call.options.print === true) return printEntry(call, secret, entry, []);
  const edited = addKey(await textOf(tree, consumer), consumer.name, entry);
  if (edited === null) throw cannotEdit(tree, consumer);
  await write(tree, consumer, edited);
  handOver(
    call,
    secret,
    `${pathOf(tree, consumer)}: key ${entry.id} of ${consumer.name}${placesOf(entry)}, until ${entry.expiresAt}. It is not shown again.`,
  );
  return 0;
}

async function rotateKey(call: VerbCall): Promise<ExitCode> {
  const { tree, consumer, present } = await consumerOf(call);
  const nowMs = call.terminal.nowMs();
  const ends = endDay('--grace', textOption(call.options.grace) ?? DEFAULT_GRACE, nowMs);
  const asked = readEnvironments(call.options.for, tree);
  const older = keysToEnd(call, present, ends, nowMs, asked);
  const { secret, entry } = newKey(call, present, asked ?? sharedEnvironments(older));
  if (call.options.print === true)
    return printEntry(
      call,
      secret,
      entry,
      older.map(({ id }) => `key ${id}: set expiresAt to ${ends}`),
    );
  let text = addKey(await textOf(tree, consumer), consumer.name, entry);
  for (const { id } of older) text = text === null ? null : setExpiry(text, consumer.name, id, ends);
  if (text === null) throw cannotEdit(tree, consumer);
  await write(tree, consumer, text);
  const rest =
    older.length === 0
      ? 'No older key had to be ended.'
      : `${older.map(({ id }) => id).join(', ')} end${older.length === 1 ? 's' : ''} on ${ends}.`;
  handOver(
    call,
    secret,
    `${pathOf(tree, consumer)}: key ${entry.id} of ${consumer.name}${placesOf(entry)}, until ${entry.expiresAt}. It is not shown again.\n${rest}`,
  );
  return 0;
}

/** Keys that hold beyond the day on which they shall end; with environments given, and no key named, those that are known nowhere else. */
function keysToEnd(
  call: VerbCall,
  present: readonly WrittenKey[],
  ends: string,
  nowMs: number,
  environments: readonly string[] | null,
): readonly WrittenKey[] {
  const id = textOption(call.options.key);
  if (id !== undefined && !present.some((key) => key.id === id)) {
    const ids = present.map((key) => key.id);
    throw new UsageError(
      `there is no key ${JSON.stringify(id)}`,
      ids.length === 0 ? 'The consumer has none.' : `Keys are ${ids.join(', ')}.`,
    );
  }
  return present.filter(
    (key) =>
      (id === undefined ? isWithin(key, environments) : key.id === id) &&
      (key.expiresAt === null || (startOfDay(key.expiresAt) > startOfDay(ends) && startOfDay(key.expiresAt) > nowMs)),
  );
}

async function consumerOf(call: VerbCall) {
  const tree = await loadTree(call);
  const consumer = findConsumer(tree, call.args[0] ?? '');
  return { tree, consumer, present: keysOf(consumer) };
}

function newKey(
  { options, terminal }: VerbCall,
  present: readonly WrittenKey[],
  environments: readonly string[] | null,
): { readonly secret: string; readonly entry: KeyEntry } {
  const nowMs = terminal.nowMs();
  const expiresAt = endDay('--expires', textOption(options.expires) ?? DEFAULT_EXPIRES, nowMs);
  const id = textOption(options.id) ?? nextKeyId(present);
  if (present.some((key) => key.id === id))
    throw new UsageError(`the consumer already has a key ${JSON.stringify(id)}`, 'Name another one by --id.');
  const secret = makeKey();
  const note = textOption(options.note) ?? null;
  return { secret, entry: { id, sha256: hashKey(secret), createdAt: dayOf(nowMs), expiresAt, note, environments } };
}

/** ` for production`; nothing for a key of everywhere. */
function placesOf({ environments }: KeyEntry): string {
  return environments === null ? '' : ` for ${environments.join(', ')}`;
}

/** The key alone goes to stdout, so that a script can take it; what there is to say goes to stderr. */
function handOver({ terminal }: VerbCall, secret: string, text: string): void {
  terminal.out(`${secret}\n`);
  terminal.err(`${text}\n`);
}

function printEntry({ terminal }: VerbCall, secret: string, entry: KeyEntry, more: readonly string[]): ExitCode {
  terminal.out(`${secret}\n\n${blockItem('    ', fieldsOf(entry))}`);
  terminal.err(
    `Put the lines below \`spec.keys\`; the key itself is not shown again.\n${more.map((line) => `${line}\n`).join('')}`,
  );
  return 0;
}

async function printHash({ args, terminal }: VerbCall): Promise<ExitCode> {
  const [given = ''] = args;
  const key = given === '-' ? new TextDecoder().decode(await terminal.readInput()).trim() : given;
  if (!isKey(key)) {
    throw new UsageError(
      'this is no consumer key',
      'A key is sbx_ and at least 32 letters, digits, - or _; `signalbox keys create` makes one.',
    );
  }
  terminal.out(`${hashKey(key)}\n`);
  return 0;
}

async function listKeys(call: VerbCall): Promise<ExitCode> {
  const outputs = readOutputs(call);
  readFailLevel(call);
  const tree = await loadTree(call);
  const [name] = call.args;
  const consumers = name === undefined ? consumersOf(tree) : [findConsumer(tree, name)];
  const nowMs = call.terminal.nowMs();
  const listed: readonly ListedKey[] = consumers.flatMap((consumer) =>
    keysOf(consumer).map((key) => ({
      ...key,
      consumer: consumer.name,
      file: consumer.file,
      state: stateOf(key, nowMs),
    })),
  );
  const place = (file: string): string => join(tree.folder, file).replaceAll('\\', '/');
  await writeReports(
    {
      verb: 'keys list',
      findings: [],
      json: { version: VERSION, exitCode: 0, keys: listed },
      failLevel: 'error',
      exitCode: 0,
      pathOf: place,
      texts: tree.parsed.texts,
      scope: `${listed.length} keys`,
      notes: [],
    },
    outputs,
    call.terminal,
    { own: { pretty: (look) => showKeys(listed, look, nowMs, place) } },
  );
  return 0;
}

async function textOf(tree: PolicyTree, consumer: ParsedDocument): Promise<string> {
  // Not the parsed text: there, whatever looks like a secret is blacked out.
  return readFile(join(tree.folder, consumer.file), 'utf8');
}

async function write(tree: PolicyTree, consumer: ParsedDocument, text: string): Promise<void> {
  const path = join(tree.folder, consumer.file);
  try {
    await replaceFile(path, text);
  } catch (error) {
    throw new UsageError(
      `${path} cannot be written: ${(error as Error).message}`,
      'With --print the YAML is printed instead.',
      { cause: error },
    );
  }
}

function cannotEdit(tree: PolicyTree, consumer: ParsedDocument): UsageError {
  return new UsageError(
    `${pathOf(tree, consumer)} is written in a way that cannot be edited safely; nothing was changed`,
    'With --print the YAML is printed, to be put in by hand.',
  );
}

function pathOf({ folder }: PolicyTree, { file }: ParsedDocument): string {
  return join(folder, file).replaceAll('\\', '/');
}
