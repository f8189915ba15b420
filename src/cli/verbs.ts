import type { Verb } from './verb.ts';

/** A verb as `signalbox --help` shows it; its module is loaded only when it is called, so that start-up stays quick. */
export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Verb>;
}

/** Every verb, in the order of the help text. One line each. */
// biome-ignore format: a table
export const VERBS: readonly VerbEntry[] = [
  { name: 'init', summary: 'a small working set of policies, with tests and a workflow, or another gateway’s configuration as policies', load: async () => (await import('./commands/init.ts')).init },
  { name: 'serve', summary: 'the gateway', load: loadServe },
  { name: 'status', summary: 'revision, last verdict and targets of a running gateway', load: async () => (await import('./commands/status.ts')).status },
  { name: 'reload', summary: 'make a running gateway read its policies, and wait for the verdict', load: async () => (await import('./commands/reload.ts')).reload },
  { name: 'lint', summary: 'check policies: schema, links and meaning, for every environment', load: async () => (await import('./commands/lint.ts')).lint },
  { name: 'fmt', summary: 'put policy files into their canonical layout', load: async () => (await import('./commands/fmt.ts')).fmt },
  { name: 'list', summary: 'what is loaded, from where, and what was ignored', load: async () => (await import('./commands/list.ts')).list },
  { name: 'render', summary: 'the effective documents of an environment', load: async () => (await import('./commands/render.ts')).render },
  { name: 'explain', summary: 'why a request goes where it goes: routes, targets, budgets, with file and line', load: async () => (await import('./commands/explain.ts')).explain },
  { name: 'test', summary: 'run the policy tests; with --coverage what no case reaches', load: async () => (await import('./commands/test.ts')).test },
  { name: 'usage', summary: 'who used what, what it cost, and when budgets reach their caps', load: async () => (await import('./commands/usage.ts')).usage },
  { name: 'keys', summary: 'make, rotate, hash and list consumer keys', load: async () => (await import('./commands/keys.ts')).keys },
  { name: 'cache', summary: 'kept answers: purge, warm, and tune the threshold of a semantic cache', load: async () => (await import('./commands/cache.ts')).cache },
  { name: 'alerts', summary: 'when alerts would have fired on a recording, and whether they arrive: backtest, test', load: async () => (await import('./commands/alerts.ts')).alerts },
  { name: 'report', summary: 'the weekly report now: as a page, as text, as figures', load: async () => (await import('./commands/report.ts')).report },
  { name: 'traffic', summary: 'recordings: import from other formats, stats, sample, verify', load: async () => (await import('./commands/traffic.ts')).traffic },
  { name: 'diff', summary: 'what one revision of the policies does otherwise than another, and for whom', load: async () => (await import('./commands/diff.ts')).diff },
  { name: 'dry-run', summary: 'what a change would have done to recorded traffic, with gates', load: async () => (await import('./commands/dry-run.ts')).dryRun },
  { name: 'check', summary: 'everything a pull request must pass: layout, lint, tests, dry-run; its comment', load: async () => (await import('./commands/check.ts')).check },
  { name: 'graph', summary: 'routes, chains, targets, caches and budgets as a picture: mermaid, dot, json', load: async () => (await import('./commands/graph.ts')).graph },
  { name: 'doctor', summary: 'what keeps a gateway from starting here, or from doing what its policies say', load: async () => (await import('./commands/doctor.ts')).doctor },
  { name: 'bench', summary: 'how fast these policies decide about a recording', load: async () => (await import('./commands/bench.ts')).bench },
  { name: 'schema', summary: 'print the JSON Schema of a document kind', load: async () => (await import('./commands/schema.ts')).schema },
];

async function loadServe(): Promise<Verb> {
  // Before the gateway's modules are read: they make the first garbage.
  (await import('./serve/boot-heap.ts')).keepYoungHeapSmall();
  return (await import('./commands/serve.ts')).serve;
}
