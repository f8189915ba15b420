import { type SourceNode, textAt } from '../source-node.ts';

/** The configuration of one plug-in, and for whom it holds. */
export interface Plugin {
  readonly name: string;
  readonly config: SourceNode;
  /** What documents are named after. */
  readonly label: string;
  /** Ingresses, domains or services; empty for everything. */
  readonly scope: readonly string[];
}

/** Which plug-in a bare configuration belongs to, by keys that only one has. */
export function pluginOf(config: SourceNode): string | null {
  const has = (...keys: readonly string[]): boolean => keys.some((key) => config.get(key) !== undefined);
  if (
    textAt(config.get('provider'), 'type') !== undefined ||
    (config.get('providers')?.items() ?? []).some((each) => each.get('type') !== undefined)
  )
    return 'ai-proxy';
  if (has('rule_items', 'global_threshold')) return 'ai-token-ratelimit';
  if (has('deny_words', 'replace_roles', 'system_deny')) return 'ai-data-masking';
  if (has('embedding', 'vector', 'cache')) return 'ai-cache';
  if (has('prepend', 'append', 'replace')) return 'ai-prompt-decorator';
  if (has('admin_consumer', 'redis_key_prefix')) return 'ai-quota';
  if (has('global_auth', 'consumers')) return 'key-auth';
  if (has('attributes', 'enable_path_suffixes', 'enable_content_types', 'session_id_header')) return 'ai-statistics';
  return Object.keys(config.value as object).length > 0 ? 'other' : null;
}
