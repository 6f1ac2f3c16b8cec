-- SPDX-License-Identifier: Apache-2.0
-- What wrk sends and says: a person's browser, each request counted as it is sent, the figures as one line of JSON.
-- Words after `--`: seconds (0: go on until wrk's own time is over), further headers as NAME: VALUE.
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
wrk.headers["Accept-Encoding"] = "gzip"
local threads, plain = {}, nil
sent = 0

function setup(thread)
  table.insert(threads, thread)
end

function init(words)
  for i = 1, #words do
    local name, value = words[i]:match("^([^:]+): (.*)$")
    wrk.headers[name] = value
  end
  plain = wrk.format()
end

function request()
  sent = sent + 1
  return plain
end

function done(summary, latency, requests)
  local all, e = -1, summary.errors -- wrk asks for one more beforehand, to look at it
  for _, thread in ipairs(threads) do
    all = all + thread:get("sent")
  end
  io.write(string.format(
    '{"requests": %d, "sent": %d, "us": %d, "p50_us": %d, "p99_us": %d, "bytes": %d, "errors": %d, "bad": %d}\n',
    summary.requests, all, summary.duration, latency:percentile(50), latency:percentile(99), summary.bytes,
    e.connect + e.read + e.write + e.timeout, e.status))
end
