import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTraceContext, spanIdOf } from '#telemetry';

describe('the ids of a request’s spans', () => {
  it('follow from the request’s id alone, whoever began the trace', () => {
    const own = readTraceContext('req_1', undefined);
    const taken = readTraceContext('req_1', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    assert.equal(taken.traceId, '0af7651916cd43dd8448eb211c80319c');
    assert.deepEqual([spanIdOf(own), spanIdOf(own, 2)], [spanIdOf(taken), spanIdOf(taken, 2)]);
  });

  it('differ for the request, for each attempt, and from another request’s', () => {
    const ids = ['req_1', 'req_2'].flatMap((id) => {
      const context = readTraceContext(id, undefined);
      return [context.traceId, spanIdOf(context), ...Array.from({ length: 20 }, (_, at) => spanIdOf(context, at))];
    });
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/);
  });

  it('count on past the largest number', () => {
    const context = { ...readTraceContext('req_1', undefined), seed: `${'a'.repeat(24)}ffffffff` };
    assert.deepEqual([spanIdOf(context, 0), spanIdOf(context, 1)], ['aaaaaaaaffffffff', 'aaaaaaaa00000000']);
  });
});
