export { packTree, unpackTree } from './bundle.ts';
export { type CodeFrameOptions, codeFrame } from './code-frame.ts';
export { compileEnvironment, compilePolicies, listEnvironments } from './compile.ts';
export { compileMatcher } from './compile-matcher.ts';
/** Where a file has anchors and aliases of YAML. Pure. */
export { findAnchors } from './find-anchors.ts';
export { type Formatted, formatPolicies } from './format-document.ts';
export { cannotCheck, type LoadLimits, loadPolicies } from './load.ts';
export { parsePolicies } from './parse.ts';
export { splitPromptText } from './prompt-text.ts';
export { type Reference, referencesOf } from './references.ts';
export { fieldSchemas, KINDS, resolveSchema, SCHEMAS, SHARED_SCHEMA } from './schemas.ts';
export { findSecrets, looksSecret } from './secret-like.ts';
export { findSecretReferences, type SecretReference } from './secret-references.ts';
export { specificityOf } from './specificity.ts';
export { suggest } from './suggest.ts';
export type {
  Compiled,
  EffectiveDocument,
  LoadedTree,
  ParsedDocument,
  ParsedPolicies,
  Path,
  Source,
} from './types.ts';
