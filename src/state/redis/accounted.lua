-- Forgets what is written down by now. ARGV[3]: keys as JSON. Answers how many of them were known.
local known = 0
for _, key in ipairs(cjson.decode(ARGV[3])) do
  redis.call('HDEL', outboxItemsKey, key)
  known = known + redis.call('ZREM', outboxKey, key)
end
return known
