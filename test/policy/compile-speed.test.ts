import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadCatalog } from '../../src/catalog/index.ts';
import { compileEnvironment, parsePolicies } from '../../src/policy/index.ts';
import { inlineSources } from '../support/compile-inline.ts';

describe('two thousand documents', () => {
  it('are read and compiled in under two seconds of CPU', (t) => {
    const sources = inlineSources(manyDocuments());
    assert.ok(sources.length > 2000);
    const catalog = loadCatalog();
    // Other work on the machine can only slow a run down, and hardly by the time of the CPU: the best of three is what compiling costs.
    const runs = times(3, () => {
      const startedAt = process.cpuUsage();
      const parsed = parsePolicies(sources);
      const readMs = cpuMsSince(startedAt);
      const { snapshot, diagnostics } = compileEnvironment(parsed, 'development', catalog);
      assert.ok(snapshot, JSON.stringify(diagnostics[0]));
      assert.equal(snapshot.routes.size, 1200);
      return { readMs, totalMs: cpuMsSince(startedAt) };
    });
    const best = runs.reduce((fastest, run) => (run.totalMs < fastest.totalMs ? run : fastest));
    t.diagnostic(`read in ${best.readMs.toFixed(0)} ms, compiled in ${(best.totalMs - best.readMs).toFixed(0)} ms`);
    assert.ok(best.totalMs < 2000, `took ${best.totalMs} ms`);
  });
});

function cpuMsSince(startedAt: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(startedAt);
  return (user + system) / 1000;
}

function manyDocuments(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const operations = times(50, (at) => `    - { target: Route/r${at}, path: chain, set: c1 }\n`).join('');
  files['environment.yaml'] = `kind: Environment\nmetadata: { name: development }\nspec:\n  overrides:\n${operations}`;
  times(200, (at) => {
    files[`chains/c${at}.yaml`] = `kind: Chain
metadata: { name: c${at}, owner: platform, description: Three providers. }
spec:
  deadline: 150s
  defaults:
    timeouts: { connect: 2s, firstToken: 10s, idle: 15s, total: 45s }
    retry: { max: 5, on: [rate-limit, server-error] }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5, params: { temperature: 0.7 } }
    - { id: gemini, model: google/gemini-2.5-pro }
`;
  });
  times(300, (at) => {
    files[`consumers/u${at}.yaml`] = `kind: Consumer
metadata: { name: u${at}, labels: { team: t${at % 10} } }
spec:
  keys: [{ id: k1, sha256: "${at.toString(16).padStart(64, '0')}", createdAt: 2026-10-01, expiresAt: 2027-01-01 }]
  allow: { models: ["openai/*", "anthropic/*"] }
`;
    files[`budgets/b${at}.yaml`] = `kind: Budget
metadata: { name: b${at} }
spec:
  scope: { consumers: [u${at}] }
  limit: { cost: "100 USD" }
  window: { every: month, timezone: Asia/Tokyo }
  onExhausted: deny
`;
  });
  times(1200, (at) => {
    files[`routes/r${at}.yaml`] = `kind: Route
metadata: { name: r${at}, owner: support }
spec:
  match:
    consumers: [u${at % 300}]
    paths: [/api/x${at}]
    metadata: { topic: [returns, shipping] }
${at % 4 === 0 ? "    when: 'request.inputTokens < 4000 && !request.hasTools'\n" : ''}  chain: c${at % 200}
  limits: { maxInputTokens: 8000, maxOutputTokens: 1024 }
`;
  });
  return files;
}

function times<Value>(count: number, make: (at: number) => Value): Value[] {
  return Array.from({ length: count }, (_, at) => make(at));
}
