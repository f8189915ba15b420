import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileInline, findingLines } from '../support/compile-inline.ts';

const HASH = 'a'.repeat(64);

/** Documents that other ones may refer to; they are in a file of their own so that lines stay small. */
const KNOWN = `kind: Chain
metadata: { name: premium }
spec: { targets: [{ id: gpt, model: openai/gpt-4o }] }
---
kind: Consumer
metadata: { name: product-team }
---
kind: Budget
metadata: { name: product-month }
spec: { limit: { cost: "1 USD" }, window: { every: month } }
---
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Route
metadata: { name: default }
spec: { match: {} }
---
kind: Environment
metadata: { name: development }
---
kind: Environment
metadata: { name: production }
---
kind: Chain
metadata: { name: night, environments: [production] }
spec: { targets: [{ id: gpt, model: openai/gpt-4o }] }
`;

interface Case {
  readonly title: string;
  /** One document; its findings stand in file `x.yaml`. */
  readonly text: string;
  readonly findings: readonly string[];
}

function lines(text: string, environment = 'development'): readonly string[] {
  return findingLines(compileInline({ 'known.yaml': KNOWN, 'x.yaml': text }, { environment }));
}

describe('a reference to nothing', () => {
  const route = (spec: string): string => `kind: Route\nmetadata: { name: r }\nspec:\n  match: {}\n  ${spec}\n`;
  const add = (kind: string): string => `[Add a document of kind ${kind} with this name, or correct the name.]`;
  const cases: readonly Case[] = [
    {
      title: 'a chain',
      text: route('chain: premum'),
      findings: ['x.yaml:5:10 ref/unresolved there is no Chain `premum` [Did you mean `premium`?]'],
    },
    {
      title: 'a chain of another environment',
      text: route('chain: night'),
      findings: [
        'x.yaml:5:10 ref/unresolved Chain `night` does not exist in environment `development` [It is limited to `production` by its `metadata.environments`.]',
      ],
    },
    {
      title: 'a cache',
      text: route('cache: faq'),
      findings: [`x.yaml:5:10 ref/unresolved there is no Cache \`faq\` ${add('Cache')}`],
    },
    {
      title: 'a secret store, wherever a secret may stand',
      text: `kind: Project
metadata: { name: p }
spec: { secretStores: { vault: { kind: vault, url: "https://vault.test", auth: { kind: token, secret: { env: T } } } } }
---
kind: Provider
metadata: { name: openai }
spec: { auth: { kind: bearer, secret: { store: valut, key: k } }, headers: { x-team: { store: aws, key: k } } }
---
kind: Guardrail
metadata: { name: g }
spec: { checks: [{ id: w, check: webhook, action: block, url: "https://g.test", secret: { store: aws, key: k } }] }
`,
      findings: [
        'x.yaml:8:48 ref/unresolved there is no secret store `valut` [Did you mean `vault`?]',
        'x.yaml:8:95 ref/unresolved there is no secret store `aws` [Name it in `secretStores` of the Project.]',
        'x.yaml:13:98 ref/unresolved there is no secret store `aws` [Name it in `secretStores` of the Project.]',
      ],
    },
    {
      title: 'a guardrail',
      text: route('guardrails: [pii]'),
      findings: [`x.yaml:5:16 ref/unresolved there is no Guardrail \`pii\` ${add('Guardrail')}`],
    },
    {
      title: 'a consumer in a match, but not a glob',
      text: 'kind: Route\nmetadata: { name: r }\nspec:\n  match:\n    consumers: [prodct-team, "eu-*"]\n',
      findings: ['x.yaml:5:17 ref/unresolved there is no Consumer `prodct-team` [Did you mean `product-team`?]'],
    },
    {
      title: 'a parent',
      text: 'kind: Consumer\nmetadata: { name: c }\nspec:\n  parent: organisation\n',
      findings: [`x.yaml:4:11 ref/unresolved there is no Consumer \`organisation\` ${add('Consumer')}`],
    },
    {
      title: 'an allowed route',
      text: 'kind: Consumer\nmetadata: { name: c }\nspec:\n  allow: { routes: [defualt] }\n',
      findings: ['x.yaml:4:21 ref/unresolved there is no Route `defualt` [Did you mean `default`?]'],
    },
    {
      title: 'the scope of a budget',
      text: `kind: Budget
metadata: { name: b }
spec:
  scope:
    consumers: [nobody]
    routes: [nowhere]
    providers: [opnai]
    models: [openai/gpt-4p]
  limit: { requests: 1 }
  window: { every: day }
`,
      findings: [
        `x.yaml:5:17 ref/unresolved there is no Consumer \`nobody\` ${add('Consumer')}`,
        `x.yaml:6:14 ref/unresolved there is no Route \`nowhere\` ${add('Route')}`,
        'x.yaml:7:17 ref/unresolved there is no Provider `opnai` [Did you mean `openai`?]',
        'x.yaml:8:14 model/unknown there is no model `openai/gpt-4p`, neither in the catalogue nor in a document [Did you mean `openai/gpt-4o`?]',
      ],
    },
    {
      title: 'the chain of an exhausted budget',
      text: `kind: Budget
metadata: { name: b }
spec:
  limit: { requests: 1 }
  window: { every: day }
  onExhausted: { chain: cheap }
`,
      findings: [`x.yaml:6:25 ref/unresolved there is no Chain \`cheap\` ${add('Chain')}`],
    },
    {
      title: 'the receivers, budget and scope of an alert',
      text: `kind: Alert
metadata: { name: a }
spec:
  when: { metric: budget-used, budget: product-mont, above: 80% }
  scope: { environments: [prodution] }
  to: [op]
`,
      findings: [
        'x.yaml:4:40 ref/unresolved there is no Budget `product-mont` [Did you mean `product-month`?]',
        'x.yaml:5:27 ref/unresolved there is no environment `prodution` [Did you mean `production`?]',
        'x.yaml:6:8 ref/unresolved there is no Receiver `op` [Did you mean `ops`?]',
      ],
    },
    {
      title: 'the readers of a report',
      text: 'kind: Report\nmetadata: { name: r }\nspec:\n  schedule: "0 9 * * MON"\n  to: [leads]\n',
      findings: [`x.yaml:5:8 ref/unresolved there is no Receiver \`leads\` ${add('Receiver')}`],
    },
    {
      title: 'the users of an MCP server',
      text: `kind: McpServer
metadata: { name: m }
spec:
  access: { consumers: [nobody] }
  upstream: { url: "https://mcp.example.com/mcp" }
`,
      findings: [`x.yaml:4:25 ref/unresolved there is no Consumer \`nobody\` ${add('Consumer')}`],
    },
    {
      title: 'the anonymous consumer',
      text: 'kind: Project\nmetadata: { name: p }\nspec:\n  anonymous: sandbox-user\n',
      findings: [`x.yaml:4:14 ref/unresolved there is no Consumer \`sandbox-user\` ${add('Consumer')}`],
    },
    {
      title: 'the embedder of a cache',
      text: 'kind: Cache\nmetadata: { name: c }\nspec:\n  mode: semantic\n  ttl: 1d\n  semantic: { embedder: text-embedding-3-small }\n',
      findings: [
        'x.yaml:6:25 model/unknown `text-embedding-3-small` is an alias; policies name models as the catalogue does [Did you mean `openai/text-embedding-3-small`?]',
      ],
    },
    {
      title: 'a target',
      text: `kind: Chain
metadata: { name: c }
spec:
  targets:
    - { id: a, model: gpt-4o }
    - { id: b, provider: azure }
    - { id: c, chain: premum }
`,
      findings: [
        'x.yaml:5:23 model/unknown `gpt-4o` is an alias; policies name models as the catalogue does [Did you mean `openai/gpt-4o`?]',
        `x.yaml:6:26 ref/unresolved there is no Provider \`azure\` ${add('Provider')}`,
        'x.yaml:7:23 ref/unresolved there is no Chain `premum` [Did you mean `premium`?]',
      ],
    },
    {
      title: 'the subject of a waiver',
      text: `kind: Waiver
metadata: { name: w }
spec:
  rule: fallback/none
  subject: Chain/premum
  reason: reviewed
  expires: 2027-03-31
`,
      findings: [
        'x.yaml:5:12 ref/unresolved there is no document `Chain/premum` to waive a rule for [Did you mean `Chain/premium`?]',
      ],
    },
    {
      title: 'the names in an invariant',
      text: `kind: Invariant
metadata: { name: i }
spec:
  forAll: { consumers: ["eu-*"], routes: [defalt] }
  never: { target: { provider: { not: [opnai] } } }
`,
      findings: [
        'x.yaml:4:43 ref/unresolved there is no Route `defalt` [Did you mean `default`?]',
        'x.yaml:5:40 ref/unresolved there is no Provider `opnai` [Did you mean `openai`?]',
      ],
    },
    {
      title: 'the provider of a drill',
      text: `kind: Drill
metadata: { name: d }
spec:
  incident: [{ provider: opnai, from: "14:00", for: 2h, outcome: server-error }]
`,
      findings: ['x.yaml:4:26 ref/unresolved there is no Provider `opnai` [Did you mean `openai`?]'],
    },
    {
      title: 'the provider of a model',
      text: 'kind: Model\nmetadata: { name: own/model }\nspec:\n  provider: own\n',
      findings: [`x.yaml:4:13 ref/unresolved there is no Provider \`own\` ${add('Provider')}`],
    },
    {
      title: 'an environment a document is limited to',
      text: 'kind: Chain\nmetadata:\n  name: c\n  environments: [development, prodution]\nspec: { targets: [{ id: a, model: openai/gpt-4o }] }\n',
      findings: ['x.yaml:4:31 ref/unresolved there is no environment `prodution` [Did you mean `production`?]'],
    },
  ];
  for (const { title, text, findings } of cases) {
    it(`is found: ${title}`, () => {
      assert.deepEqual(lines(text), findings);
    });
  }

  it('is none when the document exists but is not valid', () => {
    const broken = 'kind: Chain\nmetadata: { name: broken }\nspec: { targets: [] }\n';
    const compiled = compileInline({
      'a.yaml': broken,
      'b.yaml': 'kind: Route\nmetadata: { name: r }\nspec: { match: {}, chain: broken }\n',
    });
    assert.deepEqual(
      compiled.diagnostics.map(({ file, rule }) => `${file} ${rule}`),
      ['a.yaml schema/value'],
    );
  });

  it('is none for operations and locks of an environment on a document with a mistake of its own', () => {
    const { diagnostics } = compileInline({
      'a.yaml':
        'kind: Chain\nmetadata: { name: main }\nspec: { deadine: 5s, targets: [{ id: a, model: openai/gpt-4o }] }\n',
      'b.yaml':
        'kind: Environment\nmetadata: { name: development }\nspec:\n  overrides: [{ target: Chain/main, path: deadline, set: 9s }]\n  lock: [Chain/main]\n',
    });
    assert.deepEqual(
      diagnostics.map(({ file, rule }) => `${file} ${rule}`),
      ['a.yaml schema/unknown-key'],
    );
  });

  it('is none for a waiver about a document of another environment', () => {
    const waiver =
      'kind: Waiver\nmetadata: { name: w }\nspec: { rule: fallback/none, subject: Chain/night, reason: r, expires: 2027-03-31 }\n';
    assert.deepEqual(lines(waiver), []);
  });
});

