import { importAgentgateway } from './agentgateway/import-agentgateway.ts';
import { importCloudflare } from './cloudflare/import-cloudflare.ts';
import type { ConfigKind } from './config-kinds.ts';
import type { Draft } from './draft.ts';
import { importEnvoy } from './envoy/import-envoy.ts';
import { importHelicone } from './helicone/import-helicone.ts';
import { importHigress } from './higress/import-higress.ts';
import { importLitellm } from './litellm/import-litellm.ts';
import { importPortkey } from './portkey/import-portkey.ts';
import type { SourceNode } from './source-node.ts';
import { importTensorzero } from './tensorzero/import-tensorzero.ts';

/** Adds to the draft what the documents of one file say. What it does not read of them is reported as left out. */
export type Importer = (draft: Draft, documents: readonly SourceNode[]) => void;

/** The importer of every kind. */
export const IMPORTERS: Readonly<Record<ConfigKind, Importer>> = Object.freeze({
  portkey: importPortkey,
  litellm: importLitellm,
  cloudflare: importCloudflare,
  'envoy-ai-gateway': importEnvoy,
  higress: importHigress,
  tensorzero: importTensorzero,
  agentgateway: importAgentgateway,
  helicone: importHelicone,
});
