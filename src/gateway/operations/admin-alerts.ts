import { randomUUID } from 'node:crypto';
import { alertReceivers, alertRules, conditionText, noticeMessages, type Silence, writeNotice } from '#alerts';
import { asString, GatewayError, type JsonObject, parseDuration } from '#core';
import { boardNames, readSilences, stateOf } from '../alerts/kept-state.ts';
import type { GatewayParts } from '../gateway-parts.ts';

const LONGEST_MS = 30 * 86_400_000;
const MAX_TEXT = 500;
const MAX_SILENCES = 200;

/** What `GET /admin/alerts` says: every alert of the environment with its reading, incidents, silences, messages on their way. */
export async function alertsReport({ alerts }: GatewayParts) {
  const { rules, kept, silences } = await alerts.runner.look();
  return {
    alerts: rules.map(({ rule, reading, quiet }) => {
      const state = stateOf(kept, rule.name);
      return {
        alert: rule.name,
        condition: conditionText(rule),
        severity: rule.severity,
        to: rule.to,
        policy: rule.at,
        state: state.kind,
        since: state.kind === 'quiet' ? null : iso(state.kind === 'pending' ? state.sinceMs : state.incident.startedMs),
        incident: state.kind === 'firing' ? state.incident.id : null,
        told: state.kind === 'firing' ? toldTimes(state.incident.told) : {},
        value: reading.value,
        count: reading.count,
        isMet: reading.isMet,
        subjects: reading.subjects,
        causes: reading.causes,
        quiet,
      };
    }),
    ended: kept.ended.map(({ id, alert, startedMs, endedMs, subject }) => ({
      ...{ incident: id, alert, subject },
      ...{ startedAt: iso(startedMs), endedAt: endedMs === null ? null : iso(endedMs) },
    })),
    silences: silences.map(showSilence),
    outbox: outboxStatus(alerts.outbox.status()),
  };
}

/** `POST /admin/silences` with `{alert, for|until, reason, by}`: nobody is told of alerts that fit until then. Rejects with 400 `invalid_request`. */
export async function addSilence({ alerts, policies, nowMs, log }: GatewayParts, input: JsonObject) {
  const alert = textOf(input, 'alert');
  const atMs = nowMs();
  const forMs =
    input.for === undefined
      ? Date.parse(textOf(input, 'until')) - atMs
      : (parseDuration(textOf(input, 'for')) ?? Number.NaN);
  if (Number.isNaN(forMs))
    throw invalid('for', 'say `for`, a duration such as 2h, or `until`, an instant such as 2026-11-01T09:00:00Z');
  if (forMs <= 0 || forMs > LONGEST_MS) throw invalid('for', 'a silence lasts for up to 30 days from now');
  const names = boardNames(policies.current().snapshot.environment);
  if (readSilences(await alerts.board.list(), names).length >= MAX_SILENCES)
    throw invalid('alert', `there are ${MAX_SILENCES} silences already`);
  const silence: Silence = {
    id: randomUUID().slice(0, 8),
    alert,
    reason: textOf(input, 'reason'),
    by: input.by === undefined ? '' : textOf(input, 'by'),
    fromMs: atMs,
    untilMs: Math.floor(atMs + forMs),
  };
  await alerts.board.put(`${names.silence}${silence.id}`, JSON.stringify(silence), forMs);
  log.info({ silence: silence.id, alert, untilMs: silence.untilMs }, 'alerts were silenced');
  return showSilence(silence);
}

/** `DELETE /admin/silences/{id}`. Rejects with 404 where there is none. */
export async function endSilence({ alerts, policies }: GatewayParts, id: string) {
  const names = boardNames(policies.current().snapshot.environment);
  const found = readSilences(await alerts.board.list(), names).find((each) => each.id === id);
  if (found === undefined) throw new GatewayError('not_found', 'there is no such silence');
  await alerts.board.remove(`${names.silence}${id}`);
  return showSilence(found);
}

/** `POST /admin/alerts/test` with `{alert}`: its receivers get a notice that says it is a test. Rejects with 400 where there is no such alert in this environment. */
export async function testAlert({ alerts, policies, nowMs }: GatewayParts, input: JsonObject) {
  const name = textOf(input, 'alert');
  const { snapshot } = policies.current();
  const rule = alertRules(snapshot).find((each) => each.name === name);
  if (rule === undefined) {
    const known = alertRules(snapshot).map((each) => each.name);
    throw invalid(
      'alert',
      `environment ${snapshot.environment} has ${known.length === 0 ? 'no alerts' : `the alerts ${known.join(', ')}`}`,
    );
  }
  const atMs = nowMs();
  const incident = {
    ...{ id: `test-${rule.name}-${atMs}`, alert: rule.name, severity: rule.severity, startedMs: atMs, firedMs: atMs },
    ...{ endedMs: null, told: {}, subject: '' },
  };
  const { environment, revision, project } = snapshot;
  const world = {
    environment,
    revision,
    publicUrl: project.publicUrl,
    timezone: project.timezone ?? 'UTC',
    nowMs: atMs,
  };
  const value = rule.threshold ?? 1;
  const subjects = ['example'];
  const reading = {
    isMet: true,
    isClear: false,
    value,
    count: 0,
    bad: 0,
    subjects,
    causes: [],
    budget: null,
    usual: null,
  };
  const notice = writeNotice({ rule, incident, reading, world, isTest: true });
  const receivers = [...alertReceivers(snapshot).values()].filter((each) => rule.to.includes(each.name));
  const messages = receivers.flatMap((each) =>
    noticeMessages(notice, each, `${incident.id}:${each.name}:1`, `${incident.id}:${each.name}:1`),
  );
  alerts.outbox.add(messages);
  await alerts.outbox.run();
  return {
    alert: rule.name,
    sent: messages.map(({ channel, receiver }) => ({ channel, receiver })),
    outbox: outboxStatus(alerts.outbox.status()),
  };
}

function outboxStatus({ waiting, oldestMs, problem }: ReturnType<GatewayParts['alerts']['outbox']['status']>) {
  return { waiting, oldest: oldestMs === null ? null : iso(oldestMs), problem };
}

function showSilence({ id, alert, reason, by, fromMs, untilMs }: Silence) {
  return { id, alert, reason, by, from: iso(fromMs), until: iso(untilMs) };
}

function toldTimes(told: Readonly<Record<string, { readonly atMs: number; readonly count: number }>>) {
  return Object.fromEntries(Object.entries(told).map(([name, { atMs, count }]) => [name, { at: iso(atMs), count }]));
}

function textOf(input: JsonObject, field: string): string {
  const value = asString(input[field])?.trim() ?? '';
  if (value === '') throw invalid(field, `${field} is missing`);
  if (value.length > MAX_TEXT) throw invalid(field, `${field} is longer than ${MAX_TEXT} characters`);
  return value;
}

function invalid(field: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { field });
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
