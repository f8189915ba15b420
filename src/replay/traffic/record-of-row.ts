import { sha256 } from '#core';
import { outcomeOfStatus } from '#decision';
import { looksPrivate, type TrafficRecord } from '#decision-log';
import type { ImportRule, SourceRow } from './source-row.ts';

const MAX_TEXT = 256;

/**
 * The record of a row. Told by rule, not by the source: the model, consumer and endpoint that the user names, and that nothing but text was asked for (no tools,
 * images, files, headers). State that only a gateway knows (budgets, breakers, secrets) stays absent: it is unknown. Values that look personal or secret become
 * stand-ins. Pure.
 */
export function recordOfRow(row: SourceRow, id: string, rule: ImportRule): TrafficRecord {
  const model = rule.model ?? row.model;
  const consumer = rule.consumer ?? row.consumer;
  const answered = row.model ?? rule.model ?? undefined;
  const outcome = outcomeOfStatus(row.status);
  const endpoint = rule.endpoint ?? row.endpoint ?? 'chat';
  const target = `imported/${row.provider === undefined ? 'unknown' : plain(row.provider)}`;
  const isHit = row.isCacheHit === true;
  const timing = {
    ...(row.durationMs === undefined ? {} : { durationMs: Math.round(row.durationMs) }),
    ...(row.firstTokenMs === undefined ? {} : { firstTokenMs: Math.round(row.firstTokenMs) }),
  };
  const usage = row.usage;
  const inputTokens = usage === null ? undefined : usage.input + usage.cacheRead;
  return {
    v: 1,
    id,
    at: new Date(row.atMs).toISOString(),
    request: {
      endpoint,
      ...(model === undefined ? {} : { model: plain(model) }),
      ...(consumer === undefined ? {} : { consumer: plain(consumer) }),
      labels: row.team === undefined ? {} : { team: plain(row.team) },
      metadata: plainAll(row.metadata ?? {}),
      headers: {},
      ...(row.path === undefined ? {} : { path: plain(row.path) }),
      stream: row.stream ?? false,
      tools: row.tools ?? 0,
      images: 0,
      documents: 0,
      audio: 0,
      responseFormat: 'text',
      reasoning: false,
      ...(inputTokens === undefined ? {} : { inputTokens }),
      maxOutputTokens: row.maxOutputTokens ?? null,
      temperature: row.temperature ?? null,
      session: row.session === undefined ? null : `p_${sha256(row.session).slice(0, 16)}`,
    },
    attempts: isHit
      ? []
      : [
          {
            target,
            ...(row.provider === undefined ? {} : { provider: plain(row.provider) }),
            ...(answered === undefined ? {} : { model: plain(answered) }),
            outcome,
            status: row.status,
            ...timing,
            usage,
            ...(row.costMicroUsd === undefined ? {} : { costMicroUsd: row.costMicroUsd }),
          },
        ],
    outcome: {
      status: row.status,
      target: isHit ? null : target,
      ...(row.isCacheHit === undefined ? {} : { cache: isHit ? ('hit' as const) : ('off' as const) }),
      usage: isHit ? null : usage,
      ...timing,
      ...(row.costMicroUsd === undefined ? {} : { costMicroUsd: row.costMicroUsd }),
    },
  };
}

function plain(text: string): string {
  return text.length > MAX_TEXT || looksPrivate(text) ? `p_${sha256(text).slice(0, 16)}` : text;
}

function plainAll(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [plain(key), plain(value)]));
}
