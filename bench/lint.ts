import { loadCatalog } from '#catalog';
import { runLint } from '#lint';
import { compileEnvironment, listEnvironments, parsePolicies } from '#policy';

/**
 * Lint of a tree of 2,000 documents in two environments: reading, compiling and every rule. `node bench/lint.ts [--documents N]` prints the parts; the bar
 * is 3 seconds in all.
 */
const asked = process.argv.indexOf('--documents');
const count = asked < 0 ? 2000 : Number(process.argv[asked + 1]);
const teams = Math.max(1, Math.round(count / 4));
const head = 'apiVersion: signalbox/v1\n';

function sourcesOf(): readonly { readonly file: string; readonly bytes: Uint8Array }[] {
  const own = Array.from({ length: teams }, (_, at) => [
    `kind: Consumer\nmetadata: { name: team-${at}, owner: o, description: d, labels: { area: "${at % 30}" } }\nspec: { allow: { models: ["openai/*", "anthropic/*"] } }`,
    `kind: Route\nmetadata: { name: route-${at}, owner: o, description: d }\nspec: { match: { consumers: [team-${at}], models: ["openai/*", "m${at}-*"] }, chain: chain-${at}, limits: { maxInputTokens: 8000, maxOutputTokens: ${100 + at} } }`,
    `kind: Chain\nmetadata: { name: chain-${at}, owner: o, description: d }\nspec: { defaults: { timeouts: { firstToken: 5s, total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }] }`,
    `kind: Budget\nmetadata: { name: month-${at}, owner: o, description: d }\nspec: { scope: { consumers: [team-${at}] }, limit: { cost: "100 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }`,
  ]).flat();
  const shared = [
    'kind: Route\nmetadata: { name: default, owner: o, description: d }\nspec: { match: {}, chain: chain-0, limits: { maxInputTokens: 8000, maxOutputTokens: 100 } }',
    'kind: Environment\nmetadata: { name: staging, owner: o, description: d }',
    'kind: Environment\nmetadata: { name: production, owner: o, description: d }\nspec: { overrides: [{ target: Provider/openai, path: auth.secret, set: { env: PROD_OPENAI } }, { target: Provider/anthropic, path: auth.secret, set: { env: PROD_ANTHROPIC } }] }',
  ];
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(`${head}${text}\n`);
  return [...shared, ...own].map((text, at) => ({ file: `d${at}.yaml`, bytes: bytes(text) }));
}

function timed<Result>(what: string, work: () => Result): Result {
  const started = performance.now();
  const result = work();
  process.stdout.write(`${what.padEnd(24)}${Math.round(performance.now() - started)} ms\n`);
  return result;
}

const sources = sourcesOf();
const catalog = loadCatalog();
const started = performance.now();
const cpu = process.cpuUsage();
const parsed = timed('read', () => parsePolicies(sources));
const compiled = timed('compile', () =>
  listEnvironments(parsed).map((name) => compileEnvironment(parsed, name, catalog)),
);
const { findings } = timed('rules', () => runLint({ parsed, compiled, nowMs: Date.parse('2026-11-25T00:00:00Z') }));
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
const cpuSeconds = ((user + system) / 1e6).toFixed(2);
const severities = Map.groupBy(findings, ({ rule }) => rule);
const summary = [...severities].map(([rule, list]) => `${rule} ${list.length}`).join(', ');
process.stdout.write(
  `${sources.length} documents, ${listEnvironments(parsed).length} environments: ${seconds.toFixed(2)} s, ${cpuSeconds} s of processor (bar 3 s)\n`,
);
process.stdout.write(`findings: ${summary || 'none'}\n`);
process.exitCode = seconds < 3 ? 0 : 1;