describe('an unknown environment', () => {
  it('is reported where the project is, with the name that was meant', () => {
    const project = 'kind: Project\nmetadata: { name: p }\n';
    assert.deepEqual(lines(project, 'prodction'), [
      'x.yaml:2:19 ref/unresolved there is no environment `prodction` [Did you mean `production`?]',
    ]);
  });

  it('is none in a tree without environments', () => {
    const { snapshot } = compileInline('kind: Project\nmetadata: { name: p }\n', { environment: 'anything' });
    assert.equal(snapshot?.environment, 'anything');
  });
});

describe('a name with two owners', () => {
  const cases: readonly (Case & { readonly related: number })[] = [
    {
      title: 'a document',
      text: 'kind: Chain\nmetadata: { name: premium }\nspec: { targets: [{ id: a, model: openai/gpt-4o }] }\n',
      findings: [
        'x.yaml:2:19 ref/duplicate-name a second Chain named `premium` [Rename one of them, or merge the two.]',
      ],
      related: 2,
    },
    {
      title: 'the project',
      text: 'kind: Project\nmetadata: { name: a }\n---\nkind: Project\nmetadata: { name: b }\n',
      findings: ['x.yaml:6:19 ref/duplicate-name a second Project, `b`; a tree has one [Merge the two.]'],
      related: 2,
    },
    {
      title: 'an alias of a built-in model',
      text: 'kind: Model\nmetadata: { name: own/model }\nspec:\n  provider: openai\n  aliases: [own, gpt-4]\n',
      findings: [
        'x.yaml:5:18 ref/duplicate-name alias `gpt-4` already leads to `openai/gpt-4o` [Choose another alias, or take it from the other with a document Model/openai/gpt-4o whose `aliases` lack it.]',
      ],
      related: 0,
    },
    {
      title: 'a key',
      text: `kind: Consumer
metadata: { name: a }
spec: { keys: [{ id: k, sha256: "${HASH}" }] }
---
kind: Consumer
metadata: { name: b }
spec: { keys: [{ id: k, sha256: "${HASH}" }] }
`,
      findings: [
        'x.yaml:8:33 ref/duplicate-name this key already belongs to consumer `a` [Give each consumer a key of its own: signalbox keys create.]',
      ],
      related: 3,
    },
  ];
  for (const { title, text, findings, related } of cases) {
    it(`is found: ${title}`, () => {
      const compiled = compileInline({ 'known.yaml': KNOWN, 'x.yaml': text });
      assert.deepEqual(findingLines(compiled), findings);
      if (related > 0) assert.equal(compiled.diagnostics[0]?.related?.[0]?.line, related);
    });
  }

  it('is fine for keys of different environments, and found where one has both', () => {
    const consumer = (name: string, environments: string) =>
      `kind: Consumer\nmetadata: { name: ${name} }\nspec: { keys: [{ id: k, sha256: "${HASH}", environments: ${environments} }] }\n`;
    const text = `${consumer('a', '[development]')}---\n${consumer('b', '[staging, production]')}`;
    for (const [environment, owner] of [
      ['development', 'a'],
      ['production', 'b'],
      ['elsewhere', undefined],
    ] as const) {
      const { snapshot, diagnostics } = compileInline(text, { environment });
      assert.deepEqual(diagnostics, []);
      assert.equal(snapshot?.keys.get(HASH)?.consumer, owner);
    }
    const both = compileInline(text.replace('[development]', '[staging]'), { environment: 'staging' });
    assert.match(findingLines(both).join(), /already belongs to consumer `a`/);
  });

  it('is fine in different environments', () => {
    const text = (target: string, environment: string): string =>
      `kind: Chain\nmetadata: { name: same, environments: [${environment}] }\nspec: { targets: [{ id: ${target}, model: openai/gpt-4o }] }\n`;
    const files = { 'known.yaml': KNOWN, 'a.yaml': text('a', 'development'), 'b.yaml': text('b', 'production') };
    for (const [environment, id] of [
      ['development', 'a'],
      ['production', 'b'],
    ] as const) {
      const { snapshot } = compileInline(files, { environment });
      assert.equal(snapshot?.chains.get('same')?.targets[0]?.id, id);
    }
  });

  it('may be taken from a built-in model by overriding it', () => {
    const { snapshot } = compileInline(`kind: Model
metadata: { name: own/model }
spec: { provider: openai, aliases: [gpt-4] }
---
kind: Model
metadata: { name: openai/gpt-4o }
spec: { aliases: [gpt-4o] }
`);
    assert.equal(snapshot?.aliases.get('gpt-4'), 'own/model');
  });
});

