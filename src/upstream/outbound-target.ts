import type { DialectName } from '#core';
import type { PlanTarget } from '#decision';
import type { OutboundTarget } from '#dialects';
import type { ExecuteCall } from './call.ts';

// Only for models the catalogue does not know, in dialects that demand a figure.
const DEFAULT_MAX_OUTPUT_TOKENS = 4096;

/** The caller's own dialect where the provider serves it, else the provider's main one. Pure. */
export function dialectSpokenTo(provider: PlanTarget['provider'], asked: DialectName): DialectName {
  return provider.alsoSpeaks.includes(asked) ? asked : provider.dialect;
}

/** What writing a request for a target needs to know of it. Pure. */
export function outboundTarget(call: Pick<ExecuteCall, 'models' | 'route'>, target: PlanTarget): OutboundTarget {
  const model = target.model === null ? undefined : call.models.get(target.model);
  const { modelPrefix, renameParams, dropParams, maxStopSequences, noStreamOptions, systemRole, efforts, parts } =
    target.provider.quirks;
  const { upstreamModel } = target;
  return {
    upstreamModel: upstreamModel.startsWith(modelPrefix) ? upstreamModel : `${modelPrefix}${upstreamModel}`,
    maxOutputTokens: target.maxOutputTokens,
    defaultMaxOutputTokens: model?.maxOutput ?? DEFAULT_MAX_OUTPUT_TOKENS,
    params: target.params,
    prompt: call.route.prompt,
    quirks: {
      renameParams,
      dropParams,
      maxStopSequences,
      noStreamOptions,
      efforts,
      parts,
      ...(systemRole === null ? {} : { systemRole }),
    },
    capabilities: model?.capabilities ?? null,
  };
}
