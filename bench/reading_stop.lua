-- SPDX-License-Identifier: Apache-2.0
-- As reading.lua, but two seconds before wrk's time is over every connection falls silent once it was answered: then
-- wrk's number of requests is the number of requests. Slower, because wrk sets a timer for each request.
local here = debug.getinfo(1, "S").source:match("^@(.*)reading_stop%.lua$")
dofile(here .. "reading.lua")

local init_as_ever, until_s = init, 0

function init(words)
  until_s = os.time() + 2
  init_as_ever(words)
end

function delay()
  return os.time() >= until_s and 3600000 or 0
end
