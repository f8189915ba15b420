import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileInline, findingLines } from '../support/compile-inline.ts';

const BASE = `kind: Chain
metadata: { name: premium }
spec:
  deadline: 150s
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
    - { id: v1.5, model: google/gemini-2.5-pro }
---
kind: Route
metadata: { name: default }
spec:
  match: { headers: { x-a.b: [eu] } }
  chain: premium
  guardrails: [no-personal-data, no-secrets]
---
kind: Guardrail
metadata: { name: no-personal-data }
spec: { checks: [{ id: card, check: credit-card, action: block }] }
---
kind: Guardrail
metadata: { name: no-secrets }
spec: { checks: [{ id: key, check: secret-key, action: block }] }
---
kind: Project
metadata: { name: example }
---
kind: Chain
metadata: { name: night, environments: [production] }
spec: { targets: [{ id: gpt, model: openai/gpt-4o }] }
---
kind: Environment
metadata: { name: production }
`;

function compileWith(operations: readonly string[], lock = '[]') {
  const overrides =
    operations.length === 0 ? '    []' : operations.map((operation) => `    - { ${operation} }`).join('\n');
  const environment = `kind: Environment
metadata: { name: development }
spec:
  lock: ${lock}
  overrides:
${overrides}
`;
  return compileInline({ 'base.yaml': BASE, 'development.yaml': environment });
}

function targetsOf(operation: string): readonly string[] {
  const { snapshot, ...compiled } = compileWith([operation]);
  assert.ok(snapshot, findingLines({ snapshot, ...compiled }).join('\n'));
  return (snapshot.chains.get('premium')?.targets ?? []).map(({ id, use }) =>
    use.kind === 'model' ? `${id}=${use.model}` : id,
  );
}

describe('an operation', () => {
  const gpt = 'gpt=openai/gpt-4o';
  const claude = 'claude=anthropic/claude-sonnet-4-5';
  const gemini = 'v1.5=google/gemini-2.5-pro';
  const echo = 'echo=sandbox/echo';
  const cases: readonly (readonly [operation: string, targets: readonly string[]])[] = [
    ['path: "targets[gpt].model", set: openai/gpt-4o-mini', ['gpt=openai/gpt-4o-mini', claude, gemini]],
    ['path: "targets[v1.5].model", set: sandbox/echo', [gpt, claude, 'v1.5=sandbox/echo']],
    [`path: 'targets["v1.5"].model', set: sandbox/echo`, [gpt, claude, 'v1.5=sandbox/echo']],
    ['path: "targets[claude]", remove: true', [gpt, gemini]],
    ['path: targets, insertBefore: gpt, value: { id: echo, model: sandbox/echo }', [echo, gpt, claude, gemini]],
    ['path: targets, insertAfter: gpt, value: { id: echo, model: sandbox/echo }', [gpt, echo, claude, gemini]],
    ['path: targets, insertAfter: v1.5, value: { id: echo, model: sandbox/echo }', [gpt, claude, gemini, echo]],
    ['path: targets, replaceItem: claude, value: { id: echo, model: sandbox/echo }', [gpt, echo, gemini]],
    ['path: targets, set: [{ id: echo, model: sandbox/echo }]', [echo]],
  ];
  for (const [operation, targets] of cases) {
    it(`${operation} gives ${targets.map((target) => target.split('=')[0]).join(', ')}`, () => {
      assert.deepEqual(targetsOf(`target: Chain/premium, ${operation}`), targets);
    });
  }

  it('sets a key that the document did not have, when its schema knows it', () => {
    const { snapshot } = compileWith(['target: Chain/premium, path: strategy, set: latency']);
    assert.equal(snapshot?.chains.get('premium')?.strategy, 'latency');
  });

  it('gives a document without a spec its first field', () => {
    const { snapshot } = compileWith(['target: Project/example, path: timezone, set: Asia/Tokyo']);
    assert.equal(snapshot?.project.timezone, 'Asia/Tokyo');
  });

  it('reaches keys that hold dots', () => {
    const { snapshot } = compileWith([`target: Route/default, path: 'match.headers["x-a.b"]', set: [us]`]);
    assert.deepEqual(
      snapshot?.routes.get('default')?.match.headers.map(({ key, values }) => [key, values[0]?.source]),
      [['x-a.b', 'us']],
    );
  });

  it('removes a plain text from a list', () => {
    const { snapshot } = compileWith(['target: Route/default, path: "guardrails[no-secrets]", remove: true']);
    assert.deepEqual(snapshot?.routes.get('default')?.guardrails, ['no-personal-data']);
  });

  it('changes a built-in provider and model that have no document', () => {
    const { snapshot } = compileWith([
      'target: Provider/openai, path: auth.secret, set: { env: DEV_KEY }',
      'target: Model/openai/gpt-4o, path: tier, set: small',
    ]);
    assert.equal(snapshot?.providers.get('openai')?.auth.secrets[0]?.id, 'env:DEV_KEY');
    assert.equal(snapshot?.models.get('openai/gpt-4o')?.tier, 1);
    const origin = snapshot?.origins.get('Provider/openai');
    assert.equal(origin?.from, 'catalogue');
    assert.deepEqual(origin?.overlays, [{ file: 'development.yaml', line: 6, path: 'auth.secret', operation: 'set' }]);
    assert.deepEqual(origin?.fields.get('auth.secret'), { file: 'development.yaml', line: 6 });
  });

  it('works on what the operations before it made', () => {
    const { snapshot } = compileWith([
      'target: Chain/premium, path: targets, insertAfter: gpt, value: { id: echo, model: sandbox/echo }',
      'target: Chain/premium, path: "targets[echo].params", set: { temperature: 0 }',
    ]);
    assert.deepEqual(snapshot?.chains.get('premium')?.targets[1]?.params, { temperature: 0 });
  });
});