describe('a circle', () => {
  const chain = (name: string, ...targets: readonly string[]): string =>
    `kind: Chain\nmetadata: { name: ${name} }\nspec:\n  targets:\n${targets.map((target) => `    - { id: t-${target}, chain: ${target} }\n`).join('')}`;
  const hint = '[Break the circle: a chain must end at models or providers.]';

  it('of a chain with itself is found', () => {
    assert.deepEqual(lines(chain('a', 'a')), [`x.yaml:5:25 fallback/cycle Chain \`a\` reaches itself: a → a ${hint}`]);
  });

  it('through other chains is found once, where it closes', () => {
    const compiled = compileInline([chain('a', 'b'), chain('b', 'c'), chain('c', 'a')].join('---\n'));
    assert.deepEqual(findingLines(compiled), [
      `inline.yaml:19:25 fallback/cycle Chain \`a\` reaches itself: a → b → c → a ${hint}`,
    ]);
    assert.deepEqual(compiled.diagnostics[0]?.related, [
      { file: 'inline.yaml', line: 5, message: 'a → b' },
      { file: 'inline.yaml', line: 12, message: 'b → c' },
    ]);
  });

  it('is none when two chains share a third', () => {
    const text = [chain('a', 'b', 'c'), chain('b', 'premium'), chain('c', 'premium')].join('---\n');
    assert.deepEqual(lines(text), []);
  });

  it('of consumers and their parents is found', () => {
    const text =
      'kind: Consumer\nmetadata: { name: a }\nspec: { parent: b }\n---\nkind: Consumer\nmetadata: { name: b }\nspec: { parent: a }\n';
    assert.deepEqual(lines(text), [
      'x.yaml:8:17 ref/cycle Consumer `a` reaches itself: a → b → a [Break the circle: what a consumer spends counts at each of its ancestors once.]',
    ]);
  });

  it('of a thousand chains overflows nothing', () => {
    const text = Array.from({ length: 1000 }, (_, at) => chain(`c${at}`, `c${(at + 1) % 1000}`)).join('---\n');
    assert.equal(compileInline(text).diagnostics.filter(({ rule }) => rule === 'fallback/cycle').length, 1);
  });
});

describe('a provider or model that nothing completes', () => {
  it('lacks its keys at its name', () => {
    const text =
      'kind: Provider\nmetadata: { name: opnai }\nspec: { region: us }\n---\nkind: Model\nmetadata: { name: own/model }\nspec: { tier: small }\n';
    const hint = (kind: string): string =>
      `[It is no built-in ${kind}, so its document must say it. A misspelt built-in name has the same effect.]`;
    assert.deepEqual(lines(text), [
      `x.yaml:2:19 schema/missing-key Provider \`opnai\` lacks \`spec.baseUrl\` ${hint('provider')}`,
      `x.yaml:2:19 schema/missing-key Provider \`opnai\` lacks \`spec.dialect\` ${hint('provider')}`,
      `x.yaml:7:19 schema/missing-key Model \`own/model\` lacks \`spec.provider\` ${hint('model')}`,
    ]);
  });
});
