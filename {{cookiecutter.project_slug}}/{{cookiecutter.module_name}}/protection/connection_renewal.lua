-- New leases for sockets that are open, whether or not they are known here:
-- Redis may have lost its data.
--
-- KEYS: of each socket its user. ARGV: the lease; of each socket its name.

local time = redis.call("TIME")
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]

for i = 1, #KEYS do
  redis.call("ZADD", KEYS[i], ends, ARGV[i + 1])
  redis.call("PEXPIRE", KEYS[i], ARGV[1])
end
