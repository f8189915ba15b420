import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type RouteGraph, routeGraph } from '../../src/cli/graph/route-graph.ts';
import { writeDot } from '../../src/cli/graph/write-dot.ts';
import { writeMermaid } from '../../src/cli/graph/write-mermaid.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { runVerb } from '../support/run-verb.ts';
import { requireProgram } from '../support/skip.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { shop } from './policies-for-verbs.ts';

const NASTY = '<b>"x"</b>]) | --> end\\n#1; {{`*_';
const snapshot = compileInlineSnapshot(`
kind: Consumer
metadata: { name: web }
---
kind: Route
metadata: { name: faq }
spec: { match: { consumers: [web], models: [${JSON.stringify(NASTY)}] }, chain: outer, cache: week }
---
kind: Route
metadata: { name: closed }
spec: { match: { paths: [/old] }, deny: { status: 410, message: gone } }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: split }
---
kind: Chain
metadata: { name: outer }
spec: { targets: [{ id: cheap, chain: inner }, { id: last, model: openai/gpt-4o }] }
---
kind: Chain
metadata: { name: inner }
spec: { targets: [{ id: mini, model: openai/gpt-4o-mini }] }
---
kind: Chain
metadata: { name: split }
spec: { strategy: weighted, sticky: session, targets: [{ id: a, model: openai/gpt-4o, weight: 30 }, { id: b, provider: anthropic, weight: 70 }] }
---
kind: Chain
metadata: { name: spare }
spec: { targets: [{ id: one, model: openai/gpt-4o-mini }] }
---
kind: Cache
metadata: { name: week }
spec: { mode: exact, ttl: 7d, partition: [consumer, label.team] }
---
kind: Budget
metadata: { name: day }
spec: { scope: { consumers: [web] }, limit: { cost: "5 USD" }, window: { every: day, timezone: UTC }, onExhausted: { chain: inner } }
---
kind: Budget
metadata: { name: pace }
spec: { scope: { routes: [default] }, per: [consumer], limit: { requests: 10 }, window: { rolling: 60s }, onExhausted: deny }
`);

const edgesOf = ({ edges }: RouteGraph): readonly string[] =>
  edges.map(({ from, to, kind, label }) => `${from} ${kind} ${to}${label === '' ? '' : ` (${label})`}`);

