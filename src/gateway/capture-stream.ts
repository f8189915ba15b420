import { collectEvents } from '#dialects';
import type { StreamSink } from '#upstream';
import { capturesContent } from './captures-content.ts';
import type { Progress } from './progress.ts';
import type { ReplyStream } from './reply-stream.ts';

/** A span shows the first 2,000 characters of a part: more than this is not gathered for it. */
const MAX_CHARS = 65_536;

/** The same stream, its answer gathered beside where policy captures content: what the caller sees, behind the guardrails. Effect: sets `progress.answer` at the end. */
export function captureStream(progress: Progress, stream: ReplyStream): ReplyStream {
  if (!capturesContent(progress)) return stream;
  return {
    ...stream,
    async start(sink) {
      const collector = collectEvents();
      let chars = 0;

      function collect(events: Parameters<StreamSink['events']>[0]): void {
        for (const event of events) {
          if (event.kind === 'error' || chars > MAX_CHARS) continue;
          if ('text' in event) chars += event.text.length;
          if ('arguments' in event) chars += event.arguments.length;
          collector.push(event);
        }
      }

      const end = await stream.start({
        ...sink,
        events(events) {
          collect(events);
          return sink.events(events);
        },
        both(bytes, events) {
          collect(events);
          return bytes === null || sink.bytes(bytes);
        },
      });
      const answer = collector.result();
      if (!('reason' in answer)) progress.answer = answer;
      return end;
    },
  };
}
