-- When names were taken that still are. ARGV[3]: the names as JSON. Answers {name, ms, ...}.
local taken = {}
for _, name in ipairs(cjson.decode(ARGV[3])) do
  local fields = redis.call('HMGET', prefix .. 'n:' .. name, 'at', 'until')
  if fields[2] and tonumber(fields[2]) > now then
    table.insert(taken, name)
    table.insert(taken, fields[1])
  end
end
return taken
