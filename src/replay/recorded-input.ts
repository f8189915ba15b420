import { type Facts, type RequestFacts, stableDraw } from '#decision';
import { factsOfRecord, type TrafficRecord } from '#decision-log';

/** A record as the deciding functions take it. Made when first asked for: most records are known by their shape. */
export interface ReplayInput {
  readonly record: TrafficRecord;
  readonly nowMs: number;
  readonly request: () => RequestFacts;
  readonly facts: () => Facts;
}

/** A weighted choice whose draw was not recorded is drawn by the request's id: the same on every machine, and the same on both sides. */
export function inputOf(record: TrafficRecord, nowMs: number): ReplayInput {
  let made: { readonly request: RequestFacts; readonly facts: Facts } | null = null;
  const make = () => {
    if (made !== null) return made;
    const { request, facts } = factsOfRecord(record);
    const draw = record.facts?.draw ?? stableDraw(record.id);
    made = {
      request: { ...request, path: record.request.path ?? PATHS[request.endpoint] },
      facts: { ...facts, nowMs, draw },
    };
    return made;
  };
  return { record, nowMs, request: () => make().request, facts: () => make().facts };
}

/** The usual path of an endpoint, for a record that does not tell. */
const PATHS: Readonly<Record<RequestFacts['endpoint'], string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  generate: '/v1beta/models',
  completions: '/v1/completions',
  embeddings: '/v1/embeddings',
  images: '/v1/images/generations',
  audio: '/v1/audio/speech',
  moderations: '/v1/moderations',
  rerank: '/v1/rerank',
  mcp: '/mcp',
};
