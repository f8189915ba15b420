/** Paths of the public API and what they speak; how a Gemini path is read. Pure. */

/** Secrets of providers whose age is known. Pure. */
export { secretAges } from './alerts/secret-ages.ts';
export { API_PATHS, type ApiPath, endpointOf, GEMINI_PREFIXES, geminiMethod, readGeminiPath } from './api-paths.ts';
/** The keys of a call, by the header order of the contract. Pure. */
export { type FoundKeys, findKeys } from './find-key.ts';
/** How a gateway is started: process settings only. */
export { type GatewayOptions, StartError } from './gateway-options.ts';
/** Where the gateway logs to; a pino logger fits. */
export type { Log, MetricSiblings } from './gateway-parts.ts';
export { createKeptRevisions } from './kept-revisions.ts';
/** Targets of chains, and the secret that keeps one from being called. Pure but for the secrets' own reads. */
export { type ChainTarget, missingSecret, targetsOf } from './operations/target-needs.ts';
/** One try to put policies into service, with its findings. */
export type { ActivationAttempt } from './policy-holder.ts';
/** Metadata and session of a call; throws 400 `invalid_header`. Pure. */
export { type OwnHeaders, readRequestHeaders } from './read-request-headers.ts';
/** The figures of a report, from the data folder of gateways that run or do not. */
export { type FiguresQuery, figuresOfFolder } from './reports/figures-of-folder.ts';
/** What a body's shape tells policy. Pure. */
export { shapeFacts } from './request-facts.ts';
/** Starts a gateway and resolves when it listens; effects: sockets, files, timers. Rejects with StartError. */
export { startGateway } from './start.ts';
export type { RunningGateway } from './start-gateway.ts';
/** Certificates of the listener, and files of them that cannot be served. */
export { readTlsFiles, TlsFilesError, type TlsSettings } from './tls-files.ts';
