-- Ends holds whose lease is over, as their budgets say. ARGV[3]: at most so many, ARGV[4]: who is told. Answers {looked at, {{id, end}, ...}}, each end as
-- `leaseEnd` says.
local due = redis.call('ZRANGEBYSCORE', leasesKey, '-inf', whole(now), 'LIMIT', 0, tonumber(ARGV[3]))
local ended = {}
for _, id in ipairs(due) do
  local hold = readHold(id)
  if not hold then
    redis.call('ZREM', leasesKey, id)
  else
    for _, part in ipairs(hold.parts) do
      if part[HELD] == 1 and part[UNTIL] <= now then
        release(part)
        if part[RELEASES] == 0 then
          part[CHARGED], part[CHARGED_AT] = part[AMOUNT], now
          spend(partCounter(part), part[AMOUNT])
        end
      end
    end
    if not keepHold(id, hold) then
      local told = leaseEnd(hold)
      leaveLease('ended', ARGV[4], id, told)
      table.insert(ended, { id, told })
    end
  end
end
writeCounters()
return { #due, ended }
