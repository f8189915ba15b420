-- Reads counters. ARGV[3]: {name, span} of each as JSON. Answers {name, spent, held, ...} of those that somebody touched.
local states = {}
for _, wish in ipairs(cjson.decode(ARGV[3])) do
  local counter = counterOf(wish[1], wish[2])
  if counter.exists then
    table.insert(states, wish[1])
    table.insert(states, counter.spent)
    table.insert(states, counter.held)
  end
end
return states
