-- Reads counters and targets, after taking what became of calls meanwhile. ARGV[3]: {name, span} of each counter as JSON,
-- ARGV[4]: reports of calls as JSON, ARGV[5]: names of targets as JSON, or `*` for all.
-- Answers {{name, spent, held, ...} of those counters that somebody touched, {target, view, for so many ms, latency, ...}}.
takeReports(cjson.decode(ARGV[4]))
local states = {}
for _, wish in ipairs(cjson.decode(ARGV[3])) do
  local counter = counterOf(wish[1], wish[2], true)
  if counter.exists then
    table.insert(states, wish[1])
    table.insert(states, counter.spent)
    table.insert(states, counter.held)
  end
end
local names = ARGV[5] == '*' and redis.call('HKEYS', targetsKey) or cjson.decode(ARGV[5])
return { states, readTargets(names) }
