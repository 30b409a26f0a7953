-- wrk's side of a closed loop: one kind of request, and one line at the end for the harness to read.
wrk.method = "POST"
wrk.headers["Content-Type"] = os.getenv("TYPE")
local file = os.getenv("BODY_FILE")
if file and file ~= "" then
  local input = assert(io.open(file, "rb"))
  wrk.body = input:read("*a")
  input:close()
else
  wrk.body = os.getenv("BODY")
end

-- RESULT requests microseconds refused broken p99-microseconds own-cpu-seconds
function done(summary, latency)
  local stat = assert(io.open("/proc/self/stat")):read("*a")
  local fields = {}
  for field in stat:match("%) (.*)"):gmatch("%S+") do fields[#fields + 1] = tonumber(field) or 0 end
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %.2f\n", summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99), (fields[12] + fields[13]) / 100))
end
