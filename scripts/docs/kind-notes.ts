/** What a page says of a kind beyond its schema. */
export interface KindNote {
  /** Where documents of the kind are by convention; the loader does not care. */
  readonly folder: string;
  /** When one writes such a document, and what it does not do. */
  readonly purpose: string;
  /** Kinds it is used with. */
  readonly seeAlso: readonly string[];
  /** Kinds it names whose effect is its own: when they are not enforced, part of it is not. */
  readonly reliesOn?: readonly string[];
}

/** One note for each kind with a schema, in the order in which a reader meets them. */
export const KIND_NOTES: Readonly<Record<string, KindNote>> = {
  Project: {
    folder: 'signalbox.yaml',
    purpose:
      'A tree of policies has one, and everything in it holds for all routes: the time zone of windows, which headers of other gateways are understood, who a request without a key belongs to, how much is recorded. Without one, the defaults below hold.',
    seeAlso: ['Environment', 'Consumer'],
  },
  Environment: {
    folder: 'environments/',
    purpose:
      'All environments share the same documents; an Environment says in exact operations what is different in its own. Each operation must hit exactly one node, so that a rename somewhere else becomes a finding and not a setting that silently stopped working. `signalbox render --env NAME --show-origin` prints what comes of it.',
    seeAlso: ['Project', 'Chain', 'Provider'],
  },
  Route: {
    folder: 'routes/',
    purpose:
      'Decides which requests go where. The most specific matching route wins: first the one with more fields in `match`, then more exact values, then longer globs, then `priority`. Two routes that could tie on some request are a lint finding, and the order of files never counts. A route has a `chain`, or a `deny`, or neither: then the requested model goes straight to its provider.',
    seeAlso: ['Chain', 'Consumer', 'Budget', 'Cache', 'Guardrail'],
    reliesOn: ['Cache', 'Guardrail'],
  },
  Chain: {
    folder: 'chains/',
    purpose:
      'Says which models answer, in which order they stand in for one another, and how long each may take. Retries repeat a target, fallbacks go on to the next; both share `maxAttempts`. Once the first piece of content has gone to the caller nothing falls back any more: a stream that breaks then ends with an error.',
    seeAlso: ['Route', 'Model', 'Provider'],
  },
  Consumer: {
    folder: 'consumers/',
    purpose:
      'Someone who calls: a team, an application, a bot. Its keys stand here as digests only; `signalbox keys create NAME` makes one and writes its digest. What it may not use is refused with 403 for the requested model, and skipped with a reason for a target further down.',
    seeAlso: ['Budget', 'Route', 'Project'],
  },
  Budget: {
    folder: 'budgets/',
    purpose:
      'Before a request goes out, its worst case is held against every budget that it falls under; afterwards what was really used is charged and the rest given back. So a budget is not overrun by requests that run side by side ([how much is held](../budgets.md)). `onExhausted` says what happens at the end; there is no default worth relying on.',
    seeAlso: ['Consumer', 'Chain', 'Alert'],
  },
  Provider: {
    folder: 'providers/',
    purpose:
      'A service with an API. The [built-in ones](../providers.md) need no document; write one to change a built-in entry field by field, or to add your own. A provider whose secret is missing is skipped with a reason, it never stops the gateway.',
    seeAlso: ['Model', 'Chain'],
  },
  Model: {
    folder: 'models/',
    purpose:
      'What a model can do and what it costs. The [built-in ones](../providers.md) need no document; write one to change a price you negotiated, to add an alias, or to add a model. Its name is `provider/model`. A model without a price can serve, but no cost is known for it.',
    seeAlso: ['Provider', 'Chain', 'Budget'],
  },
  Cache: {
    folder: 'caches/',
    purpose:
      'Which answers may be given again, to whom and for how long. Answers are kept apart by consumer unless `share` says otherwise, with a reason and a name.',
    seeAlso: ['Route'],
  },
  Guardrail: {
    folder: 'guardrails/',
    purpose:
      'Checks on texts: personal data, words, forms, injections. A check blocks, masks or flags. The order is that of the route’s list, then that of `checks`.',
    seeAlso: ['Route', 'Environment'],
  },
  Alert: {
    folder: 'alerts/',
    purpose:
      'A number, a threshold and who hears of it. `above` and `below` are strict, and with few requests nothing fires. Denials by policy are not errors.',
    seeAlso: ['Receiver', 'Budget', 'Report'],
  },
  Receiver: {
    folder: 'receivers/',
    purpose: 'An address that alerts and reports name: mail, a webhook, or both.',
    seeAlso: ['Alert', 'Report'],
  },
  Report: {
    folder: 'reports/',
    purpose: 'A summary on a schedule, such as every Monday morning.',
    seeAlso: ['Receiver', 'Alert'],
  },
  McpServer: {
    folder: 'mcp/',
    purpose:
      'Tools for models: calls of a REST API described here, or another MCP server behind the same consumers and budgets.',
    seeAlso: ['Consumer', 'Guardrail'],
  },
  Invariant: {
    folder: 'checks/',
    purpose:
      'What must hold for every request, whoever changes which file next: "requests of European consumers never reach a provider elsewhere".',
    seeAlso: ['Route', 'Waiver'],
  },
  Waiver: {
    folder: 'checks/',
    purpose:
      'Takes one finding of one subject out of the result of `lint`, with a reason and a day. After that day the finding is back, and so is one about the waiver. A waiver that fits nothing is a finding too.',
    seeAlso: ['Invariant'],
  },
  Drill: {
    folder: 'checks/',
    purpose:
      'An incident to be played on recorded traffic before it happens: a provider down for two hours, a storm of 429s.',
    seeAlso: ['Chain'],
  },
  Test: {
    folder: 'tests/*.test.yaml',
    purpose:
      'Cases for `signalbox test`: a request, a situation, what the providers answer, and what must come of it. Only the keys that `expect` names are compared, and the same functions decide that decide in the gateway. A case that expects nothing, or names a route or target that does not exist, is refused and not passed.',
    seeAlso: ['Route', 'Chain', 'Budget'],
  },
};
