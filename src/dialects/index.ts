export type {
  CallerContext,
  Dialect,
  InboundContext,
  OutboundTarget,
  PassedRequest,
  RequestShape,
  SseEvent,
  StreamReader,
  StreamWriter,
  UpstreamFailure,
  WrittenRequest,
} from './dialect.ts';
