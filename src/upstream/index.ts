/** The auth kinds this version can use; a target of another kind is skipped, and lint says so. Pure. */
export { supportedAuthKinds } from './auth/auth.ts';
/** Why no credentials are to be had, in words that hold none. */
export { TokenError } from './auth/fetch-token.ts';
/** One request to be answered along a plan, and what came of it. Times in ms since the request began, tokens in disjoint classes. */
export type {
  AnswerStream,
  ExecuteCall,
  Executed,
  Inbound,
  ModelFacts,
  RoutePolicy,
  Served,
  StreamEnd,
  StreamSink,
} from './call.ts';
/** Tells once that the client has hung up. */
export { type Cancellation, createCancellation } from './cancellation.ts';
/** The English embedder that works offline, in a thread; effects: a thread at the first text. */
export { createLocalEmbedder, type LocalEmbedder } from './embedder/local-embedder.ts';
/** A session in both directions, and one side of it. */
export type { OpenedRealtime } from './realtime/open-realtime.ts';
export { type RealtimeSocket, realtimeSocket } from './realtime/realtime-socket.ts';
/** What of a chat a target's dialect does not take, as the gateway would find. Pure. */
export { type RequestLosses, requestLosses, type SentChat } from './request-losses.ts';
/** Values of secret references and why one is missing; effects: reads files, each at most once a second. */
export { createSecrets, referencesOf, type SecretRef, type SecretSources, type Secrets } from './secrets.ts';
/** A call that is no chat, its form with files, and a body that is read as it is sent. */
export type { ServiceCall, Upload } from './service-call.ts';
/** Secrets of stores: kept, had anew, the last good ones while a store is away; effects: connections to stores. */
export { createCallStore } from './stores/store-call.ts';
export {
  createStoredSecrets,
  type StoredEvent,
  type StoredSecrets,
  type StoredState,
} from './stores/stored-secrets.ts';
/** The upstream dialects this version can call, the sandbox's included. Pure. */
export { supportedDialects } from './supported-dialects.ts';
/** A body that is read as it is sent: its size, and its bytes from the beginning at each call. */
export type { BodySource } from './transport.ts';
/** The way to the providers; effects: sockets, timers. Also which providers this version cannot call. */
export { createUpstream, type Upstream, type UpstreamOptions, unsupportedProviders } from './upstream.ts';
