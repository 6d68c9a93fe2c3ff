-- Small GETs with 12 headers, of which 3 differ each time, from 200 user agents.
local number = 0

function request()
  number = number + 1
  return wrk.format("GET", "/product/" .. number, {
    ["Host"] = "shop.example",
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:" .. number % 200 .. ".0)",
    ["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8",
    ["Accept-Language"] = "en-GB,en;q=0.5",
    ["Accept-Encoding"] = "gzip, deflate, br",
    ["Referer"] = "https://shop.example/product/" .. math.random(1000000),
    ["Connection"] = "keep-alive",
    ["Cookie"] = "session=6f1d2c9e4b7a",
    ["X-Request-Id"] = string.format("%016x%016x", math.random(2^31), number),
    ["X-Forwarded-For"] = string.format("203.0.%d.%d", number % 256, number % 251),
    ["X-Forwarded-Proto"] = "https",
    ["Cache-Control"] = "no-cache",
  })
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "us": %d, "p99": %d, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(99),
    failed.connect + failed.read + failed.write + failed.status + failed.timeout
  ))
end
