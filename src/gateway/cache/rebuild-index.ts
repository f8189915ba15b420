import type { Consumer, Route, SemanticRule, Snapshot } from '#snapshot';
import type { GatewayParts } from '../gateway-parts.ts';
import type { InboundCall } from '../inbound-call.ts';
import { beginProgress, type Progress } from '../progress.ts';
import { readAsked } from '../read-asked.ts';
import { requestFacts } from '../request-facts.ts';
import { EMBEDDINGS, embedQuestions } from './embed-question.ts';
import type { Outdated } from './questions.ts';

/** Embeds anew, piece by piece, what another embedder made than the policies name. */
export interface IndexRebuild {
  /** Embeds one batch, where there is something to do and no other process is at it. Never rejects. */
  readonly tick: () => Promise<void>;
}

/** Questions of one consumer at one route: they are embedded by one call, and that consumer pays. */
interface Group {
  readonly route: Route;
  readonly rule: SemanticRule;
  readonly consumer: Consumer;
  readonly questions: Outdated[];
}

const BATCH = 32;
/** Between batches, whoever makes them: with the size of a batch, the rate at which providers are asked. */
export const REBUILD_EVERY_MS = 1000;
const MINUTE_MS = 60_000;
const HANDOVER_MS = 15_000;
// What could not be embedded, such as for want of budget, is tried again then.
const AGAIN_MS = 600_000;

/** Creates one; a batch is due every `REBUILD_EVERY_MS`. Effects: calls of embedders, each a request with its own account and record; writes to the store of questions. */
export function createIndexRebuild(parts: GatewayParts): IndexRebuild {
  let done: Snapshot | null = null;
  let failedMs = Number.POSITIVE_INFINITY;
  let isBusy = false;
  const turn = createTurn(parts);
  const failed = new Set<string>();

  async function embedBatch(snapshot: Snapshot): Promise<void> {
    const embedders = embeddersOf(snapshot);
    const { questions } = parts.cache;
    if (embedders.size > 0) await questions.ready();
    const batch = embedders.size === 0 ? [] : questions.outdated(embedders, BATCH, failed);
    if (batch.length === 0) {
      done = snapshot;
      return;
    }
    if (!(await turn.isOurs())) return;
    for (const group of await groupsOf(snapshot, batch)) await embedGroup(group);
  }

  /** By the labels of their answers. A question without an answer, or of a route that compares no meanings any more, leads nowhere. */
  async function groupsOf(snapshot: Snapshot, batch: readonly Outdated[]): Promise<readonly Group[]> {
    const groups = new Map<string, Group>();
    for (const question of batch) {
      const labels = (await parts.cache.answers.get(question.key))?.labels;
      const route = snapshot.routes.get(labels?.route ?? '');
      const rule = snapshot.caches.get(route?.cache ?? '')?.semantic;
      const consumer = snapshot.consumers.get(labels?.consumer ?? '');
      if (route === undefined || rule == null || consumer === undefined) {
        parts.cache.questions.forget(question.key);
        continue;
      }
      const name = JSON.stringify([route.name, consumer.name]);
      const group = groups.get(name) ?? { route, rule, consumer, questions: [] };
      group.questions.push(question);
      groups.set(name, group);
    }
    return [...groups.values()];
  }

  async function embedGroup({ route, rule, consumer, questions }: Group): Promise<void> {
    const texts = questions.map(({ text }) => text);
    const vectors = await embedQuestions(parts, inNameOf(parts, consumer, rule.embedder, texts), route, rule, texts);
    for (const [at, question] of questions.entries()) {
      const vector = vectors?.[at];
      if (vector === undefined) failed.add(question.key);
      else await parts.cache.questions.put({ ...question, embedder: rule.embedder, vector });
    }
    if (vectors === null) failedMs = Math.min(failedMs, parts.nowMs());
  }

  return {
    async tick() {
      const { snapshot } = parts.policies.current();
      if (parts.nowMs() - failedMs > AGAIN_MS) {
        failedMs = Number.POSITIVE_INFINITY;
        failed.clear();
        done = null;
      }
      if (isBusy || done === snapshot || parts.lifecycle.isDraining()) return;
      isBusy = true;
      const ended = parts.lifecycle.begin();
      try {
        await embedBatch(snapshot);
      } catch (error) {
        done = snapshot;
        failedMs = parts.nowMs();
        parts.log.warn({ err: error }, 'the index of questions could not be rebuilt');
      } finally {
        ended();
        isBusy = false;
      }
    },
  };
}

/**
 * Of several processes over one store one embeds at a time: who claims the minute. A new one lets the last call of the one before come to its end, since what is
 * under way is in no index yet.
 */
function createTurn({ store, nowMs }: Pick<GatewayParts, 'store' | 'nowMs'>) {
  let asked = -1;
  let isOurMinute = false;
  let fromMs = 0;

  async function isOurs(): Promise<boolean> {
    const minute = Math.floor(nowMs() / MINUTE_MS);
    if (minute !== asked) {
      const isNew = !isOurMinute || asked !== minute - 1;
      asked = minute;
      isOurMinute = await store.claim(`cache-rebuild:${minute}`, 2 * MINUTE_MS);
      const before = isNew ? await store.claimedAt([`cache-rebuild:${minute - 1}`]) : {};
      fromMs = minute * MINUTE_MS + (Object.keys(before).length > 0 ? HANDOVER_MS : 0);
    }
    return isOurMinute && nowMs() >= fromMs;
  }

  return { isOurs };
}

/** The embedders that the policies name. Pure. */
function embeddersOf({ caches }: Snapshot): ReadonlySet<string> {
  return new Set([...caches.values()].flatMap(({ semantic }) => semantic?.embedder ?? []));
}

/** A request that nobody sent, as if the consumer had asked for the meanings of these texts. */
function inNameOf(parts: GatewayParts, consumer: Consumer, model: string, texts: readonly string[]): Progress {
  const active = parts.policies.current();
  const body = { model, input: [...texts] };
  const call: InboundCall = {
    ...{ id: parts.newId(), startedMs: parts.nowMs(), dialect: EMBEDDINGS, path: '/v1/embeddings', framing: 'sse' },
    context: { endpoint: 'embeddings', pathModel: null, pathStream: null, service: 'embeddings' },
    ...{ headers: {}, queryKey: null, bytes: Buffer.from(JSON.stringify(body)), source: null, form: null, ip: null },
  };
  const caller = { consumer, keyId: null, foreignKey: null };
  const own = { metadata: {}, session: null, cache: null };
  const request = requestFacts(call, caller, readAsked(call, body, null).shape, own, []);
  return { ...beginProgress(call, active), caller, body, request };
}
