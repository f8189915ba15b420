import { isObject, type JsonObject, type NeutralRequest } from '#core';
import type { OutboundTarget, WrittenRequest } from '../dialect.ts';
import { callPath } from '../gemini-path.ts';
import { applyTarget, closeBody } from './apply-target.ts';
import { type ModelFamily, modelFamily } from './model-family.ts';
import { writeServiceTier } from './service-tier.ts';
import { camelCase } from './spelling.ts';
import { writeConfig } from './write-config.ts';
import { writeContents } from './write-contents.ts';
import { writeTools } from './write-tools.ts';

/** Fields only Gemini has: whoever sends one means it, whatever the dialect around it. */
const OWN_FIELDS = new Set(['safetySettings', 'cachedContent', 'labels', 'modelArmorConfig']);

/** Writes a `generateContent` or `streamGenerateContent` call. Throws `invalid_request` for tool arguments that are not a JSON object. Pure. */
export function writeRequest(request: NeutralRequest, target: OutboundTarget): WrittenRequest {
  const lost = new Set<string>();
  const family = modelFamily(target.upstreamModel);
  const own = readOwn(request.extra, lost);
  const { toolConfig, ...tools } = writeTools(request, family, lost);
  const body = {
    config: { ...own.config, ...writeConfig(request, family, lost) },
    top: {
      ...writeContents(request.messages, target, family, lost),
      ...tools,
      ...mergeToolConfig(toolConfig, own.toolConfig),
      ...own.top,
      ...tierField(request, family, lost),
    },
  };
  if (request.user !== undefined) lost.add('user');
  applyTarget(body, target, family, lost);
  return { ...callPath(target.upstreamModel, request.stream), headers: {}, body: closeBody(body), lost: [...lost] };
}

interface OwnFields {
  readonly config: JsonObject;
  readonly toolConfig: JsonObject;
  readonly top: JsonObject;
}

function readOwn(extra: JsonObject, lost: Set<string>): OwnFields {
  const top: Record<string, unknown> = {};
  let config: JsonObject = {};
  let toolConfig: JsonObject = {};
  for (const [name, value] of Object.entries(extra)) {
    const key = camelCase(name);
    if (OWN_FIELDS.has(key)) top[key] = value;
    else if (key === 'generationConfig' && isObject(value)) config = value;
    else if (key === 'toolConfig' && isObject(value)) toolConfig = value;
    else lost.add(name);
  }
  return { config, toolConfig, top };
}

function mergeToolConfig(written: JsonObject | undefined, own: JsonObject): JsonObject {
  const calling = { ...toObject(written?.functionCallingConfig), ...toObject(own.functionCallingConfig) };
  const merged = { ...own, ...(Object.keys(calling).length > 0 ? { functionCallingConfig: calling } : {}) };
  return Object.keys(merged).length === 0 ? {} : { toolConfig: merged };
}

function toObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Vertex AI has no tiers in the body. */
function tierField(request: NeutralRequest, family: ModelFamily, lost: Set<string>): JsonObject {
  const { serviceTier } = request;
  if (serviceTier === undefined || serviceTier === 'auto') return {};
  const tier = family.isVertex ? undefined : writeServiceTier(serviceTier);
  if (tier !== undefined) return { serviceTier: tier };
  lost.add('service_tier');
  return {};
}
