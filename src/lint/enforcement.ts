import { asArray, asObject, type JsonObject } from '#core';
import type { Path } from '#policy';

/** Something the policy language can say and this version does not yet act on. */
export interface Unenforced {
  /** Key of the finding: one per entry, however many documents say it. */
  readonly id: string;
  readonly kind: string;
  /** The place in a document that says it; null when the document does not. */
  readonly find: (document: JsonObject) => Path | null;
  /** What happens instead. */
  readonly message: string;
}

const SERVED_ENDPOINTS: ReadonlySet<string> = new Set([
  ...['chat', 'messages', 'generate', 'responses', 'completions'],
  ...['embeddings', 'moderations', 'rerank', 'images', 'audio'],
]);

/** What is carried in the snapshot without effect, in the order of the contract. Whoever builds one of these removes its line. */
export const UNENFORCED: readonly Unenforced[] = Object.freeze([
  whole('McpServer', 'MCP servers are checked and carried, but no tool is offered yet'),
  whole('Drill', 'drills are checked for their shape, but cannot be run yet'),
  {
    id: 'Route.match.endpoints',
    kind: 'Route',
    find: (document) => {
      const endpoints = asArray(asObject(asObject(document.spec).match).endpoints);
      const index = endpoints.findIndex((endpoint) => !SERVED_ENDPOINTS.has(String(endpoint)));
      return index < 0 ? null : ['spec', 'match', 'endpoints', index];
    },
    message: 'this version serves every endpoint but mcp, which is answered with 404 for now',
  },
]);

function whole(kind: string, message: string): Unenforced {
  return { id: kind, kind, find: () => ['kind'], message };
}
