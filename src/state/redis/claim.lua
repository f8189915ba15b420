-- Takes a name for a while. ARGV[3]: name, ARGV[4]: for so many ms. Answers 1, or 0 when somebody has it.
local key, span = prefix .. 'n:' .. ARGV[3], tonumber(ARGV[4])
local ends = redis.call('HGET', key, 'until')
if ends and tonumber(ends) > now then return 0 end
redis.call('HSET', key, 'at', whole(now), 'until', whole(now + span))
redis.call('PEXPIRE', key, whole(math.max(1, span)))
return 1