describe('the graph of routes', () => {
  it('leads from routes over chains to targets, with weights, caches and what budgets do at their end', () => {
    assert.deepEqual(edgesOf(routeGraph(snapshot)), [
      'Route/default sends Chain/split',
      'Route/faq sends Chain/outer',
      'Route/faq caches Cache/week',
      'Chain/inner asks Chain/inner/mini (1)',
      'Chain/outer asks Chain/outer/cheap (1)',
      'Chain/outer/cheap enters Chain/inner',
      'Chain/outer asks Chain/outer/last (2)',
      'Chain/spare asks Chain/spare/one (1)',
      'Chain/split asks Chain/split/a (30 %)',
      'Chain/split asks Chain/split/b (70 %)',
      'Budget/day limits Route/faq',
      'Budget/day downgrades Chain/inner (at its end)',
      'Budget/pace limits Route/default',
    ]);
  });

  it('says of each document what matters, and where it stands', () => {
    const { nodes } = routeGraph(snapshot);
    const labelOf = (id: string) => nodes.find((each) => each.id === id)?.label;
    assert.deepEqual(labelOf('Route/closed'), ['closed', 'paths: /old', 'refused with 410']);
    assert.deepEqual(labelOf('Route/default'), ['default', 'whatever no other route takes']);
    assert.deepEqual(labelOf('Chain/split'), ['split', 'weighted, kept for each session']);
    assert.deepEqual(labelOf('Chain/split/b'), ['b', 'the requested model at anthropic']);
    assert.deepEqual(labelOf('Cache/week'), ['week', 'exact, 7d', 'apart for each consumer and label.team']);
    assert.deepEqual(labelOf('Budget/pace'), ['pace', '10 requests in 1m, then deny', 'everybody, each consumer']);
    assert.ok(nodes.every(({ at }) => at?.file === 'inline.yaml' && at.line > 0));
  });

  it('leaves out what the routes named cannot reach', () => {
    const ids = routeGraph(snapshot, new Set(['faq'])).nodes.map(({ id }) => id);
    assert.deepEqual(ids, [
      ...['Route/faq', 'Cache/week', 'Chain/inner', 'Chain/inner/mini', 'Chain/outer', 'Chain/outer/cheap'],
      ...['Chain/outer/last', 'Budget/day'],
    ]);
  });

  it('is the same graph in Mermaid, whatever a policy has written into a label', () => {
    const graph = routeGraph(snapshot);
    const [head, ...lines] = writeMermaid(graph).trimEnd().split('\n');
    assert.equal(head, 'flowchart LR');
    const ids = new Map<string, string>();
    const edges: string[] = [];
    for (const line of lines) {
      const node =
        /^ {2}(n\d+)(?:\(\[|\{\{|\[\(|\[|>)"([^"<>[\]{}|`\\]*(?:<br\/>[^"<>[\]{}|`\\]*)*)"(?:\]\)|\}\}|\)\]|\])$/.exec(
          line,
        );
      const edge = /^ {2}(n\d+) (?:-->|==>|-\.->)(?:\|"([^"|]*)"\|)? (n\d+)$/.exec(line);
      assert.ok(node ?? edge, line);
      if (node) ids.set(node[1] ?? '', decode(node[2] ?? ''));
      if (edge) edges.push(`${ids.get(edge[1] ?? '')} → ${ids.get(edge[3] ?? '')} ${decode(edge[2] ?? '')}`);
    }
    const labels = new Map(graph.nodes.map(({ id, label }) => [id, label.join('\n')]));
    assert.deepEqual([...ids.values()], [...labels.values()]);
    assert.deepEqual(
      edges,
      graph.edges.map(({ from, to, label }) => `${labels.get(from)} → ${labels.get(to)} ${label}`),
    );
    assert.ok([...ids.values()].some((label) => label.includes(NASTY)));
  });

  it('is the same graph for Graphviz', (t) => {
    const dot = requireProgram(t, 'dot');
    if (dot === undefined) return;
    const graph = routeGraph(snapshot);
    const drawn = JSON.parse(execFileSync(dot, ['-Tjson0'], { input: writeDot(graph), encoding: 'utf8' }));
    const names = drawn.objects.map(({ name }: { readonly name: string }) => name);
    assert.deepEqual(
      names,
      graph.nodes.map(({ id }) => id),
    );
    const edges = drawn.edges.map(
      ({ tail, head, label = '' }: { readonly tail: number; readonly head: number; readonly label?: string }) =>
        `${names[tail]} ${names[head]} ${label}`,
    );
    assert.deepEqual(edges.sort(), graph.edges.map(({ from, to, label }) => `${from} ${to} ${label}`).sort());
  });
});

function decode(text: string): string {
  return text.replaceAll('<br/>', '\n').replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

describe('signalbox graph', () => {
  it('goes to stdout or a file, in the format asked for or that the name says', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    const run = (...args: string[]) => runVerb(t, ['graph', ...args], { cwd });
    assert.match((await run()).stdout, /^flowchart LR\n/);
    assert.match((await run('--env', 'production', '--format', 'dot')).stdout, /^digraph "production" \{\n/);
    const json = JSON.parse((await run('returns', '--format', 'json')).stdout);
    assert.deepEqual(
      [json.environment, json.nodes[0].id, json.nodes[0].file],
      ['development', 'Route/returns', 'routes.yaml'],
    );
    for (const [file, start] of [
      ['out/routes.dot', /^digraph/],
      ['routes.json', /^\{/],
      ['routes.md', /^```mermaid\nflowchart LR\n[\s\S]*\n```\n$/],
    ] as const) {
      const written = await run('--out', file);
      assert.deepEqual([written.code, written.stdout], [0, ''], written.stderr);
      assert.match(readFileSync(join(cwd, file), 'utf8'), start);
    }
  });
});
