-- Tells again what has waited too long to be written down. ARGV[3]: for at least so many ms, ARGV[4]: who asks, ARGV[5]: at most so many,
-- ARGV[6]: after so many ms what another one was told, who must be gone by then. Answers {{key, kind, id, note or lease end}, ...}; it is the asker's from now on.
local waited, keeper, most, othersAfter = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local told = {}
local waiting = redis.call('ZRANGEBYSCORE', outboxKey, '-inf', whole(now - waited), 'WITHSCORES', 'LIMIT', 0, 10 * most)
for at = 1, #waiting, 2 do
  if #told >= most then break end
  local key, since = waiting[at], tonumber(waiting[at + 1])
  local packed = redis.call('HGET', outboxItemsKey, key)
  local item = packed and cmsgpack.unpack(packed)
  if not item then
    redis.call('ZREM', outboxKey, key)
  elseif item[2] == keeper or since <= now - othersAfter then
    leave(key, item[1], keeper, item[3], item[4])
    table.insert(told, { key, item[1], item[3], item[4] })
  end
end
return told
