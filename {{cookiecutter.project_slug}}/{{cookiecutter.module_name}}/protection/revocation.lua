-- KEYS: what is revoked, the changes. ARGV: the value, seconds to keep it.
-- Of several logouts of a user the latest holds. The changes have an epoch
-- that no other life of this database had, so that a loss of data shows.
local held = redis.call("GET", KEYS[1])
local value = ARGV[1]
if held and tonumber(held) > tonumber(value) then
  value = held
end
redis.call("SET", KEYS[1], value, "EX", ARGV[2])
local number = redis.call("HINCRBY", KEYS[2], "number", 1)
if number == 1 then
  local now = redis.call("TIME")
  redis.call("HSET", KEYS[2], "epoch", now[1] .. "." .. now[2])
end
return {redis.call("HGET", KEYS[2], "epoch"), number}
