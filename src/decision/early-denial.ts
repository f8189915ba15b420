import type { Consumer, Route, Snapshot } from '#snapshot';
import { type Denial, deny } from './denials.ts';
import { fitsAny } from './fits-matcher.ts';
import { isIpAllowed } from './ip-allow.ts';
import { mayUseModel } from './permissions.ts';
import { placeOf } from './place.ts';
import { requestedModel } from './resolve-model.ts';
import type { RequestFacts } from './types.ts';

/** What refuses a request before any target is looked at: the route's own `deny`, the consumer's permissions, the route's limits. Null when nothing does. Pure. */
export function earlyDenial(
  snapshot: Snapshot,
  request: RequestFacts,
  route: Route,
  consumer: Consumer,
): Denial | null {
  return (
    denyByRoute(snapshot, route) ??
    denyByConsumer(snapshot, request, route, consumer) ??
    denyByLimits(snapshot, request, route)
  );
}

function denyByRoute(snapshot: Snapshot, route: Route): Denial | null {
  if (route.deny === null) return null;
  const { status, message } = route.deny;
  return { ...deny('route_denied', route.name, message, placeOf(snapshot, `Route/${route.name}`, 'deny')), status };
}

function denyByConsumer(snapshot: Snapshot, request: RequestFacts, route: Route, consumer: Consumer): Denial | null {
  const { allow } = consumer;
  const denied = consumer.deny;
  const at = (...fields: readonly string[]) => placeOf(snapshot, `Consumer/${consumer.name}`, ...fields);
  const who = `consumer ${consumer.name}`;
  if (consumer.ipAllow !== null && request.ip !== null && !isIpAllowed(consumer.ipAllow, request.ip)) {
    return deny('ip_not_allowed', route.name, `${who} may not call from ${request.ip}`, at('ipAllow'));
  }
  if (allow.endpoints !== null && !allow.endpoints.includes(request.endpoint)) {
    const message = `${who} may not use endpoint ${request.endpoint}, only ${allow.endpoints.join(', ')}`;
    return deny('endpoint_not_allowed', route.name, message, at('allow.endpoints', 'allow'));
  }
  if (denied.endpoints.includes(request.endpoint)) {
    const message = `${who} may not use endpoint ${request.endpoint}`;
    return deny('endpoint_not_allowed', route.name, message, at('deny.endpoints', 'deny'));
  }
  if (allow.routes !== null && !fitsAny(allow.routes, route.name)) {
    return deny('route_not_allowed', route.name, `${who} may not use route ${route.name}`, at('allow.routes', 'allow'));
  }
  if (denied.routes.length > 0 && fitsAny(denied.routes, route.name)) {
    return deny('route_not_allowed', route.name, `${who} may not use route ${route.name}`, at('deny.routes', 'deny'));
  }
  const model = requestedModel(snapshot, request);
  const names = { asSent: request.model, resolved: model?.name ?? null, model };
  if (request.model === '' || mayUseModel(consumer, names)) return null;
  const message = `${who} may not use model ${request.model}`;
  return deny('model_not_allowed', route.name, message, at('allow.models', 'allow', 'deny.models', 'deny'));
}

function denyByLimits(snapshot: Snapshot, request: RequestFacts, route: Route): Denial | null {
  const { maxInputTokens, bodyBytes } = route.limits;
  const at = (field: string) => placeOf(snapshot, `Route/${route.name}`, `limits.${field}`, 'limits');
  if (bodyBytes !== null && request.bodyBytes > bodyBytes) {
    const message = `the body has ${request.bodyBytes} bytes; limits.bodySize of route ${route.name} is ${bodyBytes}`;
    return deny('request_too_large', route.name, message, at('bodySize'));
  }
  if (maxInputTokens === null || request.inputTokens <= maxInputTokens) return null;
  const message = `the input has about ${request.inputTokens} tokens; limits.maxInputTokens of route ${route.name} is ${maxInputTokens}`;
  return deny('limit_exceeded', route.name, message, at('maxInputTokens'));
}