describe('the origin of a value', () => {
  it('is kept through insertions and removals', () => {
    const { documents } = compileWith([
      'target: Chain/premium, path: targets, insertBefore: claude, value: { id: echo, model: sandbox/echo }',
      'target: Chain/premium, path: "targets[gpt]", remove: true',
    ]);
    const chain = documents.find((document) => document.kind === 'Chain' && document.name === 'premium');
    assert.deepEqual(chain?.origin(['spec', 'targets', 0, 'model']), {
      file: 'development.yaml',
      line: 6,
      by: 'overlay',
    });
    assert.deepEqual(chain?.origin(['spec', 'targets', 1, 'model']), { file: 'base.yaml', line: 7, by: 'document' });
    assert.deepEqual(chain?.origin(['spec', 'targets', 2]), { file: 'base.yaml', line: 8, by: 'document' });
    assert.deepEqual(chain?.origin(['spec', 'sticky']), { file: 'base.yaml', line: 4, by: 'default' });
  });
});

describe('an operation is refused', () => {
  const cases: readonly (readonly [title: string, operation: string, finding: string])[] = [
    [
      'that names no item',
      'target: Chain/premium, path: "targets[gp].model", set: x',
      '6:38 env/dangling-override set on Chain/premium hits nothing: `targets` has no item `gp` [Did you mean `gpt`?]',
    ],
    [
      'below a key that is absent',
      'target: Project/example, path: compatibility.portkeyHeaders, set: true',
      '6:40 env/dangling-override set on Project/example hits nothing: `spec` has no `compatibility` [Set `compatibility` as a whole.]',
    ],
    [
      'that sets an unknown key',
      'target: Chain/premium, path: stratgy, set: latency',
      '6:52 schema/unknown-key `stratgy` is not a key of `spec` [Did you mean `strategy`?]',
    ],
    [
      'that removes what is not there',
      'target: Chain/premium, path: sticky, remove: true',
      '6:38 env/dangling-override remove on Chain/premium hits nothing: there is no `sticky` [It has `deadline`, `targets`.]',
    ],
    [
      'that picks an item without brackets',
      'target: Chain/premium, path: targets.gpt, remove: true',
      '6:38 env/dangling-override remove on Chain/premium hits nothing: `targets` is a list; an item is picked by its id in brackets [An operation must hit exactly one node; correct the path.]',
    ],
    [
      'that steps into a plain value',
      'target: Chain/premium, path: deadline.long, set: 1s',
      '6:38 env/dangling-override set on Chain/premium hits nothing: `deadline` is a plain value, not a map [An operation must hit exactly one node; correct the path.]',
    ],
    [
      'that inserts beside nothing',
      'target: Chain/premium, path: targets, insertAfter: gemini, value: { id: e, model: sandbox/echo }',
      '6:60 env/dangling-override insertAfter on Chain/premium hits nothing: `targets` has no item `gemini` [It has `gpt`, `claude`, `v1.5`.]',
    ],
    [
      'that inserts into no list',
      'target: Chain/premium, path: deadline, insertAfter: gpt, value: 1',
      '6:38 env/dangling-override insertAfter on Chain/premium hits nothing: `deadline` is not a list [An operation must hit exactly one node; correct the path.]',
    ],
    [
      'whose path cannot be read',
      'target: Chain/premium, path: "targets[gpt", set: x',
      '6:38 env/dangling-override `targets[gpt` is no path: expected keys dotted from `spec` and list items in brackets [Write it like `targets[gpt].model` or `match.headers["x-region"]`.]',
    ],
    [
      'on a document of another environment',
      'target: Chain/night, path: deadline, set: 5s',
      '6:17 env/dangling-override Chain/night does not exist in environment `development` [Add the environment to its `metadata.environments`, or remove this operation.]',
    ],
    [
      'on a document that does not exist',
      'target: Chain/premum, path: deadline, set: 5s',
      '6:17 ref/unresolved there is no document `Chain/premum` for this operation to change [Did you mean `Chain/premium`?]',
    ],
    ['that sets a value its schema refuses', 'target: Chain/premium, path: deadline, set: soon', '6:53 schema/format'],
    [
      'that removes what is required',
      'target: Chain/premium, path: targets, remove: true',
      '6:7 schema/missing-key after this operation',
    ],
    [
      'that makes two items of one id',
      'target: Chain/premium, path: targets, insertAfter: gpt, value: { id: gpt, model: sandbox/echo }',
      '6:78 schema/value',
    ],
    [
      'that refers to nothing',
      'target: Route/default, path: chain, set: premum',
      '6:50 ref/unresolved there is no Chain `premum` [Did you mean `premium`?]',
    ],
  ];
  for (const [title, operation, finding] of cases) {
    it(title, () => {
      const compiled = compileWith([operation]);
      assert.equal(compiled.snapshot, null);
      const lines = findingLines(compiled);
      assert.equal(lines.length, 1, lines.join('\n'));
      const expected = `development.yaml:${finding}`;
      assert.equal(lines[0]?.slice(0, expected.length), expected);
    });
  }
});

