import assert from 'node:assert/strict';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';

/** Holds that a provider that answered whole, as a stream, with a call and with a streamed call was asked for just that, in this order. */
export function assertAskedInTurn(server: ScriptedUpstream): void {
  const asked = server.requests.map(({ path, json, bytes }) => ({
    stream: json.stream === true || /stream/i.test(path),
    tools: /get_weather.*"city"/s.test(bytes.toString()),
  }));
  assert.deepEqual(asked, [
    { stream: false, tools: false },
    { stream: true, tools: false },
    { stream: false, tools: true },
    { stream: true, tools: true },
  ]);
}
