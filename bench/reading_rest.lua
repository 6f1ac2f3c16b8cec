-- SPDX-License-Identifier: Apache-2.0
-- As reading.lua, but every connection rests before each request: 0 to twice as many milliseconds as DAYLIGHT_REST_MS says,
-- so that they do not ask in step.
local here = debug.getinfo(1, "S").source:match("^@(.*)reading_rest%.lua$")
dofile(here .. "reading.lua")
local most = 2 * tonumber(os.getenv("DAYLIGHT_REST_MS"))

function delay()
  return math.random(0, most)
end
