import { type JsonObject, type NeutralRequest, omit } from '#core';
import { compact } from '../compact.ts';
import type { InboundContext } from '../dialect.ts';
import { modelOfPath } from '../gemini-path.ts';
import { objectAt, stringAt } from './fields.ts';
import { readConfig } from './read-config.ts';
import { readContents, readSystem } from './read-contents.ts';
import { readTools } from './read-tools.ts';
import { readServiceTier } from './service-tier.ts';
import { bothSpellings } from './spelling.ts';

const KNOWN = bothSpellings([
  ...['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'serviceTier'],
]);

/** Reads a `generateContent` body, in either spelling. Throws `invalid_request` with the field's path. Pure. */
export function readRequest(body: JsonObject, context: InboundContext): NeutralRequest {
  const { settings, rest } = readConfig(objectAt(body, 'generationConfig', '') ?? {});
  const { tools, toolChoice, restOfConfig } = readTools(body);
  const extra = omit(body, KNOWN);
  if (Object.keys(rest).length > 0) extra.generationConfig = rest;
  if (Object.keys(restOfConfig).length > 0) extra.toolConfig = restOfConfig;
  return compact<NeutralRequest>({
    model: modelOfPath(context.pathModel),
    messages: [...readSystem(body), ...readContents(body)],
    tools,
    toolChoice,
    stream: context.pathStream ?? false,
    streamUsage: true,
    serviceTier: readServiceTier(stringAt(body, 'serviceTier', '')),
    extra,
    ...settings,
  });
}