describe('a secret that an operation shows in plain sight', () => {
  it('is found at the operation and never shown again', () => {
    const { diagnostics } = compileWith(['target: Provider/openai, path: auth.secret, set: hunter2plain']);
    const [finding] = diagnostics;
    assert.deepEqual(
      [finding?.rule, finding?.file, finding?.line, finding?.span],
      ['secret/literal', 'development.yaml', 6, undefined],
    );
    assert.ok(!JSON.stringify(diagnostics).includes('hunter2plain'));
  });
});

describe('a lock', () => {
  const cases: readonly (readonly [title: string, lock: string, operation: string, isRefused: boolean])[] = [
    ['keeps a whole document', '[Chain/premium]', 'target: Chain/premium, path: deadline, set: 5s', true],
    ['keeps a field', '["Chain/premium:deadline"]', 'target: Chain/premium, path: deadline, set: 5s', true],
    [
      'lets other fields change',
      '["Chain/premium:deadline"]',
      'target: Chain/premium, path: sticky, set: session',
      false,
    ],
    [
      'keeps what is within',
      '["Chain/premium:targets"]',
      'target: Chain/premium, path: "targets[gpt].model", set: sandbox/echo',
      true,
    ],
    [
      'keeps what is around',
      '["Chain/premium:targets[gpt].model"]',
      'target: Chain/premium, path: "targets[gpt]", remove: true',
      true,
    ],
    [
      'keeps a replaced item',
      '["Chain/premium:targets[gpt]"]',
      'target: Chain/premium, path: targets, replaceItem: gpt, value: { id: e, model: sandbox/echo }',
      true,
    ],
    [
      'lets a new item stand beside',
      '["Chain/premium:targets[gpt]"]',
      'target: Chain/premium, path: targets, insertAfter: gpt, value: { id: e, model: sandbox/echo }',
      false,
    ],
    [
      'keeps a guardrail on its routes',
      '[Guardrail/no-secrets]',
      'target: Route/default, path: "guardrails[no-secrets]", remove: true',
      true,
    ],
    [
      'keeps a guardrail in a replaced list',
      '[Guardrail/no-secrets]',
      'target: Route/default, path: guardrails, set: [no-personal-data]',
      true,
    ],
    [
      'lets other guardrails go',
      '[Guardrail/no-secrets]',
      'target: Route/default, path: "guardrails[no-personal-data]", remove: true',
      false,
    ],
    [
      'knows names with a colon',
      '["Model/ollama/llama3.1:tier"]',
      'target: Chain/premium, path: deadline, set: 5s',
      false,
    ],
  ];
  for (const [title, lock, operation, isRefused] of cases) {
    it(title, () => {
      const lines = findingLines(compileWith([operation], lock));
      const locked = lines.filter((line) => line.startsWith('development.yaml:6:7 env/locked'));
      assert.equal(locked.length, isRefused ? 1 : 0, lines.join('\n'));
    });
  }

  it('says where it is', () => {
    const { diagnostics } = compileWith(['target: Chain/premium, path: deadline, set: 5s'], '[Chain/premium]');
    assert.deepEqual(diagnostics[0]?.related, [{ file: 'development.yaml', line: 4, message: 'locked here' }]);
  });

  it('that keeps nothing is found, an absent field may be kept absent', () => {
    const lines = (lock: string): readonly string[] => findingLines(compileWith([], `["${lock}"]`));
    assert.deepEqual(lines('Chain/premium:maxPrice'), []);
    assert.deepEqual(lines('Chain/premium:targets[gpt].params'), []);
    assert.deepEqual(lines('Chain/premium:stratgy'), [
      'development.yaml:4:10 env/dangling-override the lock `Chain/premium:stratgy` keeps nothing: `stratgy` is not a key of `spec` [Did you mean `strategy`?]',
    ]);
    assert.deepEqual(lines('Chain/premium:targets[gtp].model'), [
      'development.yaml:4:10 env/dangling-override the lock `Chain/premium:targets[gtp].model` keeps nothing: `targets` has no item `gtp` [Did you mean `gpt`?]',
    ]);
  });

  it('on nothing is an unresolved reference', () => {
    assert.deepEqual(findingLines(compileWith([], '[Guardrail/no-personal-dta]')), [
      'development.yaml:4:10 ref/unresolved there is no document `Guardrail/no-personal-dta` to lock [Did you mean `Guardrail/no-personal-data`?]',
    ]);
  });
});
