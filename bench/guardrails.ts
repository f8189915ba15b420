import { CHECKS, type Check, checkBody, compileGuard, createTally, createVault, type GuardRun } from '#guardrails';

/*
 * What the whole deterministic set costs on one prompt of 8 KiB: every check with the options of its sample, input side, as a request brings it. CPU time of
 * this process, the median of batches. `node bench/guardrails.ts [BATCHES]`; fails above 1 ms.
 */

const BATCHES = Number(process.argv[2] ?? 40);
const PER_BATCH = 20;
const LIMIT_US = 1000;
const SHOWN = 20;

const checks = [...CHECKS.values()].filter((check) => !isRemote(check));
const prompts = { prose: proseOf(8 * 1024), dense: denseOf(8 * 1024) };

for (const [name, prompt] of Object.entries(prompts)) {
  const rows = checks.map((check) => ({ name: check.name, us: costOf([check], prompt) })).sort((a, b) => b.us - a.us);
  const total = costOf(checks, prompt);
  console.log(`${name}: ${checks.length} checks on ${Buffer.byteLength(prompt)} bytes: ${total.toFixed(0)} µs CPU`);
  for (const row of rows.slice(0, SHOWN)) console.log(`${row.us.toFixed(1).padStart(8)} µs  ${row.name}`);
  if (name !== 'prose' || total <= LIMIT_US) continue;
  console.error(`more than ${LIMIT_US} µs`);
  process.exitCode = 1;
}

/** Microseconds of CPU for one request. */
function costOf(list: readonly Check[], prompt: string): number {
  const body = { model: 'any-model', messages: [{ role: 'user', content: prompt }] };
  const { input } = compileGuard([
    {
      name: 'bench',
      stage: ['input'],
      stream: 'window',
      checks: list.map((check) => ({ ...check.sample.options, id: check.name, check: check.name, action: 'flag' })),
    },
  ]);
  if (input === null) return 0;
  const run: GuardRun = {
    guard: input,
    context: { stage: 'input', instructions: ['You answer for Example Inc.'] },
    vault: createVault(() => false),
    tally: createTally(),
  };
  const subject = { stage: 'input' as const, text: prompt, texts: [prompt] };
  const once = () => {
    checkBody(run, body);
    for (const { compiled } of input.wholes) compiled.judge(subject, run.context);
  };
  for (let warm = 0; warm < 60; warm++) once();
  const batches = Array.from({ length: BATCHES }, () => {
    const start = process.cpuUsage();
    for (let turn = 0; turn < PER_BATCH; turn++) once();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / PER_BATCH;
  });
  return batches.sort((a, b) => a - b)[Math.floor(BATCHES / 2)] ?? 0;
}

function isRemote(check: Check): boolean {
  return [check.compile(check.sample.options)].flat().some(({ kind }) => kind === 'remote');
}

/** A question about a report, as people paste it: prose, with a table, a log line and the address of the sender at the end. ASCII, as most prompts are. */
function proseOf(bytes: number): string {
  const words =
    'please read the following report about the season and tell me in a few sentences what changed for our customers since the last one and what the team should do about it next because nobody here had time to go through every page of it and the meeting is on Monday when we want to know more than the headline says'.split(
      ' ',
    );
  let text = '';
  for (let at = 0; text.length < bytes; at++) {
    const word = words[(at * 7 + (at >> 3)) % words.length] ?? '';
    text += at % 17 === 16 ? `${word}. The ` : at % 61 === 60 ? `${word} ${at * 3}% in ` : `${word} `;
  }
  const end = `\n| 2026-08 | 1,204 | 15,300.50 |\n2026-10-02T14:31:07Z GET /api/orders/48213 200 12ms from 203.0.113.7\nJane, jane.doe@example.com, +44 20 7946 0958`;
  return text.slice(0, bytes - end.length) + end;
}

/** The worst of ordinary prompts: mail, tables, log lines and Japanese, with figures, addresses, names and dates in every line, and a dozen findings in each part. */
function denseOf(bytes: number): string {
  let text = '';
  for (let at = 0; Buffer.byteLength(text) < bytes; at++) {
    const order = 48_213 + at * 37;
    text += `Hello team, the order ${order}-7${at % 10} of 2026-10-${10 + at} (3 items, 14${at}.90 EUR) has not arrived; write to jane.doe${at}@example.com or call
+44 20 7946 0${100 + at} after 14:30. The parcel was last seen at depot ${at}, 22${at} Baker Street, London NW1 6XE. Log: 2026-10-02T14:31:${10 + at}Z
GET https://shop.example.com/api/orders/${order}?page=2 200 12ms from 203.0.113.${at}, request 550e8400-e29b-41d4-a716-4466554400${10 + at}.
お世話になっております。山田です。ご注文番号は${order}、お電話は03-3224-99${10 + at}です。よろしくお願いいたします。
| month | units | revenue |\n| 2026-08 | 1,2${10 + at} | 15,3${10 + at}.50 |\n| 2026-09 | 9${10 + at} | 12,7${10 + at}.25 |\n`;
  }
  return Buffer.from(text)
    .subarray(0, bytes)
    .toString('utf8')
    .replace(/\ufffd/g, '');
}
